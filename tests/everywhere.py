"""What holds for the package's examples as for the tests: of them, `conftest.py` is not told.

Nothing is written to the user's cache, and nothing goes on that an example has begun.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from _pytest.doctest import DoctestItem


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("XAIWIDGETS_CACHE")
    os.environ["XAIWIDGETS_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XAIWIDGETS_CACHE"]
    else:
        os.environ["XAIWIDGETS_CACHE"] = before


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Stop the work of an example's widget: a map of a photograph takes ten seconds and more."""
    widgets = sys.modules.get("xaiwidgets.widgets.base")
    if isinstance(item, DoctestItem) and widgets is not None:
        widgets.ENGINE.stop()
