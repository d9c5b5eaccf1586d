"""`RowClassifier`: networks of vectors and of time series, as networks of pictures of one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from xaiwidgets.algebra._classifier import ExplainableNetwork
from xaiwidgets.errors import InputError


class OneRow(nn.Module):
    """A network of vectors (B, K) or series (B, C, T), asked with pictures (B, C, 1, T)."""

    def __init__(self, net: nn.Module, vectors: bool) -> None:
        super().__init__()
        self.net, self.vectors = net, vectors

    def forward(self, pictures: Tensor) -> Any:
        """Return what the network answers to the row of each picture."""
        # (B, 1, 1, K) to (B, K), or (B, C, 1, T) to (B, C, T).
        return self.net(pictures[:, 0, 0] if self.vectors else pictures[:, :, 0])


class RowClassifier(ExplainableNetwork):
    """A network of vectors or time series; calling it with one asks a question of i-Algebra.

    Players are the columns: features of a vector, moments of a series with all its channels.
    Windows ``[0:1, first:last]`` are spans. What is absent is 0; give ``baseline=model.input(...)``
    for another, such as the mean of the data.

    Parameters
    ----------
    net : nn.Module
        Maps vectors (B, K), or series (B, C, T), to class scores (B, classes).
    names : sequence of str, optional
        Of the columns, for plots.
    vectors : bool
        Whether it takes vectors; else series.
    **options
        As for `Classifier`.

    Examples
    --------
    >>> model = RowClassifier(nn.Linear(3, 2), names=["age", "height", "weight"])
    >>> model(torch.tensor([0.5, 1.0, -1.0])).explain().words
    ('age', 'height', 'weight')
    """

    has_colours: ClassVar[bool] = False

    def __init__(
        self,
        net: nn.Module,
        *,
        names: Sequence[str] | None = None,
        vectors: bool = True,
        **options: Any,
    ) -> None:
        if not isinstance(net, nn.Module):
            raise InputError(f"net is {type(net).__name__}; it must be a torch.nn.Module")
        if isinstance(names, str) or not isinstance(names, Iterable | None):
            raise InputError(f"names is {names!r}; give a list with one for each column")
        self.names = () if names is None else tuple(map(str, names))
        self.vectors, self.item_axes = vectors, 1 if vectors else 2
        super().__init__(OneRow(net, vectors), **options)

    def input(self, image: Any) -> Tensor:
        """Return the input (1, 1, K) of a vector (K,), or (C, 1, T) of a series (C, T).

        Of a tensor, an array, a list, or a row of pandas. What has three axes is an input already.
        """
        row = _numbers(image)
        if row.ndim == 3:
            return super().input(row.float())
        if row.ndim != self.item_axes:
            wanted = "(K,)" if self.vectors else "(C, T)"
            raise InputError(f"the row has shape {tuple(row.shape)}; it must be {wanted}")
        shaped = row[None, None] if self.vectors else row[:, None]
        if self.names and shaped.shape[-1] != len(self.names):
            raise InputError(f"{len(self.names)} names for {shaped.shape[-1]} columns")
        return super().input(shaped.float())

    def batch(
        self, images: Any, shape: Sequence[int] | None = None, name: str = "images"
    ) -> Tensor:
        """Return the inputs (B, 1, 1, K) of vectors (B, K), or (B, C, 1, T) of series (B, C, T).

        Of a tensor, an array, a data frame, or a sequence of rows.
        """
        rows = images.to_numpy() if hasattr(images, "to_numpy") else images
        listed = list(rows) if getattr(rows, "ndim", 0) == self.item_axes + 1 else rows
        return super().batch(listed, shape, name)

    def words_at(self, tensor: Tensor) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self.names


def _numbers(row: Any) -> Tensor:
    if isinstance(row, Tensor):
        return row.cpu()
    is_row = isinstance(row, np.ndarray | list | tuple) or hasattr(row, "to_numpy")
    try:
        if is_row:
            return torch.from_numpy(np.array(row, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise InputError(f"a row has to be numbers: {error}") from error
    raise InputError(f"a row is a tensor or an array of numbers; got {type(row).__name__}")
