"""`TextNetwork`: a network of sentences, seen as a network of pictures that are one word high.

An input is the sentence's embeddings as a tensor (E, 1, T): E channels, one row, a column a word.
So a window is a span of words, a cell is a word, and whatever is known of pictures holds.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.adapters import adopt
from xaiwidgets.checks import nearest, whole
from xaiwidgets.errors import InputError
from xaiwidgets.network import Network
from xaiwidgets.words import UNKNOWN, Vocabulary, joined_words, words_of


@dataclass(frozen=True)
class Sentence:
    """A sentence as a network takes it.

    Attributes
    ----------
    words : tuple of str
        As written, in small letters, or a tokenizer's tokens.
    numbers : tuple of int
        Of each, in the vocabulary.
    unknown : tuple of int
        Places of words that the vocabulary does not have: all count as one unknown word.
    special : tuple of int
        Places of tokens that no one wrote, such as [CLS].
    """

    words: tuple[str, ...]
    numbers: tuple[int, ...]
    unknown: tuple[int, ...] = ()
    special: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


class SentenceReader(Protocol):
    """How sentences become numbers.

    Attributes
    ----------
    words : sequence of str
        By number.
    absent : int
        The number of what stands where there is no word: a mask or padding.
    marks : frozenset of int
        The numbers of what is no word: padding, unknown words, and what a tokenizer adds.
    """

    words: Sequence[str]
    absent: int
    marks: frozenset[int]

    def read(self, text: str) -> Sentence:
        """Return the words of a sentence and their numbers."""
        ...

    def written(self, words: Sequence[str]) -> str:
        """Return words as a sentence is written."""
        ...


def sentences_of(texts: object) -> list[str]:
    """Return one sentence or several as a list; InputError if it is neither."""
    if isinstance(texts, str):
        return [texts]
    if isinstance(texts, bytes) or not isinstance(texts, Iterable):
        raise InputError(f"sentences is {type(texts).__name__}; give a str, or a list of them")
    return list(texts)


class VocabularyReader:
    """Reads sentences by a `Vocabulary`; what is not in it is "<unk>"."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.words, self.absent, self.marks = vocabulary.words, 0, frozenset({0, 1})
        self._vocabulary = vocabulary

    def read(self, text: str) -> Sentence:
        """Return the words of a sentence and their numbers."""
        words = words_of(text)
        numbers = self._vocabulary.numbers(words)
        unknown = tuple(
            place for place, number in enumerate(numbers) if number == 1 and words[place] != UNKNOWN
        )
        return Sentence(tuple(words), tuple(numbers), unknown)

    def written(self, words: Sequence[str]) -> str:
        """Return words as a sentence is written."""
        return joined_words(words)


