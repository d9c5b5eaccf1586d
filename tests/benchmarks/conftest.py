"""Benchmarks run by `make benchmarks` only; their figures go into a table of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.browser.conftest import lab  # noqa: F401  the fixture

ROOT = Path(__file__).parents[2]
INDEX, BENCHMARKS = ROOT / "docs/index.md", ROOT / "docs/benchmarks.md"
OPEN, CLOSE = "<!-- benchmarks -->\n", "<!-- /benchmarks -->"

HEADLINES = (
    "evaluations to rank agreement 0.9, against Captum's sampler, median of 8 games",
    "time per evaluation, against the plain network in batches of 32, one thread",
    "largest deviation of a logit, share of their range",
    "cells within two standard errors of the exact value, 2 x 5 cells, 160 maps",
    "memory beyond that of a first small map, for 500 and 4,000 evaluations",
    "opacity, painted, against `interact` with matplotlib",
    "a map from the kernel's cache, painted, against a figure of the same size",
    "contrast, 256 pairs of digits, random probe: boundary reached, no third class above "
    "(scaled descent; xGEMs)",
    "contrast: pairs a second, all together against one by one, one start",
)
"""The rows on the first page of the documentation, goals that are not reached among them."""


class Table:
    """Rows of a table in Markdown."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, str]] = {}

    def add(self, what: str, measured: str, goal: str) -> None:
        """Put a row into the table, or replace the one of the same name."""
        self.rows[what] = (measured, goal)

    def merged_into(self, old: str) -> str:
        """Return a table in Markdown with its rows replaced by those measured now."""
        cells = [[c.strip() for c in line.strip("|").split("|")] for line in old.splitlines()]
        rows = {what: (found, goal) for what, found, goal in cells[2:]} | self.rows
        lines = [f"| {what} | {found} | {goal} |" for what, (found, goal) in rows.items()]
        return "\n".join([*HEAD, *lines, ""])


HEAD = ("| what | measured | goal |", "|---|---|---|")


def headlines(table: str) -> str:
    """Return the rows of a table that the first page shows, in its order."""
    rows = {line.strip("|").split("|")[0].strip(): line for line in table.splitlines()}
    return "\n".join([*HEAD, *(rows[what] for what in HEADLINES if what in rows), ""])


def replaced(text: str, table: str) -> str:
    """Return a page with another table between its marks."""
    before, rest = text.split(OPEN)
    return before + OPEN + table + CLOSE + rest.split(CLOSE)[1]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave benchmarks to `make benchmarks`: Captum and others take a second to load."""
    is_one = collection_path.parent == Path(__file__).parent and collection_path.suffix == ".py"
    return True if is_one and not config.getoption("benchmark_enable") else None


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """Collect rows, and put them into the documentation at the end.

    Rows of a run of all benchmarks are the whole table: none of another day stays in it.
    """
    rows = Table()
    yield rows
    page = BENCHMARKS.read_text()
    before = "" if _is_whole(request.session) else page.split(OPEN)[1].split(CLOSE)[0]
    merged = rows.merged_into(before)
    BENCHMARKS.write_text(replaced(page, merged))
    INDEX.write_text(replaced(INDEX.read_text(), headlines(merged)))


def _is_whole(session: pytest.Session) -> bool:
    """Return whether all benchmarks were run, and none failed."""
    here = Path(__file__).parent
    files = {item.path for item in session.items}
    chosen = session.config.getoption("keyword") or session.config.getoption("maxfail")
    nodes = any("::" in arg for arg in session.config.args)
    return not (chosen or nodes or session.testsfailed) and files >= set(here.glob("test_*.py"))


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Let torch use one thread, as on a machine whose other cores are busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
