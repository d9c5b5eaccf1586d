"""How torch's threads wait for each other: asleep, so that a busy machine is not slower still."""

from __future__ import annotations

import ctypes
import os
import threading

from threadpoolctl import ThreadpoolController

_SETTINGS = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")


def put_waiting_threads_to_sleep() -> None:
    """Let the threads of a GNU OpenMP that is loaded already wait asleep instead of spinning.

    What `OMP_WAIT_POLICY` says is read when the library is loaded, which is over where torch was
    imported first. But whenever there are more threads than cores, the library spins a thousandth
    of the time before a thread sleeps. A team of threads that does nothing makes them more: on two
    busy cores an evaluation then took a quarter of the time, as by the setting. What a person has
    set is left as it is.
    """
    if any(name in os.environ for name in _SETTINGS):
        return
    for library in ThreadpoolController().select(prefix="libgomp").info():
        _park_team(ctypes.CDLL(library["filepath"]))


def _park_team(openmp: ctypes.CDLL) -> None:
    """Keep a team of one thread more than there are cores, which sleeps."""
    # Called by every thread of the team, that Python knows nothing of: it must not be Python's.
    nothing = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p)
    parked = threading.Event()

    def park() -> None:
        count = ctypes.c_uint((os.cpu_count() or 1) + 1)
        openmp.GOMP_parallel(nothing, None, count, ctypes.c_uint(0))
        parked.set()
        threading.Event().wait()  # a team lives as long as the thread that has made it

    threading.Thread(target=park, name="xaiwidgets-openmp", daemon=True).start()
    parked.wait()
