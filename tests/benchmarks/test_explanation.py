"""What a map costs: evaluations to the same agreement, time per evaluation, memory, honesty."""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
import torchvision
from numpy.typing import NDArray
from scipy.stats import spearmanr

from tests.benchmarks.bound import least_share
from tests.benchmarks.conftest import Table
from tests.benchmarks.games import Photograph, captum_permutations, games
from xaiwidgets import Classifier, Window, query, zoo
from xaiwidgets.methods import Cache, Shapley, Task
from xaiwidgets.methods._estimation import Estimate, shapley
from xaiwidgets.optimize import Twin, deviation
from xaiwidgets.steps import run

REFERENCE, BUDGET, SEEDS, PERMUTATIONS, PLAYERS = 8000, 1600, 3, 70, 49
Path = list[tuple[int, NDArray[np.float64]]]


@pytest.fixture(scope="module")
def model() -> Classifier:
    return zoo.efficientnet_lite0()


def ours(
    photograph: Photograph, budget: int, seed: int, cache: Cache | None = None
) -> list[Estimate]:
    """Return the estimates on the way, the final one last."""
    game = photograph.game(cache)
    steps = shapley(
        lambda masks: game.logits(masks)[:, photograph.target].astype(np.float64),
        game.players,
        budget=budget,
        seed=seed,
        batch=game.twin.batch,
        positions=game.cells.centres,
    )
    path: list[Estimate] = []
    final = run(steps, lambda progress: path.append(progress.preview))
    return [*path, final]


def evaluations_to(path: Path, reference: NDArray[np.float64], wanted: float = 0.9) -> float:
    """Evaluations after which the rank agreement stays at or above what is wanted."""
    needed = float("inf")
    for evaluations, values in reversed(path):
        if spearmanr(values, reference).statistic < wanted:
            break
        needed = evaluations
    return needed


def our_path(photograph: Photograph, seed: int) -> Path:
    return [(e.evaluations, e.values) for e in ours(photograph, BUDGET, seed)]


def captum_path(maps: NDArray[np.float64], order: NDArray[np.int64]) -> Path:
    mean = np.cumsum(maps[order], axis=0) / np.arange(1, len(order) + 1)[:, None]
    return [(PLAYERS * (i + 1) + 1, values) for i, values in enumerate(mean)]


def test_evaluations_to_the_same_agreement(
    model: Classifier, table: Table, benchmark: Callable[..., object]
) -> None:
    ratios: dict[str, float] = {}
    counts: list[tuple[float, float]] = []

    def measure() -> None:
        for photograph in games(model):
            reference = ours(photograph, REFERENCE, 1000)[-1].values
            maps = np.array(list(captum_permutations(photograph, PERMUTATIONS)))
            shuffle = np.random.default_rng(0)
            theirs = statistics.median(
                evaluations_to(captum_path(maps, shuffle.permutation(len(maps))), reference)
                for _ in range(25)
            )
            theirs = min(theirs, PLAYERS * PERMUTATIONS + 1)  # where it has not come so far yet
            needed = statistics.median(
                evaluations_to(our_path(photograph, seed), reference) for seed in range(SEEDS)
            )
            ratios[photograph.name] = needed / theirs
            counts.append((needed, theirs))
            print(f"{photograph.name}: {needed} against {theirs}")

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    needed, theirs = (statistics.median(column) for column in zip(*counts, strict=True))
    table.add(
        "evaluations to rank agreement 0.9, against Captum's sampler, median of 8 games",
        f"{statistics.median(ratios.values()):.2f} times ({needed:.0f} against {theirs:.0f})",
        "1/3",
    )
    worst = max(ratios, key=lambda name: ratios[name])
    table.add("the same, worst game", f"{ratios[worst]:.2f} times ({worst})", "at most 1")


