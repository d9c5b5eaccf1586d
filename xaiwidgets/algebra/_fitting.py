"""Train probes: linear connections from layers to the output (i-Algebra, "Selection")."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.blas import one_blas_thread
from xaiwidgets.checks import is_number, whole
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.inputs import listed_pictures
from xaiwidgets.layers import Rows, Tap, Tapped, split
from xaiwidgets.network import Network, Picture, require_network
from xaiwidgets.outputs import independent
from xaiwidgets.probes import Probe, Probes, probes_of, remember
from xaiwidgets.work import Later, Progress, Steps, work

Labels = Sequence[int | str] | Tensor | NDArray[np.int64]
Floats = NDArray[np.float32]
Linear = tuple[Floats, Floats]

MIN_IMAGES = 10
"""Images without which there is nothing to learn from, or to test on."""

DEFAULT_LAYERS = 6
"""Layers that have probes unless they are named: all would take much memory."""

STRENGTHS = np.logspace(-1, 5, 13)
"""Ridge penalties on standardised features, chosen among by leaving out one image at a time."""


@work
def fit_probes(
    model: Network,
    images: Tensor | Sequence[Picture],
    layers: Sequence[str] | None = None,
    labels: Labels | None = None,
    *,
    held_out: float = 0.2,
    seed: int = 0,
) -> Steps[Probes]:
    """Train the truncated networks f_l that selection explains (i-Algebra, eq. 4 and fig. 3).

    A layer's answer is averaged over places to at most 512 numbers (or one for each of its
    channels; how they lie is said by `Network.grid`). The linear map from them to the class scores
    is a logistic regression on `labels`, or a ridge regression on the network's own logits. The
    probes are saved under a key made of the network's weights, in ``$XAIWIDGETS_CACHE`` or the
    user's cache folder, and the model has them from then on, with those of other layers that were
    fitted before.

    Parameters
    ----------
    model : Network
    images : tensor (N, ...) or sequence of pictures
        At least 10, like those that will be explained; they need no labels.
    layers : sequence of str, optional
        Names from `model.layers`, in any order; by default half a dozen at which
        stages of the network end (`Anatomy.stages`).
    labels : N classes, optional
        The true ones, by number or name.
    held_out : float
        Share of the images that only tell how often a truncated network agrees with the whole.
    seed : int
        Draws which images these are.

    Returns
    -------
    Work of Probes
        Its previews are the probes so far.

    Raises
    ------
    InputError
        At once for unknown layers, too few images, labels that are no classes, or labels for a
        network of which several may hold.
    ModelError
        If the network fails, or is changed meanwhile.

    Examples
    --------
    >>> from xaiwidgets import Classifier
    >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 8), torch.nn.Linear(8, 2))
    >>> probes = fit_probes(Classifier(net), torch.rand(50, 3, 2, 2), ["1"]).run()
    >>> probes.agreement["1"] > 0.8
    True
    """
    pictures = listed_pictures(model, images)
    names = _checked(model, pictures, layers)
    classes = None
    if labels is not None:
        classes = model.class_numbers(labels, len(pictures), name="labels", each=True)
    test, train = _apart(len(pictures), held_out, seed)
    anatomy = model.anatomy(model.input(pictures[0]))
    taps = [anatomy.tap(name) for name in names]
    if labels is not None and independent(model.output):
        raise InputError(
            "labels are one class for each image, and of this network's labels several may hold; "
            "leave them out: the probes then imitate its scores"
        )
    return _fit(model, pictures, taps, classes, test, train)


@work
def fittable_layers(model: Network, image: Picture) -> Steps[dict[str, bool]]:
    """Find the layers at which probes of an input like `image` can be fitted, in call order.

    True are those that `fit_probes` takes where none are named: ends of stages, and so neither
    norms nor paddings.

    Examples
    --------
    >>> from torch import nn, rand
    >>> from xaiwidgets import Classifier
    >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 2))
    >>> fittable_layers(Classifier(net), rand(3, 4, 4)).run()["1"]
    False
    """
    return _look(model, require_network(model).input(image))


def _look(model: Network, image: Tensor) -> Steps[dict[str, bool]]:
    yield Progress(0, None, "looking at the layers")
    chosen = _default_layers(model, image)
    anatomy = model.anatomy(image)
    return {name: name in chosen for name in anatomy.layers if anatomy.grids.get(name) is not None}


def _fit(
    model: Network,
    pictures: Sequence[Picture],
    taps: Sequence[Tap],
    classes: Tensor | None,
    test: NDArray[np.int64],
    train: NDArray[np.int64],
) -> Steps[Probes]:
    # What is fitted belongs to these weights: probes of a network that is trained on meanwhile
    # would say of the new one what held of the old.
    weights = model.weights(anew=True)
    order = model.anatomy(model.input(pictures[0])).layers
    logits, features = yield from _logits_and_features(model, pictures, taps)
    count = logits.shape[1]
    labels = None
    if classes is not None:  # where classes have no names, only now is it known how many there are
        labels = model.class_numbers(classes, len(pictures), count, name="labels").numpy()
    probes: list[Probe] = []
    for tap, vectors in zip(taps, features, strict=True):
        so_far = Later(_merged, probes_of(model), tuple(probes), order)
        yield Progress(len(probes), len(taps), f"fitting {tap.layer}", so_far)
        # Between two steps the caller may have trained on: the answers would be another network's.
        if model.weights(anew=True) != weights:
            raise ModelError("the network was changed while its probes were fitted; fit them again")
        with one_blas_thread():
            weight, bias = (
                _to_logits(vectors[train], logits[train])
                if labels is None
                else _to_labels(vectors[train], labels[train], count)
            )
        probe = Probe(tap, torch.from_numpy(weight), torch.from_numpy(bias), 0.0, len(train))
        # Fidelity and not accuracy: f_l is to say what f says, right or wrong.
        same = probe.logits(vectors[test]).argmax(1) == logits[test].argmax(1)
        probes.append(replace(probe, agreement=float(same.mean())))
    return remember(model, _merged(probes_of(model), probes, order))


def _merged(former: Probes, probes: Sequence[Probe], order: Sequence[str]) -> Probes:
    """Return all probes of a network, new ones instead of old ones, in the order of the calls."""
    every = {**former, **{probe.layer: probe for probe in probes}}
    return Probes([every[layer] for layer in order if layer in every], former.network)


def _default_layers(model: Network, image: Tensor) -> list[str]:
    """Return layers where stages end; of many, as of a transformer, the last and some before."""
    anatomy = model.anatomy(image)
    names = [*anatomy.stages] or [*anatomy.layers[:-1]]
    chosen = names[::-1][:: max(1, -(-len(names) // DEFAULT_LAYERS))][::-1]
    if not (chosen := chosen or [*anatomy.layers]):
        raise InputError("the network has no layers inside that answer once a picture")
    return chosen


def _checked(model: Network, pictures: Sequence[Any], layers: Sequence[str] | None) -> list[str]:
    if len(pictures) < MIN_IMAGES:
        raise InputError(f"there are {len(pictures)} images; a probe needs at least {MIN_IMAGES}")
    if layers is None:
        return _default_layers(model, model.input(pictures[0]))
    several = isinstance(layers, Iterable) and not isinstance(layers, str)
    names = list(dict.fromkeys(layers)) if several else []
    if not names or not all(isinstance(name, str) for name in names):
        raise InputError(f"layers is {layers!r}; give a list of names from model.layers")
    return names


def _apart(count: int, held_out: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of the images that are held out, and of those that are learnt from."""
    whole("seed", seed, 0)
    share = is_number(held_out) and 0 < held_out < 1
    tested = max(1, round(held_out * count)) if share else count
    if count - tested < 2:
        raise InputError(
            f"held_out is {held_out!r}; use a share from 0 to 1 that leaves images to learn from"
        )
    test, train = np.split(np.random.default_rng(seed).permutation(count), [tested])
    return test, train


