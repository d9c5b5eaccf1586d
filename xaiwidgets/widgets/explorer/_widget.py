"""The Explorer: drag a window on a picture and see why the network says what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from xaiwidgets.algebra import Attribution, Comparison
from xaiwidgets.derivation import Looks, steady_weights, with_steady_weights
from xaiwidgets.errors import XaiError
from xaiwidgets.methods import read_method
from xaiwidgets.network import Network
from xaiwidgets.widgets.base import ENGINE, Run, Widget, command, quietly
from xaiwidgets.widgets.commands import commands_of
from xaiwidgets.widgets.explorer import _output as output
from xaiwidgets.widgets.explorer import _projection as project
from xaiwidgets.widgets.explorer._answer import Answer, Side, answer, skip_first_looks
from xaiwidgets.widgets.explorer._crossed import Crossed
from xaiwidgets.widgets.explorer._history import History
from xaiwidgets.widgets.explorer._page import PageCommands, add_pictures
from xaiwidgets.widgets.explorer._partner import Partner
from xaiwidgets.widgets.explorer._prefetch import Prefetch, few_coalitions
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._state import ExplorerOutput, ExplorerState
from xaiwidgets.widgets.explorer._timeline import Timeline
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.inputs import Pictures
from xaiwidgets.widgets.schema import SettingError
from xaiwidgets.widgets.selection import check_selection
from xaiwidgets.work import Budget, Steps


class Explorer(Widget[ExplorerState, Answer], output=ExplorerOutput):
    """Ask a network why, by hand.

    Parameters
    ----------
    model : Classifier or nn.Module
        The network; a bare module gets numbered classes and inputs divided by 255.
    images : picture, sequence, or mapping from name to picture
        What to explain: PIL images, uint8 arrays, or the network's input tensors (C, H, W).
    references : likewise, optional
        Other pictures, to compare with, to paste from or to be the baseline.
    rival : Classifier or nn.Module, optional
        A second network for the same classes, to be compared with.
    **settings
        Any of the attributes below; `undoable` and `redoable` say how many gestures can be undone,
        and done again.

    Raises
    ------
    InputError, ModelError
        At once, if a picture cannot be used or the network does not answer as a classifier.
    traitlets.TraitError
        If a state is not allowed; the message says what is.

    Examples
    --------
    >>> from xaiwidgets import zoo
    >>> explorer = Explorer(zoo.efficientnet_lite0(), zoo.photographs("chelsea"))
    >>> explorer.query
    'select * from f(chelsea)'
    """

    _esm = bundle("explorer.js")
    _css = bundle("xai.css")

    history = History()  # a value, replaced after each answer

    blocked: dict[str, Any]
    truth: Any

    def __init__(
        self,
        model: Network | nn.Module,
        images: Pictures,
        references: Pictures = (),
        rival: Network | nn.Module | None = None,
        **settings: Any,
    ) -> None:
        self._session = session = Session(model, images, references, rival)
        session.arguments["explorer"] = self  # which has the pictures that come later
        # On the compute thread, so that a wrong network is known at once, and none is raced on.
        ENGINE.call(session.check())
        self._timeline = Timeline(Question(session.picture_at(0)))
        # What a question set last: a trait that differs from it was set by somebody else.
        self._projected: dict[str, Any] = {}
        self._budget = Budget()
        self._crossed = Crossed()
        first = Side.of(self._timeline.now.expression(session).terms[0], session)
        super().__init__(
            settings,
            **output.session_outputs(session),
            picture=first.shown,
            prediction=output.ranking_of(first, None),
        )
        self._prefetch = Prefetch(session, self._lock, self.publish, self._channels.open())
        self._page = PageCommands(self)
        self._commands |= commands_of(self._page) | commands_of(self._page.attacks)
        chosen = {name: getattr(self, name) for name in project.STATE if name in settings}
        question = project.with_traits(self._timeline.now, chosen, session)
        self._turn_to(question, Timeline(question))

    # The question

    def settle(self, state: ExplorerState, changed: Collection[str]) -> ExplorerState:
        """Return the state after these have been set: most settings are parts of the question."""
        settings = {name: getattr(state, name) for name in changed}
        question = project.with_traits(self._timeline.now, settings, self._session)
        chosen = check_selection(state.selection, len(self._session.pictures))
        return replace(state, selection=chosen, **project.state(question, self._session))

    def changed(self, name: str) -> None:
        """Ask what follows from a setting."""
        settings = {name: getattr(self, name)}
        try:
            self._turn_to(project.with_traits(self._timeline.now, settings, self._session))
        except XaiError as error:  # refused beside another setting of the same message
            with quietly(self):
                setattr(self, name, self._projected[name])
            raise SettingError(str(error)) from error

    def _turn_to(self, question: Question, timeline: Timeline | None = None) -> None:
        """Set all traits to what a question says, and answer it; XaiError if it cannot be asked."""
        before, budget = self._timeline.now, question.settings.budget
        last = self._projected
        if last and question == before:
            return
        with self.hold_sync():
            self._session = session = self._session.view(question.swapped)
            state = project.projection(question, session)
            # Only what it changes: other traits may have been set, and their observers be yet to
            # come.
            changed = {name: value for name, value in state.items() if last.get(name) != value}
            if not last or question.source.shape != before.source.shape:
                changed["candidates"] = project.candidates(question, session)
            if question.swapped != before.swapped:
                changed |= output.network_outputs(session)
            self._projected = state
            self._timeline = timeline or self._timeline.to(question)
            past, future = self._timeline.past, self._timeline.future
            with quietly(self):
                self.publish(**changed, undoable=len(past), redoable=len(future))
            if self.status["state"] == "running" and before.configure(budget=budget) == question:
                self._budget.max_trial = budget  # of the work under way, which goes on
            else:
                self.run()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the page's changes; those of one message are one step, and so are those of a drag.

        The page counts in `gesture` how often a button or a key went down.
        """
        with self._lock, self.hold_sync():
            before = self._timeline
            super().set_state(sync_data)
            number = self.state.gesture
            # A drag moves one setting; another one under the same hand is another step for undo.
            gesture = (number, *sorted(sync_data.keys() - {"gesture"})) if number else None
            self._timeline = before.to(self._timeline.now, gesture)
            self.publish(undoable=len(self._timeline.past))

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Return traits as they cross; part of them only to a page that has had the others."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if "questions" in state:
            whole = "pictures" in state  # which come with all the rest, or when there is a new one
            state["questions"] = self._crossed.shortened(state["questions"], whole)
        return state

    # Work

    def run(self) -> Run[Answer]:
        """Compute the map anew, as far as it is not known; `.wait()` blocks until it is there."""
        # Anew with each run: the network may have been trained on in a cell.
        self._looks = Looks()
        with self._lock, self.hold_sync(), steady_weights(self._looks):
            question = self._timeline.now
            self._page.judge.forget(question)
            self._prefetch.begin(question, self._session.probes)
            self._page.begin(question)
            self.publish(**project.options(question, self._session))
            self._budget = Budget(max_trial=question.settings.budget)
            return super().run()

    def steps(self, state: ExplorerState) -> Steps[Answer]:
        """Answer the question under the budget, which may change meanwhile."""
        question = self._timeline.now
        work = iter(answer(question, self._session, self._budget))
        work = skip_first_looks(self._answer, question, work)
        return with_steady_weights(work, self._looks)

    def cancel(self) -> None:
        """Stop all work, also what is computed ahead; the best partial result stays."""
        if hasattr(self, "_page"):  # it has none where its constructor has failed
            self._prefetch.channel.cancel()
            self._page.cancel()
        super().cancel()

    def show(self, state: ExplorerState, answer: Answer, final: bool) -> Mapping[str, Any]:
        """Return the maps of an answer; after the last of them, prefetch what may come next."""
        with steady_weights(self._looks):
            # The page acknowledges maps: what has none must not count as one yet to be painted.
            frame = self._frames.next() if answer.after.attribution else self._frames.sent
            total = int(self._budget.max_trial or 0)
            outputs = output.answer_outputs(answer, self._session, frame, total, not final)
            outputs["predictions"] = output.known_predictions(answer, self._session)
            if final and answer.question == self._timeline.now:
                self._page.attacks.follow(answer.question)
                self.history = self.history.then(answer, self.code)
                outputs["questions"] = [entry.shown for entry in self.history.entries]
                if reason := few_coalitions(answer):
                    outputs["blocked"] = {**self.blocked, "readings": reason}
                self._prefetch.follow(answer, self._session.probes, frame)
            return outputs

    def on_end(self) -> None:
        """Answer the question as it is by now, if the budget has been moved meanwhile."""
        done = self._answer if self.status["state"] == "done" else None
        if done is not None and done.question != self._timeline.now:
            self.run()  # what this budget gives from the start: nearly all of it is known by now

    @property
    def result(self) -> Attribution | Comparison | None:
        """What is on the screen; if the last work failed, its error is raised."""
        answer: Answer | None = super().result
        return answer.result if answer else None

    @property
    def result_before(self) -> Attribution | None:
        """The map before the edits, where there are edits."""
        before = self._answer.before if self._answer else None
        return before.attribution if before else None

    # Gestures

    def edit(self, operation: str, *arguments: Any, of: str | None = None) -> None:
        """Edit the picture: "erase", "blur", "paste", "shift", "rotate", "scale", "noise" or so.

        All that `xaiwidgets.images.EDITS` has, with the arguments of the function of that name; a
        reference to paste from is given by name. `of` is the name of a partner, to be edited
        instead, as `partners` has it.
        """
        references = self._session.references
        values = [references.get(str(value), value) for value in arguments]
        with self._lock:
            self._turn_to(self._timeline.now.edit(operation, *values, of=of))

    @command("undo")
    def undo(self) -> None:
        """Take the last gesture back."""
        with self._lock:
            timeline = self._timeline.undo()
            self._turn_to(timeline.now, timeline)

    @command("redo")
    def redo(self) -> None:
        """Do again what was undone last."""
        with self._lock:
            timeline = self._timeline.redo()
            self._turn_to(timeline.now, timeline)

    @command("compare")
    def compare(self, operator: str, name: str | Sequence[str]) -> None:
        """Join ("join") or anti-join ("left join") the picture with a candidate, or several.

        They are given by name. `partners` says with what the picture is compared; set to fewer
        names, it takes some away.
        """
        with self._lock:
            question = self._timeline.now
            for each in [name] if isinstance(name, str) else name:
                question = question.compare(operator, Partner.named(each, self._session))
            self._turn_to(question)

    def add_picture(self, name: str, picture: Any, *, reference: bool = False) -> str:
        """Add a picture and explain it; return the name that queries give it.

        As a `reference` it is only there to compare with, or to paste from, and the question stays.
        """
        with self._lock, self.hold_sync():
            (added,) = add_pictures(self, name, [picture], reference)
            if not reference:
                self._turn_to(self._timeline.now.look_at(added))
            return added.name

    def input(self, name: str) -> Tensor:
        """Return the network's input of a picture or reference, also of one added by hand."""
        return self._session.input(name).tensor

    @command("ask")
    def ask(self, text: str, beside: str | None = None) -> None:
        """Ask what a query says, also if it is what is asked already.

        `beside` is a second method, as text; None keeps the one that there is.
        """
        with self._lock:
            question = project.read_query(text, self._timeline.now, self._session)
            if beside is not None:
                question = question.set_beside(read_method(beside) if beside else None)
            # Asked once more by hand, as after training in a cell; else `_turn_to` does nothing.
            if question == self._timeline.now:
                self.run()
            self._turn_to(question)
