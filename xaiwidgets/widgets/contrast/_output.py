"""Contrastive answers as they are shown: small enough to cross to the page at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.contrast import (
    PAIR_METHODS,
    Contrast,
    Imposed,
    StampTest,
    Subtraction,
    error_percentiles,
    read_change,
)
from xaiwidgets.network import Network
from xaiwidgets.widgets.changes import Pixels, coloured_change, quantised
from xaiwidgets.widgets.contrast._answer import (
    Column,
    ContrastAnswer,
    Overall,
    PairResult,
    SecondOpinion,
)
from xaiwidgets.widgets.contrast._history import ShownPair
from xaiwidgets.widgets.contrast._state import (
    DIRECT,
    ClosedShares,
    DirectMap,
    Multiple,
    ShownColumn,
    ShownContrast,
    ShownImposed,
    ShownJudgement,
    ShownOverall,
    ShownStamp,
)
from xaiwidgets.widgets.pictures import picture_of, thumbnail_of

# Twelve tiles cross at once: of photographs of 224 pixels a side 3.6 MB, of 96 pixels 0.7 MB.
_TILE = 96  # pixels a side of a small multiple, at most


def shown_contrast(
    model: Network, generator: object, result: PairResult, seed: int, frame: int, pixels: Pixels
) -> ShownContrast:
    """Return a pair's morph with its measures and its ledger line."""
    pair, morph = result.contrast, result.morph
    if morph is None:
        raise ValueError("only a pair with its morph can be shown")
    true, probe = int(pair.true[0]), int(pair.probe[0])
    # From the picture and not from frame to frame: red and blue are all that has changed so far.
    differences, scale = quantised(coloured_change(morph.images[:, 0] - pair.image[0]))
    # NaN of a GAN or a stranger's generator, which remember no errors to compare with.
    missed = float(error_percentiles(generator, pair.reconstruction_error, pair.image)[0])
    return ShownContrast(
        frame=frame,
        method=pair.method,  # type: ignore[arg-type]  # one of the two that the session asks for
        true=true,
        probe=probe,
        true_label=model.label(true),
        probe_label=model.label(probe),
        positions=morph.positions.astype(np.float32),
        frames=pixels(morph.images[:, 0]),
        differences=differences,
        difference_scale=scale,
        log_likelihoods=morph.log_likelihoods[:, 0],
        gap=morph.gap[:, 0],
        third=morph.third[:, 0],
        penalty=morph.penalty[:, 0],
        intruders=tuple(morph.intruders[:, 0].tolist()),
        converged=bool(pair.converged[0]),
        third_class=int(pair.third_class[0]),
        distance=float(pair.distance[0]),
        steps=int(pair.steps[0]),
        gap_at_end=float(pair.gap[0]),
        reconstruction_error=float(pair.reconstruction_error[0]),
        missed=missed if math.isfinite(missed) else None,
        evaluations=int(pair.evaluations[0]),
        gradients=int(pair.gradients[0]),
        seconds=round(result.seconds, 2),
        seed=seed,
        device=str(model.device),
        partial=result.partial,
    )


def multiple(model: Network, answer: ContrastAnswer, probe: int, pixels: Pixels) -> Multiple:
    """Return one of the small multiples: the boundary to one class, at most 96 pixels a side."""
    return tile(model, answer, answer.others[probe].contrast, model.label(probe), pixels)


def start_tile(model: Network, answer: ContrastAnswer, seed: int, pixels: Pixels) -> Multiple:
    """Return the boundary that was reached from another random start, as a small multiple."""
    return tile(model, answer, answer.starts[seed], f"start {seed}", pixels)


def tile(
    model: Network, answer: ContrastAnswer, pair: Contrast, label: str, pixels: Pixels
) -> Multiple:
    """Return a contrast as a small multiple."""
    probe = int(pair.probe[0])
    difference, scale = quantised(coloured_change(small(pair.difference))[0])
    return Multiple(
        probe=probe,
        label=label,
        probability=float(model.probabilities(answer.logits.double())[probe]),
        picture=picture_of(pixels(small(pair.boundary))[0]),
        difference=difference,
        difference_scale=scale,
        converged=bool(pair.converged[0]),
        distance=float(pair.distance[0]),
        third_class=int(pair.third_class[0]),
    )


def shown_pair(
    model: Network, index: int, name: str, result: PairResult, pixels: Pixels
) -> ShownPair:
    """Return what the strip of questions says of a pair that was answered."""
    true, probe = int(result.contrast.true[0]), int(result.contrast.probe[0])
    title = f"Why {model.label(true)} and not {model.label(probe)}? ({name})"
    return ShownPair(index, probe, title, thumbnail_of(pixels(result.contrast.boundary)[0]))


