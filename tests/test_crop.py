"""What a network answers on a crop around a window is what it answers to the whole pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from tests.architectures import torchvision_vit
from tests.crops import (  # noqa: F401  the fixture
    LOCAL,
    Clock,
    Even,
    Same,
    Wide,
    answers,
    chain_of,
    clocks,
    conv,
    game_of,
    head,
    is_cropped,
    is_exact,
    lively,
    plain,
    residual,
    squeezed,
)
from xaiwidgets import Window, crop
from xaiwidgets.optimize import _measuring
from xaiwidgets.work import run


@pytest.mark.parametrize("make", LOCAL)
@pytest.mark.parametrize(
    "window",
    [
        Window(12, 10, 6, 6), Window(0, 0, 6, 5), Window(27, 25, 6, 5), Window(0, 25, 6, 5),
        Window(28, 0, 5, 4), Window(0, 12, 4, 4), Window(29, 12, 4, 4), Window(12, 0, 4, 4),
        Window(12, 26, 4, 4), Window(15, 13, 1, 1), Window(32, 29, 1, 1), Window(0, 0, 1, 1),
    ],
    ids=str,
)  # fmt: skip
def test_answers_are_those_to_whole_pictures(make: Callable[[], nn.Module], window: Window) -> None:
    game = game_of(lively(make()), window)
    assert is_exact(game)
    assert is_cropped(game)


STRIDED = lively(nn.Sequential(*residual()[:-3], Same(8, 8, 3, 2), *head()))


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(st.tuples(*[st.integers(0, 40)] * 4), st.integers(20, 41), st.integers(20, 41))
def test_wherever_the_window_is(numbers: tuple[int, ...], height: int, width: int) -> None:
    top, left = numbers[0] % height, numbers[1] % width
    rows, columns = 1 + numbers[2] % (height - top), 1 + numbers[3] % (width - left)
    assert is_exact(game_of(STRIDED, Window(top, left, rows, columns), (height, width)))


def test_a_window_without_a_picture_around_it_is_no_crop() -> None:
    game = game_of(lively(plain()), Window(0, 0, 33, 30))
    assert run(game.crop()) is game.twin is game.evaluator


def test_two_windows_one_after_the_other_and_back() -> None:
    net = lively(residual())
    games = [game_of(net, Window(at, at, 5, 5)) for at in (3, 20, 3)]
    assert all(is_exact(game) and is_cropped(game) for game in games)
    # The backgrounds of one are not those of another.
    assert is_exact(games[0])


def test_the_baseline_around_the_window_is_the_games_own() -> None:
    net = lively(plain())
    first, second = (game_of(net, Window(8, 8, 5, 5), seed=seed) for seed in (0, 1))
    assert is_exact(first) and is_exact(second)
    assert not torch.equal(answers(first)[0], answers(second)[0])


# --- what is refused -----------------------------------------------------------------------------


class Refusing(nn.Module):
    """Takes pictures of one size only."""

    def __init__(self) -> None:
        super().__init__()
        self.body = plain()

    def forward(self, x: Tensor) -> Any:
        if x.shape[2:] != (33, 30):
            raise ValueError("pictures are 33 x 30")
        return self.body(x)


@pytest.mark.parametrize(
    "make",
    [
        squeezed,
        lambda: nn.Sequential(nn.InstanceNorm2d(8), *head()),
        lambda: nn.Sequential(nn.Upsample((20, 20)), conv(), *head()),
        lambda: nn.Sequential(nn.AdaptiveAvgPool2d(16), *head()),
        lambda: nn.Sequential(nn.Flatten(), nn.Linear(8 * 33 * 30, 5)),
    ],
    ids=["squeeze and excite", "instance norm", "one size", "adaptive pooling", "linear"],
)
def test_what_is_not_local_is_evaluated_whole(make: Callable[[], nn.Module]) -> None:
    net = Wide(make())
    game = game_of(net, Window(12, 10, 6, 6))
    assert is_exact(game)
    # At most the layer before it, which is local.
    pastes = chain_of(net).pastes(Window(12, 10, 6, 6), ())[1]
    assert [paste.layer for paste in pastes] == ["widen"]


@pytest.mark.parametrize("make", [squeezed, torchvision_vit, Refusing])
def test_networks_without_a_local_layer_keep_their_twin(make: Callable[[], nn.Module]) -> None:
    net = Wide(make()) if make is squeezed else make()
    if make is squeezed:
        net = nn.Sequential(nn.Upsample((33, 30)), net)
    size = (32, 32) if make is torchvision_vit else (33, 30)
    game = game_of(net.eval(), Window(12, 10, 6, 6), size)
    assert run(game.crop()) is game.twin
    assert is_exact(game)


def test_a_layer_that_reaches_around_is_found_out_by_its_answers() -> None:
    net = nn.Sequential(conv(3, 5, padding_mode="circular"), nn.ReLU(), conv(), *head())
    inside, border = (game_of(net, Window(at, at, 4, 4)) for at in (14, 0))
    assert is_exact(inside) and is_cropped(inside)
    assert is_exact(border) and not is_cropped(border)


class Hiding(nn.Module):
    """Replaces NaN, so that it cannot be seen how far it reaches."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.avg_pool2d(x.nan_to_num(), 5, 1, 2)


