"""Why A and not B? Watch the picture become what is as likely B as A."""

from xaiwidgets.widgets.contrast._state import ContrastState
from xaiwidgets.widgets.contrast._widget import ContrastExplorer

__all__ = ["ContrastExplorer", "ContrastState"]
