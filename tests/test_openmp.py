"""Torch's threads wait asleep, whether or not torch was imported first."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, threading, time
import {first}
before = len(os.listdir("/proc/self/task"))
import {second}
import torch
names = [thread.name for thread in threading.enumerate()]
tasks = [each for each in os.listdir("/proc/self/task") if int(each) != os.getpid()]
for _ in range(500):
    stats = [open(f"/proc/self/task/{{each}}/stat").read() for each in tasks]
    states = {{stat.rpartition(")")[2].split()[0] for stat in stats}}
    if states <= {{"S"}}:  # a thread that has just begun runs for a while
        break
    time.sleep(0.02)
parked = names.count("xaiwidgets-openmp")
print(os.environ.get("OMP_WAIT_POLICY"), parked, len(tasks) + 1 - before, *states)
"""


def said(first: str, second: str, **settings: str) -> list[str]:
    """Return what a process says of its threads that imports the two in this order."""
    kept = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    command = [sys.executable, "-c", SCRIPT.format(first=first, second=second)]
    done = subprocess.run(command, env={**kept, **settings}, capture_output=True, check=True)
    return done.stdout.decode().split()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_threads_wait_asleep_in_whatever_order_things_are_imported() -> None:
    assert said("xaiwidgets", "torch")[:2] == ["PASSIVE", "0"]
    policy, parked, tasks, *states = said("torch", "xaiwidgets")
    assert (policy, parked, states) == ("None", "1", ["S"])
    # A team of one more than there are cores.
    assert int(tasks) == (os.cpu_count() or 1) + 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_person_has_set_is_left() -> None:
    assert said("torch", "xaiwidgets", OMP_WAIT_POLICY="ACTIVE")[:2] == ["ACTIVE", "0"]
    assert said("torch", "xaiwidgets", GOMP_SPINCOUNT="5")[:2] == ["None", "0"]
