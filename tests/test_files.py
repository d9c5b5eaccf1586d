from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from xaiwidgets.errors import DataError
from xaiwidgets.files import read, write

TENSORS = {"a": torch.arange(6.0).reshape(2, 3).T}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "new" / "file.safetensors", "probes", TENSORS, {"n": [1, None]})
    tensors, about = read(path, "probes")
    assert torch.equal(tensors["a"], TENSORS["a"])
    assert about == {"n": [1, None]}
    assert list(path.parent.iterdir()) == [path]


def test_others_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        path = write(tmp_path / "file", "probes", TENSORS, {})
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "file", "probes", TENSORS, {"version": 1})

    def full(self: Path, data: bytes) -> int:
        self.touch()
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        write(path, "probes", TENSORS, {"version": 2})
    assert read(path, "probes")[1] == {"version": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_ours_is_a_data_error(tmp_path: Path) -> None:
    written = write(tmp_path / "probes", "probes", TENSORS, {})
    with pytest.raises(DataError, match="holds probes, not mutants"):
        read(written, "mutants")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "missing", "probes")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "text", "probes")
    save_file({"a": torch.zeros(1)}, tmp_path / "foreign")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "foreign", "probes")
