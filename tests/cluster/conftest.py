from __future__ import annotations

from concurrent.futures import Executor

import pytest


@pytest.fixture(params=["here", "threads", "processes", "client"])
def anywhere(request: pytest.FixtureRequest) -> Executor | None:
    """Every kind of executor, and none."""
    if request.param == "here":
        return None
    given = request.getfixturevalue(request.param)
    executor: Executor = given.get_executor() if request.param == "client" else given
    return executor
