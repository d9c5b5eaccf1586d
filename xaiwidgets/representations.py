"""Pictures as vectors: what a layer answers to each, or what the last linear layer is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.inference import EVALUATING
from xaiwidgets.layers import first_tensor
from xaiwidgets.network import Network
from xaiwidgets.work import Progress, Steps

T = TypeVar("T")

# Cancel is heard between two steps: with more at once it would be kept waiting.
PICTURES_A_STEP = 64
"""Pictures that are evaluated between two reports of progress."""

PENULTIMATE = "penultimate"
"""How the input of the last linear layer is called."""


class Site(NamedTuple):
    """Where a network is looked into: a layer's answer, or what it is given."""

    layer: str
    before: bool = False

    @property
    def name(self) -> str:
        """What people call it."""
        return PENULTIMATE if self.before else self.layer


def site_of(model: Network, example: Tensor, layer: Any) -> Site:
    """Return the site of a layer by name; None is the penultimate one.

    Raises
    ------
    InputError
        If there is no such layer, or no linear one.
    """
    if layer is None or layer == PENULTIMATE:
        return Site(_last_linear(model, example), before=True)
    return Site(checked_layer(model, layer))


def checked_layer(model: Network, layer: Any) -> str:
    """Return the name of a layer that is called once for a picture, or raise InputError."""
    if not isinstance(layer, str) or layer not in model.layers:
        names = model.layers
        raise InputError(
            f"layer is {layer!r}; use one of {', '.join(names[:20])}{nearest(str(layer), names)}"
        )
    return layer


def _last_linear(model: Network, example: Tensor) -> str:
    for name in reversed(model.anatomy(example[0]).layers):
        if isinstance(model.net.get_submodule(name), nn.Linear):
            return name
    raise InputError(
        "the network has no linear layer that is called once, so that its penultimate layer is "
        "unknown; name a layer"
    )


def representations(model: Network, batch: Tensor, site: Site) -> Steps[NDArray[np.float64]]:
    """Return what a site has of each input, as vectors (B, F): of each unit the mean over places.

    Examples
    --------
    >>> from xaiwidgets.work import run
    >>> model = Network(nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)))
    >>> batch = torch.ones(5, 1, 2, 2)
    >>> run(representations(model, batch, site_of(model, batch, None))).shape
    (5, 3)
    """
    grid = None if site.before else model.anatomy(batch[0]).grids.get(site.layer)

    def vectors(answer: Tensor) -> Tensor:
        if answer.ndim > 2:
            # Of tokens that a linear layer is given, units come last.
            answer = answer.flatten(1, -2).mean(1) if grid is None else grid.places(answer).mean(2)
        # In double precision: what follows (covariances, distances) takes differences of large
        # sums.
        return answer.reshape(len(answer), -1).double()

    rows = yield from each_answer(model, batch, site, vectors)
    return torch.cat(rows).numpy()


def unit_maps(
    model: Network, batch: Tensor, layer: str, take: Callable[[Tensor], T]
) -> Steps[list[T]]:
    """Return `take` of the maps (b, U, rows, columns) of a layer, of some inputs at a time.

    A unit without places, as of a linear layer, has maps of one place.
    """
    grid = model.anatomy(batch[0]).grid(layer)
    return (yield from each_answer(model, batch, Site(layer), lambda a: take(_maps(grid, a))))


def _maps(grid: Grid, answer: Tensor) -> Tensor:
    if grid.rows * grid.columns:
        return grid.maps(answer)
    return grid.places(answer).mean(2)[..., None, None]


def each_answer(
    model: Network, batch: Tensor, site: Site, take: Callable[[Tensor], T]
) -> Steps[list[T]]:
    """Return `take` of what a site has of some inputs at a time, on the CPU."""
    # As all jobs begin: writes through `.data` are not seen otherwise.
    model.weights(anew=True)
    prepared = model.copies.private(batch[:2])
    module = prepared.net.get_submodule(site.layer)
    rows: list[T] = []

    def hear(answer: Any) -> None:
        tensor = first_tensor(answer)
        if tensor is None:
            raise ModelError(f"layer {site.layer!r} gives no tensor; name another one")
        # Reduced at once: feature maps of a thousand pictures would fill the memory.
        rows.append(take(tensor.detach().cpu()))

    done = 0
    for part in torch.split(batch, PICTURES_A_STEP):
        with EVALUATING:
            handle = (
                module.register_forward_pre_hook(lambda _module, inputs: hear(inputs))
                if site.before
                else module.register_forward_hook(lambda _module, _inputs, answer: hear(answer))
            )
            try:
                prepared(part)
            finally:
                handle.remove()
        done += len(part)
        yield Progress(done, len(batch), "looking inside")
    return rows
