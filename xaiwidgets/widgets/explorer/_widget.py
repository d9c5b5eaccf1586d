"""The Explorer: drag a window on a picture and see why the network says what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets as t
from torch import Tensor, nn

from xaiwidgets.algebra import Attribution, Comparison
from xaiwidgets.errors import XaiError
from xaiwidgets.jobs import Channel, Job
from xaiwidgets.methods._cache import Memory
from xaiwidgets.methods._shapley import OUTPUTS
from xaiwidgets.network import Network
from xaiwidgets.widgets.base import ENGINE, STATIC, Run, Widget, command
from xaiwidgets.widgets.explorer import _projection as project
from xaiwidgets.widgets.explorer import _wire as wire
from xaiwidgets.widgets.explorer._answer import Answer, Side, answer, random_partner
from xaiwidgets.widgets.explorer._prefetch import Prefetch, few_coalitions
from xaiwidgets.widgets.explorer._question import OPERATORS, Partner, Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._timeline import Timeline
from xaiwidgets.widgets.inputs import Pictures
from xaiwidgets.work import Budget

# The page writes these at every move of a hand and saves them a little later: an echo of what it
# saved last would take the hand back.
_BY_HAND = {"sync": True, "echo_update": False}

HISTORY = 50
"""Queries that are remembered."""


class Explorer(Widget[Any, Answer]):
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
    **traits
        Any of the state below.

    Attributes
    ----------
    index : int
        Which picture.
    window : Window or None
        The part explained; `trail` has the windows around it, outermost first.
    target : int or None
        The class explained (a name is taken, too); None is the predicted class.
    layer : str or None
        The layer at which the network is truncated; it needs a probe. None is the whole network.
    operator, partners, weights : str, list, list
        "join" or "left join" (anti-join), the names of what the picture is compared with, and for
        each joined partner the weight of all before it (None: all count the same).
    printed : bool
        As for `Interpretation.explain`.
    baseline : str
        "zeros", "mean", "blur" or the name of a reference.
    output, budget, seed, grid
        As for `Interpretation.explain`: budget from 64 to 16,384, grid 2 to 16 cells a side.
    undoable, redoable : int
        How many gestures can be undone, and done again.
    query : str
        The question as text; setting it moves everything else.
    opacity, color_range : float
        How the map is drawn.

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

    _esm = STATIC / "explorer.js"
    _css = STATIC / "explorer.css"

    index = t.Int(0).tag(**_BY_HAND)
    window = t.Any(None).tag(**_BY_HAND, to_json=wire.windows)
    trail = t.Any([]).tag(**_BY_HAND, to_json=wire.windows)
    target = t.Any(None).tag(**_BY_HAND)
    layer = t.Unicode(None, allow_none=True).tag(**_BY_HAND)
    operator = t.Enum(OPERATORS, "").tag(**_BY_HAND)
    partners = t.List(t.Unicode()).tag(**_BY_HAND)
    partner_targets: t.List[Any] = t.List(t.Int(allow_none=True)).tag(**_BY_HAND)
    weights: t.List[Any] = t.List(t.Float(min=0, max=1, allow_none=True)).tag(**_BY_HAND)
    printed = t.Bool(False).tag(**_BY_HAND)
    baseline = t.Unicode("zeros").tag(**_BY_HAND)
    output = t.Enum(OUTPUTS, "logit").tag(**_BY_HAND)
    budget = t.Int(1024, min=64, max=16384).tag(**_BY_HAND)
    seed = t.Int(0, min=0).tag(**_BY_HAND)
    grid = t.Int(7, min=2, max=16).tag(**_BY_HAND)
    query = t.Unicode().tag(**_BY_HAND)
    reading = t.Enum(("shapley", "linear", "tree"), "shapley").tag(**_BY_HAND)
    opacity = t.Float(0.65, min=0, max=1).tag(**_BY_HAND)
    color_range = t.Float(None, min=0, allow_none=True).tag(**_BY_HAND)
    gesture = t.Int(0).tag(**_BY_HAND)

    classes = t.List(t.Unicode(), read_only=True).tag(sync=True)
    pictures: t.List[Any] = t.List(read_only=True).tag(sync=True)
    references: t.List[Any] = t.List(read_only=True).tag(sync=True)
    baselines = t.List(t.Unicode(), read_only=True).tag(sync=True)
    networks = t.List(t.Unicode(), read_only=True).tag(sync=True)
    rival = t.Unicode(None, allow_none=True, read_only=True).tag(sync=True)
    layers: t.List[Any] = t.List().tag(sync=True)
    layer_hint = t.Unicode().tag(sync=True)
    layer_maps = t.Dict().tag(sync=True)
    candidates: t.List[Any] = t.List().tag(sync=True)
    others: t.List[Any] = t.List().tag(sync=True)
    blocked = t.Dict().tag(sync=True)
    readings = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    asked = t.List(t.Unicode()).tag(sync=True)
    picture = t.Dict().tag(sync=True)
    original = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    prediction = t.Dict().tag(sync=True)
    prediction_before = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    attribution = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    attribution_before = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    edits = t.List(t.Unicode()).tag(sync=True)
    undoable = t.Int(0).tag(sync=True)
    redoable = t.Int(0).tag(sync=True)
    code = t.Unicode().tag(sync=True)

    def __init__(
        self,
        model: Network | nn.Module,
        images: Pictures,
        references: Pictures = (),
        rival: Network | nn.Module | None = None,
        **traits: Any,
    ) -> None:
        self._session = session = Session(model, images, references, rival)
        # On the compute thread, so that a wrong network is known at once, and none is raced on.
        ENGINE.call(session.check())
        self._refuse_unknown(traits)
        self._timeline = Timeline(Question(session.picture_at(0)))
        self._state: dict[str, Any] = {}
        self._budget = Budget()
        self._random = Channel(ENGINE)
        super().__init__(**{k: v for k, v in traits.items() if k not in project.STATE})
        self._prefetch = Prefetch(session, self._lock, self.publish)
        with self._lock, self.hold_sync():
            self._present_session()
            first = Side.of(self._question.expression(session).terms[0], session)
            self.publish(**wire.first_traits(first, session))
            self._become(self._question)
            for name in filter(traits.__contains__, project.STATE):
                setattr(self, name, traits[name])
                self._become(self._changed(name, getattr(self, name)))
            self._become(self._question, Timeline(self._question))  # nothing to undo
        self.observe(self._on_question, list(project.STATE))
        self.run()

    def _present_session(self) -> None:
        for name, value in wire.session_traits(self._session).items():
            self.set_trait(name, value)

    # The question

    @property
    def _question(self) -> Question:
        return self._timeline.now

    def _changed(self, name: str, value: Any) -> Question:
        try:
            return project.with_trait(self._question, name, value, self._session)
        except XaiError as error:
            raise t.TraitError(str(error)) from error

    @t.validate(*project.STATE)
    def _valid(self, proposal: Any) -> Any:
        name = proposal.trait.name
        return project.STATE[name](self._changed(name, proposal.value), self._session)

    def _on_question(self, change: Any) -> None:
        with self._lock:
            try:
                self._turn_to(self._changed(change.name, change.new))
            except t.TraitError:  # refused beside another trait of the same message
                setattr(self, change.name, self._state[change.name])
                raise

    def _turn_to(self, question: Question, timeline: Timeline | None = None) -> None:
        """Go on to another question, and answer it."""
        before, budget = self._question, question.method.budget
        if question == before:
            return
        with self.hold_sync():
            self._become(question, timeline)
            if self.status["state"] == "running" and before.configure(budget=budget) == question:
                self._budget.max_trial = budget  # of the work under way, which goes on
            else:
                self.run()

    def _become(self, question: Question, timeline: Timeline | None = None) -> None:
        """Set all traits to what a question says; raise XaiError if it cannot be asked."""
        state = project.projection(question, self._session)
        # Only what it changes: other traits may have been set, and their observers be yet to come.
        changed = {name: value for name, value in state.items() if self._state.get(name) != value}
        if not self._state or question.source != self._question.source:
            changed["candidates"] = project.candidates(question, self._session)
        self._state = state
        self._timeline = timeline or self._timeline.to(question)
        past, future = self._timeline.past, self._timeline.future
        self.publish(**changed, undoable=len(past), redoable=len(future))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the page's changes; those of one message are one step, and so are those of a drag.

        The page counts in `gesture` how often a button or a key went down.
        """
        with self._lock, self.hold_sync():
            before = self._timeline
            super().set_state(sync_data)
            gesture = (self.gesture, *sorted(sync_data.keys() - {"gesture"}))
            self._timeline = before.to(self._question, gesture if self.gesture else None)
            self.publish(undoable=len(self._timeline.past))

    # Work

    def run(self) -> Run[Answer]:
        """Compute the map anew, as far as it is not known; `.wait()` blocks until it is there."""
        with self._lock, self.hold_sync():
            question, session = self._question, self._session
            self._present_options()
            self._budget = Budget(max_trial=question.method.budget)
            return self.start(answer(question, session, self._budget), self._show)

    def _present_options(self) -> None:
        """Show what can be done from here, and forget what was prefetched for another question."""
        probes = self._session.probes
        self._prefetch.begin(self._question, probes)
        self.publish(
            layers=[{"name": name, "agreement": p.agreement} for name, p in probes.items()],
            layer_hint=self._session.fitting,
            blocked=project.refusals(self._question, self._session, probes),
        )

    def cancel(self) -> None:
        """Stop all work, also what is computed ahead; the best partial result stays."""
        self._prefetch.channel.cancel()
        self._random.cancel()
        super().cancel()

    def _show(self, shown: Answer, final: bool) -> None:
        self._answer = shown
        # The page acknowledges maps: what has none must not count as one that it is yet to paint.
        frame = self.next_frame() if shown.after.attribution else self._frame
        total = int(self._budget.max_trial or 0)
        self.publish(**wire.answer_traits(shown, self._session, frame, total, not final))
        if final and shown.question == self._question:
            text = str(shown.expression)
            if text not in self.asked[-1:]:
                self.asked = [*self.asked, text][-HISTORY:]
            if reason := few_coalitions(shown):
                self.blocked = {**self.blocked, "readings": reason}
            self._prefetch.follow(shown, self._session.probes, frame)

    def is_result(self, preview: Any, failed: bool = False) -> bool:
        """Return whether a preview has a map."""
        return not failed and isinstance(preview, Answer) and preview.result is not None

    def on_end(self) -> None:
        """Answer the question as it is by now, if the budget has been moved meanwhile."""
        done = self._answer if self.status["state"] == "done" else None
        if done is not None and done.question != self._question:
            self.run()  # what this budget gives from the start: nearly all of it is known by now

    @property
    def result(self) -> Attribution | Comparison | None:
        """What is on the screen; if the last work failed, its error is raised."""
        if self._error is not None:
            raise self._error
        return self._answer.result if self._answer else None

    @property
    def result_before(self) -> Attribution | None:
        """The map before the edits, where there are edits."""
        before = self._answer.before if self._answer else None
        return before.attribution if before else None

    # Gestures

    def edit(self, operation: str, *arguments: Any) -> None:
        """Edit the picture: "erase", "blur", "paste", "shift", "rotate" or "scale".

        Arguments as for the function of that name in `xaiwidgets.images`; a reference to paste
        from is given by name.
        """
        references = self._session.references
        values = [references.get(str(value), value) for value in arguments]
        with self._lock:
            self._turn_to(self._question.edit(operation, *values))

    @command("ask")
    def ask(self, text: str) -> None:
        """Ask what a query says, also if it is what is asked already."""
        with self._lock:
            question = project.read_query(text, self._question, self._session)
            if question == self._question:
                self.run()
            self._turn_to(question)

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
    def compare(self, operator: str, name: str) -> None:
        """Join ("join") or anti-join ("left join") the picture with a candidate, by its name."""
        with self._lock:
            self._turn_to(self._question.compare(operator, Partner.named(name, self._session)))

    @command("uncompare")
    def uncompare(self, name: str) -> None:
        """Take a partner away again."""
        with self._lock:
            self._turn_to(self._question.uncompare(name))

    def add_reference(self, name: str, picture: Any) -> str:
        """Add a picture to what can be compared; return the name that queries give it."""
        with self._lock, self.hold_sync():
            shape = self._question.source.shape
            reference = self._session.add(name, picture, shape)
            self._present_session()
            self.candidates = project.candidates(self._question, self._session)
            self._present_options()
            return reference.name

    def input(self, name: str) -> Tensor:
        """Return the network's input of a picture or reference, also of one added by hand."""
        return self._session.input(name).tensor

    # What only the page does

    @command("run")
    def _run_anew(self) -> None:
        self._session.memory = Memory()
        self.run()

    @command("edit")
    def _edit_as_shown(self, **content: Any) -> None:
        self.edit(*wire.edit_arguments(content, self._question, self._session))

    @command("add")
    def _add_file(self, name: str = "", buffers: Sequence[bytes] = ()) -> dict[str, Any]:
        return {"name": self.add_reference(*wire.uploaded(name, buffers))}

    @command("random")
    def _compare_randomly(self, operator: str, same: bool) -> None:
        source = self._question.source

        def on_end(job: Job[Partner]) -> None:
            with self._lock:
                error = job.error
                if error is None and not job.cancelled and self._question.source == source:
                    try:
                        self._turn_to(self._question.compare(operator, job.outcome))
                    except XaiError as refusal:
                        error = refusal
                if error is not None:
                    self.publish(error={"message": str(error), "column": None})

        steps = random_partner(self._question, self._session, same)
        self._random.submit(steps, lambda progress: None, on_end)

    def still(self) -> bytes | None:
        """Return the map as PNG."""
        result = self._answer.result if self._answer else None
        return None if result is None else result._repr_png_()
