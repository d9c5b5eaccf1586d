"""CDeepEx: why class A and not class B? (see `Deep Contrastive Explanation`, 2020)."""

from xaiwidgets.contrast.encoding import check_generator, encode
from xaiwidgets.contrast.explain import explain
from xaiwidgets.contrast.gan import GAN
from xaiwidgets.contrast.generators import VAE, AutoEncoder, Generator
from xaiwidgets.contrast.morph import Morph, morph
from xaiwidgets.contrast.result import Contrast, strongest_change
from xaiwidgets.contrast.subtraction import Subtraction, subtract
from xaiwidgets.methods import WindowDifferences, prediction_difference

__all__ = [
    "GAN",
    "VAE",
    "AutoEncoder",
    "Contrast",
    "Generator",
    "Morph",
    "Subtraction",
    "WindowDifferences",
    "check_generator",
    "encode",
    "explain",
    "morph",
    "prediction_difference",
    "strongest_change",
    "subtract",
]
