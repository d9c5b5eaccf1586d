"""What a network answers on a crop around a window is what it answers to the whole pictures."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from tests.architectures import torchvision_vit
from tests.models import condition
from xaiwidgets import Network, Window, chain, crop
from xaiwidgets.chain import Chain, read_chain
from xaiwidgets.crop import Cropped, untapped
from xaiwidgets.methods import Cache, Cells, Shapley, Task, _shapley
from xaiwidgets.methods._game import Game
from xaiwidgets.optimize import Twin, _measuring, deviation
from xaiwidgets.work import run


class Clock:
    """A clock by which every evaluation takes less than the one before, or more."""

    def __init__(self, faster: bool = True) -> None:
        self.now, self.faster, self.steps = 0.0, faster, count(1)

    def perf_counter(self) -> float:
        step = next(self.steps)
        self.now += 0.001 / step if self.faster else 0.0001 * step
        return self.now

    thread_time = perf_counter


class Even:
    """A clock that goes on by one whenever it is looked at, and by `last` at that look."""

    def __init__(self, last: int = 0, pause: float = 0.0) -> None:
        self.now, self.looks, self.last, self.pause = 0.0, 0, last, pause

    def thread_time(self) -> float:
        self.looks += 1
        self.now += self.pause if self.looks == self.last else 1.0
        return self.now


@pytest.fixture(autouse=True)
def clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_measuring, "time", Clock())
    monkeypatch.setattr(crop, "time", Even())
    torch.manual_seed(0)


def lively(net: nn.Module) -> nn.Module:
    """Random statistics, so that a norm in the wrong mode would show."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    return net.eval()


def head(channels: int = 8) -> list[nn.Module]:
    return [nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * channels, 5)]


