"""How often, how near and at what cost the boundary is reached, beside other ways to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from tests.benchmarks.conftest import Table
from xaiwidgets import Classifier, contrast, datasets, zoo
from xaiwidgets.contrast import VAE, Contrast
from xaiwidgets.errors import DataError
from xaiwidgets.steps import run

PAIRS = 256
TOLERANCE = 0.05
GOALS = {"digits": "ok 99 %", "fashion": "ok 97 %"}


@dataclass
class Found:
    """Where a method ended, judged by the classifier itself."""

    ok: NDArray[np.bool_]
    third: NDArray[np.bool_]
    distance: NDArray[np.float64]
    to_ok: NDArray[np.int64]
    gradients: NDArray[np.int64]
    evaluations: NDArray[np.int64]
    seconds: float

    def __str__(self) -> str:
        to_ok, ok = self.to_ok[self.ok], self.ok
        return (
            f"ok {ok.mean():.1%}, third class on top {self.third.mean():.1%}, "
            f"distance {np.median(self.distance[ok]):.3f}, gradients to ok "
            f"{np.median(to_ok):.0f} / {np.percentile(to_ok, 95):.0f}, in all "
            f"{np.median(self.gradients):.0f} / {np.percentile(self.gradients, 95):.0f}, "
            f"evaluations {np.median(self.evaluations):.0f}, {self.seconds:.1f} s"
        )


class Work:
    """A network, a generator, test pictures and the classes asked about."""

    def __init__(self, name: str, probe: str) -> None:
        try:
            data = (datasets.digits if name == "digits" else datasets.fashion_mnist)("test")
        except DataError as error:
            pytest.skip(str(error))
        self.model = zoo.digits() if name == "digits" else zoo.fashion_mnist()
        self.generator: VAE = zoo.generator(name)
        draw = torch.Generator().manual_seed(0)
        rows = torch.randperm(len(data), generator=draw)[:PAIRS]
        self.images = torch.from_numpy(data.images)[rows, None].float() / 255
        scores = self.model.logits(self.images)
        order = scores.argsort(dim=1, descending=True)
        self.true = order[:, 0]
        places = torch.randint(1, 10, (PAIRS,), generator=draw) if probe == "random" else None
        self.probe = order[:, 1] if places is None else order[torch.arange(PAIRS), places]

    def judge(self, pictures: Tensor) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which pictures are at the boundary with no third class above either, and at
        which a third class is above both; by logits, whose differences are those of the
        log-likelihoods."""
        scores = self.model.logits(pictures).double()
        first, second = (scores.gather(1, c[:, None])[:, 0] for c in (self.true, self.probe))
        pair = torch.stack([self.true, self.probe], 1)
        third = scores.scatter(1, pair, -torch.inf).amax(1)
        low, high = torch.minimum(first, second), torch.maximum(first, second)
        # 1e-4: the same picture gives other roundings in another batch
        ok = (high - low <= TOLERANCE + 1e-4) & (third <= low + 1e-4)
        return ok.numpy(), (third > high + 1e-4).numpy()


def ours(work: Work, method: str = "cdeepex", **settings: object) -> Found:
    start = time.perf_counter()
    result: Contrast = run(
        contrast.explain(
            work.model,
            work.generator,
            work.images,
            work.probe,
            method=method,
            **settings,  # type: ignore[arg-type]
        )
    )
    seconds = time.perf_counter() - start
    ok, third = work.judge(result.boundary)
    assert (ok <= result.converged).all()
    if method == "cdeepex":  # what is said to be reached is reached
        assert (ok == result.converged).all()
    counts = result.gradients_to_reach, result.gradients, result.evaluations
    return Found(ok, third, result.distance.astype(float), *counts, seconds)


def scaled(work: Work, steps: int = 300) -> Found:
    """The prototype of GOALS: an augmented Lagrangian with a step of its own for each pair,
    1 / (2 + 3 c |grad h|^2), c from 0.2 by 1.2 to 20, margin 0.1, the best feasible iterate kept.

    The gradient of h comes free with one of the Lagrangian's here: one is counted for each step.
    """
    network, generator = work.model.copies.private().net, work.generator.requires_grad_(False)
    here, begin = torch.arange(PAIRS), time.perf_counter()
    start = generator.encode(work.images)
    residual = work.images - generator.decode(start)
    z, kept = start.clone(), start.clone()
    mask = torch.ones(PAIRS, 10)
    mask[here, work.true] = mask[here, work.probe] = 0
    towards, penalty = torch.zeros(PAIRS), torch.full((PAIRS,), 0.2)
    others = torch.zeros(2, PAIRS, 10)
    least, first = torch.full((PAIRS,), torch.inf), torch.full((PAIRS,), -1)
    before = torch.full((PAIRS,), torch.inf)
    for step in range(1, steps + 1):
        z.requires_grad_(True)
        scores = network(generator.decode(z) + residual)
        true, probe = scores[here, work.true], scores[here, work.probe]
        gap = true - probe
        (slope,) = torch.autograd.grad(gap.sum(), z, retain_graph=True)
        over = torch.stack([scores - true[:, None], scores - probe[:, None]]) * mask
        push = (others + penalty[:, None] * (over + 0.1)).clamp_min(0) * mask
        cost = (z - start).square().sum(1) + towards * gap + penalty / 2 * gap.square()
        cost = cost + (push.square() / (2 * penalty[:, None])).sum((0, 2))
        (down,) = torch.autograd.grad(cost.sum(), z)
        z, gap, over = z.detach(), gap.detach(), over.detach()
        distance = (z - start).norm(dim=1)
        ok = (gap.abs() <= TOLERANCE) & (over.amax((0, 2)) <= 0)
        first[(first < 0) & ok] = step
        better = ok & (distance < least)
        least[better], kept[better] = distance[better], z[better]
        z = z - down / (2 + 3 * penalty * slope.square().sum(1))[:, None]
        if step % 5 == 0:
            towards, others = towards + penalty * gap, push.detach()
            slow = gap.abs() > 0.5 * before
            penalty = torch.where(slow, (1.2 * penalty).clamp_max(20), penalty)
            before = gap.abs()
    kept = torch.where((first > 0)[:, None], kept, z)
    with torch.no_grad():
        ok, third = work.judge(generator.decode(kept) + residual)
    spent = np.full(PAIRS, steps)
    seconds = time.perf_counter() - begin
    return Found(ok, third, least.double().numpy(), first.numpy(), spent, spent, seconds)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("probe", ["runner-up", "random"])
