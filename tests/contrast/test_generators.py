from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tests.contrast.models import pictures
from xaiwidgets import files
from xaiwidgets.contrast import GAN, VAE, AutoEncoder, Generator
from xaiwidgets.contrast._generators import FittedGenerator
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.steps import run

KINDS: tuple[Any, ...] = (VAE, AutoEncoder, GAN)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 7, 10), (2, 1, 5)])
def test_any_small_shape_is_drawn(kind: type[FittedGenerator], shape: tuple[int, int, int]) -> None:
    generator = kind(shape, latent=3, channels=(4, 6), limits=(-1.0, 2.0))
    drawn = generator.decode(generator.sample(5))
    assert tuple(drawn.shape) == (5, *shape)
    assert -1 <= float(drawn.detach().min()) <= float(drawn.detach().max()) <= 2
    assert isinstance(generator, Generator)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [VAE, AutoEncoder])
def test_fitting_learns_to_draw(kind: type[AutoEncoder]) -> None:
    images, fresh = pictures(256), pictures(32, seed=9)
    generator = kind((1, 8, 8), latent=4)
    before = (generator.decode(generator.encode(fresh)) - fresh).square().mean()
    notes = [p.note for p in generator.fit(images, epochs=25, batch_size=32)]
    after = (generator.decode(generator.encode(fresh)) - fresh).square().mean()
    assert len(notes) == 25 * 8
    assert notes[0].startswith("error 0.")
    assert bool(after < 0.2 * before)
    # what is sampled looks like the pictures
    drawn = generator.decode(generator.sample(200)).mean(0)
    assert bool((drawn - images.mean(0)).abs().mean() < 0.1)


@pytest.mark.parametrize("lipschitz", ["penalty", "clipping"])
def test_a_gan_learns_where_the_light_is(lipschitz: str) -> None:
    images = pictures(128)
    images = images[torch.arange(128) % 4 == 0]  # one corner only
    generator = GAN((1, 8, 8), latent=3)
    rate = 2e-3
    steps = generator.fit(
        images, epochs=60, batch_size=16, critic_steps=2, learning_rate=rate, lipschitz=lipschitz
    )
    run(steps)
    drawn = generator.decode(generator.sample(100)).mean(0)[0].detach()
    assert float(drawn[:4, :4].mean()) > 1.5 * float(drawn[4:, 4:].mean())


def test_a_gan_finds_the_latents_of_what_it_drew() -> None:
    generator = GAN((1, 8, 8), latent=2, seed=3)
    wanted = generator.decode(generator.sample(4, seed=1)).detach()
    found = generator.encode(wanted, steps=150, starts=6)
    assert bool((generator.decode(found) - wanted).abs().max() < 0.05)
    one = generator.encode(wanted, steps=5, starts=1)
    more = generator.encode(wanted, steps=5, starts=6)
    errors = [(generator.decode(z) - wanted).square().mean() for z in (one, more)]
    assert bool(errors[1] < errors[0])


