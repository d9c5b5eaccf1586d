"""`SearchResult`: how accurate a network is, over all that its initial weights can be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from torch import nn

from xaiwidgets import files
from xaiwidgets.accountability._recipe import (
    Recipe,
    Weights,
    build_network,
    build_perceptron,
    check_network,
    load_weights,
)
from xaiwidgets.accountability._sequence import TrialSequence
from xaiwidgets.accountability._trial import Trial, TrialId
from xaiwidgets.errors import InputError
from xaiwidgets.figures import figure, png
from xaiwidgets.tables import data_frame

_FILE_KIND = "trained network"


@dataclass(frozen=True, eq=False, repr=False)
class SearchResult:
    """The finished trainings of a search, also of one that is still under way.

    Attributes
    ----------
    baseline : Trial
        The training from the initial weights as they are.
    trials : tuple of Trial
        The others, by delta and number: those of `deltas`, up to the first that reaches `max_gain`,
        and after them those of other deltas that an earlier part of the search has tried. The
        latter do not count: neither for `best` and `gain` nor for the card.
    best : Trial
        The most accurate on the training data (the least loss among equals) of all that count,
        maybe the baseline.
    stopped_by : str
        max_time, max_trial, max_gain, completed (there was nothing to try), or cancelled, which
        is also what a result under way says.
    seconds : float
        From the start of the search, all parts together if it was resumed.
    recipe : Recipe
        The settings: with the data, a delta and a number they give the same network again.
    deltas : tuple of float
        The shifts that were to be tried.
    surplus_trials : tuple of Trial
        What was trained side by side with the trial that reached `max_gain` but comes after it. A
        search that is resumed and needs them does not train them again.
    """

    baseline: Trial
    trials: tuple[Trial, ...]
    best: Trial
    stopped_by: str
    seconds: float
    recipe: Recipe
    deltas: tuple[float, ...] = ()
    surplus_trials: tuple[Trial, ...] = ()
    # Those of `iterate_leaders`: enough for the best, whatever deltas and gain it is restricted to.
    leader_weights: Mapping[TrialId, Weights] = field(default_factory=dict)
    # Checksums of the training and the held-out data, by which `resume` and `retrain` know them.
    data: tuple[int, int] = (0, 0)

    @property
    def counted_trials(self) -> tuple[Trial, ...]:
        """Those of `trials` that are of the deltas that were to be tried."""
        sequence = TrialSequence(self.recipe.strategy, self.deltas)
        return tuple(trial for trial in self.trials if sequence.includes(trial.id))

    @property
    def gain(self) -> float:
        """The best's accuracy beyond the baseline's; never below 0, nor over one that diverged."""
        return 0.0 if math.isnan(self.best.gain) else max(0.0, self.best.gain)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the largest training accuracy of what counts, without what diverged."""
        trials = (self.baseline, *self.counted_trials)
        accuracies = [trial.accuracy for trial in trials if not trial.diverged]
        return (min(accuracies), max(accuracies)) if accuracies else (0.0, 0.0)

    @property
    def weights(self) -> Weights:
        """The weights of the best network."""
        return self.leader_weights[self.best.id]

    def network(self) -> nn.Module:
        """Return the best network, in eval mode. Bytes 0 to 255 were given to it as 0 to 1."""
        return load_weights(self.recipe.build_module(), self.weights).eval()

    def restrict(self, deltas: Sequence[float], max_gain: float | None = None) -> SearchResult:
        """Return what the same trainings say of a search with these deltas and this `max_gain`.

        What it counts for is another search: trials of other deltas stay, but do not count.

        Examples
        --------
        >>> from xaiwidgets import Budget, accountability, datasets
        >>> digits = datasets.digits()
        >>> data = digits.images, digits.labels
        >>> search = accountability.search(data, deltas=(0.1, 0.2), budget=Budget(max_trial=1))
        >>> result = search.run()
        >>> [trial.delta for trial in result.restrict([0.2]).counted_trials]
        [0.2]
        """
        sequence = TrialSequence(self.recipe.strategy, tuple(deltas))
        trials, surplus = sequence.split((*self.trials, *self.surplus_trials), max_gain)
        if (sequence.deltas, trials) == (self.deltas, self.trials):
            return self
        return replace(
            self,
            trials=trials,
            surplus_trials=surplus,
            best=sequence.best(self.baseline, trials),
            deltas=sequence.deltas,
            # No budget has ended that search, which was never run by itself.
            stopped_by="cancelled",
        )

    def save(self, path: str | Path) -> Path:
        """Write the best network as safetensors, and return the path; `load` reads it."""
        recipe = self.recipe
        about = {
            "delta": self.best.delta,
            "number": self.best.number,
            "seed": recipe.seed,
            "accuracy": self.best.accuracy,
            "held_out_accuracy": self.best.held_out_accuracy,
            "inputs": math.prod(recipe.shape),
            "hidden": recipe.hidden,
            "classes": recipe.classes,
            "needs_factory": recipe.network is not None,
        }
        return files.write(path, _FILE_KIND, self.weights, about)

    def rows(self) -> list[dict[str, Any]]:
        """Return the baseline and the trials as rows of a table."""
        rows = [asdict(trial) for trial in (self.baseline, *self.trials)]
        for row in rows:
            del row["held_out_halves"]
        return rows

    def to_frame(self) -> Any:
        """Return the rows as a pandas DataFrame."""
        return data_frame(self.rows())

    def plot(self) -> Any:
        """Draw the gain of each trial, a line for each delta, a triangle at each largest.

        Figures 4 to 6 of the paper; the dashed line is held-out accuracy beyond the baseline's.
        Returns the matplotlib figure.
        """
        canvas = figure(6.5, 3.6)
        axis = canvas.subplots()
        axis.axhline(0, color="0.6", linewidth=0.8)
        for delta in dict.fromkeys(trial.delta for trial in self.trials):
            trials = [trial for trial in self.trials if trial.delta == delta and not trial.diverged]
            if trials:
                self._plot_line(
                    axis, trials, "drawn again" if delta is None else f"delta {delta:g}"
                )
        axis.set(xlabel="trial", ylabel="gain, points", title=str(self))
        axis.title.set_fontsize("small")
        if self.trials:
            axis.legend(fontsize="small")
        return canvas

    def _plot_line(self, axis: Any, trials: Sequence[Trial], label: str) -> None:
        numbers = [trial.number for trial in trials]
        gains = [100 * trial.gain for trial in trials]
        (line,) = axis.plot(numbers, gains, label=label)
        best = gains.index(max(gains))
        axis.plot(numbers[best], gains[best], "^", color=line.get_color())
        base = self.baseline.held_out_accuracy
        if base is not None:
            held_out = [100 * ((trial.held_out_accuracy or 0.0) - base) for trial in trials]
            axis.plot(numbers, held_out, "--", color=line.get_color(), linewidth=0.8)

    def _repr_png_(self) -> bytes:
        return png(self.plot())

    def __str__(self) -> str:
        least, most = self.spread
        trials = (self.baseline, *self.counted_trials)
        diverged, count = sum(trial.diverged for trial in trials), len(trials)
        text = f"{100 * least:.1f} .. {100 * most:.1f} % over {count} training{'s' * (count > 1)}"
        text += f" ({diverged} diverged)" if diverged else ""
        text += f", best: {self.best.name}"
        held_out = self.best.held_out_accuracy
        return text if held_out is None else f"{text}; held-out {100 * held_out:.1f} %"

    __repr__ = __str__


def load(path: str | Path, network: Callable[[], nn.Module] | None = None) -> nn.Module:
    """Return the network that `SearchResult.save` wrote, in eval mode.

    Parameters
    ----------
    path : str or Path
    network : callable, optional
        The factory, if the search was for a network of your own.

    Raises
    ------
    DataError
        If the file is not there, or was not written by `SearchResult.save` of this version.
    InputError
        If it holds a network of your own and the factory is missing, or makes another network.
    ModelError
        If the factory raises.
    """
    check_network(network)
    weights, about = files.read(path, _FILE_KIND)
    if network is not None:
        # As a search makes it: a module that the factory keeps must not get these weights.
        net = build_network(network, about["seed"])
    elif about["needs_factory"]:
        raise InputError(f"{path} holds a network of your own; give the factory that makes it")
    else:
        net = build_perceptron(about["inputs"], about["hidden"], about["classes"])
    shapes = {name: value.shape for name, value in [*net.named_parameters(), *net.named_buffers()]}
    if shapes != {name: value.shape for name, value in weights.items()}:
        raise InputError(f"{path} holds the weights {sorted(weights)}, not those of this network")
    return load_weights(net, weights).eval()
