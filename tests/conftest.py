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
def _own_answers(request: pytest.FixtureRequest) -> None:
    """Empty the caches of the networks that the tests of a module share."""
    # Only where somebody has imported it: not every test needs torch.
    network, methods = (sys.modules.get(f"xaiwidgets.{name}") for name in ("network", "methods"))
    if network is None or methods is None:
        return
    # Those of its fixtures that outlive a test have been made by now.
    shared = vars(request.module) | request.node.funcargs if request.module else {}
    for value in shared.values():
        if isinstance(value, network.Network):
            value.derived("cache", None, methods.Cache, anew=True)
