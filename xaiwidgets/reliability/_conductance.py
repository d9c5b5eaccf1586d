"""`conductance`: how much each feature map of a layer contributes to a class score."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.devices import in_halves
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline
from xaiwidgets.inference import outside_inference_mode
from xaiwidgets.methods import blaming_baseline
from xaiwidgets.network import require_network
from xaiwidgets.pictures import outside
from xaiwidgets.reliability._arrays import Integers, Singles
from xaiwidgets.reliability._graph_analysis import analyse_graph
from xaiwidgets.reliability._inputs import (
    ClassNames,
    Images,
    class_count,
    layer_names,
    path_starts,
)
from xaiwidgets.reliability._path import BatchConductance, ConductancePath
from xaiwidgets.reliability._quadrature import RULES_OF_QUADRATURE
from xaiwidgets.work import Steps, immediate

if TYPE_CHECKING:
    from xaiwidgets.network import Network

_FAR = 0.1
"""What conductances may miss of the score's change, as a share, before that is said."""

LAYOUTS = ("channels_first", "channels_last")


class Conductance(dict[str, Singles]):
    """Conductances (B, C), or as the layer's own output where they are spatial, by layer.

    Attributes
    ----------
    targets : (B,) ints
        The class whose score is explained.
    scores, baseline_scores : (B,) float32
        That score, f(x), and that of the baseline, f(x').
    completeness : dict of (B,) float32
        By layer, what its conductances miss of f(x) - f(x'), as a share of it (eq. 3): 0 is
        complete. More steps make it smaller, if the layer carries all.
    quadrature_error : dict of (B,) float32
        The same for the plain mean of the slopes at both ends of each step, before the rule
        "secant" mends it: how coarse the steps are, halved ones included, which `completeness`
        does not tell any more. For the rule "right" the two are the same.
    carries_all : dict of bool
        By layer, whether everything that reaches the score passes through it, once. Branches do
        not, nor layers that are called one call after the other.
    passes : int
        How many pictures the network was asked about, points on the path included.
    """

    targets: Integers
    scores: Singles
    baseline_scores: Singles
    completeness: dict[str, Singles]
    quadrature_error: dict[str, Singles]
    carries_all: dict[str, bool]
    passes: int

    def __repr__(self) -> str:
        layers = ", ".join(f"{name} {values.shape}" for name, values in self.items())
        return f"Conductance({layers})"


