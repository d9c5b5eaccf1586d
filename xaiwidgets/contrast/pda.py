"""Prediction difference analysis (Zintgraf et al. 2017): what a part that is not seen changes.

A window slides over the picture. What it covers is drawn anew from pictures like it, many times,
and the average prediction is that of a network to which the window is unknown. By how much the
evidence for a class falls is what the window says for it; a pixel gets the average over its
windows. All classes are answered at once, so a map of each costs as much as a map of one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.contrast.hiding import Conditional, Marginal, Source
from xaiwidgets.contrast.pairs import count_of
from xaiwidgets.errors import InputError
from xaiwidgets.work import Progress, Steps

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture

MEASURES = ("evidence", "likelihood")
SAMPLING = ("conditional", "marginal")

_WINDOWS = 1024  # windows of a picture, unless their distance is given
_NUMBERS = 2**16  # numbers in pictures that are evaluated between two reports: some 50 ms


@dataclass(frozen=True, eq=False, repr=False)
class PredictionDifference:
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
        As asked for.
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
        return f"PredictionDifference({len(self)} pictures, {height} x {width}, {self.measure})"

    def of(self, target: int) -> NDArray[np.float32]:
        """Return the maps (P, H, W) of another class, by its number; nothing is evaluated."""
        classes = self.windows.shape[1]
        if not is_whole(target) or target >= classes:
            raise InputError(f"target is {target!r}; there are classes 0 to {classes - 1}")
        windows, size = self.windows[:, target], self.values.shape[1:]
        return _spread(windows, self.rows, self.columns, self.window, size)


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
) -> Steps[PredictionDifference]:
    """Answer "what says that this is A?" by hiding one window after the other (PDA).

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
    >>> from xaiwidgets import datasets, steps, zoo
    >>> digits = datasets.digits("test").images
    >>> steps.run(prediction_difference(zoo.digits(), digits[:2], references=digits[2:50]))
    PredictionDifference(2 pictures, 8 x 8, evidence)
    """
    pictures = batch_of(model, images)
    side = int(min(pictures.shape[-2:]))
    wide = count_of("window", window, max(2, round(side / 8)))
    kind = sampling if sampling is not None else SAMPLING[references is None]
    _check(wide, side, kind, measure, seed)
    source = _source(model, pictures, references, kind, wide, count_of("samples", samples, 1), seed)
    step = count_of("stride", stride, _stride(pictures.shape[-2:], wide))
    rows, columns = (_starts(size, wide, step) for size in pictures.shape[-2:])
    logits = model.logits(pictures)
    known, chosen = _evidence(logits[:, None], measure), logits.argmax(1)
    if targets is not None:
        chosen = model.class_numbers(targets, *logits.shape)
    places = [(int(row), int(column)) for row in rows for column in columns]
    hidden = yield from _hidden(model, pictures, source, places, wide, measure)
    difference = known[:, :, None] - hidden
    windows = difference.reshape(*logits.shape, len(rows), len(columns)).numpy()
    explained = windows[np.arange(len(pictures)), chosen]
    return PredictionDifference(
        target=chosen.numpy(),
        values=_spread(explained, rows, columns, wide, pictures.shape[-2:]),
        windows=windows,
        rows=rows,
        columns=columns,
        window=wide,
        measure=measure,
        sampling=kind,
        evaluations=np.full(len(pictures), 1 + len(places) * source.count),
    )


def batch_of(model: Network, images: Tensor | Sequence[Picture]) -> Tensor:
    """Return pictures (P, C, H, W), or say that they are none."""
    pictures = model.batch(images)
    if pictures.ndim != 4:
        raise InputError(
            f"the images have shape {tuple(pictures.shape[1:])}; maps need pictures (C, H, W)"
        )
    return pictures


def _hidden(
    model: Network,
    pictures: Tensor,
    source: Source,
    places: list[tuple[int, int]],
    wide: int,
    measure: str,
) -> Steps[Tensor]:
    """Return the evidence (P, K, windows) without each window."""
    each, together = len(pictures) * source.count, max(1, _NUMBERS // pictures[0].numel())
    found: list[Tensor] = []
    waiting: list[Tensor] = []  # pictures not yet evaluated
    answers = torch.empty(0)  # of windows of which others are waiting
    for at, (row, column) in enumerate(places, 1):
        patches = source.draw(row, column).flatten(0, 1)
        for some in torch.split(torch.arange(each), together):
            batch = pictures[some // source.count]
            batch[:, :, row : row + wide, column : column + wide] = patches[some]
            waiting.append(batch)
            if sum(map(len, waiting)) < together and at < len(places):
                continue
            answers = torch.cat([answers, model.logits(torch.cat(waiting))])
            waiting = []
            whole = len(answers) // each * each
            for one in answers[:whole].reshape(-1, len(pictures), source.count, answers.shape[1]):
                found.append(_evidence(one, measure))
            answers = answers[whole:]
            yield Progress(at, len(places), "windows")
    return torch.stack(found, 2)


def _evidence(logits: Tensor, measure: str) -> Tensor:
    """Return the evidence (P, K) of answers (P, S, K), averaged as probabilities."""
    scores = logits.double()
    likelihood = scores.log_softmax(2)
    mean = likelihood.logsumexp(1) - math.log(scores.shape[1])
    if measure == "likelihood":
        return mean.float()
    # 1 - p of the strongest class is the sum of the others: exact where p is 1 but for rounding.
    strongest = scores.argmax(2, keepdim=True)
    others = scores.scatter(2, strongest, -torch.inf).logsumexp(2, keepdim=True)
    rest = torch.log1p(-likelihood.exp().clamp(max=0.75))  # of others p is at most 1/2
    rest = rest.scatter(2, strongest, others - scores.logsumexp(2, keepdim=True))
    against = rest.logsumexp(1) - math.log(scores.shape[1])
    return ((mean - against) / math.log(2)).float()


def _spread(
    windows: NDArray[np.float32],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    wide: int,
    size: Sequence[int],
) -> NDArray[np.float32]:
    """Return for each pixel the average over the windows that cover it (P, H, W)."""
    down, right = (
        ((np.arange(side) >= starts[:, None]) & (np.arange(side) < starts[:, None] + wide)) * 1.0
        for side, starts in zip(size, (rows, columns), strict=True)
    )
    covering = down.sum(0)[:, None] * right.sum(0)
    return np.asarray((down.T @ windows @ right) / covering, dtype=np.float32)


def _starts(side: int, wide: int, step: int) -> NDArray[np.int64]:
    """Return where windows begin; the last ends at the edge, so that each pixel is covered."""
    return np.unique([*range(0, side - wide, min(step, wide)), side - wide]).astype(np.int64)


def _stride(size: Sequence[int], wide: int) -> int:
    """Return the smallest distance of windows at which there are not too many."""
    for step in range(1, wide):
        if math.prod(len(_starts(side, wide, step)) for side in size) <= _WINDOWS:
            return step
    return wide


def _source(
    model: Network,
    pictures: Tensor,
    references: Tensor | Sequence[Picture] | None,
    kind: str,
    wide: int,
    count: int,
    seed: int,
) -> Source:
    """Return what windows are drawn from, or say why there is nothing."""
    if references is None:
        if kind == "conditional":
            raise InputError(
                "sampling is 'conditional', and there are no references to fit to; give references="
                "pictures like these, or use sampling='marginal'"
            )
        if len(pictures) == 1:
            raise InputError(
                "there is nothing to hide a single image's windows behind; give references="
                "pictures like it"
            )
        return Marginal(pictures, None, wide, count, seed)
    pool = model.batch(references, name="references")
    if pool.shape[1:] != pictures.shape[1:]:
        raise InputError(
            f"the references have shape {tuple(pool.shape[1:])}, but the images "
            f"{tuple(pictures.shape[1:])}; make them alike"
        )
    return (Conditional if kind == "conditional" else Marginal)(pictures, pool, wide, count, seed)


def _check(wide: int, side: int, sampling: str, measure: str, seed: int) -> None:
    if wide > side:
        raise InputError(f"window is {wide}; the pictures' shorter side has {side} pixels")
    for name, value, allowed in (("sampling", sampling, SAMPLING), ("measure", measure, MEASURES)):
        if value not in allowed:
            raise InputError(f"{name} is {value!r}; use {' or '.join(map(repr, allowed))}")
    whole("seed", seed, 0)
