"""Grad-CAM against captum, and whose axes are whose."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import captum.attr
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from tests.architectures import NETWORKS
from xaiwidgets import Classifier, datasets, zoo
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods import GradCAM, Task

IMAGE = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(0))


def cam(net: nn.Module, layer: str | None = None, **task: Any) -> np.ndarray[Any, Any]:
    (found,) = GradCAM(layer).explain([Task(Classifier(net), IMAGE, **task)]).run()
    return found.values


@pytest.mark.parametrize("layer", [None, "conv1"])
def test_it_is_captums(layer: str | None) -> None:
    model = zoo.digits()
    images = torch.from_numpy(datasets.digits("test").images[:4])[:, None].float() / 255
    targets = (3, 1, 4, 1)
    tasks = [Task(model, image, c) for image, c in zip(images, targets, strict=True)]
    tasks += [replace(task, output="probability") for task in tasks]
    found = GradCAM(layer).explain(tasks).run()
    net = model.net
    for forward, ours in ((net, found[:4]), (lambda x: net(x).softmax(1), found[4:])):
        theirs = captum.attr.LayerGradCam(forward, net.get_submodule(layer or "pool"))
        maps = theirs.attribute(
            images.clone().requires_grad_(), target=torch.tensor(targets), relu_attributions=True
        )
        maps = nn.functional.interpolate(maps.detach(), (8, 8), mode="bilinear")[:, 0]
        assert float(maps.max()) > 0
        for mine, other in zip(ours, maps, strict=True):
            assert np.allclose(mine.values, other, atol=1e-5 * float(maps.max()))
    logits = model.logits(images)
    for row, target in enumerate(targets):
        assert found[row].output == pytest.approx(float(logits[row, target]), abs=1e-4)
        chance = float(logits[row].softmax(0)[target])
        assert found[4 + row].output == pytest.approx(chance, abs=1e-5)


class Last(nn.Module):
    """Patches, then layers on the last axis (B, H, W, C), as in Swin and ConvNeXt."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.patch, self.norm = nn.Conv2d(3, 12, 4, 4), nn.LayerNorm(12)
            self.mix, self.head = nn.Linear(12, 12), nn.Linear(12, 3)
            self.out = nn.LayerNorm(12)

    def forward(self, x: Tensor) -> Tensor:
        t = self.patch(x).permute(0, 2, 3, 1)
        t = self.out(t + self.mix(self.norm(t)).relu())
        return self.head(t.mean((1, 2)))  # type: ignore[no-any-return]


class Swapped(Last):
    """The same by transpositions."""

    def forward(self, x: Tensor) -> Tensor:
        t = self.patch(x).transpose(1, 3).transpose(1, 2)
        t = self.out(t + self.mix(self.norm(t)).relu())
        return self.head(t.mean((1, 2)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", [Last, Swapped])
@pytest.mark.parametrize("layer", [None, "out"])
def test_channels_may_be_the_last_axis(kind: type[Last], layer: str | None) -> None:
    net = kind()
    answers: list[Tensor] = []
    handle = net.out.register_forward_hook(lambda m, i, o: answers.append(o))
    with torch.enable_grad():
        (slopes,) = torch.autograd.grad(net(IMAGE[None])[0, 2], answers[0])
    handle.remove()
    by_hand = (answers[0].detach()[0] * slopes[0].mean((0, 1))).sum(2).relu()
    expected = nn.functional.interpolate(by_hand[None, None], (32, 32), mode="bilinear")[0, 0]
    assert float(expected.max()) > 0
    assert np.allclose(cam(net, layer, target=2), expected, atol=1e-6)


class Attention(nn.Module):
    """Queries and keys are (B, heads, tokens, features): four axes, and no picture."""

    def __init__(self) -> None:
        super().__init__()
        self.patch, self.q, self.k_norm = nn.Conv2d(3, 16, 8, 8), nn.Linear(16, 32), nn.LayerNorm(8)
        self.v, self.head = nn.Linear(16, 16), nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        t = self.patch(x).flatten(2).transpose(1, 2)
        q, k = (a.reshape(len(x), -1, 2, 8).transpose(1, 2) for a in self.q(t).chunk(2, 2))
        k = self.k_norm(k)
        a = (q @ k.transpose(2, 3)).softmax(3).mean(1)
        return self.head((a @ self.v(t)).mean(1))  # type: ignore[no-any-return]


def test_attention_is_no_feature_map() -> None:
    net = Attention()
    assert np.array_equal(cam(net), cam(net, "patch"))
    with pytest.raises(InputError, match=r"layer 'k_norm' gives \(1, 2, 16, 8\).*of an attention"):
        cam(net, "k_norm")


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("torchvision ViT", "encoder.layers.encoder_layer_0"),  # after the last, one token acts
        ("timm ViT", "blocks.0"),
        ("transformers ViT", "vit.layers.0"),
        ("torchvision Swin", "features"),
        ("transformers Swin", "swin.encoder"),
        ("timm Mixer", "blocks"),
        ("torchvision ResNet", "layer3"),  # 2 x 2 of these pictures; after it, there is one place
        ("torchvision DenseNet", "features.denseblock2"),
    ],
)
def test_real_networks_are_explained_at_their_last_maps_that_act(name: str, layer: str) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = NETWORKS[name][0]().eval()
        heads = [part for part in net.modules() if isinstance(part, nn.Linear)]
        nn.init.normal_(heads[-1].weight)  # some begin with a head of zeros
    found = cam(net, target=1)
    assert np.array_equal(found, cam(net, layer, target=1))
    assert found.max() > 0
    assert np.ptp(found) > 0  # or else it would say of no place more than of another