class TokenizerReader:
    """Reads sentences by a tokenizer of transformers."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.words: Sequence[str] = tuple(tokenizer.convert_ids_to_tokens(range(len(tokenizer))))
        self.marks = frozenset(tokenizer.all_special_ids)
        self.absent: int
        mask, pad = tokenizer.mask_token_id, tokenizer.pad_token_id
        self.absent = next((number for number in (mask, pad) if number is not None), 0)

    def read(self, text: str) -> Sentence:
        """Return the tokens of a sentence, those that it adds included."""
        numbers = self._tokenizer(text)["input_ids"]
        added = {*self._tokenizer.all_special_ids} - {self._tokenizer.unk_token_id, self.absent}
        unknown = [n for n, number in enumerate(numbers) if number == self._tokenizer.unk_token_id]
        special = [n for n, number in enumerate(numbers) if number in added]
        words = tuple(self.words[number] for number in numbers)
        return Sentence(words, tuple(numbers), tuple(unknown), tuple(special))

    def written(self, words: Sequence[str]) -> str:
        """Return tokens as a sentence is written."""
        special = {*self._tokenizer.all_special_tokens} - {self._tokenizer.mask_token}
        written = [word for word in words if word not in special]
        return cast(str, self._tokenizer.convert_tokens_to_string(written))


class EmbeddedNet(nn.Module):
    """A network of word numbers (B, T), asked with embeddings in their place: (B, E, 1, T).

    Parameters
    ----------
    net : nn.Module
    layer : str
        The name of its `nn.Embedding`.
    takes_embeddings : bool
        Whether its forward has `inputs_embeds`; else the layer's answer is replaced.
    """

    def __init__(self, net: nn.Module, layer: str, takes_embeddings: bool) -> None:
        super().__init__()
        self.net, self.layer, self.takes_embeddings = net, layer, takes_embeddings

    @property
    def table(self) -> Tensor:
        """The embedding of each word (K, E)."""
        return cast(Tensor, self.net.get_submodule(self.layer).weight)

    def forward(self, pictures: Tensor) -> Any:
        """Return what the network answers to sentences (B, E, 1, T) of embeddings."""
        embeddings = pictures[:, :, 0].transpose(1, 2)
        if self.takes_embeddings:
            return self.net(inputs_embeds=embeddings)
        # Numbers of a word, not of padding, which a network may leave out.
        count = len(self.table)
        shape = embeddings.shape[:2]
        numbers = torch.full(shape, min(2, count - 1), device=embeddings.device)
        layer = self.net.get_submodule(self.layer)
        handle = layer.register_forward_hook(lambda *_: embeddings)
        try:
            return self.net(numbers)
        finally:
            handle.remove()


class TextNetwork(Network):
    """A network that answers to sentences, with its vocabulary.

    Parameters
    ----------
    net : nn.Module
        Maps word numbers (B, T) to class scores (B, K), or to something with ``logits``. One that
        takes `inputs_embeds`, as those of transformers do, is asked by that; of others the answer
        of the embedding layer is replaced.
    vocabulary : Vocabulary, sequence of str, or transformers tokenizer
        The words by number. A sequence begins with "<pad>" and "<unk>".
    embedding : str, optional
        The name of the `nn.Embedding`; by default the only one, or what transformers says.
    longest : int, optional
        How many words it takes; by default as many as its configuration says, or any number.
    **options
        classes, output, device and name, as for `Network`.

    Raises
    ------
    InputError
        If there is no such layer, or the vocabulary is longer than it.

    Examples
    --------
    >>> net = nn.Sequential(nn.Embedding(4, 3), nn.Flatten(), nn.Linear(15, 2))
    >>> model = TextNetwork(net, ["<pad>", "<unk>", "good", "bad"], classes=["no", "yes"])
    >>> tuple(model.input("Good, bad or ugly").shape)
    (3, 1, 5)
    """

    reads_text: ClassVar[bool] = True

    net: EmbeddedNet

    def __init__(
        self,
        net: nn.Module,
        vocabulary: Any,
        *,
        embedding: str | None = None,
        longest: int | None = None,
        classes: Any = None,
        **options: Any,
    ) -> None:
        if not isinstance(net, nn.Module):
            raise InputError(f"net is {type(net).__name__}; it must be a torch.nn.Module")
        adopted = adopt(net)
        self.reader = reader_of(vocabulary)
        inner = _embedded(adopted.net, embedding)
        limit = getattr(getattr(adopted.net, "config", None), "max_position_embeddings", None)
        self.longest = limit if longest is None else whole("longest", longest)
        super().__init__(inner, classes=adopted.classes if classes is None else classes, **options)
        if len(self.reader.words) > len(inner.table):
            raise InputError(
                f"the vocabulary has {len(self.reader.words)} words, but {inner.layer!r} has "
                f"embeddings of {len(inner.table)}; give the vocabulary that it was trained with"
            )

    @property
    def embedding(self) -> Tensor:
        """The embedding of each word (K, E), as it is now, on the CPU."""
        return self.net.table.detach().cpu().float()[: len(self.reader.words)]

    def read(self, text: str) -> Sentence:
        """Return the words of a sentence; InputError if there are none, or too many."""
        if not isinstance(text, str):
            raise InputError(f"a sentence is a str; got {type(text).__name__}")
        sentence = self.reader.read(text)
        if len(sentence) == len(sentence.special):
            raise InputError(f"{text!r} has no word; write a sentence")
        if self.longest is not None and len(sentence) > self.longest:
            raise InputError(
                f"the sentence has {len(sentence)} words; this network takes {self.longest} at "
                "most: shorten it"
            )
        return sentence

    def embed(self, numbers: Sequence[int] | Tensor) -> Tensor:
        """Return the input (E, 1, T) of word numbers (T,)."""
        return self.embedding[torch.as_tensor(numbers, device="cpu")].T[:, None].contiguous()

    def input(self, image: Any) -> Tensor:
        """Return the input (E, 1, T) of a sentence; a tensor is one already."""
        if isinstance(image, Tensor):
            return super().input(image)
        tensor = self.embed(self.read(image).numbers)
        self.copies.remember(tensor)
        return tensor

    def without(self, text: str, places: Sequence[int] | None = None) -> Tensor:
        """Return the input of a sentence without the words at `places`, by default without any.

        In their place stands the mask or the padding (`reader.absent`); what the tokenizer has
        added stays. It is the baseline for networks to which zeros mean something.
        """
        sentence = self.read(text)
        chosen = range(len(sentence)) if places is None else places
        absent = {*chosen} - {*sentence.special}
        return self.embed(
            [self.reader.absent if n in absent else number
             for n, number in enumerate(sentence.numbers)]
        )  # fmt: skip

    def words_at(self, tensor: Tensor) -> tuple[str, ...]:
        """Return the words of an input (E, 1, T): those of the nearest embeddings."""
        distances = torch.cdist(tensor.detach().cpu().float()[:, 0].T, self.embedding)
        return tuple(self.reader.words[number] for number in distances.argmin(1).tolist())

    def logits_of(self, sentences: Sequence[str]) -> Tensor:
        """Return the class scores (N, K) of sentences, those of one length at once.

        Raises
        ------
        InputError
            If there is none, or one cannot be read.
        """
        read = [self.read(text) for text in sentences]
        if not read:
            raise InputError("there are no sentences; give at least one")
        answers: list[Tensor] = [torch.empty(0, device="cpu")] * len(read)
        for length in sorted({len(sentence) for sentence in read}):
            rows = [row for row, sentence in enumerate(read) if len(sentence) == length]
            batch = torch.stack([self.embed(read[row].numbers) for row in rows])
            for row, logits in zip(rows, self.logits(batch), strict=True):
                answers[row] = logits
        return torch.stack(answers)

    def pictures(self, batch: Tensor, ends: tuple[float, float] | None = None) -> NDArray[np.uint8]:
        """Return white pixels (B, 1, T, 3): words are written, not drawn."""
        return np.full((len(batch), 1, batch.shape[-1], 3), 255, np.uint8)


def reader_of(vocabulary: Any) -> SentenceReader:
    """Return how a vocabulary, its words, or a tokenizer of transformers reads sentences.

    What reads sentences already is returned as it is, and a network's own of a network.
    """
    if isinstance(vocabulary, TextNetwork):
        return vocabulary.reader
    if isinstance(vocabulary, VocabularyReader | TokenizerReader):
        return vocabulary
    if callable(vocabulary) and hasattr(vocabulary, "convert_ids_to_tokens"):
        return TokenizerReader(vocabulary)
    if isinstance(vocabulary, Vocabulary):
        return VocabularyReader(vocabulary)
    if isinstance(vocabulary, str) or not isinstance(vocabulary, Sequence):
        raise InputError(
            f"vocabulary is {type(vocabulary).__name__}; give a Vocabulary, a list of words or a "
            "tokenizer of transformers"
        )
    return VocabularyReader(Vocabulary(vocabulary))


def _embedded(net: nn.Module, name: str | None) -> EmbeddedNet:
    """Return a network to be asked with embeddings, or say why it cannot be."""
    layers = {n: module for n, module in net.named_modules() if isinstance(module, nn.Embedding)}
    if name is not None:
        if name not in layers:
            raise InputError(f"the network has no nn.Embedding {name!r}{nearest(name, [*layers])}")
        return EmbeddedNet(net, name, takes_embeddings=False)
    if "inputs_embeds" in inspect.signature(net.forward).parameters:
        table = cast(Any, net).get_input_embeddings()
        return EmbeddedNet(net, next(n for n, module in layers.items() if module is table), True)
    if len(layers) != 1:
        names = ", ".join(map(repr, layers)) or "none"
        raise InputError(
            f"which nn.Embedding holds the words cannot be told: there are {names}; name it as "
            "embedding, or give a network that takes inputs_embeds"
        )
    return EmbeddedNet(net, next(iter(layers)), takes_embeddings=False)
