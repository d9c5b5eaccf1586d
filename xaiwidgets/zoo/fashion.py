"""Three networks of ours for Fashion-MNIST, different enough to disagree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from xaiwidgets.algebra import Classifier
from xaiwidgets.datasets import FASHION_CLASSES
from xaiwidgets.errors import InputError
from xaiwidgets.zoo.grey import grey
from xaiwidgets.zoo.networks import ConvNet, ResNet, ViT
from xaiwidgets.zoo.shipped import with_weights

# Of one data set: where they disagree, one of them can be right (i-Algebra, Case A).
_NETWORKS: dict[str, type[nn.Module]] = {"convnet": ConvNet, "resnet": ResNet, "vit": ViT}


def fashion_mnist(
    name: str = "convnet", *, device: str | None = None, called: str = "f"
) -> Classifier:
    """Return one of three networks for Fashion-MNIST; their weights come with the package.

    The JSON file beside the weights has how they were trained, and their accuracy on the test
    pictures.

    Parameters
    ----------
    name : str
        "convnet", two convolutions and two linear layers; "resnet", a small residual network with
        batch norm, which is right more often; or "vit", a transformer of 7 x 7 patches, less often.
    device : str, optional
        Where to evaluate, as for `Classifier`.
    called : str
        What queries call it.

    Raises
    ------
    InputError
        If there is no such network.

    Examples
    --------
    >>> from xaiwidgets import datasets
    >>> test = datasets.fashion_mnist("test")
    >>> fashion_mnist("resnet").predict(test.images[0]).label
    'Ankle boot'
    """
    if name not in _NETWORKS:
        raise InputError(
            f"no Fashion-MNIST network {name!r}; there are {', '.join(map(repr, _NETWORKS))}"
        )
    # The architecture is code of ours, and weights are safetensors: nothing is unpickled.
    net = with_weights(_NETWORKS[name](len(FASHION_CLASSES)), f"fashion_mnist_{name}")
    return Classifier(
        net, classes=FASHION_CLASSES, preprocess=grey_input, device=device, name=called
    )


def grey_input(image: Image.Image | NDArray[np.uint8]) -> Tensor:
    """Make a picture grey, 28 x 28, and 0 .. 1 (1, 28, 28).

    Fashion-MNIST has bright clothes on black; nothing is inverted here.

    Raises
    ------
    InputError
        If an array is not uint8 (H, W), (H, W, 1) or (H, W, 3).

    Examples
    --------
    >>> tuple(grey_input(Image.new("RGB", (300, 200), "white")).shape)
    (1, 28, 28)
    """
    return grey(image, 28, Image.Resampling.BICUBIC)
