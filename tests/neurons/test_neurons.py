"""Units, directions, concepts: planted, and found again."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier, Window, adversarial, neurons
from xaiwidgets.errors import InputError

X = torch.rand(12, 3, 16, 16, generator=torch.Generator().manual_seed(9))
RNG = np.random.default_rng(2)


def model() -> Classifier:
    return Classifier(models.small(seed=37))


class Edges(nn.Module):
    """Unit 0 sees a dark left of a bright right, unit 1 a dark top of a bright bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, padding=1, bias=False, padding_mode="replicate")
        with torch.no_grad():
            kernel = torch.tensor([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]])
            self.conv.weight.copy_(torch.stack([kernel, kernel.T])[:, None])
        self.head = nn.Linear(2, 2)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.head(self.conv(pictures).relu().amax((2, 3)))


def edge(column: int, size: int = 8) -> Tensor:
    picture = torch.zeros(1, size, size)
    picture[:, :, column:] = 1
    return picture


# --- which pictures --------------------------------------------------------------------------


def test_top_pictures_are_those_with_the_largest_answer_and_where() -> None:
    net = models.small(seed=37).eval()
    with torch.no_grad():
        maps = net[:6](X)
    found = neurons.activity(model(), "5", X).run()
    np.testing.assert_allclose(found.values, maps.amax((2, 3)).numpy(), atol=1e-5)
    by_hand = maps[:, 3].flatten(1).max(1)
    best = neurons.top(model(), "5", 3, X, count=4).run()
    assert [each.picture for each in best] == by_hand.values.argsort(descending=True)[:4].tolist()
    assert best == found.top(3, 4)
    assert best[0].value == pytest.approx(float(by_hand.values.max()), abs=1e-5)
    row, column = divmod(int(by_hand.indices[best[0].picture]), 8)
    assert best[0].window == Window(2 * row, 2 * column, 2, 2)
    assert repr(found) == "<UnitActivity of 16 units at '5' for 12 pictures>"


def test_the_place_of_an_edge_is_where_it_is() -> None:
    pictures = torch.stack([edge(2), edge(5)])
    for number, at in enumerate((2, 5)):
        (first,) = neurons.top(Classifier(Edges()), "conv", 0, pictures[number : number + 1]).run()
        assert first.value == pytest.approx(3)
        assert first.window.left in (at - 1, at)


def test_a_unit_without_places_has_the_whole_picture() -> None:
    (best, *_) = neurons.top(model(), "8", 0, X).run()
    assert best.window == Window(0, 0, 16, 16)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: neurons.top(model(), "5", 16, X), "unit is 16; layer '5' has units 0 to 15"),
        (lambda: neurons.top(model(), "5", -1, X), "unit is -1"),
        (lambda: neurons.top(model(), "5", 0, X, count=0), "count is 0"),
        (lambda: neurons.activity(model(), "55", X), "layer is '55'"),
    ],
)
def test_bad_units_are_refused_at_once(call, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=words):
        call()


# --- a picture made --------------------------------------------------------------------------


def linear_unit(weights: Tensor) -> Classifier:
    net = nn.Sequential(nn.Flatten(), nn.Linear(weights.numel(), 2))
    with torch.no_grad():
        net[1].weight.copy_(torch.stack([weights.flatten(), -weights.flatten()]))
        net[1].bias.zero_()
    return Classifier(net)


def test_a_linear_unit_is_maximised_by_its_signs_at_the_ends() -> None:
    weights = torch.randn(1, 6, 6, generator=torch.Generator().manual_seed(1))
    found = neurons.maximise(linear_unit(weights), "1", 0, like=torch.zeros(1, 6, 6)).run()
    assert torch.equal(found.image, (weights > 0).float())
    assert found.value == pytest.approx(float(weights.clamp_min(0).sum()), rel=1e-5)
    assert found.before < found.value
    assert found.predicted == 0
    assert len(found.path) == 65
    opposite = neurons.maximise(linear_unit(weights), "1", 1, like=torch.zeros(1, 6, 6)).run()
    assert torch.equal(opposite.image, 1 - found.image)


def test_pixels_are_those_that_the_preprocessing_makes() -> None:
    def preprocess(image: object) -> Tensor:
        grey = torch.from_numpy(np.asarray(image.convert("L"), np.float32) / 255)  # type: ignore[attr-defined]
        return (grey[None] - 0.5) / 0.25

    weights = torch.ones(1, 4, 4)
    weights[0, 0, 0] = -1
    net = Classifier(linear_unit(weights).net, preprocess=preprocess)
    found = neurons.maximise(net, "1", 0, like=torch.zeros(1, 4, 4)).run()
    assert torch.equal(found.image.unique(), torch.tensor([-2.0, 2.0]))
    assert found.value == pytest.approx(2 * 16)


def test_an_edge_detector_is_maximised_by_edges_of_its_direction() -> None:
    network = Classifier(Edges())
    found = neurons.maximise(network, "conv", 0, like=torch.zeros(1, 8, 8), seed=3).run()
    across = found.image.diff(dim=2).abs().mean()
    down = found.image.diff(dim=1).abs().mean()
    assert found.value > found.before
    assert across > 2 * down


