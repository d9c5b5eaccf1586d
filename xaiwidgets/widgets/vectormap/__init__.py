"""Which pictures does a network hold to be alike? Points on a plane, with what the plane loses."""

from xaiwidgets.widgets.vectormap._state import VectorMapState
from xaiwidgets.widgets.vectormap._widget import VectorMap

__all__ = ["VectorMap", "VectorMapState"]
