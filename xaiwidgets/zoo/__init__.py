"""Networks and pictures that are ready without a download."""

from xaiwidgets.zoo.fashion import fashion_mnist, grey_input
from xaiwidgets.zoo.imagenet import efficientnet_lite0, imagenet_input, photographs

__all__ = ["efficientnet_lite0", "fashion_mnist", "grey_input", "imagenet_input", "photographs"]