def conv(inputs: int = 8, kernel: int = 3, **options: Any) -> nn.Conv2d:
    return nn.Conv2d(inputs, 8, kernel, **{"padding": kernel // 2, **options})


def plain() -> nn.Module:
    return nn.Sequential(conv(3), nn.ReLU(), conv(), nn.SiLU(), conv(stride=2), *head())


def normed() -> nn.Module:
    return nn.Sequential(
        conv(3, bias=False), nn.BatchNorm2d(8), nn.ReLU6(), conv(stride=2), nn.BatchNorm2d(8),
        nn.ReLU(), *head(),
    )  # fmt: skip


class Block(nn.Module):
    def __init__(self, stride: int = 1, squeeze: bool = False) -> None:
        super().__init__()
        self.one, self.other = conv(stride=stride), conv()
        self.beside = conv(kernel=1, stride=stride) if stride > 1 else nn.Identity()
        self.squeeze = squeeze

    def forward(self, x: Tensor) -> Tensor:
        y = self.other(self.one(x).relu())
        if self.squeeze:
            y = y * y.mean((2, 3), keepdim=True).sigmoid()
        return torch.relu(y + self.beside(x))


def residual() -> nn.Module:
    return nn.Sequential(conv(3), Block(), nn.MaxPool2d(3, 2, 1), Block(2), *head())


def dilated() -> nn.Module:
    return nn.Sequential(
        conv(3, padding=2, dilation=2), nn.ReLU(), conv(), nn.AvgPool2d(2), *head()
    )


class Same(nn.Conv2d):
    """Pads as TensorFlow does: by the size of what is given, one more below and to the right."""

    def forward(self, x: Tensor) -> Tensor:
        pads = []
        for size, stride, kernel in zip(x.shape[2:], self.stride, self.kernel_size, strict=True):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads = [total // 2, total - total // 2, *pads]
        return functional.conv2d(
            functional.pad(x, pads), self.weight, self.bias, self.stride, groups=self.groups
        )


def same() -> nn.Module:
    return nn.Sequential(
        Same(3, 8, 3, 2),
        nn.ReLU6(),
        Same(8, 8, 5, 2, groups=8),
        nn.ReLU6(),
        conv(kernel=1),
        *head(),
    )


def valid() -> nn.Module:
    return nn.Sequential(conv(3, 5, padding=0), nn.ReLU(), conv(padding=0, stride=2), *head())


LOCAL = [plain, normed, residual, dilated, same, valid]


def squeezed() -> nn.Module:
    return nn.Sequential(Block(squeeze=True), *head())


class Wide(nn.Module):
    """A network of eight channels, whose first layer is another one."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.widen, self.inner = conv(3, 1), inner

    def forward(self, x: Tensor) -> Any:
        return self.inner(self.widen(x))


def game_of(
    net: nn.Module, window: Window, size: tuple[int, int] = (33, 30), seed: int = 0
) -> Game:
    picture, absent = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(seed))
    cells = Cells.of(size, window, 3)
    return Game(Network(net, output="logits"), picture, absent, cells, Cache())


def answers(game: Game) -> tuple[Tensor, Tensor]:
    """Return what coalitions are answered with, and what the twin answers."""
    masks = np.random.default_rng(1).random((6, game.players)) < 0.5
    pictures = game.compose(masks)
    return game.evaluator(pictures), game.twin(pictures)


def is_exact(game: Game) -> bool:
    run(game.crop())
    on_crop, whole = answers(game)
    return deviation(on_crop, whole) <= 1e-5


def is_cropped(game: Game) -> bool:
    return any(isinstance(m, Cropped) for m in game.evaluator.network.net.modules())


def chain_of(net: nn.Module, size: tuple[int, int] = (33, 30), **heard: Any) -> Chain:
    network, picture = Network(net, output="logits"), torch.randn(3, *size)
    names = {name for name, _ in net.named_modules()}
    anatomy = network.anatomy(picture)
    return run(read_chain(network.copies.private(), anatomy, picture, names, heard))


# --- exactness -----------------------------------------------------------------------------------


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


@pytest.mark.parametrize(("pause", "used"), [(20.0, False), (40.0, False), (3.0, True)])
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


def test_answers_that_differ_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crop, "deviation", lambda *_: 2e-5)
    game = game_of(lively(plain()), Window(12, 10, 6, 6))
    assert run(game.crop()) is game.twin


# --- how far layers reach ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "stride", "before", "after"),
    [
        (conv(3), 1, 1, 1),
        (conv(3, 5), 1, 2, 2),
        (conv(3, 7, stride=2), 2, 1, 2),
        (conv(3, 3, stride=2), 2, 0, 1),
        (conv(3, 3, padding=0), 1, 2, 0),
        (conv(3, 3, padding=3, dilation=3), 1, 3, 3),
        (conv(3, 1), 1, 0, 0),
        (conv(3, 4, stride=4, padding=0), 4, 0, 0),
        (Same(3, 8, 3, 2), 2, 1, 0),
        (nn.MaxPool2d(3, 3), 3, 0, 0),
    ],
    ids=str,
)
def test_reach_is_that_of_the_kernel(
    layer: nn.Module, stride: int, before: int, after: int
) -> None:
    net = nn.Sequential(layer, nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, 36, 48))
    found = chain_of(net, (36, 48))
    assert found.layers == ("0",)
    assert found.sizes[0].tolist() == [36, 48]
    for numbers, wanted in ((found.strides, stride), (found.before, before), (found.after, after)):
        assert numbers.tolist() == [[wanted, wanted]]


def test_rows_and_columns_are_told_apart() -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, (1, 5), (1, 2), (0, 2)), nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, 20, 31))
    found = chain_of(net, (20, 31))
    assert found.strides.tolist() == [[1, 2]]
    assert found.before.tolist() == [[0, 1]] and found.after.tolist() == [[0, 1]]
    ((layer, *_),) = found.pastes(Window(4, 10, 2, 4), ())[1]
    assert layer == "0"


def test_the_crop_is_as_small_as_it_can_be() -> None:
    net = nn.Sequential(conv(3), nn.ReLU(), conv(stride=2), nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, 32, 32))
    found = chain_of(net, (32, 32))
    assert found.layers == ("1", "2")  # the activation goes place by place
    picture, (one, two) = found.pastes(Window(10, 16, 4, 2), ())
    # Pixels 10 to 13 reach 9 to 14, which follow from 8 to 15; columns likewise.
    assert picture == (..., slice(8, 16), slice(14, 20))
    assert one.source == (..., slice(1, 7), slice(1, 5))
    # In pairs 8 to 15: they reach 4 to 8 after the stride, which look at 7 to 17, in pairs 6 to 17.
    assert one.area == (..., slice(6, 18), slice(12, 22))
    assert one.place == (..., slice(3, 9), slice(3, 7))
    assert one.crop == (..., slice(0, 12), slice(0, 10))
    assert two.area == two.crop == (..., slice(0, 16), slice(0, 16))
    assert two.place == (..., slice(4, 9), slice(7, 11))
    assert two.source == (..., slice(1, 6), slice(1, 5))


def test_all_is_computed_where_little_would_be_left_out() -> None:
    net = nn.Sequential(conv(3), nn.Flatten(), nn.LazyLinear(3))
    net(torch.zeros(1, 3, 40, 40))
    found = chain_of(net, (40, 40))
    # With four rows and columns of halo, 37 and 38 of 40 are .86 and .9025 of the picture.
    assert found.pastes(Window(2, 2, 33, 33), ())[1]
    assert found.pastes(Window(2, 2, 34, 34), ()) == ((..., slice(0, 40), slice(0, 40)), [])


class Counting(nn.Module):
    """Counts the places of its input, of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[tuple[int, ...]] = []
        self.conv = conv()

    def forward(self, x: Tensor) -> Tensor:
        self.places.append(tuple(x.shape[2:]))
        answer: Tensor = self.conv(x)
        return answer


def test_only_the_crop_is_computed() -> None:
    net = nn.Sequential(conv(3), nn.ReLU(), Counting(), nn.ReLU(), conv(stride=2), *head())
    game = game_of(lively(net), Window(12, 10, 6, 6))
    assert is_exact(game)
    (counting,) = (m for m in game.evaluator.network.net.modules() if isinstance(m, Counting))
    counting.places.clear()
    answers(game)
    # The window, one on each side that it reaches, one that these reach, and one to be looked at.
    assert set(counting.places) == {(12, 12), (33, 30)}


# --- layers whose features are heard -------------------------------------------------------------


def heard_twin(net: nn.Module, layers: list[str], window: Window) -> tuple[Twin, Twin, Tensor]:
    game = game_of(net, window)
    network, picture = game.model, game._picture
    anatomy = network.anatomy(picture)
    taps = [anatomy.tap(layer) for layer in layers]
    pictures = game.compose(np.random.default_rng(0).random((4, game.players)) < 0.5)
    twin = run(network.copies.twin(pictures, taps))
    on_crop = run(network.copies.crop(twin, anatomy, window, game._absent, pictures))
    return twin, on_crop, pictures


@pytest.mark.parametrize("layers", [["1"], ["4"], ["0", "4"], ["6"]], ids=str)
def test_layers_are_heard_whole(layers: list[str]) -> None:
    net = nn.Sequential(
        conv(3), nn.ReLU(), conv(kernel=1), nn.SiLU(), conv(), nn.ReLU(), conv(stride=2), *head()
    )
    twin, on_crop, pictures = heard_twin(lively(net), layers, Window(12, 10, 6, 6))
    assert on_crop is not twin
    sizes = [tap.size for tap in untapped(twin.network.net)[1].values()]
    assert sizes and twin.width == 5 + sum(sizes)
    assert deviation(on_crop(pictures), twin(pictures), sizes) <= 1e-5


class Aside(nn.Module):
    """A network one of whose layers is not on the way of all."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.one, self.other, self.last = conv(3), conv(), conv(), conv()
        self.head = nn.Sequential(*head())

    def forward(self, x: Tensor) -> Any:
        x = self.first(x).relu()
        return self.head(self.last((self.one(x).relu() + self.other(x)).relu()))


def test_nothing_is_pasted_after_a_layer_that_is_heard_aside() -> None:
    net = Aside()
    assert chain_of(net).layers == ("first", "last", "head.0")
    assert chain_of(net, one="").layers == ("first",)
    assert chain_of(net, missing="").layers == ()
    twin, on_crop, pictures = heard_twin(net, ["one"], Window(12, 10, 6, 6))
    assert on_crop is not twin
    sizes = [tap.size for tap in untapped(twin.network.net)[1].values()]
    assert deviation(on_crop(pictures), twin(pictures), sizes) <= 1e-5


# --- maps ----------------------------------------------------------------------------------------

METHOD = Shapley(budget=256, grid=(3, 4))
WINDOW = Window(12, 10, 8, 8)


def task_of(net: nn.Module, **settings: Any) -> Task:
    picture = torch.randn(3, 33, 30, generator=torch.Generator().manual_seed(2))
    return Task(Network(net, output="logits"), picture, 1, **{"window": WINDOW, **settings})


def notes(steps: Iterator[Any]) -> list[str]:
    return [progress.note for progress in steps]


def was_cropped(steps: Iterator[Any]) -> bool:
    return any("preparing the window" in note for note in notes(steps))


@pytest.mark.parametrize("baseline", [0.0, "blur", "mean"])
def test_maps_are_those_of_whole_evaluations(
    monkeypatch: pytest.MonkeyPatch, baseline: Any
) -> None:
    net = lively(residual())
    (on_crop,) = METHOD.explain([task_of(net, baseline=baseline)]).run()
    monkeypatch.setattr(_shapley, "CROPPED_FROM", 1000)
    (whole,) = METHOD.explain([task_of(net, baseline=baseline)]).run()
    scale = np.abs(whole.cells).max()
    assert scale > 0 and np.abs(on_crop.cells - whole.cells).max() <= 1e-4 * scale
    assert on_crop.evaluations == whole.evaluations and on_crop.paid == whole.paid


def test_small_budgets_and_known_answers_do_not_ask() -> None:
    task = task_of(lively(plain()))
    assert not was_cropped(Shapley(budget=255, grid=(3, 4)).explain([task]))
    assert was_cropped(METHOD.explain([task]))
    task = task_of(lively(plain()))
    METHOD.explain([task]).run()
    other = Task(task.network, task.input, 2, WINDOW)
    assert not was_cropped(METHOD.explain([other]))
    assert not was_cropped(METHOD.explain([Task(task.network, task.input, 1)]))


def test_a_network_is_read_once() -> None:
    task = task_of(lively(plain()))
    first = notes(METHOD.explain([task]))
    moved = Task(task.network, task.input, 1, Window(3, 3, 8, 8))
    second = notes(METHOD.explain([moved]))
    read = [any("looking at the layers" in note for note in each) for each in (first, second)]
    assert read == [True, False]


def test_the_picture_before_and_after_an_edit_side_by_side() -> None:
    network = Network(lively(residual()), output="logits")
    pictures = torch.randn(2, 3, 33, 30)
    tasks = [Task(network, each, 1, WINDOW, baseline="blur") for each in pictures]
    both = METHOD.explain(tasks, Cache()).run()
    for task, together in zip(tasks, both, strict=True):
        (alone,) = METHOD.explain([task], Cache()).run()
        assert np.abs(together.cells - alone.cells).max() <= 1e-5 * np.abs(alone.cells).max()
    assert np.abs(both[0].cells - both[1].cells).max() > 0


def test_weights_that_change_in_between_are_seen() -> None:
    net = lively(residual())
    task = task_of(net)
    METHOD.explain([task]).run()
    with torch.no_grad():
        net[0].weight.mul_(-1)
    (after,) = METHOD.explain([task]).run()
    (fresh,) = METHOD.explain([task_of(copy.deepcopy(net))]).run()
    assert np.abs(after.cells - fresh.cells).max() <= 1e-5 * np.abs(fresh.cells).max()


def test_cancel_leaves_no_hook_and_the_network_as_it_was() -> None:
    net = lively(residual())
    before = condition(net)
    total = len(notes(METHOD.explain([task_of(net)])))
    for stop in range(1, min(total, 30), 2):
        task = task_of(net)
        steps = METHOD.explain([task])
        for _, _progress in zip(range(stop), steps, strict=False):
            prepared = task.network.copies.private().net
            assert not any(m._forward_hooks for m in prepared.modules() if m is not prepared)
        steps.close()
        assert condition(net) == before
    assert is_exact(game_of(net, Window(4, 4, 5, 5)))


def test_the_description_says_so() -> None:
    game = game_of(lively(plain()), Window(12, 10, 6, 6))
    run(game.crop())
    assert "windows on a crop" in game.evaluator.description
    assert game.evaluator.batch == game.twin.batch
    assert chain.__doc__ and crop.__doc__
