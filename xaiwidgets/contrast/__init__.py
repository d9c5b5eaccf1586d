"""CDeepEx: why class A and not class B? (Feghahati 2020, "Deep Contrastive Explanation")."""

from xaiwidgets.contrast._encoding import check_generator, encode
from xaiwidgets.contrast._explain import METHODS, explain
from xaiwidgets.contrast._gan import GAN
from xaiwidgets.contrast._generator_adapter import eval_mode_of
from xaiwidgets.contrast._generators import VAE, AutoEncoder, Generator
from xaiwidgets.contrast._morph import Morph, morph
from xaiwidgets.contrast._result import Contrast, strongest_change
from xaiwidgets.contrast._sentence_auto_encoder import SentenceAutoEncoder
from xaiwidgets.contrast._soft_words import SentenceGenerator, SoftmaxEmbedding, TextGenerator
from xaiwidgets.contrast._subtraction import Subtraction, subtract
from xaiwidgets.contrast._text import explain_text
from xaiwidgets.contrast._text_result import TextContrast
from xaiwidgets.contrast._word_effects import WordEffects, word_effects
from xaiwidgets.contrast._word_field import CandidateSource, WordField, masked_words
from xaiwidgets.methods import WindowDifferences, prediction_difference

__all__ = [
    "GAN",
    "METHODS",
    "VAE",
    "AutoEncoder",
    "CandidateSource",
    "Contrast",
    "Generator",
    "Morph",
    "SentenceAutoEncoder",
    "SentenceGenerator",
    "SoftmaxEmbedding",
    "Subtraction",
    "TextContrast",
    "TextGenerator",
    "WindowDifferences",
    "WordEffects",
    "WordField",
    "check_generator",
    "encode",
    "eval_mode_of",
    "explain",
    "explain_text",
    "masked_words",
    "morph",
    "prediction_difference",
    "strongest_change",
    "subtract",
    "word_effects",
]
