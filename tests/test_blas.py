from __future__ import annotations

import subprocess
import sys

# In a process of its own: threads of other tests may be inside a block, too.
NESTED = """
import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits
from xaiwidgets.blas import one_blas_thread

def threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

with threadpool_limits(2, user_api="blas"):
    first, second = one_blas_thread(), one_blas_thread()
    print(threads())
    first.__enter__()
    second.__enter__()
    print(threads())
    first.__exit__(None, None, None)
    print(threads())
    second.__exit__(None, None, None)
    print(threads())
"""


def test_the_limit_is_lifted_by_the_last_to_go() -> None:
    lines = subprocess.run(
        [sys.executable, "-c", NESTED], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    assert lines[:4] == ["{2}", "{1}", "{1}", "{2}"]
