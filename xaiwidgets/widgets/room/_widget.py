"""The StudyRoom: what one person is shown, and each answer on disk as it is given."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from xaiwidgets.errors import InputError
from xaiwidgets.study import RATINGS, UNSURE, PersonLog, Study, View, find_person
from xaiwidgets.widgets.base import Widget, command
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.room._state import RoomOutput, RoomState, ShownOutcome, ShownView
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.work import Steps


class StudyRoom(Widget[RoomState, None], output=RoomOutput):
    """Take part in a study, by keys: 1 and 2 answer, 0 cannot tell, P pauses.

    Time is measured in the page, from when a picture is painted to the key, and stands still while
    the page is out of sight or paused. Each answer is appended to the person's file at once; with
    the code that they are given they go on after a restart. No names are asked for or kept. Several
    people may answer into one folder at the same time.

    Parameters
    ----------
    study : Study or path
        Such as `study.learning_study` or `study.judgement_study` make one, or where one was saved.
    path : path
        The folder for the answers: a file a person. It is made.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError
        At once, if it is no study, the folder is of another study, or nobody has the code.

    Notes
    -----
    A kernel is a seat for one person at a time, in however many views. Under Voila each visitor has
    a kernel of their own; in a shared JupyterLab give each person a copy of the notebook.
    """

    _esm = bundle("room.js")
    _css = bundle("xai.css")

    autorun = False  # there is nothing to compute

    def __init__(
        self, study: Study | str | Path, path: str | Path = "answers", **settings: Any
    ) -> None:
        if isinstance(study, str | Path):
            study = Study.load(study)
        if not isinstance(study, Study):
            raise InputError(
                f"study is a {type(study).__name__}; use study.Study(...), "
                "study.learning_study(...), study.judgement_study(...), or where one was saved"
            )
        self._study, self._path = study, Path(path)
        self._log: PersonLog | None = None
        self._painted: Counter[int] = Counter()
        super().__init__(
            settings,
            study=f"{study.id}.{_folder_key(self._path)}",
            consent=study.consent,
            question=study.question,
            answers=list(study.answers),
            unsure=study.unsure,
            ratings=list(RATINGS if study.rating else ()),
            total=study.trials,
        )
        if self.state.person:
            self._sit_down(PersonLog.resume(study, self._path, self.state.person))

    def settle(self, state: RoomState, changed: Collection[str]) -> RoomState:
        """Refuse a code that nobody has."""
        # Before anything is set: a mistyped code must not take the seat from who sits there.
        seated = self._log is not None and self._log.code == state.person
        if state.person and "person" in changed and not seated:
            find_person(self._study, self._path, state.person)
        return state

    def changed(self, name: str) -> None:
        """Go on as another person, or begin anew where there is none."""
        super().changed(name)
        if self.state.person:
            self._sit_down(PersonLog.resume(self._study, self._path, self.state.person))
        else:
            self._log = None
            self.publish(phase="consent", item=None, view=None, outcome=None, right=None)

    def steps(self, state: RoomState) -> Steps[None]:
        """Do nothing: people answer, there is nothing to compute."""
        return
        yield

    def python(self, state: RoomState) -> str:
        """Return the lines of Python that read the answers."""
        _, missing = variables({"study": self._study})
        lines = [*assumption(missing, "StudyRoom"), "from xaiwidgets import study"]
        return "\n".join([*lines, f"study.analyse({str(self._path)!r})"])

    # What people do

    @command("begin")
    def begin(self) -> dict[str, Any]:
        """Agree, and take a seat: the next number and a code."""
        self._sit_down(PersonLog.begin(self._study, self._path))
        return {"code": self.state.person}

    @command("go_on")
    def go_on(self, code: str) -> None:
        """Go on where the person with this code has stopped."""
        self._sit_down(PersonLog.resume(self._study, self._path, code))

    @command("seen")
    def note_painted(self, trial: int) -> None:
        """Note that an item was painted: its time is known only if that was once."""
        self._painted[trial] += 1

    @command("answer")
    def answer(
        self, trial: int, answer: int, seconds: float | None = None, away: float = 0.0
    ) -> None:
        """Keep an answer: the place of one, or -1 for "I cannot tell"."""
        log = self._seated()
        # A page that was loaded again paints anew: the clock begins anew with a picture that was
        # seen before, so that the time would be too short (URT in i-Algebra's studies).
        once = self._painted[trial] <= 1
        # On disk before anything is shown: a kernel that dies now has lost no answer.
        right = log.answer(trial, answer, seconds if once else None, away=away)
        if not self._study.feedback:
            self._advance(log)
            return
        shown = log.assignment(trial)
        item, views = self._study.items[shown.item], self._study.arms[shown.arm].views
        # Only now does it cross: the state of a page can be read by whoever sits before it.
        truth = self._study.answers[item.truth]
        chosen = "" if answer == UNSURE else self._study.answers[answer]
        self.publish(
            phase="feedback",
            view=_shown_view(views[shown.item]) if views else None,
            outcome=ShownOutcome(bool(right), chosen, truth),
        )

    @command("next")
    def next(self) -> None:
        """Show the first item, or the next, or ask for the rating after the last."""
        self._advance(self._seated())

    @command("rate")
    def rate(self, rating: int) -> None:
        """Keep how helpful it was, from 1 to 5, and end."""
        log = self._seated()
        log.rate(rating)
        self._advance(log)

    @command("leave")
    def leave(self) -> None:
        """Make room for the next person."""
        self.person = ""

    # How far it is

    def _seated(self) -> PersonLog:
        if self._log is None:
            raise InputError("nobody has begun yet; agree first")
        return self._log

    def _sit_down(self, log: PersonLog) -> None:
        self._log = log
        # Trials are counted from 1 for each person, and so is how often each was painted.
        self._painted.clear()
        if log.done and log.next_trial is not None:
            # It may have been looked at before the restart, nobody knows for how long.
            self._painted[log.next_trial] += 1
        # Quietly: an observer of `person` would sit them down once more.
        self.become(RoomState(log.code))
        # Who sees several arms is told the same in all, the text of the first.
        arm = self._study.arms[log.assignments[0].arm]
        self.publish(instructions=arm.instructions, log_notes=list(log.notes))
        if log.done:
            self._advance(log)
        else:
            self.publish(phase="instructions", trial=0, item=None, view=None, outcome=None)

    def _advance(self, log: PersonLog) -> None:
        trial = log.next_trial
        if trial is not None:
            shown = log.assignment(trial)
            views = self._study.arms[shown.arm].views
            # With feedback a map is what is learnt from, and would give the answer away before it.
            beside = views[shown.item] if views and not self._study.feedback else None
            self.publish(
                phase="item",
                trial=trial,
                item=_shown_view(self._study.items[shown.item].view),
                view=None if beside is None else _shown_view(beside),
                outcome=None,
                right=None,
            )
        elif self._study.rating and log.rating is None:
            self.publish(phase="rating", item=None, view=None, outcome=None)
        else:
            # How many were right is said only now: on the way it would teach what was.
            self.publish(phase="done", item=None, view=None, outcome=None, right=log.right)


def _folder_key(path: Path) -> str:
    """Return what tells folders apart, and does not say where they are."""
    # The page remembers who has not finished by it, in the browser's own storage.
    return hashlib.sha256(str(path.expanduser().resolve()).encode()).hexdigest()[:12]


def _shown_view(view: View) -> ShownView:
    if view.frames is None:
        return ShownView("page", 0, 0, 0, np.empty(0, np.uint8), view.page)
    count, height, width, _ = view.frames.shape
    return ShownView("picture" if count == 1 else "morph", count, height, width, view.frames, "")
