"""Networks, generators and pictures that are ready without a download."""

from xaiwidgets.zoo.digits import digit_input, digits
from xaiwidgets.zoo.fashion import fashion_mnist, grey_input
from xaiwidgets.zoo.generators import generator
from xaiwidgets.zoo.imagenet import efficientnet_lite0, imagenet_input, photographs
from xaiwidgets.zoo.networks import ResNet20
from xaiwidgets.zoo.sentences import BagOfWords, fit_bag_of_words, reviews

__all__ = [
    "BagOfWords",
    "ResNet20",
    "digit_input",
    "digits",
    "efficientnet_lite0",
    "fashion_mnist",
    "fit_bag_of_words",
    "generator",
    "grey_input",
    "imagenet_input",
    "photographs",
    "reviews",
]
