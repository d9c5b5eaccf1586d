"""Why is this sentence positive and not negative? Words that would have to give way, by hand."""

from xaiwidgets.widgets.text._state import TextContrastState
from xaiwidgets.widgets.text._widget import TextContrastExplorer

__all__ = ["TextContrastExplorer", "TextContrastState"]
