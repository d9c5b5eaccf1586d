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
from xaiwidgets.methods import Cache, Task, read_method
from xaiwidgets.network import Network

ROUNDS = 15


def seconds(work: Callable[[], Any]) -> float:
    """Return the median time of some rounds, after one that prepares what is kept."""
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


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
        "occlusion(window=4, stride=4)": lambda x: captum.attr.Occlusion(net).attribute(
            x, (x.shape[1], 4, 4), (x.shape[1], 4, 4), target=target
        ),
        "smoothgrad(samples=32)": lambda x: captum.attr.NoiseTunnel(
            captum.attr.Saliency(net)
        ).attribute(x, nt_samples=32, target=target, abs=False),
    }
    return lambda: calls[name](x.clone().requires_grad_())


@pytest.mark.parametrize(
    "name",
    ["gradient", "gxi", "ig", "smoothgrad(samples=32)", "deeplift", "guided",
     "occlusion(window=4, stride=4)"],
)  # fmt: skip
def test_a_map_takes_no_longer_than_captums(name: str, table: Table) -> None:
    network = zoo.fashion_mnist("convnet")
    x = network.input(datasets.fashion_mnist("test", 1).images[0])
    task = Task(network, x, 3)
    method = read_method(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = by_captum(name, network, x[None], 3)
        found = method.explain([task], Cache()).run()[0].values
        if "smoothgrad" not in name:  # which draws other noise
            scale = 16 if "occlusion" in name else 1
            np.testing.assert_allclose(found * scale, theirs()[0].sum(0).detach(), atol=1e-4)
        ours = seconds(lambda: method.explain([task], Cache()).run())
        ratio = ours / seconds(theirs)
    row = f"a map by `{name}`, against captum alone, Fashion-MNIST convnet"
    table.add(row, f"{ratio:.2f} times ({1000 * ours:.1f} ms)", "at most 1.2 times")
