"""Finished maps are not computed again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from torch import Tensor

from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache, cache_of, digest
from xaiwidgets.methods._method import Method, Task, blaming_baseline
from xaiwidgets.probes import probe_of
from xaiwidgets.work import Progress, Steps


def memoised(
    method: Method,
    tasks: Sequence[Task],
    cache: Cache | None,
    compute: Callable[[Sequence[Task]], Steps[list[Attribution]]],
    variant: Hashable = None,
) -> Steps[list[Attribution]]:
    """Return the maps of tasks: those in the cache, and of the others what `compute` does.

    Parameters
    ----------
    cache : Cache, optional
        By default each network's own.
    variant : hashable
        What else maps depend on, besides the method and its task.
    """
    yield Progress(0, len(tasks), method.label)
    for network in {id(task.network): task.network for task in tasks}.values():
        # Writes through `.data` leave no trace but in the numbers: a stale map must not be found.
        network.weights(anew=True)
    keys = [(variant, *_key(method, task)) for task in tasks]
    caches = [cache_of(task.network) if cache is None else cache for task in tasks]
    maps: list[Attribution | None] = [
        # The same map may answer another query, and this time nothing is paid.
        (finished := each.get(key)) and replace(finished, paid=0, query=task.query)
        for each, key, task in zip(caches, keys, tasks, strict=True)
    ]
    missing = [number for number, finished in enumerate(maps) if finished is None]
    if missing:
        computed = yield from _computed(method, [tasks[number] for number in missing], compute)
        for number, new in zip(missing, computed, strict=True):
            maps[number] = caches[number].keep(keys[number], new)
    return [finished for finished in maps if finished is not None]


def _computed(
    method: Method,
    tasks: Sequence[Task],
    compute: Callable[[Sequence[Task]], Steps[list[Attribution]]],
) -> Steps[list[Attribution]]:
    if not method.has_baseline:
        return (yield from compute(tasks))
    with blaming_baseline(tasks[0].network, tasks[0].input[None], tasks[0].absent[None]):
        return (yield from compute(tasks))


def _key(method: Method, task: Task) -> tuple[object, ...]:
    """Return all that a map depends on."""
    network, chooser = task.network, task.chooser
    return (
        # The repr of a method is all its settings.
        repr(method),
        network.weights(),
        # A `forward` may use what no hash sees; how layers lie, and what scores mean, can be said.
        *(network.derived.identity, not network.output_assumed and network.output),
        tuple(sorted(network.grids.items())),
        digest(task.input),
        # By name, it follows from the input.
        digest(task.baseline) if isinstance(task.baseline, Tensor) else task.baseline,
        None if task.references is None else digest(task.references),
        *(task.window, task.layer, task.output, task.target),
        None if chooser is None else (chooser.derived.identity, chooser.weights(anew=True)),
        # A layer's probe may be fitted anew while the network stays.
        None if task.layer is None else probe_of(task.network, task.layer).key,
    )
