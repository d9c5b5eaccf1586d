from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.contrast.models import pictures
from xaiwidgets import contrast, datasets, files, zoo
from xaiwidgets.contrast import GAN, MISSES_MUCH, PCA, VAE, error_percentiles
from xaiwidgets.contrast._fit_errors import reconstruction_errors
from xaiwidgets.errors import InputError
from xaiwidgets.steps import run
from xaiwidgets.zoo.generators import photograph_crops


def test_of_its_own_pictures_it_misses_as_much_as_of_its_own_pictures() -> None:
    images = pictures(200)
    generator = run(PCA(4).fit(images))
    errors = reconstruction_errors(images, generator.decode(generator.encode(images)))
    shares = np.sort(error_percentiles(generator, errors))
    assert np.abs(shares - np.linspace(0, 1, 200)).max() < 0.02
    assert error_percentiles(generator, [0, 9]).tolist() == [0, 1]


# One in twenty of its own is flagged; eight by eight pixels of clothes are easily drawn.
@pytest.mark.parametrize(
    ("own", "other", "most", "least"),
    [("digits", "fashion_mnist", 0.1, 0.75), ("fashion_mnist", "digits", 0.07, 0.9)],
)
def test_pictures_of_another_kind_are_flagged_and_its_own_are_not(
    own: str, other: str, most: float, least: float
) -> None:
    generator = zoo.generator(own.removesuffix("_mnist"))

    def share_flagged(kind: str) -> float:
        pixels = getattr(datasets, kind)("test").images[:300]
        images = torch.from_numpy(pixels)[:, None].float() / 255
        images = torch.nn.functional.interpolate(images, generator.shape[1:], mode="area")
        errors = reconstruction_errors(images, generator.decode(generator.encode(images)).detach())
        return float((error_percentiles(generator, errors) > MISSES_MUCH).mean())

    assert share_flagged(own) <= most
    assert share_flagged(other) >= least


def test_where_nobody_knows_it_says_so(tmp_path: Path) -> None:
    assert math.isnan(error_percentiles(object(), [0.1])[0])
    assert math.isnan(error_percentiles(GAN((1, 8, 8), 3), [0.1])[0])
    # a file of before they were kept
    generator = VAE((1, 8, 8), 3)
    weights = {k: v for k, v in generator.state_dict().items() if k != "fit_errors"}
    about = {"shape": [1, 8, 8], "latent": 3, "channels": [16, 32], "limits": [0, 1], "seed": 0}
    files.write(tmp_path / "old", "VAE", weights, about)
    assert math.isnan(error_percentiles(VAE.load(tmp_path / "old"), [0.1])[0])


def test_a_gan_knows_how_badly_it_draws_once_it_is_told_to_look(tmp_path: Path) -> None:
    images = pictures(12)
    generator = run(GAN((1, 8, 8), 3).fit(images, epochs=1))
    assert math.isnan(error_percentiles(generator, [0.1])[0]), "it takes too long to look unasked"
    assert generator.remember_errors(images) is generator
    drawn_again = generator.decode(generator.encode(images)).detach()
    errors = reconstruction_errors(images, drawn_again)
    shares = error_percentiles(generator, errors)
    assert (shares.min(), shares.max()) == (pytest.approx(0, abs=0.01), pytest.approx(1, abs=0.01))
    assert error_percentiles(generator, [9.0]).tolist() == [1]
    kept = GAN.load(generator.save(tmp_path / "gan"))
    assert error_percentiles(kept, errors) == pytest.approx(shares)


def test_the_percentile_of_a_contrast() -> None:
    model, generator = zoo.digits(), zoo.generator("digits")
    images = datasets.digits("test").images[:4]
    found = run(contrast.explain(model, generator, images, None))
    shares = error_percentiles(generator, found.reconstruction_error)
    assert shares.shape == (4,) and bool((shares < 1).all())


def test_of_pictures_that_it_knows_it_misses_less_than_of_others() -> None:
    draw = torch.Generator().manual_seed(0)
    known, others = torch.rand(2, 40, 1, 8, 8, generator=draw)
    generator = run(PCA(20).fit(known))
    more = torch.rand(200, 1, 8, 8, generator=draw)
    errors = reconstruction_errors(more, generator.decode(generator.encode(more)))
    assert (error_percentiles(generator, errors) > MISSES_MUCH).mean() > 0.9
    generator.remember_errors(others)
    assert (error_percentiles(generator, errors) > MISSES_MUCH).mean() < 0.15
    for wrong in (more[:0], None):
        with pytest.raises(InputError, match="at least one picture"):
            generator.remember_errors(wrong)  # type: ignore[arg-type]


@pytest.mark.slow
def test_photographs_that_a_generator_has_not_seen_are_seldom_flagged() -> None:
    generator = zoo.generator("photographs")
    crops = photograph_crops(40, seed=2)
    errors = reconstruction_errors(crops, generator.decode(generator.encode(crops)))
    assert (error_percentiles(generator, errors) > MISSES_MUCH).mean() <= 0.15


def test_the_page_warns_from_the_same_share_on() -> None:
    page = (Path(__file__).parents[2] / "js/src/lib/fit-error.js").read_text(encoding="utf-8")
    assert f"MISSES_MUCH = {MISSES_MUCH};" in page
    assert f"of {MISSES_MUCH:.0%} of its own".replace("%", " %") in page
