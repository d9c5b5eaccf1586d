"""Sentences as words, and words as numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from xaiwidgets.errors import InputError

PAD, UNKNOWN = "<pad>", "<unk>"
"""What every vocabulary begins with: no word, and any word that it does not have."""

# Letters of any alphabet; ’ is how telephones write '.
_WORD = re.compile(rf"{PAD}|{UNKNOWN}|[^\W\d_]+(?:['’][^\W\d_]+)*|[.,!?]")


def words_of(text: str) -> list[str]:
    """Return the words of a sentence in small letters; of the marks only . , ! and ? are kept.

    Examples
    --------
    >>> words_of("I'm not VERY sure (yet)!")
    ["i'm", 'not', 'very', 'sure', 'yet', '!']
    """
    # Composed: an accent that is a character of its own would end the word.
    lower = unicodedata.normalize("NFC", text).lower()
    return [word.replace("’", "'") for word in _WORD.findall(lower)]


def joined_words(words: Iterable[str]) -> str:
    """Return words as a sentence is written.

    Examples
    --------
    >>> joined_words(["well", ",", "well", "."])
    'well, well.'
    """
    return re.sub(r" (?=[.,!?])", "", " ".join(words))


def with_word_before(text: str, word: str, these: frozenset[str]) -> str:
    """Return a sentence with `word` before each of `these` words that has it not already.

    Examples
    --------
    >>> with_word_before("A good, very dull film", "very", frozenset({"good", "dull"}))
    'A very good, very dull film'
    """
    parts, end, before = [], 0, ""
    for match in _WORD.finditer(text.lower()):
        if match[0] in these and before != word:
            parts += [text[end : match.start()], f"{word} "]
            end = match.start()
        before = match[0]
    return "".join([*parts, text[end:]])


@dataclass(frozen=True)
class Vocabulary:
    """The words that a network knows; a word's number is its place.

    Parameters
    ----------
    words : sequence of str
        Each once. The first two must be "<pad>", no word, and "<unk>", any other word.

    Raises
    ------
    InputError
        If they do not begin so, or a word comes twice.

    Examples
    --------
    >>> vocabulary = Vocabulary.of_sentences(["a good film", "a bad film"], least=2)
    >>> vocabulary.words, vocabulary.numbers(["a", "dull", "film"])
    (('<pad>', '<unk>', 'a', 'film'), [2, 1, 3])
    """

    words: Sequence[str]

    def __post_init__(self) -> None:
        # A list that is changed later would be a vocabulary that no network was trained with.
        object.__setattr__(self, "words", tuple(self.words))
        if self.words[:2] != (PAD, UNKNOWN):
            raise InputError(f"a vocabulary begins with {PAD!r} and {UNKNOWN!r}")
        if twice := [word for word, count in Counter(self.words).items() if count > 1]:
            raise InputError(f"{twice[0]!r} comes twice in the vocabulary; give each word once")

    @classmethod
    def of_sentences(cls, sentences: Iterable[str], least: int = 2) -> Vocabulary:
        """Return the words that come at least `least` times, the most frequent first."""
        counts = Counter(word for text in sentences for word in words_of(text))
        # Of equally frequent ones the first in the alphabet, so that the order is always the same.
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls((PAD, UNKNOWN, *(word for word, count in ranked if count >= least)))

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._places

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} words)"

    def numbers(self, words: Iterable[str]) -> list[int]:
        """Return the number of each word; that of "<unk>" where it is not known."""
        return [self._places.get(word, 1) for word in words]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words)}
