"""The sanity check: whether a map changes when the network forgets what it has learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.checks import whole
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.evaluation._cell_map import (
    check_varied,
    read_inputs,
    read_references,
    resolve_method,
)
from xaiwidgets.evaluation._exact import rank_correlations
from xaiwidgets.figures import figure, png
from xaiwidgets.images import Baseline, baseline_picture
from xaiwidgets.intervals import IntervalEstimate, mean_interval
from xaiwidgets.methods import Attribution, Method, Task
from xaiwidgets.network import Network, require_network
from xaiwidgets.optimize import copied
from xaiwidgets.work import Progress, Steps, constantly, relay, work

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Randomisation:
    """How much maps stay the same while layers are drawn anew, from the scores downwards.

    Attributes
    ----------
    layers : tuple of str
        The layer down to which everything is drawn anew, stage by stage; the last stage is all.
    rank : (stages, observations)
        Rank correlation with the map of the trained network, signed, of the pixels where the
        picture is not at the baseline: an observation is a picture, or a draw where there is only
        one picture. 0 where the new map is constant.
    absolute_rank : (stages, observations)
        The usual check, of absolute values on all pixels. Where the picture is black many methods
        are 0 whatever the network, which looks as if nothing had changed.
    method : str
    """

    layers: tuple[str, ...]
    rank: Doubles = field(repr=False)
    absolute_rank: Doubles = field(repr=False)
    method: str

    @property
    def correlations(self) -> tuple[IntervalEstimate, ...]:
        """The mean of `rank` at each stage; near 0 is right, near 1 ignores the network."""
        return tuple(mean_interval(row) for row in self.rank)

    @property
    def usual_correlations(self) -> tuple[IntervalEstimate, ...]:
        """The mean of `absolute_rank` at each stage."""
        return tuple(mean_interval(row) for row in self.absolute_rank)

    @property
    def last(self) -> IntervalEstimate:
        """The correlation with everything drawn anew."""
        return self.correlations[-1]

    def __repr__(self) -> str:
        return f"<Randomisation of {self.method}: all layers drawn anew, rank {self.last}>"

    def plot(self, ax: Any = None) -> Any:
        """Draw the correlation stage by stage, and that of the usual check."""
        canvas = ax.figure if ax is not None else figure(5.5, 3.4)
        ax = ax if ax is not None else canvas.add_subplot()
        rows = {"where the picture is": self.correlations, "usual check": self.usual_correlations}
        for label, row in rows.items():
            values = np.array([each.value for each in row])
            # What is unknown has no bar.
            below, above = (
                np.nan_to_num(np.abs(values - [getattr(each, end) for each in row]), posinf=0)
                for end in ("low", "high")
            )
            ax.errorbar(self.layers, values, [below, above], fmt="o-", capsize=2, label=label)
        ax.axhline(0, color="0.6", linewidth=0.8)
        ax.set(ylim=(-1.05, 1.05), xlabel="drawn anew down to", ylabel="rank correlation")
        ax.tick_params(axis="x", rotation=45)
        ax.set_title(f"{self.method}: is it about the network?", fontsize="medium")
        ax.legend(fontsize="small")
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())


@work
def randomised(
    model: Network,
    images: Any,
    method: Method | str | None,
    *,
    stages: int = 6,
    draws: int = 3,
    baseline: Baseline = 0.0,
    seed: int = 0,
    references: Any = None,
) -> Steps[Randomisation]:
    """Draw the layers of a network anew from the top, and see whether a method notices.

    Adebayo et al. 2018, cascading randomisation. Every weight is drawn from a normal distribution
    with the mean and the deviation of its tensor, so that scores keep their size. What is explained
    stays the class that the trained network predicts. A private copy is changed, never `model`.

    Parameters
    ----------
    model : Classifier
    images : picture, or pictures
    method : Method or str
    stages : int
        At most so many steps from the first layer drawn anew to all of them, evenly chosen.
    draws : int
        How often each stage is drawn.
    baseline : float, str or Tensor
        What the method takes as absent; correlations are those of all other pixels.
    seed : int
        Draws the weights.
    references : pictures, optional
        For a method that needs them.

    Raises
    ------
    InputError
        At once, if a setting cannot be used, or a picture is at the baseline everywhere; later, if
        a map of the trained network is constant.
    ModelError
        At once, if the network cannot be copied, or has no weights.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> from xaiwidgets.methods import LRP
    >>> images = datasets.digits("test").images[:4]
    >>> randomised(zoo.digits(), images, LRP()).run().layers
    ('fc2', 'fc1', 'conv2', 'conv1')
    """
    whole("stages", stages)
    whole("draws", draws)
    whole("seed", seed, 0)
    inputs = read_inputs(require_network(model), images)
    others = read_references(model, references, inputs[0])
    resolved = resolve_method(method, others)
    visible = [_visible(x, baseline) for x in inputs]
    net = copied(model.net)
    if net is None or isinstance(net, torch.jit.ScriptModule):
        reason = "cannot be copied" if net is None else "is scripted"
        raise ModelError(f"the network {reason}, so that its layers cannot be drawn anew")
    layers = weighted_layers(model, net, inputs[0])
    # The last is always that of the layer nearest to the picture: everything is drawn anew.
    ends = np.linspace(len(layers) - 1, 0, min(stages, len(layers))).round().astype(int)[::-1]
    cascade = _Cascade(model, inputs, resolved, baseline, others, visible)
    return _randomised(cascade, layers, ends.tolist(), draws, seed)


def _randomised(
    cascade: _Cascade, layers: Sequence[str], ends: Sequence[int], draws: int, seed: int
) -> Steps[Randomisation]:
    total, number = draws * len(ends) + 1, 0
    trained = yield from cascade.explain(cascade.model, None, 0, total)
    for place, attribution in enumerate(trained):
        check_varied(attribution.values, f"{cascade.method.label}'s map of picture {place}")
    ranks = np.zeros((2, len(ends), len(trained), draws))
    for draw in range(draws):
        # Seeds of neighbouring calls share no draw: seed 0 has 0 to draws - 1, seed 1 the next.
        generator = seeded(seed * draws + draw)
        # A fresh copy each draw; within it layers stay as drawn: the cascade of Adebayo et al.
        net, begin = copied(cascade.model.net), 0
        network = _like(cascade.model, net)
        for stage, end in enumerate(ends):
            for layer in layers[begin : end + 1]:
                redraw(network.net.get_submodule(layer), generator)
            begin, number = end + 1, number + 1
            maps = yield from cascade.explain(network, trained, number, total)
            ranks[:, stage, :, draw] = cascade.compare(trained, maps)
    # Pictures are independent, draws of one network on the same pictures are not.
    several = len(trained) > 1
    rank, absolute = ranks.mean(3) if several else ranks[:, :, 0]
    names = tuple(layers[end] or "all" for end in ends)
    return Randomisation(names, rank, absolute, cascade.method.label)


@dataclass(frozen=True, eq=False)
class _Cascade:
    """What stays the same while a network is drawn anew."""

    model: Network
    inputs: Tensor
    method: Method
    baseline: Baseline
    references: Tensor | None
    visible: Sequence[NDArray[np.bool_]]

    def explain(
        self, network: Network, trained: Sequence[Attribution] | None, done: int, total: int
    ) -> Steps[list[Attribution]]:
        """Return a map of each picture, of the classes of `trained`."""
        # The class that the trained network says: the drawn one's own would be another question.
        targets = [None] * len(self.inputs) if trained is None else [m.target for m in trained]
        tasks = [
            Task(network, x, target, baseline=self.baseline, references=self.references)
            for x, target in zip(self.inputs, targets, strict=True)
        ]
        report = Progress(done, total, "layers drawn anew")
        return relay(self.method.explain(tasks), constantly(report))

    def compare(self, trained: Sequence[Attribution], maps: Sequence[Attribution]) -> Doubles:
        """Return the rank correlation of each picture, where it is visible and as usual, (2, P)."""
        rows = []
        for old, new, visible in zip(trained, maps, self.visible, strict=True):
            signed = rank_correlations(new.values[visible][None], old.values[visible])
            # Adebayo et al. correlate absolute values of all pixels, where many are 0 in every
            # network.
            usual = rank_correlations(abs(new.values).ravel()[None], abs(old.values).ravel())
            rows.append((signed[0], usual[0]))
        return np.array(rows).T


def _visible(image: Tensor, baseline: Baseline) -> NDArray[np.bool_]:
    """Return where a picture (C, H, W) is not at the baseline, (H, W)."""
    # In any channel, as a colour may be at the baseline in two of three.
    visible: NDArray[np.bool_] = (image != baseline_picture(image, baseline)).any(0).numpy()
    if visible.sum() < 2:
        raise InputError("a picture is at the baseline all over; use another baseline or picture")
    return visible


def weighted_layers(model: Network, net: nn.Module, example: Tensor) -> list[str]:
    """Return the layers with weights of their own of a copy, that nearest to the scores first.

    In reversed order of their calls; of definition, where one is not called exactly once. The
    network's own weights, such as a class token, come last, as "".
    """
    # Batch norms and biases too: what they have learnt would still be what was learnt.
    weighted = [name for name, module in net.named_modules() if any(True for _ in _weights(module))]
    if not weighted:
        raise ModelError("the network has no weights to be drawn anew")
    calls = model.anatomy(example).layers
    inner = [name for name in weighted if name]
    if set(inner) <= set(calls):
        inner.sort(key=calls.index)
    # Parameters of the network itself (a class token, say) are called by no layer: they come last.
    return [*reversed(inner), *(name for name in weighted if not name)]


def redraw(module: nn.Module, generator: torch.Generator) -> None:
    """Draw a module's own weights anew, with the mean and the deviation that they have."""
    with torch.no_grad():
        for weight in _weights(module):
            # Of the same spread, so that scores keep their size and no layer saturates for that
            # alone.
            noise = torch.randn(weight.shape, generator=generator, device="cpu")
            deviation = weight.float().std(correction=0).cpu()
            weight.copy_(weight.float().mean().cpu() + deviation * noise)


def _weights(module: nn.Module) -> list[nn.Parameter]:
    return [p for p in module.parameters(recurse=False) if p.is_floating_point()]


def _like(model: Network, net: nn.Module | None) -> Network:
    """Return a network that reads pictures and answers as `model` does."""
    if net is None:
        raise ModelError("the network cannot be copied")
    network = Network(
        net,
        classes=model.classes,
        preprocess=model.preprocess,
        output=model.output or "auto",
        device=model.device,
    )
    # What a user has said of layers holds for the same layers with other weights.
    network.grids.update(model.grids)
    return network
