"""How accurate is this network, really? Budgets act while it trains."""

from xaiwidgets.widgets.search._state import AccuracyState
from xaiwidgets.widgets.search._widget import AccuracySearch

__all__ = ["AccuracySearch", "AccuracyState"]
