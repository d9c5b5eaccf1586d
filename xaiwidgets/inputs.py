"""Pictures of a data set as a network's inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.network import Network


def require_network(model: object, name: str = "model") -> None:
    """Raise InputError for a bare module, which has neither inputs nor class names."""
    if not isinstance(model, Network):
        raise InputError(
            f"{name} is a {type(model).__name__}; give Classifier({name}), with class names and "
            "preprocessing where it has them"
        )


def inputs_of(
    model: Network, images: Any, shape: Sequence[int] | None = None, name: str = "images"
) -> Tensor:
    """Return the inputs (N, ...) of a data set: an array (N, H, W) is N grey pictures.

    To `Network.batch` one of few columns could also be a single picture (H, W, C).
    """
    require_network(model)
    several = list(images) if isinstance(images, np.ndarray) and images.ndim > 2 else images
    return model.batch(several, shape, name)


def some_inputs(model: Network, images: Any, shape: Sequence[int], name: str = "images") -> Tensor:
    """Return the inputs (n, ...) of a few pictures, or of a single one, that have a shape.

    A single one is an image, or an input itself: a tensor with as many axes as the shape.
    """
    alone = isinstance(images, Tensor) and images.ndim == len(shape)
    several = [images] if alone or isinstance(images, Image.Image) else images
    return inputs_of(model, several, shape, name)
