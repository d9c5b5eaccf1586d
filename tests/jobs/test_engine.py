from __future__ import annotations

import contextvars
import gc
import itertools
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import pytest

from xaiwidgets.errors import Cancelled, InputError, XaiError
from xaiwidgets.jobs import Channel, Engine, Job
from xaiwidgets.work import Progress, Steps, Work

NAME: contextvars.ContextVar[str] = contextvars.ContextVar("NAME", default="nobody")


class Endless:
    """Steps that go on until told to stop, and note all that happens to them."""

    def __init__(self, name: str = "", log: list[str] | None = None, gate: bool = False) -> None:
        self.name, self.log = name, log if log is not None else []
        self.finish, self.closed, self.first = (threading.Event() for _ in range(3))
        self.entered = threading.Event()
        self.gate = threading.Event()
        if not gate:
            self.gate.set()

    def steps(self) -> Steps[str]:
        try:
            count = 0
            while not self.finish.is_set():
                self.entered.set()
                self.gate.wait(5)
                self.log.append(self.name)
                self.first.set()
                count += 1
                yield Progress(count)
                time.sleep(0.002)
            return f"{self.name} done"
        finally:
            self.closed.set()


def three() -> Steps[int]:
    yield Progress(1, 1)
    return 3


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_a_job_returns_its_result_and_reports_on_the_way(engine: Engine) -> None:
    seen: list[int] = []
    ended: list[Job[str]] = []

    def count() -> Steps[str]:
        yield Progress(1)
        yield Progress(2)
        return "result"

    job = engine.submit(count(), lambda p: seen.append(p.done), ended.append)
    assert job.wait(5) == "result"
    assert seen == [1, 2]
    assert ended == [job]
    assert job.done
    assert not job.cancelled


def test_an_error_is_kept_and_raised_by_wait(engine: Engine) -> None:
    def fail() -> Steps[None]:
        yield Progress(1)
        raise ZeroDivisionError("oh")

    job = engine.submit(fail())
    with pytest.raises(ZeroDivisionError, match="oh"):
        job.wait(5)
    assert engine.submit(iter_once()).wait(5) == 7  # the thread lives on


def iter_once() -> Steps[int]:
    yield Progress(1)
    return 7


def test_all_steps_run_on_one_thread_in_the_context_of_their_submission(engine: Engine) -> None:
    def where() -> Steps[tuple[str, int]]:
        yield Progress(1)
        return NAME.get(), threading.get_ident()

    def submit(name: str) -> Job[tuple[str, int]]:
        NAME.set(name)
        return engine.submit(where())

    jobs = [contextvars.copy_context().run(submit, name) for name in ("one", "two")]
    (name1, thread1), (name2, thread2) = (job.wait(5) for job in jobs)
    assert (name1, name2) == ("one", "two")
    assert thread1 == thread2 != threading.get_ident()


def test_a_new_job_is_served_during_a_long_one(engine: Engine) -> None:
    log: list[str] = []
    long, short = Endless("long", log), Endless("short", log)
    long_job = engine.submit(long.steps())
    assert long.first.wait(5)
    short_job = engine.submit(short.steps())
    assert short.first.wait(5)
    short.finish.set()
    assert short_job.wait(5) == "short done"
    assert not long_job.done
    # Turns alternate: from the first step of the short job on, no job takes two in a row.
    turns = log[log.index("short") : len(log) - log[::-1].index("short")]
    assert all(a != b for a, b in itertools.pairwise(turns))
    long.finish.set()
    assert long_job.wait(5) == "long done"


def test_the_newest_goes_first(engine: Engine) -> None:
    log: list[str] = []
    first = Endless("first", log, gate=True)
    engine.submit(first.steps())
    assert first.entered.wait(5)
    others = [Endless(name, log) for name in ("second", "third")]
    for work in others:
        engine.submit(work.steps())
    first.gate.set()
    assert all(work.first.wait(5) for work in others)
    assert log[:3] == ["first", "third", "second"]
    for work in (first, *others):
        work.finish.set()


def test_cancel_closes_the_work_and_is_told(engine: Engine) -> None:
    work = Endless()
    ended: list[bool] = []
    job = engine.submit(work.steps(), on_end=lambda j: ended.append(j.cancelled))
    assert work.first.wait(5)
    job.cancel()
    with pytest.raises(Cancelled):
        job.wait(5)
    assert work.closed.is_set()
    assert ended == [True]


def test_cancel_before_the_first_step_runs_nothing(engine: Engine) -> None:
    busy, work = Endless(gate=True), Endless()
    busy_job = engine.submit(busy.steps())
    assert busy.entered.wait(5)
    job = engine.submit(work.steps())
    job.cancel()
    busy.gate.set()
    with pytest.raises(Cancelled):
        job.wait(5)
    assert work.log == []
    busy.finish.set()
    busy_job.wait(5)