def test_a_generator_draws_and_its_latents_stay_where_pictures_lie() -> None:
    class Blend(nn.Module):
        """Two pictures; the latents say how much of each."""

        def __init__(self) -> None:
            super().__init__()
            self.drop = nn.Dropout(0.5)
            self.register_buffer("parts", torch.stack([torch.eye(4), 1 - torch.eye(4)]))

        def encode(self, images: Tensor) -> Tensor:
            return torch.zeros(len(images), 2)

        def decode(self, latents: Tensor) -> Tensor:
            return torch.einsum("bk,khw->bhw", self.drop(latents), self.parts)[:, None]

    generator = Blend().train()
    weights = torch.eye(4)[None] - 0.1
    found = neurons.maximise(
        linear_unit(weights),
        "1",
        0,
        generator,
        like=torch.zeros(1, 4, 4),
        judge=linear_unit(-weights),
    ).run()
    assert found.latent is not None
    assert float(found.latent.norm()) == pytest.approx(2**0.5, abs=1e-4)
    # The first part is worth 3.6, the second -1.2: the way up is along (3, -1).
    assert float(found.latent[0] / found.latent[1]) == pytest.approx(-3, rel=0.05)
    assert generator.training and generator.drop.training
    assert (found.predicted, found.judged) == (0, 1)
    assert "the judge does not" in repr(found)
    drawn = generator.eval().decode(found.latent[None])[0]
    assert torch.allclose(found.image, drawn, atol=1e-6)


def test_a_silent_unit_is_said_and_the_network_is_left_as_it_was() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 2))
    with torch.no_grad():
        net[1].bias.fill_(-100)
    net.train()
    with pytest.raises(InputError, match="it may be silent"):
        neurons.maximise(Classifier(net), "2", 0, like=torch.zeros(1, 2, 2)).run()
    assert net.training and not net[2]._forward_hooks
    # Its answer before the relu is not.
    assert neurons.maximise(Classifier(net), "1", 0, like=torch.zeros(1, 2, 2)).run().value < 0


def test_maximising_needs_a_size_a_unit_and_steps() -> None:
    with pytest.raises(InputError, match="no size is known"):
        neurons.maximise(model(), "0", 0)
    for options, words in (({"steps": 0}, "steps is 0"), ({"seed": -1}, "seed is -1")):
        with pytest.raises(InputError, match=words):
            neurons.maximise(model(), "0", 0, like=X[0], **options)
    with pytest.raises(InputError, match="unit is 99"):
        neurons.maximise(model(), "0", 99, like=X[0])


# --- without it ------------------------------------------------------------------------------


def test_a_silenced_unit_answers_nothing_and_the_network_does_not_know() -> None:
    network = model()
    quiet = neurons.silenced(network, "4", [2, 5], X[0])
    net = models.small(seed=37).eval()
    with torch.no_grad():
        maps = net[:5](X)
        maps[:, [2, 5]] = 0
        by_hand = net[5:](maps)
        before = net(X)
    torch.testing.assert_close(quiet.logits(X), by_hand, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(network.logits(X), before, atol=1e-5, rtol=1e-5)
    assert quiet.classes == network.classes
    assert quiet.name == "f_silenced"


def test_silencing_names_what_is_not_there() -> None:
    for units, words in (([], "units is empty"), ([16], "unit is 16"), ("a", "unit is 'a'")):
        with pytest.raises(InputError, match=words):
            neurons.silenced(model(), "4", units, X[0])
    with pytest.raises(InputError, match="layer is 'x'"):
        neurons.silenced(model(), "x", 0, X[0])


# --- what passes through a unit ---------------------------------------------------------------


def test_a_profile_is_the_mean_conductance_by_predicted_class() -> None:
    from xaiwidgets import reliability

    found = neurons.profile(model(), "5", X).run()
    plain = reliability.conductance(model(), X, "5")
    np.testing.assert_allclose(found.values, plain["5"], atol=1e-6)
    np.testing.assert_array_equal(found.predicted, plain.targets)
    assert repr(found) == "<UnitProfiles of 16 units at '5' for 12 pictures>"
    by_class = found.of(3)
    assert set(by_class) == set(plain.targets.tolist())
    for target, estimate in by_class.items():
        values = plain["5"][plain.targets == target, 3]
        assert estimate.value == pytest.approx(values.mean(), abs=1e-5)


def test_the_units_of_some_pictures_are_those_of_the_highest_mean() -> None:
    profiles = neurons.UnitProfiles(
        np.array([[1, 5, 0], [3, 1, 0], [0, 9, 1], [0, 9, 2]], np.float32), np.zeros(4, int), "a"
    )
    best, second = profiles.specific([0, 1], 2)
    assert (best.unit, best.inside.value, best.outside.value) == (1, 3, 9)  # type: ignore[union-attr]
    assert (second.unit, second.inside.value, second.outside.value) == (0, 2, 0)  # type: ignore[union-attr]
    assert profiles.specific([0, 1, 2, 3], 1)[0].outside is None
    mask = [True, False, False, False]
    for rows, words in (
        ([], "rows is"), ([4], "give some of 0 to 3"), ([-1], "rows is"),
        (mask, "rows is"), (np.array(mask), "rows is"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=words):
            profiles.specific(rows)
    with pytest.raises(InputError, match="unit is 3"):
        profiles.of(3)
    with pytest.raises(InputError, match="layer is '55'"):
        neurons.profile(model(), "55", X)


def test_units_are_silenced_in_a_copy_that_shares_a_lock() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    net.lock = threading.Lock()
    model, picture = Classifier(net), torch.ones(1, 2, 2)
    assert neurons.silenced(model, "1", torch.tensor(0), picture).logits(picture[None])[0, 0] == 0


@torch.inference_mode()
def test_gradients_are_taken_although_the_caller_is_in_inference_mode() -> None:
    model = Classifier(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 2)))
    pictures = torch.rand(12, 1, 8, 8)
    assert neurons.maximise(model, "0", 0, like=pictures[0], steps=2).run().value is not None
    neurons.concept(model, "0", pictures[:6], pictures[6:], 0, pictures, controls=2).run()
    adversarial.attack(model, pictures[:2], steps=2).run()
    adversarial.universal(model, pictures, steps=2).run()
