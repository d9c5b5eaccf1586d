from __future__ import annotations

import gzip
import json
import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from xaiwidgets import datasets, zoo
from xaiwidgets.datasets import _mnist, _symbols
from xaiwidgets.errors import DataError, InputError

IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def idx(array: NDArray[np.uint8]) -> bytes:
    """Write an array as Fashion-MNIST's files are written."""
    lengths = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes()


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, on a machine that has no data."""
    for module in (_mnist, _symbols):
        monkeypatch.setattr(module, "SYSTEM_SHARES", ())
    monkeypatch.delenv("XDG_DATA_DIRS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def made_up() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    random = np.random.default_rng(0)
    return random.integers(256, size=(5, 28, 28), dtype=np.uint8), np.array(
        [0, 9, 3, 3, 1], dtype=np.uint8
    )


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "unpacked"])
@pytest.mark.parametrize(
    ("folder", "root"),
    [
        ("clothes", "clothes"),
        ("mine/FashionMNIST/raw", "mine"),
        ("data/FashionMNIST/raw", None),
        ("share/datasets/fashion-mnist", None),
    ],
    ids=["root", "torchvision's root", "data", "XDG_DATA_DIRS"],
)
def test_files_are_found_and_read(
    nowhere: Path,
    made_up: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    root: str | None,
    packed: bool,
) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", str(nowhere / "share"))
    (nowhere / folder).mkdir(parents=True)
    for name, array in zip((IMAGES, LABELS), made_up, strict=True):
        content = idx(array)
        path = nowhere / folder / name
        if packed:
            path.with_name(f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            path.write_bytes(content)
    data = datasets.fashion_mnist("test", root=root)
    assert np.array_equal(data.images, made_up[0])
    assert np.array_equal(data.labels, made_up[1])
    assert (data.images.dtype, data.labels.dtype) == (np.uint8, np.int64)
    assert data.images.flags.writeable
    assert repr(data) == "Dataset(5 images of 28 x 28, 10 classes)"


def test_the_root_that_is_named_is_read_before_any_other_folder(
    tmp_path: Path, made_up: tuple[NDArray[np.uint8], NDArray[np.uint8]]
) -> None:
    for name, array in zip((IMAGES, LABELS), made_up, strict=True):
        (tmp_path / name).write_bytes(idx(array))
    assert len(datasets.fashion_mnist("test", root=tmp_path)) == 5


def test_missing_data_says_what_to_do(nowhere: Path) -> None:
    (nowhere / IMAGES).touch()  # one file of two is not enough
    with pytest.raises(DataError) as raised:
        datasets.fashion_mnist("test", root=nowhere)
    message = str(raised.value)
    for part in ("apt install dataset-fashion-mnist", "download=True", "root", str(nowhere)):
        assert part in message


def test_a_failed_download_says_what_to_do(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vision = pytest.importorskip("torchvision.datasets")

    def fail(self: object) -> None:
        raise RuntimeError("no network")

    monkeypatch.setattr(vision.FashionMNIST, "download", fail)
    with pytest.raises(DataError, match=r"no network.*apt install dataset-fashion-mnist"):
        datasets.fashion_mnist("test", download=True)


def test_a_download_is_read(
    nowhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    made_up: tuple[NDArray[np.uint8], NDArray[np.uint8]],
) -> None:
    vision = pytest.importorskip("torchvision.datasets")

    def write(self: object) -> None:
        folder = Path("clothes/FashionMNIST/raw")
        folder.mkdir(parents=True)
        for split in ("train", "t10k"):
            for name, array in zip((IMAGES, LABELS), made_up, strict=True):
                (folder / name.replace("t10k", split)).write_bytes(idx(array))

    monkeypatch.setattr(vision.FashionMNIST, "download", write)
    data = datasets.fashion_mnist("test", root="clothes", download=True)
    assert np.array_equal(data.labels, made_up[1])


PICTURES = np.zeros((5, 28, 28), np.uint8)
NUMBERS = np.zeros(5, np.uint8)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{IMAGES}.gz", gzip.compress(idx(PICTURES), mtime=0)[:-20]),
        (f"{IMAGES}.gz", b"no gzip file"),
        (f"{IMAGES}.gz", gzip.compress(idx(PICTURES), mtime=0)[:12] + b"\xff" * 40),
        (IMAGES, idx(PICTURES)[:-1]),
        (IMAGES, idx(PICTURES) + b"\0"),
        (IMAGES, idx(PICTURES)[:7]),
        (IMAGES, b""),
        (IMAGES, b"<html>not found</html>"),
        (IMAGES, b"\0\0\x0d" + idx(PICTURES)[3:]),  # floats
        (IMAGES, idx(np.zeros((5, 32, 32), np.uint8))),
        (LABELS, idx(np.zeros(4, np.uint8))),
        (LABELS, idx(np.full(5, 10, np.uint8))),
        (LABELS, b"\0\0\x08\0\0"),  # a number without axes
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / IMAGES).write_bytes(idx(PICTURES))
    (tmp_path / LABELS).write_bytes(idx(NUMBERS))
    (tmp_path / name).write_bytes(content)  # a packed file is taken before an unpacked one
    with pytest.raises(DataError, match=f"{name} cannot be used"):
        datasets.fashion_mnist("test", root=tmp_path)


def test_files_without_a_picture_are_refused(tmp_path: Path) -> None:
    (tmp_path / IMAGES).write_bytes(idx(PICTURES[:0]))
    (tmp_path / LABELS).write_bytes(idx(NUMBERS[:0]))
    with pytest.raises(DataError, match=LABELS):
        datasets.fashion_mnist("test", root=tmp_path)


@pytest.mark.parametrize("load", [datasets.fashion_mnist, datasets.digits])
def test_a_split_is_train_or_test(load: object) -> None:
    with pytest.raises(InputError, match=r"'validation'.*'train' or 'test'"):
        load("validation")  # type: ignore[operator]


@pytest.mark.parametrize(("split", "count"), [("train", 60_000), ("test", 10_000)])
def test_the_real_files_are_whole(split: str, count: int) -> None:
    try:
        data = datasets.fashion_mnist(split)
    except DataError as error:
        pytest.skip(str(error))
    assert data.images.shape == (count, 28, 28)
    assert np.bincount(data.labels).tolist() == [count // 10] * 10
    assert (data.images.min(), data.images.max()) == (0, 255)
    if split == "test":
        assert [data.classes[label] for label in data.labels[:3]] == [
            "Ankle boot",
            "Pullover",
            "Trouser",
        ]


def test_mnist_is_read_where_it_is(nowhere: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="MNIST is not on this machine"):
        datasets.mnist("test")
    folder = tmp_path / "own" / "MNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / IMAGES).write_bytes(idx(PICTURES))
    (folder / f"{LABELS}.gz").write_bytes(gzip.compress(idx(NUMBERS)))
    found = datasets.mnist("test", root=tmp_path / "own")
    assert np.array_equal(found.images, PICTURES) and np.array_equal(found.labels, NUMBERS)
    assert found.classes == tuple("0123456789")
    with pytest.raises(DataError):
        datasets.mnist("train", root=tmp_path / "own")


def test_digits_are_split_by_class_and_always_the_same() -> None:
    train, test = datasets.digits("train"), datasets.digits("test")
    assert (len(train), len(test)) == (1437, 360)
    assert train.images.shape[1:] == (8, 8)
    assert (train.images.dtype, train.labels.dtype) == (np.uint8, np.int64)
    assert (train.images.min(), train.images.max()) == (0, 255)
    assert set(np.unique(train.images)) <= set(np.rint(np.arange(17) * 255 / 16).astype(int))
    shares = [np.bincount(data.labels) / len(data) for data in (train, test)]
    assert np.abs(shares[0] - shares[1]).max() < 0.005
    assert np.array_equal(test.labels, datasets.digits("test").labels)
    # fixed for good: a network's accuracy on the test part means nothing if it had seen it
    assert test.labels[:12].tolist() == [1, 4, 8, 6, 5, 9, 9, 1, 3, 2, 2, 2]
    assert train.classes == tuple("0123456789")


# CIFAR-10


def cifar_batch(seed: int, count: int = 8) -> dict[str, object]:
    """What one of CIFAR-10's files holds, made up."""
    random = np.random.default_rng(seed)
    rows = random.integers(256, size=(count, 3072), dtype=np.uint8)
    return {"batch_label": "made up", "data": rows, "labels": list(range(count))}


