"""What an attack changes, and how far it may go, in the units of pixels: black is 0, white 1.

A network's inputs are preprocessed, each channel on a scale of its own. So that one size means the
same for every network, an attack moves in pixels, and `Objective` turns that into inputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from xaiwidgets.errors import ModelError, XaiError
from xaiwidgets.images import Window, checked_window
from xaiwidgets.inference import no_gradient, undisturbed
from xaiwidgets.network import Network
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.pixels import pixel_scale

Limits = tuple[float, float]

ATTACKED_AT_ONCE = 2**18
"""Numbers in pictures that are attacked together, so that a step is short."""

_WITHOUT = "use method 'pixel', which only evaluates the network"


@dataclass(frozen=True)
class Changes:
    """What some pictures are changed by on the way, in pixels, and what that has cost.

    Attributes
    ----------
    path : tuple of Tensor (B, C, H, W)
        From no change to the last.
    evaluations : int
        Passes through the network for a picture; one back counts as one forth.
    """

    path: tuple[Tensor, ...]
    evaluations: int


@dataclass(frozen=True, eq=False)
class Objective:
    """Pictures, the class that is wanted or to be left, and where they may be changed.

    Attributes
    ----------
    network : Network
    images : Tensor (B, C, H, W)
        The inputs as they are.
    classes : Tensor (B,)
        The class to reach, or the one to get away from.
    targeted : bool
        Which of the two.
    unit : Tensor (1, C, 1, 1)
        What an input changes by from black to white.
    low, high : Tensor (B, C, H, W)
        The changes, in pixels, that keep a picture within its limits; 0 outside the window.
    """

    network: Network
    images: Tensor
    classes: Tensor
    targeted: bool
    unit: Tensor
    low: Tensor
    high: Tensor

    @classmethod
    def of(
        cls,
        network: Network,
        images: Tensor,
        classes: Tensor,
        targeted: bool,
        window: Window | None,
        limits: Limits | None,
    ) -> Objective:
        """Look up black and white, and what they leave to be changed."""
        black, unit = pixel_scale(network.preprocess, images.shape[1])
        low, high = _room(images, black, unit, limits)
        if window is not None:
            rows, columns = checked_window(window).inside(images.shape).slices
            outside = torch.ones(images.shape[-2:], dtype=torch.bool, device="cpu")
            outside[rows, columns] = False
            # The window becomes limits of 0 around it, so that no attack needs to know of windows.
            low, high = (end.masked_fill(outside, 0.0) for end in (low, high))
        return cls(network, images, classes, targeted, unit, low, high)

    @property
    def rows_at_once(self) -> int:
        """How many pictures go together: one, where a network's answer depends on its company."""
        if len(self.images) > 1 and not self.network.copies.private(self.images[:2]).divisible:
            return 1
        return max(1, ATTACKED_AT_ONCE // self.images[0].numel())

    def part(self, rows: Tensor | slice) -> Objective:
        """Return the objective for some of the pictures."""
        images, classes = self.images[rows], self.classes[rows]
        low, high = self.low[rows], self.high[rows]
        return Objective(self.network, images, classes, self.targeted, self.unit, low, high)

    def inputs(self, change: Tensor) -> Tensor:
        """Return the changed inputs; no change gives the very numbers of the picture."""
        return self.images + change * self.unit

    def room(self, change: Tensor) -> Tensor:
        """Return one change (C, H, W) as each picture's limits leave it, (B, C, H, W)."""
        return change.expand_as(self.images).clamp(self.low, self.high)

    def within(self, change: Tensor, size: float, norm: str) -> Tensor:
        """Return the nearest change that is no larger than `size`, and within the limits."""
        if norm == "inf":
            return change.clamp(-size, size).clamp(self.low, self.high)
        change = change.clamp(self.low, self.high)
        # Clipping shortens, so that what is scaled down after it stays within both.
        lengths = change.flatten(1).norm(dim=1).clamp_min(1e-30)
        shares: Tensor = (size / lengths).clamp_max(1.0)
        return change * shares.view(-1, 1, 1, 1)

    def reached(self, predicted: Tensor) -> Tensor:
        """Return whether pictures are seen (B,) as wanted, given the classes predicted."""
        same: Tensor = predicted == self.classes
        return same if self.targeted else ~same

    def gain(self, logits: Tensor) -> Tensor:
        """Return what an attack makes large (B,), from logits (B, K): the log odds, or their loss.

        The cross entropy of a class is softplus of minus its log odds, so both rise together; but
        its gradient vanishes where the network is sure, and this one's does not.
        """
        classes = self.classes.to(logits.device)[:, None]
        others = logits.scatter(1, classes, -torch.inf)
        odds = logits.gather(1, classes)[:, 0] - others.logsumexp(1)
        return odds if self.targeted else -odds

    @contextmanager
    def differentiable(
        self, change: Tensor, prepared: PreparedNetwork | None = None
    ) -> Iterator[tuple[PreparedNetwork, Tensor, Tensor]]:
        """Give the network, changed inputs as the leaf of a graph, and a copy to show it.

        A copy, as a network may overwrite its input, which a leaf forbids.
        """
        prepared = prepared or self.network.copies.private()
        try:
            with undisturbed(prepared.net), torch.enable_grad():
                leaf = prepared.prepare(self.inputs(change)).requires_grad_()
                yield prepared, leaf, leaf.clone()
        except XaiError:
            raise
        except Exception as error:
            raise ModelError(f"the attack failed with {type(error).__name__}: {error}") from error

    def slopes(
        self, change: Tensor, prepared: PreparedNetwork | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the gain (B,) and its gradient by the change, by a copy of the network."""
        with self.differentiable(change, prepared) as (network, leaf, inputs):
            logits = network.net(inputs).float()
            gain = self.gain(logits)
            return gain.detach().cpu(), self.gradient(gain, leaf)

    def gradient(self, total: Tensor, leaf: Tensor, *, keep: bool = False) -> Tensor:
        """Return the gradient of a sum by the change (B, C, H, W), or say that none reaches it."""
        slopes: Tensor | None = None
        if total.requires_grad:
            (slopes,) = torch.autograd.grad(
                total.sum(), [leaf], retain_graph=keep, allow_unused=True
            )
        if slopes is None:
            raise no_gradient("the picture", _WITHOUT)
        if not bool(torch.isfinite(slopes).all()):
            raise ModelError(f"the gradient is NaN or infinite for this picture; {_WITHOUT}")
        # By the chain rule: inputs are images + change * unit.
        return slopes.float().cpu() * self.unit


def _room(
    images: Tensor, black: Tensor, unit: Tensor, limits: Limits | None
) -> tuple[Tensor, Tensor]:
    pixels = (images - black) / unit
    if limits is None:
        # A picture that leaves black and white already is no picture of pixels: no ends are known.
        beyond = bool((pixels < -1e-3).any() or (pixels > 1 + 1e-3).any())
        limits = (-torch.inf, torch.inf) if beyond else (0.0, 1.0)
    # A picture is never outside of its own limits, whatever rounding does: size 0 changes nothing.
    return (limits[0] - pixels).clamp_max(0.0), (limits[1] - pixels).clamp_min(0.0)
