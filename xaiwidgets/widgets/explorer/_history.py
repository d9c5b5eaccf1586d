"""What was answered so far: the strip of questions, those that are pinned, and their report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.algebra import Edited, FunctionEdit
from xaiwidgets.errors import InputError
from xaiwidgets.heatmap import color_limit
from xaiwidgets.methods import Method, method_text
from xaiwidgets.widgets.explorer._answer import Answer
from xaiwidgets.widgets.explorer._partner import Partner
from xaiwidgets.widgets.explorer._report import Look, report_page, section
from xaiwidgets.widgets.explorer._showable import root_of
from xaiwidgets.widgets.explorer._shown import ShownQuestion
from xaiwidgets.widgets.pictures import thumbnail_of

LONGEST = 50
"""Answers that are remembered; those that are pinned stay."""


@dataclass(frozen=True, repr=False)
class Entry:
    """An answer, the Python that computes it, and whether it goes into the report."""

    answer: Answer
    code: str
    pinned: bool = False

    def __repr__(self) -> str:
        return f"<{'pinned ' if self.pinned else ''}{self.query!r}: {self.title}>"

    @property
    def query(self) -> str:
        """The question, as text."""
        return str(self.answer.expression)

    @property
    def beside(self) -> str:
        """The second method, as text; empty, if there is none."""
        method = self.answer.question.beside
        return "" if method is None else method_text(method)

    @property
    def title(self) -> str:
        """The question, for people."""
        side = self.answer.after
        target = self.answer.target
        network = side.term.model
        share = float(network.probabilities(side.logits.double())[target])
        said = f"{100 * share:.1f} %" if share >= 0.0005 else "< 0.1 %"  # as the page has it
        return f"Why {network.label(target)} ({said}){self._aside}?"

    @property
    def _aside(self) -> str:
        """What tells the question from others about the same class."""
        question, layer = self.answer.question, self.answer.after.term.layer
        window = question.window
        names = " and ".join(_named(partner) for partner in question.partners)
        shares = "what does it share with" if question.operator == "join" else "what tells it from"
        method = question.method
        label = "" if method is None else _labelled(method)
        asides = {
            f"by {label}": bool(label),
            f"beside it {question.beside.label}" if question.beside else "": bool(question.beside),
            f"under {self.answer.after.term.function}": question.swapped,
            f"at layer {layer}": layer is not None,
            f"in a window of {window.height}×{window.width}" if window else "": window is not None,
            "after " + " and ".join(map(_gerund, question.edits)): bool(question.edits),
            f"and {shares} {names}": bool(names),
        }
        return "".join(f", {text}" for text, holds in asides.items() if holds)

    @cached_property  # drawn once, though the strip is sent after each answer
    def shown(self) -> ShownQuestion:
        """The entry, as the page shows it."""
        small = thumbnail_of(blend(self.answer))
        return ShownQuestion(self.query, self.title, small, self.pinned, self.beside)


@dataclass(frozen=True)
class History:
    """The answers that an Explorer has given, the latest last.

    A value: `Explorer.history` is another one after each answer and each pin.

    Examples
    --------
    >>> History().entries
    ()
    """

    entries: tuple[Entry, ...] = ()

    def then(self, answer: Answer, code: str) -> History:
        """Return the history with one more answer; one to the same question is replaced."""
        # Asked again, as with more trials, a pinned question stays pinned.
        pinned = any(e.pinned for e in self.entries if e.answer.question == answer.question)
        others = [e for e in self.entries if e.answer.question != answer.question]
        # One less than are kept, for the answer that comes.
        older, latest = others[: -LONGEST + 1], others[-LONGEST + 1 :]
        pins = [entry for entry in older if entry.pinned]
        return History((*pins, *latest, Entry(answer, code, pinned)))

    def pin(self, query: str, pinned: bool = True, beside: str | None = None) -> History:
        """Return the history with an answer pinned, or loosened; InputError if there is none.

        A query says nothing of the method `beside` it; None are the answers with any, or none.
        """
        chosen = [e for e in self.entries if e.query == query and beside in (None, e.beside)]
        if not chosen:
            raise InputError(f"nothing has answered {query!r} yet")
        return History(tuple(replace(e, pinned=pinned) if e in chosen else e for e in self.entries))

    def html(self, look: Look = "cells") -> str:
        """Return what is pinned, or all if nothing is, as one page that needs no kernel.

        Maps are drawn as `Attribution.plot` draws them in that look.
        """
        if not self.entries:
            raise InputError("nothing has been answered yet; wait for the first map")
        chosen = [entry for entry in self.entries if entry.pinned] or list(self.entries)
        title = chosen[0].title if len(chosen) == 1 else f"{len(chosen)} questions to a network"
        return report_page(
            title, (section(e.answer, e.title, e.query, e.code, look) for e in chosen)
        )

    def report(self, path: str | Path, look: Look = "cells") -> Path:
        """Write `html(look)` to a file, and return its path."""
        file = Path(path).expanduser()
        file.write_text(self.html(look), encoding="utf-8")
        return file


_GERUNDS = {
    "erase": "hiding a part",
    "blur": "blurring a part",
    "paste": "pasting something in",
    "shift": "shifting it",
    "rotate": "rotating it",
    "scale": "scaling it",
    "noise": "adding noise",
    "brighten": "changing its brightness",
}


def _gerund(edit: Edited) -> str:
    """Return what was done to a picture, as people say it."""
    if isinstance(edit, FunctionEdit) and edit.settings:
        return "an attack"  # on whichever network
    return _GERUNDS.get(edit.edit, edit.edit)


def _named(partner: Partner) -> str:
    """Return what people call a partner; its edits stand under its picture."""
    source = partner.source
    return f"{root_of(source)}, edited" if isinstance(source, Edited) else partner.name


def _labelled(method: Method) -> str:
    """Return what people call a method, with the settings that are not the usual ones."""
    _, bracket, settings = method_text(method).partition("(")
    return f"{method.label} {bracket}{settings}".rstrip()


def blend(answer: Answer) -> NDArray[np.uint8]:
    """Return the picture of an answer (H, W, 3) with its map over it."""
    side = answer.after
    map_ = side.attribution
    if map_ is None:
        return side.picture
    colors = map_.colors(color_limit([map_.cells]))
    pixels = side.picture.astype(np.float64)
    inside = pixels[map_.window.slices]
    opacity = colors[..., 3:]
    # As the page blends them, in place: outside of the window no cell was a player.
    inside[:] = (1 - opacity) * inside + opacity * 255 * colors[..., :3]
    blended: NDArray[np.uint8] = pixels.round().astype(np.uint8)
    return blended
