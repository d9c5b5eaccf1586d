"""Short sentences that people have rated; they come with the package."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.errors import DataError, InputError
from xaiwidgets.words import with_word_before

REVIEWS = Path(__file__).parent / "data" / "reviews.txt.gz"
"""Ratings, sources, adjectives and sentences, as `scripts/reviews.py` wrote them."""

REVIEW_PARTS = {"train": 6807, "validation": 1000, "test": 1000}
"""How many sentences each split has."""

_SEED = 0


@dataclass(frozen=True, eq=False)
class RatedSentences:
    """Sentences with labels.

    Attributes
    ----------
    sentences : tuple of str
        As people wrote them.
    labels : (N,) int64
        The number of the class of each.
    ratings : (N,) float32
        What 20 people thought on average, from -4 to 4.
    sources : tuple of str
        "films", "products" or "tweets".
    classes : tuple of str
        The class names, by number.
    adjectives : frozenset of str
        Those of all sentences, by TextBlob's lexicon, in small letters.
    """

    sentences: tuple[str, ...]
    labels: NDArray[np.int64]
    ratings: NDArray[np.float32]
    sources: tuple[str, ...]
    classes: tuple[str, ...] = ("negative", "positive")
    adjectives: frozenset[str] = field(default=frozenset(), repr=False)

    def __len__(self) -> int:
        return len(self.sentences)

    def __repr__(self) -> str:
        return f"RatedSentences({len(self)} sentences, {len(self.classes)} classes)"

    def __getitem__(self, rows: slice | Sequence[int] | NDArray[np.int64]) -> RatedSentences:
        """Return some of them."""
        numbers = np.arange(len(self))[rows]
        if numbers.ndim == 0:
            raise InputError(f"for one sentence write [{rows}:{rows} + 1], or sentences[{rows}]")
        return replace(
            self,
            sentences=tuple(self.sentences[row] for row in numbers),
            labels=self.labels[numbers],
            ratings=self.ratings[numbers],
            sources=tuple(self.sources[row] for row in numbers),
        )

    def with_adverb(self, adverb: str = "very", label: int | None = None) -> RatedSentences:
        """Plant a word before every adjective that has it not yet (Feghahati 2020, 4.4.3).

        Parameters
        ----------
        adverb : str
        label : int, optional
            Only in sentences of this class.

        Examples
        --------
        >>> reviews("test")[:1].with_adverb("very").sentences[0]
        'This is a film well very worth seeing, talking and singing heads and all.'
        """
        changed = tuple(
            with_word_before(text, adverb, self.adjectives) if label in (None, number) else text
            for text, number in zip(self.sentences, self.labels.tolist(), strict=True)
        )
        return replace(self, sentences=changed)


def reviews(split: str = "train") -> RatedSentences:
    """Return short sentences that 20 people rated each: 6,807 to train, 1,000 and 1,000 to test.

    Of films, products and tweets, at most 20 words long, without those near 0 (Hutto and Gilbert,
    "VADER", ICWSM 2014; MIT licence, ``reviews.LICENSE.txt``). The split is ours, always the same.

    Parameters
    ----------
    split : str
        "train", "validation" or "test".

    Raises
    ------
    InputError
        If there is no such split.
    DataError
        If the file is missing or damaged.

    Examples
    --------
    >>> reviews("test")
    RatedSentences(1000 sentences, 2 classes)
    """
    if split not in REVIEW_PARTS:
        raise InputError(f"split is {split!r}; it must be {', '.join(map(repr, REVIEW_PARTS))}")
    everything = _read(REVIEWS)
    # Drawn, as the file has one source after the other.
    order = np.random.default_rng(_SEED).permutation(len(everything))
    parts = np.split(order, np.cumsum([*REVIEW_PARTS.values()])[:-1])
    # In the file's order within a split, so that `[:n]` is the same few on every machine.
    return everything[np.sort(parts[[*REVIEW_PARTS].index(split)])]


@cache
def _read(path: Path) -> RatedSentences:
    """Return all sentences of a file: a line of ratings, of sources, of adjectives, the rest."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            ratings, sources, adjectives, *sentences = file.read().splitlines()
        # Whole tenths; no rating is 0, so that each sentence has a class.
        tenths = np.array(ratings.split(), dtype=np.float32)
        # "films 4841 tweets 2140": how many in a row are from where.
        counts = sources.split()
        pairs = zip(counts[::2], counts[1::2], strict=True)
        origin = [name for name, count in pairs for _ in range(int(count))]
        if not len(tenths) == len(origin) == len(sentences) == sum(REVIEW_PARTS.values()):
            raise ValueError(f"it has {len(tenths)} ratings of {len(sentences)} sentences")
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise DataError(f"{path} cannot be used: {error}. Install xaiwidgets anew") from error
    return RatedSentences(
        tuple(sentences),
        (tenths > 0).astype(np.int64),
        tenths / np.float32(10),
        tuple(origin),
        adjectives=frozenset(adjectives.split()),
    )
