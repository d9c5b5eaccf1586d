"""`WordField`: a generator whose latents are how likely other words are, place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn

from xaiwidgets.checks import is_number, is_whole, whole
from xaiwidgets.contrast._soft_words import embeddings_of
from xaiwidgets.errors import InputError
from xaiwidgets.sentences import Sentence, SentenceReader
from xaiwidgets.text_network import reader_of

CandidateSource = Callable[[Sequence[str], int], Mapping[str, float]]
"""From the words of a sentence and a place to the log-probability of words there."""

_SMOOTHING = 1.0  # words of the corpus that a pair of words is worth beside


# With `keep` 0.9 a planted word was the most changed in 53 of 54 sentences, with 0.6 in 49; latents
# that are embeddings, without any language, never changed it most.
class WordField:
    """The words that could stand at each place of a sentence, weighed by what language allows.

    z are additions (T, k) to the log-probabilities of k candidate words at each place. At z = 0 the
    sentence's own word has `keep`, and the rest share what is left as the words before and after
    them let expect: by pairs of neighbours in a corpus, or by a language model. The thesis (4.3.2)
    has a recurrent auto-encoder in its place, which starts from another sentence.

    Parameters
    ----------
    vocabulary : TextClassifier, Vocabulary, sequence of str, or transformers tokenizer
        The words that the network knows, by number: the network, or its `reader`.
    embedding : Tensor (K, E) or nn.Embedding
        Of each.
    corpus : iterable of str
        Sentences like those to be explained.
    candidates : int
        Words at each place, the own one among them.
    keep : float
        What the own word weighs at the start; above 0.5, so that the start is the sentence. Where
        no boundary is found, 0.6 often finds one: the nearer to 1, the flatter the way begins.
    candidates_from : callable, optional
        From the words and a place to {word: log-probability there}, as `masked_words` makes of a
        masked language model; else the corpus tells.

    Raises
    ------
    InputError
        If a setting cannot be used.

    Examples
    --------
    >>> words = ["<pad>", "<unk>", "a", "good", "bad", "film"]
    >>> field = WordField(words, torch.eye(6), ["a good film", "a bad film"], candidates=2)
    >>> field
    WordField(6 words, 2 candidates, keep 0.9)
    """

    def __init__(
        self,
        vocabulary: Any,
        embedding: Tensor | nn.Embedding,
        corpus: Iterable[str],
        candidates: int = 60,
        keep: float = 0.9,
        candidates_from: CandidateSource | None = None,
    ) -> None:
        self.reader = reader_of(vocabulary)
        count = len(self.reader.words)
        numbers = embeddings_of(embedding, count)
        if not is_whole(candidates, 2):
            raise InputError(f"candidates is {candidates!r}; use a whole number of at least 2")
        if not is_number(keep) or not 0.5 < keep < 1:
            raise InputError(f"keep is {keep!r}; use a number above 0.5 and below 1")
        if candidates_from is not None and not callable(candidates_from):
            raise InputError("candidates_from must be a function of words and a place")
        self.embedding = numbers.cpu().float()
        most = count - len(self.reader.marks)
        self.count, self.keep = min(whole("candidates", candidates), most), keep
        self._source = candidates_from
        self._numbers = {word: number for number, word in enumerate(self.reader.words)}
        self._pairs = WordPairs(self.reader, corpus)

    def __repr__(self) -> str:
        words = len(self.reader.words)
        return f"WordField({words} words, {self.count} candidates, keep {self.keep:g})"

    def at(self, sentence: Sentence, pinned: Sequence[int] = ()) -> SentenceField:
        """Return the generator for a sentence whose words at `pinned` places stay."""
        places = [self._place(sentence, place) for place in range(len(sentence))]
        candidates = torch.from_numpy(np.stack([numbers for numbers, _ in places]))
        logs = torch.from_numpy(np.stack([logs for _, logs in places])).float()
        fixed = {*pinned, *sentence.special}
        free = torch.tensor([n not in fixed for n in range(len(sentence))], device="cpu")
        return SentenceField(candidates, logs, free, self.embedding[candidates])

    def _place(
        self, sentence: Sentence, place: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the candidates of a place, its own word first, and their log-probabilities."""
        number = sentence.numbers[place]
        scores = self._scores(sentence, place)
        scores[number] = -np.inf
        others = np.argsort(-scores, kind="stable")[: self.count - 1]
        logs = scores[others] - np.logaddexp.reduce(scores[others])
        return np.append(number, others), np.append(np.log(self.keep), np.log1p(-self.keep) + logs)

    def _scores(self, sentence: Sentence, place: int) -> NDArray[np.float64]:
        """Return the log-probability of each word at a place."""
        scores = self._pairs.scores(sentence.numbers, place)
        if self._source is not None:
            expected = self._source(sentence.words, place)
            logs = {word: log for word, log in expected.items() if word in self._numbers}
            # What the model does not say is less likely than all that it says.
            scores += min(logs.values(), default=0.0) - scores.max() - 1
            scores[[self._numbers[word] for word in logs]] = [*logs.values()]
        scores[[*self.reader.marks]] = -np.inf
        return scores


