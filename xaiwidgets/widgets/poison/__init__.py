"""Which of these pictures are poisoned? Mark them, find the trigger, train again without them."""

from xaiwidgets.widgets.poison._state import PoisonState
from xaiwidgets.widgets.poison._widget import PoisonDesk

__all__ = ["PoisonDesk", "PoisonState"]
