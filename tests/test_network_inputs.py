"""What a network derives from its weights, and how it reads what people hand in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier, Network, neurons
from xaiwidgets.errors import InputError
from xaiwidgets.preprocessing import preprocessing_checksum

# --- what follows from the weights ------------------------------------------------------------


def test_what_is_derived_is_made_once_and_forgotten_when_the_weights_change() -> None:
    model = Network(nn.Linear(3, 2))
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [model.derived("n", 1, make), model.derived("n", 1, make)] == [1, 1]
    assert model.derived("n", 2, make) == 2
    assert model.derived("n", 2, make, anew=True) == model.derived("n", 2, make) == 3
    with torch.no_grad():
        model.net.weight += 1
    assert model.derived("n", 1, make) == 4


def test_weights_written_behind_the_stamp_are_noticed_when_taken_anew() -> None:
    model = Network(nn.Linear(3, 2))
    before = model.weights()
    model.net.weight.data.mul_(2)
    assert model.weights(anew=True) != before
    before = model.weights()
    model.net.temperature = 3
    assert model.weights() != before


# --- pictures and classes as people give them -------------------------------------------------


def test_a_batch_is_made_of_whatever_holds_pictures() -> None:
    model = Network(nn.Flatten())
    whole = torch.rand(3, 1, 4, 4)
    assert torch.equal(model.batch(whole), whole)
    assert torch.equal(model.batch(list(whole)), whole)
    bytes_ = np.full((2, 4, 4, 1), 255, np.uint8)
    assert torch.equal(model.batch(bytes_), torch.ones(2, 1, 4, 4))


@pytest.mark.parametrize(
    ("images", "words"),
    [
        ("a name", "'a name' cannot be opened"),
        (3, "images: .*got int"),
        ([], "images is empty"),
        (torch.zeros(4), r"images is \(4,\)"),
        ([torch.zeros(1, 4, 4), torch.zeros(1, 5, 4)], r"number 1 is \(1, 5, 4\), not \(1, 4, 4\)"),
    ],
)
def test_what_is_no_batch_is_refused(images: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Network(nn.Flatten()).batch(images)


def test_a_batch_has_the_shape_that_it_should_have() -> None:
    with pytest.raises(InputError, match=r"references.*number 0 is \(1, 4, 4\), not \(1, 8, 8\)"):
        Network(nn.Flatten()).batch(torch.zeros(2, 1, 4, 4), (1, 8, 8), "references")


def test_classes_are_numbers_or_names_one_for_each_or_one_for_all() -> None:
    model = Network(nn.Linear(3, 3), classes=["a", "b", "c"])
    assert model.class_numbers("b", 2).tolist() == [1, 1]
    assert model.class_numbers(np.array([2, 0]), 2).tolist() == [2, 0]
    assert model.class_numbers(["c", 1], 2).tolist() == [2, 1]
    assert Network(nn.Linear(3, 3)).class_numbers(torch.tensor(2), 1, 3).tolist() == [2]
    with pytest.raises(InputError, match=r"3 targets for 2 images.*one for all"):
        model.class_numbers([1, 1, 1], 2)
    with pytest.raises(InputError, match="labels is 1; give one for each of the 2"):
        model.class_numbers(1, 2, name="labels", each=True)
    with pytest.raises(InputError, match="no class is named 'd'"):
        model.class_numbers("d", 2)
    with pytest.raises(InputError, match="class 3 does not exist"):
        Network(nn.Linear(3, 3)).class_numbers([3], 1, 3)


# --- how pictures become inputs ---------------------------------------------------------------


def test_a_checksum_tells_one_preprocessing_from_another() -> None:
    def grey(picture: Any) -> torch.Tensor:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        numbers = np.array(image.convert("L").resize((16, 16)), np.float32)
        return torch.from_numpy(numbers)[None] / 255

    def checksum(preprocess: Any) -> int:
        return preprocessing_checksum(Network(nn.Flatten(), preprocess=preprocess).input)

    def for_arrays_only(picture: Any) -> torch.Tensor:
        if not isinstance(picture, np.ndarray):
            raise TypeError("no array")
        return grey(picture)

    others = [
        None,
        lambda p: grey(p) * 1.05,
        lambda p: grey(p) - 0.5,
        lambda p: grey(p).flip(1),
        lambda p: grey(p).flip(2),
        lambda p: grey(p).transpose(1, 2),
        lambda p: grey(p).roll(1, 2),
        lambda p: grey(p)[:, 1:],
        lambda p: grey(p).repeat(3, 1, 1),
        lambda p: torch.nn.functional.avg_pool2d(grey(p), 3, 1, 1),
        for_arrays_only,
    ]
    sums = [checksum(preprocess) for preprocess in (grey, *others)]
    assert len(set(sums)) == len(sums)
    assert checksum(lambda p: grey(p)) == sums[0]
    assert checksum(lambda p: grey(p) * (1 + 1e-7)) == sums[0]
    state = torch.get_rng_state()
    drawing = [checksum(lambda p: grey(p) + torch.rand(1)) for _ in range(2)]
    assert drawing[0] == drawing[1]
    assert torch.equal(torch.get_rng_state(), state)


def test_sparse_pictures_are_those_in_full_and_those_without_numbers_are_refused() -> None:
    model, picture = Network(models.linear()), torch.rand(3, 8, 8) * (torch.rand(3, 8, 8) > 0.5)
    assert torch.equal(model.input(picture.to_sparse()), picture)
    assert torch.equal(model.batch(picture[None].to_sparse()), picture[None])
    with pytest.raises(InputError, match="the image: it is on the meta device, without numbers"):
        model.input(picture.to("meta"))


def test_preprocessing_may_end_in_a_batch_of_one_or_in_an_array() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 4, 3), np.uint8)

    def plain(picture: Any) -> Tensor:
        return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255

    net = nn.Sequential(nn.Flatten(), nn.Linear(48, 3))
    wanted = Network(net, preprocess=plain).input(pixels)
    for preprocess in (
        lambda picture: plain(picture)[None],
        lambda picture: plain(picture).numpy(),
        lambda picture: {"image": plain(picture).numpy()[None].astype(np.float64)},
    ):
        found = Network(net, preprocess=preprocess).input(pixels)
        assert found.shape == wanted.shape and torch.allclose(found.float(), wanted)


def test_a_question_keeps_its_pictures_although_they_are_written_to() -> None:
    images = torch.rand(4, 3, 8, 8)
    model, given = Classifier(models.small()), images.clone()
    asked = neurons.activity(model, "0", given)
    given.zero_()
    assert np.array_equal(asked.run().values, neurons.activity(model, "0", images).run().values)


@pytest.mark.parametrize("given", [3, "resize", []])
def test_what_cannot_preprocess_is_refused_at_once(given: Any) -> None:
    with pytest.raises(InputError, match="give a function of a PIL image"):
        Classifier(models.small(), preprocess=given)


def test_what_preprocessing_forgot_to_return_is_said_to_be_its_own() -> None:
    model = Classifier(models.small(), preprocess=lambda _picture: None)
    with pytest.raises(InputError, match=r"what preprocess returns cannot be used.*NoneType"):
        model.predict(np.zeros((8, 8, 3), np.uint8))


@pytest.mark.parametrize("shape", [(3, 0, 8), (0, 8, 8), (0,)])
def test_an_empty_input_is_said_before_the_network_is_asked(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"it is empty, of shape"):
        Classifier(models.small()).predict(torch.zeros(shape))
