"""`conductance`: how much each feature map of a layer contributes to a class score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline
from xaiwidgets.reliability.inputs import names_of, starts
from xaiwidgets.reliability.path import RULES, Part, Path
from xaiwidgets.reliability.survey import survey
from xaiwidgets.work import Steps, run

if TYPE_CHECKING:
    from xaiwidgets.network import Network

Floats = NDArray[np.float32]


class Conductance(dict[str, Floats]):
    """Conductances (B, C), or (B, C, H, W) where they are spatial, by layer.

    Attributes
    ----------
    targets : (B,) ints
        The class whose score is explained.
    scores, baseline_scores : (B,) float32
        That score, f(x), and that of the baseline, f(x').
    completeness : dict of (B,) float32
        By layer, what its conductances miss of f(x) - f(x'), as a share of it (eq. 3): 0 is
        complete. More steps make it smaller, if the layer carries all.
    carries_all : dict of bool
        By layer, whether everything that reaches the score passes through it, once. Branches do
        not, nor layers that are called one call after the other.
    passes : int
        How many pictures the network was asked about, points on the path included.
    """

    targets: NDArray[np.int64]
    scores: Floats
    baseline_scores: Floats
    completeness: dict[str, Floats]
    carries_all: dict[str, bool]
    passes: int

    def __repr__(self) -> str:
        layers = ", ".join(f"{name} {values.shape}" for name, values in self.items())
        return f"Conductance({layers})"


def conductance(
    model: Network,
    images: Any,
    layers: str | Sequence[str],
    *,
    targets: Any = None,
    steps: int = 10,
    baseline: Baseline = 0.0,
    spatial: bool = False,
    rule: str = "right",
) -> Conductance:
    """Break the score of a class down into what the feature maps of layers contribute to it.

    Eq. 5 of "Leveraging Model Interpretability and Stability to increase Model Robustness", with
    the gradient at x(k). All layers share one pass over the path from the baseline to the image;
    memory does not grow with the number of steps.

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
        Whether each neuron of a feature map is kept. Else they are summed; of tokens (B, T, D)
        over T.
    rule : str
        "right", the gradient at the end of each step as in the paper; or "trapezoid", the mean of
        those at its two ends, which needs far fewer steps.

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
    >>> bool((found.completeness["conv2"] < 0.5).all())
    True
    """
    return run(
        conductance_steps(
            model,
            images,
            layers,
            targets=targets,
            steps=steps,
            baseline=baseline,
            spatial=spatial,
            rule=rule,
        )
    )


def conductance_steps(
    model: Network,
    images: Any,
    layers: str | Sequence[str],
    *,
    targets: Any = None,
    steps: int = 10,
    baseline: Baseline = 0.0,
    spatial: bool = False,
    rule: str = "right",
) -> Steps[Conductance]:
    """Do what `conductance` does; yields how many of the evaluations are done."""
    whole("steps", steps)
    if rule not in RULES:
        raise InputError(f"rule is {rule!r}; use {' or '.join(map(repr, RULES))}")
    names = names_of(model.net, layers)
    batch = model.batch(images)
    begin = starts(batch, baseline)
    network, found = survey(model.private(), names, batch[:1])
    asked = None if targets is None else model.class_numbers(targets, len(batch), found.classes)
    path = Path(network, found, steps, rule, spatial)
    parts: list[Part] = []
    for rows in torch.split(torch.arange(len(batch)), path.together(batch)):
        own = begin if len(begin) == 1 else begin[rows]
        part = yield from path.walk(batch[rows], own, None if asked is None else asked[rows])
        parts.append(part)
    return _joined(path, parts)


def _joined(path: Path, parts: Sequence[Part]) -> Conductance:
    """Return what the parts hold as NumPy arrays, and how complete it is."""
    values = {name: torch.cat([part.values[name] for part in parts]) for name in path.layers}
    found = Conductance((name, value.float().numpy()) for name, value in values.items())
    scores = torch.cat([part.scores for part in parts]).double()
    begin = torch.cat([part.baseline_scores for part in parts]).double()
    found.targets = torch.cat([part.targets for part in parts]).numpy()
    found.scores, found.baseline_scores = scores.float().numpy(), begin.float().numpy()
    change = scores - begin
    found.completeness = {
        name: (((value.double().flatten(1).sum(1) - change) / change).abs()).float().numpy()
        for name, value in values.items()
    }
    found.carries_all = dict(path.survey.carries_all)
    found.passes = path.passes
    return found
