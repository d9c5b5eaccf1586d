from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests import models
from xaiwidgets import Classifier, adversarial, images
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window, baseline_picture, check_picture, erase, to_tensor

PICTURE = torch.arange(2 * 6 * 8, dtype=torch.float32).reshape(2, 6, 8)

windows = st.builds(Window, *[st.integers(0, 9)] * 2, *[st.integers(1, 9)] * 2)


def test_a_window_is_half_open() -> None:
    window = Window(1, 2, 3, 4)
    assert (window.bottom, window.right, str(window)) == (4, 6, "[1:4, 2:6]")
    assert PICTURE[:, *window.slices].shape == (2, 3, 4)


@pytest.mark.parametrize("numbers", [(-1, 0, 2, 2), (0, 0, 0, 2), (0, 0, 2, 1.5), (True, 0, 1, 1)])
def test_a_window_that_is_none_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"window (top|left|height|width) is"):
        Window(*numbers)


def test_a_window_outside_names_the_picture_size() -> None:
    with pytest.raises(InputError, match=r"\[0:7, 0:8\].*rows 0:6.*columns 0:8"):
        Window(0, 0, 7, 8).inside(PICTURE.shape)


@given(windows, windows)
def test_intersection_holds_exactly_the_common_pixels(one: Window, other: Window) -> None:
    def pixels(w: Window) -> set[tuple[int, int]]:
        return {(r, c) for r in range(w.top, w.bottom) for c in range(w.left, w.right)}

    common = pixels(one) & pixels(other)
    if common:
        assert pixels(one.intersect(other)) == common
    else:
        with pytest.raises(InputError, match="no pixel in common"):
            one.intersect(other)


def test_pictures_become_floats_channel_first() -> None:
    array = np.zeros((4, 5, 3), np.uint8)
    array[1, 2] = (255, 51, 0)
    tensor = to_tensor(Image.fromarray(array))
    assert tensor.shape == (3, 4, 5)
    assert tensor[:, 1, 2].tolist() == pytest.approx([1, 0.2, 0])
    assert to_tensor(array[..., 0]).shape == (1, 4, 5)
    with pytest.raises(InputError, match="uint8"):
        to_tensor(array.astype(float))


def test_pictures_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match=r"shape \(6, 8\)"):
        check_picture(PICTURE[0])
    with pytest.raises(InputError, match="NaN"):
        check_picture(PICTURE.clone().index_fill_(1, torch.tensor(0), torch.nan))


def test_baselines() -> None:
    assert baseline_picture(PICTURE, 0.5).unique().tolist() == [0.5]
    assert baseline_picture(PICTURE, "zeros").abs().sum() == 0
    mean = baseline_picture(PICTURE, "mean")
    assert mean[0].unique().tolist() == [pytest.approx(float(PICTURE[0].mean()))]
    blurred = baseline_picture(PICTURE, "blur")
    assert 0 < float(blurred.std()) < float(PICTURE.std())
    assert torch.equal(baseline_picture(PICTURE, PICTURE * 2), PICTURE * 2)
    for wrong in ("nothing", float("nan")):
        with pytest.raises(InputError, match="baseline is"):
            baseline_picture(PICTURE, wrong)
    with pytest.raises(InputError, match="shape"):
        baseline_picture(PICTURE, PICTURE[:1])


def test_edits_change_only_what_they_say() -> None:
    window = Window(1, 2, 3, 4)
    outside = torch.ones(6, 8, dtype=torch.bool)
    outside[window.slices] = False
    for edited in (
        images.erase(PICTURE, window),
        images.blur(PICTURE, window),
        images.paste(PICTURE, -PICTURE, window),
    ):
        assert torch.equal(edited[:, outside], PICTURE[:, outside])
        assert not torch.equal(edited[:, ~outside], PICTURE[:, ~outside])
    assert images.erase(PICTURE, window)[:, ~outside].abs().sum() == 0
    assert torch.equal(images.paste(PICTURE, -PICTURE, window)[:, ~outside], -PICTURE[:, ~outside])


def test_shift_moves_down_and_right_and_brings_in_zeros() -> None:
    moved = images.shift(PICTURE, 1, -2)
    assert torch.equal(moved[:, 1:, :-2], PICTURE[:, :-1, 2:])
    assert moved[:, 0].abs().sum() == 0
    assert moved[:, :, -2:].abs().sum() == 0


def test_rotate_turns_anticlockwise() -> None:
    square = torch.rand(3, 7, 7, generator=torch.Generator().manual_seed(0))
    turned = images.rotate(square, 90)
    assert torch.allclose(turned, torch.rot90(square, 1, (1, 2)), atol=1e-5)
    assert torch.allclose(images.rotate(square, 0), square)


def test_scale_keeps_the_centre() -> None:
    square = torch.rand(1, 9, 9, generator=torch.Generator().manual_seed(0))
    larger, smaller = images.scale(square, 2), images.scale(square, 0.5)
    assert larger[0, 4, 4] == pytest.approx(float(square[0, 4, 4]))
    assert larger[0, 4, 6] == pytest.approx(float(square[0, 4, 5]))
    assert smaller[0, 4, 5] == pytest.approx(float(square[0, 4, 6]))
    assert smaller[0, 0].abs().sum() == 0


