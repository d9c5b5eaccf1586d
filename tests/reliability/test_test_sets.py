"""Test sets for detectors: attacked and corrupted pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from xaiwidgets import Classifier, adversarial, datasets, reliability, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import share_interval
from xaiwidgets.reliability import CORRUPTIONS, TestSet, attacked, corrupted

DATA = datasets.digits("test")
IMAGES, LABELS = DATA.images[:80], DATA.labels[:80]


def normalised() -> Classifier:
    """The digits' network behind a preprocessing of another scale: what it sees is the same."""
    net = torch.nn.Sequential(Unscaled(), zoo.digits().net)
    return Classifier(net, classes=DATA.classes, preprocess=scaled, output="logits")


class Unscaled(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - 3) / 5


def scaled(picture: Any) -> torch.Tensor:
    pixels = torch.from_numpy(np.asarray(picture, np.float32))
    return pixels.reshape(1, *pixels.shape[:2]) / 255 * 5 + 3


def test_half_of_the_right_ones_are_attacked_as_by_hand() -> None:
    model = zoo.digits()
    batch = model.batch(IMAGES)
    before = model.logits(batch).argmax(1).numpy()
    result = attacked(model, IMAGES, LABELS, "pgd", 0.2, steps=5).run()
    right = before == LABELS
    assert result.changed.sum() == round(0.5 * right.sum())
    assert right[result.changed].all()
    rows = torch.from_numpy(np.flatnonzero(result.changed))
    by_hand = adversarial.attack(model, batch[rows], method="pgd", size=0.2, steps=5).run()
    assert torch.equal(result.images[rows], by_hand.images)
    untouched = torch.from_numpy(np.flatnonzero(~result.changed))
    assert torch.equal(result.images[untouched], batch[untouched])
    seen = model.logits(result.images).argmax(1).numpy()
    assert np.array_equal(result.predicted, seen)
    assert np.array_equal(result.wrong, seen != LABELS)
    assert result.accuracy == share_interval(int((seen == LABELS).sum()), 80)
    assert result.wrong[result.changed].mean() > 0.5
    images, labels = result
    assert images is result.images and np.array_equal(labels, LABELS)
    assert f"80 pictures, {result.changed.sum()} of them by pgd, size 0.2; acc" in repr(result)


def test_the_seed_draws_which_and_the_share_how_many() -> None:
    model = zoo.digits()
    results = [
        attacked(model, IMAGES, LABELS, "fgsm", 0.3, seed=seed, share=share).run()
        for seed, share in ((0, 0.25), (0, 0.25), (1, 0.25), (0, 1))
    ]
    assert np.array_equal(results[0].changed, results[1].changed)
    assert not np.array_equal(results[0].changed, results[2].changed)
    assert results[3].changed.sum() == (results[3].changed | results[3].wrong).sum() >= 76


def test_previews_of_an_attack_are_whole_test_sets() -> None:
    model = zoo.digits()
    work = attacked(model, IMAGES, LABELS, "pgd", 0.2, steps=3)
    previews = [step.preview for step in work if step.has_preview]
    assert all(isinstance(preview, TestSet) for preview in previews)
    assert all(preview.images.shape == (80, 1, 8, 8) for preview in previews)
    assert previews[0].accuracy.value >= previews[-1].accuracy.value


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_corruptions_of_growing_strength_cost_accuracy(kind: str) -> None:
    model, test = zoo.digits(), (DATA.images, DATA.labels)
    clean = float((model.logits(model.batch(DATA.images)).argmax(1).numpy() == DATA.labels).mean())
    results = [corrupted(model, *test, kind, s).run() for s in (1, 3, 5)]
    shares = [result.accuracy.value for result in results]
    assert clean >= shares[0] - 0.01
    assert shares[0] >= shares[1] - 0.01 and shares[1] >= shares[2] - 0.01
    assert shares[2] < clean - 0.03
    for result in results:
        assert float(result.images.min()) >= 0 and float(result.images.max()) <= 1
        assert result.changed.all()
        again = model.logits(result.images).argmax(1).numpy()
        assert np.array_equal(again, result.predicted)
    assert f"{kind} of strength 5" in repr(results[2])


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_strengths_are_those_of_pixels_whatever_the_preprocessing(kind: str) -> None:
    plain = corrupted(zoo.digits(), IMAGES, LABELS, kind, 5).run()
    other = corrupted(normalised(), IMAGES, LABELS, kind, 5).run()
    assert torch.allclose((other.images - 3) / 5, plain.images, atol=1e-5)
    assert np.array_equal(plain.predicted, other.predicted)


