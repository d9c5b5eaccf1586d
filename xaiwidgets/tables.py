"""Rows of results as a table of pandas, which is only needed for that."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from xaiwidgets.errors import DataError


def data_frame(rows: Sequence[dict[str, Any]]) -> Any:
    """Return rows as a pandas DataFrame; DataError where pandas is not installed."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError as error:
        raise DataError("to_frame needs pandas; run: pip install pandas, or use rows()") from error
    return pandas.DataFrame(rows)
