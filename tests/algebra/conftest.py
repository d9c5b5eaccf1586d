from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.algebra.helpers import Ear, Heard
from xaiwidgets.copies import Copies
from xaiwidgets.work import Work


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where this test's probes are kept: none of another test are found."""
    monkeypatch.setenv("XAIWIDGETS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Ear:
    """Hears every picture that a game shows to a network, from now on."""
    ear, made = Ear(), Copies.twin

    def heard(self: Copies, *args: Any) -> Work[Heard]:
        return made(self, *args).map(lambda twin: ear.at(twin, id(self.net)))

    monkeypatch.setattr(Copies, "twin", heard)
    return ear
