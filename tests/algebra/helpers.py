"""Pictures and networks for the algebra's tests, brute force, and an ear at the network."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from xaiwidgets import Classifier, Window
from xaiwidgets.algebra import Term
from xaiwidgets.layers import Tap
from xaiwidgets.methods import Cells, Shapley
from xaiwidgets.methods._cache import digest
from xaiwidgets.methods._game import Game
from xaiwidgets.optimize import Twin
from xaiwidgets.steps import run

SIDE = 12
CLASSES = ["cat", "dog", "bird", "fish"]
WINDOW = Window(2, 3, 8, 6)
IMAGES = torch.randn(60, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))


def wide(seed: int = 0, classes: int = 4) -> nn.Module:
    """A network that tells pictures of noise apart: no average hides where something was."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(4 * (SIDE // 2) ** 2, 24),
            nn.ReLU(),
            nn.Linear(24, classes),
        )


def of_each_class(model: Classifier, count: int = 3) -> list[Tensor]:
    """Return pictures of which the network thinks differently."""
    predicted = model.logits(IMAGES).argmax(1).tolist()
    return [IMAGES[predicted.index(c)] for c in sorted(set(predicted))[:count]]


class Named(nn.Module):
    """Its layers have names that queries must quote, or might take for something else."""

    NAMES = ("from", "from.0", "stage one", 'a "b" \\ c', "select", "7", "x", "naïve", "é-1")

    def __init__(self, classes: int = 4) -> None:
        super().__init__()
        self.add_module("from", nn.Sequential(nn.Conv2d(3, 4, 3, padding=1)))
        for name in self.NAMES[2:]:
            self.add_module(name, nn.ReLU())
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(4 * SIDE * SIDE, classes))

    def forward(self, x: Tensor) -> Tensor:
        for name, module in self.named_children():
            x = module(x) if name != "head" else x
        return self.head(x)


class Tokens(nn.Module):
    """Looks at patches as transformers do: (B, T, D)."""

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.embed = nn.Unfold(4, stride=4), nn.Linear(48, 10)
        self.mix, self.head = nn.Linear(10, 10), nn.Linear(10, 4)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.embed(self.patches(x).transpose(1, 2))
        return self.head(torch.tanh(self.mix(tokens)).amax(1))


def fitted(net: nn.Module, layers: Sequence[str], **how: Any) -> Classifier:
    """Return a model with probes."""
    model = Classifier(net, classes=CLASSES)
    run(model.fit_probes(how.pop("images", IMAGES), layers, **how))
    return model


def by_hook(net: nn.Module, layer: str, batch: Tensor) -> Tensor:
    """Return what a layer answers, caught by a hook of our own, without any of our code."""
    caught: list[Tensor] = []
    handle = net.get_submodule(layer).register_forward_hook(
        lambda module, inputs, output: caught.append(output.detach().clone())
    )
    flags = [module.training for module in net.modules()]
    try:
        net.eval()
        with torch.no_grad():
            net(batch)
    finally:
        handle.remove()
        for module, flag in zip(net.modules(), flags, strict=True):
            module.training = flag
    return caught[0]


def pooled(output: Tensor, tap: Tap) -> Tensor:
    """Return a layer's vectors as the documentation says."""
    if output.ndim == 3:  # the networks of these tests have 3 x 3 patches
        output = (output if tap.grid.units == 1 else output.mT).unflatten(2, (3, 3))
    # And their channels are the first axis.
    maps = output.ndim == 4
    return (F.adaptive_avg_pool2d(output, tap.side) if maps else output).flatten(1)


def truncated(model: Classifier, layer: str) -> Callable[[Tensor], Tensor]:
    """Return f_l by hand: the probe's linear map of what a hook catches."""
    from xaiwidgets.probes import probe_of

    probe = probe_of(model, layer)
    return lambda batch: (
        pooled(by_hook(model.net, layer, batch), probe.tap) @ probe.weight.T + probe.bias
    )


def cells_of(term: Term, grid: int | tuple[int, int]) -> Cells:
    """Return the cells into which Shapley values cut a term's window."""
    return Shapley(grid=grid).cells(term.task())


def game_of(term: Term, grid: int) -> Game:
    """Return the game that these cells play."""
    return Shapley(grid=grid).game(term.task())


def coalition_pictures(cells: Cells, picture: Tensor, absent: Tensor) -> tuple[Any, Tensor]:
    """Return every coalition, and its picture, put together cell by cell."""
    boxes = [
        (slice(*rows), slice(*columns))
        for rows in itertools.pairwise(cells.row_edges)
        for columns in itertools.pairwise(cells.column_edges)
    ]
    masks = list(itertools.product([False, True], repeat=len(boxes)))
    pictures = []
    for mask in masks:
        shown = absent.clone()
        for present, box in zip(mask, boxes, strict=True):
            if present:
                shown[:, *box] = picture[:, *box]
        pictures.append(shown)
    return masks, torch.stack(pictures)


def brute_force(
    logits: Callable[[Tensor], Tensor],
    cells: Cells,
    picture: Tensor,
    absent: Tensor,
    target: int,
    *,
    minuend: Callable[[Tensor], Tensor] | None = None,
) -> NDArray[np.float64]:
    """Eq. 2, summed over every coalition; with `minuend` g, of g(S with i) - f(S)."""
    masks, pictures = coalition_pictures(cells, picture, absent)
    scores = logits(pictures)[:, target].double().numpy()
    above = scores if minuend is None else minuend(pictures)[:, target].double().numpy()
    without, joined = (dict(zip(masks, s, strict=True)) for s in (scores, above))
    n = cells.rows * cells.columns
    phi = np.zeros(n)
    for mask in masks:
        for i in range(n):
            if not mask[i]:
                more = (*mask[:i], True, *mask[i + 1 :])
                phi[i] += (joined[more] - without[mask]) / (n * math.comb(n - 1, sum(mask)))
    return phi.reshape(cells.rows, cells.columns)


class Ear:
    """Hears what is asked of every twin, after the twin has been made and checked."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.shown: list[tuple[int, str]] = []

    @property
    def pictures(self) -> list[str]:
        """All pictures shown, by their content."""
        return [picture for batch in self.batches for picture in batch]

    def at(self, twin: Any, network: int) -> Heard:
        """Return what answers as the twin does, and is heard."""
        return Heard(twin, self, network)


class Heard:
    """A twin with an ear at it."""

    def __init__(self, made: Any, ear: Ear, network: int) -> None:
        self.made, self.ear, self.network = made, ear, network

    def __call__(self, batch: Tensor) -> Tensor:
        self.ear.batches.append([digest(picture) for picture in batch])
        self.ear.shown += [(self.network, picture) for picture in self.ear.batches[-1]]
        return self.made(batch)  # type: ignore[no-any-return]

    evaluate = Twin.evaluate

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made, name)
