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

# A label is the number of a class, and the largest one says how many logits a network needs: one
# that was meant to be something else (a year, an identity) would ask for a huge last layer. Up to
# this number it is believed whatever the number of examples.
_PLAUSIBLE_CLASSES = 1000


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
        """Return float32 inputs and labels of these rows; bytes 0 to 255 become 0 to 1."""
        selected = self.inputs[rows]
        # Always a copy: the first layer of a network may overwrite its input.
        inputs = selected.to(torch.float32, copy=True)
        return inputs.div_(255) if selected.dtype == torch.uint8 else inputs, self.labels[rows]

    def to(self, device: torch.device) -> Examples:
        """Return the same on another device."""
        return Examples(self.inputs.to(device), self.labels.to(device))

    def checksum(self) -> int:
        """Return a CRC-32 of types, shapes and numbers."""
        # A CRC is enough: it tells data that was mistaken for other data, and nobody forges it.
        checksum = zlib.crc32(str((self.inputs.dtype, tuple(self.inputs.shape))).encode())
        for part in (self.inputs, self.labels):
            content: Any = part.contiguous().reshape(-1).view(torch.uint8).numpy()
            checksum = zlib.crc32(content, checksum)
        return checksum


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


def check_data(data: Pair, held_out: Pair | None) -> Data:
    """Return the pairs as `Data`, or say what is wrong with them.

    Raises
    ------
    InputError
        If a pair is empty or does not fit, inputs are not finite numbers, or labels are not
        whole numbers from 0 to the largest of the training data.

    Examples
    --------
    >>> data = check_data((np.eye(3), np.arange(3)), None)
    >>> len(data.training), data.shape, data.classes
    (3, (3,), 3)
    """
    training = _check_pair(data, "data")
    least, most = int(training.labels.min()), int(training.labels.max())
    if least < 0 or most >= max(len(training), _PLAUSIBLE_CLASSES):
        raise InputError(
            f"data has the label {least if least < 0 else most} among {len(training)} examples; "
            "labels must be the numbers of classes, counted from 0"
        )
    # One class is always right: no start could be better than another.
    if most == 0:
        raise InputError("all labels of data are 0; there must be at least two classes")
    classes = most + 1
    if held_out is None:
        return Data(training, None, classes)
    return Data(training, _check_held_out(held_out, training, classes), classes)


def _check_held_out(pair: Pair, training: Examples, classes: int) -> Examples:
    held_out = _check_pair(pair, "held_out")
    if held_out.inputs.shape[1:] != training.inputs.shape[1:]:
        raise InputError(
            f"held_out has inputs of shape {tuple(held_out.inputs.shape[1:])}, data of "
            f"{tuple(training.inputs.shape[1:])}; both must be the same"
        )
    if (held_out.inputs.dtype == torch.uint8) != (training.inputs.dtype == torch.uint8):
        raise InputError(
            f"held_out has inputs of {held_out.inputs.dtype}, data of {training.inputs.dtype}; "
            "bytes are scaled to 0 .. 1 and other numbers are not, so give both alike"
        )
    least, most = int(held_out.labels.min()), int(held_out.labels.max())
    if least < 0 or most >= classes:
        raise InputError(
            f"held_out has the label {least if least < 0 else most}; data has the classes "
            f"0 to {classes - 1}"
        )
    return held_out


def _check_pair(pair: object, name: str) -> Examples:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise InputError(f"{name} must be a pair (inputs, labels), not {type(pair).__name__}")
    inputs, labels = (_to_tensor(part, name) for part in pair)
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
    # In a row of memory, as the checksum reads bytes and batches index rows.
    return Examples(inputs.contiguous(), labels.long())


def _to_tensor(values: Any, name: str) -> Tensor:
    if isinstance(values, Tensor):
        return values.detach().cpu()
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise InputError(
            f"{name} is no array: {error}; make all examples of one shape, such as by cropping"
        ) from error
    # What torch cannot index or compare, and files of other machines, such as MNIST's own.
    if array.dtype.kind == "u" and array.dtype.itemsize > 1:
        fits = array.max(initial=0) <= np.iinfo(np.int64).max
        array = array.astype(np.int64 if fits else np.float64)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    try:
        # Copied only where torch could not use the array as it is.
        return torch.from_numpy(np.require(array, requirements=["C", "W"]))
    except TypeError as error:
        raise InputError(
            f"{name} holds {array.dtype} of shape {array.shape}; it must be arrays of numbers"
        ) from error
