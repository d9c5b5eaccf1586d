"""Which of two networks is right where they disagree? Look, vote by keys, and see who was."""

from xaiwidgets.widgets.desk._state import DeskState
from xaiwidgets.widgets.desk._widget import DisagreementDesk

__all__ = ["DeskState", "DisagreementDesk"]
