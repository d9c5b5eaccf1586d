"""Pictures that are put on a map beside the others: edited ones, attacked ones, an Explorer's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from xaiwidgets.jobs import Channels, Job
from xaiwidgets.network import Network
from xaiwidgets.vectors import Projection
from xaiwidgets.widgets.explorer import Explorer
from xaiwidgets.widgets.explorer._page import current_input
from xaiwidgets.widgets.pictures import thumbnail_of
from xaiwidgets.widgets.run import Problem
from xaiwidgets.widgets.vectormap._state import ShownCross
from xaiwidgets.work import Steps

FOLLOWED = "in the Explorer"
"""What the picture of an Explorer that is followed is called."""


@dataclass(frozen=True, eq=False)
class PlacedPicture:
    """A picture that has a cross on the map, and the number of the one that it is made of."""

    name: str
    image: Tensor
    of: int | None


class CrossedMap(Protocol):
    """What crosses need of their map."""

    _model: Network
    _images: Tensor
    _lock: threading.RLock

    @property
    def projection(self) -> Projection | None: ...
    @property
    def _channels(self) -> Channels: ...
    @property
    def _closing(self) -> ExitStack: ...
    def publish(self, **traits: Any) -> None: ...


class Crosses:
    """The crosses of a map, placed anew whenever points are."""

    def __init__(self, widget: CrossedMap) -> None:
        self._widget = widget
        # Two, as an Explorer that is dragged must not cancel the crosses on their way.
        self._placing, self._following = widget._channels.open(), widget._channels.open()
        self._pictures: dict[str, PlacedPicture] = {}
        self._stop_observing: Callable[[], None] = lambda: None
        widget._closing.callback(lambda: self._stop_observing())

    def add(self, pictures: list[PlacedPicture]) -> Job[list[ShownCross]] | None:
        """Put pictures on the map, each in the place of one of its name."""
        with self._widget._lock:
            self._pictures |= {picture.name: picture for picture in pictures}
        return self.update()

    def clear(self) -> None:
        """Take all away, and follow no more."""
        self.unfollow()
        self._pictures.clear()
        self.update()

    def update(self) -> Job[list[ShownCross]] | None:
        """Place all where the map has them now; None while it is not laid out."""
        projection, pictures = self._widget.projection, list(self._pictures.values())
        if projection is None or not pictures:
            self._placing.cancel()
            self._widget.publish(crosses=())
            return None

        def on_end(job: Job[list[ShownCross]]) -> None:
            if job.error is not None:
                self._widget.publish(error=Problem.of(job.error))
            elif not job.cancelled and self._widget.projection is projection:
                self._widget.publish(crosses=job.outcome)

        steps = _placed(self._widget._model, projection, pictures)
        return self._placing.submit(steps, lambda progress: None, on_end)

    def follow(self, explorer: Explorer) -> None:
        """Keep a cross where the picture of an Explorer is, edited as it is there."""
        self.unfollow()

        def move(change: object = None) -> None:
            self._following.submit(current_input(explorer), lambda progress: None, on_end)

        def on_end(job: Job[Tensor]) -> None:
            if job.error is None and not job.cancelled and job.outcome.shape == shape:
                root = explorer.input(explorer.pictures[explorer.index]["name"])
                of = number_of(self._widget._images, root)
                self.add([PlacedPicture(FOLLOWED, job.outcome, of)])

        shape = self._widget._images.shape[1:]
        explorer.observe(move, "query")
        self._stop_observing = lambda: _unobserve(explorer, move)
        move()

    def unfollow(self) -> None:
        """Follow no Explorer any more, and take its cross away."""
        self._stop_observing()
        self._stop_observing = lambda: None
        self._following.cancel()
        if self._pictures.pop(FOLLOWED, None) is not None:
            self.update()


def _placed(
    model: Network, projection: Projection, pictures: list[PlacedPicture]
) -> Steps[list[ShownCross]]:
    batch = torch.stack([picture.image for picture in pictures])
    # Placed among the points as they are: laid out anew with them, t-SNE would move all others.
    points = yield from projection.place(batch)
    predicted = model.logits(batch).argmax(1).tolist()
    return [
        ShownCross(each.name, x, y, each.of, number, thumbnail_of(model.picture(each.image)))
        for each, (x, y), number in zip(pictures, points.tolist(), predicted, strict=True)
    ]


def _unobserve(explorer: Explorer, handler: Callable[[object], None]) -> None:
    # One that was closed has let go of all observers itself.
    with suppress(ValueError):
        explorer.unobserve(handler, "query")


def number_of(images: Tensor, image: Tensor) -> int | None:
    """Return which of some inputs (N, C, H, W) is this one; None where none is."""
    if images.shape[1:] != image.shape:
        return None
    same = (images == image).flatten(1).all(1).nonzero().flatten().tolist()
    # The first of several that are equal: they lie on one point.
    return same[0] if same else None
