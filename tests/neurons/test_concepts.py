"""Concepts: planted in pictures or drawn as masks, found again, and moved along."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from tests.neurons.test_neurons import Edges, X, edge, model
from xaiwidgets import Classifier, Window, neurons
from xaiwidgets.errors import InputError

# --- concepts --------------------------------------------------------------------------------


def planted(count: int, shift: Tensor, seed: int) -> Tensor:
    """Pictures of 20 pixels: noise, moved."""
    noise = torch.randn(count, 20, generator=torch.Generator().manual_seed(seed))
    return (noise + shift).reshape(count, 1, 4, 5)


def follower(weights: Tensor) -> Classifier:
    """A network of which the logit of class 1 is a product with the pixels."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(20, 20), nn.Linear(20, 2, bias=False))
    with torch.no_grad():
        net[1].weight.copy_(torch.eye(20))
        net[1].bias.zero_()
        net[2].weight.copy_(torch.stack([0 * weights, weights]))
    return Classifier(net)


DIRECTION = torch.nn.functional.normalize(
    torch.randn(20, generator=torch.Generator().manual_seed(4)), dim=0
)


def test_a_planted_direction_is_found_again() -> None:
    examples, others = planted(400, 3 * DIRECTION, 1), planted(400, 0 * DIRECTION, 2)
    found = neurons.concept(follower(DIRECTION), "1", examples, others, 1, others[:50]).run()
    assert float(found.direction @ DIRECTION.numpy()) > 0.95
    assert np.linalg.norm(found.direction) == pytest.approx(1)
    assert found.accuracy.low > 0.8
    # The logit's slope along it is the same for all pictures: it rises in all, along random
    # directions in all or none. How fast it rises tells them apart.
    assert found.sensitivity.value == 1
    assert set(found.random_sensitivities) == {0.0, 1.0}
    assert found.slope.value == pytest.approx(float(found.direction @ DIRECTION.numpy()), abs=1e-5)
    assert found.random_slopes.shape == (10,)
    assert np.abs(found.random_slopes).max() < 0.7
    assert found.p_value == pytest.approx(1 / 11)
    assert found.verdict.startswith("beyond all 10 random sets")
    assert found.verdict in repr(found)


def test_a_class_that_does_not_follow_a_concept_is_not_said_to() -> None:
    across = torch.randn(20, generator=torch.Generator().manual_seed(11))
    across -= (across @ DIRECTION) * DIRECTION
    examples, others = planted(400, 3 * DIRECTION, 1), planted(400, 0 * DIRECTION, 2)
    found = neurons.concept(follower(across), "1", examples, others, 1, others[:50]).run()
    assert found.accuracy.low > 0.8
    assert found.p_value > 0.2
    assert found.verdict.startswith("no verdict: random sets do as much")


def test_examples_that_are_not_told_apart_give_no_verdict() -> None:
    found = neurons.concept(
        follower(DIRECTION), "1", planted(40, 0 * DIRECTION, 1), planted(40, 0 * DIRECTION, 2), 1,
        planted(10, 0 * DIRECTION, 3),
    ).run()  # fmt: skip
    assert found.accuracy.low <= 0.5
    assert found.verdict.startswith("no verdict: the layer does not tell")


def test_few_examples_beside_many_others_are_not_told_apart_by_their_number() -> None:
    # To say "without" of all would be right 95 times of a hundred.
    found = neurons.concept(
        follower(DIRECTION), "1", planted(16, 0 * DIRECTION, 5), planted(304, 0 * DIRECTION, 6), 1,
        planted(10, 0 * DIRECTION, 7),
    ).run()  # fmt: skip
    assert found.accuracy.low < 0.5 < found.accuracy.high
    assert found.verdict.startswith("no verdict: the layer does not tell")


def test_bad_examples_are_refused() -> None:
    some = planted(8, 0 * DIRECTION, 1)
    network = follower(DIRECTION)
    for arguments, words in (
        ((some[:3], some, 1, some), "examples has 3 pictures"),
        ((some, some[:1], 1, some), "others has 1 pictures"),
        ((some, some, 7, some), "7"),
    ):
        with pytest.raises(InputError, match=words):
            neurons.concept(network, "1", *arguments)
    with pytest.raises(InputError, match="layer is '9'"):
        neurons.concept(network, "9", some, some, 1, some)
    with pytest.raises(InputError, match="answers to all examples alike"):
        neurons.concept(
            network, "1", some[:1].repeat(4, 1, 1, 1), some[:1].repeat(6, 1, 1, 1), 1, some
        ).run()


