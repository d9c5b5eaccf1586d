"""Methods of attribution: what of an input made a network answer as it did.

A method is a dataclass of settings with a `label`; `Task` says what it explains. `read_method`
returns the one that a text such as `gradcam(layer="conv2")` stands for.
"""

from xaiwidgets.methods._attention import AttentionRollout, attention_heads
from xaiwidgets.methods._attention_weights import attention_weights
from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cache import Cache, digest
from xaiwidgets.methods._cam import CAM
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._deeplift import DeepLift
from xaiwidgets.methods._estimation import Estimate, shapley
from xaiwidgets.methods._gradcam import GradCAM, last_feature_maps, spread_layers
from xaiwidgets.methods._gradients import (
    Gradient,
    GradientTimesInput,
    IntegratedGradients,
    SmoothGrad,
)
from xaiwidgets.methods._guided import GuidedBackprop
from xaiwidgets.methods._lime import LIME
from xaiwidgets.methods._lrp import LRP
from xaiwidgets.methods._method import OUTPUTS, Method, Task, blaming_baseline, check_supported
from xaiwidgets.methods._naming import (
    NAMED,
    SETTINGS,
    checked_method,
    choose_method,
    method_text,
    read_method,
)
from xaiwidgets.methods._occlusion import Occlusion
from xaiwidgets.methods._players import Adaptive, GridLike, Segments
from xaiwidgets.methods._prediction_difference import PredictionDifference
from xaiwidgets.methods._shapley import Shapley
from xaiwidgets.methods._sliding_windows import WindowDifferences, prediction_difference

__all__ = [
    "CAM",
    "LIME",
    "LRP",
    "NAMED",
    "OUTPUTS",
    "SETTINGS",
    "Adaptive",
    "AttentionRollout",
    "Attribution",
    "Cache",
    "Cells",
    "DeepLift",
    "Estimate",
    "GradCAM",
    "Gradient",
    "GradientTimesInput",
    "GridLike",
    "GuidedBackprop",
    "IntegratedGradients",
    "Method",
    "Occlusion",
    "PredictionDifference",
    "Samples",
    "Segments",
    "Shapley",
    "SmoothGrad",
    "Task",
    "WindowDifferences",
    "attention_heads",
    "attention_weights",
    "blaming_baseline",
    "check_supported",
    "checked_method",
    "choose_method",
    "digest",
    "last_feature_maps",
    "method_text",
    "prediction_difference",
    "read_method",
    "shapley",
    "spread_layers",
]
