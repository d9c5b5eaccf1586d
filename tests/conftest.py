"""How tests are collected, put in order and shared out; none finds what another had evaluated.

Under ``pytest -n 4`` four processes share the tests: file by file, because a file's fixtures (a
trained network, a browser) are made once; the notebooks one by one; and together all that runs on
an old ipykernel, because a notebook goes on with the kernel of the one before, and all that starts
workers, because these are forked from one process that has loaded torch and Dask.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest
from _pytest.doctest import DoctestModule
from hypothesis import HealthCheck, settings

from tests import everywhere
from tests.browser.kernels import OLD

# jsonschema compiles a grammar of addresses for a second and a half in each process that loads
# nbformat, which has no addresses to check; without it jsonschema goes on as if not installed.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
# torch._dynamo loads Triton where it is installed, for GPUs that no test has; and Triton complains
# of what is not collected at the end, which takes seconds.
sys.modules.setdefault("triton", None)  # type: ignore[arg-type]

if "PYTEST_XDIST_WORKER" in os.environ:
    # Before torch is loaded, and for every kernel and worker that a test starts: threads of
    # processes that share the cores wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes tells how busy the machine is; and no change is refused for an example
# that has nothing to do with it.
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("patient")

WORKERS = ("tests/cluster/", "tests/accountability/test_executors.py")
ONE_BY_ONE = ("test_notebooks.py", "test_hosts.py")
SLOW_FAMILIES = ("connection", "accessibility", "hosts")
"""Browser tests of which nearly each needs a notebook, or a server, of its own."""
BROWSER = Path(__file__).parent / "browser"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(everywhere)
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # the order is that of the next function
    if not config.getoption("numprocesses", None):  # else the tests are collected by others
        gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[Any], list[Any]]:
    """Look for examples in the package's docstrings only: there are none in the tests'."""
    return [found for found in (yield) if not isinstance(found, DoctestModule)]


def pytest_collection_finish() -> None:
    # What was imported and collected stays: to walk through it again and again would cost the
    # collector as much as a tenth of the tests.
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], 40)  # what is left is small, and soon seen as grown
    gc.enable()


def pytest_sessionfinish() -> None:
    # pytest collects ten times over at its end, IPython and Python once each.
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it at the end.

    The browser comes last nevertheless: Playwright keeps an event loop running in the main thread
    from its first test on, which would break any later test that calls `asyncio.run`.
    """
    sizes = Counter(_family(item) for item in items if BROWSER in item.path.parents)

    def place(item: pytest.Item) -> tuple[int, bool, int, str]:
        if BROWSER not in item.path.parents:
            return (0 if item.get_closest_marker("notebook") else 1), False, 0, ""
        # Where kernel and set-up stay the same, torch is not imported anew: files of one widget
        # share a set-up, and stand side by side.
        if _is_of_old_kernel(item.nodeid):
            return 2, False, 0, item.path.name
        family = _family(item)
        return 3, family not in SLOW_FAMILIES, -sizes[family], item.path.name

    items.sort(key=place)


def _family(item: pytest.Item) -> str:
    """Return the first word of a file's name: what its browser tests are about."""
    return item.path.stem.removeprefix("test_").partition("_")[0]


def _is_of_old_kernel(nodeid: str) -> bool:
    return OLD in nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):
        """Whole files; but notebooks, networks, workers and the old ipykernel for themselves."""

        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            if file.endswith("networks/test_networks.py"):
                return nodeid.rpartition("-")[0]  # [network-capability]
            if _is_of_old_kernel(nodeid):
                return OLD
            if file.startswith(WORKERS):
                return "workers"
            return nodeid if file.endswith(ONE_BY_ONE) else file

    return Files(config, log)


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


# --- executors, started once for all tests of a process -----------------------------------------

# Workers are forked from a process that has imported torch once, and no thread yet: importing it
# takes each of them seconds.
FORKSERVER = multiprocessing.get_context("forkserver")
LOADED = [
    "torch",
    "torch._dynamo",
    "distributed",
    "xaiwidgets.accountability",
    "xaiwidgets.reliability",
]


@pytest.fixture
def nothing_is_left(
    processes_from: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail where work on an executor leaves a folder behind."""
    # After the server of processes has made a folder of its own.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert not list(tmp_path.glob("xaiwidgets-*"))


@pytest.fixture(scope="session")
def processes_from() -> Any:
    """How processes of tests are made."""
    # Started before Dask would, which gives it a list without torch.
    FORKSERVER.set_forkserver_preload(LOADED)
    forkserver.ensure_running()
    return FORKSERVER


@pytest.fixture(scope="session")
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture(scope="session")
def processes(processes_from: Any) -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=processes_from) as pool:
        yield pool


@pytest.fixture(scope="module")
def client(processes_from: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of Dask, with two processes, until a file ends: they work also while they wait."""
    distributed = pytest.importorskip("distributed")
    import dask

    with (
        # A worker that is gone is noticed at once; nothing is written beside the tests. None
        # looks a hundred times a second at what it does itself.
        dask.config.set(
            {
                "distributed.admin.tick.interval": "1s",
                "distributed.comm.timeouts.connect": "5s",
                "distributed.worker.multiprocessing-method": "forkserver",
                "distributed.worker.profile.enabled": False,
            }
        ),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(params=["threads", "processes", "client"])
def executor(request: pytest.FixtureRequest) -> Executor:
    given = request.getfixturevalue(request.param)
    executor: Executor = given.get_executor() if request.param == "client" else given
    return executor