@pytest.mark.parametrize("wrong", [0, -1, 100, float("nan")])
def test_scale_and_rotate_refuse_nonsense(wrong: float) -> None:
    with pytest.raises(InputError, match="scale factor"):
        images.scale(PICTURE, wrong)
    with pytest.raises(InputError, match="degrees"):
        images.rotate(PICTURE, float("inf"))
    with pytest.raises(InputError, match="cannot paste"):
        images.paste(PICTURE, PICTURE[:1], Window(0, 0, 1, 1))


def test_noise_is_as_large_as_it_says_the_same_for_a_seed_and_independent() -> None:
    flat = torch.full((3, 60, 60), 2.0)
    noisy = images.noise(flat, 0.25, 3)
    assert torch.equal(noisy, images.noise(flat, 0.25, 3))
    assert not torch.equal(noisy, images.noise(flat, 0.25, 4))
    assert noisy.mean() == pytest.approx(2, abs=0.01)
    assert noisy.std() == pytest.approx(0.25, rel=0.03)
    assert torch.allclose(images.noise(flat, 0.5, 3) - 2, 2 * (noisy - 2), atol=1e-5)
    assert torch.equal(images.noise(flat, 0), flat)
    torch.manual_seed(5)
    first = torch.rand(1)
    torch.manual_seed(5)
    images.noise(flat, 1)
    assert torch.equal(torch.rand(1), first), "the random state of others is left alone"


def test_brighten_adds_to_every_pixel() -> None:
    square = torch.rand(3, 5, 5, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(images.brighten(square, -0.5) - square, torch.tensor(-0.5))
    assert images.brighten(square.half(), 0.5).dtype == torch.float16


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), "much"])
def test_noise_and_brighten_refuse_nonsense(wrong: object) -> None:
    with pytest.raises(InputError, match="noise deviation"):
        images.noise(PICTURE, wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="noise deviation is -1"):
        images.noise(PICTURE, -1)
    with pytest.raises(InputError, match="seed is -1"):
        images.noise(PICTURE, 1, -1)
    with pytest.raises(InputError, match="brighten amount"):
        images.brighten(PICTURE, wrong)  # type: ignore[arg-type]


def test_a_part_is_pasted_elsewhere_also_from_a_picture_of_another_size() -> None:
    large = torch.arange(2 * 5 * 6.0).reshape(2, 5, 6)
    small = -torch.ones(2, 3, 3)
    pasted = images.paste(small, large, Window(1, 0, 2, 3), Window(3, 2, 2, 3))
    assert torch.equal(pasted[:, 1:], large[:, 3:, 2:5])
    assert torch.equal(pasted[:, 0], small[:, 0]) and (small == -1).all()
    with pytest.raises(InputError, match="not as large as the window"):
        images.paste(small, large, Window(0, 0, 2, 2), Window(0, 0, 2, 1))
    with pytest.raises(InputError, match=r"part|leaves the picture"):
        images.paste(small, large, Window(0, 0, 2, 2), Window(4, 0, 2, 2))
    with pytest.raises(InputError, match="cannot paste"):
        images.paste(small, large[:1], Window(0, 0, 2, 2), Window(0, 0, 2, 2))
    with pytest.raises(InputError, match="cannot paste"):
        images.paste(small, large, Window(0, 0, 2, 2))
    with pytest.raises(InputError, match="window is 'all'"):
        images.paste(small, large, Window(0, 0, 2, 2), "all")  # type: ignore[arg-type]


def test_what_is_no_window_is_refused_by_attacks_too() -> None:
    model, picture = Classifier(models.small()), torch.rand(3, 8, 8)
    for window in ((0, 0, 4, 4), [0, 0, 4, 4], "[0:4, 0:4]"):
        with pytest.raises(InputError, match="use Window"):
            adversarial.attack(model, picture[None], window=window)  # type: ignore[arg-type]
        with pytest.raises(InputError, match="use Window"):
            erase(picture, window)  # type: ignore[arg-type]


@pytest.mark.parametrize("edit", images.EDITS)
def test_edits_are_of_a_networks_input_and_not_of_pixels(edit: str) -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    with pytest.raises(InputError, match=rf"{edit} takes a .*; got ndarray: give model.input"):
        images.EDITS[edit](pixels, 1)  # type: ignore[arg-type]


def test_crops_are_of_a_list_or_a_batch_of_one_shape() -> None:
    batch = torch.rand(2, 1, 9, 9, generator=torch.Generator().manual_seed(0))
    assert torch.equal(images.crops(batch, 3), images.crops(list(batch), 3))
    for pictures, settings, words in (
        ([batch[0], batch[0, :, 1:]], {}, "of one shape"),
        ([batch[0].numpy()], {}, "must be tensors"),
        (batch, {"seed": -1}, "seed is -1"),
        ([], {}, "crops of 0 pictures"),
    ):
        with pytest.raises(InputError, match=words):
            images.crops(pictures, 2, **settings)  # type: ignore[arg-type]
