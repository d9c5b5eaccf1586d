"""The Explorer: drag a window on a picture and see why the network says what it says."""

from __future__ import annotations

from typing import Any

import traitlets as t
from torch import nn

from xaiwidgets.algebra import Classifier, Comparison, Edited, Interpretation, query
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES
from xaiwidgets.methods import Attribution, Cache
from xaiwidgets.network import Network
from xaiwidgets.widgets import wire
from xaiwidgets.widgets.answer import Answer, Side, answer_steps, seen
from xaiwidgets.widgets.base import ENGINE, STATIC, Run
from xaiwidgets.widgets.foresight import Foresight
from xaiwidgets.widgets.history import History, Trail
from xaiwidgets.widgets.script import (
    Pictures,
    edit_text,
    edits_of,
    named_inputs,
    python,
    root_of,
)
from xaiwidgets.work import Progress, Steps

_COMPARED = ("operator", "partners", "partner_targets", "weights")
_ASKED = ("index", "query", "trail", "window", "layer", *_COMPARED, "target")
_HOW = ("printed", "baseline", "output", "budget", "seed", "grid")


class Explorer(Foresight):
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
        model: Network | nn.Module,
        images: Pictures,
        references: Pictures = (),
        rival: Network | nn.Module | None = None,
        **traits: Any,
    ) -> None:
        self._model = model if isinstance(model, Network) else Classifier(model)
        self._rival = Classifier(rival) if isinstance(rival, nn.Module) else rival
        inputs = named_inputs(self._model, images, "x", "pictures")
        others = named_inputs(self._model, references, "r", "references")
        if not inputs or inputs.keys() & others.keys():
            raise InputError("give at least one picture, and references of other names")
        self._inputs = [given for given, _ in inputs.values()]
        self._references = {name: given for name, (given, _) in others.items()}
        self._code = {name: code for name, (_, code) in (inputs | others).items()}
        self._memory = Cache()
        self._history = History(self._inputs[0])
        self._answer: Answer | None = None
        self._settling = True
        self._look_ahead()
        self._fill(ENGINE.submit(self._first_look()).wait())
        self._refuse_unknown(traits)
        super().__init__(**{k: v for k, v in traits.items() if k not in _ASKED})
        self._look_around()
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
            logits = self._model.private_logits(given.tensor[None])
            if self._rival is not None:
                same = self._rival.private_logits(given.tensor[None]).shape == logits.shape
                named = {m.classes for m in (self._model, self._rival) if m.classes is not None}
                if not same or len(named) > 1:
                    raise InputError("the rival must be a network for the same classes")
        return seen(self._term(), self._memory)

    def _fill(self, first: Side) -> None:
        """Set what the page needs to show anything, and what never changes again."""
        self.picture = wire.picture(first.picture)
        self.prediction = wire.prediction(self._model, first, None)
        named = {
            "classes": [self._model.label(index) for index in range(len(first.logits))],
            "pictures": [self._thumbnail(given) for given in self._inputs],
            "references": [self._thumbnail(given) for given in self._references.values()],
            "baselines": [*BASELINES, *self._references],
            "networks": [self._model.name, *([self._rival_name()] if self._rival else [])],
            "rival": self._rival_name() if self._rival else None,
        }
        for name, value in named.items():
            self.set_trait(name, value)

    # What follows from a change

    @t.observe(*_ASKED, *_HOW)
    def _on_state(self, change: Any) -> None:
        with self._lock:
            if self._settling:
                return
            with self._quietly():
                if change.name == "partners":
                    self._carry_over(change.old)
                self._follow(change.name)
                self._settle()
            live = change.name == "budget" and self.status.get("state") == "running"
            if not live:
                self.run()

    def _follow(self, name: str) -> None:
        """Bring the rest of the state in line with the trait that was set."""
        if name == "index":
            self._history = History(self._inputs[self.index])
            self.trail, self.window = [], None
            # It cannot be compared with itself.
            self.candidates = self._offered()
            offered = [candidate["name"] for candidate in self.candidates]
            kept = [p for p, name in enumerate(self.partners) if name in offered]
            self._keep_partners(kept)
        elif name == "trail":
            self.window = self.trail[-1] if self.trail else None
        elif name == "window" and [self.window] != self.trail[-1:]:
            self.trail = [self.window] if self.window else []
        elif name == "query":
            self._adopt(self._read(self.query))
        elif name == "operator" and not self.operator:
            self.partners = []
        elif name == "partners":
            self.operator = self.operator or "join" if self.partners else ""
            self.layer = None if self.rival in self.partners else self.layer
        elif name == "target" and self.operator == "join":
            self.partner_targets = [self.target] * len(self.partners)

    def _adopt(self, asked: Interpretation[Any]) -> None:
        first = asked.terms[0]
        index = [i.name for i in self._inputs].index(root_of(first.source).name)
        self.partners, self.operator = [], ""
        self.index = index
        self._history = History(first.source)
        self.candidates = self._offered()
        self.trail = [first.window] if first.window else []
        self.window, self.target, self.layer = first.window, first.target, first.layer
        self._adopt_partners(asked)

    def _read(self, text: str) -> Interpretation[Any]:
        """Read a query that this Explorer can show."""
        networks = {self._model.name: self._model}
        if self._rival is not None:
            networks[str(self.rival)] = self._rival
        named = {name: given.tensor for name, given in self._pool().items()}
        asked = query(text, **networks, **named)
        self._showable(asked, text)
        return asked

    def _settle(self) -> None:
        """Write what follows from the state: the query, the code, what can be done next."""
        self._align()
        expression = self._composed()
        self.query = str(expression)
        self.code = python(expression, self._arguments(), self._code)
        self._look_around()
        self.edits = [edit_text(edit) for edit in edits_of(self._history.source)]
        self.redoable = self._history.redoable

    def _arguments(self) -> dict[str, str]:
        """Return the arguments of `explain` as Python text."""
        baseline = repr(self.baseline)
        if self.baseline in self._references:
            baseline = f"model.input({self._code[self.baseline]})"
        how = {
            "budget": repr(self.budget),
            "seed": repr(self.seed),
            "grid": repr(self.grid),
            "baseline": baseline,
            "output": repr(self.output),
        }
        return how | ({"printed": "True"} if self._printed() else {})

    # Work

    def run(self) -> Run[Answer]:
        """Compute the map anew, as far as it is not known; `.wait()` blocks until it is there."""
        with self._lock:
            self._started_with = self.budget
            expression = self._composed()
            self._forget_ahead(expression)
            return self.start(answer_steps(expression, self._how(), self._memory), self._show)

    def _how(self) -> dict[str, Any]:
        reference = self._references.get(self.baseline)
        return {
            "budget": lambda: self.budget,
            "seed": self.seed,
            "grid": self.grid,
            "baseline": reference.tensor if reference else self.baseline,
            "output": self.output,
            "printed": self._printed(),
        }

    def _printed(self) -> bool:
        return self.printed and self.operator == "left join" and self.rival in self.partners

    def _show(self, answer: Answer, final: bool) -> None:
        self._answer = answer
        after, *others = answer.sides
        before = answer.before
        shown: dict[str, Any] = {
            "picture": wire.picture(after.picture),
            "prediction": wire.prediction(self._model, after, self.target),
            "original": before and wire.picture(before.picture),
            "prediction_before": before and wire.prediction(self._model, before, answer.target),
        }
        # The page acknowledges maps: what has none must not count as one that it is yet to paint.
        frame = self.next_frame() if after.attribution else self._frame
        total, partial = self.budget, not final
        maps = [
            side.attribution and self._drawn(side.attribution, frame, total, partial)
            for side in (after, *others, *([before] if before else []))
        ]
        if maps[0] is not None:
            shown["attribution"] = maps[0]
        if before is None:
            shown["attribution_before"] = None
        elif maps[-1] is not None:
            shown["attribution_before"] = maps[-1]
        shown["others"] = self._other_figures(others, maps[1:])
        self.publish(**shown)
        if final:
            self._shown_finally(answer)

    def is_result(self, preview: Any) -> bool:
        """Return whether a preview has a map."""
        return isinstance(preview, Answer) and preview.result is not None

    def _on_end(self, *how: Any) -> None:
        super()._on_end(*how)
        if self.status["state"] == "done" and self.budget != self._started_with:
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
        self._memory = Cache()
        self._look_around()  # probes may have been fitted since
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

    def _still(self) -> bytes | None:
        result = self._answer.result if self._answer else None
        return None if result is None else result._repr_png_()
