"""Several searches that take turns."""

from __future__ import annotations

from collections.abc import Mapping

from xaiwidgets.accountability import SearchResult
from xaiwidgets.work import Progress, Steps

Results = Mapping[str, SearchResult]
"""By strategy: "shift", "reseed"."""


def interleave(searches: Mapping[str, Steps[SearchResult]]) -> Steps[Results]:
    """Drive several searches in turn, one step each, so that all get the same time.

    The preview is what all have found so far.
    """
    active = dict(searches)
    results: dict[str, SearchResult] = {}
    reports = {name: Progress(0) for name in active}
    try:
        while active:
            for name in list(active):
                try:
                    reports[name] = next(active[name])
                except StopIteration as stop:
                    results[name] = stop.value
                    del active[name]
                else:
                    preview = reports[name].preview
                    results |= {name: preview} if preview else {}
                # In the order in which they were given, whichever ends first.
                so_far = {name: results[name] for name in searches if name in results}
                yield _summed(list(reports.values()), so_far)
    finally:
        # What is not closed would leave its workers training.
        for steps in searches.values():
            steps.close()
    return {name: results[name] for name in searches}


def _summed(reports: list[Progress], results: Results) -> Progress:
    totals = [report.total for report in reports if report.total is not None]
    total = sum(totals) if len(totals) == len(reports) else None
    done = sum(report.done for report in reports)
    return Progress(done, total, reports[-1].note, results or None)
