"""Interpretations: lazy expressions of i-Algebra, their normal form, and their text.

An expression says what to explain; `evaluate` computes it and `language` reads it from text.
Here are the operators identity (eq. 2) and projection (eq. 3) on an input with what-if edits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from xaiwidgets.algebra.attribution import Attribution
from xaiwidgets.algebra.evaluate import Question
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES, EDITS, Baseline, Window, check_picture
from xaiwidgets.steps import Budget, Steps, run

if TYPE_CHECKING:
    from xaiwidgets.classifier import Classifier

Literal = int | float | str | Window


@dataclass(frozen=True, eq=False)
class Input:
    """A network's input (a float tensor without batch axis) under the name a query gives it."""

    name: str
    tensor: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the tensor."""
        return tuple(self.tensor.shape)

    @property
    def names(self) -> dict[str, Any]:
        """What the text of this input refers to, by name."""
        return {self.name: self.tensor}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Input):
            return NotImplemented
        return self.name == other.name and _same_tensor(self.tensor, other.tensor)

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.tensor.shape)))

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Edited:
    """A what-if edit of an input: a function of `xaiwidgets.images.EDITS` and its arguments."""

    edit: str
    source: Input | Edited
    arguments: tuple[Literal | Input | Edited, ...]

    @classmethod
    def checked(cls, edit: str, source: Source, arguments: tuple[Any, ...]) -> Edited:
        """Make an edit, or raise InputError if there is none such for this input."""
        kinds = ARGUMENTS.get(edit)
        if kinds is None:
            raise InputError(f"no edit is called {edit!r}; there are {', '.join(ARGUMENTS)}")
        needed = len(kinds) - ("[baseline]" in kinds)
        if not needed <= len(arguments) <= len(kinds):
            raise InputError(f"{edit} takes ({', '.join(('picture', *kinds))})")
        for value, kind in zip(arguments, kinds, strict=False):
            if not _is_kind(value, kind):
                raise InputError(f"{edit} takes a {kind} where {value!r} was given")
        edited = cls(edit, source, arguments)
        check_picture(edited.tensor)
        return edited

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the edited input, that of the input."""
        return self.source.shape

    @cached_property
    def tensor(self) -> Tensor:
        """The edited input."""
        values: list[Any] = [
            a.tensor if isinstance(a, Input | Edited) else a for a in self.arguments
        ]
        return EDITS[self.edit](self.source.tensor, *values)

    @property
    def names(self) -> dict[str, Any]:
        """What the text of this input refers to, by name."""
        inputs = [a for a in (self.source, *self.arguments) if isinstance(a, Input | Edited)]
        return {name: value for part in inputs for name, value in part.names.items()}

    def __str__(self) -> str:
        return f"{self.edit}({', '.join(map(str, (self.source, *self.arguments)))})"


Source = Input | Edited

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "erase": ("window", "[baseline]"),
    "blur": ("window",),
    "paste": ("picture", "window"),
    "shift": ("whole number", "whole number"),
    "rotate": ("number",),
    "scale": ("number",),
}
"""What each edit of `xaiwidgets.images` takes in a query, after the picture."""

_KINDS: dict[str, type | tuple[type, ...]] = {
    "window": Window,
    "picture": (Input, Edited),
    "whole number": int,
    "number": (int, float),
}


def _is_kind(value: object, kind: str) -> bool:
    if kind == "[baseline]":
        return isinstance(value, Input | Edited) or value in BASELINES
    return isinstance(value, _KINDS[kind]) and not isinstance(value, bool)


@dataclass(frozen=True)
class Interpretation:
    """What to explain: a network's answer for an input, or for a window of it.

    Made by calling a `Classifier`; every operator returns a new interpretation and computes
    nothing. Two interpretations are equal if they have the same normal form on the same model
    and the same input.

    Examples
    --------
    >>> from torch import nn
    >>> from xaiwidgets import Classifier, Window
    >>> model = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(48, 2)))
    >>> str(model(torch.ones(3, 4, 4)).where(Window(0, 1, 2, 3)))
    'select * from f(x) where [0:2, 1:4]'
    """

    model: Classifier
    source: Source
    window: Window | None = None
    target: int | None = None
    function: str = "f"

    def where(self, window: Window) -> Interpretation:
        """Projection (eq. 3): explain only `window`, with all else at the baseline.

        A projection of a projection is the projection on the common part of both windows.
        """
        if not isinstance(window, Window):
            raise InputError(f"where takes a Window, not {window!r}")
        window.inside(self.source.shape)
        return replace(self, window=window.intersect(self.window) if self.window else window)

    def for_class(self, target: int | str) -> Interpretation:
        """Explain the score of a class given by name or number, not of the predicted class."""
        return replace(self, target=self.model.index(target))

    def steps(self, *, target: int | str | None = None, **how: Any) -> Steps[Attribution]:
        """Compute what `explain` returns step by step; previews of the map come on the way."""
        return self.question(target=target, **how).steps()

    def explain(
        self,
        *,
        budget: int | Budget = 1024,
        seed: int = 0,
        target: int | str | None = None,
        grid: int | tuple[int, int] = 7,
        baseline: Baseline = 0.0,
        output: str = "logit",
    ) -> Attribution:
        """Compute the Shapley value of every cell (i-Algebra, eq. 2 and 3).

        Parameters
        ----------
        budget : int or Budget
            Evaluations of the network at most; exact where 2 ** cells fits. A Budget limits them
            by `max_trial`, and seconds by `max_time`.
        seed : int
            The same seed gives the same map.
        target : int or str, optional
            Class by number or name; the class of the query, else the predicted class.
        grid : int or (int, int)
            Rows and columns of cells in the window (or the picture).
        baseline : float, str or picture
            What an absent cell shows: a number, "zeros", "mean", "blur" or another picture.
        output : "logit" or "probability"
            The score to explain.

        Raises
        ------
        InputError, ModelError
        """
        how = {"budget": budget, "seed": seed, "grid": grid, "baseline": baseline}
        return run(self.steps(target=target, output=output, **how))

    def question(self, *, target: int | str | None = None, **how: Any) -> Question:
        """Check and return all that decides the map; `how` as for `explain`."""
        chosen = self if target is None else self.for_class(target)
        picture = chosen.source.tensor
        if isinstance(how.get("baseline"), Image.Image | np.ndarray):
            how["baseline"] = self.model.input(how["baseline"])
        return Question(
            chosen.model, picture, chosen.window, chosen.target, query=str(chosen), **how
        )

    @property
    def names(self) -> dict[str, Any]:
        """The objects that the query's names stand for: `query(str(e), **e.names) == e`."""
        return {self.function: self.model, **self.source.names}

    def __str__(self) -> str:
        where = f" where {self.window}" if self.window else ""
        target = "" if self.target is None else f" for class {_class_text(self)}"
        return f"select * from {self.function}({self.source}){where}{target}"


def _class_text(interpretation: Interpretation) -> str:
    """Return the class as a bare name, a quoted name, or a number if its name is not unique."""
    model, target = interpretation.model, interpretation.target
    if target is None or model.classes is None or model.classes.count(model.classes[target]) > 1:
        return str(target)
    label = model.classes[target]
    if re.fullmatch(r"[A-Za-z_]\w*", label, re.ASCII):
        return label
    if "\n" in label:
        return str(target)
    escaped = label.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _same_tensor(one: Tensor, other: Tensor) -> bool:
    return one is other or (one.shape == other.shape and torch.equal(one.cpu(), other.cpu()))
