"""The widgets: one package each, loaded when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaiwidgets.widgets.contrast import ContrastExplorer
    from xaiwidgets.widgets.detector import ErrorDetectorPanel
    from xaiwidgets.widgets.explorer import Explorer
    from xaiwidgets.widgets.poison import PoisonDesk
    from xaiwidgets.widgets.search import AccuracySearch
    from xaiwidgets.widgets.vectormap import VectorMap

_HOMES = {
    "AccuracySearch": "search",
    "ContrastExplorer": "contrast",
    "ErrorDetectorPanel": "detector",
    "Explorer": "explorer",
    "PoisonDesk": "poison",
    "VectorMap": "vectormap",
}

__all__ = [
    "AccuracySearch",
    "ContrastExplorer",
    "ErrorDetectorPanel",
    "Explorer",
    "PoisonDesk",
    "VectorMap",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"xaiwidgets.widgets.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'xaiwidgets.widgets' has no attribute {name!r}")
