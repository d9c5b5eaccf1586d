"""Libraries that take seconds to import, in files whose tests one process of several runs."""

from __future__ import annotations

import importlib
from typing import Any


class Lazy:
    """A module that is imported when it is first used, and not when tests are collected."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith(("_", "pytest")):  # pytest looks for marks on all that it collects
            raise AttributeError(attribute)
        return getattr(importlib.import_module(self._name), attribute)
