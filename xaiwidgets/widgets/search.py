"""The AccuracySearch: how accurate is this network, really? Budgets act while it trains."""

from __future__ import annotations

import base64
import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import traitlets as t
from torch import nn

from xaiwidgets.accountability import STRATEGIES, SearchResult, check_data, search
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.base import STATIC, Run, Widget
from xaiwidgets.widgets.racing import Found, drawn, together
from xaiwidgets.work import Budget, Steps

_BUDGETS = ("max_time", "max_trial", "max_gain")
_WHAT = ("deltas", "strategy", "race")
_BY_HAND: dict[str, Any] = {"sync": True}
_USUAL: dict[str, Any] = {
    "hidden": (256,),
    "batch_size": 100,
    "learning_rate": 0.01,
    "epochs": 2,
    "kernel_initializer": "glorot_uniform",
    "bias_initializer": "zeros",
    "seed": 0,
}


class AccuracySearch(Widget):
    """Ask how accurate a network really is, by training it again and again (ADNN).

    Parameters
    ----------
    data, held_out : pair (inputs (N, ...), labels (N,))
        As for `accountability.search`.
    executor : concurrent.futures.Executor, optional
        Who trains; by default this process, on the compute thread.
    network : callable, optional
        Makes a network of your own, instead of a perceptron.
    device : str, optional
        Where to train.
    **settings
        Any setting of `accountability.search` (`hidden`, `epochs`, `batch_size`, `learning_rate`,
        `kernel_initializer`, `bias_initializer`, `seed`), and any of the state below.

    Attributes
    ----------
    deltas : list of float
        Steps by which the initial weights are shifted.
    max_time, max_trial, max_gain : float, int, float or None
        Budgets: seconds, trainings for each delta, gain of accuracy (0.01 is one per cent). They
        act while the search runs.
    strategy : str
        "shift", or "reseed": draw the initial weights again.
    race : bool
        Give both strategies the same budget, in turn.
    paused : bool
        Whether it was stopped to be gone on with.

    Raises
    ------
    InputError
        At once, if the data or a setting cannot be used.
    traitlets.TraitError
        If a state is not allowed; the message says what is.

    Examples
    --------
    >>> from xaiwidgets import datasets
    >>> digits = datasets.digits()
    >>> widget = AccuracySearch((digits.images, digits.labels), hidden=(32,), max_trial=2)
    >>> found = widget.run().wait()
    >>> found["shift"].stopped_by
    'max_trial'
    """

    _bundle = "search"
    _esm = STATIC / "search.js"
    _css = STATIC / "search.css"

    deltas: t.List[Any] = t.List(t.Float(), [0.0025, 0.003]).tag(**_BY_HAND)
    max_time = t.Float(None, min=0, allow_none=True).tag(**_BY_HAND)
    max_trial = t.Int(50, min=0, allow_none=True).tag(**_BY_HAND)
    max_gain = t.Float(None, min=0, max=1, allow_none=True).tag(**_BY_HAND)
    strategy = t.Enum(STRATEGIES, "shift").tag(**_BY_HAND)
    race = t.Bool(False).tag(**_BY_HAND)

    settings = t.Dict(read_only=True).tag(sync=True)
    searches: t.List[Any] = t.List().tag(sync=True)
    paused = t.Bool(False).tag(sync=True)
    code = t.Unicode().tag(sync=True)

    def __init__(
        self,
        data: tuple[Any, Any],
        held_out: tuple[Any, Any] | None = None,
        *,
        executor: Executor | None = None,
        network: Callable[[], nn.Module] | None = None,
        device: str | torch.device | None = None,
        **settings: Any,
    ) -> None:
        self._data, self._held_out = data, held_out
        self._how = {name: settings.pop(name, usual) for name, usual in _USUAL.items()}
        self._where = {"executor": executor, "network": network, "device": device}
        self._found: dict[str, SearchResult] = {}
        self._before: dict[str, float] = {}
        self._settling, self._going = True, False
        self._budget = Budget(max_trial=50)
        self._refuse_unknown(settings)
        super().__init__(**settings)
        for name in _BUDGETS:
            setattr(self._budget, name, getattr(self, name))
        self._searches({}).close()  # says at once what cannot be searched
        self.set_trait("settings", self._described())
        self._settling = False
        self.code = self._python()

    # State

    @t.validate("deltas")
    def _valid_deltas(self, proposal: Any) -> list[float]:
        for delta in proposal.value:
            if not 0 < delta < 1:
                raise t.TraitError(f"a delta is {delta}; use a number above 0 and below 1")
        if not 1 <= len(set(proposal.value)) <= 8:
            raise t.TraitError(f"there are {len(proposal.value)} deltas; use one to eight")
        return list(dict.fromkeys(proposal.value))

    @t.validate("max_time", "max_gain")
    def _valid_limit(self, proposal: Any) -> float:
        if not math.isfinite(proposal.value):
            raise t.TraitError(f"{proposal.trait.name} is {proposal.value}; use a number, or None")
        return float(proposal.value)

    @t.validate("strategy", "race")
    def _valid_strategy(self, proposal: Any) -> Any:
        if not self._settling:
            race = proposal.value if proposal.trait.name == "race" else self.race
            wanted = self.strategy if proposal.trait.name == "race" else proposal.value
            try:
                for name in STRATEGIES if race else (wanted,):
                    self._search(name, None).close()
            except InputError as error:
                raise t.TraitError(str(error)) from error
        return proposal.value

    @t.observe(*_BUDGETS, *_WHAT)
    def _on_state(self, change: Any) -> None:
        with self._lock:
            if self._settling:
                return
            if change.name in _BUDGETS:
                self._limit()
            self.code = self._python()
            if self._going and change.name in _WHAT:
                self.resume()  # what is under way goes on with the others
            elif not self._going and self._found:
                self.publish(paused=True)
                self._draw()

    def _limit(self) -> None:
        """Let the budgets act; the last one stays (traitlets does not validate None)."""
        limits = {name: getattr(self, name) for name in _BUDGETS}
        if any(value is not None for value in limits.values()):
            for name, value in limits.items():
                setattr(self._budget, name, value)
            return
        with self._quietly():
            for name in _BUDGETS:
                setattr(self, name, getattr(self._budget, name))
        raise t.TraitError("without any budget the search would not end; keep one of them")

    # Work

    def run(self) -> Run[Found]:
        """Start anew; `.wait()` blocks until a budget is used up, and returns what was found."""
        with self._lock:
            return self._begin({})

    def pause(self) -> None:
        """Stop, to go on later: finished trials stay, a group under way is trained again."""
        with self._lock:
            if self._going:
                self._going = False
                self._keep_time()
                self.publish(paused=True)
                self._channel.cancel()

    def _keep_time(self) -> None:
        """Let the time of the groups under way count, although they begin again."""
        spent = time.perf_counter() - self._started
        for name, one in self._found.items():
            if name in self._wanted():
                seconds = max(one.seconds, self._before.get(name, 0.0) + spent)
                self._found[name] = replace(one, seconds=seconds)

    def resume(self) -> Run[Found]:
        """Go on with what has been found, under the budgets as they are now."""
        with self._lock:
            return self._begin(self._found)

    def cancel(self) -> None:
        """Stop; finished trials stay."""
        with self._lock:
            self._going = False
            self.publish(paused=False)
            super().cancel()

    def _begin(self, earlier: dict[str, SearchResult]) -> Run[Found]:
        steps = self._searches(earlier)  # may raise: then all stays as it is
        self._found, self._going = dict(earlier), True
        self._before = {name: one.seconds for name, one in earlier.items()}
        self.publish(paused=False)
        self._draw()
        return self.start(steps, self._show)

    def _searches(self, earlier: Found) -> Steps[Found]:
        return together({name: self._search(name, earlier.get(name)) for name in self._wanted()})

    def _wanted(self) -> Sequence[str]:
        return STRATEGIES if self.race else (self.strategy,)

    def _search(self, strategy: str, earlier: SearchResult | None) -> Steps[SearchResult]:
        how: dict[str, Any] = {**self._how, **self._where, "strategy": strategy}
        return search(
            self._data,
            held_out=self._held_out,
            deltas=self.deltas,
            budget=self._budget,
            resume=earlier,
            **how,
        )

    def take_note(self, preview: Found) -> None:
        """Keep what is trained, also while nobody looks; what other strategies found stays."""
        self._found = {**self._found, **preview}

    def _show(self, found: Found, final: bool) -> None:
        self.take_note(found)
        self._draw()

    def _draw(self) -> None:
        frame = self.next_frame()
        shown = self._current().items()
        self.publish(searches=[drawn(name, one, self._going, frame) for name, one in shown])

    def _on_end(self, job: Any, *how: Any) -> None:
        self._going = False
        super()._on_end(job, *how)
        self._draw()  # it is no longer under way, and says what stopped it

    def is_result(self, preview: Any) -> bool:
        """Return whether a preview has a finished training."""
        return bool(preview)

    def outlives_errors(self, preview: Any) -> bool:
        """Return True: what is trained is trained."""
        return self.is_result(preview)

    @property
    def results(self) -> dict[str, SearchResult]:
        """What has been found, by strategy; if the last work failed, its error is raised."""
        if self._error is not None:
            raise self._error
        return self._current()

    def _current(self) -> dict[str, SearchResult]:
        """Return what has been found of the strategies and deltas that are set now."""
        return {
            name: self._found[name].restrict(self.deltas, self._budget.max_gain)
            for name in self._wanted()
            if name in self._found
        }

    @property
    def result(self) -> SearchResult | None:
        """What has been found; in a race, the search with the better network."""
        found = list(self.results.values())
        return max(found, key=lambda one: one.best.accuracy) if found else None

    def network(self) -> nn.Module:
        """Return the best network found so far; InputError if there is none yet."""
        return self._best().network()

    def save_network(self, path: str | Path) -> Path:
        """Write the best network as safetensors, and return the path."""
        return self._best().save(path)

    def _best(self) -> SearchResult:
        """Return the search with the best network, also after an error."""
        found = self._current().values()
        if not found:
            raise InputError("no network has been trained yet; start the search first")
        return max(found, key=lambda one: one.best.accuracy)

    # What the page is told

    def _described(self) -> dict[str, Any]:
        how, network = self._how, self._where["network"]
        data = check_data(self._data, self._held_out)
        layers = [math.prod(data.shape), *how["hidden"], data.classes]
        name = "-".join(map(str, layers))
        executor = self._where["executor"]
        device = self._where["device"] or ("cuda" if torch.cuda.is_available() else "cpu")
        return {
            "network": name if network is None else getattr(network, "__name__", "network"),
            "inputs": len(data.training),
            "held_out": None if data.held_out is None else len(data.held_out),
            "classes": data.classes,
            **{name: how[name] for name in ("epochs", "batch_size", "learning_rate", "seed")},
            "kernel_initializer": None if network else str(how["kernel_initializer"]),
            "bias_initializer": None if network else str(how["bias_initializer"]),
            "device": str(device),
            "workers": None if executor is None else type(executor).__name__,
        }

    def _python(self) -> str:
        """Return the lines of Python that search what is searched here."""
        limits = {name: getattr(self, name) for name in _BUDGETS}
        budget = ", ".join(f"{k}={v!r}" for k, v in limits.items() if v is not None)
        how: Mapping[str, Any] = {
            **{k: _written(k, v) for k, v in self._how.items() if v != _USUAL[k]},
            **{k: k for k, v in self._where.items() if v is not None},
        }
        arguments = [
            "data",
            *(["held_out=held_out"] if self._held_out is not None else []),
            f"deltas={tuple(self.deltas)!r}",
            f"budget=Budget({budget})",
            *(f"{name}={value}" for name, value in how.items()),
        ]
        lines = [
            "from xaiwidgets import Budget, accountability, steps",
            "",
            "# data, held_out, ...: what this AccuracySearch(...) was given",
        ]
        for strategy in self._wanted():
            listed = ", ".join([*arguments, f"strategy={strategy!r}"])
            lines.append(f"{strategy} = steps.run(accountability.search({listed}))")
        return "\n".join([*lines, ", ".join(self._wanted())])

    def _command_run(self, _content: dict[str, Any]) -> None:
        self.run()

    def _command_pause(self, _content: dict[str, Any]) -> None:
        self.pause()

    def _command_resume(self, _content: dict[str, Any]) -> None:
        self.resume()

    def _command_network(self, _content: dict[str, Any]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            written = self.save_network(Path(folder) / "network.safetensors").read_bytes()
        return {"safetensors": base64.b64encode(written).decode(), "name": "network.safetensors"}

    def _still(self) -> bytes | None:
        found = None if self._error is not None else self.result
        return None if found is None else found._repr_png_()


def _written(name: str, value: Any) -> str:
    """Return a setting as Python; what has no text of its own is called by its name."""
    plain = isinstance(value, str | int | float | tuple | list)
    return repr(value) if plain else name
