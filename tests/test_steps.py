from __future__ import annotations

import pytest

from xaiwidgets.errors import InputError
from xaiwidgets.steps import Budget, Progress, Steps, run


def counting(events: list[str], fail_at: int | None = None) -> Steps[str]:
    try:
        for i in range(3):
            if i == fail_at:
                raise ValueError("no")
            yield Progress(i, 3, preview=i)
        return "done"
    finally:
        events.append("closed")


def test_run_reports_every_step_and_returns_the_result() -> None:
    seen: list[Progress] = []
    assert run(counting([]), seen.append) == "done"
    assert [p.done for p in seen] == [0, 1, 2]


def test_the_work_is_closed_when_the_listener_throws() -> None:
    events: list[str] = []

    def listener(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(counting(events), listener)
    assert events == ["closed"]


def test_errors_of_the_work_come_through() -> None:
    with pytest.raises(ValueError, match="no"):
        run(counting([], fail_at=1))


@pytest.mark.parametrize("value", [-1, float("nan"), -0.5])
def test_a_budget_refuses_what_is_no_limit(value: float) -> None:
    with pytest.raises(InputError, match="max_time"):
        Budget(max_time=value)
    budget = Budget(max_trial=3)
    with pytest.raises(InputError, match="max_trial"):
        budget.max_trial = -1
    assert budget.max_trial == 3