def test_the_latest_job_of_a_channel_wins_and_the_older_falls_silent(engine: Engine) -> None:
    channel = Channel(engine)
    heard: list[str] = []
    old, new = Endless("old"), Endless("new")
    old_job = channel.submit(
        old.steps(), lambda p: heard.append("old"), lambda j: heard.append("old ended")
    )
    assert old.first.wait(5)
    heard.clear()
    new_job = channel.submit(new.steps(), lambda p: None, lambda j: heard.append("new ended"))
    assert old.closed.wait(5)
    new.finish.set()
    assert new_job.wait(5) == "new done"
    assert old_job.cancelled
    assert "old ended" not in heard
    assert heard[-1] == "new ended"


def test_a_time_out_leaves_the_job_running(engine: Engine) -> None:
    work = Endless()
    job = engine.submit(work.steps())
    with pytest.raises(TimeoutError, match="has not ended"):
        job.wait(0.05)
    assert not job.done
    work.finish.set()
    job.wait(5)


def test_an_interrupt_during_wait_cancels(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Endless()
    job = engine.submit(work.steps())
    assert work.first.wait(5)
    monkeypatch.setattr(job.ended, "wait", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        job.wait()
    assert work.closed.wait(5)


def _interrupted(timeout: float) -> bool:
    raise KeyboardInterrupt


def test_an_error_of_a_listener_ends_the_job_with_it(engine: Engine) -> None:
    work = Endless()

    def listener(progress: Progress) -> None:
        raise RuntimeError("no page")

    with pytest.raises(RuntimeError, match="no page"):
        engine.submit(work.steps(), listener).wait(5)
    assert work.closed.is_set()


def test_what_is_no_generator_is_refused(engine: Engine) -> None:
    def iterator() -> Iterator[int]:
        return iter([1])

    with pytest.raises(InputError, match="it must be the Work"):
        engine.submit(iterator())  # type: ignore[arg-type]


def test_waiting_on_the_compute_thread_is_an_error_not_a_standstill(engine: Engine) -> None:
    told: list[str] = []

    def wait_for_another(progress: Progress) -> None:
        with pytest.raises(XaiError, match="wait for itself"):
            engine.submit(iter_once()).wait()
        told.append("yes")

    engine.submit(iter_once(), wait_for_another).wait(5)
    assert told == ["yes"]


@pytest.mark.slow
def test_an_interpreter_may_end_in_the_middle_of_a_job() -> None:
    code = """
import torch
from xaiwidgets.jobs import Engine
from xaiwidgets.work import Progress

def work():
    net, batch = torch.nn.Conv2d(3, 32, 5), torch.rand(8, 3, 128, 128)
    while True:
        net(batch)
        yield Progress(1)

engine = Engine()
engine.submit(work())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("stops", [1, 2])
def test_an_engine_that_rests_may_be_stopped_any_number_of_times(stops: int) -> None:
    engine = Engine()
    for _ in range(stops):
        engine.stop()
    assert engine.submit(three()).wait(10) == 3
    for _ in range(stops):
        engine.stop()
    assert engine.submit(three()).wait(10) == 3
    engine.stop()


def test_an_engine_that_was_stopped_starts_again(engine: Engine) -> None:
    assert engine.submit(iter_once()).wait(5) == 7
    engine.stop()
    assert engine.submit(iter_once()).wait(5) == 7


def test_an_engine_that_was_stopped_goes_on_with_nothing(engine: Engine) -> None:
    begun, queued = Endless(gate=True), Endless()
    engine.submit(begun.steps())
    assert begun.entered.wait(5)
    engine.submit(queued.steps())
    threading.Timer(0.05, begun.gate.set).start()  # after `stop` has been called
    engine.stop()
    assert engine.submit(three()).wait(5) == 3
    assert len(begun.log) == 1 and not queued.log


def test_work_is_taken_on_as_it_is(engine: Engine) -> None:
    assert engine.submit(Work(three(), "three")).wait(10) == 3


def test_a_resting_engine_holds_no_job(engine: Engine) -> None:
    class Heavy:
        def ended(self, job: Job[int]) -> None: ...

    heavy = Heavy()
    job = engine.submit(three(), on_end=heavy.ended)
    job.wait(10)
    gone = weakref.ref(heavy)
    del heavy, job
    deadline = time.monotonic() + 10
    while gone() is not None:  # the thread comes to rest a moment after the job has ended
        assert time.monotonic() < deadline, "the resting engine holds the last job"
        gc.collect()
        time.sleep(0.01)
