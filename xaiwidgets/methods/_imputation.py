"""Imputation: what might be in a window of a picture, drawn from other pictures like it."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from xaiwidgets.devices import seeded

FITTED = 256
"""Pictures to which a Gaussian is fitted at most."""

RIDGE = 0.01
"""Of the variance of a pixel, on the diagonal: what no reference shows is possible, a little."""


class Imputer(Protocol):
    """Where the contents of windows come from."""

    count: int
    """How often a window is drawn."""

    def draw(self, row: int, column: int) -> Tensor:
        """Return S contents of the window that begins there, for each picture (P, S, C, w, w)."""
        ...


class MarginalImputer:
    """The same window of other pictures, whatever surrounds it.

    Parameters
    ----------
    pictures : Tensor (P, C, H, W)
    references : Tensor (N, C, H, W), optional
        Without them, for each picture the others.
    window, count, seed : int
        The window's side; how many are drawn, no picture twice; what draws.
    """

    def __init__(
        self, pictures: Tensor, references: Tensor | None, window: int, count: int, seed: int
    ) -> None:
        numbers = torch.arange(len(pictures), device="cpu")
        if references is None:
            self.pool = pictures
            others = [torch.cat([numbers[:p], numbers[p + 1 :]]) for p in numbers.tolist()]
            self.rows = torch.stack(others)
        else:
            self.pool = references
            self.rows = torch.arange(len(references), device="cpu").expand(len(pictures), -1)
        self.window, self.count = window, min(count, self.rows.shape[1])
        self.random = seeded(seed)

    def draw(self, row: int, column: int) -> Tensor:
        """Return S contents of the window that begins there, for each picture (P, S, C, w, w)."""
        # The same places in each picture's row, so that pictures do not disturb each other.
        order = torch.randperm(self.rows.shape[1], generator=self.random, device="cpu")[
            : self.count
        ]
        patches = self.pool[:, :, row : row + self.window, column : column + self.window]
        return patches[self.rows[:, order]]


class ConditionalImputer:
    """A Gaussian of the window given what surrounds it, fitted to references at the same place.

    The covariance is that of N references plus a ridge e on its diagonal. With the centred
    references X inside of the window and Y around it, and G = (Y Y' + N e)^-1, the conditional mean
    is X' G Y y and the covariance e (X' G X + 1): all in N x N, however large the window is.

    Parameters as for `MarginalImputer`; `references` are needed.
    """

    def __init__(
        self, pictures: Tensor, references: Tensor, window: int, count: int, seed: int
    ) -> None:
        self.random = seeded(seed)
        fitted_rows = torch.randperm(len(references), generator=self.random, device="cpu")[:FITTED]
        # In double precision: nearly equal references leave products that are all but singular.
        self.pictures, self.references = pictures, references[fitted_rows].double()
        self.window, self.count = window, count
        # A Gaussian has no ends; samples stay in the range of their picture and the references,
        # whatever other pictures are asked about with it.
        rows, ends = pictures.flatten(1), references.aminmax()
        self.low = rows.amin(1).clamp(max=ends.min.item())[:, None, None]
        self.high = rows.amax(1).clamp(min=ends.max.item())[:, None, None]
        variance = float(self.references.var(0, correction=0).mean())
        self.ridge = max(RIDGE * variance, 1e-12)

    def draw(self, row: int, column: int) -> Tensor:
        """Return S contents of the window that begins there, for each picture (P, S, C, w, w)."""
        # What surrounds the window by half its side, within the picture.
        # Zintgraf et al. (2017), section 3.1: a pixel depends most on those near it. Of what is
        # farther away, few references show by chance that it does.
        wide, margin = self.window, (self.window + 1) // 2
        top, left = max(0, row - margin), max(0, column - margin)
        outer = (..., slice(top, row + wide + margin), slice(left, column + wide + margin))
        inside = torch.zeros(self.pictures.shape[1:], dtype=torch.bool, device="cpu")
        inside[:, row : row + wide, column : column + wide] = True
        inside = inside[outer].flatten()
        references = self.references[outer].flatten(1)
        mean = references.mean(0)
        x, y = (references - mean)[:, inside], (references - mean)[:, ~inside]
        products = y @ y.T
        # Y (Y'Y + N e)^-1 = (Y Y' + N e)^-1 Y: N x N is small, pixels x pixels is not.
        products.diagonal().add_(len(x) * self.ridge)
        lower = torch.linalg.cholesky(products)
        surroundings = (self.pictures[outer].flatten(1).double() - mean)[:, ~inside]
        expected = torch.cholesky_solve(y @ surroundings.T, lower).T @ x + mean[inside]
        # Noise in front of L'^-1 has the covariance G.
        noise = torch.randn(
            len(x), self.count, generator=self.random, dtype=torch.double, device="cpu"
        )
        spread = torch.linalg.solve_triangular(lower.T, noise, upper=True).T @ x
        ridge_noise = torch.randn(
            spread.shape, generator=self.random, dtype=torch.double, device="cpu"
        )
        samples = expected[:, None] + self.ridge**0.5 * (spread + ridge_noise)
        shape = (*samples.shape[:2], self.pictures.shape[1], wide, wide)
        limited: Tensor = samples.clamp(self.low, self.high).to(self.pictures)
        return limited.reshape(shape)
