"""The Explorer's comparisons: what a picture can be joined with, and what is not defined."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from torch import Tensor

from xaiwidgets.algebra import AntiJoin, Edited, Input, Interpretation, Join, Term
from xaiwidgets.errors import InputError, QueryError, XaiError
from xaiwidgets.images import check_picture
from xaiwidgets.jobs import Channel
from xaiwidgets.methods import Cache
from xaiwidgets.network import Network
from xaiwidgets.widgets import wire
from xaiwidgets.widgets.answer import seen
from xaiwidgets.widgets.explorer_traits import ExplorerTraits
from xaiwidgets.widgets.script import root_of
from xaiwidgets.work import Progress, Steps

UPLOAD = 20_000_000
"""Bytes of a picture that is handed in; more is no picture for a network."""


class Comparing(ExplorerTraits):
    """An Explorer's picture with its partners: other pictures, or a rival network."""

    _rival: Network | None
    _inputs: list[Input]
    _references: dict[str, Input]
    _code: dict[str, str]
    _memory: Cache
    _settling: bool
    _looking: Channel
    _thumbnails: dict[str, dict[str, Any]]

    # What there is

    def _rival_name(self) -> str:
        """Return what queries call the rival: its own name, unless something else has it."""
        own = self._rival.name if self._rival else "g"
        taken = {self._model.name, *self._pool()}
        names = (own, "g", *(f"g{number}" for number in range(2, 99)))
        return next(name for name in names if name not in taken)

    def input(self, name: str) -> Tensor:
        """Return the network's input of a picture or reference, also of one added by hand."""
        if name not in self._pool():
            raise InputError(f"no picture is called {name!r}; there are {', '.join(self._pool())}")
        return self._pool()[name].tensor

    # Composition

    def _term(self) -> Term:
        """Return the picture as it is, seen through the window, at the layer."""
        term = Term(self._model, self._history.source, self.window, self.target)
        return replace(term, function=self._model.name, layer=self.layer)

    def _partner(self, name: str, target: int | None) -> Term:
        term = replace(self._term(), target=target)
        if self._rival is not None and name == self.rival:
            return replace(term, model=self._rival, function=name, layer=None)
        return replace(term, source=self._pool()[name])

    def _pool(self) -> dict[str, Input]:
        return {given.name: given for given in self._inputs} | self._references

    def _composed(self, **changed: Any) -> Interpretation[Any]:
        state = {name: getattr(self, name) for name in ("operator", "partners")} | changed
        operator, partners = state["operator"], state["partners"]
        whole: Interpretation[Any] = self._term()
        if not operator:
            return whole
        for place, name in enumerate(partners):
            targets = self.partner_targets
            partner = self._partner(name, targets[place] if place < len(targets) else None)
            weight = self.weights[place] if place < len(self.weights) else None
            whole = _combined(whole, partner, operator, weight)
        return whole

    def _showable(self, asked: Interpretation[Any], text: str) -> None:
        """Raise QueryError for what is a query, but not one of this Explorer's pictures."""
        first, *rest = asked.terms
        name = root_of(first.source).name

        def refuse(words: str, place: str) -> None:
            raise QueryError(words, text, max(0, text.rfind(place)))

        if first.model is not self._model:
            refuse(f"{first.function} is the rival; ask {self._model.name} first", first.function)
        if name in self._references:
            raise QueryError(f"{name} is a reference, not a picture", text, text.index(name))
        for term in asked.terms:
            if term.target is not None and term.target >= len(self.classes):
                raise QueryError(f"there are only {len(self.classes)} classes", text, len(text) - 1)
            if term.layer is not None and term.layer not in self._fitted():
                refuse(f"layer {term.layer} has no probe; run {self.layer_hint}", term.layer)
        for term in rest:
            if term.model is self._rival:
                if term.source != first.source or term.layer or first.layer:
                    refuse("the rival is shown the same picture, as a whole network", term.function)
            elif isinstance(term.source, Edited):
                refuse("only the first picture can be edited here; use Python", term.source.edit)
            elif term.source == first.source:
                refuse(f"{term.source} is compared with itself", str(term.source))
            elif term.layer != first.layer:
                refuse("all sides are shown at one layer here; use Python", str(term.layer or "*"))

    def _adopt_partners(self, asked: Interpretation[Any]) -> None:
        """Take over the sides of a query after its first."""
        rest = asked.terms[1:]
        self.operator = {Join: "join", AntiJoin: "left join"}.get(type(asked), "")
        self.weights = list(asked.shares) if isinstance(asked, Join) else []
        self.partner_targets = [term.target for term in rest]
        self.partners = [
            str(self.rival) if term.model is self._rival else str(term.source) for term in rest
        ]

    def _carry_over(self, old: list[str]) -> None:
        """Give partners that stay the class that they had; other partners have other weights."""
        had = dict(zip(old, self.partner_targets, strict=False))
        self.partner_targets = [had.get(name) for name in self.partners]
        if self.partners[: len(old)] != old:
            self.weights = []

    def _align(self) -> None:
        """Make what goes with the partners as long as they are."""
        count = len(self.partners)
        inherited = self.target if self.operator == "join" else None
        missing = [inherited] * (count - len(self.partner_targets))
        self.partner_targets = [*self.partner_targets, *missing][:count]
        weighed = count if self.operator == "join" else 0
        self.weights = [*self.weights, *[None] * (weighed - len(self.weights))][:weighed]

    # What the page may do, and why not

    def _offered(self) -> list[dict[str, Any]]:
        """Return what the picture can be compared with."""
        original, here = root_of(self._history.source), self._history.source
        offered = [
            {**self._thumbnail(given), "label": name}
            for name, given in self._pool().items()
            if name != original.name and given.shape == here.shape
        ]
        if here is not original:
            offered.append({**self._thumbnail(original), "label": "before the edits"})
        if self._rival is not None:
            small = self._thumbnail(original)
            offered.append({**small, "name": self.rival, "label": f"under {self.rival}"})
        return offered

    def _thumbnail(self, given: Input) -> dict[str, Any]:
        if given.name not in self._thumbnails:
            drawn = wire.named_picture(given.name, self._model.picture(given.tensor))
            self._thumbnails[given.name] = drawn
        return self._thumbnails[given.name]

    def _keep_partners(self, places: list[int]) -> None:
        """Keep these partners, each with its class; what remains of a join counts the same."""
        if len(places) < len(self.partners):
            self.weights = []
        self.partner_targets = [self.partner_targets[place] for place in places]
        self.partners = [self.partners[place] for place in places]

    def _blocked_controls(self) -> dict[str, str]:
        """Return the controls that do nothing now, each with the reason: the algebra's own."""
        whole = self._composed()
        failures: dict[str, dict[str, str]] = {"join": {}, "left join": {}}
        names = [candidate["name"] for candidate in self.candidates]
        for operator, failed in failures.items():
            for name in names:
                try:
                    _combined(whole, self._partner(name, None), operator, None)
                except XaiError as error:
                    failed[name] = str(error)
        blocked = {
            f"candidate:{name}": failures["join"][name]
            for name in names
            if all(name in failed for failed in failures.values())
        }
        for operator, failed in failures.items():
            if len(failed) == len(names):
                nobody = "there is no other picture: choose a file, or give references"
                blocked[operator] = next(iter(failed.values()), nobody)
        if self.operator != "join" or len(self.partners) != 1:
            several = "more than two count the same; write other weights in the query"
            blocked["weight"] = several if len(self.partners) > 1 else "only a join has weights"
        if self.rival not in self.partners or self.operator != "left join":
            blocked["printed"] = "for an anti-join of two networks"
        if not self.layers:
            blocked["layer"] = f"no layer is fitted; run {self.layer_hint}"
        elif self.rival in self.partners:
            blocked["layer"] = "two networks are compared as a whole"
        return blocked

    # Gestures

    def compare(self, operator: str, name: str) -> None:
        """Join ("join") or anti-join ("left join") the picture with a candidate, by its name."""
        with self._lock:
            if name not in [candidate["name"] for candidate in self.candidates]:
                raise InputError(f"there is nothing called {name!r} to compare with")
            whole = self._composed()
            inherited = self.target if operator == "join" else None
            _combined(whole, self._partner(name, inherited), operator, None)
            with self._quietly():
                if self.rival == name:
                    self.layer = None
                self.operator = operator
                self.partners = [*self.partners, name]
                self._align()
                self._settle()
            self.run()

    def uncompare(self, name: str) -> None:
        """Take a partner away again."""
        if name not in self.partners:
            raise InputError(f"the picture is not compared with {name!r}")
        with self._lock, self._quietly():
            gone = self.partners.index(name)
            self._keep_partners([p for p in range(len(self.partners)) if p != gone])
            if not self.partners:
                self.operator = ""
            self._settle()
        self.run()

    def add_reference(self, name: str, picture: Any) -> str:
        """Add a picture to what can be compared; return the name that queries give it."""
        with self._lock:
            tensor = check_picture(self._model.input(picture))
            shape = self._history.source.shape
            if tuple(tensor.shape) != shape:
                raise InputError(f"{name} becomes an input of {tuple(tensor.shape)}, not {shape}")
            free = _free_name(name, {*self._pool(), *self.networks, *self.baselines})
            self._references[free] = Input(free, tensor)
            self._code[free] = f"explorer.input({free!r})"
            self.set_trait(
                "references", [*self.references, self._thumbnail(self._references[free])]
            )
            self.set_trait("baselines", [*self.baselines, free])
            with self._quietly():
                self._settle()
            return free

    def _command_compare(self, content: dict[str, Any]) -> None:
        self.compare(str(content.get("operator")), str(content.get("name")))

    def _command_uncompare(self, content: dict[str, Any]) -> None:
        self.uncompare(str(content.get("name")))

    def _command_add(self, content: dict[str, Any]) -> dict[str, Any]:
        data = b"".join(bytes(buffer) for buffer in content.get("buffers", []))
        name = re.sub(r"\.\w+$", "", str(content.get("name") or "picture"))
        if not 0 < len(data) <= UPLOAD:
            raise InputError(
                f"{name} has {len(data):,} bytes; give a picture of at most {UPLOAD:,}"
            )
        try:
            # A telephone's photograph says in its EXIF data which side is up.
            picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise InputError(f"{name} is no picture that can be read: {error}") from error
        return {"name": self.add_reference(name, picture)}

    def _command_random(self, content: dict[str, Any]) -> None:
        operator, same = str(content.get("operator")), bool(content.get("same"))
        source = self._history.source

        def found(job: Any) -> None:
            if job.error is not None:
                self.publish(error={"message": str(job.error), "column": None})
            elif not job.cancelled and self._history.source is source:
                try:
                    self.compare(operator, job.outcome)
                except XaiError as error:
                    self.publish(error={"message": str(error), "column": None})

        self._looking.submit(self._look_for(same), lambda progress: None, found)

    def _look_for(self, same: bool) -> Steps[str]:
        """Find a random candidate that is predicted the same class as the picture, or another."""
        best = seen(self._term(), self._memory).best
        here, shape = root_of(self._history.source).name, self._history.source.shape
        names = [
            name
            for name, given in self._pool().items()
            if name not in (here, *self.partners) and given.shape == shape
        ]
        for done, name in enumerate(np.random.default_rng().permutation(names).tolist()):
            yield Progress(done, len(names), "looking for a picture")
            side = seen(replace(self._term(), source=self._pool()[name]), self._memory)
            if (side.best == best) == same:
                return str(name)
        kind = "the same class as" if same else "another class than"
        raise InputError(f"no other picture is predicted {kind} this one; add references")


def _combined(
    whole: Interpretation[Any], partner: Term, operator: str, weight: float | None
) -> Interpretation[Any]:
    if operator == "join":
        return whole.join(partner, weight)
    if operator == "left join":
        return whole.left_join(partner)
    raise InputError(f"operator is {operator!r}; use 'join' or 'left join'")


def _free_name(name: str, taken: set[str]) -> str:
    start = re.sub(r"\W", "_", name, flags=re.ASCII).lstrip("_0123456789") or "picture"
    number, free = 1, start
    while free in taken:
        number += 1
        free = f"{start}{number}"
    return free
