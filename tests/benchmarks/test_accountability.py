"""How fast trials are trained together, beside the ways of today; and the paper's experiments.

The experiments at the paper's size take hours on a CPU: ask for them by

    python -m tests.benchmarks.test_accountability --hidden 1 2 4 --trials 50 --examples 60000
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from tests.benchmarks.conftest import Table
from xaiwidgets import accountability, datasets
from xaiwidgets.accountability import SearchResult, _group_size, _training
from xaiwidgets.accountability._data import Data, check_data
from xaiwidgets.accountability._recipe import Recipe, build_perceptron, load_weights
from xaiwidgets.accountability._trial import TrialId
from xaiwidgets.accountability.initializers import NAMES
from xaiwidgets.errors import DataError
from xaiwidgets.work import Budget, run

EXAMPLES, EPOCH = 6000, 60000
DELTAS = (0.002, 0.0025, 0.003, 0.0045, 0.0065)
"""Of the paper's figure 4, from 0.002 to 0.0065."""

Arrays = tuple[NDArray[Any], NDArray[Any]]
Load = Callable[[str], datasets.Dataset]
DATA: dict[str, Load] = {"fashion": datasets.fashion_mnist, "mnist": datasets.mnist}


def fashion(split: str, count: int, load: Load = datasets.fashion_mnist) -> Arrays:
    try:
        data = load(split)
    except DataError as error:
        pytest.skip(str(error))
    return data.images[:count], data.labels[:count]


