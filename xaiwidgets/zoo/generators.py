"""Generators of ours for the pictures of the zoo's networks."""

from __future__ import annotations

import torch
from PIL import Image, ImageOps
from torch import Tensor

from xaiwidgets.contrast import GAN, PCA, VAE
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.work import Progress, Steps, immediate
from xaiwidgets.zoo import shipped
from xaiwidgets.zoo.imagenet import imagenet_input, photographs

GENERATORS = {
    "digits": ("vae", "wgan"),
    "fashion": ("vae", "wgan"),
    "faces": ("vae",),
    "photographs": ("pca",),
}
"""What `generator` has, and which kinds of each; the first is the usual one."""

_KINDS: dict[str, type[VAE] | type[GAN]] = {"vae": VAE, "wgan": GAN}
_COMPONENTS, _CROPS, _OTHER_CROPS, _SMALLEST = 48, 160, 80, 0.45
_DARKEST = -127 / 128  # of `imagenet_input`; the brightest is 1


@immediate
def generator(name: str, kind: str | None = None) -> Steps[VAE | GAN | PCA]:
    """Return a generator for pictures as the zoo's networks take them.

    Those of digits, clothes and faces come with the package; the JSON files beside the weights have
    how they were trained, and what they miss of test pictures. That of photographs is fitted when
    it is asked for, which takes some seconds of a free core; it is watched by
    ``generator.work("photographs")``. It has seen the ones that come along.

    Parameters
    ----------
    name : str
        "digits" for scikit-learn's digits (1, 8, 8), "fashion" for Fashion-MNIST (1, 28, 28),
        "faces" for the coloured ones of `datasets.faces` (3, 32, 32), all 0 to 1, or "photographs"
        for scikit-image's (3, 224, 224), as `imagenet_input` makes them.
    kind : str, optional
        "vae", by default; of digits and clothes also "wgan", whose latents of a picture are
        searched (Feghahati 2020, 3.2.6): it takes longer and misses more. Of photographs "pca".

    Raises
    ------
    InputError
        If there is no such generator.
    DataError
        If its file is missing or damaged, or what has photographs is not installed.

    Examples
    --------
    >>> made = generator("digits")
    >>> tuple(made.decode(made.sample(3)).shape)
    (3, 1, 8, 8)
    """
    if name not in GENERATORS:
        raise InputError(f"no generator {name!r}; there are {', '.join(map(repr, GENERATORS))}")
    kinds = GENERATORS[name]
    chosen = kinds[0] if kind is None else kind
    if chosen not in kinds:
        raise InputError(f"no {kind!r} of {name}; there is {' or '.join(map(repr, kinds))}")
    return _of_photographs() if name == "photographs" else _shipped(name, chosen)


def _shipped(name: str, kind: str) -> Steps[VAE | GAN | PCA]:
    yield Progress(0, 1, "reading the weights")
    return _KINDS[kind].load(shipped.WEIGHTS / f"{name}_{kind}.safetensors")


def _of_photographs() -> Steps[VAE | GAN | PCA]:
    yield Progress(0, 3, "cutting photographs")
    crops = photograph_crops(_CROPS)
    yield Progress(1, 3, "principal components")
    # Its latents are linear: encoding is exact, and nothing has to be trained or shipped (29 MB).
    fitted = yield from PCA(_COMPONENTS, limits=(_DARKEST, 1.0)).fit(crops)
    # Of other crops: it draws those that it was fitted to better, and flagged half of all others.
    return fitted.remember_errors(photograph_crops(_OTHER_CROPS, seed=1))


def photograph_crops(count: int, seed: int = 0) -> Tensor:
    """Return squares cut out of the photographs (count, 3, 224, 224), the whole ones first."""
    pictures = list(photographs().values())
    draw = seeded(seed)
    crops = []
    for number in range(count):
        picture = pictures[number % len(pictures)]
        # Drawn also where they are not used, so that crop n is the same whatever comes before it.
        share, left, top, mirrored = torch.rand(4, generator=draw, device="cpu").tolist()
        if number >= len(pictures):
            picture = _square(picture, _SMALLEST + (1 - _SMALLEST) * share, left, top)
            picture = ImageOps.mirror(picture) if mirrored < 0.5 else picture
        crops.append(imagenet_input(picture))
    return torch.stack(crops)


def _square(picture: Image.Image, share: float, left: float, top: float) -> Image.Image:
    """Return a square of a share of the shorter side, from shares of what is left beside it."""
    side = round(share * min(picture.size))
    x, y = round(left * (picture.width - side)), round(top * (picture.height - side))
    return picture.crop((x, y, x + side, y + side))
