"""What each of a generator's latent numbers does: to the picture, and to what a network says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from xaiwidgets.checks import numbers
from xaiwidgets.contrast._encoding import check_kind, encode_pictures
from xaiwidgets.contrast._generator_adapter import (
    can_sample,
    decode_latents,
    eval_mode_of,
    sample_latents,
    to_device_of,
)
from xaiwidgets.contrast._generators import Generator
from xaiwidgets.contrast._latent_objective import Likelihoods
from xaiwidgets.errors import InputError
from xaiwidgets.inference import undisturbed
from xaiwidgets.intervals import IntervalEstimate, mean_interval
from xaiwidgets.network import require_network
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture

# A deviation of so many is known to 3 %, 1 / sqrt(2 N).
_SAMPLED = 512  # latents of which the deviation is taken
_TOGETHER = 256  # pictures that are drawn together


@dataclass(frozen=True, eq=False, repr=False)
class LatentEffects:
    """What d latent numbers of a generator do, each by itself, on average over some pictures.

    Attributes
    ----------
    order : (d,) ints
        The latents, that which changes pictures most first.
    deviations : (d,) floats
        How much each varies among pictures.
    pixels : (d,) floats
        The root mean square change of a picture by one deviation.
    scores : (d, K) floats, or None
        By how much one deviation raises each class's log-likelihood; None without a network. A
        latent may raise a class here and lower it there: the mean of absolute values is `sizes`.
    sizes : (d, K) floats, or None
    divergences : (d,) floats, or None
        What a `VAE`'s encoder says by each, in nats: the divergence from what it would say
        of no picture. Near 0: the latent is not used.
    """

    order: NDArray[np.int64]
    deviations: NDArray[np.float64]
    pixels: NDArray[np.float64]
    scores: NDArray[np.float64] | None
    sizes: NDArray[np.float64] | None
    divergences: NDArray[np.float64] | None

    def __repr__(self) -> str:
        return f"LatentEffects({len(self.order)} latents, the strongest {self.order[0]})"


@work
def latent_effects(
    generator: Generator,
    images: Tensor | Sequence[Picture],
    model: Network | None = None,
) -> Steps[LatentEffects]:
    """Move each latent number of pictures by one deviation to either side, and see what changes.

    Parameters
    ----------
    generator : Generator
        Its latents must be numbers in a row, (B, d).
    images : tensor (P, C, H, W), or sequence of pictures if there is a network
    model : Classifier, optional
        Whose class scores follow.

    Yields
    ------
    Progress
        Latents done.

    Raises
    ------
    InputError
        If the generator or the images cannot be used.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> digits = datasets.digits("test").images[:8]
    >>> latent_effects(zoo.generator("digits"), digits, zoo.digits()).run().scores.shape
    (12, 10)
    """
    pictures = as_pictures(images, model)
    check_kind(generator, pictures)
    return _latent_effects(generator, pictures, model)


def as_pictures(images: Any, model: Network | None) -> Tensor:
    """Return pictures (P, C, H, W) as a network takes them; without one they are a tensor."""
    if model is not None:
        return require_network(model).batch(images)
    if not isinstance(images, Tensor) or not images.is_floating_point() or images.ndim != 4:
        raise InputError("without a network the images must be a float tensor (P, C, H, W)")
    return images.detach().cpu()


def _latent_effects(
    generator: Generator, pictures: Tensor, model: Network | None
) -> Steps[LatentEffects]:
    start = yield from encode_pictures(model, generator, pictures, 0)
    if start.ndim != 2:
        raise InputError(
            f"the generator's latents have shape {tuple(start.shape[1:])}; only numbers in a row, "
            "(B, d), can be moved one by one"
        )
    deviations = latent_deviations(generator, start)
    if model is not None:
        model.weights(anew=True)
    likelihoods = None if model is None else Likelihoods.of(model)
    # As in `explain`: what the generator cannot draw may be what the network goes by.
    residual = pictures - _draw(generator, start, pictures)
    pixels, scores, sizes = [], [], []
    for latent in range(start.shape[1]):
        step = torch.zeros_like(start)
        step[:, latent] = deviations[latent].to(start)
        # To either side, so that what grows with the square of the step cancels.
        ends = [_draw(generator, start + sign * step, pictures) for sign in (-1, 1)]
        pixels.append(float((ends[1] - ends[0]).square().mean().sqrt()) / 2)
        if likelihoods is not None:
            below, above = (_scores(likelihoods, end + residual) for end in ends)
            change = (above - below) / 2
            scores.append(change.mean(0))
            sizes.append(change.abs().mean(0))
        yield Progress(latent + 1, start.shape[1], "moving latents")
    divergences = getattr(generator, "divergences", None)
    return LatentEffects(
        order=np.argsort(-np.array(pixels), kind="stable"),
        deviations=deviations.double().numpy(),
        pixels=np.array(pixels),
        scores=torch.stack(scores).double().numpy() if scores else None,
        sizes=torch.stack(sizes).double().numpy() if sizes else None,
        divergences=None if divergences is None else divergences(pictures).double().numpy(),
    )


def latent_deviations(generator: Generator, latents: Tensor) -> Tensor:
    """Return how much each latent varies (d,): in what the generator samples, or in these."""
    if can_sample(generator):
        latents = sample_latents(generator, _SAMPLED, 0)
    if len(latents) < 2:
        # The deviation of a single picture's latents is NaN; a step of 1 has a direction at least.
        return torch.ones(latents.shape[1], device="cpu")
    return latents.float().std(0).cpu()


def _draw(generator: Generator, latents: Tensor, pictures: Tensor) -> Tensor:
    """Return the generator's pictures of latents, without a gradient, on the CPU."""
    with eval_mode_of(generator), torch.no_grad():
        parts = [
            decode_latents(generator, to_device_of(generator, part), tuple(pictures.shape[1:]))
            for part in torch.split(latents, _TOGETHER)
        ]
    return torch.cat(parts).to(pictures)


