"""A question as Python that a person can run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from xaiwidgets.algebra import Edited, FunctionEdit, Input, Interpretation, Join, Term
from xaiwidgets.images import Window
from xaiwidgets.methods import SETTINGS, method_text
from xaiwidgets.network import Network
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.variables import assumption, variables

_WRAPPED = {"model": "classifier", "rival": "rival_classifier"}
"""What a bare module is called, once it is a classifier."""


def edit_text(edit: Edited) -> str:
    """Return an edit as a person reads it, such as ``paste r1 [10:50, 20:60]``."""
    settings = edit.settings if isinstance(edit, FunctionEdit) else ()
    options = [f"{name} {value}" for name, value in settings]
    # On whichever network: two have attacks of different names.
    name = "attack" if settings else edit.edit
    return " ".join([name, *map(str, edit.arguments), *options])


def python(question: Question, expression: Interpretation[Any], session: Session) -> str:
    """Return the lines of Python that compute what the Explorer shows.

    They use the notebook's own names of what the Explorer was made of.

    Parameters
    ----------
    expression : Interpretation
        The question's.
    """
    return _Writer(session).lines(question, expression)


CALLS_OF_CHECKS = """\
xaiwidgets.evaluation.deletion({map}, grid={grid}, baseline={baseline}).run()
xaiwidgets.evaluation.insertion({map}, grid={grid}, baseline={baseline}).run()
xaiwidgets.evaluation.infidelity({map}, grid={grid}, baseline={baseline}).run()
xaiwidgets.evaluation.against_exact({map}, baseline={baseline}).run()
xaiwidgets.evaluation.sensitivity(
    {subject}, {method!r}, attribution=attribution, samples={samples}, baseline={baseline}
).run()"""


def checks_code(
    question: Question,
    expression: Interpretation[Any],
    session: Session,
    truth: Window | None,
    **settings: Any,
) -> str:
    """Return the lines of Python that check the map of a question in all ways.

    Parameters
    ----------
    truth : Window or None
        Where the class is, if that is known.
    **settings
        `grid` of the parts that are hidden, `method` as text, and the `samples` of noise.
    """
    return _Writer(session).checks(question, expression, truth, settings)


class _Writer:
    """Writes questions about what a session was given, by the names that the notebook has for it.

    Attributes
    ----------
    networks : dict of str
        The Python of model and rival.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names, self._missing = variables(session.arguments)
        self._bare = [
            name
            for name in _WRAPPED
            if session.arguments[name] is not None
            and not isinstance(session.arguments[name], Network)
        ]
        self.networks = {
            name: _WRAPPED[name] if name in self._bare else self._names[name] for name in _WRAPPED
        }

    def _network(self, term: Term) -> str:
        """Return the Python of the network that a term asks."""
        return self.networks["model" if term.model is self._session.owner else "rival"]

    def lines(self, question: Question, expression: Interpretation[Any]) -> str:
        """Return the Python of a question."""
        edits, _, call = self._explained(question, expression)
        if question.beside is None:
            return self._with_header([*edits, call])
        second = question.explain_by(question.beside)
        _, _, other = self._explained(second, expression.using(question.beside))
        if question.shares_patches:
            other = other.replace(f"grid={question.settings.grid}", "grid=attribution.layout")
        return self._with_header([*edits, f"attribution = {call}", f"beside = {other}"])

    def checks(
        self,
        question: Question,
        expression: Interpretation[Any],
        truth: Window | None,
        settings: Mapping[str, Any],
    ) -> str:
        """Return the Python of a question, and of checks of its map."""
        edits, picture, call = self._explained(question, expression)
        subject, baseline = (
            f"{self._network(expression.terms[0])}, {picture}",
            self._settings(question)["baseline"],
        )
        values = {"subject": subject, "map": f"{subject}, attribution", "baseline": baseline}
        lines = [*edits, f"attribution = {call}", CALLS_OF_CHECKS.format(**values, **settings)]
        if truth is not None:
            place = self._argument(truth)
            lines.append(f"xaiwidgets.evaluation.mass_inside(attribution, {place})")
        return self._with_header(lines)

    def _explained(
        self, question: Question, expression: Interpretation[Any]
    ) -> tuple[list[str], str, str]:
        """Return the Python of the edits, of the edited picture, and of its map."""
        first, *rest = expression.terms
        picture = self._argument(question.picture)
        edits = []
        for edit in question.edits:
            edits.append(f"edited = {self._edit(edit, picture)}")
            picture = "edited"
        call = f"{self._network(first)}({picture}){self._operators(first, bool(rest))}"
        for place, term in enumerate(rest):
            call += self._partner(term, place, first, picture, expression)
        settings = self._settings(question)
        # Of several sides each has a class of its own, by `for_class`.
        if not rest and first.target is not None:
            settings = {"target": repr(first.target)} | settings
        arguments = ", ".join(f"{name}={value}" for name, value in settings.items())
        return edits, picture, f"{call}.explain({arguments})"

    def _with_header(self, lines: list[str]) -> str:
        """Return lines after what they need: modules, classifiers, what they take for granted."""
        text = "\n".join(lines)
        # Only what the lines use: who asks nothing of the rival needs no variable for it.
        bare = [name for name in self._bare if re.search(rf"\b{_WRAPPED[name]}\b", text)]
        wrapped = [
            f"{_WRAPPED[name]} = xaiwidgets.Classifier({self._names[name]})" for name in bare
        ]
        text = "\n".join([*wrapped, text])
        # Of what has no variable, which is called as the argument is.
        used = [name for name in self._missing if re.search(rf"\b{name}\b", text)]
        imports = ["import xaiwidgets", ""] if "xaiwidgets." in text else []
        return "\n".join([*assumption(used, "Explorer"), *imports, text])

    def _partner(
        self, term: Term, place: int, first: Term, picture: str, expression: Interpretation[Any]
    ) -> str:
        """Return the comparison with one more term."""
        joined = isinstance(expression, Join)
        source = picture if term.source == first.source else self._argument(term.source)
        side = f"{self._network(term)}({source}){self._operators(term, True)}"
        share = expression.shares[place] if isinstance(expression, Join) else None
        weight = "" if share is None else f", weight={share!r}"
        return f".{'join' if joined else 'left_join'}({side}{weight})"

    def _settings(self, question: Question) -> dict[str, str]:
        """Return the arguments of `explain` as Python text."""
        estimation = question.settings
        settings = {name: repr(value) for name, value in asdict(estimation).items()}
        players = settings.pop("players")
        if estimation.players != "grid":
            settings["grid"] = players
        if question.method is not None:
            settings = {"method": repr(method_text(question.method)), **settings}
            for name in SETTINGS:
                del settings[name]  # of Shapley values only
        if estimation.baseline in self._session.inputs:
            settings["baseline"] = self._argument(self._session.inputs[estimation.baseline])
        if not question.is_printed:
            del settings["printed"]
        return settings

    def _operators(self, term: Term, several: bool) -> str:
        """Return the operators of a term; the class of a single one is for `explain`."""
        where = "" if term.window is None else f".where({self._argument(term.window)})"
        select = "" if term.layer is None else f".select({term.layer!r})"
        target = "" if term.target is None or not several else f".for_class({term.target})"
        return where + select + target

    def _edit(self, edit: Edited, picture: str) -> str:
        """Return an edit of what is called `picture`."""
        if not isinstance(edit, FunctionEdit):
            arguments = ", ".join([picture, *map(self._argument, edit.arguments)])
            return f"xaiwidgets.images.{edit.edit}({arguments})"
        is_owner = edit.function.network is self._session.owner
        settings = dict(edit.settings)
        at = settings.pop("at", -1)
        written = [f"{name}={self._argument(value)}" for name, value in settings.items()]
        network = self.networks["model" if is_owner else "rival"]
        # Attacks are of batches, edits of one picture.
        arguments = ", ".join([network, f"{picture}[None]", *written])
        return f"xaiwidgets.adversarial.attack({arguments}).run().path[{at}][0]"

    def _argument(self, value: Any) -> str:
        if isinstance(value, Window):
            return f"xaiwidgets.Window({value.top}, {value.left}, {value.height}, {value.width})"
        if isinstance(value, Edited):
            return self._edit(value, self._argument(value.source))
        if not isinstance(value, Input):
            return repr(value)
        argument, place = self._session.places[value.name]
        code = f"{self._names[argument]}{place}"
        # The Explorer has it as the network takes it.
        return code if argument == "explorer" else f"{self.networks['model']}.input({code})"
