"""A network's leaves, remembered as long as a new traversal would find the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from operator import is_, methodcaller
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from xaiwidgets.fingerprint._leaves import (
    IRRELEVANT,
    ONLY_HERE,
    PLAIN_TYPES,
    Leaf,
    Paths,
    collect_leaves,
    components_of,
    objects_in,
    own_classes,
    slots_of,
)


class Traversal:
    """All leaves of a network, and the containers that were looked into to find them.

    A traversal is a function of the objects in these containers. As long as each holds the same
    objects, it would find the same leaves, and to see that takes a fifth of the time.

    Attributes
    ----------
    leaves : list of Leaf
        In the order in which they are met.
    complete : bool
        Whether all of it could be looked into.
    places : (object, list), optional
        What `take_fingerprint` knows of where the arrays lie, after the stamp that says so.
    """

    def __init__(self, net: nn.Module) -> None:
        self.leaves: list[Leaf] = []
        self.places: tuple[object, list[Any]] | None = None
        paths: Paths = {}
        collect_leaves("", net, paths, self.leaves)
        self.complete = not any(path.endswith(ONLY_HERE) for path, _ in self.leaves)
        visited = [value for _, value in paths.values()]
        self._types = [(value, type(value)) for value in visited if _is_plain_module(value)]
        tables = list(_tables(visited))
        # Nearly all of a network's are empty: those of its hooks.
        self._tables, self._empty = [t for t in tables if t], [t for t in tables if not t]
        self._contents = [list(each) for each in _contents(self._tables)]
        self._functions = [(f, objects_in(f)) for f in visited if isinstance(f, FunctionType)]
        self._parts = [(value, list(components_of(value))) for value in visited if _is_other(value)]

    @cached_property
    def text(self) -> bytes:
        """All that is no array, and where each array is met."""
        # As bytes, in which True and 1 are two.
        texts = (path if _is_array(leaf) else f"{path}{leaf!r}" for path, leaf in self.leaves)
        return "".join(texts).encode()

    @cached_property
    def arrays(self) -> list[Any]:
        """The tensors and arrays."""
        return [leaf for _, leaf in self.leaves if _is_array(leaf)]

    def is_current(self) -> bool:
        """Return whether a new traversal would find the same leaves."""
        return (
            not any(self._empty)
            and all(type(module) is kind for module, kind in self._types)
            and _same_contents(self._tables, self._contents)
            and all(_are_same(objects_in(function), before) for function, before in self._functions)
            and all(_same_parts(components_of(value), before) for value, before in self._parts)
        )


def _tables(visited: list[object]) -> Iterator[Any]:
    """Yield the dictionaries in which modules, and their classes, have what they are made of."""
    modules = [value for value in visited if _is_plain_module(value)]
    for module in modules:
        yield vars(module)
        for name, value in vars(module).items():
            if isinstance(value, dict) and name not in IRRELEVANT:
                yield value
    types: set[Any] = {type(module) for module in modules}
    yield from map(vars, {each for kind in types for each in own_classes(kind)})


def _is_array(leaf: object) -> bool:
    return isinstance(leaf, Tensor | np.ndarray)


def _is_plain_module(value: object) -> bool:
    """Return whether all that a module is made of is in its dictionary."""
    module = isinstance(value, nn.Module) and not isinstance(value, torch.jit.ScriptModule)
    kind: Any = type(value)
    return module and not slots_of(kind)


def _is_other(value: object) -> bool:
    # Code never changes, and how functions and arrays do is looked up otherwise.
    otherwise = isinstance(value, Tensor | np.ndarray | np.generic | FunctionType | CodeType)
    return not otherwise and not _is_plain_module(value)


def _contents(tables: list[Any]) -> tuple[Iterable[object], ...]:
    """Return the sizes of dictionaries, all their keys, and all their values."""
    # Thousands of them: loops that are not Python's.
    values = chain.from_iterable(map(methodcaller("values"), tables))
    return map(len, tables), chain.from_iterable(tables), values


def _same_contents(tables: list[Any], before: list[list[object]]) -> bool:
    """Return whether dictionaries hold the same objects, which is more than equal ones."""
    sizes, keys, values = _contents(tables)
    return (
        list(sizes) == before[0]
        and all(map(is_, keys, before[1]))
        and all(map(is_, values, before[2]))
    )


def _are_same(objects: list[object], before: list[object]) -> bool:
    return len(objects) == len(before) and all(map(is_, objects, before))


def _same_parts(parts: Any, before: list[tuple[str, object]]) -> bool:
    now = list(parts)
    return len(now) == len(before) and all(
        name == name_before and _is_same(part, part_before)
        for (name, part), (name_before, part_before) in zip(now, before, strict=True)
    )


def _is_same(part: object, before: object) -> bool:
    """Return whether two parts are one object, or equal ones that cannot change."""
    if part is before:
        return True
    if type(part) is not type(before):
        return False
    if isinstance(part, tuple) and isinstance(before, tuple):
        return len(part) == len(before) and all(map(_is_same, part, before))
    return isinstance(part, PLAIN_TYPES) and repr(part) == repr(before)
