"""Any object with `encode` and `decode` as a generator: on its device, in eval mode, checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import torch
from torch import Tensor, nn

from xaiwidgets.contrast._generators import Generator
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.inference import undisturbed

_EXPECTED = {
    "encode": "encode(images) must return latents; use a generator for these pictures",
    "encoding": "encoding(images, model=..., seed=...) must yield Progress and return latents",
    "decode": "decode(latents) must return pictures, one for each of the latents of encode",
    "sample": "sample(count, seed) must return `count` latents like those of encode; mend it, or "
    "give references",
}


@contextmanager
def translate_errors(call: str, arguments: str) -> Iterator[None]:
    """Make an InputError of what a generator raises in `call`; `arguments` says of what."""
    try:
        yield
    # The package's own errors say already what is wrong.
    except XaiError:
        raise
    except Exception as error:
        raise InputError(
            f"the generator's {call} raised {type(error).__name__} for {arguments}: {error} "
            f"({_EXPECTED[call]})"
        ) from error


def eval_mode_of(generator: Generator) -> AbstractContextManager[nn.Module]:
    """Return a context in which a generator is in eval mode; it is as before afterwards."""
    # What is no module has no mode, but its gradients and random state are treated alike.
    return undisturbed(generator if isinstance(generator, nn.Module) else nn.Identity())


def to_device_of(generator: Generator, tensor: Tensor) -> Tensor:
    """Return a tensor where the generator's weights are, if it has any."""
    weight = next(generator.parameters(), None) if isinstance(generator, nn.Module) else None
    # In their precision, too: a generator in half takes latents in half.
    return tensor if weight is None else tensor.to(weight)


def check_latents(latents: object, count: int, what: str, expected: str = "") -> Tensor:
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
    # z0 is a constant: no gradient of the search is to reach an encoder.
    return latents.detach()


def decode_latents(generator: Generator, latents: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return pictures (B, C, H, W) of latents; of `shape`, but perhaps not finite."""
    with translate_errors("decode", f"latents of shape {tuple(latents.shape)}"):
        pictures = generator.decode(latents)
    if not isinstance(pictures, Tensor) or not pictures.is_floating_point():
        raise InputError(
            f"the generator's decode returned {type(pictures).__name__}; it must return a float "
            "tensor"
        )
    if tuple(pictures.shape) != (len(latents), *shape):
        raise InputError(
            f"the generator draws pictures of shape {tuple(pictures.shape[1:])}, but the images "
            f"are {tuple(shape)}; use a generator for these pictures"
        )
    return pictures


def can_sample(generator: Generator) -> bool:
    """Return whether a generator says that it can draw latents."""
    return getattr(generator, "sample", None) is not None


def sample_latents(generator: Generator, count: int, seed: int) -> Tensor:
    """Return latents (count, ...) that a generator samples."""
    with eval_mode_of(generator), translate_errors("sample", f"({count}, {seed})"):
        latents = generator.sample(count, seed)  # type: ignore[attr-defined]
    what = f"the generator's sample({count}, {seed}) returned"
    return check_latents(latents, count, what, _EXPECTED["sample"])


def check_sample(
    generator: Generator, shape: tuple[int, ...], expected_latents: Tensor | None = None
) -> None:
    """Raise InputError unless `sample` draws latents that decode takes, like those of encode."""
    latents = sample_latents(generator, 1, 0)
    if expected_latents is not None and latents.shape[1:] != expected_latents.shape[1:]:
        raise InputError(
            f"the generator's sample draws latents of shape {tuple(latents.shape[1:])}, but those "
            f"of encode are {tuple(expected_latents.shape[1:])}; {_EXPECTED['sample']}"
        )
    try:
        with eval_mode_of(generator):
            decode_latents(generator, latents, shape)
    except InputError as error:
        raise InputError(
            f"{error}. These latents its sample drew; {_EXPECTED['sample']}"
        ) from error


def check_finite_pictures(pictures: Tensor) -> Tensor:
    """Return pictures that are finite, or say that the generator is not."""
    if not bool(torch.isfinite(pictures).all()):
        raise InputError("the generator drew NaN or infinite numbers; fit it anew")
    return pictures
