"""`concept`: what examples have in common inside the network, as a direction, with its control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.anatomy import recording
from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.inference import outside_inference_mode, undisturbed
from xaiwidgets.inputs import inputs_of
from xaiwidgets.intervals import IntervalEstimate, mean_interval, share_interval
from xaiwidgets.network import Network
from xaiwidgets.representations import Site, checked_layer, representations
from xaiwidgets.work import Progress, Steps, work

Doubles = NDArray[np.float64]

FEWEST_EXAMPLES = 4
"""Examples of the concept without which no direction is fitted and tested."""

FEWEST_OTHERS = 6
"""Examples without it: halves of them are the random sets, of which some are held out, too."""

HELD_OUT = 0.25
"""The share of the examples that only test the direction."""


@dataclass(frozen=True, eq=False, repr=False)
class ConceptDirection:
    """A concept as a direction in a layer, and how much a class follows it.

    Attributes
    ----------
    direction : (U,) float64
        From pictures without the concept to those with it, of length 1, in the means over places of
        the layer's units.
    accuracy : IntervalEstimate
        How often held-out examples are on their side of it, as many of each kind; 0.5 is chance.
    sensitivity : IntervalEstimate
        The share of the class's pictures of which the logit rises along it.
    slope : IntervalEstimate
        How fast it rises, on average over the pictures.
    random_sensitivities, random_slopes : (R,) float64
        The same of directions between random sets of the pictures without the concept.
    random_directions : (R, U) float64
        These.
    layer : str
    target : int
    """

    direction: Doubles
    accuracy: IntervalEstimate
    sensitivity: IntervalEstimate
    slope: IntervalEstimate
    random_sensitivities: Doubles
    random_slopes: Doubles
    random_directions: Doubles
    layer: str
    target: int

    def __repr__(self) -> str:
        return (
            f"<ConceptDirection at {self.layer!r}: accuracy {self.accuracy}; class {self.target} "
            f"rises along it in {self.sensitivity}, by {self.slope}; {self.verdict}>"
        )

    @property
    def p_value(self) -> float:
        """How often the slope along a random set's direction is as large; at least 1 / (R + 1)."""
        as_large = int((np.abs(self.random_slopes) >= abs(self.slope.value)).sum())
        # The concept's own is one of R + 1 that are exchangeable where it is nothing special.
        return (1 + as_large) / (1 + len(self.random_slopes))

    @property
    def verdict(self) -> str:
        """In words: whether the class follows the concept more than any of the random sets."""
        count = len(self.random_slopes)
        low, high = self.random_slopes.min(), self.random_slopes.max()
        beside = f"{count} random sets: {low:.2g} to {high:.2g}"
        if self.accuracy.low <= 0.5:
            return f"no verdict: the layer does not tell the examples apart ({beside})"
        if self.p_value > 1 / (1 + count):
            return f"no verdict: random sets do as much ({beside})"
        return f"beyond all {beside}"


@work
@torch.inference_mode(False)
def concept(
    model: Network,
    layer: str,
    examples: Any,
    others: Any,
    target: int | str,
    images: Any,
    *,
    controls: int = 10,
    seed: int = 0,
) -> Steps[ConceptDirection]:
    """Find a concept's direction in a layer, and whether a class follows it (Kim et al. 2018).

    The direction is the normal of a linear discriminant; the class follows it where the derivative
    of its logit along it is positive. Beside it the same for pairs of random sets of `others`. The
    share of pictures in which the logit rises is the paper's score; as it runs from 0 to 1 for
    random sets, too, where a network is nearly linear, the verdict is on how fast it rises.

    Parameters
    ----------
    model : Network
    layer : str
    examples, others : tensor (N, ...) or sequence of pictures
        With the concept, and without.
    target : class
        By number or name.
    images : tensor (N, ...) or sequence of pictures
        Of the class, for instance.
    controls : int
        Random sets.
    seed : int
        Of the sets, and of which examples are held out.

    Returns
    -------
    Work[ConceptDirection]

    Raises
    ------
    InputError
        If there are too few examples, no such layer or class; later, if the layer answers to all
        examples alike.
    """
    sets = [inputs_of(model, each, None, name) for each, name in
            ((examples, "examples"), (others, "others"), (images, "images"))]  # fmt: skip
    fewest = (FEWEST_EXAMPLES, "examples"), (FEWEST_OTHERS, "others")
    for pictures, (least, name) in zip(sets, fewest, strict=False):
        if len(pictures) < least:
            raise InputError(f"{name} has {len(pictures)} pictures; give at least {least}")
    checked_layer(model, layer)
    model.anatomy(sets[0][0]).grid(layer)
    number = model.index(target, model.logits(sets[2][:1]).shape[1])
    whole("controls", controls)
    whole("seed", seed, 0)
    return outside_inference_mode(_concept(model, layer, sets, number, controls, seed))