def direct_map(result: Subtraction) -> DirectMap:
    """Return the map of a direct method."""
    count = int(result.kept[0])
    first, second = (float(weight) for weight in result.weights[0])
    return DirectMap(
        method=result.method,
        name=DIRECT[result.method],
        values=np.asarray(result.values[0], np.float32),
        kept=count,
        weights=(first, second) if math.isfinite(first) else None,
        note=_direct_note(result.method, count),
    )


def _direct_note(method: str, count: int) -> str:
    if method == "class means" and not count:
        return "there are no pictures of one of the classes"
    if method in PAIR_METHODS:
        return "as it is: nothing was weighted" if count else "it is the same everywhere: nothing"
    return "" if count else "no weighting lowers the one class and raises the other"


def shown_beside(
    model: Network,
    answer: ContrastAnswer,
    last: ContrastAnswer | None,
    apart: bool,
    pixels: Pixels,
) -> dict[str, Any]:
    """Return what has changed of that which stands beside the answer."""
    makers: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "direct_map": ("direct", direct_map),
        "second_map": ("direct_two", direct_map),
        "imposed": ("imposed", lambda result: shown_imposed(result, pixels)),
        "overall": ("overall", lambda result: shown_overall(model, result, pixels)),
        "stamped": ("stamped", lambda result: shown_stamp(result, apart)),
        "judgement": ("judgement", shown_judgement),
    }
    new: dict[str, Any] = {}
    for output, (field, make) in makers.items():
        result = getattr(answer, field)
        if result is not (last and getattr(last, field)):
            new[output] = None if result is None else make(result)
    if answer.starts != (last.starts if last else {}):
        new["other_starts"] = [start_tile(model, answer, seed, pixels) for seed in answer.starts]
    if answer.columns is not (last.columns if last else None):
        new["columns"] = [shown_column(model, column, pixels) for column in answer.columns]
    return new


def shown_column(model: Network, column: Column, pixels: Pixels) -> ShownColumn:
    """Return what another network or generator answers, to be drawn at the same position."""
    pair, best = column.pair, int(column.logits.argmax())
    # No frame of its own: columns are drawn with the morph, whose frame the page acknowledges.
    shown = None if pair is None else shown_contrast(model, column.generator, pair, 0, 0, pixels)
    return ShownColumn(
        name=column.name,
        contrast=shown,
        # The first network's names: that classes are the same is checked, and modules have none.
        label=model.label(best),
        probability=float(column.model.probabilities(column.logits.double())[best]),
    )


def film_change(images: Tensor, start: Tensor, channel: str) -> NDArray[np.float32]:
    """Return the change of pictures (T, C, H, W) as a film shows it, one map or in colours."""
    # What was chosen for coloured pictures does not act on grey ones.
    reading = channel if images.shape[1] == 3 else "strongest"
    if reading == "rgb":
        colours: NDArray[np.float32] = (images - start).permute(0, 2, 3, 1).numpy()
        return colours
    change: NDArray[np.float32] = read_change(start[None], images, reading).numpy()
    return change


def shown_imposed(result: Imposed, pixels: Pixels) -> ShownImposed:
    """Return the change inside a mask, by degrees."""
    return ShownImposed(
        strengths=result.strengths.astype(np.float32),
        frames=pixels(result.images[:, 0]),
        log_likelihoods=result.log_likelihoods[:, 0],
    )


def shown_judgement(result: SecondOpinion) -> ShownJudgement:
    """Return the shares of the gap that are closed; what is no number there is none."""

    def number(share: float) -> float | None:
        return share if math.isfinite(share) else None

    return ShownJudgement(
        closed={panel: ClosedShares(*map(number, both)) for panel, both in result.closed.items()},
        log_likelihoods=result.log_likelihoods,
    )


def shown_overall(model: Network, result: Overall, pixels: Pixels) -> ShownOverall:
    """Return what the changes of all pictures have in common, over the mean picture."""
    difference, scale = quantised(coloured_change(result.change[None])[0])
    return ShownOverall(
        picture=picture_of(pixels(result.images.mean(0, keepdim=True))[0]),
        difference=difference,
        difference_scale=scale,
        count=len(result.contrast),
        reached=int(result.contrast.converged.sum()),
        probe_label=model.label(int(result.contrast.probe[0])),
    )


def shown_stamp(result: StampTest, apart: bool) -> ShownStamp:
    """Return the test of a window."""
    return ShownStamp(
        window=result.window,
        elsewhere=result.elsewhere,
        before=result.before,
        after=result.after,
        control=result.control,
        count=result.count,
        apart=apart,
    )


def small(pictures: Tensor) -> Tensor:
    """Return pictures (B, C, H, W) as small multiples show them, at most 96 pixels a side."""
    height, width = pictures.shape[2:]
    side = min(1.0, _TILE / max(height, width))
    size = (max(1, round(height * side)), max(1, round(width * side)))
    # By areas: nearest or bilinear would skip strokes of a pixel's width.
    return torch.nn.functional.adaptive_avg_pool2d(pictures, size)