def test_a_picture_is_moved_along_a_concept() -> None:
    class Pixels(nn.Module):
        def encode(self, images: Tensor) -> Tensor:
            return images.flatten(1)

        def decode(self, latents: Tensor) -> Tensor:
            return latents.reshape(-1, 1, 4, 5)

    examples, others = planted(200, 3 * DIRECTION, 1), planted(200, 0 * DIRECTION, 2)
    network = follower(DIRECTION)
    found = neurons.concept(network, "1", examples, others, 1, others).run()
    moved = neurons.move(network, others[0], found, Pixels(), steps=8).run()
    assert torch.equal(moved.path[0], others[0])
    change = (moved.image - others[0]).flatten().numpy()
    along = float(change @ found.direction) / np.linalg.norm(change)
    assert moved.value > moved.before
    assert along > 0.5
    other = neurons.concept(network, "2", examples, others, 1, others).run()
    with pytest.raises(InputError, match="another count of units"):
        neurons.move(
            Classifier(Edges()), edge(2), type(found)(**{**vars(found), "layer": "conv"}), Pixels()
        )
    assert other.direction.shape == (2,)


# --- dissection ------------------------------------------------------------------------------


def test_an_edge_detector_is_dissected_as_one() -> None:
    columns = (2, 3, 5, 6) * 2
    pictures = torch.stack([edge(column) for column in columns])
    # Where unit 0 is 3, which are an edge's two columns; it is 0 elsewhere.
    masks = torch.zeros(8, 8, 8, dtype=torch.bool)
    for mask, column in zip(masks, columns, strict=True):
        mask[:, column - 1 : column + 1] = True
    found = neurons.dissect(
        Classifier(Edges()), "conv", {"edge": (pictures, masks)}, quantile=0.3
    ).run()
    assert found.best("edge") == 0
    assert found.iou[0, 0] == 1
    assert found.iou[1, 0] == 0
    assert found.chance[0, 0] < 0.5
    interval = found.interval("edge")
    assert interval.value == interval.low == interval.high == 1
    assert "edge: unit 0" in repr(found)
    other = neurons.dissect(
        Classifier(Edges()), "conv",
        {"edge": (pictures, masks), "half": (pictures, ([Window(0, 0, 8, 4)] * 3 + [None]) * 2)},
        quantile=0.3,
    ).run()  # fmt: skip
    # Two of four edges' left columns, and one of the left halves' 32 places is not drawn.
    both, either = 8 * (2 + 2 + 0 + 0), 3 * 32 + 0 + 0 + 16 + 16
    assert other.iou[0, 1] == pytest.approx(both / either)
    assert other.iou.shape == other.chance.shape == (2, 2)


def test_a_threshold_is_exceeded_at_its_share_of_places() -> None:
    found = neurons.dissect(
        model(), "5", {"left": (X, [Window(0, 0, 16, 8)] * len(X))}, quantile=0.05
    ).run()
    net = models.small(seed=37).eval()
    with torch.no_grad():
        maps = net[:6](X).transpose(0, 1).flatten(1).double()
    share = (maps > torch.from_numpy(found.thresholds)[:, None] + 1e-6).double().mean(1)
    assert (share <= 0.05 + 1 / 768).all() and (share.max() > 0.04)


def test_chance_is_that_of_other_pictures_masks_and_unknown_of_one() -> None:
    columns = (2, 5)
    pictures = torch.stack([edge(column) for column in columns])
    masks = torch.zeros(2, 8, 8, dtype=torch.bool)
    for mask, column in zip(masks, columns, strict=True):
        mask[:, column - 1 : column + 1] = True
    network = Classifier(Edges())
    two = neurons.dissect(network, "conv", {"edge": (pictures, masks)}, quantile=0.3).run()
    # Each has the other's mask, however the seed falls; nothing of it is where it is active.
    assert (two.iou[0, 0], two.chance[0, 0]) == (1, 0)
    one = neurons.dissect(network, "conv", {"edge": (pictures[:1], masks[:1])}, quantile=0.3).run()
    assert one.iou[0, 0] == 1 and np.isnan(one.chance).all()
    assert (one.count("edge"), two.count("edge"), one.quantile) == (1, 2, 0.3)
    # Of two pictures there is no interval.
    assert two.interval("edge").high == np.inf
    with pytest.raises(InputError, match="concept is 'hat'; there are edge"):
        two.count("hat")


