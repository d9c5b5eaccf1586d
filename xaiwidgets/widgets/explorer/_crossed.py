"""Which small pictures the page has had: each crosses once, and afterwards its name does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Crossed:
    """The thumbnails of questions on their way to the page.

    The list of questions is sent after every answer: with all its pictures it would be ten times
    the answer itself.
    """

    def __init__(self) -> None:
        self._pictures: dict[str, bytes] = {}

    def shortened(self, questions: Sequence[Mapping[str, Any]], whole: bool) -> list[Any]:
        """Return questions as they cross; `whole`: to a page that may have had none of them."""
        if whole:
            # A page that has just opened: another one may have had the pictures, this one has none.
            self._pictures.clear()
        return [{**shown, "thumbnail": self._once(shown)} for shown in questions]

    def _once(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        name, thumbnail = shown["query"], shown["thumbnail"]
        data = bytes(thumbnail["data"]["data"])
        if self._pictures.get(name) == data:
            return {"$had": name}
        self._pictures[name] = data
        return {**thumbnail, "$name": name}
