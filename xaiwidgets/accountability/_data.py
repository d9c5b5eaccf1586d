"""`Examples`: inputs and labels as they came, turned into float32 a minibatch at a time."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from xaiwidgets.errors import InputError

Pair = tuple[ArrayLike | Tensor, ArrayLike | Tensor]
"""Inputs (N, ...) and integer labels (N,), NumPy's or torch's."""

_MANY = 1000  # classes; more than that are believed where there are as many examples


@dataclass(frozen=True, eq=False)
class Examples:
    """Checked inputs (N, ...) in their own type, and int64 labels (N,).

    Bytes stay bytes: a quarter of the memory, and of what has to travel to other machines.
    """

    inputs: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, rows: Tensor | slice) -> tuple[Tensor, Tensor]:
        """Return float32 inputs and labels of some rows; bytes 0 to 255 become 0 to 1."""
        some = self.inputs[rows]
        # A copy, because a network may begin with what overwrites its input.
        own = some.to(torch.float32, copy=True)
        return own.div_(255) if some.dtype == torch.uint8 else own, self.labels[rows]

    def to(self, device: torch.device) -> Examples:
        """Return the same on another device."""
        return Examples(self.inputs.to(device), self.labels.to(device))

    def checksum(self) -> int:
        """Return a number that is another one for other examples."""
        found = zlib.crc32(str((self.inputs.dtype, tuple(self.inputs.shape))).encode())
        for part in (self.inputs, self.labels):
            plain: Any = part.contiguous().reshape(-1).view(torch.uint8).numpy()
            found = zlib.crc32(plain, found)
        return found


@dataclass(frozen=True, eq=False)
class Data:
    """What is trained on, and what is held out, if anything is."""

    training: Examples
    held_out: Examples | None
    classes: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        return tuple(self.training.inputs.shape[1:])

    def to(self, device: torch.device) -> Data:
        """Return the same on another device."""
        held_out = None if self.held_out is None else self.held_out.to(device)
        return Data(self.training.to(device), held_out, self.classes)

    def fingerprint(self) -> tuple[int, int]:
        """Return checksums of what is trained on and of what is held out."""
        return self.training.checksum(), 0 if self.held_out is None else self.held_out.checksum()


def checked(data: Pair, held_out: Pair | None) -> Data:
    """Return the pairs as `Data`, or say what is wrong with them.

    Raises
    ------
    InputError
        If a pair is empty or does not fit, inputs are not finite numbers, or labels are not
        whole numbers from 0 to the largest of the training data.
    """
    training = _examples(data, "data")
    least, most = int(training.labels.min()), int(training.labels.max())
    if least < 0 or most >= max(len(training), _MANY):
        raise InputError(
            f"data has the label {least if least < 0 else most} among {len(training)} examples; "
            "labels must be the numbers of classes, counted from 0"
        )
    if most == 0:
        raise InputError("all labels of data are 0; there must be at least two classes")
    if held_out is None:
        return Data(training, None, most + 1)
    tested = _examples(held_out, "held_out")
    if tested.inputs.shape[1:] != training.inputs.shape[1:]:
        raise InputError(
            f"held_out has inputs of shape {tuple(tested.inputs.shape[1:])}, data of "
            f"{tuple(training.inputs.shape[1:])}; both must be the same"
        )
    if (tested.inputs.dtype == torch.uint8) != (training.inputs.dtype == torch.uint8):
        raise InputError(
            f"held_out has inputs of {tested.inputs.dtype}, data of {training.inputs.dtype}; bytes "
            "are scaled to 0 .. 1 and other numbers are not, so give both alike"
        )
    least, above = int(tested.labels.min()), int(tested.labels.max())
    if least < 0 or above > most:
        raise InputError(
            f"held_out has the label {least if least < 0 else above}; data has the classes "
            f"0 to {most}"
        )
    return Data(training, tested, most + 1)


def _examples(pair: object, name: str) -> Examples:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise InputError(f"{name} must be a pair (inputs, labels), not {type(pair).__name__}")
    inputs, labels = (_tensor(part, name) for part in pair)
    if inputs.ndim < 2 or len(inputs) == 0 or inputs[0].numel() == 0:
        raise InputError(
            f"the inputs of {name} have shape {tuple(inputs.shape)}; they must be (N, ...), with "
            "at least one example of at least one number"
        )
    if labels.ndim != 1 or len(labels) != len(inputs):
        raise InputError(
            f"the labels of {name} have shape {tuple(labels.shape)} for {len(inputs)} inputs; "
            f"they must be ({len(inputs)},)"
        )
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise InputError(
            f"the labels of {name} are {labels.dtype}; they must be whole numbers: use "
            "labels.astype(int), and argmax(1) if they are one-hot"
        )
    if inputs.is_complex():
        raise InputError(f"the inputs of {name} are complex; they must be real numbers")
    if inputs.is_floating_point() and not bool(torch.isfinite(inputs).all()):
        raise InputError(f"the inputs of {name} hold NaN or infinite numbers; remove these first")
    return Examples(inputs.contiguous(), labels.long())


def _tensor(given: Any, name: str) -> Tensor:
    if isinstance(given, Tensor):
        return given.detach().cpu()
    array = np.asarray(given)
    if array.dtype == np.uint16 or array.dtype == np.uint32:  # few operations of torch know them
        array = array.astype(np.int64)
    try:
        # A copy only where torch could not use it as it is.
        return torch.from_numpy(np.require(array, requirements=["C", "W"]))
    except TypeError as error:
        raise InputError(
            f"{name} holds {array.dtype} of shape {array.shape}; it must be arrays of numbers"
        ) from error
