from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.contrast.models import pictures
from xaiwidgets import contrast, datasets, files, zoo
from xaiwidgets.contrast import GAN, MISSES_MUCH, PCA, VAE, error_percentiles
from xaiwidgets.contrast._fit_errors import reconstruction_errors, relative_errors
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.steps import run
from xaiwidgets.zoo.generators import GENERATORS, photograph_crops


def test_of_its_own_pictures_it_misses_as_much_as_of_its_own_pictures() -> None:
    images = pictures(200)
    generator = run(PCA(4).fit(images))
    errors = reconstruction_errors(images, generator.decode(generator.encode(images)))
    shares = np.sort(error_percentiles(generator, errors))
    assert np.abs(shares - np.linspace(0, 1, 200)).max() < 0.02
    assert error_percentiles(generator, [0, 9]).tolist() == [0, 1]


def kinds_of_pictures(side: int, count: int) -> dict[str, torch.Tensor]:
    """Return test pictures of both data sets, others, and noise, so many pixels a side."""
    made = {}
    for kind in ("digits", "fashion_mnist"):
        try:
            pixels = getattr(datasets, kind)("test").images[:count]
        except DataError as error:
            pytest.skip(str(error))
        made[kind] = torch.from_numpy(pixels)[:, None].float() / 255
    made["smooth"] = torch.nn.functional.avg_pool2d(made["digits"], 3, stride=1, padding=1)
    symbols = torch.from_numpy(datasets.symbols(seed=3).images[:count])
    made["symbols"] = symbols[:, None].float() / 255
    sized = {
        kind: torch.nn.functional.interpolate(images, (side, side), mode="area")
        for kind, images in made.items()
    }
    draw = torch.Generator().manual_seed(0)
    return {**sized, "noise": torch.rand(count, 1, side, side, generator=draw)}


# One in twenty of its own is flagged, and nearly all of any other kind: coarse ones, which are
# easily drawn, by what is missed for so little detail; noise by what is missed in all.
@pytest.mark.parametrize(
    ("own", "kind", "count", "most", "least"),
    [
        ("digits", "vae", 300, 0.1, 0.95),
        ("fashion_mnist", "vae", 300, 0.07, 0.98),
        pytest.param("digits", "wgan", 40, 0.13, 0.85, marks=pytest.mark.slow),
        pytest.param("fashion_mnist", "wgan", 24, 0.13, 0.85, marks=pytest.mark.slow),
    ],
)
def test_pictures_of_another_kind_are_flagged_and_its_own_are_not(
    own: str, kind: str, count: int, most: float, least: float
) -> None:
    generator = zoo.generator(own.removesuffix("_mnist"), kind)
    options = {"steps": 120, "starts": 2} if kind == "wgan" else {}
    pictures = kinds_of_pictures(generator.shape[1], count)
    if own == "digits":
        del pictures["smooth"]  # are nearly its own
    for name, images in pictures.items():
        with torch.no_grad():
            drawn = generator.decode(generator.encode(images, **options))
        shares = error_percentiles(generator, reconstruction_errors(images, drawn), images)
        flagged = (shares > MISSES_MUCH).mean()
        assert flagged <= most if name == own else flagged >= least, name


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name, kinds in GENERATORS.items() for kind in kinds if kind != "pca"],
)
def test_a_generator_of_the_zoo_knows_its_errors_by_detail_too(name: str, kind: str) -> None:
    generator = zoo.generator(name, kind)
    for quantiles in (
        generator.fit_errors,
        generator.relative_fit_errors,
        generator.worse_shares,
    ):
        assert bool((quantiles.diff() >= 0).all()) and 0 <= quantiles[0] < quantiles[-1]


