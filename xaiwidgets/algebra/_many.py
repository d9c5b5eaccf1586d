"""`explain_all`: the maps of many pictures, here or on the workers of an executor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from xaiwidgets.algebra._expression import Term
from xaiwidgets.algebra._source import Input
from xaiwidgets.cluster import map_items
from xaiwidgets.images import Window
from xaiwidgets.methods import Attribution, Method
from xaiwidgets.network import Network, Picture, require_network
from xaiwidgets.probes import Probes, probes_of, restore
from xaiwidgets.work import Work


@dataclass(frozen=True)
class _Question:
    """What is asked of every picture; it travels to workers with the network's probes."""

    model: Network
    probes: Probes
    method: Method | None
    window: Window | None
    layer: str | None
    settings: Mapping[str, Any]

    def ask(self, tensor: Tensor) -> Work[Attribution]:
        """Return the work of one picture, its arguments checked."""
        term = Term(self.model, Input("x", tensor), function=self.model.name)
        term = term if self.window is None else term.where(self.window)
        term = term if self.layer is None else term.select(self.layer)
        return term.steps(self.method, **self.settings)


def explain_all(
    model: Network,
    images: Tensor | Sequence[Picture],
    method: Method | None = None,
    *,
    window: Window | None = None,
    layer: str | None = None,
    executor: Executor | None = None,
    **settings: Any,
) -> Work[list[Attribution]]:
    """Explain many pictures, each as ``model(picture).explain(method, ...)`` does.

    Parameters
    ----------
    model : Network
    images : tensor (N, C, H, W) or sequence of pictures
    method : Method, optional
        From `xaiwidgets.methods`; Shapley values by default.
    window : Window, optional
        Explain only this part of each (i-Algebra, eq. 3).
    layer : str, optional
        Explain the network truncated there (eq. 4).
    executor : concurrent.futures.Executor, optional
        Threads, processes, or Dask's ``Client.get_executor()``; by default this process. The
        network travels once to each, with its probes.
    **settings
        `target`, `budget`, `grid`, `seed`, `baseline` and `output` of `explain`.

    Returns
    -------
    Work[list of Attribution]
        The maps in the order of the pictures; previews are those that are finished.

    Raises
    ------
    InputError, CompositionError, ModelError
        As of `explain`; what does not suit the first picture is refused at once.

    Examples
    --------
    >>> import torch
    >>> from xaiwidgets import Classifier
    >>> model = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2)))
    >>> maps = explain_all(model, torch.rand(3, 3, 4, 4), grid=2, budget=16, target=1).run()
    >>> [one.cells.shape for one in maps]
    [(2, 2), (2, 2), (2, 2)]
    """
    batch = require_network(model).batch(images)
    # Probes are kept in the user's cache folder, which a worker on another machine does not have.
    question = _Question(model, probes_of(model), method, window, layer, settings)
    # Asked and not run: what is wrong with the arguments is said here, not by a worker later.
    question.ask(batch[0])
    maps = map_items(_explain, batch, shared=question, executor=executor)
    return Work(maps.map(lambda finished: list(finished.values())), "algebra.explain_all")


def _explain(question: _Question, tensor: Tensor) -> Work[Attribution]:
    # A worker's network is a copy that has no probes: these were fitted here.
    restore(question.model, question.probes)
    return question.ask(tensor)
