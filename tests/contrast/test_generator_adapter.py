"""Generators of strangers: what does not fit is said, and all is left as it was found."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests import models
from tests.contrast.models import Corners, Identity, pictures, toy
from xaiwidgets import Classifier, contrast
from xaiwidgets.contrast import GAN, VAE
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.work import Progress, Steps, run

IMAGES = pictures(3)
START = torch.tensor([[2.0, 0.0]])


class Stranger:
    """Latents are the pictures' numbers in a row."""

    def encode(self, images: Tensor) -> Tensor:
        return images.flatten(1)

    def decode(self, latents: Tensor) -> Tensor:
        return latents.reshape(-1, 1, 8, 8)


class Colours(Stranger):
    def __init__(self) -> None:
        self.layer = nn.Conv2d(3, 1, 3)

    def encode(self, images: Tensor) -> Tensor:
        return self.layer(images)  # type: ignore[no-any-return]


class Failing(Stranger):
    def decode(self, latents: Tensor) -> Tensor:
        return latents @ torch.zeros(3, 64)


class Pictures(Stranger):
    def sample(self, count: int, seed: int) -> Tensor:
        return torch.rand(count, 1, 8, 8)  # decode would take them


class Fewer(Stranger):
    def sample(self, count: int, seed: int) -> Tensor:
        return torch.rand(seed, 64)


class Other(Stranger):
    def sample(self, images: Tensor) -> Tensor:
        return images


class Narrow(Stranger):
    def sample(self, count: int, seed: int) -> Tensor:
        return torch.rand(count, 63)


class Listed(Stranger):
    def sample(self, count: int, seed: int) -> Any:
        return [[0.0] * 64] * count


SAMPLE = r"sample\(count, seed\) must return"


@pytest.mark.parametrize(
    ("generator", "words"),
    [
        (Colours(), r"encode raised RuntimeError for images of shape \(3, 1, 8, 8\): Given groups"),
        (Failing(), r"decode raised RuntimeError for latents of shape \(3, 64\): .*mat1"),
        (Pictures(), rf"latents of shape \(1, 8, 8\), but those of encode are \(64,\); {SAMPLE}"),
        (Narrow(), rf"\(63,\), but those of encode are \(64,\); {SAMPLE}"),
        (Fewer(), SAMPLE),
        (Other(), rf"sample raised TypeError for \(1, 0\).*{SAMPLE}"),
        (Listed(), rf"sample\(1, 0\) returned a list.*{SAMPLE}"),
    ],
)
def test_what_a_generator_raises_or_returns_is_explained(generator: Any, words: str) -> None:
    model = Classifier(Corners())
    with pytest.raises(InputError, match=words):
        run(contrast.check_generator(model, generator, IMAGES))
    with pytest.raises(InputError, match=words):
        run(contrast.explain(model, generator, IMAGES, None))


def test_with_references_nothing_is_sampled() -> None:
    model = Classifier(Corners())
    run(contrast.check_generator(model, Other(), IMAGES, references=pictures(8)))
    found = run(contrast.explain(model, Other(), IMAGES, None, references=pictures(8)))
    assert len(found) == 3


def test_a_gan_for_other_pictures_is_refused_at_once() -> None:
    model = Classifier(Corners())
    run(contrast.check_generator(model, GAN((1, 8, 8)), IMAGES))
    with pytest.raises(InputError, match=r"shape \(1, 28, 28\), but the images are \(1, 8, 8\)"):
        run(contrast.check_generator(model, GAN((1, 28, 28)), IMAGES))


@pytest.mark.parametrize("sample", [Narrow.sample, Other.sample])
def test_a_slow_encoding_is_not_begun_if_samples_do_not_fit(sample: Any) -> None:
    class Slow(Stranger):
        def encoding(self, images: Tensor, model: Classifier, seed: int) -> Steps[Tensor]:
            yield Progress(0)
            raise AssertionError("it should not have been asked")

    Slow.sample = sample  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=SAMPLE):
        run(contrast.explain(Classifier(Corners()), Slow(), IMAGES, None))


def test_an_encoding_that_raises_is_explained() -> None:
    class Slow(Stranger):
        def encoding(self, images: Tensor) -> Steps[Tensor]:
            yield Progress(0)
            return images

    with pytest.raises(InputError, match=r"encoding raised TypeError.*encoding\(images, model"):
        run(contrast.explain(Classifier(Corners()), Slow(), IMAGES, None))


class InPlace(nn.Module):
    """Its logits overwrite what their own gradient needs."""

    def forward(self, x: Tensor) -> Tensor:
        logits = x.exp()
        logits += 1
        return logits


def test_a_gradient_broken_in_place_is_the_networks_error() -> None:
    for steps in (contrast.check_generator, contrast.explain):
        asked: Any = (START,) if steps is contrast.check_generator else (START, 1)
        with pytest.raises(ModelError, match=r"gradient .* raised RuntimeError.*in place"):
            run(steps(Classifier(InPlace()), Identity(), *asked))


def test_sampling_and_decoding_move_no_statistics() -> None:
    class Normed(VAE):
        def _build(self) -> None:
            super()._build()
            self.norm = nn.BatchNorm1d(self.latent)

        def sample(self, count: int, seed: int = 0) -> Tensor:
            return self.norm(super().sample(count, seed))  # type: ignore[no-any-return]

        def decode(self, latents: Tensor) -> Tensor:
            return super().decode(self.norm(latents))

    generator = Normed((1, 8, 8), latent=3).train()
    before = models.condition(generator)
    model = Classifier(Corners())
    run(contrast.check_generator(model, generator, IMAGES))
    run(contrast.explain(model, generator, IMAGES, None, max_steps=3))
    assert models.condition(generator) == before


def test_a_gan_searches_at_rest() -> None:
    class Normed(GAN):
        def _build(self) -> None:
            super()._build()
            self.norm = nn.BatchNorm1d(self.latent)

        def decode(self, latents: Tensor) -> Tensor:
            return super().decode(self.norm(latents))

    generator = Normed((1, 8, 8), latent=3).train()
    before = models.condition(generator)
    generator.encode(IMAGES, steps=3)
    assert models.condition(generator) == before


def test_our_own_errors_are_not_wrapped() -> None:
    with pytest.raises(InputError, match=r"^images has shape"):
        run(contrast.explain(Classifier(Corners()), VAE((1, 9, 9)), IMAGES, None))
    assert len(run(contrast.explain(toy(), Identity(), START, 1))) == 1
