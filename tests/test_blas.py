from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from xaiwidgets.blas import one_blas_thread


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_the_limit_is_lifted_by_the_last_to_go() -> None:
    assert np.eye(2).sum() == 2  # NumPy's BLAS is loaded
    with threadpool_limits(2, user_api="blas"):
        first, second = one_blas_thread(), one_blas_thread()
        first.__enter__()
        second.__enter__()
        assert threads() == {1}
        first.__exit__(None, None, None)
        assert threads() == {1}
        second.__exit__(None, None, None)
        assert threads() == {2}
