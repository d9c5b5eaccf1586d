"""Ask a neural network why, inside a Jupyter notebook, by hand.

Names are loaded when first used, so that ``import xaiwidgets`` is quick.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaiwidgets import (
        accountability,
        adversarial,
        algebra,
        contrast,
        datasets,
        errors,
        evaluation,
        images,
        neurons,
        poisoning,
        reliability,
        steps,
        study,
        surrogate,
        vectors,
        zoo,
    )
    from xaiwidgets.algebra import (
        Attribution,
        Classifier,
        Comparison,
        Interpretation,
        RowClassifier,
        TextClassifier,
        query,
    )
    from xaiwidgets.grids import Grid
    from xaiwidgets.images import Window
    from xaiwidgets.network import Network
    from xaiwidgets.prediction import Prediction
    from xaiwidgets.reliability import ErrorDetector
    from xaiwidgets.widgets import (
        AccuracySearch,
        ContrastExplorer,
        DisagreementDesk,
        ErrorDetectorPanel,
        Explorer,
        GeneratorLab,
        NeuronDesk,
        PoisonDesk,
        StudyReport,
        StudyRoom,
        SurrogateDesk,
        TextContrastExplorer,
        VectorMap,
    )
    from xaiwidgets.work import Budget, Progress

__version__ = "0.1.0"

# Torch's threads would wait for each other by spinning, which on cores that a browser or another
# kernel also wants makes an evaluation ten times slower. The setting is read when torch is loaded.
if "torch" not in sys.modules:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
else:
    from xaiwidgets.openmp import put_waiting_threads_to_sleep

    put_waiting_threads_to_sleep()

_HOMES = {
    "AccuracySearch": "widgets",
    "Attribution": "algebra",
    "Budget": "work",
    "Classifier": "algebra",
    "Comparison": "algebra",
    "ContrastExplorer": "widgets",
    "DisagreementDesk": "widgets",
    "ErrorDetector": "reliability",
    "ErrorDetectorPanel": "widgets",
    "Explorer": "widgets",
    "GeneratorLab": "widgets",
    "Grid": "grids",
    "Interpretation": "algebra",
    "Network": "network",
    "NeuronDesk": "widgets",
    "PoisonDesk": "widgets",
    "Prediction": "prediction",
    "Progress": "work",
    "RowClassifier": "algebra",
    "StudyReport": "widgets",
    "StudyRoom": "widgets",
    "SurrogateDesk": "widgets",
    "TextClassifier": "algebra",
    "TextContrastExplorer": "widgets",
    "VectorMap": "widgets",
    "Window": "images",
    "query": "algebra",
}
_MODULES = (
    "accountability",
    "adversarial",
    "algebra",
    "contrast",
    "datasets",
    "errors",
    "evaluation",
    "images",
    "neurons",
    "poisoning",
    "reliability",
    "steps",
    "study",
    "surrogate",
    "vectors",
    "zoo",
)

__all__ = [
    "AccuracySearch",
    "Attribution",
    "Budget",
    "Classifier",
    "Comparison",
    "ContrastExplorer",
    "DisagreementDesk",
    "ErrorDetector",
    "ErrorDetectorPanel",
    "Explorer",
    "GeneratorLab",
    "Grid",
    "Interpretation",
    "Network",
    "NeuronDesk",
    "PoisonDesk",
    "Prediction",
    "Progress",
    "RowClassifier",
    "StudyReport",
    "StudyRoom",
    "SurrogateDesk",
    "TextClassifier",
    "TextContrastExplorer",
    "VectorMap",
    "Window",
    "accountability",
    "adversarial",
    "algebra",
    "contrast",
    "datasets",
    "errors",
    "evaluation",
    "images",
    "neurons",
    "poisoning",
    "query",
    "reliability",
    "steps",
    "study",
    "surrogate",
    "vectors",
    "zoo",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"xaiwidgets.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(f"xaiwidgets.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'xaiwidgets' has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """Add ``%%xai`` to a notebook: what ``%load_ext xaiwidgets`` calls."""
    from xaiwidgets.magic import load_ipython_extension as load

    load(shell)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