def _scores(likelihoods: Likelihoods, pictures: Tensor) -> Tensor:
    with undisturbed(likelihoods.network.net), torch.no_grad():
        parts = [likelihoods(part) for part in torch.split(pictures, _TOGETHER)]
    return torch.cat(parts).cpu()


@dataclass(frozen=True, eq=False, repr=False)
class Disentanglement:
    """How much single latents tell of known factors.

    Attributes
    ----------
    score : IntervalEstimate
        The mean gap over factors, with its interval over the generators: 1, one latent tells a
        factor and no other does; 0, two tell as much. One generator alone has no interval.
    chance : IntervalEstimate
        The same with the factors dealt to other pictures.
    explained : (G, d, F) floats
        The share of a factor's variance that a straight line of one latent explains.
    """

    score: IntervalEstimate
    chance: IntervalEstimate
    explained: NDArray[np.float64]

    def __repr__(self) -> str:
        return f"Disentanglement({self.score}, chance {self.chance})"


@work
def disentanglement(
    generators: Generator | Sequence[Generator], images: Tensor, factors: ArrayLike
) -> Steps[Disentanglement]:
    """Measure whether single latents stand for single factors, where these are known.

    The separated attribute predictability of Kumar et al. (2018): for each factor, the share of
    its variance that the best latent explains less that of the second best, on average. Without
    labels it depends on the seed (Locatello et al. 2019): give generators of three seeds or more.

    Parameters
    ----------
    generators : Generator or sequence of Generator
        Fitted in the same way from different seeds.
    images : tensor (N, C, H, W)
        Not those of the fitting, if the score is to be believed.
    factors : (N, F) numbers
        A column for each; of an angle, give its sine and its cosine.

    Yields
    ------
    Progress
        Generators done.

    Raises
    ------
    InputError
        If the factors do not fit the images, or one does not vary.

    Examples
    --------
    >>> from xaiwidgets.contrast import PCA
    >>> bright = torch.linspace(0, 1, 40)
    >>> pictures = bright[:, None, None, None].expand(-1, 1, 2, 2).clone()
    >>> generator = PCA(1).fit(pictures).run()
    >>> round(disentanglement(generator, pictures, bright[:, None]).run().score.value, 3)
    1.0
    """
    several = list(generators) if isinstance(generators, Sequence) else [generators]
    pictures = as_pictures(images, None)
    columns = numbers("factors", factors)
    if columns.ndim != 2 or len(columns) != len(pictures) or len(columns) < 3:
        raise InputError(
            f"factors has shape {columns.shape}; use ({len(pictures)}, F), a row for each picture"
        )
    if not np.isfinite(columns).all() or (columns.std(0) == 0).any():
        raise InputError("a factor is the same for all pictures, or NaN; leave it out")
    if not several:
        raise InputError("generators is empty; give at least one")
    for generator in several:
        check_kind(generator, pictures)
    return _disentanglement(several, pictures, columns)


def _disentanglement(
    generators: Sequence[Generator], pictures: Tensor, factors: NDArray[np.float64]
) -> Steps[Disentanglement]:
    # Not 0: of d latents and few pictures one explains something of any factor.
    shuffled = factors[np.random.default_rng(0).permutation(len(factors))]
    shares, gaps, by_chance = [], [], []
    for at, generator in enumerate(generators):
        latents = yield from encode_pictures(None, generator, pictures, 0)
        numbers = latents.flatten(1).double().cpu().numpy()
        shares.append(explained_shares(numbers, factors))
        gaps.append(_gap(shares[-1]))
        by_chance.append(_gap(explained_shares(numbers, shuffled)))
        yield Progress(at + 1, len(generators), "disentanglement")
    most = max(len(each) for each in shares)
    # Latents that a smaller generator does not have explain nothing.
    padded = [np.pad(each, ((0, most - len(each)), (0, 0))) for each in shares]
    return Disentanglement(mean_interval(gaps), mean_interval(by_chance), np.stack(padded))


def explained_shares(
    latents: NDArray[np.float64], factors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share (d, F) of each factor's variance that a line of one latent explains."""
    spreads = latents.std(0)
    # A latent that is always the same explains nothing.
    left = (latents - latents.mean(0)) / np.where(spreads > 1e-12, spreads, np.inf)
    right = (factors - factors.mean(0)) / factors.std(0)
    # A squared correlation is the R^2 of a line, the score that Kumar et al. give numeric factors.
    squares: NDArray[np.float64] = (left.T @ right / len(latents)) ** 2
    return squares


def _gap(shares: NDArray[np.float64]) -> float:
    # With a row of 0 more: where there is one latent only, the second best is none.
    ordered = np.sort(np.vstack([shares, np.zeros((1, shares.shape[1]))]), axis=0)
    return float((ordered[-1] - ordered[-2]).mean())
