"""The Explorer's state: what crosses to the page, and what each part may be."""

from __future__ import annotations

from typing import Any

import traitlets as t

from xaiwidgets.algebra import Interpretation
from xaiwidgets.errors import CompositionError, InputError, QueryError
from xaiwidgets.methods import OUTPUTS
from xaiwidgets.network import Network
from xaiwidgets.widgets.base import Widget
from xaiwidgets.widgets.history import History
from xaiwidgets.widgets.traits import WindowTrait, place_among, window_json

# The page writes these at every move of a hand and saves them a little later: an echo of what it
# saved last would take the hand back.
_BY_HAND = {"sync": True, "echo_update": False}

OPERATORS = ("", "join", "left join")
READINGS = ("shapley", "linear", "tree")


class ExplorerTraits(Widget):
    """Traits that the page writes, traits that only the kernel writes, and their validation."""

    _model: Network
    _history: History

    index = t.Int(0).tag(**_BY_HAND)
    window = WindowTrait(allow_none=True, default_value=None).tag(**_BY_HAND, to_json=window_json)
    trail: t.List[Any] = t.List(WindowTrait()).tag(**_BY_HAND, to_json=window_json)
    target = t.Any(None, allow_none=True).tag(**_BY_HAND)
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
    reading = t.Enum(READINGS, "shapley").tag(**_BY_HAND)
    opacity = t.Float(0.65, min=0, max=1).tag(**_BY_HAND)
    color_range = t.Float(None, min=0, allow_none=True).tag(**_BY_HAND)

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
    redoable = t.Int(0).tag(sync=True)
    code = t.Unicode().tag(sync=True)

    def _composed(self, **changed: Any) -> Interpretation[Any]:
        """Return the question as an interpretation of the algebra, with some traits changed."""
        raise NotImplementedError

    def _read(self, text: str) -> Interpretation[Any]:
        raise NotImplementedError

    def _fitted(self) -> list[str]:
        """Return the layers that can be selected."""
        raise NotImplementedError

    @t.validate("index")
    def _valid_index(self, proposal: Any) -> int:
        return place_among(proposal, len(self.pictures), "pictures")

    @t.validate("window", "trail")
    def _valid_window(self, proposal: Any) -> Any:
        windows = proposal.value if isinstance(proposal.value, list) else [proposal.value]
        try:
            for window in windows:
                if window is not None:
                    window.inside(self._history.source.shape)
        except InputError as error:
            raise t.TraitError(str(error)) from error
        return proposal.value

    @t.validate("target")
    def _valid_target(self, proposal: Any) -> int | None:
        if proposal.value is None:
            return None
        try:
            return self._model.index(proposal.value, len(self.classes))
        except InputError as error:
            raise t.TraitError(str(error)) from error

    @t.validate("layer")
    def _valid_layer(self, proposal: Any) -> str | None:
        if proposal.value is not None and self.rival in self.partners:
            raise t.TraitError("two networks are compared as a whole; take the rival away first")
        if proposal.value is not None and proposal.value not in self._fitted():
            fitted = ", ".join(self._fitted()) or "none"
            raise t.TraitError(
                f"layer is {proposal.value!r}, which has no probe (fitted: {fitted}). Run: "
                f"{self.layer_hint}"
            )
        return None if proposal.value is None else str(proposal.value)

    @t.validate("partners")
    def _valid_partners(self, proposal: Any) -> list[str]:
        known = [candidate["name"] for candidate in self.candidates]
        for name in proposal.value:
            if name not in known:
                raise t.TraitError(
                    f"there is no {name!r} to compare with; there are {', '.join(known) or 'none'}"
                )
        return list(self._valid_composition(proposal))

    @t.validate("baseline")
    def _valid_baseline(self, proposal: Any) -> str:
        if proposal.value not in self.baselines:
            raise t.TraitError(
                f"baseline is {proposal.value!r}; use one of {', '.join(self.baselines)}"
            )
        return str(proposal.value)

    @t.validate("query")
    def _valid_query(self, proposal: Any) -> str:
        if proposal.value != str(self._composed()):
            try:
                self._read(proposal.value)
            except QueryError as error:
                raise t.TraitError(str(error)) from error
        return str(proposal.value)

    @t.validate("operator")
    def _valid_composition(self, proposal: Any) -> Any:
        try:
            self._composed(**{proposal.trait.name: proposal.value})
        except (CompositionError, InputError) as error:
            raise t.TraitError(str(error)) from error
        return proposal.value
