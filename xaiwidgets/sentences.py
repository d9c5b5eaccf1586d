"""How sentences become numbers of words, by a vocabulary or a tokenizer, and are written again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from xaiwidgets.errors import InputError
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
        # 0 is "<pad>" and 1 "<unk>", with which every `Vocabulary` begins.
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
        # The mask first: such networks were trained to see it in a word's place, and padding never.
        mask, pad = tokenizer.mask_token_id, tokenizer.pad_token_id
        self.absent = next((number for number in (mask, pad) if number is not None), 0)

    def read(self, text: str) -> Sentence:
        """Return the tokens of a sentence, those that it adds included."""
        numbers = self._tokenizer(text)["input_ids"]
        # Unknown words and masks stand where somebody wrote something; [CLS] and [SEP] do not.
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
