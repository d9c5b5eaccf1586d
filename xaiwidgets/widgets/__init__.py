"""The widgets: one class a file."""

from xaiwidgets.widgets.explorer import Explorer

__all__ = ["Explorer"]
