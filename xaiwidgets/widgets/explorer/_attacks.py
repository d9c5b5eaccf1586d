"""Attacks by hand: one what-if edit of the picture, its path, and whether it reached its goal."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, Protocol

from xaiwidgets.adversarial import Attack, AttackEdit
from xaiwidgets.algebra import FunctionEdit, Source, compute_source
from xaiwidgets.errors import InputError
from xaiwidgets.jobs import Channels, Job
from xaiwidgets.widgets.base import command
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import ShownAttack
from xaiwidgets.widgets.explorer._state import ExplorerState
from xaiwidgets.widgets.explorer._timeline import Timeline
from xaiwidgets.widgets.run import Problem
from xaiwidgets.work import Progress, Steps, relay


class Attacking(Protocol):
    """What attacks need of their Explorer."""

    _lock: threading.RLock
    _session: Session
    _timeline: Timeline

    @property
    def state(self) -> ExplorerState: ...
    @property
    def _channels(self) -> Channels: ...
    def publish(self, **traits: Any) -> None: ...
    def _turn_to(self, question: Question, timeline: Timeline | None = None) -> None: ...


def attack_of(source: Source) -> FunctionEdit | None:
    """Return the last edit of a picture, if it is an attack."""
    if isinstance(source, FunctionEdit) and isinstance(source.function, AttackEdit):
        return source
    return None


class Attacks:
    """Commands that attack the picture, and what the page shows of the attack in force."""

    def __init__(self, explorer: Attacking) -> None:
        self._explorer = explorer
        self.channel = explorer._channels.open()
        self._shown: ShownAttack | None = None
        self._stopped: tuple[FunctionEdit, ShownAttack] | None = None

    def follow(self, question: Question) -> None:
        """Show the attack that is the last edit of a question, once it is known; else none."""
        edit = attack_of(question.source)
        if edit is None or not edit.is_computed:
            return self._show(None)
        # A stopped attack has no result to be recalled: its words are kept with the edit.
        if self._stopped is not None and self._stopped[0] == edit:
            return self._show(self._stopped[1])
        settings, at = _settings(edit)
        result = edit.function.recall(edit.source.tensor, **settings)
        session = self._explorer._session
        return self._show(None if result is None else shown_attack(result, settings, at, session))

    def _show(self, shown: ShownAttack | None) -> None:
        if shown != self._shown:
            self._shown = shown
            self._explorer.publish(attack=shown)

    @command("attack")
    def attack(
        self,
        method: str = "pgd",
        size: float = 0.03,
        target: int | None = None,
        inside: bool = False,
        weight: float = 1.0,
    ) -> None:
        """Attack the picture, or attack it in another way, where an attack is its last edit.

        The `weight` is of what "adv2" deceives besides the network: its map.
        """
        explorer, session = self._explorer, self._explorer._session
        settings: dict[str, Any] = {"method": method, "size": size}
        if target is not None:
            settings["target"] = target
        if method == "adv2":
            settings["weight"] = weight
        edit = self._edit(settings, inside)
        shown = ShownAttack(method, size, inside, session.class_label(target), weight)
        self._show(shown)
        last: list[Progress] = []  # of the attack on its way

        def on_progress(progress: Progress) -> None:
            last[:] = [progress]
            self._show(replace(shown, done=progress.done, total=progress.total))

        def on_end(job: Job[Attack]) -> None:
            with explorer._lock:
                if job.cancelled:
                    self._keep(edit, shown, last)
                elif job.error is None:
                    self._turn_to(edit)
                else:
                    self.follow(explorer._timeline.now)
                    explorer.publish(error=Problem.of(job.error))

        self.channel.submit(_attacked(edit, session), on_progress, on_end)

    def _edit(self, settings: dict[str, Any], inside: bool) -> FunctionEdit:
        """Return an attack on the picture asked about, inside its window or anywhere."""
        question, session = self._explorer._timeline.now, self._explorer._session
        # An attack is never put on top of another: one of another size begins where that did.
        former = attack_of(question.source)
        source = question.source if former is None else former.source
        if inside:
            window = question.window or (former and dict(former.settings).get("window"))
            if window is None:
                raise InputError("draw a window first: the attack shall stay in it")
            settings = settings | {"window": window}
        name, function = session.attack
        return FunctionEdit(name, source, (), function=function, settings=tuple(settings.items()))

    def _keep(self, edit: FunctionEdit, shown: ShownAttack, last: list[Progress]) -> None:
        """Keep what there is of an attack that was stopped: a point of its path."""
        partial = last[0].preview if last else None
        at = 0 if partial is None else len(partial.path) - 1
        if partial is None or at < 1:
            return self.follow(self._explorer._timeline.now)
        there = replace(edit, settings=(*edit.settings, ("at", at)))
        # Known to no cache, as the attack has no result; undo and redo find it by its edit.
        there.set_tensor(partial.path[at][0])
        words = f"Stopped after {at} steps: this is how far it had come."
        self._stopped = there, replace(shown, running=False, at=at, points=at + 1, words=words)
        return self._turn_to(there)

    def _turn_to(self, edit: FunctionEdit) -> None:
        """Show the picture attacked, if it is that one still; the moves of a drag are one step."""
        explorer = self._explorer
        question = explorer._timeline.now
        former = attack_of(question.source)
        # The picture was changed meanwhile, so that this attack is of another one.
        if edit.source != (question.source if former is None else former.source):
            return self.follow(question)
        if question.window is not None and question.window == dict(edit.settings).get("window"):
            question = question.zoom(question.trail[:-1])  # what is done to it shows around it
        after = replace(question, source=edit)
        timeline = explorer._timeline.to(after, ("attack", explorer.state.gesture))
        explorer._turn_to(after, timeline)
        return self.follow(after)

    @command("attack_at")
    def attack_at(self, at: int) -> None:
        """Show the picture at one point of the attack's path, from 0."""
        edit = attack_of(self._explorer._timeline.now.source)
        if edit is None or self._shown is None:
            raise InputError("there is no attack to look along; attack the picture first")
        if not 0 <= at < self._shown.points:
            raise InputError(f"at is {at}; the path has {self._shown.points} points, from 0")
        settings, _ = _settings(edit)
        pairs = [*settings.items()]
        # The end of a path is what the attack is without `at`; of a stopped one there is no end.
        if at < self._shown.points - 1 or (self._stopped and self._stopped[0] == edit):
            pairs.append(("at", at))
        there = replace(edit, settings=tuple(pairs))
        result = edit.function.recall(edit.source.tensor, **settings)
        if result is not None:
            there.set_tensor(result.path[at][0])
        self._turn_to(there)