@immediate
def conductance(
    model: Network,
    images: Images,
    layers: str | Sequence[str],
    *,
    targets: int | str | ClassNames | None = None,
    steps: int = 10,
    baseline: Baseline = 0.0,
    spatial: bool = False,
    rule: str = "secant",
    budget: int | None = None,
    layout: str | None = None,
) -> Steps[Conductance]:
    """Break the score of a class down into what the feature maps of layers contribute to it.

    Eq. 4 of "Leveraging Model Interpretability and Stability to increase Model Robustness", the
    integral of the score's gradient with respect to a layer along the path from the baseline to
    the image. All layers share one pass over the path; memory does not grow with the number of
    steps. ``conductance.work(...)`` reports its progress.

    Parameters
    ----------
    model : Classifier
    images : tensor (B, ...) or sequence of pictures
    layers : str or sequence of str
        Any modules. One that is called several times counts all its calls; ``"relu[1]"`` is its
        second call.
    targets : class, or sequence of B classes, optional
        By number or name; the predicted ones by default.
    steps : int
        The path has this many.
    baseline : float, str or Tensor
        Where the path begins: a number for every pixel, "zeros", "mean", "blur", or a picture.
    spatial : bool
        Whether each neuron is kept, in the shape of the layer's output. Else they are summed over
        all but the channels: over space, or over tokens (B, T, D).
    rule : str
        "right" is the paper's eq. 5: the gradient at the end of each step, x(k). "trapezoid" takes
        the mean of those at its two ends. "secant", the default, mixes the two ends so that each
        step sums to what the score changes by, as eq. 3 demands; the share is held in [0, 1]. Where
        a layer does not carry all, that change is not its own, and it is the trapezoid rule.
    budget : int, optional
        With the rule "secant", steps over which the score bends are halved, and halved again, until
        trapezoids miss less than a twentieth of its change, or there are as many steps as this;
        4 * steps by default. With as many as `steps`, all have the same length.
    layout : str, optional
        "channels_first" (B, C, ...) or "channels_last" (B, ..., C), for layers of which
        `Network.grid` cannot tell.

    Returns
    -------
    Conductance
        A dictionary of arrays, with what they miss and what they are of.

    Raises
    ------
    InputError
        If a layer or class does not exist, or another value cannot be used.
    ModelError
        If the network fails, or no gradient reaches the score from a layer.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> model, images = zoo.digits(), datasets.digits("test").images[:3]
    >>> found = conductance(model, images, ["conv1", "conv2"])
    >>> found
    Conductance(conv1 (3, 16), conv2 (3, 32))
    >>> bool((found.completeness["conv2"] < 0.1).all())
    True
    """
    whole("steps", steps)
    most = 4 * steps if budget is None else whole("budget", budget, steps)
    for name, value, choices in (("rule", rule, RULES_OF_QUADRATURE), ("layout", layout, LAYOUTS)):
        if value not in choices and not (name == "layout" and value is None):
            raise InputError(f"{name} is {value!r}; use {' or '.join(map(repr, choices))}")
    names = layer_names(require_network(model).net, layers)
    batch = model.batch(images)
    begin = path_starts(batch, baseline)
    numbers = None
    if targets is not None:
        numbers = model.class_numbers(targets, len(batch), class_count(model, batch))

    def work() -> Steps[Conductance]:
        # An error half way along the path is the baseline's fault if the pictures alone go through.
        with blaming_baseline(model, batch, begin):
            return (yield from walk())

    def walk() -> Steps[Conductance]:
        model.weights(anew=True)
        network, analysis = analyse_graph(model, names, batch[:1])
        axes = None if spatial else analysis.channel_axes(layout)
        path = ConductancePath(network, analysis, steps, rule, most)
        parts: list[BatchConductance] = []
        for attempt in in_halves(len(batch), path.plan(batch)):
            with attempt as rows:
                # One object for all parts, by which the path knows that it is evaluated already.
                start = begin if len(begin) == 1 else begin[rows]
                targets_here = None if numbers is None else numbers[rows]
                part = path.walk(batch[rows], start, targets_here, axes, attempt.size)
                parts.append((yield from part))
        result = _as_arrays(path, parts)
        _warn_of_gaps(result)
        return result

    return outside_inference_mode(work())


def _as_arrays(path: ConductancePath, parts: Sequence[BatchConductance]) -> Conductance:
    """Return what the parts hold as NumPy arrays, and how complete it is."""
    values = {name: torch.cat([part.values[name] for part in parts]) for name in path.layers}
    result = Conductance((name, value.float().numpy()) for name, value in values.items())
    scores = torch.cat([part.scores for part in parts])
    # A score of 1,000 in float32 is known to 1e-4: that much is no gap.
    rounding = 8 * torch.finfo(scores.dtype).eps * scores.double().abs()
    scores = scores.double()
    begin = torch.cat([part.baseline_scores for part in parts]).double()
    result.targets = torch.cat([part.targets for part in parts]).numpy()
    result.scores, result.baseline_scores = scores.float().numpy(), begin.float().numpy()

    def missed(sums: Tensor) -> Singles:
        change = scores - begin
        # Eq. 3: the conductances of a layer that carries all sum to f(x) - f(x').
        gap = (sums - change).abs()
        # Where nothing changes and nothing but rounding is missed, 0 / 0 is complete.
        share: Singles = torch.where(gap <= rounding, 0.0, gap / change.abs()).float().numpy()
        return share

    result.completeness = {
        name: missed(value.double().flatten(1).sum(1)) for name, value in values.items()
    }
    result.quadrature_error = {
        name: missed(torch.cat([part.trapezoid[name] for part in parts])) for name in path.layers
    }
    result.carries_all = dict(path.analysis.carries_all)
    result.passes = path.passes
    return result


def _warn_of_gaps(result: Conductance) -> None:
    """Say which layers' conductances miss much, for one in twenty pictures or more."""
    for layer, missed in result.completeness.items():
        far = int((missed > _FAR).sum())
        # One picture in twenty may end where the score hardly changes, so that any gap is a large
        # share of it; and a branch is not meant to sum to the score.
        if result.carries_all[layer] and far > len(missed) / 20:
            warnings.warn(
                f"the conductances of layer {layer!r} miss more than {_FAR:.0%} of the change of "
                f"the score for {far} of {len(missed)} pictures, {missed.max():.0%} at worst; use "
                "more steps, a larger budget, or another baseline",
                stacklevel=outside(),
            )
