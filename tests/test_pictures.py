"""The gate for pictures: every PIL mode, array, tensor and container as people have them."""

from __future__ import annotations

import io
import warnings
from collections import UserDict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, TensorDataset

from xaiwidgets.errors import InputError
from xaiwidgets.pictures import read_picture, read_pictures

RGB = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
COLOURS = Image.fromarray(RGB)


def pixels(picture: Any) -> np.ndarray[Any, Any]:
    return np.asarray(read_picture(picture))


# --- PIL's modes ------------------------------------------------------------------------------


def test_colours_and_greys_stay_what_they_are() -> None:
    assert (pixels(COLOURS) == RGB).all()
    grey = COLOURS.convert("L")
    assert read_picture(grey).mode == "L"
    assert (pixels(grey) == np.asarray(grey)).all()


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "LAB", "P", "RGBX"])
def test_other_colours_become_rgb(mode: str) -> None:
    source = COLOURS.quantize() if mode == "P" else COLOURS.convert("RGB")
    picture = source if mode in ("P", "LAB") else source.convert(mode)
    if mode == "LAB":
        picture = Image.new("LAB", (8, 6), (128, 0, 0))
    read = read_picture(picture)
    assert read.mode == "RGB"
    assert read.size == (8, 6)


def test_black_and_white_is_grey() -> None:
    picture = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    assert read_picture(picture).mode == "L"
    assert pixels(picture).tolist() == [[0, 255]]


@pytest.mark.parametrize("kind", ["I;16", "I;16B", "I"])
def test_sixteen_bits_are_scaled_by_their_range(kind: str) -> None:
    ramp = (np.arange(256, dtype=np.uint16) * 257)[None].repeat(4, 0)
    if kind == "I":
        picture = Image.fromarray(ramp.astype(np.int32))
    elif kind == "I;16B":
        picture = Image.frombytes("I;16B", (256, 4), ramp.astype(">u2").tobytes())
    else:
        picture = Image.fromarray(ramp)
    assert picture.mode == kind
    assert (pixels(picture) == np.arange(256)).all()


def test_integers_of_eight_bits_are_taken_as_such_with_a_warning() -> None:
    picture = Image.fromarray(np.array([[0, 7, 255]], np.int32))
    with pytest.warns(UserWarning, match="8 bits"):
        assert pixels(picture).tolist() == [[0, 7, 255]]


@pytest.mark.parametrize(
    "numbers",
    [np.array([[0.5]], np.float32), np.array([[70000]], np.int32), np.array([[-1]], np.int32)],
)
def test_numbers_without_an_agreed_range_are_refused(numbers: Any) -> None:
    with pytest.raises(InputError, match="scale it to 0"):
        read_picture(Image.fromarray(numbers))


def test_premultiplied_alpha_is_blended_as_any_other() -> None:
    plain = Image.new("LA", (5, 4), (100, 51))
    with pytest.warns(UserWarning, match="transparent"):
        found = read_picture(plain.convert("La"))
    # A fifth of 100, and four fifths of white.
    assert found.mode == "L"
    assert abs(found.getpixel((0, 0)) - (0.2 * 100 + 0.8 * 255)) <= 2


@pytest.mark.parametrize(
    "given", [[[1.0], [1.0, 2.0]], [None], memoryview(np.zeros((4, 4, 3), np.uint8))]
)
def test_a_sequence_that_is_no_array_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match=r"of \d is no picture.*give an array"):
        read_picture(given)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_is_white_and_said(mode: str) -> None:
    picture = Image.new("RGBA", (2, 1), (0, 0, 0, 255))
    picture.putpixel((1, 0), (0, 0, 0, 0))
    with pytest.warns(UserWarning, match="taken as white"):
        read = pixels(picture.convert(mode) if mode != "PA" else picture.convert("RGBA"))
    assert read.reshape(2, -1)[:, 0].tolist() == [0, 255]
    assert read.ndim == (2 if mode == "LA" else 3)


def test_a_palette_with_a_transparent_colour_is_blended() -> None:
    picture = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.info["transparency"] = 1
    with pytest.warns(UserWarning, match="white"):
        assert pixels(picture).tolist() == [[[10, 20, 30], [255, 255, 255]]]


def test_an_opaque_alpha_channel_says_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (pixels(COLOURS.convert("RGBA")) == RGB).all()


