"""The latents of pictures, and whether a generator can be used for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.contrast._generator_adapter import (
    can_sample,
    check_latents,
    check_sample,
    eval_mode_of,
    sample_latents,
    to_device_of,
    translate_errors,
)
from xaiwidgets.contrast._generators import Generator, check_range
from xaiwidgets.contrast._latent_objective import LatentObjective, Likelihoods
from xaiwidgets.errors import InputError
from xaiwidgets.inference import outside_inference_mode
from xaiwidgets.network import require_network
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture


@work
def encode(
    model: Network,
    generator: Generator,
    images: Tensor | Sequence[Picture],
    seed: int = 0,
) -> Steps[Tensor]:
    """Return the latents (P, ...) of pictures, as `explain` computes them, to be reused by it.

    Parameters
    ----------
    model : Classifier
    generator : Generator
    images : tensor (P, C, H, W) or sequence of pictures
    seed : int
        Draws where a generator that searches its latents starts.

    Yields
    ------
    Progress
        What the generator reports.

    Raises
    ------
    InputError
        If the generator does not fit, or images are outside its range.

    Examples
    --------
    >>> from xaiwidgets import contrast, datasets, steps, zoo
    >>> model, generator = zoo.digits(), zoo.generator("digits")
    >>> images = datasets.digits("test").images[:3]
    >>> latents = steps.run(encode(model, generator, images))
    >>> steps.run(contrast.explain(model, generator, images, "7", latents=latents))
    Contrast(cdeepex, 3 of 3 reached)
    """
    whole("seed", seed, 0)
    pictures = require_network(model).batch(images)
    check_kind(generator, pictures)
    return outside_inference_mode(_encode(model, generator, pictures, seed))


def _encode(model: Network, generator: Generator, pictures: Tensor, seed: int) -> Steps[Tensor]:
    model.weights(anew=True)
    return (yield from encode_pictures(model, generator, pictures, seed))


def encode_pictures(
    model: Network | None, generator: Generator, pictures: Tensor, seed: int
) -> Steps[Tensor]:
    """Return the latents of the pictures; equal ones are encoded once, and have the same.

    A generator may take its time with its `encoding`.
    """
    # One picture that is asked about many classes comes once for each.
    rows, places = _distinct(pictures)
    inputs = pictures[rows]
    encoding = getattr(generator, "encoding", None)
    call = "encode" if encoding is None else "encoding"
    with translate_errors(call, f"images of shape {tuple(inputs.shape)}"):
        if encoding is not None:
            latents = yield from encoding(inputs, model=model, seed=seed)
        else:
            yield Progress(0, len(inputs), "encoding")
            with eval_mode_of(generator):
                latents = generator.encode(to_device_of(generator, inputs))
    return check_latents(latents, len(inputs), f"the generator's {call} returned")[places]


@work
def encode_alone(generator: Generator, images: Tensor, seed: int = 0) -> Steps[Tensor]:
    """Return the latents (P, ...) of pictures (P, C, H, W) without any network.

    Raises
    ------
    InputError
        If the generator raises, or the pictures are outside of its range.

    Examples
    --------
    >>> from xaiwidgets import zoo
    >>> tuple(encode_alone(zoo.generator("digits"), torch.rand(3, 1, 8, 8)).run().shape)
    (3, 12)
    """
    whole("seed", seed, 0)
    check_kind(generator, images)
    return outside_inference_mode(encode_pictures(None, generator, images, seed))


@work
def check_generator(
    model: Network,
    generator: Generator,
    images: Tensor | Sequence[Picture],
    references: Tensor | Sequence[Picture] | None = None,
) -> Steps[None]:
    """Raise InputError or ModelError, as `explain` would, if the generator does not fit.

    One that takes its time with its `encoding` is asked about latents that it samples, if it can.
    With `references`, which `explain` prefers, others need not be able to sample.
    """
    pictures = require_network(model).batch(images)
    check_kind(generator, pictures)
    return outside_inference_mode(_check_generator(model, generator, pictures, references is None))


def _check_generator(
    model: Network, generator: Generator, pictures: Tensor, sampling: bool
) -> Steps[None]:
    model.weights(anew=True)
    sampling = sampling and can_sample(generator)
    if sampling:
        check_slow_sample(generator, pictures)
    # A check must not search latents, which takes long; sampled ones tell as much of `decode`.
    slow = hasattr(generator, "encoding")
    if slow and not sampling:
        return
    if slow:
        latents = sample_latents(generator, len(pictures), 0)
    else:
        latents = yield from encode_pictures(model, generator, pictures, 0)
    objective = LatentObjective(Likelihoods.of(model), generator, pictures, latents)
    evaluation = objective.evaluate(objective.start, torch.arange(len(pictures), device="cpu"))
    first, second = evaluation.scores.topk(2, dim=1).indices.T
    # A search begins with the gradient of a gap between two classes, which may raise.
    one_hot = torch.eye(evaluation.scores.shape[1], dtype=torch.double, device="cpu")
    evaluation.slopes(one_hot[first] - one_hot[second])
    if sampling:
        check_sample(generator, tuple(pictures.shape[1:]), latents)


def check_kind(generator: Generator, pictures: Tensor) -> None:
    """Raise InputError if this is no generator, or the pictures are outside of its range."""
    # By the names of its methods alone: what they return is checked where they are called.
    if not isinstance(generator, Generator):
        raise InputError(
            f"the generator is {type(generator).__name__}; it needs encode(images) and "
            "decode(latents), as VAE, AutoEncoder and GAN of xaiwidgets.contrast have"
        )
    # Beyond its range a generator draws nothing: all of that would be residual, which never moves.
    limits = getattr(generator, "limits", None)
    if limits is not None:
        check_range(pictures, limits)


def check_slow_sample(generator: Generator, pictures: Tensor) -> None:
    """Raise InputError if the samples of a generator do not fit whose encoding takes its time.

    Others are checked against their latents; here that would come too late.
    """
    if hasattr(generator, "encoding"):
        check_shape(generator, pictures)


def check_shape(generator: Generator, pictures: Tensor) -> None:
    """Raise InputError if what a generator samples are no pictures like these."""
    if can_sample(generator):
        check_sample(generator, tuple(pictures.shape[1:]))


def _distinct(pictures: Tensor) -> tuple[list[int], list[int]]:
    """Return where each different picture is first, and which of these each picture is."""
    kinds = torch.unique(pictures.flatten(1), dim=0, return_inverse=True)[1].tolist()
    first: dict[int, int] = {}
    for at, kind in enumerate(kinds):
        first.setdefault(kind, at)
    places = {kind: place for place, kind in enumerate(first)}
    return list(first.values()), [places[kind] for kind in kinds]
