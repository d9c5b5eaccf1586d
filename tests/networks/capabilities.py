"""What can be asked about a network, and how each answer is checked.

Each function asks once, of small size, and holds the answer against what the reference network
says: by brute force, or by another library.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import torch
from sklearn.linear_model import Lasso
from torch import Tensor
from torch.nn import functional

from tests.networks.architectures import CLASSES
from tests.networks.subject import Doubles, Subject, by_hand, heard
from xaiwidgets import Classifier, Explorer, Window, contrast, reliability
from xaiwidgets.algebra import fit_probes
from xaiwidgets.methods import LIME, LRP, GradCAM, PredictionDifference, Shapley, Task
from xaiwidgets.methods._lime import draw_coalitions
from xaiwidgets.probes import Probe

SHAPLEY = Shapley(budget=16, grid=2)
"""Four cells: exact."""


def predict(s: Subject) -> None:
    """The best classes, with the probabilities that the network itself gives."""
    found = s.model.predict(s.picture, top=3).top
    own = s.log_likelihoods(s.picture[None])[0].exp()
    assert {one.index for one in found} >= {s.target}
    for one in found:
        assert abs(one.probability - float(own[one.index])) <= max(s.tolerance, 1e-4)


def layers(s: Subject) -> None:
    """Modules that are called once, in order, whose answers have a row for each picture."""
    offered = s.model.layers_for(s.picture)
    assert offered or not s.outputs, "no layer is offered"
    heard_in_order = [name for name in s.outputs if name in offered]
    assert offered == heard_in_order, "not called once, or in another order"
    odd = [name for name in offered if s.outputs[name][0] != 2]
    assert not odd, f"answers of {odd[:3]} have no axis of the batch"


def explain(s: Subject) -> None:
    """A map of 2 x 2 cells, by all its coalitions."""
    map_ = s.model(s.picture).explain(SHAPLEY)
    assert map_.target == s.target
    s.near(map_.cells, by_hand(map_, s.picture, s.score), what="the map")


def window(s: Subject) -> None:
    """The same of a window, all else at the baseline."""
    side = s.picture.shape[-1]
    part = Window(1, 2, side // 2, side // 2)
    map_ = s.model(s.picture).where(part).explain(SHAPLEY)
    s.near(map_.cells, by_hand(map_, s.picture, s.score), what="the map")
    assert map_.window == part


def probes(s: Subject) -> None:
    """The map of a truncated network: a linear map of what one layer gives."""
    chosen = list(dict.fromkeys((s.layer(0.3), s.layer(0.7))))
    fitted = fit_probes(s.model, s.pictures, chosen).run()
    for layer in chosen:
        probe = fitted[layer]

        def score(batch: Tensor, probe: Probe = probe) -> Tensor:
            with heard(s.reference) as calls, torch.no_grad():
                s.answer(batch)
            features = probe.tap.features(torch.cat(calls[probe.layer]).float())
            return features @ probe.weight[s.target] + probe.bias[s.target]

        map_ = s.model(s.picture).select(layer).for_class(s.target).explain(SHAPLEY)
        scores = score(s.pictures)
        spread = max(float(scores.max() - scores.min()), float(map_.cells.max()))
        s.near(map_.cells, by_hand(map_, s.picture, score), spread, f"the map at {layer}")


def gradcam(s: Subject) -> None:
    """The map of a late layer that has places: what changes there is what changes here."""
    size = s.picture.shape[-2:]
    tasks = [Task(s.model, s.picture, target) for target in range(CLASSES)]
    found = np.stack([map_.values for map_ in GradCAM().explain(tasks).run()])
    assert found.min() >= 0 and found.max() > 0
    tolerance = max(s.tolerance, s.architecture.gradcam_tolerance)
    matching, candidates = [], list(feature_maps(s))
    layers = list(dict.fromkeys(layer for layer, *_ in candidates))
    for layer, maps, slopes in candidates:
        weights = slopes.mean((2, 3), keepdim=True)
        summed = (weights * maps[:1]).sum(1, keepdim=True).relu()
        cams = functional.interpolate(summed, size, mode="bilinear")[:, 0].numpy()
        if np.abs(cams - found).max() <= tolerance * found.max():
            place, local = layers.index(layer) + 1, locality(maps)
            matching.append(f"{layer} {tuple(maps.shape)}, {place} of {len(layers)}, {local:.0%}")
            # What convolutions give has places, also where all of the picture is in each of them.
            if place > 0.4 * len(layers) and local > (0.26 if s.architecture.attention else 0.2):
                return
    raise AssertionError(f"no places in {matching}" if matching else "the map of no layer")


def feature_maps(s: Subject) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Yield each way to read a layer as feature maps (15, C, H, W), with its slopes (K, ...).

    The maps are those of three pictures, the first of them the one that is explained, each
    followed by the same with another quarter.
    """
    height, width = (side // 2 for side in s.picture.shape[-2:])
    batch = s.pictures[:3].repeat_interleave(5, 0)
    for row, (down, right) in enumerate(product((0, 1), repeat=2), 1):
        part = slice(down * height, (down + 1) * height), slice(right * width, (right + 1) * width)
        batch[row::5, :, *part] = s.pictures[3:6, :, *part]
    with heard(s.reference) as calls, torch.enable_grad():
        scores = s.answer(batch.requires_grad_())
    # Where the pictures of a batch look at each other, each has been a call of its own.
    once = len(batch) if s.architecture.alone else 1
    layers = [
        name
        for name, one in calls.items()
        if len(one) == once and name in s.outputs and one[0].requires_grad
    ]
    slopes = [
        torch.autograd.grad(
            score, [calls[name][0] for name in layers], retain_graph=True, allow_unused=True
        )
        for score in scores[0]
    ]
    for at, name in enumerate(layers):
        maps = torch.cat(calls[name]).detach().float()
        if slopes[0][at] is not None and len(maps) == len(batch):
            steep = torch.stack([each[at][0] for each in slopes]).float()
            for read in readings(maps):
                yield name, read(maps), read(steep)


def readings(answer: Tensor) -> Iterator[Callable[[Tensor], Tensor]]:
    """Yield the ways in which an answer can be feature maps (B, C, H, W) of at least 2 x 2."""
    if answer.ndim == 4:
        yield from (lambda x: x, lambda x: x.permute(0, 3, 1, 2))
    if answer.ndim == 3:
        for turn in (lambda x: x, lambda x: x.transpose(1, 2)):
            tokens = turn(answer).shape[1]
            for prefix in range(min(6, tokens - 3)):
                side = math.isqrt(tokens - prefix)
                if side > 1 and side * side == tokens - prefix:
                    yield (
                        lambda x, turn=turn, prefix=prefix, side=side: (
                            turn(x)[:, prefix:].transpose(1, 2).unflatten(2, (side, side))
                        )
                    )


def locality(maps: Tensor) -> float:
    """Return which share of a change in a quarter of pictures is in that quarter of the maps.

    1/4 where a quarter says nothing about that: layers that look at the whole picture come near.
    """
    if min(maps.shape[2:]) < 2:
        return 0.0
    each = maps.unflatten(0, (-1, 5))
    change = (each[:, 1:] - each[:, :1]).square().sum(2).flatten(0, 1)
    quarters = functional.adaptive_avg_pool2d(change, 2).reshape(-1, 4, 4)
    shares = quarters / quarters.sum(2, keepdim=True)
    return float(shares.diagonal(dim1=1, dim2=2).mean())


def lime(s: Subject) -> None:
    """The lasso of scores on coalitions, fitted with scikit-learn to the reference's scores."""
    (map_,) = LIME(cells=2, samples=60).explain([Task(s.model, s.picture)]).run()
    masks = draw_coalitions(4, 60, 0).numpy()
    rows, columns = (np.searchsorted(edges, np.arange(edges[-1]), side="right") - 1
                     for edges in (map_.row_edges, map_.column_edges))  # fmt: skip
    cells = torch.from_numpy(2 * rows[:, None] + columns)
    present = torch.from_numpy(masks)[:, cells][:, None]
    scores = s.score(torch.where(present > 0, s.picture, 0.0)).numpy()
    # Ribeiro et al. 2016: exp(-D^2 / sigma^2), D the cosine distance to all ones.
    distances = 1 - np.sqrt(masks.mean(1))
    weights = np.exp(-(distances**2) / (2 * 0.25**2))
    fitted = Lasso(alpha=0.01, random_state=0).fit(masks, scores, sample_weight=weights)
    s.near(map_.cells.ravel(), fitted.coef_, what="the map")
    s.near(map_.output, s.score(s.picture[None])[0], what="the score")


def lrp(s: Subject) -> None:
    """Relevance is conserved: without biases, the map sums to the score."""
    net = s.without_biases()
    model = Classifier(net, output=s.architecture.output)
    method = LRP(convolutions="epsilon", dense="epsilon", epsilon=1e-9)
    tasks = [Task(model, picture) for picture in s.pictures[:2]]
    for map_ in method.explain(tasks).run():
        missed = abs(float(map_.values.sum()) - map_.output)
        assert missed <= max(0.02, s.tolerance) * abs(map_.output), f"{missed:.2g} is lost"


def pda(s: Subject) -> None:
    """Weights of evidence of four windows, each hidden behind those of two other pictures."""
    side = s.picture.shape[-1] // 2
    method = PredictionDifference(window=side, stride=side, samples=2, sampling="marginal")
    (map_,) = method.explain([Task(s.model, s.picture, references=s.pictures[1:3])]).run()

    def evidence(batch: Tensor) -> Tensor:
        # As logarithms, because probabilities near 1 say nothing about what is missing.
        likely, unlikely = (part.logsumexp(0) for part in s.log_odds(batch))
        return (likely - unlikely) / math.log(2)

    whole = evidence(s.picture[None])
    expected = np.zeros(s.picture.shape[-2:])
    for down, right in product((0, side), repeat=2):
        part = slice(down, down + side), slice(right, right + side)
        hidden = s.picture.repeat(2, 1, 1, 1)
        hidden[:, :, *part] = s.pictures[1:3, :, *part]
        expected[part] = whole - evidence(hidden)
    s.near(map_.cells, expected, what="the map")


def subtract(s: Subject) -> None:
    """Of 400 weights, those that make the predicted class less and the runner-up more likely."""
    found = contrast.subtract(s.model, s.picture[None], None, method=SHAPLEY).run()
    likely = s.log_likelihoods(s.picture[None])[0]
    pair = likely.topk(2).indices
    assert [int(found.true[0]), int(found.probe[0])] == pair.tolist()
    values = []
    for map_, target in zip((found.true_map[0], found.probe_map[0]), pair, strict=True):
        explained = s.model(s.picture).for_class(int(target)).explain(SHAPLEY)
        expected = by_hand(explained, s.picture, lambda x, t=target: s.logits(x)[:, t])
        spread_out = np.kron(expected, np.ones([side // 2 for side in map_.shape]))
        values.append(spread_out / np.abs(spread_out).max())
        s.near(map_, values[-1], 1.0, "a map")
    weights = torch.arange(1, 401) * 0.005
    low, high = s.picture.aminmax()
    true_map, probe_map = (torch.from_numpy(each).float() for each in values)
    change = (weights[:, None, None] * probe_map - true_map) * (high - low)
    changed = (s.picture + change[:, None]).clamp(low, high)
    after = s.log_likelihoods(changed)[:, pair]
    # Between those that do so clearly, and those that may do so.
    gains = torch.stack([likely[pair[0]] - after[:, 0], after[:, 1] - likely[pair[1]]]).amin(0)
    # Of an answer's own range: those to changed pictures may be far larger, as are their errors.
    logits = s.logits(changed)
    slack = 10 * s.tolerance * (logits.amax(1) - logits.amin(1)).clamp_min(s.spread)
    least, most = (int((gains > bound).sum()) for bound in (slack, -slack))
    kept = int(found.kept[0])
    assert least - 4 <= kept <= most + 4, f"{kept} are kept, not {least} to {most}"


def conductance(s: Subject) -> None:
    """Eq. 5 by hand at two layers; where a layer carries all it is complete, or that is said."""
    for layer in dict.fromkeys((s.layer(0.5), s.layer(0.9))):
        found = reliability.conductance(
            s.model, s.picture[None], layer, steps=4, rule="right", spatial=True
        )
        expected = right_rule(s, layer, 4)
        # Batch norms are merged on the way, which rounds otherwise.
        scale = 20 * np.abs(expected).max()
        s.near(found[layer], expected, scale, f"conductance at {layer}")
        if found.carries_all[layer]:
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                default = reliability.conductance(
                    s.model, s.picture[None], layer, steps=32, spatial=True
                )
            missed = float(default.completeness[layer][0])
            told = any(repr(layer) in str(each.message) for each in said)
            assert missed <= 0.1 or told, f"{missed:.0%} of the score is missed at {layer}, unsaid"


def right_rule(s: Subject, layer: str, steps: int) -> Doubles:
    """Return eq. 5 of the paper: slopes at the ends of steps times what the layer changes by."""
    values, slopes, target = [], [], s.target
    for k in range(steps + 1):
        with heard(s.reference) as calls, torch.enable_grad():
            point = (k / steps * s.picture[None]).requires_grad_()
            score = s.answer(point)[0, target]
        (output,) = calls[layer]
        values.append(output.detach().double().numpy())
        slopes.append(torch.autograd.grad(score, output)[0].double().numpy())
    return sum(slopes[k] * (values[k] - values[k - 1]) for k in range(1, steps + 1))  # type: ignore[return-value]


def mutants(s: Subject) -> None:
    """Networks in which as many rows of weights are others as is said."""
    made = make_mutants(s)
    mutant = made.network(s.model, 0).state_dict()
    own = s.model.copies.private().net.state_dict()
    changed = sum(
        int((mutant[name] != value).flatten(1).any(1).sum())
        for name, value in own.items()
        if isinstance(value, Tensor) and value.is_floating_point() and value.ndim > 1
    )
    assert changed == made.units, f"{changed} rows are changed, not {made.units}"


def votes(s: Subject) -> None:
    """What mutants say, as each of them does by itself."""
    made = make_mutants(s)
    voted = reliability.votes(s.model, made, s.pictures).run()
    rate = reliability.label_change_rate(s.model, made, s.pictures)
    assert np.allclose(rate, (voted.labels != voted.predicted).mean(0))
    own = s.logits(s.pictures).argmax(1).numpy()
    assert (voted.predicted == own).mean() > 0.9, "the network's own classes"
    for row, labels in enumerate(voted.labels):
        with torch.no_grad():
            alone = Classifier(made.network(s.model, row), output="logits").logits(s.pictures)
        first, second = alone.topk(2).values.T
        clear = ((first - second) > s.tolerance * s.spread).numpy()
        assert (labels == alone.argmax(1).numpy())[clear].all(), f"the votes of mutant {row}"


def make_mutants(s: Subject) -> reliability.Mutants:
    """Return two mutants with other weights in some rows."""
    labels = s.logits(s.pictures).argmax(1).numpy()
    return reliability.mutants(
        s.model, (s.pictures, labels), operator="GF", rate=0.01, count=2, keep=0.1
    ).run()


def twin(s: Subject) -> None:
    """The faster copy answers as the network does, also pictures that it was not checked on."""
    made = s.model.copies.twin(s.pictures[:3]).run()
    assert made.deviation <= 1e-3
    others = torch.cat([s.pictures[3:], 0.5 * s.pictures[3:], torch.zeros_like(s.pictures[:1])])
    s.near(made(others), s.logits(others), what="the twin")


def explorer(s: Subject) -> None:
    """The widget opens, and its first map is that of plain Python."""
    widget = Explorer(s.model, s.picture, budget=64, grid=2)
    try:
        widget.run().wait(120)
        assert widget.status["state"] == "done"
        assert widget.result is not None
        expected = by_hand(widget.result, s.picture, s.score)
        s.near(widget.result.cells, expected, what="the map")
    finally:
        widget.cancel()
        widget.close()


CAPABILITIES: dict[str, Callable[[Subject], None]] = {
    check.__name__: check
    for check in (predict, layers, explain, window, probes, gradcam, lime, lrp, pda, subtract,
                  conductance, mutants, votes, twin, explorer)
}  # fmt: skip
"""By the name of its column."""
