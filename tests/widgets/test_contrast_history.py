"""What a ContrastExplorer was asked so far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.widgets.contrast_hands import explorer
from xaiwidgets.widgets.contrast._history import MOST_PAIRS, ShownPair, with_pair
from xaiwidgets.widgets.pictures import picture_of


def test_what_was_answered_is_listed_and_asked_again_at_no_evaluation() -> None:
    widget = explorer(probe=7)
    widget.run().wait(30)
    widget.set_trait("probe", 3)
    widget.run().wait(30)
    asked = [(shown["index"], shown["probe"]) for shown in widget.questions]
    assert asked == [(0, 7), (0, 3)]
    first = widget.questions[0]
    assert first["title"] == f"Why {widget.contrast['true_label']} and not 7? (x1)"
    assert widget.answer is not None
    boundary = widget._pixels(
        widget._session.lookup(
            replace(widget.state, probe=7), widget.answer.logits
        ).pair.contrast.boundary
    )[0]
    assert np.frombuffer(first["thumbnail"]["data"], np.uint8).tolist() == boundary.ravel().tolist()
    widget.set_trait("probe", 7)
    done = widget.run().wait(30)
    assert widget.contrast["probe"] == 7
    assert widget.status["done"] == 0, "it is known"
    assert [shown["probe"] for shown in widget.questions] == [3, 7], "the latest is the last"
    assert done is not None


def test_the_oldest_pairs_are_forgotten() -> None:
    picture = picture_of(np.zeros((8, 8, 3), np.uint8))
    pairs: tuple[ShownPair, ...] = ()
    for probe in range(MOST_PAIRS + 3):
        pairs = with_pair(pairs, ShownPair(0, probe, "", picture))
    assert [pair.probe for pair in pairs] == list(range(3, MOST_PAIRS + 3))
