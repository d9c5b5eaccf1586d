"""`SearchResult`: how accurate a network is, over all that its initial weights can be."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from xaiwidgets import files
from xaiwidgets.accountability._recipe import Recipe, Weights, build_perceptron, load_weights
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.figures import figure, png

_FILE_KIND = "trained network"


@dataclass(frozen=True)
class Trial:
    """One training.

    Attributes
    ----------
    delta : float or None
        What the initial weights were shifted by, `number` times; None where they were drawn again.
    number : int
        From 1; 0 is the baseline.
    accuracy, held_out_accuracy : float
        On the training data and on what is held out (None if nothing is), 0 to 1. 0 if diverged.
    loss : float
        Cross-entropy on the training data; NaN if diverged.
    gain : float
        Accuracy beyond the baseline's, both on the training data; negative if it is less, NaN if
        the baseline has diverged.
    seconds : float
        Its share of the time that its group was trained.
    finished : float
        Seconds from the start of the search.
    diverged : bool
        Whether the loss has become infinite or NaN; such a trial is never the best.
    """

    delta: float | None
    number: int
    accuracy: float
    held_out_accuracy: float | None
    loss: float
    gain: float
    seconds: float
    finished: float
    diverged: bool

    @property
    def name(self) -> str:
        """What the trial is called in a sentence."""
        if self.number == 0:
            return "the start"
        return f"trial {self.number} of " + (
            "re-drawn weights" if self.delta is None else f"delta {self.delta:g}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class SearchResult:
    """All finished trainings of a search, also of one that is still under way.

    Attributes
    ----------
    baseline : Trial
        The training from the initial weights as they are.
    trials : tuple of Trial
        The others, by delta and number.
    best : Trial
        The most accurate on the training data (the least loss among equals), maybe the baseline.
    stopped_by : str
        max_time, max_trial, max_gain, completed (there was nothing to try), or cancelled, which
        is also what a result under way says.
    seconds : float
        From the start of the search, all parts together if it was resumed.
    recipe : Recipe
        The settings: with the data, a delta and a number they give the same network again.
    """

    baseline: Trial
    trials: tuple[Trial, ...]
    best: Trial
    stopped_by: str
    seconds: float
    recipe: Recipe
    weights: Weights = field(default_factory=dict)
    data: tuple[int, int] = (0, 0)

    @property
    def gain(self) -> float:
        """The best's accuracy beyond the baseline's; never below 0, nor over one that diverged."""
        return 0.0 if math.isnan(self.best.gain) else max(0.0, self.best.gain)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the largest training accuracy, without what diverged."""
        found = [one.accuracy for one in (self.baseline, *self.trials) if not one.diverged]
        return (min(found), max(found)) if found else (0.0, 0.0)

    def network(self) -> nn.Module:
        """Return the best network, in eval mode. Bytes 0 to 255 were given to it as 0 to 1."""
        net: nn.Module = load_weights(self.recipe.build_module(), self.weights)
        return net.eval()

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
        return [asdict(one) for one in (self.baseline, *self.trials)]

    def to_frame(self) -> Any:
        """Return the rows as a pandas DataFrame."""
        try:
            pandas = importlib.import_module("pandas")
        except ImportError as error:
            raise DataError(
                "to_frame needs pandas; run: pip install pandas, or use rows()"
            ) from error
        return pandas.DataFrame(self.rows())

    def plot(self) -> Any:
        """Draw the gain of each trial, a line for each delta, a triangle at each largest.

        Figures 4 to 6 of the paper; the dashed line is held-out accuracy beyond the start's.
        Returns the matplotlib figure.
        """
        picture = figure(6.5, 3.6)
        axis = picture.subplots()
        axis.axhline(0, color="0.6", linewidth=0.8)
        for delta in dict.fromkeys(one.delta for one in self.trials):
            trials = [one for one in self.trials if one.delta == delta and not one.diverged]
            if not trials:
                continue
            numbers, gains = [one.number for one in trials], [100 * one.gain for one in trials]
            name = "drawn again" if delta is None else f"delta {delta:g}"
            (line,) = axis.plot(numbers, gains, label=name)
            best = gains.index(max(gains))
            axis.plot(numbers[best], gains[best], "^", color=line.get_color())
            start = self.baseline.held_out_accuracy
            if start is not None:
                apart = [100 * ((one.held_out_accuracy or 0.0) - start) for one in trials]
                axis.plot(numbers, apart, "--", color=line.get_color(), linewidth=0.8)
        axis.set(xlabel="trial", ylabel="gain, points", title=str(self))
        axis.title.set_fontsize("small")
        if self.trials:
            axis.legend(fontsize="small")
        return picture

    def _repr_png_(self) -> bytes:
        return png(self.plot())

    def __str__(self) -> str:
        least, most = self.spread
        diverged = sum(one.diverged for one in (self.baseline, *self.trials))
        count = 1 + len(self.trials)
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
    """
    weights, about = files.read(path, _FILE_KIND)
    if network is not None:
        net = network()
    elif about["needs_factory"]:
        raise InputError(f"{path} holds a network of your own; give the factory that makes it")
    else:
        net = build_perceptron(about["inputs"], about["hidden"], about["classes"])
    shapes = {name: value.shape for name, value in [*net.named_parameters(), *net.named_buffers()]}
    if shapes != {name: value.shape for name, value in weights.items()}:
        raise InputError(f"{path} holds the weights {sorted(weights)}, not those of this network")
    return load_weights(net, weights).eval()
