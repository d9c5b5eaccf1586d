"""Methods of attribution: what of an input made a network answer as it did.

A method is a dataclass of settings with a `label`; `Task` says what it explains.
"""

from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cache import Cache, digest
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._estimation import Estimate, shapley
from xaiwidgets.methods._gradcam import GradCAM
from xaiwidgets.methods._lime import LIME
from xaiwidgets.methods._lrp import LRP
from xaiwidgets.methods._method import OUTPUTS, Method, Task, check_supported
from xaiwidgets.methods._prediction_difference import PredictionDifference
from xaiwidgets.methods._shapley import SETTINGS, Shapley, choose_method
from xaiwidgets.methods._sliding_windows import WindowDifferences, prediction_difference

__all__ = [
    "LIME",
    "LRP",
    "OUTPUTS",
    "SETTINGS",
    "Attribution",
    "Cache",
    "Cells",
    "Estimate",
    "GradCAM",
    "Method",
    "PredictionDifference",
    "Samples",
    "Shapley",
    "Task",
    "WindowDifferences",
    "check_supported",
    "choose_method",
    "digest",
    "prediction_difference",
    "shapley",
]
