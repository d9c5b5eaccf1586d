"""What the operators of the algebra cost beyond the maps they are made of."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.benchmarks.conftest import Table
from xaiwidgets import Classifier, query, zoo
from xaiwidgets.algebra import surrogates
from xaiwidgets.errors import QueryError
from xaiwidgets.methods import Shapley
from xaiwidgets.steps import run

STAGES = ["_blocks.0", "_blocks.2", "_blocks.4", "_blocks.7", "_blocks.10", "_blocks.14",
          "_blocks.15"]  # fmt: skip
WORDS = ["select", "*", "from", "f", "(", ")", "x", "where", "[", "1", ":", "3", ",", "]", "for",
         "class", "dog", "join", "left", "weight", ".5", "erase", "w", "0.conv", "é"]  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Classifier:
    return zoo.efficientnet_lite0()


def crops(count: int) -> Iterator[Image.Image]:
    """Yield random squares of scikit-image's photographs."""
    rng = np.random.default_rng(0)
    photographs = list(zoo.photographs().values())
    for i in range(count):
        photograph = photographs[i % len(photographs)].convert("RGB")
        side = int(rng.uniform(0.3, 1) * min(photograph.size))
        left, top = (int(rng.integers(0, size - side + 1)) for size in photograph.size)
        yield photograph.crop((left, top, left + side, top + side))


def test_probes_of_seven_stages(
    model: Classifier,
    table: Table,
    benchmark: Callable[..., object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XAIWIDGETS_CACHE", str(tmp_path))
    images = list(crops(500))
    probes = []
    benchmark.pedantic(lambda: probes.append(run(model.fit_probes(images, STAGES))), rounds=1)  # type: ignore[attr-defined]
    seconds = benchmark.stats.stats.median  # type: ignore[attr-defined]
    table.add("probes of seven stages from 500 unlabelled crops", f"{seconds:.0f} s", "120 s")
    agreements = ", ".join(f"{share:.0%}" for share in probes[0].agreement.values())
    table.add("their agreement with the whole network on held-out crops", agreements, "reported")


def test_operators_pay_for_nothing_twice(
    model: Classifier, table: Table, benchmark: Callable[..., object]
) -> None:
    photographs = zoo.photographs("chelsea", "coffee")
    x, y = model(photographs["chelsea"]), model(photographs["coffee"], name="y")
    paid: dict[str, int] = {}

    def measure() -> None:
        paid["anti-join"] = x.left_join(y).explain(budget=128).paid
        paid["join"] = x.join(y).explain(budget=128).paid
        paid["sides"] = x.explain(budget=128).paid + y.explain(budget=128).paid

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    table.add(
        "evaluations of an anti-join, then a join, then both sides, 128 a map",
        " + ".join(str(paid[name]) for name in ("anti-join", "join", "sides")),
        "no more than the sides, none twice",
    )


def test_other_readings_of_the_same_coalitions(
    model: Classifier, table: Table, benchmark: Callable[..., object]
) -> None:
    photograph = zoo.photographs("coffee")["coffee"]
    found = model(photograph).explain(budget=1024)
    read = benchmark(lambda: run(surrogates(found)))
    seconds = benchmark.stats.stats.median  # type: ignore[attr-defined]
    order = np.argsort(-found.cells.ravel())
    masks = np.zeros((2, 50, 49), dtype=bool)
    for count in range(50):
        masks[0, count, order[:count]] = masks[1, count, order[count:]] = True
    evaluated = (
        Shapley()
        .game(model(photograph).task())
        .logits(masks.reshape(100, 49))[:, found.target]
        .reshape(2, 50)
    )
    curves = np.stack([read.curves.insertion, read.curves.deletion])  # type: ignore[attr-defined]
    agreement = np.corrcoef(curves.ravel(), evaluated.ravel())[0, 1]
    table.add("linear fit, tree, rules, deletion and insertion curves of 1,024 coalitions",
              f"{seconds * 1e3:.0f} ms, no evaluation", "no evaluation")  # fmt: skip
    table.add("correlation of these curves with evaluated ones", f"{agreement:.2f}", "")


def test_ten_thousand_strings(table: Table, benchmark: Callable[..., object]) -> None:
    model = Classifier(torch.nn.Flatten(), classes=["cat", "dog"])
    x = torch.rand(3, 12, 12)
    draw = random.Random(0)
    texts = [" ".join(draw.choices(WORDS, k=draw.randint(1, 25))) for _ in range(5000)]
    texts += ["".join(chr(draw.randint(32, 300)) for _ in range(40)) for _ in range(5000)]
    times: list[float] = []

    def measure() -> None:
        for text in texts:
            start = time.perf_counter()
            with suppress(QueryError):
                query(text, f=model, x=x)
            times.append(time.perf_counter() - start)

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    table.add("10,000 random strings: a query or a QueryError, median",
              f"{statistics.median(times) * 1e3:.2f} ms", "1 ms")  # fmt: skip