def test_what_hides_nan_is_evaluated_whole() -> None:
    net = nn.Sequential(conv(3), Hiding(), *head())
    assert is_exact(game_of(net, Window(12, 10, 6, 6)))
    assert [p.layer for p in chain_of(net).pastes(Window(12, 10, 6, 6), ())[1]] == ["0"]


class Uncopied(nn.Sequential):
    def __deepcopy__(self, memo: object) -> None:
        raise TypeError("only one of me")


def test_a_network_that_cannot_be_copied_has_no_hooks() -> None:
    game = game_of(Uncopied(*plain()), Window(12, 10, 6, 6))
    assert run(game.crop()) is game.twin


def test_what_is_no_quicker_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_measuring, "time", Clock(faster=False))
    game = game_of(lively(plain()), Window(12, 10, 6, 6))
    assert run(game.crop()) is game.twin


@pytest.mark.parametrize(
    ("costs", "used"),
    [
        ([2, 1, 2, 1], True),
        ([1, 9, 2, 0.9], True),  # the first one paid for something
        ([1, 2, 1, 3, 1, 4, 2, 0.9], True),  # other work came between
        ([1, 1, 1, 1, 1, 1, 1, 1], False),
    ],
    ids=str,
)
def test_what_looks_slower_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, costs: list[float], used: bool
) -> None:
    measure, left = crop.evaluate_timed, iter(costs)  # of the whole and the crop, in turns
    monkeypatch.setattr(crop, "evaluate_timed", lambda *one: (measure(*one)[0], next(left), 0.0))
    game = game_of(lively(plain()), Window(12, 10, 6, 6))
    run(game.crop())
    assert is_cropped(game) is used
    assert next(left, None) is None


@pytest.mark.parametrize(("pause", "used"), [(20.0, False), (40.0, False), (9.0, True)])
def test_what_is_over_at_once_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, pause: float, used: bool
) -> None:
    net = nn.Sequential(conv(3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 33 * 30, 5))
    # The first look, one at the only paste, and one at the end, after a pause.
    monkeypatch.setattr(crop, "time", Even(3, pause))
    game = game_of(net, Window(12, 10, 6, 6))
    run(game.crop())
    assert is_cropped(game) is used
    assert is_exact(game)


def test_every_evaluation_is_a_step() -> None:
    game = game_of(lively(plain()), Window(12, 10, 6, 6))
    assert game.twin.batch > 1
    steps = [progress.note for progress in game.crop()]
    # The background, and two coalitions on the whole and on the crop, both twice.
    assert steps.count("preparing the window") == 1 + 2 * 2


@pytest.mark.parametrize(("error", "used"), [(1e-5, True), (1.01e-5, False)])
def test_answers_that_differ_are_not_used(
    monkeypatch: pytest.MonkeyPatch, error: float, used: bool
) -> None:
    monkeypatch.setattr(crop, "deviation", lambda *_: error)
    game = game_of(lively(plain()), Window(12, 10, 6, 6))
    run(game.crop())
    assert is_cropped(game) is used
