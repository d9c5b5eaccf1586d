"""`profile`: how much of the predicted class's score passes through each unit, class by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import IntervalEstimate, mean_interval
from xaiwidgets.network import Network
from xaiwidgets.neurons._activity import check_unit, inputs_at
from xaiwidgets.reliability import conductance
from xaiwidgets.work import Steps, work


class SpecificUnit(NamedTuple):
    """A unit through which much of the score of some pictures passes, and how much of others'."""

    unit: int
    inside: IntervalEstimate
    outside: IntervalEstimate | None


@dataclass(frozen=True, eq=False, repr=False)
class UnitProfiles:
    """How much of the predicted class's score passes through each unit, of each picture.

    Attributes
    ----------
    values : (N, U) float32
        Conductances (Dhamdhere et al. 2018), in units of the score.
    predicted : (N,) ints
        The class whose score that is.
    layer : str
    """

    values: NDArray[np.float32]
    predicted: NDArray[np.int64]
    layer: str

    def __repr__(self) -> str:
        count, units = self.values.shape
        return f"<UnitProfiles of {units} units at {self.layer!r} for {count} pictures>"

    def of(self, unit: int) -> dict[int, IntervalEstimate]:
        """Return the mean conductance of a unit in the pictures of each predicted class."""
        check_unit(unit, self.values.shape[1], self.layer)
        # By predicted class, as it is that class's score that is shared out among the units.
        classes = np.unique(self.predicted).tolist()
        return {c: mean_interval(self.values[self.predicted == c, unit]) for c in classes}

    def specific(
        self, rows: Sequence[int] | NDArray[np.int64], count: int = 5
    ) -> tuple[SpecificUnit, ...]:
        """Return the units of the highest mean conductance in some pictures, beside the others.

        The highest of many look higher than they are: they are chosen by what is shown.

        Raises
        ------
        InputError
            If there are no pictures, or no such ones.
        """
        whole("count", count)
        total = len(self.values)
        # A mask of bools is none: its True would be picture 1.
        if not len(rows) or not all(is_whole(row) and row < total for row in rows):
            raise InputError(f"rows is {list(rows)}; give some of 0 to {total - 1}")
        # As a mask: a picture that is listed twice counts once.
        inside = np.isin(np.arange(total), rows)
        # Summed in double precision, as units differ by little beside sums over many pictures.
        means = self.values[inside].mean(0, dtype=np.float64)
        units = np.argsort(-means, kind="stable")[:count]
        return tuple(
            SpecificUnit(
                int(unit),
                mean_interval(self.values[inside, unit]),
                None if inside.all() else mean_interval(self.values[~inside, unit]),
            )
            for unit in units
        )


@work
def profile(model: Network, layer: str, images: Any, *, steps: int = 10) -> Steps[UnitProfiles]:
    """Return how much of the predicted class's score passes through each unit of a layer.

    Parameters
    ----------
    model : Network
    layer : str
    images : tensor (N, ...) or sequence of pictures
    steps : int
        As of `reliability.conductance`.

    Returns
    -------
    Work[UnitProfiles]

    Raises
    ------
    InputError
        If there is no such layer, or it cannot be told which axis counts its units.

    Examples
    --------
    >>> import torch
    >>> model = Network(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2)))
    >>> profile(model, "1", torch.rand(5, 1, 2, 2)).run()
    <UnitProfiles of 2 units at '1' for 5 pictures>
    """
    batch = inputs_at(model, layer, images)
    # By secants, its default: the units of a layer that carries all share out the whole score.
    return conductance.work(model, batch, layer, steps=steps).map(
        lambda each: UnitProfiles(each[layer], np.asarray(each.targets, np.int64), layer)
    )
