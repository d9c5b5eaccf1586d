"""What pads with zeros before a convolution is done by it, and gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from tests.test_optimize import Net, agrees, clock, images, one_thread  # noqa: F401  fixtures
from xaiwidgets.optimize import Twin
from xaiwidgets.optimize._padding import with_padding

NUMBERS = st.integers(0, 3)


def pads(twin: Twin) -> int:
    return sum(isinstance(module, nn.ZeroPad2d) for module in twin.network.net.modules())


def is_same(layer: nn.Conv2d, sides: tuple[int, ...], size: tuple[int, int]) -> bool:
    batch = torch.randn(2, layer.in_channels, *size)
    merged = with_padding(layer, sides)
    assert merged is not None
    with torch.no_grad():
        ours, own = merged(batch), layer(F.pad(batch, sides))
    return bool(ours.shape == own.shape and (ours - own).abs().max() <= 1e-5 * own.std())


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(*[NUMBERS] * 4), st.tuples(*[st.integers(1, 5)] * 2), st.tuples(*[NUMBERS] * 2),
    st.tuples(*[st.integers(1, 3)] * 2), st.tuples(*[st.integers(5, 14)] * 2), st.booleans(),
)  # fmt: skip
def test_one_channel_each_is_padded_on_any_side(
    sides: Any, kernel: Any, padding: Any, stride: Any, size: Any, bias: bool
) -> None:
    layer = nn.Conv2d(4, 8, kernel, stride, padding, groups=4, bias=bias)
    assert is_same(layer, sides, size)


@settings(deadline=None, max_examples=30)
@given(
    st.tuples(NUMBERS, NUMBERS), st.tuples(*[st.integers(1, 3)] * 3), st.integers(7, 12),
    st.sampled_from([1, 2, 4]),
)  # fmt: skip
def test_any_convolution_is_padded_alike_on_both_sides(
    pad: tuple[int, int], numbers: tuple[int, int, int], size: int, groups: int
) -> None:
    kernel, stride, dilation = numbers
    layer = nn.Conv2d(4, 8, kernel, stride, (1, 0), dilation, groups)
    assert is_same(layer, (pad[0], pad[0], pad[1], pad[1]), (size, size + 1))


@pytest.mark.parametrize("options", [{"groups": 2}, {"groups": 4, "dilation": (1, 2)}])
def test_what_would_cost_more_than_a_copy_is_left(options: dict[str, Any]) -> None:
    layer = nn.Conv2d(4, 4, 3, stride=2, **options)
    for sides in ((0, 1, 0, 0), (1, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0)):
        assert with_padding(layer, sides) is None
    assert with_padding(layer, (1, 1, 2, 2)) is not None


class Same(nn.Conv2d):
    """Pads as TensorFlow does: one more below and to the right."""

    def forward(self, batch: Tensor) -> Tensor:
        sides: list[int] = []
        for size, kernel, stride, dilation in zip(
            batch.shape[2:], self.kernel_size, self.stride, self.dilation, strict=True
        ):
            total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
            sides = [total // 2, total - total // 2, *sides]
        rest = self.weight, self.bias, self.stride, 0, self.dilation, self.groups
        return F.conv2d(F.pad(batch, sides), *rest)


@pytest.mark.parametrize("size", [12, 13])
@pytest.mark.parametrize("kernel", [3, 5, (2, 5)])
@pytest.mark.parametrize("options", [{}, {"groups": 8}, {"groups": 8, "dilation": 2}], ids=str)
def test_own_kinds_of_convolution(size: int, kernel: Any, options: dict[str, Any]) -> None:
    first, second = nn.Conv2d(3, 8, 3, padding=1), Same(8, 8, kernel, 2, **options)
    net = Net(lambda m, x: m.head(m.c2(m.c1(x).relu()).relu()), c1=first, c2=second)
    twin = agrees(net, images(size=size), 1e-5)
    assert "padding inside" in twin.description
    assert not any(isinstance(module, Same) for module in twin.network.net.modules())
    if options == {"groups": 8}:
        assert pads(twin) == 0


def padded(pad: nn.Module, layer: nn.Conv2d) -> nn.Module:
    return Net(
        lambda m, x: m.head(m.c2(m.pad(m.c1(x).relu())).relu()),
        c1=nn.Conv2d(3, 8, 3, padding=1), pad=pad, c2=layer,
    )  # fmt: skip


@pytest.mark.parametrize("size", [12, 13])
@pytest.mark.parametrize(
    "make",
    [
        lambda: padded(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(8, 8, 3, 2, groups=8)),
        lambda: padded(nn.ZeroPad2d((2, 1, 0, 3)), nn.Conv2d(8, 8, 3, 2, 1, groups=8)),
        lambda: padded(nn.ZeroPad2d(3), nn.Conv2d(8, 8, 7, 2)),
        lambda: padded(nn.ZeroPad2d((2, 2, 1, 1)), nn.Conv2d(8, 8, 3, dilation=2)),
    ],
    ids=["one channel each", "every side", "alike", "dilated"],
)  # fmt: skip
def test_a_layer_of_zeros_before_a_convolution(make: Callable[[], nn.Module], size: int) -> None:
    twin = agrees(make(), images(size=size), 1e-5)
    assert pads(twin) == 0 and "padding inside" in twin.description


class Ones(nn.ZeroPad2d):
    def forward(self, batch: Tensor) -> Tensor:
        return F.pad(batch, self.padding, value=1.0)


def hooked() -> nn.Module:
    pad = nn.ZeroPad2d(1)
    pad.register_forward_hook(lambda _module, _inputs, output: output + 1)
    return pad


def prehooked() -> nn.Module:
    pad = nn.ZeroPad2d(1)
    pad.register_forward_pre_hook(lambda _module, inputs: (inputs[0] + 1,))
    return pad


@pytest.mark.parametrize(
    ("pad", "layer"),
    [
        (nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(8, 8, 3, 2)),
        (nn.ZeroPad2d((-1, 1, 1, 1)), nn.Conv2d(8, 8, 3, groups=8)),
        (nn.ZeroPad2d(1), nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect")),
        (nn.ZeroPad2d(1), nn.Conv2d(8, 8, 3, padding="same")),
        (Ones(1), nn.Conv2d(8, 8, 3)),
        (hooked(), nn.Conv2d(8, 8, 3)),
        (prehooked(), nn.Conv2d(8, 8, 3)),
    ],
    ids=["many channels", "it crops", "reflects", "same", "ones", "hook", "hook before"],
)
def test_what_does_more_stays_as_it_is(pad: nn.Module, layer: nn.Conv2d) -> None:
    twin = agrees(padded(pad, layer), images(), 1e-5)
    assert pads(twin) == 1


@pytest.mark.parametrize(
    "forward",
    [
        lambda m, x: (lambda y: m.c2(y) + y[:, :, 1:-1, 1:-1])(m.pad(m.c1(x))),
        lambda m, x: m.c2(m.pad(m.c2(m.pad(m.c1(x))))),
        lambda m, x: m.c2(m.pad(m.c1(x))) + F.max_pool2d(m.pad(m.c1(x)), 3, 1),
        lambda m, x: m.c2(m.pad(m.c1(x)).add_(1)),
    ],
    ids=["read twice", "both called twice", "called twice", "overwritten"],
)
def test_what_others_read_too_stays_as_it_is(forward: Callable[[Any, Tensor], Tensor]) -> None:
    layers = {"c1": nn.Conv2d(3, 8, 3), "pad": nn.ZeroPad2d(1), "c2": nn.Conv2d(8, 8, 3)}
    twin = agrees(Net(lambda m, x: m.head(forward(m, x)), **layers), images(), 1e-5)
    assert pads(twin) == 1


@pytest.mark.slow
@pytest.mark.parametrize("size", [64, 75])
@pytest.mark.parametrize("name", ["tf_efficientnet_lite0", "tf_mobilenetv3_small_075"])
def test_networks_that_pad_as_tensorflow_does(name: str, size: int) -> None:
    timm = pytest.importorskip("timm")
    net = timm.create_model(name, num_classes=7).eval()
    twin = agrees(net, images(3, size), 1e-5)
    assert "padding inside" in twin.description
