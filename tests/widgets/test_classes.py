"""No widget becomes a room of mixins again."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

from xaiwidgets import widgets

METHODS = 30


def own_classes() -> list[type]:
    """Return the classes that the modules of widgets define."""
    infos = pkgutil.walk_packages(widgets.__path__, prefix="xaiwidgets.widgets.")
    modules = [importlib.import_module(info.name) for info in infos]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value) and value.__module__ == module.__name__
    ]


def methods_of(kind: type) -> list[object]:
    return [m for m in vars(kind).values() if inspect.isfunction(m) or isinstance(m, property)]


@pytest.mark.parametrize("kind", own_classes(), ids=lambda kind: kind.__qualname__)
def test_a_class_is_small_and_no_chain_of_mixins(kind: type) -> None:
    ours = [base for base in kind.__mro__[1:] if base.__module__.startswith(widgets.__name__)]
    # What only declares types for the checker is no part of what a class does.
    ancestors = [base.__name__ for base in ours if methods_of(base)]
    assert len(ancestors) <= 1, ancestors
    assert len(methods_of(kind)) <= METHODS