def _logits_and_features(
    model: Network, pictures: Sequence[Picture], taps: Sequence[Tap]
) -> Steps[tuple[Rows, list[Rows]]]:
    """Evaluate all pictures; return logits, and each layer's vectors.

    Not by the fast twin: what it is made of, and how many pictures it takes at once, is chosen by
    time, and probes, which are known by their numbers, would differ in the last digits by run.
    One picture is one step: a fit of a slow network is stopped within one evaluation.
    """
    yield Progress(0, len(pictures), "preparing the network")
    shape = model.input(pictures[0]).shape
    prepared = model.copies.private()
    tapped = replace(prepared, net=Tapped(prepared.net, taps))
    rows: list[Tensor] = []
    for done, picture in enumerate(pictures, start=1):
        # One by one: Cancel stays prompt, and a network whose answer depends on its company is
        # asked as in maps.
        rows.append(tapped(model.batch([picture], shape)).cpu())
        yield Progress(done, len(pictures), "evaluating")
    return split(torch.cat(rows).numpy(), taps)


def _to_logits(vectors: Floats, logits: Floats) -> Linear:
    from sklearn.linear_model import RidgeCV

    mean, spread = _standard(vectors)
    # Masked classes, whose logits are minus infinity, stay impossible: there is nothing to fit.
    possible = np.isfinite(logits).all(0)
    if (partly := ~possible & np.isfinite(logits).any(0)).any():
        raise InputError(
            f"the logit of class {int(partly.argmax())} is minus infinity for some images and "
            "finite for others, which no linear map imitates; give labels, to fit those"
        )
    weight = np.zeros((logits.shape[1], vectors.shape[1]))
    bias = np.full(logits.shape[1], -np.inf)
    # Leave-one-out errors of all penalties follow from one factorisation.
    fit = RidgeCV(alphas=STRENGTHS).fit((vectors - mean) / spread, logits[:, possible])
    weight[possible], bias[possible] = np.atleast_2d(fit.coef_), fit.intercept_
    return _raw(weight, bias, mean, spread)


