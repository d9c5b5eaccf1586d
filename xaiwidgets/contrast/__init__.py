"""CDeepEx: why class A and not class B? (Feghahati 2020, "Deep Contrastive Explanation")."""

from xaiwidgets.contrast._autoencoders import VAE, AutoEncoder
from xaiwidgets.contrast._colour import READINGS, read_change, strongest_change
from xaiwidgets.contrast._direct import FILLS, PAIR_METHODS
from xaiwidgets.contrast._encoding import (
    check_generator,
    check_kind,
    check_shape,
    encode,
    encode_alone,
)
from xaiwidgets.contrast._explain import METHODS, explain
from xaiwidgets.contrast._fit_errors import MISSES_MUCH, error_percentiles, reconstruction_errors
from xaiwidgets.contrast._gan import GAN
from xaiwidgets.contrast._generator_adapter import decode_latents, eval_mode_of
from xaiwidgets.contrast._generators import Generator
from xaiwidgets.contrast._imposing import Imposed, closed, impose
from xaiwidgets.contrast._latents import (
    Disentanglement,
    LatentEffects,
    disentanglement,
    latent_effects,
)
from xaiwidgets.contrast._morph import Morph, morph
from xaiwidgets.contrast._pca import PCA
from xaiwidgets.contrast._result import Contrast
from xaiwidgets.contrast._sentence_auto_encoder import SentenceAutoEncoder
from xaiwidgets.contrast._soft_words import SentenceGenerator, SoftmaxEmbedding, TextGenerator
from xaiwidgets.contrast._stamp import StampTest, mean_change, stamp_test
from xaiwidgets.contrast._subtraction import Subtraction, subtract
from xaiwidgets.contrast._text import explain_text
from xaiwidgets.contrast._text_result import TextContrast
from xaiwidgets.contrast._word_effects import WordEffects, word_effects
from xaiwidgets.contrast._word_field import CandidateSource, WordField, masked_words
from xaiwidgets.methods import WindowDifferences, prediction_difference

__all__ = [
    "FILLS",
    "GAN",
    "METHODS",
    "MISSES_MUCH",
    "PAIR_METHODS",
    "PCA",
    "READINGS",
    "VAE",
    "AutoEncoder",
    "CandidateSource",
    "Contrast",
    "Disentanglement",
    "Generator",
    "Imposed",
    "LatentEffects",
    "Morph",
    "SentenceAutoEncoder",
    "SentenceGenerator",
    "SoftmaxEmbedding",
    "StampTest",
    "Subtraction",
    "TextContrast",
    "TextGenerator",
    "WindowDifferences",
    "WordEffects",
    "WordField",
    "check_generator",
    "check_kind",
    "check_shape",
    "closed",
    "decode_latents",
    "disentanglement",
    "encode",
    "encode_alone",
    "error_percentiles",
    "eval_mode_of",
    "explain",
    "explain_text",
    "impose",
    "latent_effects",
    "masked_words",
    "mean_change",
    "morph",
    "prediction_difference",
    "read_change",
    "reconstruction_errors",
    "stamp_test",
    "strongest_change",
    "subtract",
    "word_effects",
]
