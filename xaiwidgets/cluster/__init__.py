"""Work on the workers of an executor: threads, processes, or a cluster of Dask.

`map_items` applies a function to items, wherever they are computed; `WorkerPool` is underneath,
for what decides on the way which item is next.
"""

from xaiwidgets.cluster._mapping import map_items
from xaiwidgets.cluster._outcomes import Done, Failed, Outcome, Undone
from xaiwidgets.cluster._workers import (
    WorkerPool,
    available_cores,
    check_executor,
    count_workers,
)

__all__ = [
    "Done",
    "Failed",
    "Outcome",
    "Undone",
    "WorkerPool",
    "available_cores",
    "check_executor",
    "count_workers",
    "map_items",
]
