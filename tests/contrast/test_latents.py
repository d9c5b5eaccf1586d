from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.contrast.models import Identity, pictures
from xaiwidgets import Classifier
from xaiwidgets.contrast import GAN, PCA, VAE, AutoEncoder, disentanglement, latent_effects
from xaiwidgets.errors import InputError
from xaiwidgets.steps import run


class TwoLights:
    """Latents: how bright the left half is, and, half as strong, the right one."""

    deviations = torch.tensor([0.2, 0.4])

    def encode(self, images: Tensor) -> Tensor:
        left, right = images[..., :2].mean((1, 2, 3)), images[..., 2:].mean((1, 2, 3))
        return torch.stack([left, 2 * right], 1)

    def decode(self, latents: Tensor) -> Tensor:
        left, right = latents[:, 0], latents[:, 1] / 2
        return torch.stack([left, left, right, right], 1)[:, None, None].expand(-1, 1, 4, 4)

    def sample(self, count: int, seed: int) -> Tensor:
        ends = torch.tensor([-1.0, 1.0]).repeat(count // 2)[:, None]
        return 0.5 + self.deviations * ends


class LeftOrRight(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x[..., :2].sum((1, 2, 3)), x[..., 2:].sum((1, 2, 3))], 1)


def test_effects_are_those_worked_out_by_hand() -> None:
    model = Classifier(LeftOrRight())
    images = torch.full((3, 1, 4, 4), 0.5)
    effects = run(latent_effects(TwoLights(), images, model))
    spread = math.sqrt(512 / 511)  # of a sample of 512
    assert effects.deviations == pytest.approx([0.2 * spread, 0.4 * spread], rel=1e-5)
    # half the pixels change by .2; for the other by .4 / 2 as well, a tie: the first comes first
    assert effects.pixels == pytest.approx([0.2 * spread * math.sqrt(0.5)] * 2, rel=1e-4)
    assert sorted(effects.order) == [0, 1]
    # the logit of the left rises by 8 * .2: log-likelihoods from log(1/2)
    step = 1.6 * spread

    def after(gap: float) -> float:
        return -math.log1p(math.exp(-gap))

    expected = (after(step) - after(-step)) / 2
    assert effects.scores is not None and effects.sizes is not None
    assert effects.scores[0] == pytest.approx([expected, -expected], rel=1e-4)
    assert effects.scores[1] == pytest.approx([-expected, expected], rel=1e-4)
    assert np.allclose(effects.sizes, np.abs(effects.scores))
    assert effects.divergences is None


def test_without_a_network_only_the_picture_changes() -> None:
    generator = run(PCA(4).fit(pictures(60)))
    effects = run(latent_effects(generator, pictures(6, seed=2)))
    assert effects.scores is None and effects.sizes is None
    assert effects.order.tolist() == np.argsort(-effects.pixels).tolist()
    expected = generator.deviations.numpy() / math.sqrt(64)
    assert effects.pixels == pytest.approx(expected, rel=0.1)


def test_a_vae_tells_which_latents_it_uses() -> None:
    generator = run(VAE((1, 8, 8), 6).fit(pictures(256), epochs=25, batch_size=32))
    effects = run(latent_effects(generator, pictures(32, seed=4)))
    assert effects.divergences is not None and effects.divergences.min() > -1e-6
    # what says nothing changes nothing: the order is the same for the strongest
    assert effects.divergences.argmax() in effects.order[:3]


def test_one_latent_for_one_factor_is_told_from_mixtures() -> None:
    random = np.random.default_rng(0)
    factors = random.uniform(0.2, 0.8, (80, 2))
    images = TwoLights().decode(torch.tensor(factors, dtype=torch.float32) * torch.tensor([1, 2]))
    images = images.clone()

    class Mixed(TwoLights):
        def encode(self, images: Tensor) -> Tensor:
            left, right = super().encode(images).T
            return torch.stack([left + right / 2, left - right / 2], 1)

    apart = run(disentanglement([TwoLights()] * 3, images, factors))
    mixed = run(disentanglement([Mixed()] * 3, images, factors))
    assert apart.score.value > 0.9 and mixed.score.value < 0.2
    assert apart.explained.shape == (3, 2, 2) and apart.explained[0, 0, 0] == pytest.approx(
        1, abs=1e-4
    )
    assert apart.chance.value < 0.1
    # the order of latents does not matter, and one seed has no interval
    alone = run(disentanglement(TwoLights(), images, factors[:, ::-1]))
    assert alone.score.value == pytest.approx(apart.score.value)
    assert math.isinf(alone.score.high)


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        (np.zeros(6), r"factors has shape \(6,\)"),
        (np.zeros((5, 1)), r"use \(6, F\)"),
        (np.ones((6, 1)), "the same for all pictures"),
    ],
)
def test_factors_that_tell_nothing(factors: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        disentanglement(Identity(), torch.rand(6, 1, 4, 4), factors)
    with pytest.raises(InputError, match="generators is empty"):
        disentanglement([], torch.rand(6, 1, 4, 4), np.arange(6.0)[:, None])
    with pytest.raises(InputError, match="numbers in a row"):
        run(latent_effects(Identity(), torch.rand(6, 1, 4, 4)))
    with pytest.raises(InputError, match="float tensor"):
        latent_effects(Identity(), [1, 2])


def test_beta_of_one_is_what_it_was_and_more_says_less() -> None:
    images = pictures(128)

    def fitted(**options: Any) -> VAE:
        return run(VAE((1, 8, 8), 6, **options).fit(images, epochs=8, batch_size=32))

    plain, one, much = fitted(), fitted(beta=1), fitted(beta=20)
    assert torch.equal(plain.decoder.grow2.weight, one.decoder.grow2.weight)
    said = [float(each.divergences(images).sum()) for each in (plain, much)]
    assert said[1] < 0.5 * said[0]
    held = float(fitted(beta=20, capacity=2.0).divergences(images).sum())
    assert held == pytest.approx(2, abs=1)


@pytest.mark.parametrize("options", [{"beta": -1}, {"capacity": math.inf}, {"preset": "huge"}])
def test_settings_that_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(options))):
        VAE((1, 8, 8), 3, **options)


@pytest.mark.parametrize(
    ("kind", "latent"), [(VAE, 400), (AutoEncoder, 400), (GAN, 100)], ids=lambda x: str(x)
)
def test_the_papers_sizes(kind: Any, latent: int, tmp_path: Path) -> None:
    generator = kind((1, 20, 12), preset="paper")
    assert generator.latent == latent
    run(generator.fit(torch.rand(6, 1, 20, 12), epochs=1, batch_size=3))
    drawn = generator.decode(generator.sample(2))
    assert tuple(drawn.shape) == (2, 1, 20, 12)
    read = kind.load(generator.save(tmp_path / "one"))
    assert torch.equal(read.decode(generator.sample(2)), drawn) and read.preset == "paper"
    convolutions = [m for m in generator.decoder.modules() if isinstance(m, nn.ConvTranspose2d)]
    assert len(convolutions) == (5 if kind is GAN else 4)
