"""Which axis has the units, and where the places are, by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xaiwidgets.axes import AxesReader
from xaiwidgets.errors import InputError
from xaiwidgets.grids import Grid, grid_of


def read(answer: Callable[[Tensor], Tensor], *shape: int) -> Grid | None:
    """Return how the answer to a picture of this shape lies."""
    begin = torch.rand(*shape).requires_grad_()
    output = answer(begin.clone())
    return grid_of(AxesReader(begin).axes(output.grad_fn, output.output_nr))


def frozen(module: nn.Module) -> nn.Module:
    return module.requires_grad_(False)


CONV = frozen(nn.Conv2d(3, 12, 2, 2))  # of (3, 8, 12): 12 maps of 4 x 6


@pytest.mark.parametrize(
    ("change", "grid"),
    [
        (lambda maps: maps, Grid(1, 4, 6)),
        (lambda maps: maps.permute(0, 2, 3, 1), Grid(3, 4, 6)),
        (lambda maps: maps.permute(0, -2, -1, -3).sigmoid(), Grid(3, 4, 6)),
        (lambda maps: maps.permute(2, 3, 0, 1), None),  # no axis for the batch
        (lambda maps: maps.transpose(1, 3) + 1, Grid(3, 4, 6, 0, True)),
        (lambda maps: maps.permute(0, 2, 3, 1).permute(0, 3, 1, 2), Grid(1, 4, 6)),
        (lambda maps: torch.cat([maps, maps], 1), Grid(1, 4, 6)),
        (lambda maps: torch.cat([maps, torch.zeros(2, 3, 4, 6)], 1), Grid(1, 4, 6)),
        (lambda maps: maps.flatten(2), Grid(1, 4, 6)),
        (lambda maps: maps.flatten(2).mT, Grid(2, 4, 6)),
        (lambda maps: maps.transpose(2, 3).flatten(2), Grid(1, 4, 6, 0, True)),
        (lambda maps: maps.flatten(2).mT.unflatten(1, (4, 6)), Grid(3, 4, 6)),
        (lambda maps: maps.flatten(1), Grid(1, 1, 1)),
        (lambda maps: maps.mean((2, 3)), Grid(1, 1, 1)),
        (lambda maps: maps.mean((2, 3), keepdim=True), Grid(1, 1, 1)),
        (lambda maps: maps.amax(3), Grid(1, 4, 1)),
        (lambda maps: maps.reshape(2, 4, 3, 24), None),  # channels are cut in two
        (lambda maps: maps.flip(3), Grid(1)),  # places are in another order
        (lambda maps: maps[:, :, [2, 1, 3, 0]], Grid(1)),
        (lambda maps: F.max_pool2d(maps, 2), Grid(1, 2, 3)),
        (lambda maps: F.pad(maps, (1, 1, 2, 2)), Grid(1, 8, 8)),
        (lambda maps: F.interpolate(maps, (9, 9), mode="bilinear"), Grid(1, 9, 9)),
        (lambda maps: F.pixel_shuffle(maps, 2), Grid(1, 8, 12)),
        (lambda maps: maps * maps.mean((2, 3), keepdim=True), Grid(1, 4, 6)),
        (lambda maps: maps.unflatten(1, (2, 6)).transpose(1, 2).flatten(1, 2), Grid(1, 4, 6)),
        (lambda maps: F.layer_norm(maps.permute(0, 2, 3, 1), (12,)), Grid(3, 4, 6)),
        (lambda maps: maps.roll((1, 1), (2, 3)).softmax(3), Grid(1, 4, 6)),
        (lambda maps: F.unfold(maps, (2, 3), stride=(2, 1)), Grid(1, 2, 4)),
        (lambda maps: F.unfold(maps, 3, padding=1, dilation=2).mT, Grid(2, 2, 4)),
        # Windows of 2 x 3 in the batch, then as an axis of their own, then put together again.
        (lambda maps: windows(maps), None),
        (lambda maps: windows(maps).reshape(2, 4, 6, 12), Grid(3)),
        (lambda maps: windows(maps).reshape(2, 2, 2, 2, 3, 12).transpose(2, 3)
         .reshape(2, 4, 6, 12), Grid(3, 4, 6)),
        # Patches of 2 x 2 become channels.
        (lambda maps: F.linear(maps.reshape(2, 12, 2, 2, 3, 2).permute(0, 2, 4, 3, 5, 1)
         .flatten(3), torch.rand(5, 48)), Grid(3, 2, 3)),
        # Heads, queries times keys, and what comes of them.
        (lambda maps: heads(maps), None),
        (lambda maps: heads(maps) @ heads(maps).mT, None),
        (lambda maps: (heads(maps) @ heads(maps).mT).softmax(3).mean(1), None),
        (lambda maps: heads(maps).mT @ heads(maps), None),
        (lambda maps: (heads(maps) @ heads(maps).mT @ heads(maps)).transpose(1, 2)
         .reshape(2, 24, 12), Grid(2, 4, 6)),
        (lambda maps: F.scaled_dot_product_attention(*[heads(maps)] * 3).transpose(1, 2)
         .reshape(2, 24, 12), Grid(2, 4, 6)),
        # Tokens before and after the places.
        (lambda maps: torch.cat([torch.zeros(2, 3, 12), tokens(maps)], 1), Grid(2, 4, 6, 3)),
        (lambda maps: torch.cat([tokens(maps), torch.zeros(2, 3, 12)], 1), Grid(2, 4, 6)),
        (lambda maps: prefixed(maps, 3)[:, 1:], Grid(2, 4, 6, 2)),
        (lambda maps: prefixed(maps, 3)[:, 3:], Grid(2, 4, 6)),
        (lambda maps: prefixed(maps, 3)[:, 4:], Grid(2)),
        (lambda maps: prefixed(prefixed(maps, 3)[:, 3:].mT.unflatten(2, (4, 6)), 1),
         Grid(2, 4, 6, 1)),
        (lambda maps: torch.cat([prefixed(maps, 1)[:, :1], torch.zeros(2, 4, 12),
                                 prefixed(maps, 1)[:, 1:]], 1), Grid(2, 4, 6, 5)),
        (lambda maps: prefixed(maps, 1)[:, 0], Grid(1, 1, 1)),
        (lambda maps: F.linear(prefixed(maps, 1), torch.rand(7, 12)), Grid(2, 4, 6, 1)),
        # Places mixed by weights: the channels stay the units, and a sum has places again.
        (lambda maps: F.linear(maps.flatten(2), torch.rand(7, 24)), Grid(1)),
        (lambda maps: F.linear(maps.flatten(2), torch.rand(24, 24)) + maps.flatten(2),
         Grid(1, 4, 6)),
        # A picture drawn by a linear layer is not the one that was seen.
        (lambda maps: F.conv2d(F.linear(maps.flatten(1), torch.rand(64, 288))
         .reshape(2, 4, 4, 4), torch.rand(5, 4, 3, 3)), Grid(1)),
    ],
)  # fmt: skip
def test_axes_are_followed(change: Callable[[Tensor], Tensor], grid: Grid | None) -> None:
    assert read(lambda x: change(CONV(x)), 2, 3, 8, 12) == grid


def tokens(maps: Tensor) -> Tensor:
    return maps.flatten(2).mT


def prefixed(maps: Tensor, count: int) -> Tensor:
    return torch.cat([maps.new_zeros(2, count, 12), tokens(maps)], 1)


def heads(maps: Tensor) -> Tensor:
    return tokens(maps).reshape(2, 24, 3, 4).transpose(1, 2)


def windows(maps: Tensor) -> Tensor:
    cut = maps.permute(0, 2, 3, 1).reshape(2, 2, 2, 2, 3, 12)
    return cut.transpose(2, 3).reshape(8, 6, 12)


@pytest.mark.parametrize(
    ("answer", "shape", "grid"),
    [
        (lambda x: F.conv1d(x, torch.rand(5, 2, 3)).relu(), (4, 2, 9), Grid(1)),
        (lambda x: F.linear(x, torch.rand(5, 9)).relu(), (4, 2, 9), Grid(2)),
        (lambda x: F.linear(x[:, 0], torch.rand(5, 9)), (4, 1, 6, 9), Grid(2, 6, 1)),
        (lambda x: F.conv3d(x, torch.rand(5, 2, 1, 1, 1)), (4, 2, 3, 6, 9), Grid(1)),
        (lambda x: F.linear(x, torch.rand(5, 9)), (4, 9), Grid(1, 1, 1)),
        (lambda x: F.avg_pool1d(x, 2), (4, 2, 9), None),
        (lambda x: F.conv2d(x, torch.rand(1, 3, 1, 1)), (4, 3, 6, 9), Grid(1, 6, 9)),
    ],
)
def test_inputs_of_any_shape(answer: Any, shape: tuple[int, ...], grid: Grid | None) -> None:
    assert read(answer, *shape) == grid


def test_a_grid_lays_places_out() -> None:
    maps = torch.rand(2, 5, 3, 4)
    around = torch.rand(2, 2, 5)
    for grid, answer in {
        Grid(1, 3, 4): maps,
        Grid(3, 3, 4): maps.permute(0, 2, 3, 1),
        Grid(2, 3, 4, 0, True): maps.permute(0, 3, 1, 2),
        Grid(2, 3, 4): maps.flatten(2).mT,
        Grid(2, 3, 4, 2): torch.cat([around, maps.flatten(2).mT], 1),
        Grid(1, 3, 4, 0, True): maps.mT.flatten(2),
    }.items():
        assert torch.equal(grid.maps(answer), maps)
        assert grid.fits(answer.shape) and grid.is_spread
    assert not Grid(2, 3, 5).fits((2, 12, 5)) and not Grid(3).fits((2, 12, 5))


def test_a_grid_serves_pictures_of_other_sizes() -> None:
    maps = torch.rand(2, 5, 6, 9)
    assert torch.equal(Grid(1, 4, 4).maps(maps), maps)
    assert torch.equal(Grid(3, 2, 3).maps(maps.permute(0, 2, 3, 1)), maps)
    tokens = torch.rand(2, 1 + 6 * 9, 5)
    laid_out = tokens[:, 1:].transpose(1, 2).reshape(2, 5, 6, 9)
    assert torch.equal(Grid(2, 2, 3, prefix=1).maps(tokens), laid_out)
    assert torch.equal(Grid(2, 6, 9, prefix=1).maps(tokens), laid_out)


def test_tokens_after_the_places_are_left_out() -> None:
    tokens = torch.rand(2, 1 + 6 + 1, 5)
    laid_out = tokens[:, 1:7].transpose(1, 2).reshape(2, 5, 2, 3)
    assert torch.equal(Grid(2, 2, 3, prefix=1).maps(tokens), laid_out)


def test_places_that_do_not_lie_so_are_refused() -> None:
    with pytest.raises(InputError, match="no 4 x 4 places"):
        Grid(2, 4, 4).maps(torch.rand(1, 7, 3))
