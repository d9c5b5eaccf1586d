"""A network of ours for scikit-learn's handwritten digits: small enough to run at every gesture."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from xaiwidgets.algebra import Classifier
from xaiwidgets.zoo.grey import grey
from xaiwidgets.zoo.shipped import with_weights


class DigitsNet(nn.Module):
    """Two convolutions and two linear layers for pictures (B, 1, 8, 8)."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        # Modules and not functions, each called once: a layer to select, to hook, to change in
        # place.
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.relu2 = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(32 * 4 * 4, 48)
        self.relu3 = nn.ReLU()
        self.fc2 = nn.Linear(48, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (B, classes)."""
        # One pooling only: of 8 x 8 pixels a second would leave 2 x 2 places.
        x = self.pool(self.relu2(self.conv2(self.relu1(self.conv1(x)))))
        return cast(Tensor, self.fc2(self.relu3(self.fc1(x.flatten(1)))))


def digits(*, device: str | None = None, called: str = "f") -> Classifier:
    """Return a network for scikit-learn's digits, 8 x 8; its weights come with the package.

    The JSON file beside the weights has how it was trained, and its accuracy on the test pictures.

    Parameters
    ----------
    device : str, optional
        Where to evaluate, as for `Classifier`.
    called : str
        What queries call it.

    Examples
    --------
    >>> from xaiwidgets import datasets
    >>> test = datasets.digits("test")
    >>> digits().predict(test.images[0]).label == str(test.labels[0])
    True
    """
    net = with_weights(DigitsNet(), "digits")
    return Classifier(
        net, classes=tuple("0123456789"), preprocess=digit_input, device=device, name=called
    )


def digit_input(image: Image.Image | NDArray[np.uint8]) -> Tensor:
    """Make a picture grey, 8 x 8, and 0 .. 1 (1, 8, 8).

    The digits are bright on black; nothing is inverted here.

    Raises
    ------
    InputError
        If an array is not uint8 (H, W), (H, W, 1) or (H, W, 3).

    Examples
    --------
    >>> tuple(digit_input(Image.new("RGB", (300, 200), "white")).shape)
    (1, 8, 8)
    """
    # The data set counts the pixels in 4 x 4 blocks of a bitmap, which is what BOX does.
    return grey(image, 8, Image.Resampling.BOX)
