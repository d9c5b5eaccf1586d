"""What we use of anywidget, with types.

ipywidgets has none: to a type checker its widgets are `Any`, and what inherits from `Any` has every
attribute, so that no misspelt method of ours would be seen. `tests/widgets/test_types.py` holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import ClassVar

    from traitlets import HasTraits

    class AnyWidget(HasTraits):
        """A widget whose page is the ES module `_esm`, styled by `_css`."""

        _esm: ClassVar[Any]
        _css: ClassVar[Any]
        comm: Any
        keys: list[str]

        def __init__(self, **traits: Any) -> None: ...
        @property
        def model_id(self) -> str: ...
        def open(self) -> None: ...
        def close(self) -> None: ...
        def hold_sync(self) -> AbstractContextManager[None]: ...
        def get_state(self, key: str | set[str] | None = None) -> dict[str, Any]: ...
        def set_state(self, sync_data: dict[str, Any]) -> None: ...
        def send_state(self, key: str | set[str] | None = None) -> None: ...
        def send(
            self, content: Mapping[str, Any], buffers: Sequence[bytes] | None = None
        ) -> None: ...
        def on_msg(self, callback: Callable[[Any, Any, Any], None]) -> None: ...
        def _repr_mimebundle_(self, **options: Any) -> Any: ...
else:
    from anywidget import AnyWidget

__all__ = ["AnyWidget"]
