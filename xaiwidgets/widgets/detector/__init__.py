"""Can I trust this prediction? A dial between checking and missing."""

from xaiwidgets.widgets.detector._state import DetectorState
from xaiwidgets.widgets.detector._widget import ErrorDetectorPanel

__all__ = ["DetectorState", "ErrorDetectorPanel"]
