"""L-BFGS: the smallest change that makes a network see what is wanted (Szegedy et al. 2014)."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor
from torch.nn import functional

from xaiwidgets.adversarial._objective import Changes, Objective
from xaiwidgets.work import Progress, Steps

ROUNDS = 10
"""Prices of length that are tried, each between the last that was too high and one that was not."""

HALVINGS = 10
"""Of the line to the change, to where it first does what is wanted: a thousandth of it."""

_CHEAPEST, _DEAREST = 1e-4, 1e4  # what a unit of squared length costs in loss


def smallest_change(objective: Objective, size: float, norm: str, steps: int) -> Steps[Changes]:
    """Minimise price * |change|^2 + cross entropy for one picture; return the way to the change.

    The largest price at which the class is still reached gives the smallest change. SciPy's
    L-BFGS-B keeps to the limits of each pixel, with the norm "inf" the size among them.
    """
    bounds = _bounds(objective, size, norm)
    change, evaluations = torch.zeros_like(objective.images), HALVINGS
    # Szegedy et al. find the price by a line search; a bisection takes as many rounds for any
    # network.
    cheap, dear = math.log(_CHEAPEST), math.log(_DEAREST)
    log_price = cheap
    for number in range(ROUNDS):
        solved = minimize(
            _loss,
            # From the last change on, and not from nothing: a price nearby has its minimum nearby.
            change.double().numpy().ravel(),
            (objective, math.exp(log_price)),
            "L-BFGS-B",
            jac=True,
            bounds=bounds,
            options={"maxiter": steps},
        )
        evaluations += 2 * solved.nfev + 1
        candidate = torch.tensor(solved.x, dtype=torch.float32, device="cpu").view_as(change)
        # By the norm 2 the bounds of L-BFGS-B, which are of each pixel, cannot hold the length.
        candidate = objective.within(candidate, size, norm)
        reached = _is_reached(objective, candidate)
        if reached or number == 0:
            change, cheap = candidate, log_price
        else:
            dear = log_price
        yield Progress(number + 1, ROUNDS, "L-BFGS")
        if number == 0 and not reached:
            break  # what is not reached at the lowest price is at none
        # The middle of the logarithms: the right price is unknown by orders of magnitude.
        log_price = (cheap + dear) / 2
    return Changes(_shortened(objective, change), evaluations)


def _bounds(objective: Objective, size: float, norm: str) -> NDArray[np.float64]:
    low, high = objective.low[0], objective.high[0]
    if norm == "inf":
        low, high = low.clamp_min(-size), high.clamp_max(size)
    return np.stack([low.double().numpy().ravel(), high.double().numpy().ravel()], axis=1)


def _loss(
    flat: NDArray[np.float64], objective: Objective, price: float
) -> tuple[float, NDArray[np.float64]]:
    change = torch.tensor(flat, dtype=torch.float32, device="cpu").view_as(objective.images)
    gain, slopes = objective.slopes(change)
    loss = functional.softplus(-gain.double())
    rising = -torch.sigmoid(-gain.double()).view(-1, 1, 1, 1) * slopes.double()
    # Of softplus(-gain) + price |c|^2: its first part falls with the gain, and fades once that is
    # won.
    gradient = rising.numpy().ravel() + 2 * price * flat
    return float(loss.sum()) + price * float(flat @ flat), gradient


def _is_reached(objective: Objective, change: Tensor) -> bool:
    predicted = objective.network.logits(objective.inputs(change)).argmax(1)
    return bool(objective.reached(predicted).all())


def _shortened(objective: Objective, change: Tensor) -> tuple[Tensor, ...]:
    """Return the line from no change to the first point of a change that is as wanted."""
    end = change
    if _is_reached(objective, change):
        short, long = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (short + long) / 2
            if _is_reached(objective, middle * change):
                long = middle
            else:
                short = middle
        end = long * change
    return tuple(share * end for share in torch.linspace(0, 1, 11, device="cpu").tolist())
