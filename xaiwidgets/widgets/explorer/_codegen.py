"""A question as Python that a person can run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from xaiwidgets.algebra import Edited, Input, Interpretation, Join, Term
from xaiwidgets.images import Window
from xaiwidgets.widgets.explorer._question import Question


def edit_text(edit: Edited) -> str:
    """Return an edit as a person reads it, such as ``paste r1 [10:50, 20:60]``."""
    return " ".join([edit.edit, *map(str, edit.arguments)])


def python(question: Question, expression: Interpretation[Any], code: Mapping[str, str]) -> str:
    """Return the lines of Python that compute what the Explorer shows.

    Parameters
    ----------
    expression : Interpretation
        The question's.
    code : mapping
        The Python text of each named picture.
    """
    first, *rest = expression.terms
    lines = [
        "from xaiwidgets import Window, images",
        "",
        "# model, pictures, references, rival: what this explorer = Explorer(...) was given",
        f"x = model.input({code[question.picture.name]})",
    ]
    for edit in question.edits:
        arguments = ", ".join(["x", *(_argument(value, code) for value in edit.arguments)])
        lines.append(f"x = images.{edit.edit}({arguments})")
    call = f"model(x){_operators(first, bool(rest))}"
    for place, term in enumerate(rest):
        is_rival = term.model is not first.model
        source = "x" if is_rival else _argument(term.source, code)
        side = f"{'rival' if is_rival else 'model'}({source}){_operators(term, True)}"
        share = expression.shares[place] if isinstance(expression, Join) else None
        weight = "" if share is None else f", weight={share!r}"
        call += f".{'join' if isinstance(expression, Join) else 'left_join'}({side}{weight})"
    settings = _settings(question, code)
    if not rest and first.target is not None:
        settings = {"target": repr(first.target)} | settings
    arguments = ", ".join(f"{name}={value}" for name, value in settings.items())
    lines.append(f"{call}.explain({arguments})")
    return "\n".join(lines)


def _settings(question: Question, code: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments of `explain` as Python text."""
    method = question.method
    settings = {name: repr(value) for name, value in asdict(method).items()}
    if method.baseline in code:
        settings["baseline"] = f"model.input({code[method.baseline]})"
    if not question.is_printed:
        del settings["printed"]
    return settings


def _operators(term: Term, several: bool) -> str:
    """Return the operators of a term as Python; the class of a single one is for `explain`."""
    where = "" if term.window is None else f".where({_argument(term.window, {})})"
    select = "" if term.layer is None else f".select({term.layer!r})"
    target = "" if term.target is None or not several else f".for_class({term.target})"
    return where + select + target


def _argument(value: Any, code: Mapping[str, str]) -> str:
    if isinstance(value, Window):
        return f"Window({value.top}, {value.left}, {value.height}, {value.width})"
    if isinstance(value, Edited):
        arguments = ", ".join(_argument(part, code) for part in (value.source, *value.arguments))
        return f"images.{value.edit}({arguments})"
    return f"model.input({code[value.name]})" if isinstance(value, Input) else repr(value)
