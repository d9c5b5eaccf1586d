from __future__ import annotations

import pytest

from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.work import Budget, Later, Progress, Steps, Work, immediate, run, work


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


def checked_count(to: int) -> Steps[int]:
    if to < 1:
        raise InputError(f"to is {to}")

    def steps() -> Steps[int]:
        for done in range(to):
            yield Progress(done, to, "counting", Later(int.__mul__, 10, done))
        return to

    return steps()


counted = work(checked_count)


def test_work_checks_at_once_and_computes_when_driven() -> None:
    with pytest.raises(InputError, match="to is 0"):
        counted(0)
    begun = counted(3)
    assert "not begun" in repr(begun)
    assert [progress.done for progress in begun] == [0, 1, 2]
    assert begun.run() == 3, "the result of work that is done is kept"


def test_work_is_part_of_other_work() -> None:
    def outer() -> Steps[int]:
        return (yield from counted(2)) + (yield from counted(3).map(lambda n: 100 * n))

    assert run(outer()) == 302


def test_a_map_changes_previews_and_the_result() -> None:
    previews = []
    assert counted(2).map(str).run(lambda p: previews.append(p.preview)) == "2"
    assert previews == ["0", "10"]


def test_a_preview_is_made_only_when_it_is_read_and_once() -> None:
    made = []
    progress = Progress(1, 2, "", Later(lambda: made.append(1) or "x")).map(str.upper).noted("n")
    assert progress.has_preview
    assert (progress.note, made) == ("n", [])
    assert [progress.preview, progress.preview] == ["X", "X"]
    assert made == [1]
    plain = progress.without_preview()
    assert (plain.done, plain.total, plain.note, plain.has_preview) == (1, 2, "n", False)
    assert progress.without_preview("other").note == "other"
    assert not Progress(1).has_preview
    assert Progress(1).map(str.upper).preview is None


def test_closed_and_failed_work_says_so() -> None:
    closed = counted(3)
    next(closed)
    closed.close()
    with pytest.raises(XaiError, match="closed; call the function again"):
        closed.run()
    failing = Work(counting([], fail_at=1), "failing")
    with pytest.raises(ValueError, match="no"):
        failing.run()
    assert repr(failing) == "<failing: failed>"
    with pytest.raises(XaiError, match="has failed"):
        next(failing)


def test_an_exception_thrown_into_work_reaches_its_generator() -> None:
    events: list[str] = []
    begun = Work(counting(events), "counting")
    next(begun)
    with pytest.raises(KeyboardInterrupt):
        begun.throw(KeyboardInterrupt())
    assert events == ["closed"]


def test_a_generator_function_cannot_be_work() -> None:
    with pytest.raises(TypeError, match="cannot check at once"):
        work(counting)


def test_immediate_work_runs_when_called_and_streams_by_its_work() -> None:
    count = immediate(checked_count)
    assert count(2) == 2
    assert [p.preview for p in count.work(2)] == [0, 10]
    with pytest.raises(InputError):
        count.work(0)
