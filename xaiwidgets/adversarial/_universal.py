"""`universal`: one change that makes a network wrong about most pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from xaiwidgets.adversarial._attack import checked_limits, checked_size
from xaiwidgets.adversarial._objective import Limits, Objective
from xaiwidgets.checks import whole
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window, check_picture
from xaiwidgets.inference import outside_inference_mode
from xaiwidgets.network import Network, require_network
from xaiwidgets.work import Later, Progress, Steps, work


@dataclass(frozen=True, repr=False)
class UniversalAttack:
    """One change for all pictures, and how often it does what was wanted.

    Attributes
    ----------
    change : Tensor (C, H, W)
        In pixels: black to white is 1.
    difference : Tensor (C, H, W)
        What is added to inputs, before they are clipped to the limits.
    reached : float
        Of the pictures it was made from, the share that the network now sees as wanted.
    chance : float
        The same of a change of the same size whose signs are drawn, the trivial row.
    target : int or None
    evaluations : int
        Passes for each picture to find the change; one back counts as one forth. What is evaluated
        to say how well it does is not counted.
    network : Network
        What it was made for.
    window, limits
        Where pictures may be changed, and how far; see `attack`.
    """

    change: Tensor
    difference: Tensor
    reached: float
    chance: float
    target: int | None
    evaluations: int
    network: Network
    window: Window | None
    limits: Limits | None

    def __repr__(self) -> str:
        return f"<UniversalAttack: reaches {self.reached:.0%}, random signs {self.chance:.0%}>"

    def apply(self, images: Any) -> Tensor:
        """Return pictures (B, C, H, W) with the change, within their limits."""
        inputs = self.network.batch(images, tuple(self.change.shape))
        # No class is asked about here, only where pictures may go.
        blank = torch.zeros(len(inputs), dtype=torch.long, device="cpu")
        shown = Objective.of(self.network, inputs, blank, False, self.window, self.limits)
        return shown.inputs(shown.room(self.change))


@work
@torch.inference_mode(False)
def universal(
    model: Network,
    images: Any,
    *,
    target: int | str | None = None,
    size: float = 0.1,
    window: Window | None = None,
    limits: Limits | None = None,
    steps: int = 40,
    seed: int = 0,
) -> Steps[UniversalAttack]:
    """Find one change for many pictures (Moosavi-Dezfooli et al. 2017), by signs of mean slopes.

    Pictures that it was not made from tell how well it carries over: show the network
    ``attack.apply(others)``. In a `window`, with a size of 1, it is a sticker.

    Parameters
    ----------
    model : Network
    images : tensor (B, C, H, W) or sequence of pictures
        The more, the better it carries over.
    target : class, optional
        The class wanted of all; by default, any but the one predicted of each.
    size : float
        The largest change of a pixel, as a share of the range from black to white.
    window, limits
        As for `attack`.
    steps : int
        Each over all pictures.
    seed : int
        Of the random signs it is compared with.

    Raises
    ------
    InputError
        If a setting is not allowed, or all pictures are predicted to be the target already.

    Examples
    --------
    >>> from xaiwidgets import adversarial, datasets, zoo
    >>> digits = datasets.digits("test").images[:20]
    >>> result = adversarial.universal(zoo.digits(), digits, size=0.3, steps=10).run()
    >>> result.reached > result.chance
    True
    """
    size, steps = checked_size(size, "inf"), whole("steps", steps)
    whole("seed", seed, 0)
    inputs = require_network(model).batch(images)
    check_picture(inputs[0])
    limits = None if limits is None else checked_limits(limits)
    logits = model.logits(inputs)
    classes = logits.argmax(1)
    number = None if target is None else model.index(target, logits.shape[1])
    if number is not None:
        # What is the target already would count as won by any change at all.
        inputs = inputs[classes != number]
        if not len(inputs):
            raise InputError(f"all pictures are {model.label(number)!r} to the network already")
        classes = torch.full((len(inputs),), number, device="cpu")
    objective = Objective.of(model, inputs, classes, number is not None, window, limits)
    return outside_inference_mode(_universal_steps(objective, size, steps, seed, window, limits))


def _universal_steps(
    objective: Objective,
    size: float,
    steps: int,
    seed: int,
    window: Window | None,
    limits: Limits | None,
) -> Steps[UniversalAttack]:
    change = torch.zeros_like(objective.images[0])
    random = seeded(seed)
    signs = torch.randint(0, 2, change.shape, generator=random, device="cpu") * 2.0 - 1
    # What as large a change without any slope does: a network that any noise upsets is no success.
    chance = _share(objective, size * signs)

    def result(change: Tensor, step: int) -> UniversalAttack:
        return UniversalAttack(
            change=change,
            difference=change * objective.unit[0],
            reached=_share(objective, change),
            chance=chance,
            target=int(objective.classes[0]) if objective.targeted else None,
            evaluations=2 * step,
            network=objective.network,
            window=window,
            limits=limits,
        )

    # Pixels that no picture may change, outside a window, say, stay as they are.
    allowed = (objective.high > objective.low).any(0)
    best, best_share = change, 0.0
    for step in range(steps):
        # Ever shorter, so that it settles where most pictures agree.
        length = 2 * size * (1 - step / steps) / max(1, steps // 4)
        change = (change + length * _mean_slopes(objective, change).sign()).clamp(-size, size)
        change = change * allowed
        share = _share(objective, change)
        # Not the last: the share need not grow, as one change serves all pictures.
        if share >= best_share:
            best, best_share = change, share
        yield Progress(step + 1, steps, "universal", Later(result, best, step + 1))
    return result(best, steps)


def _mean_slopes(objective: Objective, change: Tensor) -> Tensor:
    """Return the slope of the mean cross entropy, in which pictures that are won count little."""
    total = torch.zeros_like(change)
    for part in _parts(objective):
        shown = part.room(change)
        with part.differentiable(shown) as (prepared, leaf, inputs):
            gain = part.gain(prepared.net(inputs).float())
            # The slope of softplus(-gain) is one where a picture still resists, and zero once it
            # is won: unweighted, those that are won by far would set the direction.
            loss = -functional.softplus(-gain)
            total += part.gradient(loss, leaf).sum(0)
    return total


def _share(objective: Objective, change: Tensor) -> float:
    # Evaluated as a user would: clipped to what a picture may be, by the network itself.
    predicted = objective.network.logits(objective.inputs(objective.room(change))).argmax(1)
    return float(objective.reached(predicted).float().mean())


def _parts(objective: Objective) -> list[Objective]:
    rows = objective.rows_at_once
    count = len(objective.images)
    return [objective.part(slice(start, start + rows)) for start in range(0, count, rows)]