def test_the_misclassification_term_keeps_the_class() -> None:
    from tests.contrast.models import Corners
    from xaiwidgets import Classifier

    generator, model = GAN((1, 8, 8), latent=2, seed=3), Classifier(Corners())
    images = pictures(8, seed=2)  # it has never seen anything: it draws them badly
    labels = model.logits(images).argmax(1)
    with torch.no_grad():
        plain, minded = (
            model.logits(generator.decode(generator.encode(images, m, steps=60)))
            .log_softmax(1)[torch.arange(8), labels]
            .mean()
            for m in (None, model)
        )
    assert float(minded) > float(plain)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_global_is_changed(kind: Any) -> None:
    state, mode = torch.get_rng_state(), torch.is_grad_enabled()
    steps = kind((1, 8, 8), latent=2).fit(pictures(16), epochs=1, batch_size=8)
    with torch.no_grad():
        next(steps)
        assert not torch.is_grad_enabled()
        run(steps)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled() == mode


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seeds_make_the_same_generator(kind: Any) -> None:
    made = [
        run(kind((1, 8, 8), latent=2, seed=1).fit(pictures(16), epochs=1, batch_size=8, seed=2))
        for _ in range(2)
    ]
    z = made[0].sample(3)
    assert torch.equal(made[0].decode(z), made[1].decode(z))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_is_loaded(kind: Any, tmp_path: Path) -> None:
    generator = kind((1, 8, 6), latent=3, channels=(4, 5), limits=(-1, 1), seed=4)
    generator._remember(torch.randn(20, 3))
    path = generator.save(tmp_path / "new" / "generator.safetensors")
    loaded = kind.load(path)
    assert (loaded.shape, loaded.latent, loaded.limits) == ((1, 8, 6), 3, (-1.0, 1.0))
    assert torch.equal(loaded.sample(4), generator.sample(4))
    z = torch.randn(2, 3)
    assert torch.equal(loaded.decode(z), generator.decode(z))
    assert not loaded.training
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_files_that_are_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere.*cannot be read as VAE"):
        VAE.load(tmp_path / "nowhere")
    path = AutoEncoder((1, 8, 8)).save(tmp_path / "auto.safetensors")
    with pytest.raises(DataError, match=r"auto\.safetensors holds AutoEncoder, not VAE"):
        VAE.load(path)
    save_file({"x": torch.zeros(1)}, tmp_path / "other")
    with pytest.raises(DataError, match="cannot be read as VAE"):
        VAE.load(tmp_path / "other")
    torch.save({"x": torch.zeros(1)}, tmp_path / "pickle")
    with pytest.raises(DataError, match="cannot be read as VAE"):
        VAE.load(tmp_path / "pickle")
    weights = VAE((1, 8, 8), latent=3).state_dict()
    for settings in ({"shape": [1, 8, 8], "latent": 2}, {"sides": [1, 8, 8]}, {"shape": [8]}):
        files.write(tmp_path / "unfit", "VAE", weights, settings)
        with pytest.raises(DataError, match=r"(?s)unfit does not fit VAE.*save it anew"):
            VAE.load(tmp_path / "unfit")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shape": (8, 8)}, "shape is"),
        ({"latent": 0}, "latent is 0"),
        ({"channels": (1, 0)}, "channels is"),
        ({"limits": (1.0, 0.0)}, "first must be below"),
        ({"limits": 1.0}, "two numbers"),
        ({"seed": -1}, "seed -1"),
    ],
)
def test_settings_that_cannot_be_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        VAE(**{"shape": (1, 8, 8), **change})


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (torch.zeros(4, 1, 8, 7), r"is for \(B, 1, 8, 8\)"),
        (torch.zeros(0, 1, 8, 8), "images has shape"),
        (torch.zeros(4, 1, 8, 8, dtype=torch.long), "float tensor"),
        (torch.full((4, 1, 8, 8), 255.0), "go from 255 to 255; .* from 0 to 1"),
        (torch.full((4, 1, 8, 8), torch.nan), "NaN"),
    ],
)
def test_pictures_that_cannot_be_are_refused(images: torch.Tensor, words: str) -> None:
    with pytest.raises(InputError, match=words):
        VAE((1, 8, 8)).encode(images)
    with pytest.raises(InputError, match=words):
        run(VAE((1, 8, 8)).fit(images))


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        (VAE, {"epochs": 0}, "epochs is 0"),
        (VAE, {"learning_rate": 2}, "learning_rate is 2"),
        (AutoEncoder, {"batch_size": 0.5}, r"batch_size is 0\.5"),
        (GAN, {"lipschitz": "hope"}, "lipschitz is 'hope'"),
        (GAN, {"critic_steps": 0}, "critic_steps 0"),
    ],
)
def test_trainings_that_cannot_be_are_refused(kind: Any, change: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run(kind((1, 8, 8)).fit(pictures(8), **change))


def test_a_generator_says_in_a_line_what_it_is() -> None:
    assert repr(VAE((1, 8, 8), latent=4)) == "VAE((1, 8, 8), latent=4)"
