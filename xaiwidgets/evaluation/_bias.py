"""Bias: whether one and the same edit does something else to pictures of another group."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from xaiwidgets.checks import listed, number
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation._cell_map import read_inputs
from xaiwidgets.figures import figure, png
from xaiwidgets.intervals import IntervalEstimate, difference_interval, mean_interval
from xaiwidgets.methods import OUTPUTS
from xaiwidgets.network import EXAMPLES, Network, require_network
from xaiwidgets.work import Steps, relay, work

Doubles = NDArray[np.float64]

FEWEST = 2
"""Pictures of a group, without which its spread is not known."""


@dataclass(frozen=True)
class GroupDifference:
    """By how much more the edit raises the score of the first group than that of the second."""

    first: str
    second: str
    effect: IntervalEstimate


@dataclass(frozen=True, eq=False, repr=False)
class Bias:
    """What one edit does to the score, group by group.

    Attributes
    ----------
    groups : tuple of str
    counts : tuple of int
        Pictures of each group.
    effects : tuple of IntervalEstimate
        The mean change of the score in each group: after the edit, minus before.
    differences : tuple of GroupDifference
        Of each pair of groups; intervals are widened so that all hold at once (Bonferroni).
    changes : (pictures,)
        What the means are of.
    level : float
        Of the intervals.
    unit : "probability" or "logit"
    """

    groups: tuple[str, ...]
    counts: tuple[int, ...]
    effects: tuple[IntervalEstimate, ...]
    differences: tuple[GroupDifference, ...]
    changes: Doubles
    level: float
    unit: str

    @property
    def is_biased(self) -> bool:
        """Whether the effect in any two groups is told apart."""
        return any(difference.effect.excludes(0) for difference in self.differences)

    @property
    def has_effect(self) -> bool:
        """Whether the effect in any group is told from none."""
        return any(effect.excludes(0) for effect in self.effects)

    def __str__(self) -> str:
        lines = [
            f"{group} ({count}): {effect}"
            for group, count, effect in zip(self.groups, self.counts, self.effects, strict=True)
        ]
        lines += [f"{d.first} - {d.second}: {d.effect}" for d in self.differences]
        verdict = "the groups differ" if self.is_biased else "no difference can be told"
        return "\n".join([*lines, f"{verdict} ({self.level:.0%} intervals)"])

    __repr__ = __str__

    def plot(self, ax: Any = None) -> Any:
        """Draw the effect in each group with its interval."""
        canvas = ax.figure if ax is not None else figure(5, 0.8 + 0.4 * len(self.groups))
        ax = ax if ax is not None else canvas.add_subplot()
        values = np.array([effect.value for effect in self.effects])
        ends = [[effect.low for effect in self.effects], [effect.high for effect in self.effects]]
        ax.errorbar(values, self.groups, xerr=np.abs(values - ends), fmt="o", capsize=3)
        ax.axvline(0, color="0.6", linewidth=0.8)
        ax.set(xlabel=f"change of the {self.unit} by the edit")
        ax.margins(y=0.2)
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())


@work
def bias(
    model: Network,
    images: Any,
    labels: ArrayLike | Sequence[str],
    edit: Callable[[Tensor], Tensor],
    groups: Sequence[Hashable] | None = None,
    *,
    target: int | str | None = None,
    output: str = "probability",
    level: float = 0.99,
) -> Steps[Bias]:
    """Measure what one edit does to the score, group by group, and whether groups differ.

    The survey's third way (section 5): a network whose sensitivity to one phenomenon is not
    consistent across inputs is biased.

    Parameters
    ----------
    model : Classifier
    images : tensor (P, C, H, W) or sequence of pictures
    labels : sequence of P ints or names
        The class whose score is looked at, picture by picture: the true one, say.
    edit : callable
        Makes of an input (C, H, W) another of its shape, such as
        ``lambda x: images.erase(x, window)``.
    groups : sequence of P labels, optional
        What pictures are told apart by; by default their `labels`.
    target : int or str, optional
        Look at the score of this class in all pictures, instead.
    output : "probability" or "logit"
        The score.
    level : float
        Of the intervals. At 0.99, one of a hundred networks without bias is called biased.

    Raises
    ------
    InputError
        At once: lengths that differ, a group of fewer than 2 pictures, fewer than 2 groups, an edit
        that does not return an input of the same shape.

    Examples
    --------
    >>> from xaiwidgets import datasets, images, zoo
    >>> test = datasets.digits("test")
    >>> window = images.Window(0, 0, 8, 4)
    >>> found = bias(zoo.digits(), test.images[:200], test.labels[:200],
    ...              lambda x: images.erase(x, window), test.labels[:200] == 4).run()
    >>> found.groups, found.has_effect
    (('False', 'True'), True)
    """
    inputs = read_inputs(require_network(model), images, least=2 * FEWEST)
    if not callable(edit):
        raise InputError(f"edit is {edit!r}; give a function of an input (C, H, W)")
    if output not in OUTPUTS:
        raise InputError(f"output is {output!r}; use 'probability' or 'logit'")
    number("level", level, above=0, below=1, note=", such as 0.99")
    classes = [model.index(label) for label in _plain("labels", labels, len(inputs))]
    if target is not None:
        classes = [model.index(target)] * len(inputs)
    names = [str(group) for group in _plain("groups", labels if groups is None else groups,
                                            len(inputs))]  # fmt: skip
    counts = {name: names.count(name) for name in sorted(set(names))}
    small = [name for name, count in counts.items() if count < FEWEST]
    if len(counts) < 2 or small:
        raise InputError(
            f"groups have {counts}; give at least 2 groups of at least {FEWEST} pictures each"
        )
    # At once, as an edit that cannot be used is best said before anything is evaluated.
    edited = torch.stack([_edited(edit, x) for x in inputs])
    return _bias(model, torch.cat([inputs, edited]), classes, names, output, level)


def _bias(
    model: Network,
    # Pictures, then the same pictures edited: (2 P, C, H, W).
    both: Tensor,
    classes: Sequence[int],
    names: Sequence[str],
    output: str,
    level: float,
) -> Steps[Bias]:
    count = len(classes)
    # Chosen by pictures from all over, edited ones too: a twin agrees on what it was tried on.
    twin = yield from model.copies.twin(both[:: max(1, len(both) // EXAMPLES)][:EXAMPLES])
    evaluation = twin.evaluate(len(both), lambda begin, end: both[begin:end])
    logits = (yield from relay(evaluation, lambda progress: progress.noted("bias"))).double()
    scores = model.probabilities(logits) if output == "probability" else logits
    # Once more, with the count of classes that only an answer tells.
    for target in set(classes):
        model.index(target, scores.shape[1])
    rows = torch.tensor([*classes, *classes], device="cpu")
    # (2 P,): before the edit, then after it, in the order of the pictures.
    of_class = scores.gather(1, rows[:, None])[:, 0].numpy()
    changes = np.asarray(of_class[count:] - of_class[:count], np.float64)
    groups = sorted(set(names))
    sides = {group: changes[[name == group for name in names]] for group in groups}
    pairs = list(combinations(groups, 2))
    # Bonferroni: any of the pairs being wrong is as rare as one interval alone.
    jointly = 1 - (1 - level) / len(pairs)
    return Bias(
        tuple(groups),
        tuple(len(sides[group]) for group in groups),
        # Student's for each group alone; Welch's between two, as groups may spread differently.
        tuple(mean_interval(sides[group], level) for group in groups),
        tuple(
            GroupDifference(
                first, second, difference_interval(sides[first], sides[second], jointly)
            )
            for first, second in pairs
        ),
        changes,
        level,
        output,
    )


def _plain(name: str, values: Any, count: int) -> list[Any]:
    """Return a value for each picture as a list; InputError if there are more or fewer."""
    several = listed(name, values.tolist() if isinstance(values, np.ndarray | Tensor) else values)
    if len(several) != count:
        raise InputError(
            f"{name} has {len(several)} values for {count} pictures; give one for each"
        )
    return several


def _edited(edit: Callable[[Tensor], Tensor], image: Tensor) -> Tensor:
    # A clone, as `edit` may write into what it is given, and the original is compared with.
    changed = edit(image.clone())
    if not isinstance(changed, Tensor) or changed.shape != image.shape:
        shape = tuple(changed.shape) if isinstance(changed, Tensor) else type(changed).__name__
        raise InputError(
            f"the edit makes {shape} of an input {tuple(image.shape)}; it must keep the shape"
        )
    if not bool(torch.isfinite(changed).all()):
        raise InputError("the edit makes values that are NaN or infinite")
    return changed.to(image)
