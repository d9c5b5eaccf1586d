"""No widget becomes a room of mixins again."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import FunctionType

import pytest

from xaiwidgets import widgets
from xaiwidgets.widgets.base import Widget

METHODS = 30
INFOS = pkgutil.walk_packages(widgets.__path__, prefix="xaiwidgets.widgets.")
MODULES = [importlib.import_module(info.name) for info in INFOS]
CLASSES = [
    value
    for module in MODULES
    for value in vars(module).values()
    if inspect.isclass(value) and value.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__qualname__)
def test_a_class_is_small_and_no_chain_of_mixins(kind: type) -> None:
    """Its bases count, apart from `Widget`, and their methods as if they were its own."""
    assert len([base for base in kind.__bases__ if base in CLASSES and base is not Widget]) <= 1
    own = [
        base for base in kind.__mro__ if base is kind or (base in CLASSES and base is not Widget)
    ]
    callables = (FunctionType, property, classmethod, staticmethod)
    methods = [n for base in own for n, v in vars(base).items() if isinstance(v, callables)]
    assert len(methods) <= METHODS, methods