def _to_labels(vectors: Floats, labels: NDArray[np.int64], classes: int) -> Linear:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    present = np.unique(labels)
    if len(present) < 2:
        raise InputError("all labels are the same class; a probe needs images of at least two")
    mean, spread = _standard(vectors)
    with warnings.catch_warnings():  # a hundred steps are enough to rank the classes
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = LogisticRegression(max_iter=100).fit((vectors - mean) / spread, labels)
    slopes, offsets = fit.coef_, fit.intercept_
    if len(present) == 2:
        # Of two classes there is one row, of the log odds: half for one and half against the other.
        slopes, offsets = np.vstack([-slopes, slopes]) / 2, np.array([-1, 1]) * offsets / 2
    weight = np.zeros((classes, vectors.shape[1]))
    # A class never seen must not win.
    bias = np.full(classes, offsets.min() - 30.0)
    weight[present], bias[present] = slopes, offsets
    return _raw(weight, bias, mean, spread)


def _standard(vectors: Floats) -> tuple[Floats, Floats]:
    spread = vectors.std(axis=0)
    # Features that do not vary are divided by infinity: they say nothing, and do not give 0 / 0.
    return vectors.mean(axis=0), np.where(spread > 1e-6 * spread.max(), spread, np.inf)


def _raw(weight: Any, bias: Any, mean: Floats, spread: Floats) -> Linear:
    """Return a linear map of standardised vectors as one of the vectors themselves."""
    # W ((v - mean) / spread) + b = (W / spread) v + (b - (W / spread) mean).
    slopes = weight / spread
    offsets = bias - slopes @ mean
    return np.ascontiguousarray(slopes, dtype=np.float32), np.asarray(offsets, dtype=np.float32)
