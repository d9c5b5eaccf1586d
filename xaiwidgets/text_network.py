"""`TextNetwork`: a network of sentences, seen as a network of pictures that are one word high.

An input is the sentence's embeddings as a tensor (E, 1, T): E channels, one row, a column a word.
So a window is a span of words, a cell is a word, and whatever is known of pictures holds.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn

from xaiwidgets.adapters import adopt
from xaiwidgets.checks import is_whole, nearest, whole
from xaiwidgets.errors import InputError
from xaiwidgets.network import Network
from xaiwidgets.sentences import (
    Sentence,
    SentenceReader,
    TokenizerReader,
    VocabularyReader,
    sentences_of,
)
from xaiwidgets.words import Vocabulary


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
        # (B, E, 1, T) to (B, T, E).
        embeddings = pictures[:, :, 0].transpose(1, 2)
        if self.takes_embeddings:
            return self.net(inputs_embeds=embeddings)
        # Numbers of a word, not of padding, which a network may leave out.
        count = len(self.table)
        shape = embeddings.shape[:2]
        numbers = torch.full(shape, min(2, count - 1), device=embeddings.device)
        layer = self.net.get_submodule(self.layer)
        # The network is called with numbers all the same, as it may take lengths, positions and
        # what to leave out from them; only what the layer answers is replaced.
        handle = layer.register_forward_hook(lambda *_: embeddings)
        try:
            return self.net(numbers)
        finally:
            handle.remove()


class SentenceInputs:
    """How sentences become a network's inputs (E, 1, T), and inputs words again.

    Parameters
    ----------
    reader : SentenceReader
    net : EmbeddedNet
        Whose embeddings they are made of, as they are at each call.
    longest : int, optional
        How many words the network takes; any number by default.
    """

    def __init__(self, reader: SentenceReader, net: EmbeddedNet, longest: int | None) -> None:
        self.reader, self.longest = reader, longest
        self._net = net

    @property
    def embedding(self) -> Tensor:
        """The embedding of each word (K, E), as it is now, on the CPU."""
        # Tables are often padded to a multiple of 64 rows, for which there are no words.
        return self._net.table.detach().cpu().float()[: len(self.reader.words)]

    def read(self, text: str) -> Sentence:
        """Return the words of a sentence; InputError if there are none, or too many."""
        if not isinstance(text, str):
            raise InputError(f"a sentence is a str; got {type(text).__name__}")
        sentence = self.reader.read(text)
        if len(sentence) == len(sentence.special):
            raise InputError(f"{text!r} has no word; write a sentence")
        # A transformer has no position beyond its last: it would raise an IndexError deep inside.
        if self.longest is not None and len(sentence) > self.longest:
            raise InputError(
                f"the sentence has {len(sentence)} words; this network takes {self.longest} at "
                "most: shorten it"
            )
        return sentence

    def embed(self, numbers: Sequence[int] | Tensor) -> Tensor:
        """Return the input (E, 1, T) of word numbers (T,)."""
        # (T, E) to (E, 1, T).
        return self.embedding[torch.as_tensor(numbers, device="cpu")].T[:, None].contiguous()

    def without(self, text: str, places: Sequence[int] | None = None) -> Tensor:
        """Return the input of a sentence without the words at `places`, by default without any.

        In their place stands the mask or the padding (`reader.absent`); what the tokenizer has
        added stays. It is the baseline for networks to which zeros mean something.
        """
        sentence = self.read(text)
        if places is not None and not isinstance(places, Iterable):
            raise InputError(f"places is {places!r}; give the places of words as a list")
        for each in () if places is None else places:
            if not is_whole(each) or each >= len(sentence):
                raise InputError(f"place {each!r}: the sentence has words 0 to {len(sentence) - 1}")
        chosen = range(len(sentence)) if places is None else places
        absent = {*chosen} - {*sentence.special}
        return self.embed(
            [self.reader.absent if n in absent else number
             for n, number in enumerate(sentence.numbers)]
        )  # fmt: skip


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

    Attributes
    ----------
    reader : SentenceReader
        How sentences become numbers of words.
    sentences : SentenceInputs
        How they become inputs: ``sentences.read(text)``, ``sentences.without(text)``.

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
    has_colours: ClassVar[bool] = False  # words are written

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
        # Before it is wrapped in a class of ours, by which no library is recognised.
        adopted = adopt(net)
        self.reader = reader_of(vocabulary)
        inner = _embedded(adopted.net, embedding)
        limit = getattr(getattr(adopted.net, "config", None), "max_position_embeddings", None)
        longest = limit if longest is None else whole("longest", longest)
        self.sentences = SentenceInputs(self.reader, inner, longest)
        super().__init__(inner, classes=adopted.classes if classes is None else classes, **options)
        if len(self.reader.words) > len(inner.table):
            raise InputError(
                f"the vocabulary has {len(self.reader.words)} words, but {inner.layer!r} has "
                f"embeddings of {len(inner.table)}; give the vocabulary that it was trained with"
            )

    @property
    def embedding(self) -> Tensor:
        """The embedding of each word (K, E), as it is now, on the CPU."""
        return self.sentences.embedding

    def input(self, image: Any) -> Tensor:
        """Return the input (E, 1, T) of a sentence; a tensor is one already."""
        if isinstance(image, Tensor):
            return super().input(image)
        tensor = self.sentences.embed(self.sentences.read(image).numbers)
        self.copies.remember(tensor)
        return tensor

    def words_at(self, tensor: Tensor) -> tuple[str, ...]:
        """Return the words of an input (E, 1, T): those of the nearest embeddings."""
        # By distance, as what was mixed or attacked is no row of the table.
        distances = torch.cdist(tensor.detach().cpu().float()[:, 0].T, self.embedding)
        return tuple(self.reader.words[number] for number in distances.argmin(1).tolist())

    def logits_of(self, sentences: Sequence[str]) -> Tensor:
        """Return the class scores (N, K) of sentences, those of one length at once.

        Raises
        ------
        InputError
            If there is none, or one cannot be read.
        """
        read = [self.sentences.read(text) for text in sentences_of(sentences)]
        if not read:
            raise InputError("there are no sentences; give at least one")
        answers: list[Tensor] = [torch.empty(0, device="cpu")] * len(read)
        # Padded to one length they would be other inputs to a network that does not leave padding
        # out, such as one with a convolution.
        for length in sorted({len(sentence) for sentence in read}):
            rows = [row for row, sentence in enumerate(read) if len(sentence) == length]
            batch = torch.stack([self.sentences.embed(read[row].numbers) for row in rows])
            for row, logits in zip(rows, self.logits(batch), strict=True):
                answers[row] = logits
        return torch.stack(answers)


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
        if not isinstance(name, str) or name not in layers:
            similar = nearest(str(name), [*layers])
            raise InputError(f"the network has no nn.Embedding {name!r}{similar}")
        return EmbeddedNet(net, name, takes_embeddings=False)
    # By the network's own door where it has one: transformers add positions to what comes in there.
    takes = "inputs_embeds" in inspect.signature(net.forward).parameters
    if takes and hasattr(net, "get_input_embeddings"):
        table = cast(Any, net).get_input_embeddings()
        layers = {n: module for n, module in layers.items() if module is table}
    if len(layers) != 1:
        names = ", ".join(map(repr, layers)) or "none"
        raise InputError(
            f"which nn.Embedding holds the words cannot be told: there are {names}; name it as "
            "embedding, or give a network that takes inputs_embeds"
        )
    return EmbeddedNet(net, next(iter(layers)), takes)