@pytest.mark.usefixtures("one_thread")
def test_time_per_evaluation(
    model: Classifier, table: Table, benchmark: Callable[..., object]
) -> None:
    photograph = next(games(model))
    game = photograph.game()
    masks = np.random.default_rng(0).random((32, PLAYERS)) < 0.5
    pictures = game.compose(masks)
    net = model.net.eval()
    ratios: list[float] = []

    def timed(function: Callable[[torch.Tensor], torch.Tensor]) -> float:
        start = time.perf_counter()
        with torch.no_grad():
            function(pictures)
        return (time.perf_counter() - start) / len(pictures)

    times: list[tuple[float, float]] = []

    def measure() -> None:
        times.append((timed(game.twin), timed(net)))
        ratios.append(times[-1][0] / times[-1][1])

    benchmark.pedantic(measure, rounds=15, warmup_rounds=2)  # type: ignore[attr-defined]
    mine, eager = (statistics.median(column) * 1e3 for column in zip(*times, strict=True))
    table.add(
        "time per evaluation, against the plain network in batches of 32, one thread",
        f"{statistics.median(ratios):.2f} times ({mine:.1f} against {eager:.1f} ms)",
        "1/3",
    )
    with torch.no_grad():
        logits = net(pictures)
    ours = game.twin(pictures)[:, : logits.shape[1]]  # its layers may be tapped
    deviation = float((ours - logits).abs().max() / (logits.max() - logits.min()))
    table.add("largest deviation of a logit, share of their range", f"{deviation:.0e}", "1e-3")


EIGHTH = [(72, 72), (0, 0), (0, 144), (144, 0), (144, 144)]
"""Where windows of 80 x 80 pixels begin, an eighth of the picture: in the middle and corners."""


def residual_network() -> Classifier:
    torch.manual_seed(0)
    return Classifier(torchvision.models.resnet18())


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(
    ("name", "make"),
    [("EfficientNet-Lite0", zoo.efficientnet_lite0), ("ResNet-18", residual_network)],
)
def test_evaluation_inside_a_window(
    name: str, make: Callable[[], Classifier], table: Table, benchmark: Callable[..., object]
) -> None:
    model = make()
    picture = torch.randn(3, 224, 224, generator=torch.Generator().manual_seed(0))
    ratios: list[float] = []
    deviations: list[float] = []
    least: list[float] = []

    def seconds(twin: Twin, pictures: torch.Tensor, size: int) -> float:
        start = time.thread_time()
        for batch in torch.split(pictures, size):
            twin.network(batch)
        return time.thread_time() - start

    def measure() -> None:
        for top, left in EIGHTH:
            game = Shapley(grid=7).game(Task(model, picture, 0, Window(top, left, 80, 80)), Cache())
            run(game.crop())
            masks = np.random.default_rng(1).random((8, game.players)) < 0.5
            pictures = game.compose(masks)
            twins = game.evaluator, game.twin
            # Each by the batches that are best for it, which on a busy machine are not found.
            costs = [[[seconds(t, pictures, n) for t in twins] for n in (4, 8)] for _ in range(8)]
            on_crop, whole = np.median(costs[1:], axis=0).min(0)
            ratios.append(on_crop / whole)
            sizes = [tap.size for tap in game.probes.taps]
            deviations.append(deviation(twins[0](pictures), twins[1](pictures), sizes))
            whole_network = game.twin.network
            least.append(least_share(whole_network.net, whole_network.prepare(pictures[:4])))

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    (middle, *corners), (least_middle, *least_corners) = ratios, least
    table.add(
        f"evaluation inside a window of an eighth, against a whole one, {name}, one thread",
        f"{middle:.2f} times in the middle, {statistics.mean(corners):.2f} in a corner; by the "
        f"time of layers where they depend on it {least_middle:.2f}, "
        f"{statistics.mean(least_corners):.2f} "
        f"(logits differ by {max(deviations):.0e} of their range)",
        "0.55",
    )


