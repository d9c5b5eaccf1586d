"""The Explorer; see `Explorer`."""

from xaiwidgets.widgets.explorer._widget import Explorer

__all__ = ["Explorer"]
