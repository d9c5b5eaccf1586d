"""``%load_ext xaiwidgets``: cells that are queries, with completion of their names.

::

    %%xai budget=512 seed=0
    select * from f(x) where [40:150, 60:180] for class tabby

The words after ``%%xai`` are arguments of `Interpretation.explain`: Python literals, or names of
the notebook; ``plan`` shows the plan instead, and ``into=NAME`` also keeps the result under a name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import numpy as np
from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, magics_class
from PIL import Image
from torch import Tensor

from xaiwidgets.algebra import ExplainableNetwork, is_set_of_pictures, query, suggestions
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.images import Window

NAMEABLE = (ExplainableNetwork, Tensor, np.ndarray, Image.Image, Window, str)
ARGUMENTS = ("budget", "seed", "target", "grid", "baseline", "output", "printed")


@magics_class
class XaiMagics(Magics):
    """The cell magic ``%%xai``."""

    @cell_magic
    def xai(self, line: str, cell: str) -> Any:
        """Explain what the cell's query asks; ``%%xai [plan] [into=NAME] [budget=512 ...]``."""
        namespace = self.shell.user_ns if self.shell is not None else {}
        try:
            words, how = _arguments(line, namespace)
            interpretation = query(cell.strip("\n"), **nameable(namespace))
            result = (
                interpretation.explain_plan(**how)
                if "plan" in words
                else interpretation.explain(**how)
            )
        except XaiError as error:
            # The words say all; a traceback through our code would only hide them.
            lines = f"{type(error).__name__}: {error}".splitlines()
            error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]
            raise
        if "into" in words:
            namespace[words["into"]] = result
        return result


def nameable(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a query can name of a notebook's names."""
    return {
        name: value
        for name, value in namespace.items()
        # IPython's own names for outputs (_, _1, ...) begin with an underscore.
        if _is_nameable(value) and name.isidentifier() and not name.startswith("_")
    }


def _is_nameable(value: object) -> bool:
    # Functions are edits: those of the notebook, not all that IPython has put there.
    is_function = isinstance(value, FunctionType) and value.__module__ == "__main__"
    is_edit = is_function or (hasattr(value, "check") and callable(value))
    return isinstance(value, NAMEABLE) or is_set_of_pictures(value) or is_edit


def _arguments(line: str, namespace: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Split the words of the magic's line into its own and those of `explain`."""
    words: dict[str, str] = {}
    how: dict[str, Any] = {}
    for word in _words(line):
        name, equals, value = word.partition("=")
        if word == "plan" or (name == "into" and value.isidentifier()):
            words[name] = value
        elif equals and name in ARGUMENTS:
            how[name] = _value(value, namespace)
        else:
            raise InputError(
                f"%%xai does not know {word!r}; use plan, into=NAME, or NAME=VALUE with one of "
                f"{', '.join(ARGUMENTS)}"
            )
    return words, how


def _words(line: str) -> list[str]:
    """Split at blanks outside quotation marks, which stay: what is quoted is text."""
    if line.count('"') % 2 or (line.count("'") % 2 and '"' not in line):
        raise InputError(f"%%xai {line}: No closing quotation")
    return [match[0] for match in re.finditer(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""", line)]


def _value(text: str, namespace: Mapping[str, Any]) -> Any:
    # A name of the notebook comes before the same text as a literal or a word.
    if text in namespace:
        return namespace[text]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add the magic and its completion to a shell."""
    shell.register_magics(XaiMagics)

    @context_matcher()  # type: ignore[untyped-decorator]
    def xai_matcher(context: CompletionContext) -> dict[str, Any]:
        return _matches(context, nameable(shell.user_ns))

    matchers = shell.Completer.custom_matchers
    # Loading the extension again must not give every completion twice.
    former = [each for each in matchers if getattr(each, "__name__", "") == "xai_matcher"]
    for old in former:
        matchers.remove(old)
    matchers.append(xai_matcher)


def _matches(context: CompletionContext, names: Mapping[str, Any]) -> dict[str, Any]:
    lines = context.full_text.split("\n")
    # Only inside the cell: the magic's own line is no query.
    if context.cursor_line == 0 or not re.match(r"\s*%%xai\b", lines[0]):
        return {"completions": []}
    here = lines[context.cursor_line][: context.cursor_position]
    text = "\n".join([*lines[1 : context.cursor_line], here])
    start, candidates = suggestions(text, names)
    return {
        "completions": [SimpleCompletion(text=s.text, type=s.kind) for s in candidates],
        "matched_fragment": text[start:],
        "suppress": True,
        "ordered": True,
    }
