"""Symbols that nobody knows: drawn, told apart by one stroke, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.test_datasets import nowhere  # noqa: F401  a fixture
from xaiwidgets import datasets
from xaiwidgets.errors import DataError, InputError


def has_kannada() -> bool:
    try:
        datasets.symbols("kannada", count=1)
    except DataError:
        return False
    return True


def test_two_glyphs_differ_where_their_one_stroke_is_and_nowhere_else() -> None:
    from xaiwidgets.datasets._glyphs import draw_strokes, stroke_pair

    for seed in range(20):
        common, last = stroke_pair(seed)
        one, other = (draw_strokes([*common, stroke], 28) for stroke in last)
        place = draw_strokes(last, 28) > 0
        assert np.abs(one - other)[place].max() > 0.3, seed
        assert np.array_equal(one[~place], other[~place])
        # A mirrored stroke has as much ink as the other.
        ink = [draw_strokes([stroke], 28).sum() for stroke in last]
        assert ink[0] == pytest.approx(ink[1], rel=0.01)


def test_symbols_are_of_their_seed_and_all_different() -> None:
    made, again, other = datasets.symbols(seed=3), datasets.symbols(seed=3), datasets.symbols()
    assert np.array_equal(made.images, again.images)
    assert not np.array_equal(made.images, other.images)
    assert len({image.tobytes() for image in made.images}) == len(made) == 400
    assert np.bincount(made.labels).tolist() == [200, 200]
    assert made.stroke is not None and made.stroke.shape == made.images.shape
    assert made.classes == ("Ternal", "Peat") and len(datasets.symbols(count=5)) == 5


def test_what_tells_symbols_apart_is_in_the_stroke() -> None:
    from sklearn.linear_model import LogisticRegression

    made = datasets.symbols(seed=1)
    assert made.stroke is not None
    inside = np.where(made.stroke, made.images, 0).reshape(len(made), -1) / 255
    outside = np.where(made.stroke, 0, made.images).reshape(len(made), -1) / 255
    train, test = slice(0, 300), slice(300, 400)

    def score(inputs: NDArray[np.float64]) -> float:
        fitted = LogisticRegression(max_iter=200).fit(inputs[train], made.labels[train])
        return float(fitted.score(inputs[test], made.labels[test]))

    assert score(inside) > 0.9
    assert score(outside) < 0.65


@pytest.mark.skipif(not has_kannada(), reason="fonts-knda is not installed")
def test_the_ten_digits_of_kannada_are_drawn_in_several_hands() -> None:
    made = datasets.symbols("kannada", count=300)
    assert len(made.classes) == 10 and made.stroke is None
    # Each is there, and inside its picture.
    assert (made.images.max((1, 2)) > 200).all()
    assert (made.images[:, [0, -1]].max((1, 2)) < 200).mean() > 0.95
    means = np.stack([made.images[made.labels == digit].mean(0) for digit in range(10)])
    nearest = [np.abs(means - image).sum((1, 2)).argmin() for image in made.images]
    assert np.mean(nearest == made.labels) > 0.8


def test_what_there_is_not_is_said(nowhere: Path) -> None:  # noqa: F811
    with pytest.raises(DataError, match="apt install fonts-knda"):
        datasets.symbols("kannada")
    with pytest.raises(InputError, match="kind is 'runes'"):
        datasets.symbols("runes")
    for wrong in ({"seed": -1}, {"count": 0}, {"seed": 1.5}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            datasets.symbols(**wrong)  # type: ignore[arg-type]
