"""Prediction difference analysis of whole batches: what a window that is not seen changes.

A window slides over the picture. What it covers is drawn anew from pictures like it, many times,
and the average prediction is that of a network to which the window is unknown. By how much the
evidence for a class falls is what the window says for it; a pixel gets the average over its
windows. All classes are answered at once, so a map of each costs as much as a map of one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window, check_picture, check_references, paste
from xaiwidgets.methods._cropping import cropped_twin
from xaiwidgets.methods._imputation import ConditionalImputer, Imputer, MarginalImputer
from xaiwidgets.network import EXAMPLES, Network, Picture, require_network
from xaiwidgets.optimize import Twin
from xaiwidgets.outputs import log_complements
from xaiwidgets.work import Progress, Steps, relay, work

MEASURES = ("evidence", "likelihood")
SAMPLING = ("conditional", "marginal")

_WINDOWS = 1024  # windows of a picture, unless their distance is given


@dataclass(frozen=True, eq=False, repr=False)
class WindowDifferences:
    """What each part of P pictures says for the classes; the leading axis is the picture.

    Attributes
    ----------
    target : (P,) ints
        The classes that `values` are about.
    values : (P, H, W) float32
        For each pixel the average over the windows that cover it. Positive: seeing it makes the
        class likelier.
    windows : (P, K, R, S) float32
        The difference that each window makes to each class.
    rows, columns : (R,) and (S,) ints
        Where the windows begin.
    window : int
        How wide they are.
    measure, sampling : str
        The settings.
    evaluations : (P,) ints
        Of the network.
    """

    target: NDArray[np.int64]
    values: NDArray[np.float32]
    windows: NDArray[np.float32]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    window: int
    measure: str
    sampling: str
    evaluations: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.target)

    def __repr__(self) -> str:
        height, width = self.values.shape[1:]
        return f"WindowDifferences({len(self)} pictures, {height} x {width}, {self.measure})"

    def of(self, target: int) -> NDArray[np.float32]:
        """Return the maps (P, H, W) of another class, by its number; nothing is evaluated."""
        classes = self.windows.shape[1]
        if not is_whole(target) or target >= classes:
            raise InputError(f"target is {target!r}; there are classes 0 to {classes - 1}")
        return _spread(self.windows[:, target], self.rows, self.columns, self.window)


@work
def prediction_difference(
    model: Network,
    images: Tensor | Sequence[Picture],
    targets: int | str | Sequence[int | str] | None = None,
    *,
    window: int | None = None,
    stride: int | None = None,
    samples: int = 8,
    sampling: str | None = None,
    references: Tensor | Sequence[Picture] | None = None,
    measure: str = "evidence",
    seed: int = 0,
) -> Steps[WindowDifferences]:
    """Answer "what says that this is A?" by hiding one window after the other.

    Prediction difference analysis (Zintgraf et al. 2017, eq. 1 to 3), for all classes at once.

    Parameters
    ----------
    model : Classifier
    images : tensor (P, C, H, W) or sequence of pictures
    targets : class, or sequence of P classes, optional
        What `values` are about; by default what is predicted. The maps of all other classes are
        there as well.
    window : int, optional
        The side of the window; by default an eighth of the picture's shorter side, at least 2.
    stride : int, optional
        From one window to the next, at most `window`; by default 1, or what makes at most 1,024
        windows.
    samples : int
        How often a window is drawn anew. Marginal sampling takes no picture twice, and is exact if
        there are no more references than samples.
    sampling : str, optional
        "conditional": drawn from a Gaussian of the window given what surrounds it by half its side,
        fitted to the references where the window is. "marginal": the same window of a reference.
        By default conditional where there are references.
    references : tensor or sequence of pictures, optional
        Pictures like these; without them, for each picture the others.
    measure : str
        "evidence", the weight of evidence: the difference of log2(p / (1 - p)); or "likelihood",
        that of the natural logarithm of p.
    seed : int
        Of the drawing.

    Yields
    ------
    Progress
        Windows done.

    Raises
    ------
    InputError
        If a setting cannot be used, or there is nothing to draw from.
    ModelError
        If the network fails.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> digits = datasets.digits("test").images
    >>> prediction_difference(zoo.digits(), digits[:2], references=digits[2:50]).run()
    WindowDifferences(2 pictures, 8 x 8, evidence)
    """
    kind = sampling if sampling is not None else SAMPLING[references is None]
    check_sliding_settings(window, stride, samples, kind, measure, seed)
    pictures = require_network(model).batch(images)
    check_picture(pictures[0])
    if targets is not None and model.classes is not None:
        model.class_numbers(targets, len(pictures))
    height, width = pictures.shape[-2:]
    sliding = Sliding.over(Window(0, 0, height, width), window, stride)
    pool = None
    if references is not None:
        pool = model.batch(references, name="references")
        check_references(pool, pictures.shape[1:], "images")
    imputer = make_imputer(pictures, pool, kind, sliding.width, samples, seed)

    def steps() -> Steps[WindowDifferences]:
        # Before anything is looked up by the weights: writes through `.data` show only here.
        model.weights(anew=True)
        evidence, windows = yield from differences(model, pictures, imputer, sliding, measure)
        classes_explained = evidence.argmax(1)
        if targets is not None:
            classes_explained = model.class_numbers(targets, *evidence.shape)
        of_classes = windows[np.arange(len(pictures)), classes_explained]
        return WindowDifferences(
            target=classes_explained.numpy(),
            values=sliding.spread(of_classes),
            windows=windows,
            rows=np.array(sliding.rows),
            columns=np.array(sliding.columns),
            window=sliding.width,
            measure=measure,
            sampling=kind,
            evaluations=np.full(len(pictures), 1 + len(sliding.places) * imputer.count),
        )

    return steps()


@dataclass(frozen=True)
class Sliding:
    """Where a window of `width` pixels a side begins that slides over a region of a picture."""

    region: Window
    width: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @classmethod
    def over(cls, region: Window, window: int | None, stride: int | None) -> Sliding:
        """Return the places of a window in a region; InputError if it is larger than that."""
        sides = (region.height, region.width)
        width = max(2, round(min(sides) / 8)) if window is None else int(window)
        width = min(width, min(sides)) if window is None else width
        if width > min(sides):
            raise InputError(
                f"window is {width}; the pictures' shorter side has {min(sides)} pixels"
            )
        step = _stride(sides, width) if stride is None else int(stride)
        rows, columns = (_begins(side, width, step) for side in sides)
        return cls(
            region,
            width,
            tuple(region.top + row for row in rows),
            tuple(region.left + column for column in columns),
        )

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where the window begins, one place after the other."""
        return list(product(self.rows, self.columns))

    def spread(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return for each pixel of the region the average (P, h, w) over the windows over it."""
        rows, columns = np.array(self.rows), np.array(self.columns)
        return _spread(windows, rows - self.region.top, columns - self.region.left, self.width)


def differences(
    model: Network, pictures: Tensor, imputer: Imputer, sliding: Sliding, measure: str
) -> Steps[tuple[Tensor, NDArray[np.float32]]]:
    """Return the evidence (P, K), and by how much it falls without each window (P, K, R, S)."""

    def unhidden() -> Steps[tuple[Twin, Tensor]]:
        twin = yield from model.copies.twin(pictures[:EXAMPLES])
        rows = yield from twin.evaluate(len(pictures), lambda begin, end: pictures[begin:end])
        if len(pictures) == 1:  # several are not alike around the region
            (picture,) = pictures
            # One that differs inside: else it would not show what is missed on a crop.
            examples = torch.stack([picture, paste(picture, picture.flip(1, 2), sliding.region)])
            count = len(sliding.places) * imputer.count
            twin = yield from cropped_twin(model, twin, sliding.region, picture, examples, count)
        return twin, rows

    nothing = Progress(0, len(sliding.places), "windows")
    twin, logits = yield from relay(unhidden(), lambda _: nothing)
    evidence = _evidence(model, logits[:, None], measure)
    hidden = yield from _hidden(model, twin, pictures, imputer, sliding, measure)
    falls = evidence[:, :, None] - hidden
    size = (len(sliding.rows), len(sliding.columns))
    return evidence, falls.reshape(*logits.shape, *size).numpy()


def _hidden(
    model: Network,
    twin: Twin,
    pictures: Tensor,
    imputer: Imputer,
    sliding: Sliding,
    measure: str,
) -> Steps[Tensor]:
    """Return the evidence (P, K, windows) without each window."""
    places, width = sliding.places, sliding.width
    each = len(pictures) * imputer.count
    evidence: list[Tensor] = []
    waiting: list[Tensor] = []  # pictures not yet evaluated
    logits = torch.empty(0, device="cpu")  # of windows of which other pictures are waiting
    for at, (row, column) in enumerate(places, 1):
        patches = imputer.draw(row, column).flatten(0, 1)
        together = twin.batch
        for part in torch.split(torch.arange(each, device="cpu"), together):
            # Indexing by numbers copies, so that the pictures themselves stay as they are.
            batch = pictures[part // imputer.count]
            batch[:, :, row : row + width, column : column + width] = patches[part]
            waiting.append(batch)
            # Small pictures: those of several windows go together.
            if sum(map(len, waiting)) < together and at < len(places):
                continue
            logits = torch.cat([logits, twin(torch.cat(waiting)).cpu()])
            waiting = []
            complete = len(logits) // each * each
            # (windows, P, S, K): the samples of a picture follow each other.
            shape = (-1, len(pictures), imputer.count, logits.shape[1])
            for of_window in logits[:complete].reshape(shape):
                evidence.append(_evidence(model, of_window, measure))
            logits = logits[complete:]
            yield Progress(at, len(places), "windows")
    return torch.stack(evidence, 2)


def _evidence(model: Network, logits: Tensor, measure: str) -> Tensor:
    """Return the evidence (P, K) of answers (P, S, K), averaged as probabilities."""
    scores = logits.double()
    # Eq. 1, a mean of probabilities, of their logarithms: small ones do not underflow.
    mean = model.log_probabilities(scores).logsumexp(1) - math.log(scores.shape[1])
    if measure == "likelihood":
        return mean.float()
    # The complement from logits, as 1 - p is 0 in floats where the network is sure.
    against = log_complements(scores, model.output).logsumexp(1) - math.log(scores.shape[1])
    # Eq. 3, the odds as a logarithm to base 2.
    return ((mean - against) / math.log(2)).float()


def _spread(
    windows: NDArray[np.float32], rows: NDArray[np.int64], columns: NDArray[np.int64], width: int
) -> NDArray[np.float32]:
    """Return for each pixel the average over the windows that cover it (P, H, W)."""
    # The last windows end at the edge.
    down, right = (
        (
            (np.arange(begins[-1] + width) >= begins[:, None])
            & (np.arange(begins[-1] + width) < begins[:, None] + width)
        )
        * 1.0
        for begins in (rows, columns)
    )
    # Sums over windows are separable in rows and columns: two matrix products for all pixels.
    covering = down.sum(0)[:, None] * right.sum(0)
    return np.asarray((down.T @ windows @ right) / covering, dtype=np.float32)


def _begins(side: int, width: int, step: int) -> list[int]:
    """Return where windows begin; the last ends at the edge, so that each pixel is covered."""
    return sorted({*range(0, side - width, min(step, width)), side - width})


def _stride(sides: Sequence[int], width: int) -> int:
    """Return the smallest distance of windows at which there are not too many."""
    for step in range(1, width):
        if math.prod(len(_begins(side, width, step)) for side in sides) <= _WINDOWS:
            return step
    return width


def make_imputer(
    pictures: Tensor,
    references: Tensor | None,
    sampling: str,
    width: int,
    samples: int,
    seed: int,
) -> Imputer:
    """Return what windows are drawn from, or say why there is nothing."""
    if references is not None:
        kind = ConditionalImputer if sampling == "conditional" else MarginalImputer
        return kind(pictures, references, width, samples, seed)
    if sampling == "conditional":
        raise InputError(
            "sampling is 'conditional', and there are no references to fit to; give references="
            "pictures like these, or use sampling='marginal'"
        )
    if len(pictures) == 1:
        raise InputError(NOTHING)
    return MarginalImputer(pictures, None, width, samples, seed)


NOTHING = (
    "there is nothing to hide a single image's windows behind; give references=pictures like it"
)
"""What to say where there are neither references nor other pictures."""


def check_sliding_settings(
    window: int | None,
    stride: int | None,
    samples: int,
    sampling: str | None,
    measure: str,
    seed: int,
) -> None:
    """Raise InputError if a setting cannot be used."""
    for name, value in (("window", window), ("stride", stride)):
        if value is not None:
            whole(name, value)
    whole("samples", samples)
    whole("seed", seed, 0)
    for name, choice, allowed in (
        ("sampling", sampling, (None, *SAMPLING)),
        ("measure", measure, MEASURES),
    ):
        if choice not in allowed:
            names = " or ".join(map(repr, filter(None, allowed)))
            raise InputError(f"{name} is {choice!r}; use {names}")
