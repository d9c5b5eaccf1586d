"""The DisagreementDesk without a page: the queue, votes, arms, and who was right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from torch import Tensor, nn

from xaiwidgets import Classifier, DisagreementDesk, algebra, study
from xaiwidgets.errors import CompositionError, InputError

SIDE = 4
CLASSES = ["dark", "bright"]
DESKS: list[DisagreementDesk] = []


class Half(nn.Module):
    """Says "bright" where one half is brighter than the middle."""

    def __init__(self, left: bool) -> None:
        super().__init__()
        mask = torch.zeros(1, SIDE, SIDE)
        mask[..., : SIDE // 2] = 1
        self.weight = nn.Parameter((mask if left else 1 - mask) / 8)

    def forward(self, x: Tensor) -> Tensor:
        level = (x * self.weight).sum((1, 2, 3))
        return torch.stack([4 * (0.5 - level), 4 * (level - 0.5)], 1)


F, G = Classifier(Half(True), classes=CLASSES), Classifier(Half(False), classes=CLASSES)


def pictures() -> Any:
    """Pictures whose halves are bright (.9) or dark (.2), the difference growing."""
    images = torch.zeros(6, 1, SIDE, SIDE)
    for index in range(6):
        images[index, :, :, : SIDE // 2] = 0.9 if index % 2 else 0.2
        images[index, :, :, SIDE // 2 :] = (0.2 if index % 2 else 0.9) + 0.01 * index
    images[5] = 0.9  # of one mind
    return images


IMAGES, LABELS = pictures(), [0, 0, 0, 1, 1, 1]


@pytest.fixture(autouse=True)
def _stop_what_was_started() -> Iterator[None]:
    yield
    while DESKS:
        DESKS.pop().cancel()


def desk(**options: Any) -> DisagreementDesk:
    widget = DisagreementDesk(F, G, IMAGES, **{"labels": LABELS, "grid": 2, "budget": 16} | options)
    DESKS.append(widget)
    assert widget._run is not None
    widget._run.wait(60)
    return widget


def cells(side: dict[str, Any]) -> Any:
    value = side["cells"]
    return np.asarray(
        value if isinstance(value, np.ndarray) else np.frombuffer(value["data"], "f4")
    )


def test_the_queue_is_that_of_plain_python() -> None:
    widget = desk()
    plain = algebra.disagreements(F, G, IMAGES, grid=2, budget=16).run()
    assert [each.index for each in widget.result] == [each.index for each in plain]
    assert len(widget.votes) == 5 and widget.images == 6
    shown = widget.disagreement
    assert shown["index"] == plain[0].index and shown["arm"] == "apart"
    assert cells(shown["sides"][0]).ravel() == pytest.approx(plain[0].comparison.left.cells.ravel())
    assert shown["sides"][1]["label"] == plain[0].rival_prediction.label
    widget.arm = "alone"
    own = F(F.input(IMAGES[plain[0].index])).for_class(plain[0].prediction.index)
    alone = own.explain(grid=2, budget=16)
    assert cells(widget.disagreement["sides"][0]).ravel() == pytest.approx(alone.cells.ravel())
    assert plain[0].maps[0].cells == pytest.approx(alone.cells)
    assert "algebra.disagreements(" in widget.code and "grid=2" in widget.code


def test_votes_go_through_the_queue_and_the_end_says_who_was_right() -> None:
    widget = desk(arm="in turn")
    arms = []
    for _ in range(5):
        assert widget.scores == []  # nobody is told on the way
        shown = widget.disagreement
        arms.append(shown["arm"])
        truth = CLASSES[LABELS[shown["index"]]]
        side = "first" if shown["sides"][0]["label"] == truth else "second"
        widget.vote(shown["index"], side, 1.5)
    assert arms == ["apart", "alone", "apart", "alone", "apart"]
    scores = {score["judge"]: score for score in widget.scores}
    assert scores["you, by what tells them apart"]["right"] == 3
    assert scores["you, by each map alone"]["right"] == 2
    assert scores["always the first"]["right"] + scores["always the second"]["right"] == 5
    assert scores["you, by each map alone"]["seconds"]["value"] == 1.5
    assert widget.neither == 0
    assert [vote["side"] != "" for vote in widget.votes] == [True] * 5
    first = widget.result[0].index
    with pytest.raises(InputError, match=f"you have voted on image {first}"):
        widget.vote(first, "second", 1)


def test_the_truth_may_be_with_neither_or_unknown() -> None:
    three = [*CLASSES, "grey"]
    f, g = (Classifier(Third(left), classes=three) for left in (True, False))
    widget = DisagreementDesk(f, g, IMAGES, labels=["grey"] * 6, grid=2, budget=16)
    DESKS.append(widget)
    assert widget._run is not None
    widget._run.wait(60)
    with pytest.raises(InputError, match="there are no votes yet"):
        widget.end()
    widget.vote(widget.disagreement["index"], "neither", None)
    widget.end()
    assert widget.neither == 5 and all(score["share"] is None for score in widget.scores)
    unknown = desk(labels=None)
    assert not unknown.has_truth
    unknown.vote(unknown.disagreement["index"], "first", 1)
    unknown.end()
    assert unknown.scores[0]["count"] == 1
    with pytest.raises(InputError, match="without labels nobody knows"):
        unknown.to_study()


class Third(nn.Module):
    """A network with one more class, which it never says."""

    def __init__(self, left: bool) -> None:
        super().__init__()
        self.two = Half(left)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.two(x)
        return torch.cat([logits, logits[:, :1] * 0 - 9], 1)


def test_the_queue_becomes_a_study_for_several_people() -> None:
    made = desk().to_study(seed=3)
    assert isinstance(made, study.Study)
    assert len(made.items) == 5 and [arm.name for arm in made.arms] == ["alone", "apart"]
    for arm in made.arms:
        for view in arm.views or ():
            assert view.kind == "picture" and view.frames is not None
            # What each network says stands below its map: a person has to know.
            caption = view.frames[0, -18:].min(-1)
            half = caption.shape[1] // 2
            assert caption[:, :half].min() < 100 and caption[:, half:].min() < 100


def test_networks_of_one_mind_have_no_queue() -> None:
    widget = desk(limit=None)
    same = DisagreementDesk(F, Classifier(Half(True), classes=CLASSES), IMAGES, grid=2, budget=16)
    DESKS.append(same)
    assert same._run is not None
    assert same._run.wait(60) == [] and same.disagreement is None and same.votes == []
    with pytest.raises(t.TraitError, match="place is 5; there are 5, from 0"):
        widget.place = 5


def test_what_does_not_fit_is_refused_at_once() -> None:
    with pytest.raises(CompositionError):
        DisagreementDesk(F, F, IMAGES)
    for networks, name in (((F.net, G), "f"), ((F, G.net), "g")):
        with pytest.raises(InputError, match=rf"{name} is a .*; give Classifier\({name}\)"):
            DisagreementDesk(*networks, IMAGES)  # type: ignore[arg-type]
    for labels in ([0], "bright", 1):  # one for each picture
        with pytest.raises(InputError, match="labels"):
            DisagreementDesk(F, G, IMAGES, labels=labels)
    with pytest.raises(InputError, match="limit is 0"):
        DisagreementDesk(F, G, IMAGES, limit=0)
    with pytest.raises(t.TraitError, match="arm is 'both'"):
        DisagreementDesk(F, G, IMAGES, arm="both")
    widget = desk()
    for fields, words in (((99, "first"), "image 99 is not in"), ((0, "left"), "side is 'left'")):
        with pytest.raises(InputError, match=words):
            widget.vote(*fields)


def test_what_scores_mean_is_said_of_both_networks_once_they_have_answered() -> None:
    probable = Classifier(nn.Sequential(Half(False), nn.Softmax(1)), classes=CLASSES)
    with pytest.warns(UserWarning, match="look like probabilities"):
        widget = DisagreementDesk(
            Classifier(Half(True), classes=CLASSES), probable, IMAGES, grid=2, budget=16
        )
        DESKS.append(widget)
        widget.run().wait(20)
    assert [note["text"] for note in widget.notes] == ["scores taken for probabilities"]
