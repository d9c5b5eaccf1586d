"""Labelled pictures and sentences that are on this machine: real data, without a download."""

from xaiwidgets.datasets._cifar import CIFAR10_CLASSES, cifar10
from xaiwidgets.datasets._dataset import SPLITS, Dataset
from xaiwidgets.datasets._digits import digits
from xaiwidgets.datasets._faces import Faces, celeba, faces
from xaiwidgets.datasets._mnist import FASHION_CLASSES, fashion_mnist, mnist
from xaiwidgets.datasets._reviews import RatedSentences, reviews
from xaiwidgets.datasets._symbols import SYMBOLS, Symbols, symbols

__all__ = [
    "CIFAR10_CLASSES",
    "FASHION_CLASSES",
    "SPLITS",
    "SYMBOLS",
    "Dataset",
    "Faces",
    "RatedSentences",
    "Symbols",
    "celeba",
    "cifar10",
    "digits",
    "faces",
    "fashion_mnist",
    "mnist",
    "reviews",
    "symbols",
]