def _concept(
    model: Network, layer: str, sets: list[Tensor], target: int, controls: int, seed: int
) -> Steps[ConceptDirection]:
    generator = np.random.default_rng(seed)
    with_it = yield from representations(model, sets[0], Site(layer))
    without = yield from representations(model, sets[1], Site(layer))
    slopes = yield from _slopes(model, layer, sets[2], target)
    direction, accuracy = _direction(with_it, without, generator, layer)
    along = slopes @ direction
    random, directions = [], []
    for place in range(controls):
        order = generator.permutation(len(without))
        # As few on one side as the concept has examples: a direction of more would be less noisy.
        half = min(len(order) // 2, len(with_it))
        control, _ = _direction(without[order[:half]], without[order[half:]], generator, layer)
        random.append(slopes @ control)
        directions.append(control)
        yield Progress(place + 1, controls, "random sets")
    return ConceptDirection(
        direction,
        accuracy,
        share_interval(int((along > 0).sum()), len(along)),
        mean_interval(along),
        (np.array(random) > 0).mean(1),
        np.array(random).mean(1),
        np.array(directions),
        layer,
        target,
    )


def _direction(
    with_it: Doubles, without: Doubles, generator: np.random.Generator, layer: str
) -> tuple[Doubles, IntervalEstimate]:
    """Fit the direction on most of the examples, and test it on the rest."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.model_selection import train_test_split

    rows = np.concatenate([with_it, without])
    spread = rows.std(0)
    if not spread.max() > 1e-9 * max(1e-30, float(np.abs(rows).max())):
        raise InputError(f"layer {layer!r} answers to all examples alike; use another layer")
    scale = np.where(spread > 0, spread, 1.0)
    labels = np.repeat([1, 0], [len(with_it), len(without)])
    train, test, taught, true = train_test_split(
        # Each unit in its own standard deviation, or the shrinkage would favour the loudest units.
        rows / scale,
        labels,
        test_size=max(2, round(HELD_OUT * len(rows))),
        stratify=labels,
        random_state=int(generator.integers(2**31)),
    )
    # Shrunk (Ledoit and Wolf 2004), as there are often fewer examples than units.
    fit = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=[0.5, 0.5]).fit(
        train, taught
    )
    # As many of each kind: of few examples beside many others, "without" is nearly always right.
    count = int(min((true == 1).sum(), (true == 0).sum()))
    equal = np.concatenate(
        [generator.choice(np.flatnonzero(true == kind), count, replace=False) for kind in (0, 1)]
    )
    right = int((fit.predict(test[equal]) == true[equal]).sum())
    # By the rows as they are.
    normal = fit.coef_[0] / scale
    return normal / np.linalg.norm(normal), share_interval(right, len(equal))


def _slopes(model: Network, layer: str, batch: Tensor, target: int) -> Steps[Doubles]:
    """Return of each picture (N, U) the slope of its logit by the means of the layer's units."""
    prepared = model.copies.private(batch[:2])
    grid = model.anatomy(batch[0]).grid(layer)
    rows = []
    parts = torch.split(batch, 32 if prepared.divisible else 1)
    for done, part in enumerate(parts, 1):
        with undisturbed(prepared.net), torch.enable_grad():
            with recording(prepared.net, [layer]) as answers:
                inputs = prepared.prepare(part).requires_grad_()
                logits = prepared.net(inputs.clone())
            slopes = answers[layer].slopes(layer, logits[:, target])
        # To move a mean is to move all places by as much.
        rows.append(grid.places(slopes).float().sum(2).cpu())
        yield Progress(done, len(parts), "following the class")
    return torch.cat(rows).double().numpy()
