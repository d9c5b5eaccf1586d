"""What a notebook calls the things that a widget was given, so that copied Python runs there."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any


def variables(arguments: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return the variable that holds each thing, and what has none and keeps its usual name.

    Parameters
    ----------
    arguments : mapping from usual name to object

    Examples
    --------
    >>> variables({"model": object()})
    ({'model': 'model'}, ['model'])
    """
    # By identity, as two variables may hold equal tensors, of which one was given.
    names = {usual: _variable_of(value) for usual, value in arguments.items()}
    missing = [usual for usual, name in names.items() if name is None]
    return {usual: name or usual for usual, name in names.items()}, missing


def assumption(missing: list[str], widget: str) -> list[str]:
    """Return the line that says what copied Python takes for granted; none if that is nothing."""
    if not missing:
        return []
    return [f"# assumed: {', '.join(missing)} as {widget}(...) was given"]


def _variable_of(value: Any) -> str | None:
    # Where IPython is not loaded there is no notebook.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    # A copy: a cell may run meanwhile.
    held = list(shell.user_ns.items()) if shell else []
    # Names with an underscore are IPython's own, for outputs.
    return next((name for name, each in held if each is value and name[0] != "_"), None)
