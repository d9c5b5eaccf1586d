"""Pictures that a person brings to an ErrorDetectorPanel as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xaiwidgets.widgets.commands import command
from xaiwidgets.widgets.uploads import read_upload


class FileCommands:
    """What the page asks for with a file in its hand.

    Parameters
    ----------
    score_picture : callable
        Takes name and picture.
    channels : int
        How many the network takes.
    """

    def __init__(self, score_picture: Callable[[str, Any], object], channels: int) -> None:
        self._score_picture = score_picture
        self._channels = channels

    @command("add")
    def score_file(self, name: str, buffers: Any) -> dict[str, Any]:
        """Score a picture from the bytes of its file; the page shows when it is there."""
        stem, picture, notes = read_upload(name, buffers, self._channels)
        self._score_picture(stem, picture)
        # It is none of the numbered ones: its scores come as `upload`.
        return {"name": stem, "index": None, "notes": notes}
