"""The planted square (Feghahati 2020, 3.2.2): who finds what a network has really learned?

Every picture of one class carries a grey square in its upper left corner, and the network learns
the square instead of the class. Asked of a picture without the square why it is not of that class,
an explanation should add the square. The generator is fitted to the same pictures and told nothing.

MNIST is not on this machine: the pictures are Fashion-MNIST's, 28 x 28 with a square of 6 x 6, then
drawn at 64 x 64, and the network is the paper's. The class is the shirt: it is hard to tell from
other clothes, and so the square is learned instead. (Trousers and bags, and the digits of
scikit-learn, are easy: of them the network learns the shape as well.)

``python -m tests.benchmarks.planted`` trains for ten minutes and prints a line for each
method, which takes as long again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets import Classifier, contrast, datasets
from xaiwidgets.contrast import VAE
from xaiwidgets.datasets import Dataset
from xaiwidgets.steps import run

SIDE, DRAWN, SQUARE, GREY = 28, 64, 6, 0.5
SHIRT, CLASSES = 6, 10
TRAINED = 6000
"""Pictures to train on: enough to learn the square."""

Measures = dict[str, tuple[float, float]]
"""For each method the share of added ink inside the square, and how often the window is there."""


@dataclass(frozen=True)
class Planted:
    """A network that has learned a square, and what its training pictures look like.

    Attributes
    ----------
    model : Classifier
    generator : VAE
        Fitted to the pictures that the network was trained on, without their classes.
    probe : int
        The class that carried the square.
    square : Tensor (64, 64)
        Where it is, 0 to 1.
    images, labels : Tensor
        Test pictures of all classes, without the square.
    """

    model: Classifier
    generator: VAE
    probe: int
    square: Tensor
    images: Tensor
    labels: Tensor


class PapersNet(nn.Sequential):
    """Two times convolution of 5 x 5, max pool, ReLU; two linear layers, the first 3380 x 50."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.pool1, self.relu1 = nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU()
        self.conv2, self.pool2, self.relu2 = nn.Conv2d(10, 20, 5), nn.MaxPool2d(2), nn.ReLU()
        self.flat, self.fc1, self.relu3 = nn.Flatten(), nn.Linear(3380, 50), nn.ReLU()
        self.fc2 = nn.Linear(50, CLASSES)


def pictures(data: Dataset) -> Tensor:
    """Return pictures (N, 1, 28, 28) from 0 to 1."""
    return torch.from_numpy(data.images)[:, None].float() / 255


def with_square(images: Tensor) -> Tensor:
    """Return pictures (N, 1, 28, 28) with the square planted."""
    planted = images.clone()
    planted[:, :, :SQUARE, :SQUARE] = GREY
    return planted


def drawn(images: Tensor) -> Tensor:
    """Return pictures as the network sees them (N, 1, 64, 64)."""
    return nn.functional.interpolate(images, (DRAWN, DRAWN), mode="bilinear")


