"""The widgets: one class a file."""

from xaiwidgets.widgets.contrast import ContrastExplorer
from xaiwidgets.widgets.explorer import Explorer
from xaiwidgets.widgets.search import AccuracySearch

__all__ = ["AccuracySearch", "ContrastExplorer", "Explorer"]
