"""What we use of anywidget; its types stand in the stub beside this, since ipywidgets has none."""

from typing import Any

import anywidget

from xaiwidgets.errors import InputError

__all__ = ["AnyWidget"]


class _SetWhileSent(anywidget.AnyWidget):
    """A widget whose state may be set on one thread while another sends it."""

    def send_state(self, key: Any = None) -> None:
        """Send the state, or a part of it, to the page."""
        # Of several names a copy: another thread may be adding to the set meanwhile.
        super().send_state(list(key) if isinstance(key, set) else key)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse to be pickled."""
        raise InputError(
            f"the {type(self).__name__} cannot be pickled, as it belongs to this kernel and its "
            "page; keep to_html(path), its settings, or what it was made of"
        )


AnyWidget = _SetWhileSent
