"""A stranger's generator, called with care: at home and at rest, its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import torch
from torch import Tensor, nn

from xaiwidgets.contrast.generators import Generator
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.evaluation import undisturbed

_EXPECTED = {
    "encode": "encode(images) must return latents; use a generator for these pictures",
    "encoding": "encoding(images, model=..., seed=...) must yield Progress and return latents",
    "decode": "decode(latents) must return pictures, one for each of the latents of encode",
    "sample": "sample(count, seed) must return `count` latents like those of encode; mend it, or "
    "give references",
}


@contextmanager
def explained(call: str, given: str) -> Iterator[None]:
    """Make an InputError of what a generator raises in `call`; `given` is what it was given."""
    try:
        yield
    except XaiError:
        raise
    except Exception as error:
        raise InputError(
            f"the generator's {call} raised {type(error).__name__} for {given}: {error} "
            f"({_EXPECTED[call]})"
        ) from error


def resting(generator: Generator) -> AbstractContextManager[nn.Module]:
    """Return a context in which a generator is in eval mode; it is as before afterwards."""
    return undisturbed(generator if isinstance(generator, nn.Module) else nn.Identity())


def at_home(generator: Generator, tensor: Tensor) -> Tensor:
    """Return a tensor where the generator's weights are, if it has any."""
    home = next(generator.parameters(), None) if isinstance(generator, nn.Module) else None
    return tensor if home is None else tensor.to(home)


def checked_latents(latents: object, count: int, what: str, expected: str = "") -> Tensor:
    """Return `count` latents (count, ...), or say what is wrong with `what` they are."""
    ends = f" ({expected})" if expected else ""
    if not isinstance(latents, Tensor) or not latents.is_floating_point() or latents.ndim < 2:
        kind = type(latents).__name__
        raise InputError(f"{what} a {kind}; use a float tensor ({count}, ...){ends}")
    if len(latents) != count or not bool(torch.isfinite(latents).all()):
        raise InputError(
            f"{what} a tensor of shape {tuple(latents.shape)}, or numbers that are NaN or "
            f"infinite; there must be one latent for each of {count}{ends}"
        )
    return latents.detach()


def decoded(generator: Generator, latents: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return pictures (B, C, H, W) of latents; of `shape`, but perhaps not finite."""
    with explained("decode", f"latents of shape {tuple(latents.shape)}"):
        drawn = generator.decode(latents)
    if not isinstance(drawn, Tensor) or not drawn.is_floating_point():
        raise InputError(
            f"the generator's decode returned {type(drawn).__name__}; it must return a float tensor"
        )
    if tuple(drawn.shape) != (len(latents), *shape):
        raise InputError(
            f"the generator draws pictures of shape {tuple(drawn.shape[1:])}, but the images are "
            f"{tuple(shape)}; use a generator for these pictures"
        )
    return drawn


def can_sample(generator: Generator) -> bool:
    """Return whether a generator says that it can draw latents."""
    return getattr(generator, "sample", None) is not None


def sampled(generator: Generator, count: int, seed: int) -> Tensor:
    """Return latents (count, ...) that a generator draws from those that it knows."""
    with resting(generator), explained("sample", f"({count}, {seed})"):
        latents = generator.sample(count, seed)  # type: ignore[attr-defined]
    what = f"the generator's sample({count}, {seed}) returned"
    return checked_latents(latents, count, what, _EXPECTED["sample"])


def check_sample(
    generator: Generator, shape: tuple[int, ...], encoded: Tensor | None = None
) -> None:
    """Raise InputError unless `sample` draws latents like those `encoded`, which decode takes."""
    latents = sampled(generator, 1, 0)
    if encoded is not None and latents.shape[1:] != encoded.shape[1:]:
        raise InputError(
            f"the generator's sample draws latents of shape {tuple(latents.shape[1:])}, but those "
            f"of encode are {tuple(encoded.shape[1:])}; {_EXPECTED['sample']}"
        )
    try:
        with resting(generator):
            decoded(generator, latents, shape)
    except InputError as error:
        raise InputError(
            f"{error}. These latents its sample drew; {_EXPECTED['sample']}"
        ) from error


def check_finite(drawn: Tensor) -> Tensor:
    """Return pictures that are finite, or say that the generator is not."""
    if not bool(torch.isfinite(drawn).all()):
        raise InputError("the generator drew NaN or infinite numbers; fit it anew")
    return drawn