def test_an_error_counts_beside_how_fine_the_picture_is() -> None:
    stripes = torch.arange(8) % 2.0
    fine = stripes.expand(1, 1, 8, 8)
    coarse = (torch.arange(8) >= 4).float().expand(1, 1, 8, 8)
    blank = torch.zeros(1, 1, 8, 8)
    errors = torch.full((3,), 0.1)
    # 7 steps of size 1 in each of 8 rows, or 1, of 64 pixels
    expected = [0.1 / (56 / 64) ** 0.5, 0.1 / (8 / 64) ** 0.5]
    relative = relative_errors(errors, torch.cat([fine, coarse, blank]))
    assert relative[:2].tolist() == pytest.approx(expected)
    assert relative[2] > 1e4, "of one colour, and missed all the same"
    turned = relative_errors(errors[:1], fine.mT)
    assert turned[0] == pytest.approx(expected[0]), "in either direction"
    colours = relative_errors(errors[:1], fine.expand(1, 3, 8, 8))
    assert colours[0] == pytest.approx(expected[0]), "in colour as in grey"
    assert relative_errors(errors[:1] * 0, blank)[0] == 0


def test_the_worse_of_two_errors_counts_and_own_pictures_still_spread_evenly() -> None:
    images = pictures(200)
    generator = run(PCA(4).fit(images))
    errors = reconstruction_errors(images, generator.decode(generator.encode(images)))
    shares = np.sort(error_percentiles(generator, errors, images))
    assert np.abs(shares - np.linspace(0, 1, 200)).max() < 0.02
    middle = errors.median().expand(2)
    coarse = torch.cat([images[:1], images[:1] / 50])
    ordinary, flagged = error_percentiles(generator, middle, coarse)
    assert ordinary < 0.9 and flagged == 1
    with pytest.raises(InputError, match="2 errors of 200 images"):
        error_percentiles(generator, middle, images)


def test_rounding_is_nothing_missed() -> None:
    images = pictures(6)
    exact = run(PCA(5).fit(images))  # six pictures differ in five directions
    drawn = exact.decode(exact.encode(images))
    assert exact.fit_errors.max() < 1e-6
    for images_or_none in (images, None):
        shares = error_percentiles(exact, reconstruction_errors(images, drawn), images_or_none)
        assert shares.tolist() == [0] * 6
    assert error_percentiles(exact, [0.1]) == 1


def test_where_nobody_knows_it_says_so(tmp_path: Path) -> None:
    assert math.isnan(error_percentiles(object(), [0.1])[0])
    assert math.isnan(error_percentiles(GAN((1, 8, 8), 3), [0.1])[0])
    # a file of before they were kept
    generator = VAE((1, 8, 8), 3)
    new = ("fit_errors", "relative_fit_errors", "worse_shares")
    weights = {k: v for k, v in generator.state_dict().items() if k not in new}
    about = {"shape": [1, 8, 8], "latent": 3, "channels": [16, 32], "limits": [0, 1], "seed": 0}
    files.write(tmp_path / "old", "VAE", weights, about)
    assert math.isnan(error_percentiles(VAE.load(tmp_path / "old"), [0.1])[0])
    # one of before an error counted beside how fine a picture is
    images = pictures(8)
    fitted = run(PCA(2).fit(images))
    weights = {k: v for k, v in fitted.state_dict().items() if k not in new[1:]}
    files.write(
        tmp_path / "old", "PCA", weights, {"components": 2, "limits": [0, 1], "shape": [1, 8, 8]}
    )
    old = PCA.load(tmp_path / "old")
    assert error_percentiles(old, [0.1], images[:1]) == error_percentiles(fitted, [0.1])


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
    both = error_percentiles(generator, errors, images)
    assert error_percentiles(kept, errors, images) == pytest.approx(both)
    other = GAN((1, 8, 8), 3)
    other.copy_errors(generator)
    assert error_percentiles(other, errors, images) == pytest.approx(both)


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
    assert (error_percentiles(generator, errors, crops) > MISSES_MUCH).mean() <= 0.15


def test_the_page_warns_from_the_same_share_on() -> None:
    page = (Path(__file__).parents[2] / "js/src/lib/fit-error.js").read_text(encoding="utf-8")
    assert f"MISSES_MUCH = {MISSES_MUCH};" in page
    assert f"of {MISSES_MUCH:.0%} of its own".replace("%", " %") in page
