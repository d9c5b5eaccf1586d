"""What is optimised over: class scores as a function of a generator's latent numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from xaiwidgets.contrast._generator_adapter import (
    check_finite_pictures,
    decode_latents,
    to_device_of,
)
from xaiwidgets.contrast._generators import Generator
from xaiwidgets.errors import ModelError
from xaiwidgets.inference import no_gradient, undisturbed
from xaiwidgets.optimize import PreparedNetwork

if TYPE_CHECKING:
    from xaiwidgets.network import Network

Float64Tensor = Tensor
"""float64 on the CPU: the algebra of a few latent numbers, where rounding would show."""


@dataclass(frozen=True)
class Likelihoods:
    """The log-likelihoods (B, K) that a network gives its classes, of pictures (B, C, H, W)."""

    network: PreparedNetwork
    # Of logits, as the logarithm of float32 probabilities is -inf for the classes far behind.
    of_logits: Callable[[Tensor], Tensor]

    @classmethod
    def of(cls, model: Network) -> Likelihoods:
        """Return those of a network as it is now."""
        return cls(model.copies.private(), model.log_probabilities)

    def __call__(self, pictures: Tensor) -> Tensor:
        """Return them such that gradients reach the pictures.

        They are NaN for a picture to which the network does not answer with finite numbers.
        """
        network = self.network
        inputs = pictures.to(network.device, network.dtype)
        # A copy, because a network that begins with an in-place layer overwrites its input.
        inputs = inputs.clone(memory_format=network.memory_format)
        try:
            logits = network.net(inputs)
        except Exception as error:
            raise ModelError(
                f"the network raised {type(error).__name__} for pictures of shape "
                f"{tuple(pictures.shape)}: {error}"
            ) from error
        # In float32 even for networks in half precision: at the boundary likelihoods nearly tie.
        scores = self.of_logits(logits.float())
        # Asked of the logits, because a logit of -inf leaves the scores of other classes finite.
        finite = torch.isfinite(logits).all(1, keepdim=True)
        return scores if bool(finite.all()) else scores.where(finite, torch.nan)


class Evaluation:
    """The scores of some latents, and on request their gradients.

    Either is NaN where network or generator fail on the way; at z0 that is a ModelError, because
    no search can begin there.
    """

    def __init__(
        self,
        objective: LatentObjective,
        rows: Tensor,
        latents: Tensor,
        scores: Tensor,
        at_start: Tensor,
    ) -> None:
        self._objective, self._rows, self._latents, self._scores = objective, rows, latents, scores
        self._at_start = at_start  # which of the latents are z0
        self.scores: Float64Tensor = scores.detach().cpu().double()
        check_scores(self.scores[at_start])

    def slopes(self, weights: Float64Tensor) -> Float64Tensor:
        """Return the gradients (B, d) of the sums of scores weighted by `weights` (B, K).

        Each pair whose weights are not all 0 counts as one gradient evaluation.
        """
        wanted = (weights != 0).any(1).cpu()
        self._objective.gradients[self._rows[wanted]] += 1
        with self._objective.eval_mode(), torch.enable_grad():
            # A sum, because `grad` given weights of its own loads half of torch first: a second.
            total = (self._scores * weights.to(self._scores)).sum()
            # The graph is kept, because a step asks for several gradients of one evaluation.
            slopes = gradient(total, self._latents, keep=True).flatten(1).cpu().double()
        if not bool(torch.isfinite(slopes[wanted & self._at_start]).all()):
            raise ModelError(
                "the gradient of the network's scores is NaN or infinite: it cannot be followed "
                "through this network and generator"
            )
        return slopes


class LatentObjective:
    """The scores of D(G(z) + Delta) for some pictures, each with its own residual Delta.

    Delta = I - G(z0), so that the picture of z0 is I itself (the paper's Procedure 2 has the
    opposite sign). Gradients are taken with respect to the latents alone, so that nothing of the
    network is changed.

    Parameters
    ----------
    likelihoods : Likelihoods
        Of the network's classes.
    generator : Generator
    images : Tensor (P, C, H, W)
    start : Tensor (P, ...)
        The latents of the pictures.
    """

    def __init__(
        self, likelihoods: Likelihoods, generator: Generator, images: Tensor, start: Tensor
    ) -> None:
        self.likelihoods, self.generator, self.images = likelihoods, generator, images
        self._in_eval_mode = False
        self._shape = tuple(images.shape[1:])
        # Kept for its shape, precision and device, in which `latents` gives rows of float64 back.
        self._latent = to_device_of(generator, start.detach())
        self.start: Float64Tensor = self._latent.flatten(1).cpu().double()
        # Once, and constant: G(z) alone moves, and what G cannot draw of the picture stays in it.
        self.residual = images - check_finite_pictures(self.decode(self.start))
        self.evaluations = torch.zeros(len(images), dtype=torch.long, device="cpu")
        self.gradients = torch.zeros(len(images), dtype=torch.long, device="cpu")

    def copy(self) -> LatentObjective:
        """Return the same with counts of its own."""
        other = copy.copy(self)
        other.evaluations, other.gradients = self.evaluations.clone(), self.gradients.clone()
        return other

    @contextmanager
    def eval_mode(self) -> Iterator[None]:
        """Evaluate network and generator in eval mode; all is as it was afterwards.

        Inside of itself it does nothing, so that a step of a search, which evaluates three or four
        times, sets and puts back the flags of all modules once.
        """
        if self._in_eval_mode:
            yield
            return
        with ExitStack() as stack:
            for part in (self.likelihoods.network.net, self.generator):
                if isinstance(part, nn.Module):
                    stack.enter_context(undisturbed(part))
            self._in_eval_mode = True
            stack.callback(setattr, self, "_in_eval_mode", False)
            yield

    def evaluate(self, z: Float64Tensor, rows: Tensor) -> Evaluation:
        """Return the log-likelihoods (B, K) at latents z (B, d) of the pairs `rows`."""
        self.evaluations[rows] += 1
        with self.eval_mode(), torch.enable_grad():
            latents = self.latents(z).requires_grad_()
            pictures = decode_latents(self.generator, latents, self._shape).to(self.images)
            # D of the picture G(z) + Delta, as in eq. 3.2.
            scores = self.likelihoods(pictures + self.residual[rows])
        if not scores.requires_grad:
            raise ModelError(
                "no gradient reaches the latents: generator.decode or the network cuts it off "
                "(detach, no_grad, rounding or NumPy on the way)"
            )
        return Evaluation(self, rows, latents, scores, (z == self.start[rows]).all(1))

    def scores(self, z: Float64Tensor, rows: Tensor) -> Float64Tensor:
        """Return the scores alone (B, K); quicker, as no graph is kept for gradients."""
        self.evaluations[rows] += 1
        with self.eval_mode():
            return self.likelihoods(self.pictures(z, rows)).cpu().double()

    def pictures(self, z: Float64Tensor, rows: Tensor) -> Tensor:
        """Return the pictures of latents z (B, d) of the pairs `rows`; at z0 the image itself."""
        pictures = self.decode(z) + self.residual[rows]
        at_start = (z == self.start[rows]).all(1)
        pictures[at_start] = self.images[rows[at_start]]  # not up to rounding, but exactly
        return pictures

    def decode(self, z: Float64Tensor) -> Tensor:
        """Return the generator's pictures (B, C, H, W) of latents z (B, d), without residual."""
        with self.eval_mode():
            return decode_latents(self.generator, self.latents(z), self._shape).to(self.images)

    def latents(self, z: Float64Tensor) -> Tensor:
        """Return rows of numbers as the generator takes its latents."""
        return z.to(self._latent).reshape(len(z), *self._latent.shape[1:])


def check_scores(scores: Tensor) -> Tensor:
    """Return scores that are finite, or raise ModelError."""
    if not bool(torch.isfinite(scores).all()):
        raise ModelError("the network's scores are NaN or infinite for a picture on the way")
    return scores


def gradient(total: Tensor, latents: Tensor, keep: bool = False) -> Tensor:
    """Return how `total` changes with latents; `keep` what a second call needs."""
    slopes: Tensor | None = None
    try:
        if total.requires_grad:
            (slopes,) = torch.autograd.grad(total, latents, retain_graph=keep, allow_unused=True)
    except Exception as error:
        raise ModelError(
            f"the gradient of the network's scores raised {type(error).__name__}: {error} (does "
            "the network or the generator change in place what its gradient needs?)"
        ) from error
    if slopes is None:
        raise no_gradient("the latents of the generator", "use a network in floats")
    return slopes