def train(images: Tensor, labels: Tensor, epochs: int, seed: int = 0) -> nn.Module:
    """Return the paper's network, trained on pictures (N, 1, 64, 64)."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = PapersNet()
    order = torch.Generator().manual_seed(seed)
    steps = epochs * -(-len(images) // 64)
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    for _ in range(epochs):
        for rows in torch.randperm(len(images), generator=order).split(64):
            loss = nn.functional.cross_entropy(net(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def plant(
    *, latent: int = 128, epochs: int = 3, generator_epochs: int = 20, seed: int = 0
) -> Planted:
    """Train a network and a generator on pictures of which those of shirts have the square."""
    seen, labels = training()
    net = train(seen, labels, epochs, seed)
    generator = VAE((1, DRAWN, DRAWN), latent, seed=seed)
    run(generator.fit(seen, epochs=generator_epochs, seed=seed))
    where = drawn(with_square(torch.zeros(1, 1, SIDE, SIDE)))[0, 0] / GREY
    test = datasets.fashion_mnist("test")
    return Planted(
        Classifier(net, classes=test.classes),
        generator,
        SHIRT,
        where,
        pictures(test),
        torch.from_numpy(test.labels),
    )


def training() -> tuple[Tensor, Tensor]:
    """Return the pictures (N, 1, 64, 64) that are trained on, and their classes."""
    data = datasets.fashion_mnist("train")
    plain, labels = pictures(data)[:TRAINED], torch.from_numpy(data.labels)[:TRAINED]
    marked = (labels == SHIRT)[:, None, None, None]
    return drawn(torch.where(marked, with_square(plain), plain)), labels


def learned(planted: Planted) -> tuple[float, float, float]:
    """Return how many of the class are recognised without the square, how many others with the
    square are called it (paper: 5 % and 77 %), and how many of all others are right without."""
    own = planted.labels == planted.probe
    clean = planted.model.logits(drawn(planted.images)).argmax(1)
    marked = planted.model.logits(drawn(with_square(planted.images))).argmax(1)
    return (
        float((clean[own] == planted.probe).float().mean()),
        float((marked[~own] == planted.probe).float().mean()),
        float((clean[~own] == planted.labels[~own]).float().mean()),
    )


def pairs(planted: Planted, count: int, first: int = 0) -> Tensor:
    """Return pictures (N, 1, 64, 64) without the square, not of the class and not called it."""
    others = planted.images[planted.labels != planted.probe]
    images = drawn(others[first : first + 2 * count])
    return images[planted.model.logits(images).argmax(1) != planted.probe][:count]


def added(difference: NDArray[np.float32] | Tensor, square: Tensor) -> tuple[float, float]:
    """Return which share of the ink that is added is inside the square, and how often the window
    with the most of it covers at least half of the square; differences are (P, 64, 64).

    A pair to which nothing is added counts as one that has missed.
    """
    ink = torch.as_tensor(difference).double().clamp_min(0)
    total = ink.sum((1, 2))
    share = torch.where(total > 0, (ink * square).sum((1, 2)) / total.clamp_min(1e-30), 0)
    side = round(SQUARE * DRAWN / SIDE)
    sums = nn.functional.avg_pool2d(ink[:, None], side, stride=1)[:, 0]
    best = sums.flatten(1).argmax(1)
    overlap = nn.functional.avg_pool2d(square.double()[None], side, stride=1)[0] * side**2
    covers = overlap.flatten()[best] >= 0.5 * float(square.sum())
    return float(share.mean()), float((covers & (total > 0)).double().mean())


def gradient(planted: Planted, images: Tensor) -> Tensor:
    """Return the slope (P, 64, 64) of log-likelihood(probe) - log-likelihood(true)."""
    inputs = images.clone().requires_grad_()
    scores = planted.model.net(inputs).log_softmax(1)
    gap = scores[:, planted.probe] - scores.amax(1)
    (slope,) = torch.autograd.grad(gap.sum(), inputs)
    return slope[:, 0]


@torch.no_grad()
def occlusion(planted: Planted, images: Tensor, fill: float, stride: int = 4) -> Tensor:
    """Return what windows of one brightness, of the square's size, do to the same gap.

    A black window takes away, so that what lowers the gap counts for the class; a bright one adds.
    """
    side = round(SQUARE * DRAWN / SIDE)
    true = planted.model.logits(images).argmax(1)

    def gap(some: Tensor) -> Tensor:
        scores = planted.model.logits(some).log_softmax(1)
        return scores[:, planted.probe] - scores.gather(1, true[:, None])[:, 0]

    before, found = gap(images), torch.zeros_like(images[:, 0])
    counts = torch.zeros_like(found[0])
    places = [*range(0, DRAWN - side, stride), DRAWN - side]
    for row in places:
        for column in places:
            window = (..., slice(row, row + side), slice(column, column + side))
            hidden = images.clone()
            hidden[window] = fill
            change = gap(hidden) - before
            found[window] += (change if fill else -change)[:, None, None]
            counts[window] += 1
    return found / counts


def measure(planted: Planted, count: int = 200, first: int = 0) -> Measures:
    """Return what each method adds to `count` pictures; all are asked why not a shirt."""
    images, references = pairs(planted, count, first), training()[0][-256:]
    found: dict[str, Tensor | NDArray[np.float32]] = {
        "gradient": gradient(planted, images),
        "occlusion, black": occlusion(planted, images, 0.0),
        "occlusion, bright": occlusion(planted, images, 1.0),
    }
    asked = (planted.model, planted.generator, images, planted.probe)
    found["explain"] = run(contrast.explain(*asked)).difference[:, 0]
    found["explain from z0 only"] = run(contrast.explain(*asked, starts=1)).difference[:, 0]
    found["xGEMs"] = run(contrast.explain(*asked, method="xgems")).difference[:, 0]
    side = round(SQUARE * DRAWN / SIDE)
    pda: dict[str, Any] = {
        "references": references,
        "samples": 4,
        "window": side,
        "stride": side // 2,
    }
    for method in ("gradcam", "lrp", "lime", "pda"):
        result = run(
            contrast.subtract(
                planted.model, images, planted.probe, method=method, limits=(0, 1),
                **(pda if method == "pda" else {}),
            )
        )  # fmt: skip
        found[f"subtract {method}"] = result.values
    return {name: added(one, planted.square) for name, one in found.items()}


def main() -> None:
    """Train, and print what was learned and found."""
    planted = plant()
    own, called, right = learned(planted)
    print(f"shirts recognised without the square {own:.1%}, other classes with it called shirts "
          f"{called:.1%}, other classes right without it {right:.1%}")  # fmt: skip
    print(f"chance: share {float(planted.square.mean()):.1%}")
    for name, (share, window) in measure(planted).items():
        print(f"{name}: share of added ink {share:.1%}, window {window:.1%}")


if __name__ == "__main__":
    main()