def test_a_photograph_is_turned_upright() -> None:
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (16, 8)).save(file, "JPEG", exif=exif)
    assert read_picture(Image.open(file)).size == (8, 16)


# --- arrays and tensors -----------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 13])
def test_arrays_keep_their_channels(channels: int) -> None:
    array = np.zeros((5, 7, channels), np.uint8)
    assert pixels(array).shape == (5, 7, channels)
    assert pixels(array[None]).shape == (5, 7, channels)
    tensor = torch.zeros(channels, 5, 7, dtype=torch.uint8)
    assert pixels(tensor).shape == (5, 7, channels)
    assert pixels(tensor[None]).shape == (5, 7, channels)


def test_grey_arrays_get_an_axis_and_read_only_ones_a_copy() -> None:
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    array.flags.writeable = False
    read = pixels(array)
    assert read.shape == (2, 3, 1)
    assert read.flags.writeable
    assert pixels(array.astype(bool))[0, :, 0].tolist() == [0, 255, 255]


def test_float_tensors_are_the_networks_own_numbers() -> None:
    numbers = torch.rand(3, 4, 4)
    assert torch.equal(read_picture(numbers), numbers)
    assert torch.equal(read_picture(numbers[None]), numbers)
    series = torch.rand(1, 12)
    assert read_picture(series).shape == (1, 12), "only pictures have an axis to spare"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros((4, 4)), "uint8 array.*float64"),
        (np.zeros((2, 4, 4, 3), np.uint8), r"\(2, 4, 4, 3\)"),
        (np.zeros((0, 4), np.uint8), r"\(0, 4\)"),
        (torch.zeros(2, 3, 4, 4, dtype=torch.uint8), r"\(2, 3, 4, 4\)"),
        ("cat.jpg", "cat.jpg.*no such file"),
        (3.5, "got float"),
        ({"text": 1}, "'text' holds no picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_is(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_picture(given)


# --- containers -------------------------------------------------------------------------------


def test_a_path_is_opened(tmp_path: Path) -> None:
    COLOURS.save(tmp_path / "cat.png")
    assert (pixels(tmp_path / "cat.png") == RGB).all()
    assert (pixels(str(tmp_path / "cat.png")) == RGB).all()
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match="cannot be opened"):
        read_picture(tmp_path / "text.png")


def test_items_of_datasets_and_answers_of_processors_hold_a_picture() -> None:
    assert (pixels((COLOURS, 3)) == RGB).all()
    assert (pixels((COLOURS, torch.tensor(3))) == RGB).all()
    numbers = torch.rand(1, 3, 4, 4)
    assert torch.equal(read_picture({"pixel_values": numbers}), numbers[0])
    answer = UserDict(pixel_values=[numbers[0].numpy()])
    assert torch.equal(read_picture(answer), numbers[0])
    assert (pixels({"image": COLOURS, "label": 1}) == RGB).all()


def test_several_pictures_are_found_in_what_holds_them() -> None:
    floats = torch.rand(5, 3, 4, 4)
    assert read_pictures(floats) is floats
    [batch] = DataLoader(TensorDataset(floats, torch.arange(5)), batch_size=5)
    assert torch.equal(read_pictures(batch), floats)
    assert torch.equal(read_pictures({"pixel_values": floats}), floats)
    assert len(read_pictures(np.zeros((5, 6, 8, 3), np.uint8))) == 5
    assert len(read_pictures(torch.zeros(5, 3, 6, 8, dtype=torch.uint8))) == 5
    assert len(read_pictures([COLOURS, COLOURS])) == 2
    assert len(read_pictures([(COLOURS, 0), (COLOURS, 1)])) == 2
    assert len(read_pictures(TensorDataset(floats, torch.arange(5)))) == 5


@pytest.mark.parametrize(
    "one", [COLOURS, RGB, RGB[..., 0], "cat.png", Path("cat.png"), (COLOURS, 7)]
)
def test_one_picture_is_a_list_of_one(one: Any) -> None:
    assert len(read_pictures(one)) == 1


@pytest.mark.parametrize(
    ("shape", "channels", "count"),
    [
        ((5, 28, 28), 1, 5),
        ((5, 28, 28), None, 5),
        ((28, 28, 3), 3, 1),
        ((28, 28, 13), 13, 1),
        ((28, 28, 13), None, 1),
        ((28, 28, 1), 1, 1),
    ],
)
def test_three_axes_are_one_picture_where_the_network_has_so_many_channels(
    shape: tuple[int, ...], channels: int | None, count: int
) -> None:
    assert len(read_pictures(np.zeros(shape, np.uint8), channels)) == count


