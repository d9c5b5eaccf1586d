"""One pixel: which single one, made black or white, helps most (Su et al. 2019)."""

from __future__ import annotations

from itertools import product

import torch

from xaiwidgets.adversarial._objective import ATTACKED_AT_ONCE, Changes, Objective
from xaiwidgets.errors import InputError
from xaiwidgets.work import Progress, Steps

CANDIDATES = 20_000
"""Changes that are tried at most: all of 100 x 100 pixels in grey, or of 50 x 50 in colour."""


def best_pixel(objective: Objective) -> Steps[Changes]:
    """Try each pixel of one picture at each end of its channels; return no change, and the best.

    In a large picture, the pixels whose gradient promises most: searches by chance, such as the
    differential evolution of the paper, miss what trying finds.

    Raises
    ------
    InputError
        If the picture has no black and white to go to.
    """
    low, high = objective.low[0], objective.high[0]
    if not bool(torch.isfinite(low).all() and torch.isfinite(high).all()):
        raise InputError(
            "the inputs are no pixels between black and white; give limits=(low, high)"
        )
    if 2 ** len(low) > CANDIDATES:
        raise InputError(
            f"a pixel of {len(low)} channels has 2^{len(low)} ends, too many to try; use another "
            "method"
        )
    # Each channel black or white: for a nearly linear network the best value lies at a corner.
    ends = list(product((False, True), repeat=len(low)))
    places = _places(objective, CANDIDATES // len(ends))
    candidates = [(place, end) for place in places for end in ends]
    best, gain = torch.zeros_like(objective.images), -torch.inf
    at_once = max(1, ATTACKED_AT_ONCE // objective.images[0].numel())
    for start in range(0, len(candidates), at_once):
        batch = candidates[start : start + at_once]
        changes = torch.zeros(len(batch), *objective.images.shape[1:], device="cpu")
        for change, ((row, column), end) in zip(changes, batch, strict=True):
            ends_at = torch.tensor(end, device="cpu")
            ended = torch.where(ends_at, high[:, row, column], low[:, row, column])
            change[:, row, column] = ended
        logits = objective.network.logits(objective.inputs(changes))
        # One picture in many variants: all have its class to reach or to leave.
        gains = _repeated(objective, len(batch)).gain(logits)
        if float(gains.max()) > gain:
            gain, best = float(gains.max()), changes[gains.argmax()][None]
        path, evaluations = (torch.zeros_like(best), best), start + len(batch)
        yield Progress(evaluations, len(candidates), "one pixel", Changes(path, evaluations))
    return Changes(path, len(candidates))


def _places(objective: Objective, count: int) -> list[tuple[int, int]]:
    """Return the pixels that may be changed; the most promising, if they are more than `count`."""
    room = (objective.high[0] - objective.low[0]).sum(0)
    if int((room > 0).sum()) > count:
        slopes = objective.slopes(torch.zeros_like(objective.images))[1][0]
        # To first order, what each channel wins at its better end, added up over channels.
        promise = torch.maximum(slopes * objective.high[0], slopes * objective.low[0]).sum(0)
        room = torch.where(room > 0, promise - promise.min() + 1e-12, 0.0)
    order = room.flatten().argsort(descending=True, stable=True)[:count]
    places = [divmod(int(place), room.shape[1]) for place in order if room.flatten()[place] > 0]
    if not places:
        raise InputError("no pixel of the picture may be changed; use another window or limits")
    return places


def _repeated(objective: Objective, count: int) -> Objective:
    return objective.part(torch.zeros(count, dtype=torch.long, device="cpu"))