MEMORY = """
import resource, sys
from xaiwidgets import zoo
model = zoo.efficientnet_lite0()
image = zoo.photographs("chelsea")["chelsea"]
model(image).explain(budget=64)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
model(image).explain(budget=int(sys.argv[1]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.usefixtures("one_thread")
def test_a_first_look_takes_few_passes(model: Classifier, table: Table) -> None:
    picture = next(games(model)).task.input
    net, times = model.copies.private().net, []
    for shift in range(10):
        # Each picture is another one, of which nothing is known; the first map goes on to its end,
        # as a person waits for it, and makes the copy by which later looks take less time.
        moved = picture.roll(shift, 2)
        started = time.process_time()
        with torch.no_grad():
            net(moved[None])
        middle = time.process_time()
        work = Shapley(64, 7).explain([Task(model, moved)], Cache())
        (look,) = next(progress.preview for progress in work if progress.has_preview)
        times.append((time.process_time() - middle, middle - started))
        assert look.first_look
        work.run() if shift == 0 else work.close()
    look_seconds, pass_seconds = (statistics.median(column) for column in zip(*times, strict=True))
    table.add(
        "a first look at another picture: a gradient map before there are Shapley values",
        f"{look_seconds / pass_seconds:.1f} forward passes ({look_seconds * 1e3:.0f} ms)",
        "2.5",
    )


def test_memory_does_not_grow_with_the_budget(
    table: Table, benchmark: Callable[..., object]
) -> None:
    grown: dict[int, float] = {}

    def measure() -> None:
        for budget in (500, 4000):
            command = [sys.executable, "-c", MEMORY, str(budget)]
            grown[budget] = float(subprocess.check_output(command, text=True))

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    table.add(
        "memory beyond that of a first small map, for 500 and 4,000 evaluations",
        f"{grown[500]:.0f} and {grown[4000]:.0f} MB",
        "independent",
    )


@pytest.mark.usefixtures("one_thread")
def test_own_steps_are_short(table: Table) -> None:
    rng, side = np.random.default_rng(0), 16
    mixed, weights = rng.normal(size=(side**2, 24)) / side, rng.normal(size=24)
    positions = np.argwhere(np.ones((side, side)))
    longest = 0.0
    for looks in (False, True):
        steps = shapley(
            lambda masks: np.tanh(masks @ mixed) @ weights,
            side**2,
            budget=2300,
            positions=positions,
        )
        started = time.process_time()
        for progress in steps:
            longest = max(longest, time.process_time() - started)
            started = time.process_time()
            if looks:
                assert progress.preview is not None
                longest = max(longest, time.process_time() - started)
                started = time.process_time()
    table.add(
        "the longest step of our own, 16 x 16 cells, all trainings of the surrogate",
        f"{longest * 1e3:.0f} ms",
        "100 ms",
    )


def test_error_bars_are_honest(
    model: Classifier, table: Table, benchmark: Callable[..., object]
) -> None:
    covered: dict[tuple[str, int], list[float]] = {}

    def measure() -> None:
        for photograph in games(model):
            small = replace(photograph, grid=(2, 5))
            cache = Cache()
            exact = ours(small, 2**10, 0, cache)[-1]
            assert exact.exact
            for seed, budget in itertools.product(range(10), (60, 200)):
                found = ours(small, budget, seed, cache)[-1]
                held = np.abs(found.values - exact.values) <= 2 * found.standard_error
                covered.setdefault((photograph.name, budget), []).append(float(held.mean()))

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    table.add(
        "cells within two standard errors of the exact value, 2 x 5 cells, 160 maps",
        f"{100 * np.mean([*covered.values()]):.0f} %",
        "90 to 99 %",
    )
    shares = {place: float(np.mean(each)) for place, each in covered.items()}
    worst, best = (pick(shares, key=lambda place: shares[place]) for pick in (min, max))
    told = ", ".join(f"{100 * shares[p]:.0f} % ({p[0]}, {p[1]})" for p in (worst, best))
    table.add("the same, the lowest and the highest of a game and a budget", told, "90 to 99 %")


def test_reading_a_query(table: Table, benchmark: Callable[..., object]) -> None:
    x = torch.rand(3, 224, 224)
    model = Classifier(torch.nn.Flatten(), classes=["tabby cat", "dog"])
    text = 'select * from f(x) where [40:150, 60:180] for class "tabby cat"'
    benchmark(lambda: query(text, f=model, x=x))
    seconds = benchmark.stats.stats.median  # type: ignore[attr-defined]
    table.add("reading a query", f"{seconds * 1e3:.2f} ms", "1 ms")
