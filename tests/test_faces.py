from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from xaiwidgets import datasets
from xaiwidgets.datasets import _faces as faces
from xaiwidgets.errors import DataError, InputError


def test_attributes_agree_with_labels_as_often_as_asked_for() -> None:
    drawn = datasets.faces(120, seed=5, hair=0.6, eyes=1.0)
    assert np.array_equal(drawn.attributes["eyes"], drawn.labels)
    assert 0.45 < (drawn.attributes["hair"] == drawn.labels).mean() < 0.7
    assert 0.4 < drawn.labels.mean() < 0.6
    # the first of more are the same
    assert np.array_equal(datasets.faces(3, seed=5, hair=0.6, eyes=1.0).images, drawn.images[:3])
    assert not np.array_equal(
        datasets.faces(3, seed=6, hair=0.6, eyes=1.0).images, drawn.images[:3]
    )


@pytest.mark.parametrize("style", faces.STYLES)
def test_a_mask_is_where_the_attribute_alone_makes_a_difference(style: str) -> None:
    same, other = (datasets.faces(6, seed=2, eyes=share, style=style) for share in (1.0, 0.0))
    assert not np.array_equal(same.images, other.images)
    differs = (same.images != other.images).any(3)
    eyes, hair = same.mask("eyes"), same.mask("hair")
    assert np.array_equal(differs & ~eyes, np.zeros_like(eyes))
    assert differs.sum() > 0.9 * eyes.sum()
    assert 0.002 < eyes.mean() < 0.04 < hair.mean() < 0.35
    if style == "pixel-art":  # squares of two pixels: nothing is mixed at their edges
        assert np.array_equal(differs, eyes) and not (eyes & hair).any()


def test_light_is_lighter_than_dark() -> None:
    drawn = datasets.faces(30, seed=3, eyes=0.5)
    for name in ("hair", "eyes"):
        mask = drawn.mask(name)
        means = np.array(
            [image[where].mean() for image, where in zip(drawn.images, mask, strict=True)]
        )
        light = drawn.attributes[name] == 1
        assert means[light].min() > means[~light].max()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "count is 0"),
        ({"hair": 1.5}, "hair is 1.5; use a share from 0 to 1"),
        ({"eyes": True}, "eyes is True"),
        ({"style": "oil"}, "style is 'oil'; use 'pixel-art' or 'adventurer'"),
        ({"size": 8}, "size is 8"),
    ],
)
def test_what_cannot_be_drawn_is_said(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        datasets.faces(**{"count": 2, **options})
    with pytest.raises(InputError, match="attribute is 'nose'; use 'hair' or 'eyes'"):
        datasets.faces(1).mask("nose")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    faces._renderer.cache_clear()
    real = builtins.__import__

    def missing(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "dicebear":
            raise ModuleNotFoundError("no", name=name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(DataError, match=r"needs dicebear.*pip install \"xaiwidgets\[faces\]\""):
        datasets.faces(1)
    monkeypatch.undo()
    assert len(datasets.faces(1)) == 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "celeba"
    (base / "img_align_celeba").mkdir(parents=True)
    for at in range(4):
        pixels = np.zeros((218, 178, 3), np.uint8)
        pixels[20:198] = 60 * at  # the square in the middle
        Image.fromarray(pixels).save(base / f"img_align_celeba/{at}.png")
    rows = ["0.png  1 -1", "1.png -1 -1", "2.png  1  1", "3.png -1  1"]
    (base / "list_attr_celeba.txt").write_text("\n".join(["4", "Blond_Hair Male", *rows]) + "\n")
    (base / "list_eval_partition.txt").write_text("0.png 0\n1.png 0\n2.png 2\n3.png 0\n")
    return tmp_path


def test_celeba_is_read_where_it_is(folder: Path) -> None:
    train = datasets.celeba(folder, size=16)
    assert train.classes == ("not blond hair", "blond hair")
    assert train.labels.tolist() == [1, 0, 0]
    assert train.attributes["Male"].tolist() == [0, 0, 1]
    assert train.images.shape == (3, 16, 16, 3)
    assert [image.mean() for image in train.images] == [0, 60, 180]
    test = datasets.celeba(folder / "celeba", "Male", split="test", count=1, size=8)
    assert test.labels.tolist() == [1] and repr(test) == "Faces(1 images of 8 x 8, 2 classes)"
    with pytest.raises(InputError, match="nobody knows the masks of photographs"):
        test.mask("eyes")


def test_a_celeba_that_is_not_what_it_should_be(folder: Path) -> None:
    with pytest.raises(InputError, match="no attribute 'Bald'; there are Blond_Hair, Male"):
        datasets.celeba(folder, "Bald")
    with pytest.raises(InputError, match="split is 'all'"):
        datasets.celeba(folder, split="all")
    with pytest.raises(DataError, match="lists no pictures of the split 'valid'"):
        datasets.celeba(folder, split="valid")
    with pytest.raises(DataError, match="CelebA is not in"):
        datasets.celeba(folder / "elsewhere")
    (folder / "celeba/img_align_celeba/1.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"1\.png cannot be used"):
        datasets.celeba(folder)
    (folder / "celeba/list_attr_celeba.txt").write_text("1\nBlond_Hair Male\n0.png 1\n")
    with pytest.raises(DataError, match=r"list_attr_celeba\.txt cannot be used: 1 columns"):
        datasets.celeba(folder)