def _settings(edit: FunctionEdit) -> tuple[dict[str, Any], int | None]:
    """Return the settings of an attack, and the point of its path that is shown."""
    settings = dict(edit.settings)
    at: Any = settings.pop("at", None)
    return settings, at


def _attacked(edit: FunctionEdit, session: Session) -> Steps[Attack]:
    settings, _ = _settings(edit)
    picture = yield from compute_source(edit.source)
    work = edit.function.attack(picture, **settings)
    result: Attack = yield from relay(work, lambda progress: progress)
    edit.set_tensor(result.path[-1][0])
    session.logits(session.model, edit.tensor)  # known, before it is told in words
    return result


def shown_attack(
    result: Attack, settings: dict[str, Any], at: int | None, session: Session
) -> ShownAttack:
    """Return what the page shows of an attack that is finished, with its end in words."""
    model = session.model
    logits = session.logits(model, result.path[-1][0]).double()
    share = float(model.probabilities(logits)[int(logits.argmax())])
    says = f"{model.label(int(logits.argmax()))} ({100 * share:.1f} %)"
    before, target = model.label(int(result.before[0])), session.class_label(settings.get("target"))
    if bool(result.reached[0]):
        words = f"It worked: now the network says {says}; it was {before}."
    else:
        wanted = "" if target is None else f", not {target}"
        # Said, as a picture that withstood looks like one that gave way; and the size is what a
        # person can change.
        words = f"The attack failed: the network says {says}{wanted}. A larger size may do it."
    points = len(result.path)
    return ShownAttack(
        method=result.method,
        size=float(settings.get("size", 0)),
        inside="window" in settings,
        target=target,
        weight=float(settings.get("weight", 1)),
        running=False,
        at=points - 1 if at is None else at,
        points=points,
        reached=bool(result.reached[0]),
        words=words,
    )
