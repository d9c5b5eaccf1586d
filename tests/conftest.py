"""No test writes to the user's cache, or finds what another test had evaluated.

Under ``pytest -n 2`` two processes share the tests: file by file, because a file's fixtures (a
trained network, a cluster, a browser) are made once, and the notebooks one by one.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.kernels import OLD

if "PYTEST_XDIST_WORKER" in os.environ:
    # Before torch is loaded, and for every kernel and worker that a test starts: threads of
    # processes that share the cores wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

ONE_BY_ONE = "test_notebooks.py"
BROWSER = Path(__file__).parent / "browser"


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # the order is that of the next function


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it at the end.

    The browser comes last nevertheless: Playwright keeps an event loop running in the main thread
    from its first test on, which would break any later test that calls `asyncio.run`.
    """
    sizes = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str, bool]:
        if BROWSER not in item.path.parents:
            return (0 if item.get_closest_marker("notebook") else 1), 0, "", False
        # A file changes its kernel once: each new one takes seconds to import torch.
        old = "callspec" in vars(item) and vars(item)["callspec"].params.get("kernel") == OLD
        return 2, -sizes[item.path], item.path.name, old

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):
        """Whole files, but notebooks one by one."""

        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file.endswith(ONE_BY_ONE) else file

    return Files(config, log)


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


@pytest.fixture
def two_threads() -> Iterator[None]:
    """Torch uses two threads, so that a test sees when it is left with one."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)
