"""What is asked: pictures, the classes asked about, and counts; checked before any work is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.errors import InputError

if TYPE_CHECKING:
    from xaiwidgets.classifier import Classifier, Picture


def pictures_of(
    model: Classifier, images: Tensor | Sequence[Picture], name: str = "images"
) -> Tensor:
    """Return the network's inputs of some pictures as a batch; `name` is what they are called."""
    if len(images) == 0:
        raise InputError(f"{name} is empty; give at least one picture")
    return model.inputs(list(images))


def numbers(model: Classifier, name: str, given: Any, count: int, classes: int) -> Tensor:
    """Return the numbers (count,) of classes given by number or name, one or one for each image."""
    single = isinstance(given, str) or is_whole(given, None)
    listed = given.tolist() if isinstance(given, Tensor) else given
    every: list[Any] = [listed] * count if single else list(listed)
    if len(every) != count:
        raise InputError(
            f"there are {len(every)} {name} for {count} images; give one for each, or one for all"
        )
    return torch.tensor([model.index(one, classes) for one in every])


def probe_numbers(model: Classifier, probes: Any, scores: Tensor) -> Tensor:
    """Return the numbers of the probe classes (None: the runner-up), or say which cannot be."""
    runners_up = scores.topk(2, dim=1).indices[:, 1].tolist()
    if probes is None:
        probes = runners_up
    elif isinstance(probes, Sequence) and not isinstance(probes, str):
        second = dict(enumerate(runners_up))
        probes = [second.get(at) if one is None else one for at, one in enumerate(probes)]
    found = numbers(model, "probes", probes, *scores.shape)
    for at, (true, probe) in enumerate(zip(scores.argmax(1).tolist(), found.tolist(), strict=True)):
        if true == probe:
            raise InputError(
                f"image {at} is predicted to be {model.label(true)!r}, which is also its probe; "
                "ask about another class"
            )
    return found


def count_of(name: str, value: object, usual: int) -> int:
    """Return `value`, or what is usual where it is None; InputError unless it is at least 1."""
    return usual if value is None else whole(name, value)