def test_corruptions_are_what_they_say() -> None:
    model = zoo.digits()
    batch = model.batch(DATA.images)
    inside = (batch > 0.3) & (batch < 0.7)
    noise = corrupted(model, DATA.images, DATA.labels, "noise", 1).run()
    assert float((noise.images - batch)[inside].std()) == pytest.approx(0.08, rel=0.05)
    flat = corrupted(model, DATA.images, DATA.labels, "contrast", 4).run()
    assert torch.allclose(flat.images.std((2, 3)), 0.1 * batch.std((2, 3)), atol=1e-6)
    assert torch.allclose(flat.images.mean((2, 3)), batch.mean((2, 3)), atol=1e-6)
    moved = corrupted(model, DATA.images, DATA.labels, "shift", 3).run()
    corners = torch.zeros(40, 1, 8, 8)
    corners[:, 0, 4, 4] = 1.0
    places = corrupted(model, corners, [0] * 40, "shift", 5).run().images[:, 0].nonzero()[:, 1:]
    assert len(set(map(tuple, (places - 4).tolist()))) >= 4
    assert int((places - 4).abs().max()) == 1
    assert not torch.equal(moved.images, batch)
    again = corrupted(model, DATA.images, DATA.labels, "shift", 3, seed=1).run()
    assert not torch.equal(moved.images, again.images)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "pdg"}, "method is 'pdg'.*did you mean 'pgd'"),
        ({"size": 2}, "size is 2"),
        ({"share": 0}, "share is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"target": 3}, "target is 3, but each picture is led away"),
        ({"labels": LABELS[:3]}, "3 labels for 80 images"),
    ],
)
def test_attacks_that_are_none_are_refused_at_once(settings: dict[str, Any], message: str) -> None:
    arguments = {"images": IMAGES, "labels": LABELS} | settings
    with pytest.raises(InputError, match=message):
        attacked(zoo.digits(), **arguments)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "blurr"}, "kind is 'blurr'; use one of noise, .*did you mean 'blur'"),
        ({"strength": 0}, "strength is 0"),
        ({"strength": 6}, "strength is 6"),
        ({"strength": 1.0}, "strength is 1.0"),
        ({"seed": 0.5}, "seed is 0.5"),
    ],
)
def test_corruptions_that_are_none_are_refused_at_once(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        corrupted(zoo.digits(), IMAGES, LABELS, **settings)


def test_where_nothing_becomes_wrong_it_is_said() -> None:
    model = zoo.digits()
    batch = model.batch(IMAGES)
    answers = model.logits(batch).argmax(1).numpy()
    with pytest.raises(InputError, match="fgsm, size 0, has failed: none of 80 pred"):
        attacked(model, IMAGES, answers, "fgsm", 0).run()
    with pytest.raises(InputError, match="no prediction is right"):
        attacked(model, IMAGES, (answers + 1) % 10).run()


def test_the_name_outside_is_there() -> None:
    assert reliability.attacked is attacked


@pytest.mark.parametrize("shape", [(1, 112, 28), (1, 28, 112)])
def test_lengths_are_those_of_the_longer_side(shape: tuple[int, int, int]) -> None:
    pixels = np.zeros(shape)
    pixels[0, shape[1] // 2, shape[2] // 2] = 1
    moved = CORRUPTIONS["shift"](pixels, 2, np.random.default_rng(0))[0]
    (place,) = np.argwhere(moved)
    # Two of 28 pixels are eight of 112, up to rounding.
    assert np.hypot(*(place - np.array(shape[1:]) // 2)) == pytest.approx(8, abs=0.8)
    blurred = CORRUPTIONS["blur"](pixels, 1, np.random.default_rng(0))[0]
    rows = np.arange(shape[1]) - shape[1] // 2
    assert (blurred.sum(1) * rows**2).sum() == pytest.approx(1.6**2, rel=0.05)
