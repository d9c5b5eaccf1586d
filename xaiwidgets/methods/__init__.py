"""Methods of attribution: what of an input made a network answer as it did.

A method is a dataclass of settings with a `label`; `Task` says what it explains.
"""

from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cache import Cache, digest
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._estimation import Estimate, shapley
from xaiwidgets.methods._method import OUTPUTS, Method, Task, check_supported
from xaiwidgets.methods._shapley import SETTINGS, Shapley, choose_method

__all__ = [
    "OUTPUTS",
    "SETTINGS",
    "Attribution",
    "Cache",
    "Cells",
    "Estimate",
    "Method",
    "Samples",
    "Shapley",
    "Task",
    "check_supported",
    "choose_method",
    "digest",
    "shapley",
]
