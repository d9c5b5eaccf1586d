"""How what a PoisonDesk has found out is shown."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.images import Window
from xaiwidgets.methods import Cells
from xaiwidgets.network import Network
from xaiwidgets.poisoning import Cleansed, Signature, TriggerWindow, TriggerWindows
from xaiwidgets.widgets.pictures import picture_of
from xaiwidgets.widgets.poison._state import (
    ShownCleansing,
    ShownSignature,
    ShownTrigger,
    ShownTruth,
    ShownWindow,
)


def shown_signature(result: Signature) -> ShownSignature:
    """Return the two first projections, in standard deviations of the first."""
    # Of a layer with one number there is no second direction: all lie on a line.
    both = np.zeros((len(result.indices), 2))
    both[:, : result.projections.shape[1]] = result.projections[:, :2]
    return ShownSignature(
        indices=result.indices.astype(np.int32),
        # Both by the deviation of the first, so that the plane is not stretched.
        projections=(both / result.deviation).astype(np.float32),
        variance=tuple(result.variance[:2].tolist()),
        layer=result.layer,
    )


def shown_trigger(model: Network, result: TriggerWindows, suspects: Tensor) -> ShownTrigger:
    """Return the difference of the joins over the mean of the suspects, and all windows."""
    height, width = int(suspects.shape[-2]), int(suspects.shape[-1])
    rows, columns = result.difference.shape
    cells = Cells.of((height, width), Window(0, 0, height, width), (rows, columns))
    return ShownTrigger(
        difference=result.difference.astype(np.float32),
        row_edges=cells.row_edges,
        column_edges=cells.column_edges,
        # Their mean: what a trigger has in one place in all of them stands out, all else blurs.
        picture=picture_of(model.picture(suspects.mean(0))),
        suspects=len(suspects),
        windows=tuple(
            _shown_window(each, each is result.control)
            for each in (*result.windows, result.control)
        ),
    )


def _shown_window(result: TriggerWindow, control: bool) -> ShownWindow:
    return ShownWindow(
        name=str(result.window),
        window=result.window,
        paste_rate=result.paste_rate,
        paste_control=result.paste_control,
        erase_rate=result.erase_rate,
        erase_control=result.erase_control,
        control=control,
    )


def shown_cleansing(result: Cleansed) -> ShownCleansing:
    """Return the rates without the networks."""
    return ShownCleansing(
        removed=result.removed,
        before=result.before,
        after=result.after,
        control=result.control,
        accuracy_before=result.accuracy_before,
        accuracy_after=result.accuracy_after,
    )


def shown_truth(result: Signature, truth: ArrayLike) -> ShownTruth:
    """Return which pictures of the class are poisoned; areas only where there are both kinds."""
    poisoned = np.asarray(truth, bool)
    try:
        areas = result.auroc(poisoned)
    except InputError:  # of this class none is, or all are
        areas = {}
    return ShownTruth(poisoned[result.indices], areas)


def with_window(images: Tensor, parts: Tensor, window: Window, seed: int = 0) -> Tensor:
    """Return pictures with a window of others, of which one is drawn for each."""
    draw = np.random.default_rng(seed).integers(len(parts), size=len(images))
    rows, columns = window.slices
    pasted = images.clone()
    pasted[..., rows, columns] = parts[torch.from_numpy(draw)][..., rows, columns]
    return pasted
