"""What every method of attribution is given, and what it has to be able to do.

A `Task` says what is explained: one score of one input under one network. A `Method` says how: a
frozen dataclass of settings, whose `explain` answers several tasks side by side, as many methods
can share batches between them. There is no registry: a method is picked by its name in
`xaiwidgets.methods`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, Protocol, get_args, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from xaiwidgets.errors import CompositionError, InputError, ModelError
from xaiwidgets.images import (
    Baseline,
    Window,
    baseline_picture,
    check_picture,
    check_references,
    paste,
)
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._cache import Cache
from xaiwidgets.methods._cells import Cells
from xaiwidgets.network import Network
from xaiwidgets.probes import probe_of
from xaiwidgets.work import Work

Output = Literal["logit", "probability"]
OUTPUTS: tuple[Output, ...] = get_args(Output)


@contextmanager
def blaming_baseline(
    network: Network, pictures: Tensor, absent: Tensor | None = None
) -> Iterator[None]:
    """Say so where a network fails by the baseline, not by the pictures (B, ...) as they are given.

    `absent` (N, ...) are the baseline's pictures, where something else may have failed, too.
    """
    try:
        yield
    except ModelError as error:
        said = isinstance(error.__cause__, ModelError)  # by a part of this work
        at_fault = absent is None or not _answers(network, absent)
        if said or not at_fault or not _answers(network, pictures):
            raise
        raise ModelError(
            "the network answers for the picture, but not with parts of it at the baseline: "
            f"{error}. Use another baseline, such as 'blur', 'mean' or a picture"
        ) from error


def _answers(network: Network, pictures: Tensor) -> bool:
    try:
        network.logits(pictures)
    except ModelError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Task:
    """What a method explains: one score of one input under one network.

    Parameters
    ----------
    network : Network
    input : Tensor (C, H, W)
    target : int, optional
        The class; by default the one predicted for the whole input.
    window : Window, optional
        Explain only this part; all else is at the baseline (i-Algebra, eq. 3).
    layer : str, optional
        Explain the network truncated there, which needs a probe (i-Algebra, eq. 4).
    baseline : float, str or Tensor
        What an absent part of the input shows.
    output : "logit" or "probability"
        The score.
    query : str
        Kept with the result.
    chooser : Network, optional
        Whose prediction the default `target` is; by default the network's own.
    references : Tensor (N, C, H, W), optional
        Other pictures like the input, for methods that need them.

    Raises
    ------
    InputError
        If the input is no finite float tensor (C, H, W), the window leaves it, the baseline or the
        references do not fit it, the class or the output does not exist, or the layer has no probe.

    Examples
    --------
    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2))
    >>> Task(Network(net), torch.ones(3, 2, 2)).region
    Window(top=0, left=0, height=2, width=2)
    """

    network: Network
    input: Tensor
    target: int | None = None
    window: Window | None = None
    layer: str | None = None
    baseline: Baseline = 0.0
    output: Output = "logit"
    query: str = ""
    chooser: Network | None = None
    references: Tensor | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.network, Network):
            raise InputError(f"network is a {type(self.network).__name__}; give a Network")
        # On the CPU, where masks and what is drawn are; batches go to the device by themselves.
        object.__setattr__(self, "input", check_picture(self.input).cpu())
        if not isinstance(self.window, Window | None):
            raise InputError(f"window is {self.window!r}; use images.Window(...), or None")
        self.region.inside(self.input.shape)
        if self.output not in OUTPUTS:
            raise InputError(f"output is {self.output!r}; use 'logit' or 'probability'")
        if self.target is not None:
            self.network.index(self.target)
        if self.layer is not None:
            probe_of(self.network, self.layer)
        if self.references is not None:
            check_references(self.references, self.input.shape, "input")
            object.__setattr__(self, "references", self.references.cpu())
        self.absent  # noqa: B018  checks the baseline

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of pixels."""
        height, width = self.input.shape[-2:]
        return height, width

    @cached_property
    def region(self) -> Window:
        """The window, or else the whole input."""
        return self.window or Window(0, 0, *self.shape)

    @cached_property
    def absent(self) -> Tensor:
        """The input with everything absent, (C, H, W)."""
        return baseline_picture(self.input, self.baseline)

    @cached_property
    def picture(self) -> NDArray[np.uint8]:
        """The input as people see it."""
        return self.network.picture(self.input)

    @property
    def visible_input(self) -> Tensor:
        """What the network sees (C, H, W): the input in the window, the baseline around it."""
        return self.input if self.window is None else paste(self.absent, self.input, self.window)

    def predicted(self) -> int:
        """Return the class to explain: the target, or else the prediction, one evaluation."""
        if self.target is not None:
            return self.target
        # In an anti-join of two networks both explain the class that one of them predicts.
        network = self.chooser or self.network
        return int(network.logits(self.input[None])[0].argmax())

    def attribution(
        self, method: Method, cells: Cells, values: ArrayLike, target: int, **facts: Any
    ) -> Attribution:
        """Return a method's answer to this task.

        Parameters
        ----------
        values : array, one number for each cell
        target : int
            The class explained.
        **facts
            The other fields of `Attribution`: `output`, `evaluations`, `seconds`, `exact`, ... In
            the `unit`, by default the score's, "{score}" stands for "logit" or "probability".
        """
        error = facts.pop("standard_error", None)
        return Attribution(
            cells=np.asarray(values, dtype=np.float32).reshape(cells.form),
            standard_error=None if error is None else error.reshape(cells.form).astype(np.float32),
            layout=cells,
            target=target,
            label=self.network.label(target),
            unit=facts.pop("unit", "{score}").format(score=self.output),
            method=repr(method),
            query=self.query,
            layer=self.layer,
            picture=self.picture,
            words=self.network.words_at(self.input),
            **facts,
        )


