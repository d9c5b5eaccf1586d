"""What a map of each method takes, against captum alone on the same network and picture.

Where captum has no such method, against a plain loop that anybody would write.
"""

from __future__ import annotations

import itertools
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any, cast

import captum.attr
import numpy as np
import pytest
import torch
from captum._utils.models.linear_model import SkLearnLasso
from captum.attr._utils.lrp_rules import Alpha1_Beta0_Rule, EpsilonRule
from torch import Tensor, nn
from torch.nn import functional

from tests.benchmarks.conftest import Table
from xaiwidgets import datasets, zoo
from xaiwidgets.methods import Cache, Cells, Occlusion, Task, read_method
from xaiwidgets.network import Network
from xaiwidgets.optimize import private_copy


def seconds(rounds: int, *works: Callable[[], Any]) -> list[float]:
    """Return the median processor time of each, in turns, after one that prepares what is kept."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, found in zip(works, times, strict=True):
            started = time.process_time()
            work()
            found.append(time.process_time() - started)
    return [statistics.median(found[1:]) for found in times]


def by_captum(name: str, task: Task, net: nn.Module) -> Callable[[], Tensor]:
    """Return what computes captum's map of a task, of pixels (H, W), on a private copy."""
    x, target, baselines = task.input[None], task.target, torch.zeros_like(task.input[None])
    kinds: dict[str, Callable[[Tensor], Tensor]] = {
        "gradient": lambda x: captum.attr.Saliency(net).attribute(x, target, abs=False),
        "gxi": lambda x: captum.attr.InputXGradient(net).attribute(x, target),
        "ig": lambda x: captum.attr.IntegratedGradients(net).attribute(
            x, baselines, target, n_steps=STEPS
        ),
        "deeplift": lambda x: captum.attr.DeepLift(net).attribute(x, baselines, target),
        "guided": lambda x: captum.attr.GuidedBackprop(net).attribute(x, target),
        "smoothgrad": lambda x: captum.attr.NoiseTunnel(captum.attr.Saliency(net)).attribute(
            x, nt_samples=SAMPLES, target=target, abs=False
        ),
        "gradcam": lambda x: layer_gradcam(net, x, target),
        "lrp": lambda x: layerwise_relevance(net, x, target),
        "occlusion": lambda x: captum.attr.Occlusion(net).attribute(
            x, (x.shape[1], SIDE, SIDE), (x.shape[1], SIDE, SIDE), target=target
        ),
        "lime": lambda x: lime(net, x, task),
        "cam": lambda x: class_activation(net, x, target),
        "pda": lambda x: prediction_differences(net, x[0], task),
        "rollout": lambda x: rollout(net, x),
    }
    kind = kinds[name.partition("(")[0]]
    return lambda: kind(x.clone().requires_grad_())[0].sum(0)


def layer_gradcam(net: nn.Module, x: Tensor, target: int | None) -> Tensor:
    """Return captum's Grad-CAM of the layer in `NAMES` (1, 1, H, W)."""
    layer = net.get_submodule("conv2")
    maps = captum.attr.LayerGradCam(net, layer).attribute(x, target, relu_attributions=True)
    return functional.interpolate(maps, x.shape[-2:], mode="bilinear")


def layerwise_relevance(net: nn.Module, x: Tensor, target: int | None) -> Tensor:
    """Return captum's LRP: z+ of convolutions, epsilon of dense layers."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            convolution = isinstance(module, nn.Conv2d)
            rule = Alpha1_Beta0_Rule() if convolution else EpsilonRule(1e-6)
            module.rule = rule
    return cast(Tensor, captum.attr.LRP(net).attribute(x, target))


def lime(net: nn.Module, x: Tensor, task: Task) -> Tensor:
    """Return captum's LIME of 7 x 7 cells."""
    cells = Cells.of(task.shape, task.region, 7).numbers()
    return cast(
        Tensor,
        captum.attr.Lime(net, SkLearnLasso(alpha=0.01)).attribute(
            x.detach(),
            target=task.target,
            feature_mask=cells.long().expand_as(x),
            n_samples=COALITIONS,
            perturbations_per_eval=16,
        ),
    )


def class_activation(net: nn.Module, x: Tensor, target: int | None) -> Tensor:
    """Return the last feature maps, weighted as the linear layer weighs their means."""
    heard: list[Tensor] = []
    linear, last = cast(nn.Linear, net.fc), cast(nn.Module, net.layer4)
    handle = last.register_forward_hook(lambda _module, _inputs, answer: heard.append(answer))
    with torch.no_grad():
        net(x.clone())
    handle.remove()
    maps = (linear.weight[target, :, None, None] * heard[0]).sum(1, keepdim=True)
    return functional.interpolate(maps, x.shape[-2:], mode="bilinear")


def prediction_differences(net: nn.Module, picture: Tensor, task: Task) -> Tensor:
    """Return the mean weight of evidence (1, 1, H, W) of windows drawn from references."""
    references, draw = cast(Tensor, task.references), torch.Generator().manual_seed(0)
    values = torch.zeros(picture.shape[-2:])
    with torch.no_grad():
        whole = log_odds(net(picture[None]), task.target)
        for top, left in itertools.product(range(0, picture.shape[1], SIDE), repeat=2):
            window = (..., slice(top, top + SIDE), slice(left, left + SIDE))
            drawn = picture.repeat(DRAWS, 1, 1, 1)
            drawn[window] = references[torch.randperm(len(references), generator=draw)[:DRAWS]][
                window
            ]
            values[window] = whole - log_odds(net(drawn), task.target)
    return values[None, None]


