"""One person's seat in a study: consent, instructions, questions, feedback, rating."""

from xaiwidgets.widgets.room._state import RoomState
from xaiwidgets.widgets.room._widget import StudyRoom

__all__ = ["RoomState", "StudyRoom"]