class SentenceField:
    """A `WordField` at one sentence.

    Attributes
    ----------
    candidates : Tensor (T, k)
        The numbers of the words that may stand at each place; the first is the sentence's own.
    """

    def __init__(self, candidates: Tensor, logs: Tensor, free: Tensor, embedding: Tensor) -> None:
        self.candidates = candidates
        self._logs, self._free, self._embedding = logs, free[:, None], embedding

    def encode(self, images: Tensor) -> Tensor:
        """Return z = 0 (B, T, k) of the sentence, however often."""
        return torch.zeros(len(images), *self._logs.shape, device="cpu")

    def weights(self, latents: Tensor) -> Tensor:
        """Return how much each candidate weighs (B, T, k)."""
        soft = (self._logs + latents.to(self._logs)).softmax(-1)
        pinned = torch.zeros_like(self._logs)
        pinned[:, 0] = 1
        return torch.where(self._free, soft, pinned)

    def decode(self, latents: Tensor) -> Tensor:
        """Return the mean embeddings (B, E, 1, T)."""
        mixed = torch.einsum("btk,tke->bet", self.weights(latents), self._embedding)
        # As a picture of one row, which is what the search of pictures and its checks take.
        return mixed[:, :, None]


class WordPairs:
    """How often words follow each other in a corpus."""

    def __init__(self, reader: SentenceReader, corpus: Iterable[str]) -> None:
        if isinstance(corpus, str):
            raise InputError("corpus is one str; give a list of sentences")
        count, end = len(reader.words), reader.absent
        # The padding stands for the sentence's beginning and end.
        numbers = [[end, *reader.read(text).numbers, end] for text in corpus]
        if not numbers:
            raise InputError("corpus is empty; give sentences like those to be explained")
        first = np.concatenate([np.array(line[:-1]) for line in numbers])
        second = np.concatenate([np.array(line[1:]) for line in numbers])
        pairs = sparse.coo_array((np.ones(len(first)), (first, second)), (count, count))
        # Read by rows and by columns, of which either format has only one at hand.
        self._after, self._before = pairs.tocsr(), pairs.tocsc()
        self._end = end
        self._totals = np.bincount(first, minlength=count).astype(float)
        # One word of the corpus is shared out among all: those never seen need a logarithm, too.
        self._shares = (self._totals + 1 / count) / (self._totals.sum() + 1)

    def scores(self, numbers: Sequence[int], place: int) -> NDArray[np.float64]:
        """Return log p(word | the one before) + log p(the one after | word), of each word."""
        left = numbers[place - 1] if place > 0 else self._end
        right = numbers[place + 1] if place + 1 < len(numbers) else self._end
        after = np.asarray(self._after[[left]].todense()).ravel()
        before = np.asarray(self._before[:, [right]].todense()).ravel()
        # Smoothed towards how frequent a word is by itself (Jelinek and Mercer 1980).
        following = (after + _SMOOTHING * self._shares) / (self._totals[left] + _SMOOTHING)
        leading = (before + _SMOOTHING * self._shares[right]) / (self._totals + _SMOOTHING)
        return np.asarray(np.log(following) + np.log(leading))


def masked_words(net: Any, tokenizer: Any, count: int = 200) -> CandidateSource:
    """Return what a masked language model of transformers expects at a place of a sentence.

    Parameters
    ----------
    net : transformers model with a masked language model's head
    tokenizer : its tokenizer
    count : int
        How many words it tells, the likeliest.
    """
    if getattr(tokenizer, "mask_token", None) is None:
        raise InputError("this tokenizer has no mask token; give one of a masked language model")

    def source(words: Sequence[str], place: int) -> Mapping[str, float]:
        text = " ".join([*words[:place], tokenizer.mask_token, *words[place + 1 :]])
        inputs = tokenizer(text, return_tensors="pt")
        at = int((inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0])
        with torch.no_grad():
            logs = net(**inputs).logits[0, at].float().log_softmax(-1)
        values, numbers = logs.topk(min(count, len(logs)))
        tokens = tokenizer.convert_ids_to_tokens(numbers.tolist())
        return dict(zip(tokens, values.tolist(), strict=True))

    return source