def log_odds(logits: Tensor, target: int | None) -> Tensor:
    """Return the logarithm to base 2 of the odds of the mean probability."""
    mean = logits.double().softmax(1).mean(0)[target]
    return (mean / (1 - mean)).log2().float()


def rollout(net: nn.Module, x: Tensor) -> Tensor:
    """Return attention rollout of the class token, on 7 x 7 patches (1, 1, 7, 7)."""
    weights: list[Tensor] = []

    def ask(_module: nn.Module, inputs: Any, options: dict[str, Any]) -> Any:
        return inputs, {**options, "need_weights": True, "average_attn_weights": True}

    handles: list[Any] = []
    for module in net.modules():
        if isinstance(module, nn.MultiheadAttention):
            handles.append(module.register_forward_pre_hook(ask, with_kwargs=True))
            hear = lambda _module, _inputs, answer: weights.append(answer[1])  # noqa: E731
            handles.append(module.register_forward_hook(hear))
    with torch.no_grad():
        net(x)
    for handle in handles:
        handle.remove()
    mixed = identity = torch.eye(weights[0].shape[-1])
    for layer in weights:
        mixed = (layer[0] + identity) / 2 @ mixed
    return mixed[0, 1:].reshape(1, 1, 7, 7)


STEPS, SAMPLES, SIDE, COALITIONS, DRAWS = 50, 32, 4, 200, 8
"""Of integrated gradients, SmoothGrad, windows, LIME and prediction differences."""

NAMES = [
    "gradient",
    "gxi",
    f"ig(steps={STEPS})",
    f"smoothgrad(samples={SAMPLES})",
    "deeplift",
    "guided",
    'gradcam(layer="conv2")',
    "lrp",
    f"occlusion(window={SIDE}, stride={SIDE})",
    f"lime(samples={COALITIONS})",
    f'pda(window={SIDE}, stride={SIDE}, samples={DRAWS}, sampling="marginal")',
]

OTHERS = {
    "smoothgrad": "draws other noise",
    "deeplift": "captum's rule for poolings misses a part of the sum",
    "lime": "draws other coalitions",
    "pda": "draws other windows",
    "lrp": "captum leaves biases out of z+",
}
"""Methods whose maps are not captum's, and why."""


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", NAMES)
def test_a_map_of_clothes_takes_no_longer_than_captums(name: str, table: Table) -> None:
    network = zoo.fashion_mnist("convnet")
    images = datasets.fashion_mnist("test").images
    references = network.batch(images[1:33])
    task = Task(network, network.input(images[0]), 3, references=references)
    beside_captum(name, task, table, "Fashion-MNIST convnet", rounds=15)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", ["gradient", "gxi", "ig(steps=16)", "deeplift"])
def test_a_map_of_a_photograph_takes_no_longer_than_captums(
    name: str, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "STEPS", 16)
    network = zoo.efficientnet_lite0()
    x = network.input(zoo.photographs("chelsea")["chelsea"])
    beside_captum(name, Task(network, x, 285), table, "EfficientNet-Lite0", rounds=9)


@pytest.mark.usefixtures("one_thread")
def test_a_class_activation_map_takes_no_longer_than_by_hand(table: Table) -> None:
    from torchvision.models import resnet18

    torch.manual_seed(0)
    task = Task(Network(resnet18()), torch.rand(3, 224, 224), 3)
    beside_captum("cam", task, table, "ResNet-18", rounds=9)


@pytest.mark.usefixtures("one_thread")
def test_a_rollout_takes_no_longer_than_a_plain_loop(table: Table) -> None:
    from torchvision.models import VisionTransformer

    torch.manual_seed(0)
    net = VisionTransformer(224, 32, 4, 4, 192, 768, num_classes=10)
    nn.init.normal_(cast(nn.Linear, net.heads.head).weight)  # zeros, which read no token
    network = Network(net)
    task = Task(network, torch.rand(3, 224, 224), 3)
    beside_captum("rollout", task, table, "transformer of four layers", rounds=15)


def beside_captum(name: str, task: Task, table: Table, network: str, rounds: int) -> None:
    """Compare the map with captum's, where they are the same, and put a row into the table."""
    method, kind, kept = read_method(name), name.partition("(")[0], Cache()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = by_captum(name, task, private_copy(task.network.net, task.network.device).net)
        found = method.explain([task], kept).run()[0]
        if kind not in OTHERS:
            # Ours shares out what captum says of every channel and pixel of a window.
            shares = SIDE**2 * len(task.input) if isinstance(method, Occlusion) else 1
            mine = found.cells if kind == "rollout" else found.values * shares
            expected = theirs().detach().numpy()
            # A rectifier that is given nearly 0 lets a slope through or not, as rounding has it.
            assert np.linalg.norm(mine - expected) <= 1e-2 * np.linalg.norm(expected)
        ours, other, looked_up = seconds(
            rounds,
            lambda: method.explain([task], Cache()).run(),
            theirs,
            # What is left of a map that is known: to look at the network, and to find the map.
            lambda: method.explain([task], kept).run(),
        )
    beside = "a plain loop" if kind in ("cam", "pda", "rollout") else "captum alone"
    row = f"a map by `{name}`, against {beside}, {network}"
    times = (
        f"{ours / other:.2f} times ({1000 * ours:.1f} ms, {1000 * looked_up:.1f} of a known map)"
    )
    table.add(row, times, "at most 1.2 times")