def put_cifar(folder: Path, protocol: int = 2) -> list[dict[str, object]]:
    """Write all files into a folder, and return what they hold, that of the test last."""
    folder.mkdir(parents=True)
    batches = [cifar_batch(seed) for seed in range(6)]
    names = [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]
    for name, batch in zip(names, batches, strict=True):
        (folder / name).write_bytes(pickle.dumps(batch, protocol))
    return batches


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("inside", ["cifar-10-batches-py", "."], ids=["root", "the files' folder"])
def test_cifar_is_read(tmp_path: Path, inside: str, protocol: int) -> None:
    batches = put_cifar(tmp_path / "data" / inside, protocol)
    test = datasets.cifar10(tmp_path / "data", "test")
    rows = np.asarray(batches[-1]["data"])
    assert repr(test) == "Dataset(8 images of 32 x 32, 10 classes)"
    # The pixel of row 2, column 5: its red, then 1,024 numbers on its green, then its blue.
    assert test.images[3, 2, 5].tolist() == rows[3, [69, 69 + 1024, 69 + 2048]].tolist()
    assert test.labels.tolist() == list(range(8)) and test.labels.dtype == np.int64
    assert test.classes[9] == "truck" and test.images.flags.writeable
    train = datasets.cifar10(str(tmp_path / "data"))
    assert len(train) == 40 and not np.array_equal(train.images[:8], train.images[8:16])


