"""Where the pictures of a question are in a generator's latent space, and whether it has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from xaiwidgets.contrast.generators import Generator, check_range
from xaiwidgets.contrast.landscape import Landscape
from xaiwidgets.contrast.pairs import pictures_of
from xaiwidgets.errors import InputError
from xaiwidgets.state import undisturbed
from xaiwidgets.steps import Progress, Steps

if TYPE_CHECKING:
    from xaiwidgets.classifier import Classifier, Picture


def encoded(model: Classifier, generator: Generator, pictures: Tensor, seed: int) -> Steps[Tensor]:
    """Return the latents of the pictures; a generator may take its time with its `encoding`."""
    encoding = getattr(generator, "encoding", None)
    if encoding is not None:
        latents = yield from encoding(pictures, model=model, seed=seed)
    else:
        yield Progress(0, len(pictures), "encoding")
        home = next(generator.parameters(), None) if isinstance(generator, nn.Module) else None
        inputs = pictures if home is None else pictures.to(home)
        with resting(generator):
            latents = generator.encode(inputs)
    if not isinstance(latents, Tensor) or not latents.is_floating_point() or latents.ndim < 2:
        raise InputError("the generator's encode must return a float tensor (B, ...) of latents")
    if len(latents) != len(pictures) or not bool(torch.isfinite(latents).all()):
        raise InputError(
            f"the generator's encode returned shape {tuple(latents.shape)} for {len(pictures)} "
            "images, or numbers that are NaN or infinite; it must return one latent for each"
        )
    return latents.detach()


def check_generator(
    model: Classifier, generator: Generator, images: Tensor | Sequence[Picture]
) -> Steps[None]:
    """Raise InputError or ModelError, as `explain` would, if the generator does not fit.

    One that takes its time with its `encoding` is only asked whether it can.
    """
    pictures = pictures_of(model, images)
    check_kind(generator, pictures)
    if hasattr(generator, "encoding"):
        return
    latents = yield from encoded(model, generator, pictures, 0)
    land = Landscape(model.private(), generator, pictures, latents)
    land.look(land.start, torch.arange(len(pictures)))


def check_kind(generator: Generator, pictures: Tensor) -> None:
    """Raise InputError if this is no generator, or the pictures are outside of its range."""
    if not isinstance(generator, Generator):
        raise InputError(
            f"the generator is {type(generator).__name__}; it needs encode(images) and "
            "decode(latents), as VAE, AutoEncoder and GAN of xaiwidgets.contrast have"
        )
    limits = getattr(generator, "limits", None)
    if limits is not None:
        check_range(pictures, limits)


def resting(generator: Generator) -> Any:
    """Return a context in which a generator is in eval mode; it is as before afterwards."""
    module = generator if isinstance(generator, nn.Module) else nn.Identity()
    return undisturbed(module)
