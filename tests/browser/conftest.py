"""One JupyterLab for all browser tests, and a look for hidden failures after each of them."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from .kernels import KERNELS
from .lab import LabSession

HERE = Path(__file__).parent
SHOTS = HERE / "shots"
SKIP = pytest.mark.skip(reason="XAI_SKIP_BROWSER=1")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "provokes_errors: a browser test whose failures in the page are fine, and over at its end",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.browser)
        if os.environ.get("XAI_SKIP_BROWSER") == "1":
            item.add_marker(SKIP)


@pytest.fixture(scope="session")
def lab() -> Iterator[LabSession]:
    """JupyterLab in a browser; `lab.open` starts afresh."""
    with LabSession() as session:
        yield session


@pytest.fixture(autouse=True)
def _first_visit(request: pytest.FixtureRequest) -> None:
    """Begin as somebody who has not been there, whatever another test has folded out."""
    if "lab" in request.fixturenames:
        request.getfixturevalue("lab").forget_visits()


@pytest.fixture(params=KERNELS, scope="session")
def kernel(request: pytest.FixtureRequest) -> str:
    """Each of the kernels in turn, to be handed to `lab.open`."""
    name: str = request.param
    return name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that passed, if anything else failed meanwhile."""
    result = yield
    lab = _session_of(item)
    problems = lab.report().problems if lab else ()
    if problems and not item.get_closest_marker("provokes_errors"):
        pytest.fail("\n".join(problems), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add a screenshot and what went wrong in the page to the report of a failed test."""
    report = yield
    lab = _session_of(item)
    if lab and report.when == "call":
        if report.failed:
            name = re.sub(r"[^\w.-]+", "-", item.name).strip("-")
            shot = SHOTS / f"{name}.png"
            lab.page.screenshot(path=shot)
            report.sections.append(("JupyterLab", f"{lab.report()}\nscreenshot: {shot}"))
            lab.is_sound = False
        if report.failed or item.get_closest_marker("provokes_errors"):
            lab.forget()
    return report


def _session_of(item: pytest.Item) -> LabSession | None:
    """Return the session that a test uses, if it uses one and got as far as that."""
    session = getattr(item, "funcargs", {}).get("lab")
    return session if isinstance(session, LabSession) else None
