"""CDeepEx: why class A and not class B? (see `Deep Contrastive Explanation`, 2020)."""

from xaiwidgets.contrast.explain import explain
from xaiwidgets.contrast.gan import GAN
from xaiwidgets.contrast.generators import VAE, AutoEncoder, Generator
from xaiwidgets.contrast.result import Contrast

__all__ = ["GAN", "VAE", "AutoEncoder", "Contrast", "Generator", "explain"]
