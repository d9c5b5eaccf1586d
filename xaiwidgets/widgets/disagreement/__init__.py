"""Which of two networks is right where they disagree? Look, vote by keys, and see who was."""

from xaiwidgets.widgets.disagreement._state import DisagreementState
from xaiwidgets.widgets.disagreement._widget import DisagreementDesk

__all__ = ["DisagreementDesk", "DisagreementState"]
