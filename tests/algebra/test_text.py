"""Words as players: what i-Algebra says of sentences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.sentences import SCORES, linear_bag
from xaiwidgets import Attribution, Window, query
from xaiwidgets.errors import InputError
from xaiwidgets.images import erase, paste


@pytest.fixture(scope="module")
def model():  # type: ignore[no-untyped-def]
    return linear_bag()


def halves(*words: str) -> list[float]:
    """What words add to the logit of "positive", of which the log odds are twice."""
    return [SCORES.get(word, 0) / 2 for word in words]


def test_shapley_values_of_words_are_what_a_linear_bag_adds(model) -> None:  # type: ignore[no-untyped-def]
    found = model("a very good film").explain()
    assert found.words == ("a", "very", "good", "film")
    assert found.exact
    assert found.cells[0] == pytest.approx(halves(*found.words))
    assert found.residual == pytest.approx(0, abs=1e-6)
    again = Attribution.from_json(found.to_json())
    assert again == found
    assert again.words == found.words
    assert found.plot()._repr_png_().startswith(b"\x89PNG")


def test_more_words_than_a_side_of_the_grid_are_each_a_player(model) -> None:  # type: ignore[no-untyped-def]
    text = "a very good film, a rather good plot, very good"
    found = model(text).explain(budget=256)
    assert found.cells.shape == (1, len(found.words)) == (1, 12)
    assert found.cells[0] == pytest.approx(halves(*found.words), abs=1e-4)


def test_windows_are_spans_of_words(model) -> None:  # type: ignore[no-untyped-def]
    span = model("a very good film").where(Window(0, 1, 1, 2))
    assert str(span) == "select * from f(x) where [0:1, 1:3]"
    assert span.explain().cells[0] == pytest.approx(halves("very", "good"))
    assert query(str(span), **span.names) == span


def test_sentences_of_one_length_are_joined_and_told_apart(model) -> None:  # type: ignore[no-untyped-def]
    good, bad = model("a very good film"), model("a very bad film", "y")
    joined = good.join(bad).explain(target="positive")
    assert joined.cells[0] == pytest.approx([0, 0.25, 0, 0], abs=1e-6)
    apart = good.left_join(bad).explain(target="positive")
    assert apart.maps[0].cells[0] == pytest.approx([0, 0, 2, 0], abs=1e-6)


def test_words_are_erased_and_replaced(model) -> None:  # type: ignore[no-untyped-def]
    good, bad = model.input("a very good film"), model.input("a very bad film")
    third = Window(0, 2, 1, 1)
    assert model.words_at(erase(good, third)) == ("a", "very", "<pad>", "film")
    assert model.words_at(paste(good, bad, third)) == ("a", "very", "bad", "film")
    edited = query("select * from f(paste(x, y, [0:1, 2:3]))", f=model, x="a very good film",
                   y="a very bad film")  # fmt: skip
    assert edited.explain().words == ("a", "very", "bad", "film")


@pytest.mark.parametrize("method", ["ig", "gradient", "lime", "occlusion"])
def test_other_methods_find_the_word_that_decides(model, method: str) -> None:  # type: ignore[no-untyped-def]
    found = model("a very good film").explain(method)
    values = found.values[0]
    assert values.shape == (4,)
    # The plain gradient does not know which word is there: all have the same.
    if method != "gradient":
        assert found.words[int(np.abs(values).argmax())] == "good"


def test_other_baselines_are_masks(model) -> None:  # type: ignore[no-untyped-def]
    text = "a very good film"
    found = model(text).explain(baseline=model.sentences.without(text))
    assert found.cells[0] == pytest.approx(halves(*found.words))
    with pytest.raises(InputError, match="has no word"):
        model("3")
