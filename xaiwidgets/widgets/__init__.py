"""The widgets: one package each, loaded when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaiwidgets.widgets.contrast import ContrastExplorer
    from xaiwidgets.widgets.detector import ErrorDetectorPanel
    from xaiwidgets.widgets.disagreement import DisagreementDesk
    from xaiwidgets.widgets.explorer import Explorer
    from xaiwidgets.widgets.generators import GeneratorLab
    from xaiwidgets.widgets.neuron import NeuronDesk
    from xaiwidgets.widgets.poison import PoisonDesk
    from xaiwidgets.widgets.report import StudyReport
    from xaiwidgets.widgets.room import StudyRoom
    from xaiwidgets.widgets.search import AccuracySearch
    from xaiwidgets.widgets.surrogate import SurrogateDesk
    from xaiwidgets.widgets.text import TextContrastExplorer
    from xaiwidgets.widgets.vectormap import VectorMap

_HOMES = {
    "AccuracySearch": "search",
    "ContrastExplorer": "contrast",
    "DisagreementDesk": "disagreement",
    "ErrorDetectorPanel": "detector",
    "Explorer": "explorer",
    "GeneratorLab": "generators",
    "NeuronDesk": "neuron",
    "PoisonDesk": "poison",
    "StudyReport": "report",
    "StudyRoom": "room",
    "SurrogateDesk": "surrogate",
    "TextContrastExplorer": "text",
    "VectorMap": "vectormap",
}

__all__ = [
    "AccuracySearch",
    "ContrastExplorer",
    "DisagreementDesk",
    "ErrorDetectorPanel",
    "Explorer",
    "GeneratorLab",
    "NeuronDesk",
    "PoisonDesk",
    "StudyReport",
    "StudyRoom",
    "SurrogateDesk",
    "TextContrastExplorer",
    "VectorMap",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        # Only now: a notebook with one widget does not wait for the modules of thirteen.
        return getattr(importlib.import_module(f"xaiwidgets.widgets.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'xaiwidgets.widgets' has no attribute {name!r}")
