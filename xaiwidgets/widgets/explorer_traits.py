"""The Explorer's state: what crosses to the page, and what each part may be."""

from __future__ import annotations

from typing import Any

import traitlets as t

from xaiwidgets.algebra.evaluate import OUTPUTS
from xaiwidgets.algebra.expression import Interpretation
from xaiwidgets.classifier import Classifier
from xaiwidgets.errors import InputError, QueryError
from xaiwidgets.widgets.base import Widget
from xaiwidgets.widgets.history import History
from xaiwidgets.widgets.traits import WindowTrait, window_json

# The page writes these at every move of a hand and saves them a little later: an echo of what it
# saved last would take the hand back.
_BY_HAND = {"sync": True, "echo_update": False}


class ExplorerTraits(Widget):
    """Traits that the page writes, traits that only the kernel writes, and their validation."""

    _model: Classifier
    _history: History

    index = t.Int(0).tag(**_BY_HAND)
    window = WindowTrait(allow_none=True, default_value=None).tag(**_BY_HAND, to_json=window_json)
    trail: t.List[Any] = t.List(WindowTrait()).tag(**_BY_HAND, to_json=window_json)
    target = t.Any(None, allow_none=True).tag(**_BY_HAND)
    baseline = t.Unicode("zeros").tag(**_BY_HAND)
    output = t.Enum(OUTPUTS, "logit").tag(**_BY_HAND)
    budget = t.Int(1024, min=64, max=16384).tag(**_BY_HAND)
    seed = t.Int(0, min=0).tag(**_BY_HAND)
    grid = t.Int(7, min=2, max=16).tag(**_BY_HAND)
    query = t.Unicode().tag(**_BY_HAND)
    opacity = t.Float(0.65, min=0, max=1).tag(**_BY_HAND)
    color_range = t.Float(None, min=0, allow_none=True).tag(**_BY_HAND)

    classes = t.List(t.Unicode(), read_only=True).tag(sync=True)
    pictures: t.List[Any] = t.List(read_only=True).tag(sync=True)
    references: t.List[Any] = t.List(read_only=True).tag(sync=True)
    baselines = t.List(t.Unicode(), read_only=True).tag(sync=True)
    picture = t.Dict().tag(sync=True)
    original = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    prediction = t.Dict().tag(sync=True)
    prediction_before = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    attribution = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    attribution_before = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    edits = t.List(t.Unicode()).tag(sync=True)
    redoable = t.Int(0).tag(sync=True)
    code = t.Unicode().tag(sync=True)

    @property
    def expression(self) -> Interpretation:
        """The question as an interpretation of the algebra."""
        name = self._model.name
        return Interpretation(self._model, self._history.source, self.window, self.target, name)

    def _read(self, text: str) -> Interpretation:
        raise NotImplementedError

    @t.validate("index")
    def _valid_index(self, proposal: Any) -> int:
        if not 0 <= proposal.value < len(self.pictures):
            raise t.TraitError(
                f"index is {proposal.value}; there are {len(self.pictures)} pictures, from 0"
            )
        return int(proposal.value)

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

    @t.validate("baseline")
    def _valid_baseline(self, proposal: Any) -> str:
        if proposal.value not in self.baselines:
            raise t.TraitError(
                f"baseline is {proposal.value!r}; use one of {', '.join(self.baselines)}"
            )
        return str(proposal.value)

    @t.validate("query")
    def _valid_query(self, proposal: Any) -> str:
        if proposal.value != str(self.expression):
            try:
                self._read(proposal.value)
            except QueryError as error:
                raise t.TraitError(str(error)) from error
        return str(proposal.value)
