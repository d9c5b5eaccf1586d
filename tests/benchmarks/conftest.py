"""Benchmarks run by `make benchmarks` only; their figures go into the README's table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.browser.conftest import lab  # noqa: F401  the fixture

README = Path(__file__).parents[2] / "README.md"
OPEN, CLOSE = "<!-- benchmarks -->\n", "<!-- /benchmarks -->"


class Table:
    """Rows of the README's table."""

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
        return "\n".join(["| what | measured | goal |", "|---|---|---|", *lines, ""])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("benchmark_enable"):
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="run by `make benchmarks`"))


@pytest.fixture(scope="session")
def table() -> Iterator[Table]:
    """Collect rows, and put them into the README at the end."""
    rows = Table()
    yield rows
    before, rest = README.read_text().split(OPEN)
    old, after = rest.split(CLOSE)
    README.write_text(before + OPEN + rows.merged_into(old) + CLOSE + after)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Let torch use one thread, as on a machine whose other cores are busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
