"""Collects what the tests have seen, and writes the table when all networks were asked."""

from __future__ import annotations

import pytest

from tests.networks import table

CELLS: dict[table.Cell, str] = {}
REFUSALS: dict[table.Cell, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-table", action="store_true", help="write docs/networks.md anew")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # On the process that others report to, where tests are shared out.
    for name, value in report.user_properties:
        if name == "cell" and report.when == "call":
            network, check, cell, refusal = value  # type: ignore[misc]
            CELLS[network, check] = cell
            if refusal is not None:
                REFUSALS[network, check] = refusal


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--write-table") and not hasattr(session.config, "workerinput"):
        table.write(CELLS, REFUSALS)
