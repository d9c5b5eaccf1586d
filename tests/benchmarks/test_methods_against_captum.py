"""What a map of each method takes, against captum alone on the same network and picture."""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import captum.attr
import numpy as np
import pytest
import torch
from torch import Tensor

from tests.benchmarks.conftest import Table
from xaiwidgets import datasets, zoo
from xaiwidgets.methods import Cache, Occlusion, Task, read_method
from xaiwidgets.network import Network


def seconds(rounds: int, *works: Callable[[], Any]) -> list[float]:
    """Return the median processor time of each, in turns, after one that prepares what is kept."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, found in zip(works, times, strict=True):
            started = time.process_time()
            work()
            found.append(time.process_time() - started)
    return [statistics.median(found[1:]) for found in times]


def by_captum(name: str, network: Network, x: Tensor, target: int) -> Callable[[], Tensor]:
    """Return what computes captum's map (1, C, H, W) on the same private copy."""
    net = network.copies.private().net
    baselines = torch.zeros_like(x)
    calls: dict[str, Callable[[Tensor], Tensor]] = {
        "gradient": lambda x: captum.attr.Saliency(net).attribute(x, target, abs=False),
        "gxi": lambda x: captum.attr.InputXGradient(net).attribute(x, target),
        "ig": lambda x: captum.attr.IntegratedGradients(net).attribute(x, baselines, target),
        "deeplift": lambda x: captum.attr.DeepLift(net).attribute(x, baselines, target),
        "guided": lambda x: captum.attr.GuidedBackprop(net).attribute(x, target),
        "smoothgrad(samples=32)": lambda x: captum.attr.NoiseTunnel(
            captum.attr.Saliency(net)
        ).attribute(x, nt_samples=32, target=target, abs=False),
    }
    if name.startswith("occlusion"):
        window = (x.shape[1], *2 * (int(name.rpartition("=")[2].rstrip(")")),))
        return lambda: captum.attr.Occlusion(net).attribute(x, window, window, target=target)
    return lambda: calls[name](x.clone().requires_grad_())


NAMES = ["gradient", "gxi", "ig", "smoothgrad(samples=32)", "deeplift", "guided"]


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", [*NAMES, "occlusion(window=4, stride=4)"])
def test_a_map_of_clothes_takes_no_longer_than_captums(name: str, table: Table) -> None:
    network = zoo.fashion_mnist("convnet")
    x = network.input(datasets.fashion_mnist("test").images[0])
    beside_captum(name, Task(network, x, 3), table, "Fashion-MNIST convnet", rounds=15)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", [*NAMES[:-1], "occlusion(window=32, stride=32)"])
def test_a_map_of_a_photograph_takes_no_longer_than_captums(name: str, table: Table) -> None:
    network = zoo.efficientnet_lite0()
    x = network.input(zoo.photographs("chelsea")["chelsea"])
    beside_captum(name, Task(network, x, 285), table, "EfficientNet-Lite0", rounds=3)


def beside_captum(name: str, task: Task, table: Table, network: str, rounds: int) -> None:
    """Compare the map with captum's, where they are the same, and put a row into the table."""
    method = read_method(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = by_captum(name, task.network, task.input[None], task.target or 0)
        found = method.explain([task], Cache()).run()[0]
        # Other noise, and what captum's rule for poolings misses of the sum, are not compared.
        if not name.startswith(("smoothgrad", "deeplift")):
            # Ours shares out what captum says of every channel and pixel of a window.
            width = method.window if isinstance(method, Occlusion) else None
            values = found.values * (width or 1) ** 2 * (len(task.input) if width else 1)
            np.testing.assert_allclose(values, theirs()[0].sum(0).detach(), atol=1e-3)
        ours, other = seconds(rounds, lambda: method.explain([task], Cache()).run(), theirs)
    row = f"a map by `{name}`, against captum alone, {network}"
    table.add(row, f"{ours / other:.2f} times ({1000 * ours:.1f} ms)", "at most 1.2 times")
