"""What a query asks about: a named input, and what-if edits of it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from xaiwidgets.algebra._quoting import quoted
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES, EDITS, Window, check_picture
from xaiwidgets.work import Steps, Work, run, work

Literal = int | float | str | Window
LARGEST_WHOLE = 2**53
"""Whole numbers up to here are told apart by every way of writing them."""


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
    def root(self) -> Input:
        """Itself: it is not edited."""
        return self

    @property
    def names(self) -> dict[str, Any]:
        """What the text of this input refers to, by name."""
        return {self.name: self.tensor}

    def renamed(self, names: Mapping[str, str]) -> Input:
        """Return the same input under another name, if `names` has one for it."""
        return replace(self, name=names.get(self.name, self.name))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Input):
            return NotImplemented
        # By numbers, as the same picture is often made into a tensor twice.
        return self.name == other.name and same_thing(self.tensor, other.tensor)

    def __hash__(self) -> int:
        # The shape instead of the numbers: equal inputs have equal hashes, and it is quick.
        return hash((self.name, tuple(self.tensor.shape)))

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Edited:
    """A what-if edit of an input: a function of `xaiwidgets.images.EDITS` and its arguments."""

    edit: str
    source: Input | Edited
    arguments: tuple[Literal | Input | Edited, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "arguments", tuple(map(_plain, self.arguments)))

    @classmethod
    def checked(cls, edit: str, source: Source, arguments: tuple[Any, ...]) -> Edited:
        """Make an edit, or raise InputError if there is none such for this input."""
        kinds = ARGUMENTS.get(edit)
        if kinds is None:
            raise InputError(f"no edit is called {edit!r}; there are {', '.join(ARGUMENTS)}")
        needed = sum(not kind.startswith("[") for kind in kinds)
        if not needed <= len(arguments) <= len(kinds):
            raise InputError(f"{edit} takes ({', '.join(('picture', *kinds))})")
        for value, kind in zip(arguments, kinds, strict=False):
            if not _is_kind(value, kind):
                raise InputError(f"{edit} takes a {kind.strip('[]')} where {value!r} was given")
        edited = cls(edit, source, arguments)
        # Computed now: an edit that gives NaN, say, is an error where it is written. But not what
        # may take long, which whoever needs the tensor drives.
        if not edited.waits:
            check_picture(edited.tensor)
        return edited

    @property
    def root(self) -> Input:
        """The input before all edits."""
        return self.source.root

    @property
    def waits(self) -> bool:
        """Whether a function in it is yet to be computed."""
        parts = [part for part in (self.source, *self.arguments) if isinstance(part, Edited)]
        mine = isinstance(self, FunctionEdit) and not self.is_computed
        return mine or any(part.waits for part in parts)

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

    def renamed(self, names: Mapping[str, str]) -> Edited:
        """Return the same with other names of the inputs in it."""
        arguments = tuple(
            a.renamed(names) if isinstance(a, Input | Edited) else a for a in self.arguments
        )
        return replace(self, source=self.source.renamed(names), arguments=arguments)

    def __str__(self) -> str:
        return f"{self.edit}({', '.join(map(str, (self.source, *self.arguments)))})"


@dataclass(frozen=True)
class FunctionEdit(Edited):
    """A what-if edit by a function that a query names: of a tensor (C, H, W), it gives another.

    It may be `Work`, which is driven by whoever needs the tensor. Where it has a method `check`,
    this is asked with the same arguments when the edit is written.
    """

    function: Any = field(kw_only=True)
    settings: tuple[tuple[str, Literal | Input | Edited], ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        settings = tuple((name, _plain(value)) for name, value in self.settings)
        object.__setattr__(self, "settings", settings)
        # By signature, as to call it may take minutes: a misspelt setting is told at the query.
        check = getattr(self.function, "check", self.function)
        example = self.root.tensor
        try:
            bound = inspect.signature(check).bind(example, *self._values, **self._options)
        except TypeError as error:
            raise InputError(f"{self.edit}: {error}") from error
        if check is not self.function:
            check(*bound.args, **bound.kwargs)

    @property
    def _values(self) -> list[Any]:
        return [_value(argument) for argument in self.arguments]

    @property
    def _options(self) -> dict[str, Any]:
        return {name: _value(argument) for name, argument in self.settings}

    @property
    def is_computed(self) -> bool:
        """Whether the tensor is known."""
        return "tensor" in self.__dict__

    def set_tensor(self, tensor: Tensor) -> None:
        """Take what the function gives from whoever knows it already."""
        # Where `cached_property` keeps it: so an edit whose result is known is computed by nobody.
        self.__dict__["tensor"] = check_picture(tensor)

    def steps(self) -> Steps[Tensor]:
        """Compute the tensor, in steps where the function is `Work`."""
        if not self.is_computed:
            picture = yield from compute_source(self.source)
            result = self.function(picture, *self._values, **self._options)
            if isinstance(result, Work):
                result = yield from result
            if not isinstance(result, Tensor) or result.shape != picture.shape:
                raise InputError(f"{self.edit} gives {type(result).__name__}, not such a picture")
            self.set_tensor(result)
        return self.tensor

    @cached_property
    def tensor(self) -> Tensor:
        """The edited input."""
        return run(self.steps())

    @property
    def names(self) -> dict[str, Any]:
        """What the text of this input refers to, by name."""
        return {self.edit: self.function, **super().names}

    def renamed(self, names: Mapping[str, str]) -> FunctionEdit:
        """Return the same with other names of the function, and of the inputs in it."""
        return replace(super().renamed(names), edit=names.get(self.edit, self.edit))  # type: ignore[return-value]

    def __str__(self) -> str:
        options = [f"{name}={_literal(value)}" for name, value in self.settings]
        return f"{self.edit}({', '.join([*map(str, (self.source, *self.arguments)), *options])})"


@work
def compute_source(source: Input | Edited) -> Steps[Tensor]:
    """Compute a source's tensor, and what it is made of, in steps where functions are `Work`."""
    return _computed(source)


def _computed(source: Input | Edited) -> Steps[Tensor]:
    if isinstance(source, FunctionEdit):
        return (yield from source.steps())
    if isinstance(source, Edited):
        for part in (source.source, *source.arguments):
            if isinstance(part, Edited):
                yield from _computed(part)
    return source.tensor


def _plain(argument: Any) -> Any:
    """Return whole numbers as such, so that equal edits have one text."""
    whole = isinstance(argument, float) and argument.is_integer() and abs(argument) <= LARGEST_WHOLE
    return int(argument) if whole else argument


def _value(argument: Literal | Input | Edited) -> Any:
    return argument.tensor if isinstance(argument, Input | Edited) else argument


def _literal(value: object) -> str:
    return quoted(value) if isinstance(value, str) else str(value)


Source = Input | Edited

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "erase": ("window", "[baseline]"),
    "blur": ("window",),
    "paste": ("picture", "window", "[window]"),
    "shift": ("whole number", "whole number"),
    "rotate": ("number",),
    "scale": ("number",),
    "noise": ("number", "whole number"),
    "brighten": ("number",),
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
    # In Python True is an int, and in a query it is a name.
    return isinstance(value, _KINDS[kind.strip("[]")]) and not isinstance(value, bool)


def same_thing(one: object, other: object) -> bool:
    """Return whether two objects are one, or tensors of the same numbers."""
    if isinstance(one, Tensor) and isinstance(other, Tensor) and one is not other:
        # By numbers, as a query that is read again makes its tensors again; and one may be on a
        # GPU.
        return one.shape == other.shape and torch.equal(one.cpu(), other.cpu())
    return one is other