@runtime_checkable
class Method(Protocol):
    """A way to explain: a frozen dataclass of settings, for which ``eval(repr(m)) == m``.

    Attributes
    ----------
    label : str
        What people call it.
    needs : frozenset of str
        What a network or a user must have for it: "feature maps", "copy" (a network that can be
        copied), "references" (other pictures) or "generator".
    has_baseline : bool
        Whether a map tells the input from the baseline, so that an anti-join can put another input
        in the baseline's place. Elsewhere a baseline is only what is seen around a window.
    """

    label: ClassVar[str]
    needs: ClassVar[frozenset[str]]
    has_baseline: ClassVar[bool]

    def explain(self, tasks: Sequence[Task], cache: Cache | None = None) -> Work[list[Attribution]]:
        """Compute a map for each task; previews are lists of maps.

        What `cache` (by default each network's own) holds is not evaluated again.

        Raises
        ------
        CompositionError
            At once, if a task asks for what this method cannot do; see `check_supported`.
        ModelError
            At once, if it is not valid for a task's network.
        """
        ...

    def incompatibility(self, task: Task) -> str | None:
        """Return why it is not valid for the task's network, as a sentence; None where it is.

        Looked up with one pass at most, and remembered until the weights change.
        """
        ...


DEFAULTS: dict[str, Any] = {"window": None, "layer": None, "baseline": 0.0, "output": "logit"}
"""Fields of a task that not every method can honour, and their values where nothing is asked."""


def check_tasks(tasks: Sequence[Task]) -> None:
    """Raise InputError unless these are tasks, at least one of them."""
    if not isinstance(tasks, Sequence) or not all(isinstance(task, Task) for task in tasks):
        raise InputError(f"tasks is a {type(tasks).__name__}; give a list of methods.Task(...)")
    if not tasks:
        raise InputError("there are no tasks; give at least one")


def check_supported(method: Method, tasks: Sequence[Task], *supported: str) -> None:
    """Raise CompositionError for a task with a window, layer, ... that is not `supported`.

    InputError where there is no task at all, ModelError where a method is not valid for a network.
    """
    check_tasks(tasks)
    for task in tasks:
        for name, default in DEFAULTS.items():
            value = getattr(task, name)
            # "zeros" is the baseline 0.0 by name; a comparison of tensors has no truth value.
            plain = not isinstance(value, Tensor) and value in (default, "zeros")
            if name not in supported and not plain:
                shown = "another picture" if isinstance(value, Tensor) else str(value)
                raise CompositionError(
                    f"{method.label} cannot honour the {name} {shown}",
                    f"of {', '.join(DEFAULTS)} it takes {' and '.join(supported) or 'none'}",
                )
    kinds = {(id(task.network), tuple(task.input.shape), task.layer): task for task in tasks}
    for task in kinds.values():
        try:
            reason = method.incompatibility(task)
        except ModelError:  # the network fails by itself: it says so when the map is computed
            continue
        if reason is not None:
            raise ModelError(reason)
