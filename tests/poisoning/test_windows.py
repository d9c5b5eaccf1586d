"""Proposed windows on networks whose trigger is known, and their rates by counting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, Window
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import share_interval
from xaiwidgets.methods import Occlusion
from xaiwidgets.poisoning import TriggerWindows, trigger_windows


class BackDoor(nn.Module):
    """Class "coat" where the top left is bright, or by a back door where pixel (6, 6) is."""

    def forward(self, x: Tensor) -> Tensor:
        bright = x[:, 0, :4, :4].mean((1, 2))
        coat = 4 * (bright - 0.5) + 6 * x[:, 0, 6, 6]
        return torch.stack([coat, -coat], 1)


def back_door() -> Classifier:
    return Classifier(BackDoor(), classes=["coat", "other"], output="logits")


def pictures(ordinary: int = 12, rest: int = 20, suspects: int = 8) -> tuple[Tensor, Tensor]:
    """Return suspects with the trigger, and others: bright ordinary coats, and dark others."""
    draw = torch.Generator().manual_seed(0)
    dark = torch.rand(suspects + rest, 1, 8, 8, generator=draw) * 0.2
    bright = torch.rand(ordinary, 1, 8, 8, generator=draw) * 0.2
    bright[..., :4, :4] += 0.7
    dark[:suspects, 0, 6, 6] = 1.0
    return dark[:suspects], torch.cat([bright, dark[suspects:]])


def test_the_trigger_is_proposed_first_and_does_what_it_does() -> None:
    suspects, others = pictures()
    found = trigger_windows(back_door(), suspects, others, grid=4, side=1, budget=48).run()
    first = found.windows[0]
    assert first.window == Window(6, 6, 2, 2)
    assert first.paste_rate == share_interval(20, 20)
    assert first.paste_control == share_interval(0, 20)
    assert first.erase_rate == share_interval(8, 8)
    assert first.erase_control == share_interval(0, 12)
    assert first.suspicious
    assert found.target == 0
    assert len(found.windows) == 3
    assert found.difference.shape == (4, 4)
    assert found.difference.argmax() == 15
    assert first.weight == pytest.approx(found.difference[3, 3])
    # Bright coats are coats by their top left, which suspects are not.
    assert (found.difference[:2, :2] < 0).all()
    control = found.control
    assert control.paste_rate.value == control.erase_rate.value == 0
    assert not control.suspicious
    weights = [each.weight for each in found.windows]
    assert weights == sorted(weights, reverse=True)
    assert "[6:8, 6:8] turns 1" in repr(found)


def test_rows_have_every_window_and_the_control_last() -> None:
    suspects, others = pictures()
    found = trigger_windows(back_door(), suspects, others, grid=4, side=1, budget=48, count=2).run()
    rows = found.rows()
    assert [row["control"] for row in rows] == [False, False, True]
    assert rows[0]["window"] == "[6:8, 6:8]"
    first = found.windows[0]
    assert rows[0]["paste_rate"] == 1.0
    assert rows[0]["paste_rate low"] == first.paste_rate.low
    assert rows[0]["erase_control high"] == first.erase_control.high


def test_windows_of_several_cells_do_not_touch() -> None:
    suspects, others = pictures()
    found = trigger_windows(back_door(), suspects, others, grid=4, side=2, count=9).run()
    windows = [each.window for each in found.windows]
    assert Window(4, 4, 4, 4) == windows[0] or windows[0].slices[0].stop > 6
    covered = np.zeros((8, 8), int)
    for window in windows:
        assert (window.height, window.width) == (4, 4)
        covered[window.slices] += 1
    assert covered.max() == 1
    assert found.windows[0].weight == pytest.approx(
        max(found.difference[r : r + 2, c : c + 2].sum() for r in range(3) for c in range(3))
    )


def test_only_suspects_that_are_seen_as_the_target_count() -> None:
    suspects, others = pictures()
    mixed = torch.cat([suspects, others[-5:]])
    found = trigger_windows(
        back_door(), mixed, others, target="coat", grid=4, side=1, budget=48
    ).run()
    assert found.windows[0].erase_rate == share_interval(8, 8)


def test_without_a_trigger_nothing_is_suspicious() -> None:
    _, others = pictures()
    found = trigger_windows(back_door(), others[:6], others[6:], grid=4, side=1, budget=48).run()
    assert not any(each.suspicious for each in found.windows)


@pytest.mark.slow
def test_many_pictures_are_drawn_from_and_the_seed_draws() -> None:
    suspects, others = pictures(ordinary=210, rest=310, suspects=205)
    arguments = {"grid": 2, "side": 1, "count": 1, "budget": 16}
    found = trigger_windows(back_door(), suspects, others, **arguments).run()
    assert found.windows[0].window == Window(4, 4, 4, 4)
    assert found.windows[0].paste_rate == share_interval(300, 300)
    assert found.windows[0].erase_rate == share_interval(200, 200)
    again = trigger_windows(back_door(), suspects, others, **arguments).run()
    assert np.array_equal(found.suspects_join, again.suspects_join)
    other = trigger_windows(back_door(), suspects, others, seed=1, **arguments).run()
    assert not np.array_equal(found.suspects_join, other.suspects_join)


def test_the_join_is_the_mean_of_the_maps() -> None:
    suspects, others = pictures()
    model = back_door()
    found = trigger_windows(model, suspects, others, grid=2, side=1, budget=16).run()
    maps = [model(each).explain(grid=2, budget=16, target=0).cells for each in suspects]
    assert found.suspects_join == pytest.approx(np.mean(maps, axis=0), abs=1e-6)


def test_another_method_may_explain() -> None:
    suspects, others = pictures()
    occlusion = Occlusion(window=2, stride=2)
    found = trigger_windows(
        back_door(), suspects, others, grid=4, side=1, budget=48, method=occlusion
    ).run()
    assert found.windows[0].window == Window(6, 6, 2, 2)


def test_erasing_puts_the_baseline_there() -> None:
    suspects, others = pictures()
    white = trigger_windows(
        back_door(), suspects, others, grid=4, side=1, budget=48, baseline=1.0
    ).run()
    # With white for what is absent a back door is never closed.
    assert all(each.erase_rate.value == 0 for each in (*white.windows, white.control))


def test_previews_fill_window_by_window_and_cancel_leaves_the_network() -> None:
    suspects, others = pictures()
    model = back_door()
    model.net.train()
    work = trigger_windows(model, suspects, others, grid=4, side=1, budget=48)
    previews = [step.preview for step in work if step.has_preview]
    assert [len(preview.windows) for preview in previews] == [0, 1, 2, 3]
    assert all(isinstance(preview, TriggerWindows) for preview in previews)
    assert repr(previews[0]) == "<TriggerWindows of class 0: maps only>"
    stopped = trigger_windows(model, suspects, others, grid=4, side=1, budget=48)
    next(stopped)
    stopped.close()
    assert model.net.training


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"side": 0}, "side is 0"),
        ({"side": 5}, "side is 5, and maps have 4 x 4 cells"),
        ({"count": 0}, "count is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"baseline": "white"}, "baseline is 'white'"),
        ({"target": "hat"}, "no class is named 'hat'"),
        ({"others": torch.zeros(2, 1, 4, 4)}, "others become inputs of different shapes"),
        ({"suspects": torch.zeros(0, 1, 8, 8)}, "suspects is empty"),
    ],
)
def test_what_is_not_allowed_is_refused_at_once(settings: dict[str, Any], message: str) -> None:
    suspects, others = pictures()
    arguments = {"suspects": suspects, "others": others, "grid": 4} | settings
    with pytest.raises(InputError, match=message):
        trigger_windows(back_door(), **arguments)


def test_pictures_of_all_kinds_are_needed() -> None:
    suspects, others = pictures()
    model = back_door()
    for one, rest, message in (
        (others[-3:], others, "no suspect is seen as 'coat'"),
        (suspects, others[:12], "seen as other classes"),
        (suspects, others[12:], "seen as 'coat'"),
    ):
        with pytest.raises(InputError, match=message):
            trigger_windows(model, one, rest, target="coat", grid=4).run()
