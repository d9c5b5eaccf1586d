from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from xaiwidgets import datasets
from xaiwidgets.datasets import _reviews
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.words import Vocabulary, joined_words, with_word_before, words_of


def test_quotes_around_words_are_no_part_of_them() -> None:
    assert words_of("''Conan'' isn't it, 3 times") == ["conan", "isn't", "it", ",", "times"]
    assert joined_words(words_of("Really? No, never!")) == "really? no, never!"


def test_words_are_whole_in_any_alphabet_and_from_any_keyboard() -> None:
    assert words_of("Très cliché, schön & хорошо") == ["très", "cliché", ",", "schön", "хорошо"]
    assert words_of("tre\u0300s bon") == ["très", "bon"]
    assert words_of("I’m sure") == words_of("I'm sure") == ["i'm", "sure"]
    assert words_of("3rd_one 42") == ["rd", "one"]


def test_a_word_is_planted_once_and_leaves_the_rest_as_it_was() -> None:
    adjectives = frozenset({"good", "dull"})
    text = "GOOD (if VERY dull), dullish; very, dull"
    planted = "very GOOD (if VERY dull), dullish; very, very dull"
    assert with_word_before(text, "very", adjectives) == planted
    assert with_word_before(planted, "very", adjectives) == planted


def test_a_vocabulary_has_frequent_words_first_and_takes_no_word_twice() -> None:
    vocabulary = Vocabulary.of_sentences(["b a c", "c b", "C d"], least=2)
    assert vocabulary.words == ("<pad>", "<unk>", "c", "b")
    assert vocabulary.numbers(["b", "d", "c"]) == [3, 1, 2]
    assert "c" in vocabulary
    assert "d" not in vocabulary
    with pytest.raises(InputError, match="'a' comes twice"):
        Vocabulary(("<pad>", "<unk>", "a", "a"))
    with pytest.raises(InputError, match="begins with"):
        Vocabulary(("a", "b"))


def test_the_splits_share_no_sentence_by_place_and_never_change() -> None:
    parts = {split: datasets.reviews(split) for split in _reviews.REVIEW_PARTS}
    assert {name: len(part) for name, part in parts.items()} == _reviews.REVIEW_PARTS
    ratings = np.concatenate([part.ratings for part in parts.values()])
    assert len(ratings) == 8807
    assert abs(float((ratings > 0).mean()) - 0.569) < 0.001
    assert np.abs(ratings).min() > 0.7
    assert parts["test"].sentences[0] == (
        "This is a film well worth seeing, talking and singing heads and all."
    )
    for part in parts.values():
        assert max(len(words_of(text)) for text in part.sentences) <= 20
        assert {*part.sources} == {"films", "products", "tweets"}
    twice = {*parts["train"].sentences} & {*parts["test"].sentences}
    assert len(twice) <= 5  # what two people wrote


def test_a_word_is_planted_in_one_class_alone() -> None:
    few = datasets.reviews("validation")[:200]
    planted = few.with_adverb("very", label=1)
    changed = np.array([a != b for a, b in zip(few.sentences, planted.sentences, strict=True)])
    assert changed[few.labels == 1].mean() > 0.5
    assert not changed[few.labels == 0].any()


def test_a_damaged_file_and_an_unknown_split_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'validation'"):
        datasets.reviews("dev")
    with pytest.raises(InputError, match=r"for one sentence write \[3:3 \+ 1\]"):
        datasets.reviews("test")[3]  # type: ignore[index]
    path = tmp_path / "reviews.txt.gz"
    path.write_bytes(gzip.compress(b"10 -10\nfilms 2\ngood\none\ntwo"))
    with pytest.raises(DataError, match="2 ratings of 2 sentences"):
        _reviews._read(path)
