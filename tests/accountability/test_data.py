"""What goes in: scaling, copies, checksums, bounds of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from xaiwidgets.accountability import check_data
from xaiwidgets.accountability._recipe import Recipe
from xaiwidgets.accountability._settings import check_search_settings, device_name
from xaiwidgets.accountability.initializers import NAMES
from xaiwidgets.errors import InputError

BYTES = np.arange(60, dtype=np.uint8).reshape(5, 3, 4)
LABELS = np.array([0, 1, 2, 1, 0])


def test_a_batch_is_scaled_and_a_copy() -> None:
    data = check_data((BYTES, LABELS), None)
    inputs, labels = data.training.batch(torch.tensor([4, 1]))
    assert inputs.dtype == torch.float32 and labels.tolist() == [0, 1]
    assert torch.allclose(inputs, torch.from_numpy(BYTES[[4, 1]]).float() / 255)
    assert (data.shape, data.classes, len(data.training)) == ((3, 4), 3, 5)
    numbers = BYTES.astype(np.float32)
    plain = check_data((numbers, LABELS), None).training
    inputs, _ = plain.batch(slice(0, 2))
    assert torch.equal(inputs, torch.from_numpy(numbers[:2]))
    inputs.zero_()
    assert plain.inputs[1].any() and numbers[1].any()


@pytest.mark.parametrize("kind", [">f4", ">i2", "<u2", "u4", "u8", "f8", "i1"])
def test_numbers_of_every_kind_and_machine_are_the_same_numbers(kind: str) -> None:
    training = check_data((BYTES.astype(kind), LABELS.astype(">i8")), None).training
    inputs, labels = training.batch(torch.tensor([3, 1]))
    assert torch.equal(inputs, torch.from_numpy(BYTES[[3, 1]]).float())
    assert labels.tolist() == [1, 1]


def test_a_number_too_large_for_64_bits_with_a_sign_is_itself() -> None:
    large = np.array([[0, 2**64 - 2**20], [1, 2]], np.uint64)
    inputs, _ = check_data((large, np.array([0, 1])), None).training.batch(slice(0, 2))
    assert inputs.tolist() == [[0.0, 2.0**64], [1.0, 2.0]]


def test_a_checksum_is_another_for_other_examples() -> None:
    variants = [
        (BYTES, LABELS),
        (BYTES + 1, LABELS),
        (BYTES, np.roll(LABELS, 1)),
        (BYTES.reshape(5, 12), LABELS),
        (BYTES.view(np.int8), LABELS),
    ]
    checksums = [check_data(each, None).training.checksum() for each in variants]
    assert len(set(checksums)) == len(variants)
    first, again = (check_data((BYTES, LABELS), (BYTES, LABELS)).fingerprint() for _ in range(2))
    assert first == again == (checksums[0], checksums[0])
    assert check_data((BYTES, LABELS), None).fingerprint() == (checksums[0], 0)


@pytest.mark.parametrize(
    ("count", "label", "fits"),
    [(5, 999, True), (5, 1000, False), (1200, 1199, True), (1200, 1200, False)],
)
def test_a_label_is_the_number_of_a_class(count: int, label: int, fits: bool) -> None:
    labels = np.zeros(count, int)
    labels[-1] = label
    data = np.zeros((count, 2)), labels
    if fits:
        assert check_data(data, None).classes == label + 1
    else:
        with pytest.raises(InputError, match=f"label {label}"):
            check_data(data, None)


def test_held_out_labels_are_classes_of_the_data() -> None:
    for label, fits in ((2, True), (3, False), (-1, False)):
        held_out = BYTES[:1], np.array([label])
        if fits:
            assert len(check_data((BYTES, LABELS), held_out).held_out or ()) == 1
        else:
            with pytest.raises(InputError, match=f"label {label};.*0 to 2"):
                check_data((BYTES, LABELS), held_out)


@pytest.mark.parametrize("kind", [np.uint16, np.uint32, np.int16, np.float64])
def test_numbers_of_any_type_are_taken(kind: Any) -> None:
    data = check_data((BYTES.astype(kind), LABELS), None)
    assert torch.equal(data.training.batch(slice(None))[0], torch.from_numpy(BYTES).float())


WRONG: list[tuple[tuple[Any, Any], str]] = [
    ((np.zeros((5, 0)), LABELS), "at least one number"),
    ((np.zeros((5, 2)), LABELS[:, None]), r"\(5, 1\) for 5"),
    ((np.zeros((5, 2), complex), LABELS), "complex"),
    ((np.array([[0.0, np.inf]] * 5), LABELS), "NaN or infinite"),
    ((np.zeros((5, 2)), LABELS.astype(bool)), "bool"),
    ((np.zeros((5, 2)), LABELS.astype(complex)), "complex128"),
]


@pytest.mark.parametrize(("data", "words"), WRONG)
def test_what_cannot_be_trained_on_is_named(data: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_data(data, None)


# --- settings ----------------------------------------------------------------------------------

USUAL: dict[str, Any] = {
    "hidden": (1,), "deltas": (-0.5, 3), "batch_size": 1, "learning_rate": 1e-9, "epochs": 1,
    "strategy": "shift", "seed": 0,
}  # fmt: skip


def test_the_smallest_settings_are_allowed() -> None:
    check_search_settings(**USUAL)
    check_search_settings(
        **{**USUAL, "hidden": (), "deltas": np.array([0.1]), "strategy": "reseed"}
    )


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"hidden": "12"}, "hidden is '12'"),
        ({"hidden": (3, 1.0)}, "hidden has 1.0"),
        ({"deltas": (0.1, True)}, "deltas has True"),
        ({"deltas": ("0.1",)}, "deltas has '0.1'"),
        ({"deltas": (float("inf"),)}, "deltas has inf"),
        ({"learning_rate": float("inf")}, "learning_rate is inf"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"learning_rate": True}, "learning_rate is True"),
        ({"epochs": 0}, "epochs is 0"),
    ],
)
def test_settings_that_make_no_sense_are_named(setting: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_search_settings(**{**USUAL, **setting})


def test_a_device_is_one_that_is_here() -> None:
    assert device_name(None) is None and device_name("cpu") == "cpu"
    assert device_name(torch.device("cpu")) == "cpu"
    for device in ("meta:x", "cuda:99", 3.5):
        with pytest.raises(InputError, match="cannot be used here"):
            device_name(device)  # type: ignore[arg-type]


# --- the recipe --------------------------------------------------------------------------------


def recipe(**settings: Any) -> Recipe:
    zeros, glorot = NAMES["zeros"], NAMES["glorot_uniform"]
    return Recipe(**{
        "shape": (2,), "classes": 2, "hidden": (), "batch_size": 1, "learning_rate": 0.1,
        "epochs": 1, "kernel_initializer": glorot, "bias_initializer": zeros, "strategy": "shift",
        "seed": 0, **settings,
    })  # fmt: skip


def test_seeds_of_all_purposes_and_numbers_differ() -> None:
    seeds = [
        recipe(seed=seed)._seed(number, purpose)
        for seed in (0, 1, 7)
        for number in (0, 1, 2)
        for purpose in (0, 1, 2)
    ]
    assert len(set(seeds)) == len(seeds)
    assert recipe().layer_seed(4) == recipe()._seed(4, 2) != recipe().layer_seed(5)
    orders = {tuple(recipe(seed=s).example_order(e, 9).tolist()) for s in (0, 1) for e in (0, 1)}
    assert len(orders) == 4


def test_a_search_is_the_same_on_another_machine_only() -> None:
    mine = recipe()
    assert mine.is_same_search(recipe(device="cpu"))
    for other in ({"seed": 1}, {"hidden": (3,)}, {"kernel_initializer": NAMES["he_normal"]}):
        assert not mine.is_same_search(recipe(**other))
    assert not mine.is_same_search(recipe(network=lambda: torch.nn.Linear(2, 2)))
    first, second = (recipe(network=lambda: torch.nn.Linear(2, 2)) for _ in range(2))
    assert first.is_same_search(second)
    still = recipe(network=lambda: torch.nn.Linear(2, 2).requires_grad_(True).apply(zero))
    assert not first.is_same_search(still), "the same layers, drawn otherwise"
    assert not first.is_same_search(recipe(network=lambda: torch.nn.Linear(2, 3)))
    assert recipe(device="cpu").training_device() == torch.device("cpu")


def zero(module: torch.nn.Module) -> None:
    for value in module.parameters():
        torch.nn.init.zeros_(value)
