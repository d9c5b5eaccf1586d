"""Can a few questions stand for the whole network? A tree, how often it agrees, and its leaves."""

from xaiwidgets.widgets.surrogate._state import SurrogateState
from xaiwidgets.widgets.surrogate._widget import SurrogateDesk

__all__ = ["SurrogateDesk", "SurrogateState"]
