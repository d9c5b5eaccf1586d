"""Occlusion: sums that captum's does not have, and what is paid."""

from __future__ import annotations

import captum.attr
import numpy as np
import pytest
import torch

from tests import models
from xaiwidgets import Window
from xaiwidgets.errors import InputError
from xaiwidgets.methods import Occlusion, Task
from xaiwidgets.network import Network

PICTURE = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(1))


def test_of_a_linear_network_windows_side_by_side_sum_to_the_score() -> None:
    net = models.linear()
    task = Task(Network(net), PICTURE, 2, baseline=0.5)
    (found,) = Occlusion(window=2, stride=2).explain([task]).run()
    share = (net[1].weight[2].detach().reshape(3, 8, 8) * (PICTURE - 0.5)).sum(0)  # type: ignore[index]
    by_window = share.reshape(4, 2, 4, 2).sum((1, 3))
    expected = by_window.repeat_interleave(2, 0).repeat_interleave(2, 1) / 4
    np.testing.assert_allclose(found.values, expected, atol=1e-6)
    assert found.residual == pytest.approx(0, abs=1e-5)
    assert found.baseline_output == pytest.approx(
        float(net(torch.full((1, 3, 8, 8), 0.5))[0, 2]), abs=1e-5
    )


@pytest.mark.parametrize(("window", "stride"), [(2, 2), (4, 2), (4, 4), (1, 1)])
def test_it_is_captums_shared_out_among_the_pixels(window: int, stride: int) -> None:
    net = models.small().eval()
    theirs = captum.attr.Occlusion(net).attribute(
        PICTURE[None], (3, window, window), (3, stride, stride), target=1
    )[0, 0]
    (found,) = Occlusion(window, stride).explain([Task(Network(net), PICTURE, 1)]).run()
    np.testing.assert_allclose(found.values * window**2, theirs.detach(), atol=1e-5)
    missed = found.output - found.baseline_output - float(found.values.sum())
    assert found.residual == pytest.approx(missed, abs=1e-5)


def test_a_window_is_tiled_by_itself_and_classes_share_what_is_paid() -> None:
    network, region = Network(models.small()), Window(2, 2, 4, 6)
    tasks = [Task(network, PICTURE, target, region) for target in (0, 1)]
    one, other = Occlusion(window=2).explain(tasks).run()  # by 1, so that 3 x 5 windows
    assert (one.evaluations, one.paid, other.paid) == (2 + 15, 17, 0)
    assert one.window == region
    assert not np.allclose(one.values, other.values)


def test_windows_that_do_not_fit_are_refused_at_once() -> None:
    task = Task(Network(models.small()), PICTURE)
    with pytest.raises(InputError, match="window is 9; the pictures' shorter side has 8"):
        Occlusion(window=9).explain([task])
    for wrong in ({"window": 0}, {"stride": 0}, {"stride": 1.5}):
        with pytest.raises(InputError, match=f"{next(iter(wrong))} is"):
            Occlusion(**wrong)  # type: ignore[arg-type]
