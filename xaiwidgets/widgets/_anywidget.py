"""What we use of anywidget; its types stand in the stub beside this, since ipywidgets has none."""

from anywidget import AnyWidget

__all__ = ["AnyWidget"]
