"""The Explorer: drag a window on a picture and see why the network says what it says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import traitlets as t
from torch import nn

from xaiwidgets.algebra.attribution import Attribution
from xaiwidgets.algebra.expression import Edited, Input, Interpretation
from xaiwidgets.algebra.language import query
from xaiwidgets.classifier import Classifier
from xaiwidgets.errors import InputError, QueryError
from xaiwidgets.images import BASELINES
from xaiwidgets.steps import Progress, Steps
from xaiwidgets.widgets import wire
from xaiwidgets.widgets.answer import Answer, Memory, Side, answer_steps, seen
from xaiwidgets.widgets.base import ENGINE, STATIC, Run
from xaiwidgets.widgets.explorer_traits import ExplorerTraits
from xaiwidgets.widgets.history import History, Trail
from xaiwidgets.widgets.script import (
    Pictures,
    edit_text,
    edits_of,
    named_inputs,
    python,
    root_of,
)

_ASKED = ("index", "query", "trail", "window", "target")
_HOW = ("baseline", "output", "budget", "seed", "grid")


class Explorer(ExplorerTraits):
    """Ask a network why, by hand.

    Parameters
    ----------
    model : Classifier or nn.Module
        The network; a bare module gets numbered classes and inputs divided by 255.
    images : picture, sequence, or mapping from name to picture
        What to explain: PIL images, uint8 arrays, or the network's input tensors (C, H, W).
    references : likewise, optional
        Other pictures, to paste from or to be the baseline.
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
    baseline : str
        "zeros", "mean", "blur" or the name of a reference.
    output, budget, seed, grid
        As for `Interpretation.explain`: budget from 64 to 16,384, grid 2 to 16 cells a side.
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

    _bundle = "explorer"
    _esm = STATIC / "explorer.js"
    _css = STATIC / "explorer.css"

    def __init__(
        self,
        model: Classifier | nn.Module,
        images: Pictures,
        references: Pictures = (),
        **traits: Any,
    ) -> None:
        self._model = model if isinstance(model, Classifier) else Classifier(model)
        inputs = named_inputs(self._model, images, "x", "pictures")
        others = named_inputs(self._model, references, "r", "references")
        if not inputs or inputs.keys() & others.keys():
            raise InputError("give at least one picture, and references of other names")
        self._inputs = [given for given, _ in inputs.values()]
        self._references = {name: given for name, (given, _) in others.items()}
        self._code = {name: code for name, (_, code) in (inputs | others).items()}
        self._memory = Memory()
        self._history = History(self._inputs[0])
        self._answer: Answer | None = None
        self._settling = True
        self._fill(ENGINE.submit(self._first_look()).wait())
        unknown = traits.keys() - set(self.trait_names())
        if unknown:
            raise InputError(f"Explorer has no {', '.join(sorted(unknown))}")
        super().__init__(**{k: v for k, v in traits.items() if k not in _ASKED})
        for name in _ASKED:
            if name in traits:
                setattr(self, name, traits[name])
                self._follow(name)
        self._settle()
        self._settling = False
        self.run()

    def _first_look(self) -> Steps[Side]:
        """Ask the network once, on the compute thread, so that a wrong one is known at once."""
        yield Progress(0, 1, "asking the network")
        shapes = {given.shape: given for given in (*self._references.values(), *self._inputs)}
        for given in shapes.values():
            self._model.private_logits(given.tensor[None])
        return seen(self.expression, self._memory)

    def _fill(self, first: Side) -> None:
        """Set what the page needs to show anything, and what never changes again."""
        self.picture = wire.picture(first.picture)
        self.prediction = wire.prediction(self._model, first, None)
        named = {
            "classes": [self._model.label(index) for index in range(len(first.logits))],
            "pictures": [self._thumbnail(given) for given in self._inputs],
            "references": [self._thumbnail(given) for given in self._references.values()],
            "baselines": [*BASELINES, *self._references],
        }
        for name, value in named.items():
            self.set_trait(name, value)

    def _thumbnail(self, given: Input) -> dict[str, Any]:
        return wire.named_picture(given.name, self._model.picture(given.tensor))

    # What follows from a change

    @t.observe(*_ASKED, *_HOW)
    def _on_state(self, change: Any) -> None:
        with self._lock:
            if self._settling:
                return
            with self._quietly():
                self._follow(change.name)
                self._settle()
            live = change.name == "budget" and self.status.get("state") == "running"
            if not live:
                self.run()

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Change several traits as one: no observer acts on the way, one message goes out."""
        self._settling = True
        try:
            with self.hold_sync():
                yield
        finally:
            self._settling = False

    def _follow(self, name: str) -> None:
        """Bring the rest of the state in line with the trait that was set."""
        if name == "index":
            self._history = History(self._inputs[self.index])
            self.trail, self.window = [], None
        elif name == "trail":
            self.window = self.trail[-1] if self.trail else None
        elif name == "window" and [self.window] != self.trail[-1:]:
            self.trail = [self.window] if self.window else []
        elif name == "query":
            self._adopt(self._read(self.query))

    def _adopt(self, asked: Interpretation) -> None:
        self.index = [i.name for i in self._inputs].index(root_of(asked.source).name)
        self._history = History(asked.source)
        self.trail = [asked.window] if asked.window else []
        self.window, self.target = asked.window, asked.target

    def _read(self, text: str) -> Interpretation:
        named = {i.name: i.tensor for i in (*self._inputs, *self._references.values())}
        asked = query(text, **{self._model.name: self._model}, **named)
        name = root_of(asked.source).name
        if name in self._references:
            raise QueryError(f"{name} is a reference, not a picture", text, text.index(name))
        if asked.target is not None and asked.target >= len(self.classes):
            raise QueryError(f"there are only {len(self.classes)} classes", text, len(text) - 1)
        return asked

    def _settle(self) -> None:
        """Write what follows from the state: the query, the code, the list of edits."""
        self.query = str(self.expression)
        self.code = python(self._history.source, self.window, self._arguments(), self._code)
        self.edits = [edit_text(edit) for edit in edits_of(self._history.source)]
        self.redoable = self._history.redoable

    def _arguments(self) -> dict[str, str]:
        """Return the arguments of `explain` as Python text."""
        baseline = repr(self.baseline)
        if self.baseline in self._references:
            baseline = f"model.input({self._code[self.baseline]})"
        target = {} if self.target is None else {"target": repr(self.target)}
        return {
            "budget": repr(self.budget),
            "seed": repr(self.seed),
            **target,
            "grid": repr(self.grid),
            "baseline": baseline,
            "output": repr(self.output),
        }

    # Work

    def run(self) -> Run[Answer]:
        """Compute the map anew, as far as it is not known; `.wait()` blocks until it is there."""
        with self._lock:
            self._started_with = self.budget
            return self.start(answer_steps(self.expression, self._how(), self._memory), self._show)

    def _how(self) -> dict[str, Any]:
        reference = self._references.get(self.baseline)
        return {
            "budget": lambda: self.budget,
            "seed": self.seed,
            "grid": self.grid,
            "baseline": (self.baseline, reference.tensor if reference else self.baseline),
            "output": self.output,
        }

    def _show(self, answer: Answer, final: bool) -> None:
        self._answer = answer
        after, before = answer.after, answer.before
        shown: dict[str, Any] = {
            "picture": wire.picture(after.picture),
            "prediction": wire.prediction(self._model, after, self.target),
            "original": before and wire.picture(before.picture),
            "prediction_before": before and wire.prediction(self._model, before, answer.target),
        }
        frame, total, partial = self.next_frame(), self.budget, not final
        if after.attribution is not None:
            shown["attribution"] = wire.attribution(after.attribution, frame, total, partial)
        if before is None:
            shown["attribution_before"] = None
        elif before.attribution is not None:
            found = wire.attribution(before.attribution, frame, total, partial)
            shown["attribution_before"] = found
        self.publish(**shown)

    def _on_end(self, *how: Any) -> None:
        super()._on_end(*how)
        if self.status["state"] == "done" and self.budget != self._started_with:
            self.run()  # what this budget gives from the start: nearly all of it is known by now

    @property
    def result(self) -> Attribution | None:
        """The map on the screen; if the last work failed, its error is raised."""
        if self._error is not None:
            raise self._error
        return self._answer.after.attribution if self._answer else None

    @property
    def result_before(self) -> Attribution | None:
        """The map before the edits, where there are edits."""
        before = self._answer.before if self._answer else None
        return before.attribution if before else None

    # What-if

    def edit(self, operation: str, *arguments: Any) -> None:
        """Edit the picture: "erase", "blur", "paste", "shift", "rotate" or "scale".

        Arguments as for the function of that name in `xaiwidgets.images`; a reference to paste
        from is given by name.
        """
        values = tuple(self._references.get(str(value), value) for value in arguments)
        with self._lock:
            self._history.edit(Edited.checked(operation, self._history.source, values), self.trail)
            # What was done to the window shows in the picture around it.
            self._look_through(self.trail[:-1] if self.window in values else self.trail)

    def undo(self) -> None:
        """Take the last edit back, and return to the window in which it was made."""
        with self._lock:
            self._look_through(self._history.undo(self.trail))

    def redo(self) -> None:
        """Do again what was taken back last."""
        with self._lock:
            self._look_through(self._history.redo(self.trail))

    def _look_through(self, trail: Trail) -> None:
        with self._quietly():
            self.trail = trail
            self._follow("trail")
            self._settle()
        self.run()

    def _command_run(self, _content: dict[str, Any]) -> None:
        self._memory = Memory()
        self.run()

    def _command_ask(self, content: dict[str, Any]) -> None:
        asked = self._read(str(content.get("text", "")))
        with self._quietly():
            self._adopt(asked)
            self._settle()
        self.run()

    def _command_undo(self, _content: dict[str, Any]) -> None:
        self.undo()

    def _command_redo(self, _content: dict[str, Any]) -> None:
        self.redo()

    def _command_edit(self, content: dict[str, Any]) -> None:
        self.edit(*wire.edit_asked(content, self.window, [*self._references], self.baseline))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Add a still picture, for places where neither kernel nor widget state is there."""
        bundle = super()._repr_mimebundle_(**options)
        if bundle is not None and self._answer is not None and self._answer.after.attribution:
            drawn = io.BytesIO()
            self._answer.after.attribution.plot().savefig(drawn, format="png")
            bundle[0]["image/png"] = drawn.getvalue()
        return bundle
