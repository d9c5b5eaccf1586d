"""The GeneratorLab without a page: what is drawn, what is missed, and what latents do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t

from tests.widgets.hands import MADE
from xaiwidgets import GeneratorLab, contrast, datasets, zoo
from xaiwidgets.contrast import PCA
from xaiwidgets.errors import InputError
from xaiwidgets.steps import run

DIGITS = datasets.digits("test").images[:3]
X = torch.from_numpy(DIGITS)[:, None].float() / 255


def few() -> PCA:
    train = torch.from_numpy(datasets.digits().images[:300])[:, None].float() / 255
    return run(PCA(3).fit(train))


def lab(*arguments: Any, **settings: Any) -> GeneratorLab:
    widget = GeneratorLab(*arguments, **settings)
    MADE.append(widget)
    widget.run().wait(60)
    return widget


def test_it_shows_what_is_drawn_and_what_is_missed() -> None:
    generator = zoo.generator("digits")
    widget = lab(generator, DIGITS, zoo.digits(), index=1)
    drawn = generator.decode(generator.encode(X[1:2])).detach()
    shown = widget.reconstruction
    assert shown is not None
    residual = np.asarray(shown["residual"])[..., 0] * shown["residual_scale"]
    assert np.abs(residual - (X[1] - drawn[0])[0].numpy()).max() <= 0.51 * shown["residual_scale"]
    (facts,) = widget.generators
    error = float((X[1] - drawn[0]).square().mean().sqrt())
    assert facts["error"] == pytest.approx(error, rel=1e-4)
    assert (facts["name"], facts["kind"], facts["latents"]) == ("VAE", "VAE", 12)
    expected = contrast.error_percentiles(generator, [error], X[1:2])[0]
    assert facts["missed"] == pytest.approx(expected, abs=1e-3)


def test_sliders_move_the_strongest_latents_and_the_scores_follow() -> None:
    generator, model = zoo.generator("digits"), zoo.digits()
    widget = lab(generator, DIGITS, model)
    effects = run(contrast.latent_effects(generator, DIGITS, model))
    assert [d["latent"] for d in widget.directions] == effects.order[:8].tolist()
    at_rest = widget.moved
    assert at_rest is not None and np.allclose(at_rest["before"], at_rest["after"], atol=1e-4)
    films = widget.directions
    widget.offsets = [0, 2.5]
    widget.run().wait(30)
    assert widget.directions is films, "films cross again at every move of a slider"
    z = generator.encode(X[:1])
    latent = effects.order[1]
    moved = z.clone()
    moved[0, latent] += 2.5 * float(effects.deviations[latent])
    picture = X[:1] + (generator.decode(moved) - generator.decode(z)).detach()
    after = np.asarray(widget.moved["after"])
    assert np.allclose(after, model.logits(picture).softmax(1)[0], atol=1e-3)
    assert not np.allclose(after, widget.moved["before"], atol=1e-3)
    widget.residual = False
    widget.run().wait(30)
    assert widget.directions is not films
    alone = model.logits(generator.decode(moved).detach()).softmax(1)[0]
    assert np.allclose(np.asarray(widget.moved["after"]), alone, atol=1e-3)
    # the film is what the sliders do, one at a time
    film = np.asarray(widget.directions[1]["film"])
    assert film.shape == (5, 8, 8, 3) and (film[0] != film[4]).any()


def test_several_generators_stand_beside_each_other() -> None:
    widget = lab({"of three": few(), "vae": zoo.generator("digits")}, X)
    assert widget.names == ["of three", "vae"] and not widget.classes
    errors = [facts["error"] for facts in widget.generators]
    assert errors[0] > errors[1]
    assert len(widget.directions) == 3
    assert widget.directions[0]["raises"] == -1 and widget.directions[0]["divergence"] is None
    widget.offsets = [1.0]
    widget.generator = "vae"
    widget.run().wait(30)
    assert list(widget.offsets) == [] and len(widget.directions) == 8
    assert widget.directions[0]["divergence"] > 0
    assert "contrast.latent_effects(generators['vae'], images).run()" in widget.code
    two = lab([few(), few()], X)
    assert two.names == ["PCA", "PCA 2"]


@pytest.mark.parametrize("model", ["classifier", "module", "none"])
@pytest.mark.parametrize("several", [False, True], ids=["one", "two"])
@pytest.mark.parametrize("given", ["bytes", "floats", "named", "single", "many"])
def test_the_copied_python_finds_the_same_effects(model: str, several: bool, given: str) -> None:
    digits = zoo.digits()
    networks = {"classifier": digits, "module": digits.net, "none": None}
    many = datasets.digits("test").images[:30]
    images = {
        "bytes": DIGITS,
        "floats": X,
        "named": {"a": DIGITS[0], "b": DIGITS[1]},
        "single": DIGITS[0],
        "many": many if model == "classifier" else torch.from_numpy(many)[:, None].float() / 255,
    }[given]
    generators: Any = [few(), zoo.generator("digits")] if several else zoo.generator("digits")
    arguments = {"generators": generators, "images": images, "model": networks[model]}
    settings = {"generator": "VAE"} if several else {}
    widget = lab(*arguments.values(), **settings)
    scope = dict(arguments)
    exec(widget.code, scope)
    shown = [each["pixels"] for each in widget.directions]
    effects: Any = scope["effects"]
    assert shown == pytest.approx(effects.pixels[effects.order[:8]].tolist(), rel=1e-4)


def test_a_picture_that_it_cannot_draw_is_flagged() -> None:
    odd = torch.eye(8)[None].flip(1)
    widget = lab(few(), [X[0], odd], index=1)
    assert widget.generators[0]["missed"] > 0.99
    gan = lab(contrast.GAN((1, 8, 8), 2), X[:1])
    assert gan.generators[0]["missed"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], X), "generators is empty"),
        ((object(), X), "the generator is object"),
        ((few(), []), "the images have 0 shapes"),
        ((few(), [X[0], torch.rand(1, 9, 8)]), "the images have 2 shapes"),
        ((few(), X + 2), "the images go from"),
        ((contrast.VAE((1, 9, 9)), X), r"draws pictures of shape \(1, 9, 9\)"),
        ((contrast.GAN((3, 8, 8)), X), r"draws pictures of shape \(3, 8, 8\)"),
    ],
)
def test_what_cannot_be_looked_at(arguments: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        GeneratorLab(*arguments)


def test_settings_that_are_refused() -> None:
    widget = lab(few(), X)
    for name, value, message in (
        ("generator", "gan", "no generator 'gan'; there are 'PCA'"),
        ("offsets", [0.0] * 9, "offsets has 9 numbers"),
        ("offsets", [5.0], "from -4 to 4"),
        ("index", 3, "there are 3 pictures"),
    ):
        with pytest.raises(t.TraitError, match=message):
            setattr(widget, name, value)
    assert list(widget.offsets) == []


def test_other_weights_are_looked_at_anew() -> None:
    generator = zoo.generator("digits")
    widget = lab(generator, X[:1])
    before = widget.generators[0]["error"]
    with torch.no_grad():
        generator.decoder.grow2.bias += 2
    widget.run().wait(30)
    assert widget.generators[0]["error"] > before


def test_held_the_picture_moves_as_far_as_its_class_lasts() -> None:
    generator, model = zoo.generator("digits"), zoo.digits()
    widget = lab(generator, DIGITS, model, offsets=[4, -4, 4, -4])
    assert widget.moved is not None
    before, after = (np.asarray(widget.moved[name]) for name in ("before", "after"))
    assert before.argmax() != after.argmax() and widget.moved["share"] == 1
    widget.hold = True
    widget.run().wait(30)
    share = widget.moved["share"]
    assert 0 < share < 1
    assert np.asarray(widget.moved["after"]).argmax() == before.argmax()
    effects = run(contrast.latent_effects(generator, DIGITS, model))
    way = torch.zeros(12)
    way[effects.order[:4].tolist()] = torch.tensor([4.0, -4, 4, -4])
    latents, drawn = generator.encode(X[:1]), generator.decode(generator.encode(X[:1]))
    for further, same in ((0.0, True), (1 / 40, False)):
        moved = latents + (share + further) * way * torch.as_tensor(effects.deviations).float()
        picture = (generator.decode(moved) + X[:1] - drawn).detach()
        assert (int(model.logits(picture).argmax()) == before.argmax()) == same
    widget.offsets = [0.5]
    widget.run().wait(30)
    assert widget.moved["share"] == 1, "a short way keeps the class by itself"
    alone = lab(few(), list(X), offsets=[4], hold=True)
    assert alone.moved is not None and alone.moved["share"] == 1, "without a network none is held"