def test_what_holds_no_pictures_is_refused() -> None:
    with pytest.raises(InputError, match="got int"):
        read_pictures(3)


def test_the_bytes_of_a_file_are_a_picture_and_an_open_file_too(tmp_path: Path) -> None:
    path = tmp_path / "an ünusual name #1.png"
    COLOURS.save(path)
    data = path.read_bytes()
    for given in (data, bytearray(data), io.BytesIO(data), str(path), path):
        assert (pixels(given) == RGB).all()
    with pytest.raises(InputError, match="these bytes are no picture's"):
        read_picture(b"GIF")


def test_pixels_that_cannot_be_read_are_an_error_of_ours(tmp_path: Path) -> None:
    """PIL opens half a file, and reads its pixels when they are first needed."""
    half = tmp_path / "half.png"
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (99, 99, 3), np.uint8)).save(
        buffer, "PNG"
    )
    half.write_bytes(buffer.getvalue()[:9000])
    with pytest.raises(InputError, match="cannot be opened as a picture"):
        read_picture(half)
    with pytest.raises(InputError, match="the pixels of the picture cannot be read"):
        read_picture(Image.open(half))
    closed = COLOURS.copy()
    closed.close()
    with pytest.raises(InputError, match="the pixels of the picture cannot be read"):
        read_picture(closed)


def test_pictures_come_from_generators_views_and_columns_of_pandas() -> None:
    three = [COLOURS] * 3
    for given in (
        iter(three),
        (each for each in three),
        dict(enumerate(three)).values(),
        pd.Series(three, index=[7, 8, 9]),
    ):
        assert len(read_pictures(given)) == 3
    with pytest.raises(InputError, match=r"next\(iter\(loader\)\)"):
        read_pictures(DataLoader(TensorDataset(torch.zeros(2, 3, 4, 4))))


def test_an_item_of_one_picture_is_one_picture() -> None:
    assert len(read_pictures({"image": torch.rand(3, 4, 4), "label": 1})) == 1


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_colour_that_stands_for_nothing_is_white(mode: str) -> None:
    picture, file = Image.new(mode, (2, 1), "black"), io.BytesIO()
    picture.putpixel((1, 0), 7 if mode == "L" else (7, 7, 7))
    picture.save(file, "PNG", transparency=0 if mode == "L" else (0, 0, 0))
    with pytest.warns(UserWarning, match="taken as white"):
        read = pixels(Image.open(file))
    assert read.reshape(2, -1)[:, 0].tolist() == [255, 7]
    assert read.ndim == (2 if mode == "L" else 3)


def test_a_file_may_be_anything_with_a_path_or_a_view_of_bytes(tmp_path: Path) -> None:
    class Entry:
        def __fspath__(self) -> str:
            return str(tmp_path / "a.png")

    COLOURS.save(tmp_path / "a.png")
    for given in (Entry(), memoryview((tmp_path / "a.png").read_bytes())):
        assert (pixels(given) == RGB).all()


def test_an_address_is_not_fetched_and_said_as_it_was_given() -> None:
    with pytest.raises(InputError, match=r"'https://a\.org/b\.png'.*download it first"):
        read_picture("https://a.org/b.png")


def test_a_file_that_pil_holds_for_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    COLOURS.save(file, "PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", COLOURS.width * COLOURS.height // 2 - 1)
    with pytest.raises(InputError, match="exceeds limit"):
        read_picture(file.getvalue())


def test_a_table_gives_its_column_of_pictures() -> None:
    table = pd.DataFrame({"image": [COLOURS, COLOURS], "label": [0, 1]})
    assert len(read_pictures(table)) == 2
    with pytest.raises(InputError, match="'label' holds no picture"):
        read_pictures(table[["label"]])


def test_one_number_is_no_picture_and_nested_tensors_are_several() -> None:
    with pytest.raises(InputError, match="got one number"):
        read_pictures(torch.tensor(1.0))
    parts = [torch.rand(3, 4, 4), torch.rand(3, 4, 4)]
    for read, part in zip(
        read_pictures(torch.nested.nested_tensor(parts, layout=torch.jagged)), parts, strict=True
    ):
        assert torch.equal(read, part)
