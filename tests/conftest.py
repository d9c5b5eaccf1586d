"""No test writes to the user's cache, or finds what another test had evaluated."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("XAIWIDGETS_CACHE")
    os.environ["XAIWIDGETS_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XAIWIDGETS_CACHE"]
    else:
        os.environ["XAIWIDGETS_CACHE"] = before


@pytest.fixture(autouse=True)
def _own_memory() -> None:
    # Only where somebody has imported it: not every test needs torch.
    if (memory := sys.modules.get("xaiwidgets.methods._cache")) is not None:
        memory._CACHES.clear()
