"""The DisagreementDesk: the disagreements of two networks, votes by keys, and who was right."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from xaiwidgets.adapters import input_channels
from xaiwidgets.algebra import Comparison, Disagreement, ExplainableNetwork, disagreements
from xaiwidgets.errors import InputError
from xaiwidgets.heatmap import color_limit
from xaiwidgets.network import require_network
from xaiwidgets.pictures import read_pictures
from xaiwidgets.study import (
    JudgeScore,
    Study,
    View,
    Vote,
    add_captions,
    as_view,
    judge_scores,
    judgement_study,
    true_side,
)
from xaiwidgets.study._judges import SIDES, PickedSide
from xaiwidgets.widgets.base import Widget, command
from xaiwidgets.widgets.disagreement._state import (
    DisagreementOutput,
    DisagreementState,
    ShownDisagreement,
    ShownScore,
    ShownSide,
    ShownVote,
)
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.pictures import picture_of
from xaiwidgets.widgets.selection import check_selection
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.work import Steps

MapArm = Literal["apart", "alone"]
_ARMS: tuple[MapArm, MapArm] = ("apart", "alone")
_PERSON = {"apart": "you, by what tells them apart", "alone": "you, by each map alone"}


class DisagreementDesk(Widget[DisagreementState, list[Disagreement]], output=DisagreementOutput):
    """Resolve by hand what two networks disagree about (i-Algebra, Case A).

    The pictures that they give different classes wait in a queue, those first whose maps are
    furthest apart. Keys 1 and 2 say which network is right, 0 that neither is, or that one cannot
    tell; the time of each vote is kept. At the end it is seen how often the votes, the networks'
    confidence and the maps are right, with intervals.

    Parameters
    ----------
    f, g : Classifier
        Networks for the same classes.
    images : tensor (N, C, H, W), array (N, H, W) or (N, H, W, C), or sequence of pictures
    labels : sequence of N classes, optional
        What is true, by number or name: shown to nobody before the end. Without them there is no
        verdict, only which network is picked how often.
    limit : int, optional
        Of disagreements, the first in the order of the images.
    seed : int
        Of the maps.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError
        At once, if images and labels do not fit, or the networks have other classes.
    CompositionError
        At once, if they are one and the same network.
    """

    _esm = bundle("disagreement.js")
    _css = bundle("xai.css")

    autorun = False  # to look at another does not ask for other maps

    def __init__(
        self,
        f: ExplainableNetwork,
        g: ExplainableNetwork,
        images: Any,
        *,
        labels: Any = None,
        limit: int | None = None,
        seed: int = 0,
        **settings: Any,
    ) -> None:
        for name, each in (("f", f), ("g", g)):
            require_network(each, name)
        self._networks, self._source = (f, g), images
        channels = input_channels(f.net) or input_channels(g.net)
        self._images: Sequence[Any] = list(read_pictures(images, channels))
        self._limit, self._seed = limit, seed
        self._queue: list[Disagreement] = []
        self._votes: dict[int, Vote] = {}
        self._labels = self._truths(labels)
        same = f.name == g.name
        self._names = [f"{f.name} (1)", f"{g.name} (2)"] if same else [f.name, g.name]
        super().__init__(
            settings,
            networks=self._names,
            images=len(self._images),
            has_truth=labels is not None,
        )
        self.run()

    def _truths(self, labels: Any) -> dict[int, int] | None:
        if labels is None:
            return None
        model = self._networks[0]
        count = model.logits(model.input(self._images[0])[None]).shape[1]
        numbers = model.class_numbers(labels, len(self._images), count, name="labels", each=True)
        return dict(enumerate(numbers.tolist()))

    # State

    def settle(self, state: DisagreementState, changed: Collection[str]) -> DisagreementState:
        """Keep the place inside the queue, and bring what is chosen in order."""
        if "place" in changed and state.place >= max(1, len(self._queue)):
            raise InputError(f"place is {state.place}; there are {len(self._queue)}, from 0")
        return replace(state, selection=check_selection(state.selection, len(self._images)))

    def changed(self, name: str) -> None:
        """Look at another, or explain anew where the maps change."""
        super().changed(name)
        if name in ("grid", "budget"):
            self.run()
        else:
            self.publish(disagreement=self._shown())

    def python(self, state: DisagreementState) -> str:
        """Return the lines of Python that compute what is shown."""
        things = {"f": self._networks[0], "g": self._networks[1], "images": self._source}
        names, missing = variables(things)
        options = f"grid={state.grid}, budget={state.budget}, seed={self._seed}"
        if self._limit is not None:
            options = f"limit={self._limit}, {options}"
        return "\n".join(
            [
                *assumption(missing, "DisagreementDesk"),
                "from xaiwidgets import algebra",
                f"found = algebra.disagreements({names['f']}, {names['g']}, {names['images']}, "
                f"{options}).run()",
            ]
        )

    # Work

    def steps(self, state: DisagreementState) -> Steps[list[Disagreement]]:
        """Find the disagreements and explain them."""
        return disagreements(
            *self._networks,
            self._images,
            limit=self._limit,
            grid=state.grid,
            budget=state.budget,
            seed=self._seed,
        )

    def show(
        self, state: DisagreementState, answer: list[Disagreement], final: bool
    ) -> Mapping[str, Any] | None:
        """Return the queue once it is whole: its order changes while maps come in."""
        if not final:
            return None
        self._queue = list(answer)
        self.become(replace(self.state, place=min(self.state.place, max(0, len(answer) - 1))))
        queue = np.array([each.index for each in answer], np.int32)
        return {
            # Only now have both networks answered, so that it is known what their scores mean.
            "notes": notes_of(*self._networks),
            "votes": self._shown_votes(),
            "queue": queue,
            "disagreement": self._shown(),
            "scores": [],
        }

    def on_end(self) -> None:
        """Show what there is where it was stopped."""
        answer = self._answer
        if not self._queue and answer:
            self.publish(**self.show(self.state, answer, True) or {})

    # Votes

    @command("vote")
    def vote(self, index: int, side: str, seconds: float | None = None) -> None:
        """Keep which network is right, "first", "second" or "neither", of an image of the queue.

        The first vote of each counts.
        """
        place = next((n for n, each in enumerate(self._queue) if each.index == index), None)
        if place is None:
            raise InputError(f"image {index} is not in the queue")
        if side not in SIDES:
            raise InputError(f"side is {side!r}; use one of {list(SIDES)}")
        # As in a study: a second thought comes after one has seen more.
        if index in self._votes:
            raise InputError(f"you have voted on image {index}; the first vote counts")
        picked: PickedSide = side
        self._votes[index] = Vote(index, picked, self._arm(place), seconds)
        self.publish(votes=self._shown_votes())
        # The next one after this, and those that were passed over at the end.
        waiting = [n for n, each in enumerate(self._queue) if each.index not in self._votes]
        later = [n for n in waiting if n > place]
        if waiting:
            self.place = (later or waiting)[0]
        else:
            self.end()

    @command("end")
    def end(self) -> None:
        """Show who was right, by the votes so far; InputError if there are none."""
        if not self._votes:
            raise InputError("there are no votes yet; say of some which network is right")
        truths = [true_side(each, self._labels) for each in self._queue]
        self.publish(
            neither=truths.count("neither"),
            scores=[_shown_score(each) for each in self.judges],
        )

    @property
    def votes_cast(self) -> tuple[Vote, ...]:
        """The votes so far."""
        return tuple(self._votes.values())

    @property
    def judges(self) -> tuple[JudgeScore, ...]:
        """How often the person, confidence, the maps, and each network alone are right."""
        return judge_scores(self._queue, self.votes_cast, self._labels, _PERSON)

    def to_study(self, **options: Any) -> Study:
        """Return the queue as a study for several people, with both arms: for a `StudyRoom`.

        Raises
        ------
        InputError
            If there are no labels, or fewer than one disagreement with a network that is right.
        """
        if self._labels is None:
            raise InputError("without labels nobody knows who is right; give labels=")
        sides = [(each, true_side(each, self._labels)) for each in self._queue]
        # Where both are wrong, no answer would be the right one.
        judged = [(each, side) for each, side in sides if side != "neither"]
        question = "Which prediction is right?"
        first = self._networks[0]
        return judgement_study(
            [first.picture(first.input(self._images[each.index])) for each, _ in judged],
            [SIDES.index(side) for _, side in judged],
            {
                "alone": [_captioned(each, Comparison(each.maps)) for each, _ in judged],
                "apart": [_captioned(each, each.comparison) for each, _ in judged],
            },
            question,
            ("the left one", "the right one"),
            names=[
                f"image {each.index}: {each.prediction.label} or {each.rival_prediction.label}"
                for each, _ in judged
            ],
            **options,
        )

    # What is shown

    def _arm(self, place: int) -> MapArm:
        arm = self.state.arm
        # In turn along the queue, whose order goes by distance: both arms get as hard ones.
        return _ARMS[place % 2] if arm == "in turn" else arm

    def _shown_votes(self) -> list[ShownVote]:
        votes = [self._votes.get(each.index) for each in self._queue]
        return [ShownVote(vote.side if vote else "") for vote in votes]

    def _shown(self) -> ShownDisagreement | None:
        if not self._queue:
            return None
        place = self.state.place
        each, arm = self._queue[place], self._arm(place)
        maps = each.comparison.maps if arm == "apart" else each.maps
        predictions = (each.prediction, each.rival_prediction)
        first, names = self._networks[0], self._names
        left, right = (
            ShownSide(name, prediction.label, prediction.probability, attribution.cells)
            for name, prediction, attribution in zip(names, predictions, maps, strict=True)
        )
        return ShownDisagreement(
            place=place,
            index=each.index,
            arm=arm,
            distance=each.distance,
            picture=picture_of(first.picture(first.input(self._images[each.index]))),
            row_edges=maps[0].row_edges,
            column_edges=maps[0].column_edges,
            # One range, so that a colour means the same number of both networks.
            range=color_limit([side.cells for side in maps]),
            sides=(left, right),
            frame=self._frames.next(),
        )


def _captioned(each: Disagreement, maps: Comparison) -> View:
    """Return two maps with what each network says below it."""
    return add_captions(as_view(maps), [each.prediction.label, each.rival_prediction.label])


def _shown_score(score: JudgeScore) -> ShownScore:
    return ShownScore(
        score.judge,
        score.right,
        score.count,
        score.share,
        score.seconds,
        None if math.isnan(score.pvalue) else score.pvalue,
    )
