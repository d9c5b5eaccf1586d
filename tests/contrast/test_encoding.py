"""Where pictures are in the latent space: encoded once, kept, given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.contrast.models import Coarse, Corners, pictures, toy
from xaiwidgets import Classifier, contrast
from xaiwidgets.contrast import GAN
from xaiwidgets.errors import InputError
from xaiwidgets.optimize import _prepared
from xaiwidgets.steps import run

STARTS = torch.tensor([[2.0, 0.0], [3.0, 0.5], [2.0, 0.0]])


class Counting(Coarse):
    """Says how many pictures it was given, and never encodes the same way twice."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def encode(self, images: Tensor) -> Tensor:
        self.given.append(len(images))
        return images / 2 + torch.rand(images.shape)


def test_latents_that_are_given_are_not_encoded() -> None:
    generator = Counting()
    latents = run(contrast.encode(toy(), generator, STARTS))
    assert generator.given == [2]
    found = run(contrast.explain(toy(), generator, STARTS, "b", latents=latents))
    assert generator.given == [2]
    assert torch.equal(found.start, latents)
    assert torch.equal(found.path[0], STARTS)
    run(contrast.explain(toy(), generator, STARTS, "b", latents=found.start))
    assert generator.given == [2]


def test_pictures_are_encoded_once_for_start_and_pool() -> None:
    generator = Counting()
    run(contrast.explain(toy(), generator, STARTS, "b"))
    assert generator.given == [2]


def test_equal_pictures_have_the_same_latents_in_their_order() -> None:
    generator, images = Counting(), STARTS[[1, 0, 1, 2]]
    latents = run(contrast.encode(toy(), generator, images))
    assert torch.equal(latents[0], latents[2])
    assert torch.equal(latents[1], latents[3])
    assert bool((latents - images / 2 < 1).all() and (latents >= images / 2).all())


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_equal_pictures_are_seen_in_every_type(dtype: torch.dtype) -> None:
    generator = Counting()
    run(contrast.encode(toy(), generator, STARTS.to(dtype)))
    assert generator.given == [2]


def test_a_gan_encodes_a_picture_the_same_whatever_stands_beside_it() -> None:
    generator, images = GAN((1, 8, 8), latent=2, seed=3), pictures(3, seed=2)
    alone = generator.encode(images[1:2], steps=6)[0]
    assert torch.allclose(generator.encode(images, steps=6)[1], alone, atol=1e-3)
    last = generator.encode(images[[2, 0, 1, 1]], steps=6)[2:]
    assert torch.allclose(last, alone.expand(2, 2), atol=1e-3)


def test_a_gan_copies_the_network_once(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = []
    real = _prepared.copied
    monkeypatch.setattr(_prepared, "copied", lambda *rest: copies.append(0) or real(*rest))
    GAN((1, 8, 8), latent=2).encode(pictures(2), Classifier(Corners()), steps=9)
    assert len(copies) <= 2


@pytest.mark.parametrize(
    ("latents", "words"),
    [
        (STARTS.tolist(), "latents are a list; use a float tensor"),
        (STARTS.long(), "use a float tensor"),
        (STARTS[:2], r"latents are a tensor of shape \(2, 2\).* one latent for each of 3"),
        (STARTS * torch.nan, "NaN or infinite"),
        (STARTS[:, :1], r"draws pictures of shape \(1,\), but the images are \(2,\)"),
    ],
)
def test_latents_that_cannot_be_are_refused(latents: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run(contrast.explain(toy(), Coarse(), STARTS, "b", latents=latents))


@pytest.mark.parametrize(
    ("images", "seed", "words"), [(STARTS[:0], 0, "images is empty"), (STARTS, -1, "seed is -1")]
)
def test_what_cannot_be_encoded_is_explained(
    images: Sequence[Tensor], seed: int, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        run(contrast.encode(toy(), Coarse(), images, seed))


def test_without_its_path_a_contrast_is_small_and_the_same() -> None:
    found = run(contrast.explain(toy(), Coarse(), STARTS, "b", schedule="paper", max_steps=120))
    assert len(found.path) > 5
    small = found[1].without_path()
    assert small.path.shape[0] == small.latents.shape[0] == small.log_likelihoods.shape[0] == 2
    for name in ("image", "boundary", "start", "end", "difference"):
        assert torch.equal(getattr(small, name), getattr(found, name)[1:2])
        assert getattr(small, name).untyped_storage().nbytes() <= 2 * 2 * 4, "memory is shared"
    assert torch.equal(small.path[0], small.image)
    assert torch.equal(small.path[1], small.boundary)
    assert (small.log_likelihoods[-1] == found.log_likelihoods[-1, 1]).all()
    assert (small.gap[0], small.distance[0]) == (found.gap[1], found.distance[1])
    assert repr(small.without_path()) == repr(found[1])
