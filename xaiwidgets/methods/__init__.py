"""Methods of attribution: what of an input made a network answer as it did.

A method is a dataclass of settings with a `label`; `Task` says what it explains.
"""

from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._estimation import Estimate, shapley
from xaiwidgets.methods._gradcam import GradCAM
from xaiwidgets.methods._lime import LIME
from xaiwidgets.methods._lrp import LRP
from xaiwidgets.methods._method import Method, Task, check_supported
from xaiwidgets.methods._prediction_difference import PredictionDifference
from xaiwidgets.methods._sliding_windows import WindowDifferences, prediction_difference

__all__ = [
    "LIME",
    "LRP",
    "Attribution",
    "Cache",
    "Cells",
    "Estimate",
    "GradCAM",
    "Method",
    "PredictionDifference",
    "Samples",
    "Task",
    "WindowDifferences",
    "check_supported",
    "prediction_difference",
    "shapley",
]