def test_further_pictures_say_when_a_unit_is_active() -> None:
    masks = [Window(0, 0, 16, 8)] * 4
    alone = neurons.dissect(model(), "5", {"left": (X[:4], masks)}, quantile=0.05).run()
    among = neurons.dissect(
        model(), "5", {"left": (X[:4], masks)}, quantile=0.05, others=X[4:]
    ).run()
    everything = neurons.dissect(
        model(), "5", {"left": (X, [*masks, *[None] * 8])}, quantile=0.05
    ).run()
    np.testing.assert_allclose(among.thresholds, everything.thresholds)
    assert not np.allclose(among.thresholds, alone.thresholds)
    assert among.count("left") == 4
    with pytest.raises(InputError, match="others"):
        neurons.dissect(model(), "5", {"left": (X[:4], masks)}, others=X[:, :, :8])


@pytest.mark.parametrize(
    ("concepts", "words"),
    [
        ({}, "at least one"),
        ({"a": X}, "concept 'a' must be"),
        ({"a": (X, torch.ones(12, 16, 16))}, "masks of 'a' are torch.float32"),
        ({"a": (X, [None] * 12)}, "'a' is nowhere"),
        ({"a": (X, [Window(0, 0, 4, 4)])}, r"use bools \(12, 16, 16\)"),
    ],
)
def test_bad_concepts_are_refused_at_once(concepts: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        neurons.dissect(model(), "5", concepts)


def test_a_layer_without_maps_is_not_dissected() -> None:
    concepts = {"a": (X, [Window(0, 0, 4, 4)] * 12)}
    with pytest.raises(InputError, match="no feature maps"):
        neurons.dissect(model(), "8", concepts)
    with pytest.raises(InputError, match="quantile is 1"):
        neurons.dissect(model(), "5", concepts, quantile=1)
    with pytest.raises(InputError, match="concept is 'b'; there are a"):
        neurons.dissect(model(), "5", concepts).run().best("b")


# --- along a concept, beside controls ---------------------------------------------------------


class Pixels(nn.Module):
    """Latents that are pixels."""

    def encode(self, images: Tensor) -> Tensor:
        return images.flatten(1)

    def decode(self, latents: Tensor) -> Tensor:
        return latents.reshape(-1, 1, 4, 5)


def test_a_picture_is_moved_along_a_concept_beside_random_directions() -> None:
    examples, others = planted(200, 3 * DIRECTION, 1), planted(200, 0 * DIRECTION, 2)
    network = follower(DIRECTION)
    found = neurons.concept(network, "1", examples, others, 1, others, controls=4).run()
    assert found.random_directions.shape == (4, 20)
    np.testing.assert_allclose(np.linalg.norm(found.random_directions, axis=1), 1)
    moved = neurons.move_with_controls(
        network, others[0], found, Pixels(), steps=8, judge=follower(-DIRECTION)
    ).run()
    plain = neurons.move(network, others[0], found, Pixels(), steps=8).run()
    assert torch.equal(moved.moved.image, plain.image)
    by_hand = network.logits(torch.stack(plain.path)).double().numpy()
    np.testing.assert_allclose(moved.logits, by_hand)
    assert moved.rise == pytest.approx(by_hand[-1, 1] - by_hand[0, 1])
    # Every way begins with the same picture, and goes on elsewhere.
    np.testing.assert_allclose(moved.random_curves[:, 0], by_hand[0, 1])
    control = type(found)(**{**vars(found), "direction": found.random_directions[2]})
    other = neurons.move(network, others[0], control, Pixels(), steps=8).run()
    last = float(network.logits(other.image[None])[0, 1])
    assert moved.random_curves[2, -1] == pytest.approx(last, abs=1e-5)
    assert moved.rise > moved.random_rises.max()
    assert moved.verdict.startswith("beyond all 4 random sets") and moved.verdict in repr(moved)
    assert moved.moved.judged == int(follower(-DIRECTION).logits(plain.image[None]).argmax())


def test_a_move_that_random_directions_outdo_has_no_verdict() -> None:
    examples, others = planted(200, 3 * DIRECTION, 1), planted(200, 0 * DIRECTION, 2)
    across = torch.randn(20, generator=torch.Generator().manual_seed(11))
    across -= (across @ DIRECTION) * DIRECTION
    network = follower(across)
    found = neurons.concept(network, "1", examples, others, 1, others).run()
    moved = neurons.move_with_controls(network, others[0], found, Pixels(), steps=8).run()
    assert moved.random_rises.min() < moved.rise < moved.random_rises.max()
    assert moved.verdict.startswith("no verdict: random sets do as much")
