"""The AccuracySearch: trainings under budgets that act while they run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from xaiwidgets.accountability import SearchResult, check_data, search
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.base import Run, Widget, command
from xaiwidgets.widgets.commands import commands_of
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.opening import opened_trait
from xaiwidgets.widgets.run import Status, start
from xaiwidgets.widgets.search._opener import TrialOpener
from xaiwidgets.widgets.search._output import comparison, recipe_name, shown_search
from xaiwidgets.widgets.search._race import Results, interleave
from xaiwidgets.widgets.search._recipe import begin_another, recipe_of, rivals, shown_recipe
from xaiwidgets.widgets.search._seeds import SeedRace
from xaiwidgets.widgets.search._state import RECIPE, AccuracyOutput, AccuracyState, StrategyName
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.work import Budget, Progress, Steps, relay

_BUDGETS = ("max_time", "max_trial", "max_gain")
_INITIALIZERS = ("kernel_initializer", "bias_initializer")
_OWN_NETWORK = ("hidden", *_INITIALIZERS)  # what a network of one's own decides itself


class AccuracySearch(Widget[AccuracyState, Results], output=AccuracyOutput):
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
        Any of the attributes below; initializers may also be functions, as for
        `accountability.search`.

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
    >>> data = digits.images[:300], digits.labels[:300]
    >>> widget = AccuracySearch(data, hidden=(8,), deltas=[0.01], epochs=2, max_trial=2)
    >>> found = widget.run().wait()
    >>> found["shift"].stopped_by
    'max_trial'
    """

    _esm = bundle("search.js")
    _css = bundle("xai.css")

    opened = opened_trait()

    autorun = False  # it may take an hour, and goes on from what there is

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
        # Functions are kept here: a setting is a name.
        functions = {name: settings[name] for name in _INITIALIZERS if callable(settings.get(name))}
        self._functions = {name: settings.pop(name) for name in functions}
        self._where = {"executor": executor, "network": network, "device": device}
        self._results: dict[str, SearchResult] = {}
        self._before: dict[str, float] = {}  # seconds of the runs before this one
        self._training = False
        self._recipe_name = ""
        # One for all runs of this widget: moved, it acts on the search that is under way.
        self._budget = Budget(max_trial=50)
        self._checked = check_data(data, held_out)
        self._opener = TrialOpener(self)
        super().__init__(
            settings,
            has_held_out=held_out is not None,
            # (H, W) or (C, H, W): what else an input is, an Explorer has no picture of.
            openable=len(self._checked.shape) in (2, 3),
        )
        self._recipe_name = recipe_name(self.state)
        self.publish(settings=shown_recipe(self))
        self._commands |= commands_of(SeedRace(self)) | commands_of(self._opener)
        self._commands |= commands_of(self._opener.opening)
        set_limits(self._budget, self.state)

    # State

    def settle(self, state: AccuracyState, changed: Collection[str]) -> AccuracyState:
        """Refuse what cannot be searched, or would not end."""
        for delta in state.deltas:
            if not 0 < delta < 1:
                raise InputError(f"a delta is {delta}; use a number above 0 and below 1")
        if not 1 <= len(set(state.deltas)) <= 8:
            raise InputError(f"there are {len(state.deltas)} deltas; use one to eight")
        if all(getattr(state, name) is None for name in _BUDGETS):
            raise InputError("without any budget the search would not end; keep one of them")
        # Given twice, a shift would be trained twice, to the very same networks.
        state = replace(state, deltas=tuple(dict.fromkeys(state.deltas)))
        unused = set(_OWN_NETWORK) & set(changed)
        # At first all count as changed; what is set later would be thought to do something.
        if self._where["network"] is not None and unused and not self._settling:
            raise InputError(f"network= has its own layers and weights; {min(unused)} is not used")
        if self._settling or {"strategy", "race", *RECIPE} & set(changed):
            for strategy in strategies(state):
                self._search(state, strategy, None).close()  # it checks its arguments
        return state

    def changed(self, name: str) -> None:
        """Let budgets act at once, and all else on what is trained from now on."""
        super().changed(name)
        if name in RECIPE:
            begin_another(self, name)
        if name in RECIPE or name in ("seeds", "longer"):  # the verdict is a work of its own
            return
        if name in _BUDGETS:
            set_limits(self._budget, self.state)
        elif self._training:
            # What is in training is of settings that were left; what is finished stays.
            self.resume()
        if not self._training and self._results:
            self.publish(paused=True, **self._shown())

    # Work

    def run(self) -> Run[Results]:
        """Start anew; `.wait()` blocks until a budget is used up, and returns what was found."""
        return self._begin({})

    @command("resume")
    def resume(self) -> Run[Results]:
        """Go on with what has been found, under the budgets as they are now."""
        return self._begin(self._results)

    @command("pause")
    def pause(self) -> None:
        """Stop, to go on later: finished trials stay, a group under way is trained again."""
        with self._lock:
            if self._training and self._run is not None:
                self._training = False
                # The time of the groups under way counts, although they begin again.
                for name in strategies(self.state):
                    if name in self._results:
                        spent = self._before.get(name, 0.0) + self._run.seconds
                        seconds = max(self._results[name].seconds, spent)
                        self._results[name] = replace(self._results[name], seconds=seconds)
                self.publish(paused=True)
                self._channel.cancel()

    @command("cancel")
    def cancel(self) -> None:
        """Stop; finished trials stay."""
        with self._lock:
            self._training = False
            self.publish(paused=False)
            super().cancel()

    def _begin(self, earlier: Results) -> Run[Results]:
        with self._lock:
            state = self.state
            steps = interleave(  # may raise: then all stays as it is
                {name: self._search(state, name, earlier.get(name)) for name in strategies(state)}
            )
            # A run keeps its results in a dictionary of its own: the last step of an older one may
            # still come in. Other strategies' results stay.
            results = self._results = dict(earlier)
            self._training = True
            self._before = {name: result.seconds for name, result in earlier.items()}
            self.publish(paused=False, **self._shown())

            def noted(progress: Progress) -> Progress:
                results.update(progress.preview or {})
                return progress

            def show(answer: Results, final: bool) -> None:
                results.update(answer)
                self._training = self._training and not final
                self.publish(**self._shown())

            return start(self, relay(steps, noted), show)

    def _search(
        self, state: AccuracyState, strategy: str, earlier: SearchResult | None
    ) -> Steps[SearchResult]:
        options = {**recipe_of(state, self._functions), **self._where, "strategy": strategy}
        return search(
            self._data,
            held_out=self._held_out,
            deltas=state.deltas,
            budget=self._budget,
            resume=earlier,
            **options,
        )

    def on_end(self) -> None:
        """Say what has stopped it, and count what is finished: what was under way is lost."""
        self._training = False
        shown = self._shown()
        self.publish(**shown)
        status = Status(**self.status)
        if status.state in ("partial", "idle"):
            done = sum(1 + search.count for search in shown["searches"])
            self.publish(status=replace(status, done=done))

    # What has been found

    @property
    def _current(self) -> dict[str, SearchResult]:
        """What has been found of the strategies and deltas that are set now."""
        state = self.state
        return {
            name: self._results[name].restrict(list(state.deltas), self._budget.max_gain)
            for name in strategies(state)
            if name in self._results
        }

    def _shown(self) -> dict[str, Any]:
        frame, current = self._frames.next(), self._current
        return {
            "searches": [
                shown_search(name, current[name], self._training, frame)
                for name in strategies(self.state)
                if name in current
            ],
            "comparison": comparison(current),
        }

    @property
    def results(self) -> dict[str, SearchResult]:
        """What has been found, by strategy; if the last work failed, its error is raised."""
        if self._error is not None:
            raise self._error
        return self._current

    @property
    def result(self) -> SearchResult | None:
        """What has been found; in a race, the search with the better network."""
        return best_of(self.results) if self.results else None

    def network(self) -> nn.Module:
        """Return the best network found so far; InputError if there is none yet."""
        return best_of(self._current).network()

    def save_network(self, path: str | Path) -> Path:
        """Write the best network as safetensors, and return the path."""
        return best_of(self._current).save(path)

    @command("network")
    def network_file(self) -> dict[str, Any]:
        """Return the best network as the bytes of a file, with its name."""
        with tempfile.TemporaryDirectory() as folder:
            written = self.save_network(Path(folder) / "network.safetensors").read_bytes()
        return {"safetensors": written, "name": "network.safetensors"}

    def python(self, state: AccuracyState) -> str:
        """Return the lines of Python that search what is searched here."""
        things = {"data": self._data, "held_out": self._held_out, **self._where}
        names, missing = variables({k: v for k, v in things.items() if v is not None})
        used = recipe_of(state, self._functions)
        budget = ", ".join(f"{k}={v!r}" for k in _BUDGETS if (v := getattr(state, k)) is not None)
        options = {
            **{k: _written(k, v) for k, v in used.items() if v != getattr(AccuracyState, k)},
            **{k: names[k] for k, v in self._where.items() if v is not None},
        }
        arguments = [
            names["data"],
            *([f"held_out={names['held_out']}"] if self._held_out is not None else []),
            f"deltas={state.deltas!r}",
            f"budget=Budget({budget})",
            *(f"{name}={value}" for name, value in options.items()),
        ]
        lines = [
            *assumption(missing, "AccuracySearch"),
            "from xaiwidgets import Budget, accountability, steps",
            "",
        ]
        for strategy in strategies(state):
            listed = ", ".join([*arguments, f"strategy={strategy!r}"])
            lines.append(f"{strategy} = steps.run(accountability.search({listed}))")
        return "\n".join([*lines, ", ".join(strategies(state))])


def set_limits(budget: Budget, state: AccuracyState) -> None:
    """Give a budget, which may be in use, the limits that are set."""
    for name in _BUDGETS:
        setattr(budget, name, getattr(state, name))


def best_of(searches: Results) -> SearchResult:
    """Return the search with the better network; InputError if there is none yet."""
    if not searches:
        raise InputError("no network has been trained yet; start the search first")
    # By training accuracy, as ADNN chooses: what is held out says afterwards how much of the choice
    # was luck.
    return max(searches.values(), key=lambda each: each.best.accuracy)


def strategies(state: AccuracyState) -> tuple[StrategyName, ...]:
    """Return the strategies that a state asks for."""
    return rivals(state) if state.race else (state.strategy,)


def _written(name: str, value: Any) -> str:
    """Return a setting as Python; what has no text of its own is called by its name."""
    plain = isinstance(value, str | int | float | tuple | list)
    return repr(value) if plain else name
