"""The widgets: one class a file."""

from xaiwidgets.widgets.contrast import ContrastExplorer
from xaiwidgets.widgets.explorer import Explorer

__all__ = ["ContrastExplorer", "Explorer"]
