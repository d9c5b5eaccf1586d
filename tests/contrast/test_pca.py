from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.contrast.models import Corners, pictures
from xaiwidgets import Classifier, contrast
from xaiwidgets.contrast import PCA, Generator
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.steps import run


@pytest.mark.parametrize("shape", [(30, 3, 4, 5), (30, 3, 24, 25), (70, 3, 4, 5)], ids=str)
def test_what_is_decoded_is_the_projection(shape: tuple[int, ...]) -> None:
    images = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    generator = run(PCA(6).fit(images))
    flat = images.flatten(1).double().numpy()
    centred = flat - flat.mean(0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:6]
    projected = flat.mean(0) + centred @ axes.T @ axes
    drawn = generator.decode(generator.encode(images))
    assert np.abs(drawn.flatten(1).numpy() - projected).max() < 1e-5
    # once is enough
    again = generator.decode(generator.encode(drawn))
    assert torch.allclose(again, drawn, atol=1e-5)
    assert isinstance(generator, Generator)


def test_what_is_sampled_varies_as_the_pictures_do() -> None:
    images = pictures(400)
    generator = run(PCA(5).fit(images))
    latents, drawn = generator.encode(images), generator.sample(20_000, seed=3)
    assert torch.allclose(drawn.std(0), latents.std(0), rtol=0.05)
    assert float(drawn.mean(0).abs().max()) < 0.05
    assert torch.equal(generator.sample(4, seed=3), generator.sample(4, seed=3))


def test_it_takes_pictures_to_the_boundary() -> None:
    images = pictures(200)
    generator, model = run(PCA(8).fit(images)), Classifier(Corners())
    found = run(contrast.explain(model, generator, images[:8], None))
    assert found.converged.all()


def test_it_is_saved_and_read(tmp_path: Path) -> None:
    generator = run(PCA(3, limits=(-1, 1)).fit(pictures(40)))
    read = PCA.load(generator.save(tmp_path / "mine"))
    latents = generator.sample(5)
    assert torch.equal(read.decode(latents), generator.decode(latents))
    assert (read.limits, read.shape, read.latent) == ((-1, 1), (1, 8, 8), 3)
    assert torch.equal(read.fit_errors, generator.fit_errors)
    contrast.VAE((1, 8, 8), 3).save(tmp_path / "vae")
    with pytest.raises(DataError, match="holds VAE, not PCA"):
        PCA.load(tmp_path / "vae")


def test_pictures_that_are_all_alike_have_components_of_no_length(
    recwarn: pytest.WarningsRecorder,
) -> None:
    generator = run(PCA(2).fit(torch.full((5, 1, 2, 2), 0.5)))
    assert generator.deviations.tolist() == [0, 0]
    assert torch.equal(generator.decode(generator.sample(2)), torch.full((2, 1, 2, 2), 0.5))
    assert not recwarn.list
    # Eight pictures differ in seven directions.
    several = pictures(8)
    generator = run(PCA(8).fit(several))
    assert generator.deviations[7] == 0 < generator.deviations[6]
    assert torch.allclose(generator.decode(generator.encode(several)), several, atol=1e-5)
    with pytest.raises(InputError, match="of 1 pictures nothing varies"):
        PCA(1).fit(torch.rand(1, 1, 2, 2))


@pytest.mark.parametrize(
    ("components", "images", "message"),
    [
        (0, pictures(8), "components is 0"),
        (9, pictures(8), r"9 components cannot be taken from 8 pictures.*use at most 8"),
        (2, pictures(8)[0], r"float tensor \(N, C, H, W\)"),
        (2, pictures(8) + 1, "the images go from"),
    ],
)
def test_what_cannot_be_fitted(components: Any, images: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        PCA(components).fit(images)
    with pytest.raises(InputError, match="this PCA is not fitted yet"):
        PCA(2).encode(pictures(3))
    with pytest.raises(InputError, match="limits is"):
        PCA(2, limits=(1, 0))