@pytest.mark.parametrize("name", ["digits", "fashion"])
def test_the_boundary_is_reached(
    name: str, probe: str, table: Table, benchmark: Callable[..., object]
) -> None:
    work = Work(name, probe)
    found: dict[str, Found] = {}

    def measure() -> None:
        found["ours"] = ours(work)
        found["scaled descent"] = scaled(work)
        found["xGEMs"] = ours(work, "xgems")

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    for method, one in found.items():
        print(f"{name}, {probe}, {method}: {one}")  # for those who run it with -s
    mine, theirs, without = found.values()
    case = f"contrast, {PAIRS} pairs of {name}, {probe} probe"
    both = mine.ok & theirs.ok
    ratio = np.median(mine.distance[both]) / np.median(theirs.distance[both])
    to_ok = [np.percentile(mine.to_ok[mine.ok], q) for q in (50, 95)]
    baseline = [np.percentile(theirs.to_ok[theirs.ok], q) for q in (50, 95)]
    table.add(f"{case}: boundary reached, no third class above (scaled descent; xGEMs)",
              f"{mine.ok.mean():.1%} ({theirs.ok.mean():.1%}; {without.ok.mean():.1%})",
              GOALS[name])  # fmt: skip
    table.add(f"{case}: a third class on top (scaled descent; xGEMs)",
              f"{mine.third.mean():.1%} ({theirs.third.mean():.1%}; {without.third.mean():.1%})",
              "")  # fmt: skip
    table.add(f"{case}: gradients until it is reached, median / p95 (scaled descent)",
              f"{to_ok[0]:.0f} / {to_ok[1]:.0f} ({baseline[0]:.0f} / {baseline[1]:.0f})",
              "a third")  # fmt: skip
    table.add(f"{case}: latent distance, of the scaled descent's", f"{ratio:.2f}", "1.02")


@pytest.mark.usefixtures("one_thread")
def test_pairs_together_and_one_by_one(table: Table, benchmark: Callable[..., object]) -> None:
    work = Work("fashion", "random")
    few = 24

    def rate(images: Tensor, probes: Tensor) -> float:
        start = time.perf_counter()
        run(contrast.explain(work.model, work.generator, images, probes, starts=1))
        return len(images) / (time.perf_counter() - start)

    rates: dict[str, float] = {}

    def measure() -> None:
        rates["together"] = rate(work.images, work.probe)
        start = time.perf_counter()
        for at in range(few):
            rate(work.images[at : at + 1], work.probe[at : at + 1])
        rates["alone"] = few / (time.perf_counter() - start)

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    print(rates)
    table.add("contrast: pairs a second, all together against one by one, one start",
              f"{rates['together'] / rates['alone']:.1f} times", "5 times")  # fmt: skip


@pytest.mark.usefixtures("one_thread")
def test_the_first_picture_comes_soon(table: Table, benchmark: Callable[..., object]) -> None:
    work = Work("fashion", "random")
    image = work.images[:1].expand(9, -1, -1, -1)
    probes = [c for c in range(10) if c != int(work.true[0])]
    times: dict[str, list[float]] = {"one": [], "all": []}

    def first(model: Classifier, images: Tensor, asked: list[int]) -> float:
        start = time.perf_counter()
        for progress in contrast.explain(model, work.generator, images, asked):
            if progress.preview is not None:
                break
        return time.perf_counter() - start

    def measure() -> None:
        times["one"].append(first(work.model, image[:1], probes[:1]))
        times["all"].append(first(work.model, image, probes))

    benchmark.pedantic(measure, rounds=5)  # type: ignore[attr-defined]
    one, every = (np.median(times[which]) for which in ("one", "all"))
    print(times)
    table.add("contrast: first answer, one probe class / all nine (Fashion-MNIST)",
              f"{one:.2f} / {every:.2f} s", "0.5 s")  # fmt: skip
