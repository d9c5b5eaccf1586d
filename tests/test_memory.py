"""When memory runs out, what is evaluated at once is halved, and the answers are the same."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Network, reliability
from xaiwidgets.devices import in_halves, widest_float
from xaiwidgets.errors import ModelError
from xaiwidgets.work import Progress

IMAGES = torch.rand(24, 3, 16, 16, generator=torch.Generator().manual_seed(0))
AMPLE = 10**6


class Refusal(torch.OutOfMemoryError):
    """An error that keeps count: what a network counts itself is a part of what it is."""

    sizes: ClassVar[list[int]] = []

    def __init__(self, size: int) -> None:
        super().__init__("CUDA out of memory. Tried to allocate 2.00 GiB")
        self.sizes.append(size)


class Scarce(nn.Module):
    """A network for which memory runs out beyond some inputs at once."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.body, self.room = models.small(), room

    def forward(self, x: Tensor) -> Tensor:
        if len(x) > self.room:
            raise Refusal(len(x))
        return self.body(x)


@pytest.fixture(autouse=True)
def refused() -> list[int]:
    """Sizes of the batches that did not fit."""
    Refusal.sizes.clear()
    return Refusal.sizes


def test_the_first_half_that_fits_decides_for_all_that_follow() -> None:
    sizes, done = [], []
    for attempt in in_halves(11, 8):
        with attempt as rows:
            sizes.append(rows.stop - rows.start)
            if sizes[-1] > 3:
                raise MemoryError
            done += range(rows.start, rows.stop)
    assert sizes == [8, 4, 2, 2, 2, 2, 2, 1]
    assert done == list(range(11))


@pytest.mark.parametrize("error", [MemoryError(), ValueError("another"), KeyboardInterrupt()])
def test_one_by_itself_that_does_not_fit_is_an_error_and_so_is_another(
    error: BaseException,
) -> None:
    with pytest.raises(type(error)):
        for attempt in in_halves(3, 1 if isinstance(error, MemoryError) else 3):
            with attempt:
                raise error


def test_conductance_walks_again_by_fewer_points_at_once(refused: list[int]) -> None:
    ample, scarce = Network(Scarce(AMPLE)), Network(Scarce(5))
    layers = ["body.4"]
    for settings in ({}, {"rule": "right"}, {"targets": [0, 1, 2, 3] * 6, "baseline": "blur"}):
        expected = reliability.conductance(ample, IMAGES, layers, steps=6, **settings)
        work = reliability.conductance.work(scarce, IMAGES, layers, steps=6, **settings)
        reports: list[Progress] = []
        try:
            while True:
                reports.append(next(work))
        except StopIteration as stop:
            found = stop.value
        assert len(refused) > 0
        refused.clear()
        assert all(report.total is None or report.done <= report.total for report in reports)
        for layer in layers:
            np.testing.assert_allclose(found[layer], expected[layer], rtol=1e-3, atol=1e-5)
        assert found.targets.tolist() == expected.targets.tolist()


def test_votes_are_those_of_pictures_that_fit(refused: list[int]) -> None:
    answers = []
    for room in (AMPLE, 5):
        model = Network(Scarce(room))
        labels = model.logits(IMAGES).argmax(1)
        made = reliability.mutants(model, (IMAGES, labels), rate=0.05, count=6, keep=0.1).run()
        answers.append(reliability.votes(model, made, IMAGES).run().labels)
    assert (answers[0] == answers[1]).all()
    assert len({*answers[0].ravel().tolist()}) > 1
    # Not once for each mutant: what did not fit does not fit the next one either.
    assert 0 < refused.count(24) < 6


def test_a_single_picture_that_does_not_fit_is_said() -> None:
    with pytest.raises(ModelError, match="out of memory"):
        reliability.conductance(Network(Scarce(0)), IMAGES[:2], "body.0", targets=0)


def test_sums_are_as_precise_as_the_device_can() -> None:
    assert widest_float(torch.device("cpu")) == widest_float(torch.device("cuda")) == torch.double
    assert widest_float(torch.device("mps")) == torch.float32