@dataclass
class Race:
    """One network, trained once over the same examples in several ways; seconds for each.

    Seconds of the processor: all of it is one thread, and others may want its core.
    """

    hidden: tuple[int, ...]
    batch: int

    def __post_init__(self) -> None:
        self.images, self.labels = fashion("train", EXAMPLES)
        shape, usual = self.images.shape[1:], (NAMES["glorot_uniform"], NAMES["zeros"])
        self.recipe = Recipe(shape, 10, self.hidden, self.batch, 0.01, 1, *usual, "shift", 0)
        self.data: Data = check_data((self.images, self.labels), None)
        self.x = torch.from_numpy(self.images).flatten(1).float() / 255
        self.y = torch.from_numpy(self.labels)

    def together(self) -> float:
        """Ours: a group as the search makes it, until its last minibatch; for one of its trials."""
        size = _group_size.group_size(self.recipe)
        steps = _training.train(
            self.recipe, self.data, [TrialId(0.001, t) for t in range(1, size + 1)]
        )
        start = time.process_time()
        for _ in range(-(-EXAMPLES // self.batch)):
            next(steps)
        seconds = time.process_time() - start
        steps.close()
        return seconds / size

    def tutorial(self) -> float:
        """torchvision's data set, ToTensor, and a DataLoader, as torch's tutorial has it."""
        from torchvision import transforms
        from torchvision.datasets import FashionMNIST

        class Here(FashionMNIST):  # its items, from where Debian has the files
            def __init__(self, data: torch.Tensor, targets: torch.Tensor) -> None:
                self.data, self.targets = data, targets
                self.transform, self.target_transform = transforms.ToTensor(), None

        return self._loaded(Here(torch.from_numpy(self.images), self.y))

    def tensors(self) -> float:
        """TensorDataset and a DataLoader."""
        return self._loaded(torch.utils.data.TensorDataset(self.x, self.y))

    def slices(self) -> float:
        """The best of the loops: rows of one tensor."""

        def batches() -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
            for rows in torch.randperm(EXAMPLES).split(self.batch):
                yield self.x[rows], self.y[rows]

        return self._sequential(batches())

    def _loaded(self, items: Any) -> float:
        loader = torch.utils.data.DataLoader(items, self.batch, shuffle=True)
        return self._sequential(iter(loader))

    def _sequential(self, batches: Iterator[Any]) -> float:
        net = load_weights(
            build_perceptron(784, self.hidden, 10), self.recipe.draw_initial_weights()
        )
        optimizer = torch.optim.SGD(net.parameters(), 0.01)
        start = time.process_time()
        for x, y in batches:
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()
        return time.process_time() - start

    def operations(self) -> float:
        """Return multiplications and additions of one training: forward, and two backward."""
        sizes = [784, *self.hidden, 10]
        products = [a * b for a, b in pairwise(sizes)]
        return 2.0 * EXAMPLES * (3 * sum(products) - products[0])


def sgemm() -> float:
    """Return the operations a second that this machine has for large matrices."""
    size = 1024
    a, b, out = torch.randn(size, size), torch.randn(size, size), torch.empty(size, size)
    start = time.process_time()
    for _ in range(3):
        torch.mm(a, b, out=out)
    return 3 * 2 * size**3 / (time.process_time() - start)


def raced(race: Race, rounds: int = 3) -> tuple[dict[str, float], float]:
    """Return the median seconds of each way, interleaved, and the share of sgemm that is ours."""
    ways = {way: getattr(race, way) for way in ("tutorial", "tensors", "slices", "together")}
    sgemm(), race.together()
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    rates = []
    for _ in range(rounds):
        rates.append(sgemm())
        for way, measure in ways.items():
            seconds[way].append(measure())
    medians = {way: float(np.median(each)) for way, each in seconds.items()}
    return medians, race.operations() / medians["together"] / float(np.median(rates))


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("batch", [100, 32])
@pytest.mark.parametrize("layers", [1, 2, 4])
def test_trials_are_trained_together(
    layers: int, batch: int, table: Table, benchmark: Callable[..., object]
) -> None:
    found: dict[str, Any] = {}

    def measure() -> None:
        found["seconds"], found["share"] = raced(Race((256,) * layers, batch))

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    seconds, share = found["seconds"], found["share"]
    scale = EPOCH / EXAMPLES
    print(layers, batch, {way: scale * each for way, each in seconds.items()}, share)
    case = f"accuracy search, {layers} x 256, batches of {batch}"
    mine = seconds["together"]
    others = "; ".join(f"{scale * seconds[way]:.2f}" for way in ("tutorial", "tensors", "slices"))
    table.add(f"{case}: seconds for a trial and an epoch of 60,000 (tutorial; tensors; slices)",
              f"{scale * mine:.2f} ({others})", "")  # fmt: skip
    table.add(f"{case}: times faster than the tutorial's loop / the best loop",
              f"{seconds['tutorial'] / mine:.1f} / {seconds['slices'] / mine:.2f}",
              "4 / 1.5")  # fmt: skip
    table.add(f"{case}: of the machine's own sgemm rate", f"{share:.0%}",
              "60 %" if layers > 1 else "")  # fmt: skip


def test_dask_with_two_workers(table: Table, benchmark: Callable[..., object]) -> None:
    distributed = pytest.importorskip("distributed")
    rates: dict[int, float] = {}
    data = fashion("train", 12000)

    def searched(executor: Any) -> float:
        budget, start = Budget(max_trial=8), time.perf_counter()
        run(accountability.search(data, hidden=(256, 256), budget=budget, executor=executor))
        return time.perf_counter() - start

    def measure() -> None:
        for workers in (1, 2):
            with (
                distributed.LocalCluster(
                    n_workers=workers, threads_per_worker=1, dashboard_address=None
                ) as cluster,
                distributed.Client(cluster) as client,
            ):
                client.run(__import__, "xaiwidgets.accountability._search")
                rates[workers] = min(searched(client.get_executor()) for _ in range(2))

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    print(rates)
    table.add("accuracy search: Dask with two local workers against one",
              f"{rates[1] / rates[2]:.2f} times faster", "1.7")  # fmt: skip


# --- the paper's experiments ---------------------------------------------------------------------


@dataclass
class Experiment:
    """Shifting against drawing again, with the same number of trainings."""

    layers: int
    shift: SearchResult
    reseed: SearchResult

    def __str__(self) -> str:
        by_delta = {
            delta: max(one.gain for one in self.shift.trials if one.delta == delta)
            for delta in dict.fromkeys(one.delta for one in self.shift.trials)
        }
        gains = ", ".join(f"{delta:g}: {100 * gain:+.2f}" for delta, gain in by_delta.items())
        # Figure 7: what is gained by when.
        end = self.shift.seconds
        when = [
            max([0.0, *(one.gain for one in self.shift.trials if one.finished <= end * part / 6)])
            for part in range(1, 7)
        ]
        return (
            f"{self.layers} x 256\n  shift:  {self.shift}; gain {100 * self.shift.gain:.2f} %\n"
            f"  reseed: {self.reseed}; gain {100 * self.reseed.gain:.2f} %\n"
            f"  best gain of each delta, %: {gains}\n"
            f"  gain by sixths of {end:.0f} s, %: {', '.join(f'{100 * g:.2f}' for g in when)}"
        )


def experiment(
    layers: int,
    *,
    examples: int = EXAMPLES,
    trials: int = 8,
    deltas: tuple[float, ...] = DELTAS,
    epochs: int = 2,
    seed: int = 0,
    data: str = "fashion",
) -> Experiment:
    """Do figures 4 to 7 of the paper for one network, and its open question.

    The network is trained from `examples` pictures of Fashion-MNIST, or of MNIST where it is on
    this machine, and tested on 10,000.
    """
    ask = partial(
        accountability.search,
        fashion("train", examples, DATA[data]),
        held_out=fashion("test", 10000, DATA[data]),
        hidden=(256,) * layers,
        deltas=deltas,
        epochs=epochs,
        seed=seed,
    )
    both = [run(ask(strategy=s, budget=Budget(max_trial=trials))) for s in ("shift", "reseed")]
    return Experiment(layers, *both)


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_shifting_against_drawing_again(
    layers: int, table: Table, benchmark: Callable[..., object]
) -> None:
    found: list[Experiment] = []
    benchmark.pedantic(lambda: found.append(experiment(layers)), rounds=1)  # type: ignore[attr-defined]
    (one,) = found
    print(one)
    count = len(one.shift.trials)
    assert len(one.reseed.trials) == count
    held_out = [100 * float(each.best.held_out_accuracy or 0.0) for each in (one.shift, one.reseed)]
    table.add(
        f"accuracy search, {layers} x 256, {EXAMPLES} pictures, {count} trainings: gain by "
        "shifting / by drawing again (held-out accuracy of the best)",
        f"{100 * one.shift.gain:.2f} / {100 * one.reseed.gain:.2f} % "
        f"({held_out[0]:.1f} / {held_out[1]:.1f} %)",
        "",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="the paper's experiments")
    parser.add_argument("--hidden", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--examples", type=int, default=EPOCH)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", choices=DATA, default="fashion")
    given = parser.parse_args()
    for number in given.hidden:
        print(
            experiment(
                number,
                examples=given.examples,
                trials=given.trials,
                epochs=given.epochs,
                seed=given.seed,
                data=given.data,
            ),
            flush=True,
        )