def test_a_layer_within_a_branch_has_maps_too() -> None:
    net = Last()
    answers: list[Tensor] = []
    handle = net.mix.register_forward_hook(lambda m, i, o: answers.append(o))
    with torch.enable_grad():
        (slopes,) = torch.autograd.grad(net(IMAGE[None])[0, 2], answers[0])
    handle.remove()
    by_hand = (answers[0].detach()[0] * slopes[0].mean((0, 1))).sum(2).relu()
    expected = nn.functional.interpolate(by_hand[None, None], (32, 32), mode="bilinear")[0, 0]
    assert np.allclose(cam(net, "mix", target=2), expected, atol=1e-6)


class ClassToken(nn.Module):
    """A transformer of two blocks that classifies by a token of its own, on 4 x 2 patches."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.patch, self.token = nn.Conv2d(3, 16, 8, 8), nn.Parameter(torch.randn(1, 1, 16))
            self.place = nn.Parameter(torch.randn(1, 9, 16))
            layer = nn.TransformerEncoderLayer(16, 2, 32, 0.0, batch_first=True, norm_first=True)
            self.blocks = nn.ModuleList([layer, copy.deepcopy(layer)])
            self.norm, self.head = nn.LayerNorm(16), nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        t = self.patch(x).flatten(2).transpose(1, 2)
        t = torch.cat([self.token.expand(len(t), -1, -1), t], 1) + self.place
        for block in self.blocks:
            t = block(t)
        return self.head(self.norm(t)[:, 0])  # type: ignore[no-any-return]


def test_tokens_are_laid_out_on_the_picture() -> None:
    net, image = ClassToken().eval(), IMAGE[:, :, :16]
    answers: list[Tensor] = []
    handle = net.blocks[0].register_forward_hook(lambda m, i, o: answers.append(o))
    with torch.enable_grad():
        (slopes,) = torch.autograd.grad(net(image[None])[0, 1], answers[0])
    handle.remove()
    tokens, weights = answers[0].detach()[0, 1:], slopes[0, 1:].mean(0)
    by_hand = (tokens @ weights).relu().reshape(4, 2)
    expected = nn.functional.interpolate(by_hand[None, None], (32, 16), mode="bilinear")[0, 0]
    before = models.condition(net)
    # The tokens of the last block act on nothing, and a norm is not the end of a stage.
    for layer in (None, "blocks.0"):
        task = Task(Classifier(net), image, target=1)
        (found,) = GradCAM(layer).explain([task]).run()
        assert float(expected.max()) > 0
        assert np.allclose(found.values, expected, atol=1e-6)
    assert models.condition(net) == before


def test_a_block_that_ends_in_a_sum_has_the_axes_of_its_summands() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1)

        def forward(self, x: Tensor) -> Tensor:
            return nn.functional.relu(self.conv(x) * 2 + x)

    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nn.Sequential(Block(), nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 2)))
    assert np.array_equal(cam(net, target=1), cam(net, "0", target=1))
    assert cam(net, target=1).any()
    assert not np.allclose(cam(net, target=1), cam(net, "0.conv", target=1))


def test_a_layer_after_it_may_overwrite_its_answer() -> None:
    def net(inplace: bool) -> nn.Module:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            layers = [nn.Conv2d(3, 6, 3), nn.ReLU(inplace), nn.AdaptiveAvgPool2d(2)]
            return nn.Sequential(*layers, nn.Flatten(), nn.Linear(24, 3))

    copied, uncopied = net(True), net(True)
    uncopied.__deepcopy__ = lambda memo: uncopied  # type: ignore[assignment]
    expected = cam(net(False), "0", target=0)
    assert expected.max() > 0
    assert np.allclose(cam(copied, "0", target=0), expected)
    assert np.allclose(cam(uncopied, "0", target=0), expected)


def test_a_network_without_feature_maps_has_no_gradcam() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 4))
    with pytest.raises(ModelError, match="none of the network's can be told to have them; name"):
        cam(net)


def test_an_unknown_layer_is_refused_at_the_call() -> None:
    task = Task(Classifier(Last()), IMAGE)
    with pytest.raises(InputError, match=r"layer is 'hed'.*did you mean 'head'.*There are patch"):
        GradCAM("hed").explain([task])


def test_a_layer_that_answers_twice_is_refused() -> None:
    class Twice(Last):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x) + super().forward(x)

    with pytest.raises(InputError, match="no layer 'patch' answers once"):
        cam(Twice(), "patch")


def test_a_layer_that_says_nothing_of_the_score_is_named() -> None:
    class Beside(Last):
        def __init__(self) -> None:
            super().__init__()
            self.aside = nn.Conv2d(3, 2, 3)

        def forward(self, x: Tensor) -> Tensor:
            self.aside(x)
            return super().forward(x)

    net = Beside()
    before = models.condition(net)
    with pytest.raises(ModelError, match="no gradient reaches the class scores from layer 'aside'"):
        cam(net, "aside")
    assert models.condition(net) == before
