"""Methods of attribution: what of an input made a network answer as it did.

A method is a dataclass of settings with a `label`; `Task` says what it explains.
"""

from xaiwidgets.methods._attribution import Attribution, Samples
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._cells import Cells
from xaiwidgets.methods._estimation import Estimate, shapley
from xaiwidgets.methods._method import Method, Task, check_supported

__all__ = [
    "Attribution",
    "Cache",
    "Cells",
    "Estimate",
    "Method",
    "Samples",
    "Task",
    "check_supported",
    "shapley",
]
