"""Checks of what contrastive questions are about: pictures, probe classes, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError

if TYPE_CHECKING:
    from xaiwidgets.network import Network


def check_probes(model: Network, probes: Any, count: int) -> None:
    """Raise InputError unless there is a class for each of `count` pictures, or None.

    Whether one is the predicted class, or beyond the last of unnamed classes, only the network
    can say: `probe_numbers`.
    """
    if probes is None:
        return
    if isinstance(probes, Sequence) and not isinstance(probes, str):
        # The first class stands in for runners-up that are not known yet.
        probes = [0 if probe is None else probe for probe in probes]
    model.class_numbers(probes, count, name="probes")


def probe_classes(model: Network, probes: Any, scores: Tensor) -> Tensor:
    """Return the numbers of the probe classes (None: the runner-up), or say which cannot be."""
    runners_up = scores.topk(2, dim=1).indices[:, 1].tolist()
    if probes is None:
        probes = runners_up
    elif isinstance(probes, Sequence) and not isinstance(probes, str):
        second = dict(enumerate(runners_up))
        probes = [second.get(at) if probe is None else probe for at, probe in enumerate(probes)]
    numbers = model.class_numbers(probes, *scores.shape, name="probes")
    for at, (true, probe) in enumerate(
        zip(scores.argmax(1).tolist(), numbers.tolist(), strict=True)
    ):
        if true == probe:
            raise InputError(
                f"image {at} is predicted to be {model.label(true)!r}, which is also its probe; "
                "ask about another class"
            )
    return numbers


def count_or_default(name: str, value: object, usual: int) -> int:
    """Return `value`, or what is usual where it is None; InputError unless it is at least 1."""
    return usual if value is None else whole(name, value)
