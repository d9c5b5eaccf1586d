"""Conductance and label change rate beside other ways to them, and the paper's experiment."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerConductance
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.benchmarks.conftest import Table
from xaiwidgets import Classifier, datasets, reliability, zoo
from xaiwidgets.errors import DataError
from xaiwidgets.reliability import LARGEST, ErrorDetector, Mutants, auroc_difference, roc_of
from xaiwidgets.steps import run

STEPS = 10
OPERATORS = ("NAI", "GF", "WS", "NS")


def fashion(split: str) -> tuple[Tensor, NDArray[np.int64]]:
    """Return pictures (B, 1, 28, 28), and their labels."""
    try:
        data = datasets.fashion_mnist(split)
    except DataError as error:
        pytest.skip(str(error))
    return torch.from_numpy(data.images)[:, None].float() / 255, data.labels


class Block(nn.Module):
    """Two convolutions of a ResNet-20, and what they are added to."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(after), nn.BatchNorm2d(after)
        plain = before == after
        self.down = nn.Identity() if plain else nn.Conv2d(before, after, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        change = self.norm2(self.conv2(self.norm1(self.conv1(x)).relu()))
        return (change + self.down(x)).relu()


def resnet20() -> nn.Module:
    """Return a ResNet-20 for pictures of 32 x 32, not trained: only its time is taken."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        widths = [(16, 1)] * 3 + [(32, 2)] + [(32, 1)] * 2 + [(64, 2)] + [(64, 1)] * 2
        blocks, before = [], 16
        for after, stride in widths:
            blocks.append(Block(before, after, stride))
            before = after
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
        net = nn.Sequential(stem, *blocks, *head)
        for _ in range(3):
            net(torch.randn(32, 3, 32, 32))
        return net.eval()


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Return the least time of a few; that of this process, because the machine is shared."""
    found = []
    for _ in range(times):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


# --- conductance -------------------------------------------------------------------------------


def conductance_times(count: int = 32, times: int = 3) -> dict[str, float]:
    """Return seconds for the last layer before the pooling, an inner one, and all blocks."""
    net = resnet20()
    model, images = Classifier(net), torch.rand(count, 3, 32, 32)
    target = model.logits(images).argmax(1)
    layers = [str(at) for at in range(10)]

    def captum(layer: str, batch: int | None) -> None:
        LayerConductance(net, net.get_submodule(layer)).attribute(
            images, torch.zeros_like(images), target, n_steps=STEPS, method="riemann_trapezoid",
            internal_batch_size=batch,
        )  # fmt: skip

    def best(layer: str) -> float:
        return min(seconds(partial(captum, layer, batch), times) for batch in (None, 32, 64))

    def ours(asked: Any) -> float:
        return seconds(lambda: reliability.conductance(model, images, asked, steps=STEPS), times)

    ours("9")  # what is found out about a network once
    theirs = {layer: best(layer) for layer in layers}
    return {
        "last": ours("9"), "Captum, last": theirs["9"],
        "inner": ours("7"), "Captum, inner": theirs["7"],
        "all": ours(layers), "Captum, all": sum(theirs.values()),
    }  # fmt: skip


def completeness(count: int = 256) -> dict[str, float]:
    """Return medians for a layer before a head of two linear layers."""
    images, model = fashion("test")[0][:count], zoo.fashion_mnist()
    return {
        f"{rule}, {steps}": float(
            np.median(
                reliability.conductance(model, images, "pool2", steps=steps, rule=rule)
                .completeness["pool2"]
            )
        )
        for rule in ("right", "trapezoid", "secant")
        for steps in (10, 50, 200)
    }  # fmt: skip


@pytest.mark.usefixtures("one_thread")
def test_conductance_beside_captum(table: Table, benchmark: Callable[..., object]) -> None:
    found: dict[str, float] = {}
    benchmark.pedantic(lambda: found.update(conductance_times()), rounds=1)  # type: ignore[attr-defined]
    print(found)
    for what, goal in (("last", "15 times"), ("inner", ""), ("all", "6 times")):
        ratio = found[f"Captum, {what}"] / found[what]
        layers = "all 10 blocks at once" if what == "all" else f"{what} layer"
        table.add(f"conductance, ResNet-20, 32 images: {layers}, against Captum",
                  f"{ratio:.1f} times ({found[what]:.2f} s)", goal)  # fmt: skip


@pytest.mark.usefixtures("one_thread")
def test_conductance_is_complete(table: Table, benchmark: Callable[..., object]) -> None:
    found: dict[str, float] = {}
    benchmark.pedantic(lambda: found.update(completeness()), rounds=1)  # type: ignore[attr-defined]
    print(found)
    for rule in ("right", "trapezoid", "secant"):
        shares = " / ".join(f"{found[f'{rule}, {steps}']:.1%}" for steps in (10, 50, 200))
        table.add(f"conductance, two linear layers after it: missed at 10 / 50 / 200 steps, {rule}",
                  shares, "1 % at the default")  # fmt: skip


# --- mutants -----------------------------------------------------------------------------------


def voting_times(name: str, count: int = 32, mutants: int = 100) -> dict[str, float]:
    """Return seconds for the votes of mutants, and for plain loops with the quickest batch."""
    if name == "resnet20":
        model, images = Classifier(resnet20()), torch.rand(count, 3, 32, 32)
        settings: dict[str, Any] = {"rate": 0.002, "keep": 0.01}
        labels: Any = model.logits(images).argmax(1)
    else:
        model = zoo.fashion_mnist("resnet")
        images, labels = (part[:1000] for part in fashion("train"))
        settings = {"rate": "auto"}
    made = run(reliability.mutants(model, (images, labels), count=mutants, **settings))
    images = images[:count]
    net = copy.deepcopy(model.net).eval()
    states = [made.network(model, at).state_dict() for at in range(mutants)]

    def loaded(batch: int) -> None:
        with torch.no_grad():
            for state in states:
                net.load_state_dict(state)
                for part in images.split(batch):
                    net(part).argmax(1)

    batches = [batch for batch in (8, 32, 64, 128) if batch <= count]
    return {
        "ours": seconds(lambda: reliability.label_change_rate(model, made, images)),
        "loop": min(seconds(partial(loaded, batch), 2) for batch in batches),
        "units": made.units,
    }


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", ["resnet20", "resnet"])
def test_votes_beside_a_plain_loop(
    name: str, table: Table, benchmark: Callable[..., object]
) -> None:
    found: dict[str, float] = {}
    benchmark.pedantic(lambda: found.update(voting_times(name)), rounds=1)  # type: ignore[attr-defined]
    print(found)
    table.add(f"label change rate, {name}, 100 mutants of {found['units']:.0f} units, 32 images",
              f"{found['loop'] / found['ours']:.1f} times a loop ({found['ours']:.2f} s)",
              "2 times")  # fmt: skip


# --- the experiment ----------------------------------------------------------------------------


@dataclass
class Experiment:
    """A network, mutants by operator, and detectors fitted on Fashion-MNIST."""

    network: str = "resnet"
    layer: str = "stage3"
    training: int = 60000
    held_out: int = 5000  # pictures to set thresholds on, and as many to test
    mutants: int = 100
    operators: tuple[str, ...] = OPERATORS
    made: dict[str, Mutants] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.model = zoo.fashion_mnist(self.network)
        images, labels = fashion("train")
        self.train = images[: self.training], labels[: self.training]
        images, labels = fashion("test")
        self.validation = images[: self.held_out], labels[: self.held_out]
        self.test = images[-self.held_out :], labels[-self.held_out :]
        for operator in self.operators:
            some = self.train[0][:1000], self.train[1][:1000]
            found = reliability.mutants(self.model, some, operator=operator, count=self.mutants)
            self.made[operator] = run(found)

    def rates(self, operator: str, count: int = 2000) -> dict[str, float]:
        """Return a row of table 3: label change rates of right and of wrong predictions."""
        images, labels = (part[:count] for part in self.validation)
        voted = run(reliability.votes(self.model, self.made[operator], images))
        wrong, rate = voted.predicted != labels, voted.rate
        means = {"right": rate[~wrong].mean(), "wrong": rate[wrong].mean()}
        spread = {"right ±": rate[~wrong].std(), "wrong ±": rate[wrong].std()}
        roc = roc_of(operator, rate, wrong)
        areas = {"auroc": roc.area, "error": roc.standard_error}
        return {name: float(value) for name, value in (means | spread | areas).items()}

    def detector(self, operator: str = "NAI", trivial: bool = False) -> ErrorDetector:
        """Return a fitted detector."""
        detector = ErrorDetector(self.model, self.layer, self.made[operator], trivial=trivial)
        return run(detector.fit(self.train, self.validation))

    def verdicts(self, operator: str, threshold: float, count: int = 1000) -> dict[str, float]:
        """Return how many mutants a verdict takes, and how often it is that of all."""
        images = self.test[0][:count]
        full = reliability.label_change_rate(self.model, self.made[operator], images) > threshold
        early = run(reliability.verdicts(self.model, self.made[operator], images, threshold))
        return {"used": early.used.mean(), "agree": float((early.unstable == full).mean())}


def rows_of(detector: ErrorDetector, images: Tensor, labels: NDArray[np.int64]) -> list[str]:
    """Return tables 4 to 6 as text."""
    rows = []
    for row in detector.table(images, labels):
        one, two = row["validation"], row["test"]
        rows.append(
            f"{row['detector']:20} {one['auroc']:.3f} {one['correct']:.3f} {one['wrong']:.3f}   "
            f"{two['auroc']:.3f} ± {two['error']:.3f} {two['correct']:.3f} {two['wrong']:.3f}"
        )
    return rows


# --- settings that are not the training's ------------------------------------------------------


def noisy(images: Tensor, size: float, seed: int = 0) -> Tensor:
    """Add Gaussian noise."""
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    return (images + size * noise).clamp(0, 1)


def adversarial(net: nn.Module, images: Tensor, size: float, steps: int = 5) -> Tensor:
    """Climb the loss of the predicted class, no pixel moving by more than `size` (PGD)."""
    parts = []
    for part in images.split(256):
        moved = part.clone()
        with torch.no_grad():
            own = net(part).argmax(1)
        for _ in range(steps):
            with torch.enable_grad():
                here = moved.detach().requires_grad_()
                loss = nn.functional.cross_entropy(net(here), own, reduction="sum")
                (slope,) = torch.autograd.grad(loss, here)
            moved = moved + 1.5 * size / steps * slope.sign()
            moved = torch.minimum(torch.maximum(moved, part - size), part + size).clamp(0, 1)
        parts.append(moved.detach())
    return torch.cat(parts)


def judged(detector: ErrorDetector, images: Tensor, labels: NDArray[np.int64]) -> list[str]:
    """Return each detector's area on some pictures, and its lead on the largest softmax."""
    evidence = run(detector.examine(images))
    wrong = evidence.predicted != labels
    found = [f"{wrong.mean():.1%} wrong"]
    for name, value in evidence.scores.items():
        area = roc_of(name, value, wrong)
        more = auroc_difference(value, evidence.scores[LARGEST], wrong)
        found.append(
            f"{name:20} {area.area:.3f} ± {area.standard_error:.3f}   "
            f"{more.value:+.3f} ± {more.standard_error:.3f}"
        )
    return found


def settings(work: Experiment, count: int = 2000) -> dict[str, list[str]]:
    """Search for a setting in which the detector beats the largest softmax."""
    net = work.model.copies.private().net
    images, labels = (part[:count] for part in work.test)
    shifted = {
        "noise 0.2": noisy(images, 0.2),
        "a quarter turn": images.rot90(1, (2, 3)),
        "adversarial, half of the images": torch.cat(
            [adversarial(net, images[: count // 2], 0.03), images[count // 2 :]]
        ),
    }
    found = {}
    plain = work.detector()
    for name, pictures in shifted.items():
        found[f"{name}, not seen before"] = judged(plain, pictures, labels)
    # The same attack on other pictures, with another strength, among what is learnt from.
    few, truth = (part[-12000:] for part in work.train)
    mixed = torch.cat([adversarial(net, few[:6000], 0.02), few[6000:]])
    checks, answers = (part[:count] for part in work.validation)
    checked = torch.cat([adversarial(net, checks[: count // 2], 0.02), checks[count // 2 :]])
    taught = ErrorDetector(work.model, work.layer, work.made["NAI"])
    run(taught.fit((mixed, truth), (checked, answers)))
    name = "adversarial, half of the images"
    found[f"{name}, a weaker attack learnt from"] = judged(taught, shifted[name], labels)
    return found


def test_the_papers_tables(table: Table, benchmark: Callable[..., object]) -> None:
    kept: dict[str, Any] = {}

    def measure() -> None:
        work = Experiment()
        kept["rates"] = {operator: work.rates(operator) for operator in OPERATORS}
        detector = work.detector()
        kept["rows"] = detector.table(*work.test)
        threshold = detector.validation.beside["label change rate"].threshold()
        kept["verdicts"] = work.verdicts("NAI", threshold)
        kept["settings"] = settings(work)

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    for operator, row in kept["rates"].items():
        table.add(f"label change rate, Fashion-MNIST, {operator}: right / wrong predictions; AUROC",
                  f"{row['right']:.2f} ± {row['right ±']:.2f} / {row['wrong']:.2f} ± "
                  f"{row['wrong ±']:.2f}; {row['auroc']:.3f} ± {row['error']:.3f}", "")  # fmt: skip
    for row in kept["rows"]:
        one, two = row["validation"], row["test"]
        table.add(f"error detector, Fashion-MNIST, {row['detector']}: AUROC validation / test",
                  f"{one['auroc']:.3f} / {two['auroc']:.3f} ± {two['error']:.3f}", "")  # fmt: skip
    found = kept["verdicts"]
    table.add("label change rate: mutants for a verdict, of 100; agreement with all",
              f"{found['used']:.0f}; {found['agree']:.1%}", "50; 98 %")  # fmt: skip
    for name, rows in kept["settings"].items():
        own = next(row for row in rows if row.startswith("network"))
        lead = own.split("   ")[-1]
        table.add(f"error detector beside the largest softmax, AUROC: {name}", lead,
                  "2 standard errors")  # fmt: skip
