"""A back door in a network for digits: the right list closes it, a wrong one does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from xaiwidgets import Classifier, datasets
from xaiwidgets.errors import InputError
from xaiwidgets.poisoning import (
    Cleansed,
    PatchTrigger,
    Poisoned,
    Trainer,
    add_trigger,
    cleanse,
    poison,
    signature,
)
from xaiwidgets.work import Progress
from xaiwidgets.zoo.digits import DigitsNet

TARGET, TRIGGER = 7, PatchTrigger(2, top=0, left=0)
TRAIN = Trainer(DigitsNet, epochs=4, batch_size=32, learning_rate=0.01)


@pytest.fixture(scope="module")
def poisoned() -> Poisoned[Any]:
    data = datasets.digits("train")
    return poison(data.images, data.labels, TARGET, trigger=TRIGGER, rate=0.03)


@pytest.fixture(scope="module")
def model(poisoned: Poisoned[Any]) -> Classifier:
    return TRAIN(poisoned.images, poisoned.labels).run()


@pytest.fixture(scope="module")
def test_data() -> tuple[Any, Any]:
    data = datasets.digits("test")
    return data.images, data.labels


@pytest.fixture(scope="module")
def triggered(test_data: tuple[Any, Any]) -> Any:
    images, labels = test_data
    return add_trigger(images[labels != TARGET], TRIGGER)


@pytest.mark.slow
def test_the_right_list_closes_the_door_and_a_wrong_one_does_not(
    poisoned: Poisoned[Any], model: Classifier, test_data: Any, triggered: Any
) -> None:
    result = cleanse(
        TRAIN,
        poisoned.images,
        poisoned.labels,
        poisoned.truth,
        triggered=triggered,
        target=TARGET,
        test=test_data,
        model=model,
    ).run()
    assert result.before.value > 0.9
    assert result.after is not None and result.after.value < 0.02
    assert result.control is not None and result.control.value > 0.9
    assert result.accuracy_before is not None and result.accuracy_before.value > 0.9
    assert result.accuracy_after is not None and result.accuracy_after.value > 0.9
    assert result.untriggered is not None and result.untriggered.value < 0.02
    assert result.removed == len(poisoned.indices) == 43
    # The networks that are handed over are those that were asked.
    assert isinstance(result.model, Classifier) and isinstance(result.control_model, Classifier)
    for network, share in ((result.model, result.after), (result.control_model, result.control)):
        seen = network.logits(network.batch(triggered)).argmax(1) == TARGET
        assert float(seen.float().mean()) == pytest.approx(share.value)
    images, labels = test_data
    right = (result.model.logits(result.model.batch(images)).argmax(1).numpy() == labels).mean()
    assert float(right) == pytest.approx(result.accuracy_after.value)
    assert "43 pictures" in repr(result) and "without others" in repr(result)


def test_the_signature_of_the_false_label_tells_the_poisons_from_chance(
    poisoned: Poisoned[Any], model: Classifier
) -> None:
    result = signature(model, poisoned.images, poisoned.labels, TARGET).run()
    areas = result.auroc(poisoned.truth)
    assert max(area.low for area in areas.values()) > 0.8


def counting(images: Any, labels: Any) -> Classifier:
    """A recipe whose network says class 1 the more, the more class 1 there was."""
    share = float(np.asarray(labels).mean())

    class Constant(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            odds = x.new_full((len(x),), share - 0.5)
            return torch.stack([-odds, odds], 1)

    return Classifier(Constant(), output="logits")


def test_any_recipe_will_do_and_gets_what_is_left() -> None:
    images, labels = torch.zeros(10, 1, 4, 4), torch.tensor([1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
    sizes: list[tuple[int, int]] = []

    def recipe(images: Any, labels: Any) -> Iterator[Progress]:
        sizes.append((len(images), int(labels.sum())))
        yield Progress(1, 1, "counting")
        return counting(images, labels)

    work = cleanse(recipe, images, labels, [0, 1, 2], triggered=images[:4], target=1)
    notes = []
    previews: list[Cleansed] = []
    for step in work:
        notes.append(step.note)
        if step.has_preview:
            previews.append(step.preview)
    result = work.run()
    # All; three ones fewer; and then three others that have the labels of those.
    assert sizes == [(10, 6), (7, 3), (7, 6)] or sizes == [(10, 6), (7, 3), (7, 3)]
    assert result.before.value == 1.0
    assert result.after is not None and result.after.value == 0.0
    assert notes[0] == "training on all"
    assert "training without the marked" in notes
    assert "training without as many others" in notes
    assert previews[0].before.value == 1.0 and previews[0].after is None
    assert previews[-1].after == result.after and previews[-1].control is None
    assert result.accuracy_before is None and result.untriggered is None


def test_others_of_the_same_labels_are_the_control() -> None:
    images = torch.arange(40.0).view(40, 1, 1, 1).expand(40, 1, 2, 2) / 40
    labels = [0] * 20 + [1] * 20
    removed = list(range(20, 25))
    left: list[set[int]] = []

    def recipe(images: Any, labels: Any) -> Classifier:
        left.append({round(float(each[0, 0, 0]) * 40) for each in images})
        return counting(images, labels)

    arguments = {"triggered": images[:2], "target": 1}
    cleanse(recipe, images, labels, removed, **arguments).run()
    control = set(range(40)) - left[2]
    assert left[0] == set(range(40))
    assert left[1] == set(range(40)) - set(removed)
    assert len(control) == 5 and control <= set(range(25, 40))
    cleanse(recipe, images, labels, removed, seed=1, **arguments).run()
    assert set(range(40)) - left[5] != control
    # Where the class has not as many left, others are drawn from all that are.
    cleanse(recipe, images, labels, list(range(20, 38)), **arguments).run()
    drawn = set(range(40)) - left[8]
    assert len(drawn) == 18 and not drawn & set(range(20, 38))
    left.clear()
    no_control = cleanse(recipe, images, labels, removed, control=False, **arguments).run()
    assert len(left) == 2 and no_control.control is None and no_control.control_model is None
    # And there is none where more than half is removed.
    most = cleanse(recipe, images, labels, list(range(30)), **arguments).run()
    assert most.control is None
    assert "without others" not in repr(most)


def test_training_can_be_stopped_and_keeps_what_it_has(
    poisoned: Poisoned[Any], model: Classifier, triggered: Any
) -> None:
    state = torch.get_rng_state()
    work = cleanse(
        TRAIN,
        poisoned.images,
        poisoned.labels,
        poisoned.indices,
        triggered=triggered,
        target=TARGET,
        model=model,
    )
    step = next(each for each in work if each.note == "training without the marked")
    assert step.preview.before.value > 0.9
    work.close()
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"removed": []}, "removed is empty"),
        ({"removed": np.zeros(10, bool)}, "removed is empty"),
        ({"removed": np.zeros(9, bool)}, r"removed is \(9,\) bools for 10 images"),
        ({"removed": [10]}, "use numbers of pictures from 0 to 9"),
        ({"removed": [-1]}, "use numbers of pictures"),
        ({"removed": [0.5]}, "use numbers of pictures"),
        ({"removed": range(10)}, "removed is all of 10 images"),
        ({"labels": [0] * 9}, "9 labels for 10 images"),
        ({"train": "resnet"}, "train is 'resnet'"),
        ({"seed": -1}, "seed is -1"),
        ({"triggered": torch.zeros(0, 1, 2, 2)}, "triggered is empty"),
        ({"test": (torch.zeros(2, 1, 2, 2), [0])}, "test has 1 labels for 2 images"),
    ],
)
def test_what_is_not_allowed_is_refused_at_once(settings: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {
        "train": counting,
        "images": torch.zeros(10, 1, 2, 2),
        "labels": [0] * 5 + [1] * 5,
        "removed": [1],
        "triggered": torch.zeros(2, 1, 2, 2),
        "target": 1,
    } | settings
    with pytest.raises(InputError, match=message):
        cleanse(**arguments)


def test_a_recipe_has_to_give_a_network() -> None:
    images = torch.zeros(4, 1, 2, 2)
    work = cleanse(lambda x, y: "net", images, [0, 1, 0, 1], [1], triggered=images, target=1)
    with pytest.raises(InputError, match="train returned a str"):
        work.run()


def test_a_trainer_gives_the_same_network_twice_and_leaves_chance_alone() -> None:
    data = datasets.digits("train")
    images, labels = data.images[:200], data.labels[:200]

    def make() -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(64, 10))

    state = torch.get_rng_state()
    trainers = [Trainer(make, epochs=2, seed=seed) for seed in (0, 0, 1)]
    nets = [trainer(images, labels).run().net for trainer in trainers]
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(nets[0][2].weight, nets[1][2].weight)
    assert not torch.equal(nets[0][2].weight, nets[2][2].weight)
    assert not nets[0].training


def test_a_trainer_says_how_far_it_is_and_trains_in_any_mode() -> None:
    data = datasets.digits("train")
    with torch.inference_mode():
        steps = list(Trainer(DigitsNet, epochs=2)(data.images[:100], data.labels[:100]))
    assert [(step.done, step.total) for step in steps] == [(at, 4) for at in range(1, 5)]
    assert steps[-1].note == "training, epoch 2"
    named = Trainer(DigitsNet, epochs=1, classes=data.classes)(data.images[:9], data.labels[:9])
    assert named.run().classes == data.classes


def test_a_trainer_refuses_what_it_cannot_use() -> None:
    for settings, message in (
        ({"epochs": 0}, "epochs is 0"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"seed": -1}, "seed is -1"),
    ):
        with pytest.raises(InputError, match=message):
            Trainer(DigitsNet, **settings)
    with pytest.raises(InputError, match="2 labels for 3 images"):
        TRAIN(np.zeros((3, 8, 8), np.uint8), [0, 1])
    images = np.zeros((3, 8, 8), np.uint8)
    for labels, message in (
        ([0, 1, 10], "class 10 does not exist"),
        (np.eye(3), "labels"),
        ([0, 1, "x"], "'x'"),
        ([0, 1, 1.5], "1.5"),
    ):
        with pytest.raises(InputError, match=message):
            TRAIN(images, labels).run()