def test_missing_cifar_names_folder_and_files(tmp_path: Path) -> None:
    put_cifar(tmp_path / "cifar-10-batches-py")
    (tmp_path / "cifar-10-batches-py" / "data_batch_4").unlink()
    assert len(datasets.cifar10(tmp_path, "test")) == 8
    with pytest.raises(DataError) as raised:
        datasets.cifar10(tmp_path)
    for part in (str(tmp_path), "data_batch_4", "cifar-10-batches-py", "download=True"):
        assert part in str(raised.value)
    with pytest.raises(InputError, match="'valid'"):
        datasets.cifar10(tmp_path, "valid")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"data": np.zeros((8, 3072))}, r"float64 \(8, 3072\)"),
        ({"data": np.zeros((8, 784), np.uint8)}, r"\(8, 784\)"),
        ({"data": None}, "not uint8"),
        ({"labels": [1, 2]}, "8 pictures"),
        ({"labels": [0.5] * 8}, "8 pictures"),
        ({"labels": [*range(7), 10]}, "above 9"),
        ({"labels": [*range(7), -1]}, "below 0"),
        ({"data": np.zeros((0, 3072), np.uint8), "labels": []}, "0 pictures"),
    ],
)
def test_files_that_are_not_cifars_are_refused(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    (tmp_path / "test_batch").write_bytes(pickle.dumps(cifar_batch(0) | change, 4))
    with pytest.raises(DataError, match=named):
        datasets.cifar10(tmp_path, "test")


class Runs:
    """What runs a command when it is unpickled as usual."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("ran",)


@pytest.mark.parametrize(
    "content",
    [pickle.dumps({"data": Runs()}), pickle.dumps([1, 2]), b"no pickle", b""],
    ids=["code", "list", "text", "nothing"],
)
def test_a_pickle_that_is_no_data_is_refused_and_not_run(nowhere: Path, content: bytes) -> None:
    (nowhere / "test_batch").write_bytes(content)
    with pytest.raises(DataError, match=r"test_batch.*get it anew"):
        datasets.cifar10(nowhere, "test")
    assert not (nowhere / "ran").exists()


def test_a_resnet20_is_trained_on_a_folder_of_cifars_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_cifar(tmp_path / "cifar-10-batches-py")
    weights = tmp_path / "net.safetensors"
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "scripts")
    monkeypatch.setattr(sys, "argv", ["", str(tmp_path), str(weights), "--epochs", "2"])
    import train_resnet20  # a script, found by the path above

    train_resnet20.main()
    net = zoo.ResNet20().eval()
    net.load_state_dict(load_file(weights))
    test = datasets.cifar10(tmp_path, "test")
    images = torch.from_numpy(test.images).movedim(-1, 1) / 255
    right = (net(images).argmax(1).numpy() == test.labels).mean()
    assert json.loads(weights.with_suffix(".json").read_text())["test_accuracy"] == right
    assert net(images).shape == (8, 10)
