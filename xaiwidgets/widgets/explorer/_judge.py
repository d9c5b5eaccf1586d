"""How good the map on the screen is: checked when asked, forgotten when there is another map."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any, Protocol

from xaiwidgets.errors import InputError
from xaiwidgets.jobs import Channels, Job
from xaiwidgets.widgets.explorer._answer import Answer
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import Judgement
from xaiwidgets.widgets.explorer._timeline import Timeline
from xaiwidgets.widgets.run import Frames, Problem
from xaiwidgets.work import Progress, Steps

_PROGRESS_SECONDS = 0.1
_MOVING = ("shift", "rotate", "scale")


class Showing(Protocol):
    """What is needed of an Explorer to check the map that it shows."""

    _lock: threading.RLock
    _answer: Any
    _frames: Frames
    _session: Session
    _timeline: Timeline
    status: Any
    truth: Any

    @property
    def _channels(self) -> Channels: ...
    def publish(self, **traits: Any) -> None: ...

    def observe(self, handler: Any, names: Any) -> None: ...


class Judge:
    """Publishes `judgement`, as long as the map is there that it is about."""

    def __init__(self, explorer: Showing) -> None:
        self._explorer = explorer
        self.channel = explorer._channels.open()
        self._shown: Judgement | None = None
        self._picture = ""
        self._published = 0.0
        explorer.observe(lambda _: self._drop(), "truth")

    def _drop(self) -> None:
        """Forget what was checked: with another true place it is another question."""
        with self._explorer._lock:
            if self._shown is not None:
                self._shown = None
                self.channel.cancel()
                self._explorer.publish(judgement=None)

    def begin(self) -> None:
        """Check the map on the screen; InputError if there is none that can be."""
        explorer = self._explorer
        answer: Answer | None = explorer._answer
        attribution = answer and answer.after.attribution
        is_current = answer is not None and answer.question == explorer._timeline.now
        if answer is None or not attribution or not is_current or self._is_computing:
            raise InputError("the map is not finished; wait for it, or press Cancel")
        if answer.question.partners:
            raise InputError("checks are of the map of one picture: take the comparison away")
        # Known by its frame: a check of a map that was replaced meanwhile ends unseen.
        start = Judgement(explorer._frames.sent, attribution.layer, True, note="preparing")
        self._show(start)
        steps = _judgement(answer, explorer._session, start, explorer.truth)
        frame = start.frame
        self.channel.submit(
            steps,
            lambda progress: self._on_progress(progress, frame),
            lambda job: self._on_end(job, frame),
        )

    def forget(self, question: Question) -> None:
        """Stop, as there will be another map; with another picture the truth is another, too."""
        explorer = self._explorer
        self._shown = None
        self.channel.cancel()
        # What moves the picture moves what is in it; a place is one of a picture that stays.
        moves = [str(edit) for edit in question.edits if edit.edit in _MOVING]
        picture = " ".join([question.picture.name, *moves[-1:]])
        is_another = self._picture not in ("", picture)
        self._picture = picture
        explorer.publish(judgement=None, **({"truth": None} if is_another else {}))

    @property
    def _is_computing(self) -> bool:
        return bool(self._explorer.status["state"] == "running")

    def _show(self, judgement: Judgement) -> None:
        self._shown, self._published = judgement, time.monotonic()
        self._explorer.publish(judgement=judgement)

    def _on_progress(self, progress: Progress, frame: int) -> None:
        with self._explorer._lock:
            last = self._shown
            # The step that was under way when another question came is of no use.
            if last is None or last.frame != frame:
                return
            checked: Judgement = progress.preview or last
            has_more = len(checked.checks) > len(last.checks)
            # A check that is done is shown at once, its progress ten times a second.
            if has_more or time.monotonic() - self._published > _PROGRESS_SECONDS:
                done, total, note = progress.done, progress.total, progress.note
                self._show(replace(checked, done=done, total=total, note=note))

    def _on_end(self, job: Job[Judgement], frame: int) -> None:
        with self._explorer._lock:
            last = self._shown
            if last is None or last.frame != frame:
                return
            if job.error is not None:
                problem = Problem.of(job.error).message
                self._show(replace(last, running=False, problem=problem, note=""))
            elif job.cancelled:
                self._show(replace(last, running=False, note="stopped"))
            else:
                self._show(job.outcome)


def _judgement(answer: Answer, session: Session, start: Judgement, truth: Any) -> Steps[Judgement]:
    yield Progress(0, None, "preparing")
    # On the compute thread, since it takes a second: SciPy's statistics come with it.
    from xaiwidgets.widgets.explorer._judgement import Subject, judge

    return (yield from judge(Subject.of(answer, session, truth), start))
