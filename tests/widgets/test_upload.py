"""Pictures that a person brings along: files that the page hands in, good ones and bad ones."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
import torch
from PIL import Image

from tests import models
from tests.sentences import linear_bag
from tests.widgets.hands import MADE, SIDE, FakeComm, X, explorer, model
from xaiwidgets import Explorer, query
from xaiwidgets.errors import InputError, ModelError, QueryError
from xaiwidgets.steps import run
from xaiwidgets.widgets.explorer._layers import offer_layers
from xaiwidgets.widgets.inputs import together
from xaiwidgets.widgets.uploads import read_lines, read_upload


def file_of(picture: Image.Image, kind: str = "png", **details: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format=kind, **details)
    return buffer.getvalue()


def test_a_file_becomes_a_picture_that_can_be_chosen() -> None:
    widget = explorer(model(), {"one": X})
    answer = widget._page.add_file(
        "my cat.jpeg.png", [file_of(Image.new("RGB", (SIDE, SIDE), "red"))], reference=False
    )
    assert answer == {"name": "my_cat_jpeg", "index": 1, "notes": []}
    assert widget.query == "select * from f(one)", "until the page asks for it"
    widget.index = answer["index"]
    assert widget.query == "select * from f(my_cat_jpeg)"
    assert widget.input("my_cat_jpeg")[:, 0, 0].tolist() == [1, 0, 0]


def test_a_photograph_is_upright() -> None:
    sideways = Image.new("RGB", (6, 4), "black")
    sideways.putpixel((0, 0), (255, 255, 255))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: the upper left corner goes to the upper right
    _, picture, _ = read_upload("p.png", [file_of(sideways, exif=exif)], 3)
    pixels = np.asarray(picture)
    assert pixels.shape == (6, 4, 3)
    assert pixels[0, 3, 0] == 255 and pixels[0, 0, 0] == 0


def test_sixteen_bits_are_not_cut_off() -> None:
    ramp = np.array([[0, 257 * 100, 65535]], np.uint16)
    _, picture, _ = read_upload("depth.png", [file_of(Image.fromarray(ramp))], 1)
    assert np.asarray(picture).tolist() == [[0, 100, 255]]


def test_a_grey_picture_has_the_channels_of_the_network() -> None:
    grey = [file_of(Image.new("L", (5, 5), 7))]
    assert np.asarray(read_upload("g.png", grey, 3)[1]).shape == (5, 5, 3)
    assert np.asarray(read_upload("g.png", grey, 1)[1]).shape == (5, 5)


def test_what_is_assumed_of_a_transparent_picture_is_said() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clear = [file_of(Image.new("RGBA", (3, 3), (0, 0, 0, 0)))]
        _, picture, notes = read_upload("c.png", clear, 3)
    assert np.asarray(picture).min() == 255
    assert len(notes) == 1 and "white" in notes[0]


def test_what_is_no_picture_is_called_by_its_name() -> None:
    with pytest.raises(InputError, match=r"^notes\.jpg is no picture that can be read; use PNG"):
        read_upload("notes.jpg", [b"words"], 3)
    with pytest.raises(InputError, match=r"^half\.png is no picture that can be read"):
        read_upload("half.png", [file_of(Image.new("RGB", (99, 99)))[:60]], 3)


def test_a_picture_that_the_network_refuses_leaves_all_as_it_was() -> None:
    widget = explorer(model(), {"one": X})
    with pytest.raises(ModelError, match=r"^picture grey: it is a grey picture.*convert"):
        widget.add_picture("grey", torch.zeros(1, SIDE, SIDE))
    assert [picture["name"] for picture in widget.pictures] == ["one"]
    assert widget.query == "select * from f(one)"


def test_a_first_contact_that_fails_says_the_next_step() -> None:
    grey = np.zeros((SIDE, SIDE), np.uint8)
    with pytest.raises(ModelError) as failure:
        Explorer(models.small(), {"mine": grey})
    words = str(failure.value)
    assert words.startswith("picture mine: it is a grey picture: give it as image.convert('RGB')")
    assert "no preprocess is given" in words and "Classifier(net, preprocess=...)" in words
    five = torch.zeros(5, SIDE, SIDE)
    with pytest.raises(ModelError, match="it has 5 channels, where the network takes 3"):
        Explorer(models.small(), {"mine": five})


def test_all_pictures_that_cannot_be_used_are_named_at_once() -> None:
    net, nan = models.small(), torch.full((3, SIDE, SIDE), float("nan"))
    with pytest.raises(InputError) as failure:
        Explorer(net, {"good": X, "sick": nan, "flat": torch.zeros(3), "fine": X})
    words = str(failure.value)
    assert words.startswith(
        "2 pictures are refused; leave them out or put them right:\n- pictures["
    )
    assert "- pictures['sick']: " in words and "- pictures['flat']: " in words
    assert "good" not in words and "fine" not in words
    grey, five = torch.zeros(1, SIDE, SIDE), torch.zeros(5, SIDE, SIDE)
    with pytest.raises(ModelError) as refusal:
        Explorer(net, {"good": X, "a": grey, "b": grey, "c": grey, "five": five})
    words = str(refusal.value)
    assert words.startswith("2 sizes are refused")
    assert "- picture a: it is a grey picture" in words and "with 2 more of its size" in words
    assert "- picture five: it has 5 channels" in words and "good" not in words


def test_of_many_refusals_the_first_few_are_told() -> None:
    refusals = [f"{name}: no" for name in "abcdefgh"]
    text = together(refusals, "picture")
    assert text.splitlines()[1:] == [
        "- a: no",
        "- b: no",
        "- c: no",
        "- d: no",
        "- e: no",
        "and 3 more",
    ]
    assert together(refusals[:1], "picture") == "a: no"
    assert together(refusals[:5], "picture").splitlines()[-1] == "- e: no"


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    widget = explorer(model(), {"chelsea": X, "coffee": 1 - X})
    with pytest.raises(QueryError, match="the name chelsee is not bound; did you mean 'chelsea'"):
        query("select * from f(chelsee)", **widget._session.names)
    with pytest.raises(
        QueryError, match="the name zzz is not bound; known names: attack, chelsea, cof"
    ):
        query("select * from f(zzz)", **widget._session.names)
    with pytest.raises(InputError, match="no picture is called 'cofee'; did you mean 'coffee'"):
        widget.input("cofee")


def test_lines_of_a_file_are_sentences_and_the_bad_ones_are_named() -> None:
    data = "\ufeffa good film\n\n 123 \na bad plot\r\n".encode()
    assert read_lines("mine.txt", [data], linear_bag().sentences.read) == (
        ["a good film", "a bad plot"],
        ["line 3: '123' has no word; write a sentence"],
    )
    just = "\n".join(["a film"] * 200).encode()
    assert read_lines("m.txt", [just], linear_bag().sentences.read) == (["a film"] * 200, [])
    many = "\n".join(["7"] * 5 + ["a film"] * 300).encode()
    sentences, notes = read_lines("m.txt", [many[:50], many[50:]], linear_bag().sentences.read)
    assert len(sentences) == 195
    assert [note.partition(":")[0] for note in notes[:3]] == ["line 1", "line 2", "line 3"]
    assert notes[3:] == ["2 more lines are left out", "it has 305 lines; the first 200 are taken"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "m.txt has 0 bytes"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b" \n\n", "no line that can be asked about"),
        (b"1\n2", "no line that can be asked about: line 1: '1' has no word"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_lines("m.txt", [data], linear_bag().sentences.read)


def test_sentences_of_a_file_and_no_pictures_are_added_to_an_explorer_of_text() -> None:
    widget = Explorer(linear_bag(), "a good film", budget=64)
    MADE.append(widget)
    answer = widget._page.add_file("mine.txt", [b"a bad film\na very good plot"])
    assert answer == {"name": "sentence2", "index": 2, "notes": []}
    widget.index = 2
    widget.run().wait(30)
    assert widget.reads_text
    assert widget.picture is not None
    assert widget.picture["words"] == ["a", "very", "good", "plot"]
    with pytest.raises(InputError, match="no text in UTF-8"):
        widget._page.add_file("cat.png", [file_of(Image.new("RGB", (4, 4)))])
    assert not explorer(model(), {"one": X}).reads_text


def test_a_file_of_many_sentences_is_one_message() -> None:
    widget, comm = Explorer(linear_bag(), "a good film", budget=64), FakeComm()
    MADE.append(widget)
    widget.run().wait(30)
    widget.comm = comm
    widget._page.add_file("mine.txt", ["\n".join(["a very bad plot"] * 40).encode()])
    assert len(widget.pictures) == 41
    assert len(comm.updates("pictures")) == 1


def test_layers_of_a_network_of_sentences_are_fitted_on_sentences() -> None:
    widget = Explorer(linear_bag(), ["a good film", "a bad plot"], budget=64)
    MADE.append(widget)
    session, picture = widget._session, widget._timeline.now.picture
    offer = run(offer_layers(session, picture))
    assert offer.images == "2 sentences and 58 parts of them"
    assert "parts of one sentence are alike" in offer.warning
    assert "below 100 sentences" in offer.warning
