"""A sweep: one edit in many sizes, and what the network makes of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.algebra import Edited, Source
from xaiwidgets.errors import InputError
from xaiwidgets.network import Network
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import ShownCurve, ShownSweep
from xaiwidgets.work import Progress, Steps

SweptEdit = Literal["rotate", "scale", "noise", "brighten"]

_CURVES = 4  # classes that are drawn

_VALUES: dict[str, Callable[[float], Sequence[float]]] = {
    "rotate": lambda _: range(-90, 91, 10),
    "scale": lambda _: [round(float(2 ** (step / 6)), 3) for step in range(-6, 7)],
    "noise": lambda spread: [_digits(step / 10 * spread) for step in range(11)],
    "brighten": lambda spread: [_digits(step / 8 * spread) for step in range(-8, 9)],
}
"""The sizes of each edit, given the standard deviation of the picture's numbers."""


@dataclass(frozen=True)
class Sweep:
    """What is edited, and how.

    Attributes
    ----------
    source : Input or Edited
        The picture, with the edits that it has already.
    edit : str
        The one that is swept.
    values : tuple of float
        Its sizes, growing.
    target : int or None
        The class explained, whose curve comes first; None is the one predicted.
    """

    source: Source
    edit: SweptEdit
    values: tuple[float, ...]
    target: int | None = None

    @classmethod
    def of(cls, source: Source, edit: str, target: int | None = None) -> Sweep:
        """Sweep a picture; InputError if there is no such edit."""
        if edit not in _VALUES:
            raise InputError(f"no edit {edit!r} is swept; use one of {', '.join(_VALUES)}")
        name = next(each for each in get_args(SweptEdit) if each == edit)
        values = _VALUES[edit](float(source.tensor.float().std(correction=0)))
        return cls(source, name, tuple(dict.fromkeys(map(float, values))), target)

    def edited(self, value: float) -> Edited:
        """Return the picture at one size; noise is always the same, only larger."""
        # As a query writes it, so that this is the edit that somebody makes by hand, found again.
        size = int(value) if isinstance(value, float) and value.is_integer() else value
        # One seed for all sizes: each other would draw another picture, and the curve would jitter.
        arguments = (size, 0) if self.edit == "noise" else (size,)
        return Edited.checked(self.edit, self.source, arguments)

    def value_of(self, source: Source) -> float | None:
        """Return the size at which a picture is this one edited; None, if it is another picture."""
        if isinstance(source, Edited) and source.edit == self.edit and source.source == self.source:
            size = source.arguments[0]
            return float(size) if isinstance(size, int | float) else None
        return None

    def ask(self, question: Question, session: Session) -> Steps[ShownSweep]:
        """Show the network all sizes in one batch; each is one evaluation."""
        pictures: list[Tensor] = []
        for value in self.values:
            yield Progress(len(pictures), len(self.values), f"{self.edit} {value:g}")
            pictures.append(self.edited(value).tensor)
        # At most 19 pictures: one batch takes no longer than a step may.
        logits = session.model.logits(torch.stack(pictures))
        target = session.predicted(question.picture) if self.target is None else self.target
        curves = _curves(session.model, logits, target)
        return replace(self.shown(question.source), classes=curves)

    def shown(self, source: Source) -> ShownSweep:
        """Return what is shown while it runs, beside a picture."""
        return ShownSweep(self.edit, self.values, self.value_of(source))


def _curves(model: Network, logits: Tensor, target: int) -> tuple[ShownCurve, ...]:
    """Return the class explained, and those that are the likeliest somewhere."""
    shares = model.probabilities(logits.double()).cpu()
    # Not only the likeliest of the picture as it is: what a sweep is for is to see which class
    # takes over.
    heights = shares.max(dim=0).values
    winners = {int(index) for index in logits.argmax(dim=1)} - {target}
    others = sorted(winners, key=lambda index: -float(heights[index]))
    return tuple(
        ShownCurve(index, model.label(index), tuple(shares[:, index].tolist()))
        for index in [target, *others][:_CURVES]
    )


def _digits(value: float) -> float:
    """Return a number of two digits, as it stands in a query."""
    return float(np.format_float_positional(value, 2, fractional=False))
