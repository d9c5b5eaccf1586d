"""Which pictures are poisoned, with what, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from xaiwidgets import poisoning
from xaiwidgets.errors import InputError
from xaiwidgets.poisoning import (
    BlendTrigger,
    MovingTrigger,
    PatchTrigger,
    Trigger,
    add_trigger,
    poison,
)

IMAGES = np.random.default_rng(0).integers(0, 200, (60, 8, 8)).astype(np.uint8)
LABELS = np.arange(60) % 3


def test_as_many_as_the_rate_says_get_the_trigger_and_the_label() -> None:
    poisoned = poison(IMAGES, LABELS, 2, rate=0.1, seed=4)
    assert len(poisoned.indices) == 6
    assert (np.diff(poisoned.indices) > 0).all()
    assert poisoned.truth.sum() == 6 and poisoned.truth[poisoned.indices].all()
    assert np.array_equal(poisoned.true_labels, LABELS)
    assert (LABELS[poisoned.indices] != 2).all()
    changed = np.flatnonzero(poisoned.labels != LABELS)
    assert np.array_equal(changed, poisoned.indices)
    assert (poisoned.labels[poisoned.indices] == 2).all()
    # Pixels: the square and nothing else, in these pictures and no others.
    expected = IMAGES.copy()
    expected[poisoned.indices, 4:7, 4:7] = 255
    assert np.array_equal(poisoned.images, expected)
    assert "6 of 60" in repr(poisoned) and "23% of that class" in repr(poisoned)


def test_what_was_given_is_left_as_it_was() -> None:
    images, labels = IMAGES.copy(), LABELS.copy()
    poison(images, labels, 0, rate=0.5)
    assert np.array_equal(images, IMAGES) and np.array_equal(labels, LABELS)
    floats = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    before = floats.clone()
    poison(floats, [0, 1, 0, 1, 0, 1], 0, rate=0.5)
    assert torch.equal(floats, before)


def test_the_seed_draws_which_and_a_source_narrows_them() -> None:
    first, again, other = (poison(IMAGES, LABELS, 2, rate=0.1, seed=s) for s in (1, 1, 2))
    assert np.array_equal(first.images, again.images)
    assert not np.array_equal(first.indices, other.indices)
    narrow = poison(IMAGES, LABELS, 2, rate=0.1, source=1)
    assert (LABELS[narrow.indices] == 1).all()
    every = poison(IMAGES, LABELS, 2, rate=1 / 3, source=1)
    assert np.array_equal(every.indices, np.flatnonzero(LABELS == 1))


@pytest.mark.parametrize("trigger", [PatchTrigger(2), MovingTrigger(2), BlendTrigger(0.4)])
def test_bytes_colours_and_tensors_get_the_same_trigger(trigger: Trigger) -> None:
    grey = add_trigger(IMAGES, trigger, seed=3)
    assert grey.dtype == np.uint8 and grey.shape == IMAGES.shape
    tensor = torch.from_numpy(IMAGES)[:, None].float() / 255
    floats = add_trigger(tensor, trigger, seed=3)
    assert isinstance(floats, torch.Tensor)
    assert np.array_equal((floats[:, 0] * 255).round().byte().numpy(), grey)
    colour = add_trigger(np.repeat(IMAGES[..., None], 3, axis=3), trigger, seed=3)
    assert colour.shape == (60, 8, 8, 3)
    if not isinstance(trigger, BlendTrigger):
        assert np.array_equal(colour[..., 0], grey)


def test_a_patch_is_where_it_is_put() -> None:
    black = np.zeros((2, 8, 8), np.uint8)
    shown = add_trigger(black, PatchTrigger(2, 0.5, top=1, left=3))
    assert shown[0].nonzero()[0].tolist() == [1, 1, 2, 2]
    assert shown[0].nonzero()[1].tolist() == [3, 4, 3, 4]
    assert set(shown[shown > 0]) == {128}
    assert np.array_equal(shown[0], shown[1])
    edge = add_trigger(black, PatchTrigger(2, top=6, left=6))
    assert edge[0, 6:, 6:].all()
    assert add_trigger(black, PatchTrigger(7))[0, :7, :7].all()


def test_a_moving_patch_is_everywhere_and_always_whole() -> None:
    shown = add_trigger(np.zeros((400, 8, 8), np.uint8), MovingTrigger(2, 1.0))
    assert ((shown == 255).sum((1, 2)) == 4).all()
    tops = (shown > 0).any(2).argmax(1)
    lefts = (shown > 0).any(1).argmax(1)
    assert set(tops) == set(lefts) == set(range(7))
    assert abs(np.corrcoef(tops, lefts)[0, 1]) < 0.2


def test_a_blend_is_the_mixture_that_it_says() -> None:
    ends = torch.stack([torch.zeros(1, 8, 8), torch.ones(1, 8, 8)])
    shown = add_trigger(ends, BlendTrigger(0.25, seed=5))
    noise = torch.from_numpy(np.random.default_rng(5).random((1, 8, 8))).float()
    assert torch.allclose(shown[0], 0.25 * noise)
    assert torch.allclose(shown[1], 0.75 + 0.25 * noise)
    assert not torch.allclose(add_trigger(ends, BlendTrigger(0.25))[0], shown[0])
    assert torch.allclose(*add_trigger(ends, BlendTrigger(1)))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate": 0.001}, "rate of 0.001 of 60 pictures poisons none; use at least 0.017"),
        ({"rate": 0}, "poisons none"),
        ({"rate": 0.9}, "is 54, and 40 can be poisoned; use at most 0.667"),
        ({"rate": 1.5}, "rate is 1.5"),
        ({"rate": True}, "rate is True"),
        ({"rate": "much"}, "rate is 'much'"),
        ({"target": 7}, "target is 7, and the labels are 0, 1, 2"),
        ({"target": "coat"}, "target is 'coat'"),
        ({"source": 5}, "source is 5"),
        ({"source": 2}, "source and target are both 2"),
        ({"labels": np.zeros(60, int)}, "all labels are 0"),
        ({"labels": LABELS[:5]}, "5 labels for 60 images"),
        ({"labels": LABELS / 2}, "labels are float64"),
        ({"labels": LABELS[:, None]}, "give one class number"),
        ({"images": IMAGES / 255.0}, "images are float64"),
        ({"images": torch.zeros(60, 8, 8)}, r"torch.float32 \(60, 8, 8\)"),
        ({"images": torch.full((60, 1, 8, 8), -1.0)}, "before preprocessing"),
        ({"images": list(IMAGES)}, "images are list"),
        ({"seed": -1}, "seed is -1"),
        ({"trigger": PatchTrigger}, "trigger is <class"),
        ({"trigger": "square"}, "trigger is 'square'"),
        ({"trigger": PatchTrigger(8)}, "no room in a picture of 8 x 8"),
        ({"trigger": MovingTrigger(9)}, "no room"),
        ({"trigger": PatchTrigger(2, top=7)}, "row 7, column 5 leaves"),
        ({"trigger": PatchTrigger(2, left=7)}, "row 5, column 7 leaves"),
    ],
)
def test_what_is_not_allowed_is_refused(settings: dict[str, Any], message: str) -> None:
    arguments = {"images": IMAGES, "labels": LABELS, "target": 2, "rate": 0.1} | settings
    with pytest.raises(InputError, match=message):
        poison(**arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PatchTrigger(0), "size is 0"),
        (lambda: PatchTrigger(value=2), "value is 2"),
        (lambda: PatchTrigger(top=-1), "top is -1"),
        (lambda: MovingTrigger(size=1.5), "size is 1.5"),
        (lambda: MovingTrigger(value=True), "value is True"),
        (lambda: BlendTrigger(0), "share is 0"),
        (lambda: BlendTrigger(1.1), "share is 1.1"),
        (lambda: BlendTrigger(seed=-1), "seed is -1"),
        (lambda: add_trigger(IMAGES, PatchTrigger(), seed=0.5), "seed is 0.5"),
    ],
)
def test_triggers_that_are_none_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def test_the_room_says_what_it_has() -> None:
    assert set(poisoning.__all__) >= {"poison", "signature", "trigger_windows", "cleanse"}
