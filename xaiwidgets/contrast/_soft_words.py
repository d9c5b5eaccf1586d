"""Words between words: mixtures of embeddings, that a network of sentences can be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from xaiwidgets.errors import InputError
from xaiwidgets.sentences import Sentence

_SUM = 1e-3  # how far the sum of probabilities may be from 1


class SoftmaxEmbedding(nn.Module):
    """The mean embedding of a distribution over words (Feghahati 2020, eq. 4.3), word by word.

    The paper says that the generator gives probabilities, and takes a softmax of them again: with
    5,216 words no word could then weigh more than .0005. So logits are taken, and probabilities
    refused. Nor are positions summed up, which only fits a bag of words.

    Parameters
    ----------
    embedding : Tensor (K, E) or nn.Embedding
        Of each word.

    Examples
    --------
    >>> embedding = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> SoftmaxEmbedding(embedding)(torch.tensor([[[50.0, 0.0], [3.0, 3.0]]])).tolist()
    [[[1.0, 1.9287498933537385e-22], [0.5, 0.5]]]
    """

    embedding: Tensor

    def __init__(self, embedding: Tensor | nn.Embedding) -> None:
        super().__init__()
        self.register_buffer("embedding", embeddings_of(embedding))

    def forward(self, logits: Tensor) -> Tensor:
        """Return embeddings (B, T, E) of logits (B, T, K).

        Raises
        ------
        InputError
            If they are probabilities, or of another number of words.
        """
        if not isinstance(logits, Tensor) or logits.shape[-1:] != self.embedding.shape[:1]:
            raise InputError(f"logits must be a tensor (B, T, {len(self.embedding)})")
        if _are_probabilities(logits.detach()):
            most = torch.e / (torch.e + len(self.embedding) - 1)
            raise InputError(
                "these are probabilities: after another softmax no word would weigh more than "
                f"{most:.2g}. Give logits, or their logarithms"
            )
        return logits.softmax(-1) @ self.embedding.to(logits)


def embeddings_of(embedding: object, count: int | None = None) -> Tensor:
    """Return the embeddings (K, E) of `count` words; InputError where these are none."""
    numbers = embedding.weight if isinstance(embedding, nn.Embedding) else embedding
    if not isinstance(numbers, Tensor) or numbers.ndim != 2 or count not in (None, len(numbers)):
        raise InputError(
            f"embedding must be a tensor ({count or 'K'}, E), one row for each word, or an "
            "nn.Embedding of as many"
        )
    return numbers.detach()


class SentenceGenerator(Protocol):
    """A generator for one sentence, of which it knows the length: what `at` returns.

    Attributes
    ----------
    candidates : Tensor (T, k)
        The numbers of the words that may stand at each place; the first is the sentence's own.
    """

    candidates: Tensor

    def encode(self, images: Tensor) -> Tensor:
        """Return latents (B, ...) of embeddings (B, E, 1, T)."""
        ...

    def decode(self, latents: Tensor) -> Tensor:
        """Return embeddings (B, E, 1, T); torch can differentiate it."""
        ...

    def weights(self, latents: Tensor) -> Tensor:
        """Return how much each candidate weighs (B, T, k); 1 in all at each place."""
        ...


class TextGenerator(Protocol):
    """What `explain_text` needs: a generator for any sentence."""

    def at(self, sentence: Sentence, pinned: Sequence[int] = ()) -> SentenceGenerator:
        """Return the generator for a sentence whose words at `pinned` places stay."""
        ...


def _are_probabilities(values: Tensor) -> bool:
    if values.numel() == 0 or bool((values < 0).any()):
        return False
    # Of logits one row may sum to 1 by chance; all rows do not.
    return bool(((values.sum(-1) - 1).abs() < _SUM).all())
