"""Pictures of a data set as a network's inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from xaiwidgets.adapters import input_channels
from xaiwidgets.network import Network, require_network
from xaiwidgets.pictures import read_pictures


def inputs_of(
    model: Network, images: Any, shape: Sequence[int] | None = None, name: str = "images"
) -> Tensor:
    """Return the inputs (N, ...) of a data set: an array (N, H, W) is N grey pictures.

    To `Network.batch` one of few columns could also be a single picture (H, W, C).
    """
    several = list(images) if isinstance(images, np.ndarray) and images.ndim > 2 else images
    return require_network(model).batch(several, shape, name)


def listed_pictures(model: Network, images: Any) -> list[Any]:
    """Return the pictures of a data set one by one, as they are: what `inputs_of` preprocesses."""
    channels = input_channels(require_network(model).net)
    whole_set = isinstance(images, np.ndarray) and images.ndim > 2
    return list(images if whole_set else read_pictures(images, channels))


def some_inputs(model: Network, images: Any, shape: Sequence[int], name: str = "images") -> Tensor:
    """Return the inputs (n, ...) of a few pictures, or of a single one, that have a shape.

    A single one is an image, or an input itself: a tensor with as many axes as the shape.
    """
    alone = isinstance(images, Tensor) and images.ndim == len(shape)
    several = [images] if alone or isinstance(images, Image.Image) else images
    return inputs_of(model, several, shape, name)
