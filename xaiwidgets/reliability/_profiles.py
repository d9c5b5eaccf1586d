"""Which feature maps a class is recognised by, and what one picture's pattern is beside that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.figures import figure
from xaiwidgets.images import Baseline
from xaiwidgets.network import require_network
from xaiwidgets.reliability._arrays import Flags, Integers, Singles
from xaiwidgets.reliability._conductance import Conductance, conductance
from xaiwidgets.reliability._inputs import (
    ClassNames,
    Images,
    class_count,
    label_numbers,
    layer_name,
    share_of,
)
from xaiwidgets.work import Steps, immediate, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture


@dataclass(frozen=True, eq=False, repr=False)
class Pattern:
    """The conductances of one picture beside the profile of the class it is predicted as.

    Attributes
    ----------
    target : int
        That class.
    values, profile : (C,) float32
        The picture's conductances, and the mean of right predictions of the class.
    specific : ints
        The class's specific feature maps, the highest first.
    silent : ints
        Those of them that stayed silent: lower than in nearly all right predictions.
    loud : ints
        Other maps that are higher than in nearly all right predictions.
    """

    target: int
    values: Singles
    profile: Singles
    specific: Integers
    silent: Integers
    loud: Integers

    def __repr__(self) -> str:
        count = len(self.specific)
        return f"Pattern(class {self.target}, {len(self.silent)} of {count} specific maps silent)"

    def plot(self) -> Any:
        """Draw figure 2 of the paper with matplotlib; silent maps are red. Returns the figure."""
        chart = figure(7.5, 3.0)
        axis = chart.subplots()
        places = np.arange(len(self.values))
        axis.bar(places, self.profile, width=1.0, color="0.8", label="right predictions, mean")
        axis.bar(places, self.values, width=0.5, color="C0", label="this picture")
        marks = self.profile[self.silent]
        axis.plot(self.silent, marks, "v", color="C3", label="stayed silent")
        axis.set(xlabel="feature map", ylabel="conductance", title=f"class {self.target}")
        axis.legend(fontsize="small")
        return chart


@dataclass(frozen=True, eq=False, repr=False)
class Profiles:
    """What right and wrong predictions of each class look like in a layer (tables 1 and 2).

    Attributes
    ----------
    layer : str
    specific : (K, top) ints
        The feature maps specific to a class: those of the highest mean conductance in its right
        predictions, the highest first. -1 where a class has no right predictions.
    right, wrong : (K, C) float32
        Mean conductances of predictions of the class that are right, and wrong; NaN where there
        are none.
    low, high : (K, C) float32
        Between these are nearly all right predictions.
    right_count, wrong_count : (K,) ints
        How many there are.
    """

    layer: str
    specific: Integers
    right: Singles
    wrong: Singles
    low: Singles
    high: Singles
    right_count: Integers
    wrong_count: Integers

    def __repr__(self) -> str:
        classes, maps = self.right.shape
        return f"Profiles({self.layer}, {classes} classes, {maps} feature maps)"

    def table(self) -> list[dict[str, Any]]:
        """Return tables 1 and 2 as rows: class, map, and its mean conductance right and wrong."""
        return [
            {
                "class": target,
                "map": int(at),
                "right": float(self.right[target, at]),
                "wrong": float(self.wrong[target, at]),
            }
            for target, maps in enumerate(self.specific)
            for at in maps
            if at >= 0
        ]

    def pattern(self, values: Singles, target: int) -> Pattern:
        """Return the conductances (C,) of one picture beside the profile of its class."""
        if not 0 <= target < len(self.right) or self.right_count[target] == 0:
            raise InputError(f"class {target} has no profile: no prediction of it was right")
        values = np.asarray(values, np.float32)
        if values.shape != self.right.shape[1:]:
            raise InputError(
                f"values is {values.shape}; give the {self.right.shape[1]} conductances of "
                f"layer {self.layer!r}"
            )
        specific = self.specific[target]
        # Section 3.2: a map that is usually low and is high now can hint at an error as well.
        others = np.setdiff1d(np.arange(len(values)), specific)
        silent = specific[values[specific] < self.low[target, specific]]
        loud = others[values[others] > self.high[target, others]]
        return Pattern(target, values, self.right[target], specific, silent, loud)


@work
def profiles(
    model: Network,
    layer: str,
    images: Images,
    labels: ClassNames,
    *,
    top: int = 3,
    share: float = 0.9,
    steps: int = 10,
    baseline: Baseline = 0.0,
) -> Steps[Profiles]:
    """Find the feature maps specific to each class, and how they differ in wrong predictions.

    Parameters
    ----------
    model : Classifier
    layer : str
    images : tensor (B, ...) or sequence of pictures
    labels : sequence of B classes
        The true ones, by number or name.
    top : int
        How many feature maps are specific to a class.
    share : float
        How many of the right predictions lie between `Profiles.low` and `Profiles.high`.
    steps, baseline
        Those of `conductance`.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, data = zoo.digits(), datasets.digits("test")
    >>> found = profiles(model, "conv2", data.images[:100], data.labels[:100]).run()
    >>> found
    Profiles(conv2, 10 classes, 32 feature maps)
    >>> found.table()[0]["class"]
    0
    """
    layer_name(require_network(model).net, layer)
    whole("top", top)
    share_of("share", share)
    batch = require_network(model).batch(images)
    numbers, classes = label_numbers(model, labels, batch), class_count(model, batch)
    conductances = conductance.work(model, batch, layer, steps=steps, baseline=baseline)
    return conductances.map(
        lambda values: profiles_of(values, layer, numbers, classes, top=top, share=share)
    )


def profiles_of(
    conductances: Conductance,
    layer: str,
    labels: Integers,
    classes: int,
    *,
    top: int = 3,
    share: float = 0.9,
) -> Profiles:
    """Return the profiles of conductances that are known, given the true classes (B,)."""
    values, right = conductances[layer], conductances.targets == labels
    # By the predicted class, which is all that is known of a picture without a label.
    predicted = [conductances.targets == target for target in range(classes)]
    mean, elsewhere = (
        _means(values, [members & kind for members in predicted]) for kind in (right, ~right)
    )
    tails = (1 - share) / 2
    rightly = [members & right for members in predicted]
    # Quantiles and not deviations: conductances pile up at 0 behind a ReLU and have a long tail.
    low, high = (_quantiles(values, rightly, q) for q in (tails, 1 - tails))
    counts = [
        np.array([int((members & kind).sum()) for members in predicted]) for kind in (right, ~right)
    ]
    # Stable, so that maps that tie come in the same order everywhere.
    order = np.argsort(-np.nan_to_num(mean, nan=-np.inf), axis=1, kind="stable")[:, :top]
    # FM^high of section 3.2, by right predictions only: wrong ones are what is judged by it.
    specific = np.where(counts[0][:, None] > 0, order, -1)
    return Profiles(layer, specific, mean, elsewhere, low, high, counts[0], counts[1])


@immediate
def pattern(
    model: Network, profile: Profiles, image: Picture, *, steps: int = 10, baseline: Baseline = 0.0
) -> Steps[Pattern]:
    """Return one picture's pattern beside the profile of the class it is predicted as.

    ``pattern.work(...)`` reports its progress.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, data = zoo.digits(), datasets.digits("test")
    >>> found = profiles(model, "conv2", data.images[:100], data.labels[:100]).run()
    >>> pattern(model, found, data.images[100]).values.shape
    (32,)
    """
    batch, layer = model.input(image)[None], profile.layer
    conductances = conductance.work(model, batch, layer, steps=steps, baseline=baseline)
    return conductances.map(
        lambda result: profile.pattern(result[layer][0], int(result.targets[0]))
    )


def _means(values: Singles, groups: Sequence[Flags]) -> Singles:
    empty = np.full(values.shape[1:], np.nan, np.float32)
    return np.array(
        # Summed in double precision, because maps differ by little beside sums over many pictures.
        [values[g].mean(0, dtype=np.float64) if g.any() else empty for g in groups],
        dtype=np.float32,
    )


def _quantiles(values: Singles, groups: Sequence[Flags], share: float) -> Singles:
    empty = np.full(values.shape[1:], np.nan, np.float32)
    return np.array(
        [np.quantile(values[g], share, axis=0) if g.any() else empty for g in groups],
        dtype=np.float32,
    )
