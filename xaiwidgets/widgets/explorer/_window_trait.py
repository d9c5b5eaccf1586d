"""A window as a trait."""

from __future__ import annotations

from typing import Any

import traitlets as t

from xaiwidgets.errors import InputError
from xaiwidgets.images import Window


class WindowTrait(t.TraitType[Window | None, Any]):
    """A `Window`, or four numbers (top, left, height, width)."""

    info_text = "a Window or four whole numbers (top, left, height, width)"

    def validate(self, obj: Any, value: Any) -> Window:
        """Return a Window, or raise TraitError naming what is wrong."""
        if isinstance(value, Window):
            return value
        try:
            return Window(*value)
        except (TypeError, InputError) as error:
            raise t.TraitError(f"{self.name or 'window'} is {value!r}: {error}") from error


def window_json(value: Any, _widget: object = None) -> Any:
    """Return a window, or a list of windows, as lists of four numbers."""
    if isinstance(value, Window):
        return [value.top, value.left, value.height, value.width]
    return [window_json(inner) for inner in value] if isinstance(value, list) else value
