"""Relevance against networks worked out by hand, and against captum."""

from __future__ import annotations

import copy
from typing import Any

import captum.attr
import numpy as np
import pytest
import torch
from captum.attr._utils.lrp_rules import Alpha1_Beta0_Rule, EpsilonRule, GammaRule
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from tests import models
from xaiwidgets import Classifier, datasets, zoo
from xaiwidgets.errors import CompositionError, InputError, ModelError
from xaiwidgets.methods import LRP, Task

RULES = {"epsilon": EpsilonRule, "gamma": GammaRule, "z+": Alpha1_Beta0_Rule}
EPSILON = {"convolutions": "epsilon", "dense": "epsilon"}


def relevance(
    method: LRP, net: nn.Module | Classifier, image: Tensor, target: int = 0, **task: Any
) -> NDArray[np.float32]:
    model = net if isinstance(net, Classifier) else Classifier(net)
    (found,) = method.explain([Task(model, image, target, **task)]).run()
    return found.values


def by_hand(rule: str, gamma: float, epsilon: float) -> Tensor:
    """The relevance of the two inputs of `two_layers` for its class 0, equation by equation."""
    w1 = torch.tensor([[1.0, -2.0], [3.0, 1.0]])  # from inputs (rows) to hidden numbers
    w2 = torch.tensor([2.0, -1.0])
    x = torch.tensor([2.0, 1.0])
    z1 = x @ w1  # (5, -3), of which ReLU leaves (5, 0)
    hidden = z1.clamp(min=0)

    def shares(a: Tensor, w: Tensor, z: Tensor) -> Tensor:
        """Return of each input (rows) the share in each answer (columns)."""
        parts = a[:, None] * w
        if rule == "epsilon":
            return parts / (z + epsilon * z.sign())
        positive = parts.clamp(min=0)
        if rule == "z+":
            return positive / (positive.sum(0) + epsilon)
        favoured = torch.where(z > 0, positive, parts.clamp(max=0))
        return (parts + gamma * favoured) / (z + gamma * favoured.sum(0) + epsilon * z.sign())

    z2 = (hidden * w2).sum()
    of_hidden = shares(hidden, w2[:, None], z2[None])[:, 0] * z2
    return shares(x, w1, z1) @ of_hidden


def two_layers(kind: str) -> nn.Module:
    first: nn.Module
    last: nn.Module
    if kind == "dense":
        first, last = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
    else:
        first, last = nn.Conv2d(2, 2, 1, bias=False), nn.Conv2d(2, 2, 1, bias=False)
    with torch.no_grad():
        weights = (torch.tensor([[1.0, 3.0], [-2.0, 1.0]]), torch.tensor([[2.0, -1.0], [0.0, 1.0]]))
        for layer, weight in zip((first, last), weights, strict=True):
            layer.weight.copy_(weight.reshape(layer.weight.shape))
    if kind == "dense":
        return nn.Sequential(nn.Flatten(), first, nn.ReLU(), last)
    return nn.Sequential(first, nn.ReLU(), last, nn.Flatten())


class Rows(nn.Module):
    """Rows of the picture become its channels, so that a map tells them apart."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x.permute(0, 2, 1, 3))


@pytest.mark.parametrize("kind", ["dense", "convolutions"])
@pytest.mark.parametrize("rule", ["epsilon", "gamma", "z+"])
def test_two_layers_worked_out_by_hand(kind: str, rule: str) -> None:
    image = torch.tensor([2.0, 1.0]).reshape(1, 2, 1)
    other = "z+" if rule == "epsilon" else "epsilon"
    rules = {"dense": other, "convolutions": other, kind: rule}
    found = relevance(LRP(**rules, gamma=0.5, epsilon=0.25), Rows(two_layers(kind)), image)
    expected = by_hand(rule, 0.5, 0.25)
    assert np.allclose(found[:, 0], expected, atol=1e-5)
    # In numbers, without epsilon: class 0 has 2 * 5; of the 5, input 0 gave 2 and input 1 gave 3.
    exact = relevance(LRP(**rules, gamma=0.5, epsilon=0.0), Rows(two_layers(kind)), image)
    assert np.allclose(exact[:, 0], [4, 6], atol=1e-5)


def test_a_negative_input_speaks_for_a_class_by_a_negative_weight() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(3, 2, bias=False))
    with torch.no_grad():
        net[1].weight.copy_(torch.tensor([[1.0, -2.0, 1.0], [0.0, 0.0, 0.0]]))  # type: ignore
    image = torch.tensor([1.0, -2.0, -3.0]).reshape(1, 1, 3)
    # Contributions are 1, 4 and -3, their sum 2.
    assert np.allclose(relevance(LRP(dense="epsilon", epsilon=0), net, image), [[1, 4, -3]])
    assert np.allclose(relevance(LRP(dense="z+", epsilon=0), net, image), [[0.4, 1.6, 0]])
    # 1.5 and 6 of 4.5; -3 stays -3.
    gamma = relevance(LRP(dense="gamma", gamma=0.5, epsilon=0), net, image)
    assert np.allclose(gamma, np.array([[1.5, 6, -3]]) * 2 / 4.5)
    # Of a negative answer, it is the negative contributions that are favoured.
    below = relevance(LRP(dense="gamma", gamma=0.5, epsilon=0), net, -image)
    assert np.allclose(below, np.array([[-1.5, -6, 3]]) * 2 / 4.5)


def test_a_bias_takes_its_share() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(1, 2))
    with torch.no_grad():
        net[1].weight.fill_(2.0)  # type: ignore[operator, union-attr]
        net[1].bias.fill_(1.0)  # type: ignore[operator, union-attr]
    image = torch.ones(1, 1, 1)
    # Of 2 * 1 + 1 = 3, the input gave 2; favoured, both count 1.5 times.
    for rule in ("epsilon", "z+", "gamma"):
        found = relevance(LRP(dense=rule, gamma=0.5, epsilon=0), net, image)  # type: ignore
        assert found[0, 0] == pytest.approx(2.0)
    with torch.no_grad():
        net[1].bias.fill_(-1.0)  # type: ignore[operator, union-attr]
    # Of 2 - 1 = 1: all of it; z+ does not see the bias, gamma has 3 of 3 - 1.
    shares = [relevance(LRP(dense=rule, gamma=0.5, epsilon=0), net, image)[0, 0]  # type: ignore
              for rule in ("epsilon", "z+", "gamma")]  # fmt: skip
    assert shares == pytest.approx([2.0, 1.0, 1.5])


class Block(nn.Module):
    """A skip connection by `+`, one ReLU used twice and in place; pooling in between."""

    def __init__(self, bias: bool = False) -> None:
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(4, 4, 3, padding=1, bias=bias) for _ in range(2))
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv2(self.relu(self.norm(self.conv1(x))))
        return self.relu(y + x)


def unbiased(seed: int = 0) -> nn.Module:
    """A residual network of which all is linear or ReLU, without a bias anywhere."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1, bias=False),
            nn.ReLU6(),
            Block(),
            nn.MaxPool2d(2),
            Block(),
            nn.AvgPool2d(2),
            nn.Dropout(),
            nn.Flatten(),
            nn.Linear(16, 8, bias=False),
            nn.ReLU(),
            nn.Linear(8, 3, bias=False),
        )
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_var.uniform_(0.5, 2)
    return net.eval()


IMAGE = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("dense", ["epsilon", "gamma", "z+"])
@pytest.mark.parametrize("convolutions", ["epsilon", "gamma", "z+"])
def test_relevance_is_conserved_without_biases(convolutions: str, dense: str) -> None:
    model = Classifier(unbiased())
    logits = model.logits(IMAGE[None])[0]
    for target in range(3):
        rules = {"convolutions": convolutions, "dense": dense}
        found = relevance(LRP(**rules, epsilon=1e-9), model, IMAGE, target)  # type: ignore
        assert found.sum() == pytest.approx(float(logits[target]), rel=1e-3, abs=1e-5)


def test_a_saturated_relu6_hands_on_all_of_its_relevance() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(1, 2, bias=False), nn.ReLU6())
    with torch.no_grad():
        net[1].weight.fill_(100.0)  # type: ignore[operator, union-attr]
    assert relevance(LRP(), net, torch.ones(1, 1, 1))[0, 0] == pytest.approx(6.0)


def test_epsilon_everywhere_is_gradient_times_input_on_relu_networks() -> None:
    # This is why it is not the default: its name would promise more than it is.
    model = Classifier(unbiased())
    net = model.copies.private().net
    with torch.enable_grad():
        image = IMAGE[None].clone().requires_grad_()
        # ReLU6 does not saturate here: else its gradient is 0, and relevance passes.
        assert float(net[0](image).detach().max()) < 6
        (slope,) = torch.autograd.grad(net(image)[0, 1], image)
    product = (slope * image).detach().sum(1)[0]
    found = relevance(LRP(**EPSILON, epsilon=0.0), model, IMAGE, 1)  # type: ignore[arg-type]
    assert np.allclose(found, product, atol=1e-5)
    for rules in ({}, {"convolutions": "gamma"}, {"convolutions": "z+", "dense": "z+"}):
        other = relevance(LRP(**rules), model, IMAGE, 1)  # type: ignore[arg-type]
        assert np.abs(other - product.numpy()).max() > 0.1 * float(product.abs().max())


@pytest.mark.parametrize("name", ["digits", "fashion"])
def test_it_is_captums_where_captum_can(name: str) -> None:
    model = zoo.digits() if name == "digits" else zoo.fashion_mnist()
    data = datasets.digits("test") if name == "digits" else datasets.fashion_mnist("test")
    images = torch.from_numpy(data.images[:3])[:, None].float() / 255
    layers = [m for m in model.net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    for layer in layers:
        # captum leaves biases out of the rules' favours.
        if isinstance(layer, nn.Conv2d):
            layer.bias.data.zero_()  # type: ignore[union-attr]
    classes = (3, 0, 7)
    tasks = [Task(model, image, c) for image, c in zip(images, classes, strict=True)]
    for rule, theirs in RULES.items():
        net = copy.deepcopy(model.net)
        for layer in net.modules():
            layer.rule = theirs() if isinstance(layer, nn.Conv2d) else EpsilonRule()  # type: ignore
        expected = captum.attr.LRP(nn.Sequential(net)).attribute(
            images.clone().requires_grad_(), target=torch.tensor(classes)
        )
        ours = LRP(convolutions=rule, gamma=0.25, epsilon=1e-9)  # type: ignore[arg-type]
        for mine, other in zip(ours.explain(tasks).run(), expected, strict=True):
            assert np.allclose(mine.values, other.detach().sum(0), atol=1e-4)
            assert np.abs(mine.values).max() > 0.01


def test_batch_norms_are_part_of_the_layer_before_them() -> None:
    """A rule sees the weights of both together: the same network without a norm is explained so."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        conv, norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        head = nn.Linear(4, 3)
        with torch.no_grad():
            norm.weight.copy_(torch.tensor([1.0, -1.0, 2.0, -0.5]))
            norm.bias.uniform_(-1, 1)
            norm.running_mean.uniform_(-1, 1)  # type: ignore[union-attr]
            norm.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    tail = [nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), head]
    merged = torch.nn.utils.fusion.fuse_conv_bn_eval(conv.eval(), norm.eval())
    for rule in ("z+", "gamma", "epsilon"):
        method = LRP(convolutions=rule)  # type: ignore[arg-type]
        two = relevance(method, nn.Sequential(conv, norm, *tail).eval(), IMAGE)
        one = relevance(method, nn.Sequential(merged, *tail).eval(), IMAGE)
        assert np.allclose(two, one, atol=1e-5)
        assert np.abs(one).max() > 1e-3


@pytest.mark.slow
def test_residual_networks_of_all_kinds_are_explained() -> None:
    from torchvision import models as vision

    clothes = torch.from_numpy(datasets.fashion_mnist("test").images[0])[None].float() / 255
    ours = relevance(LRP(), zoo.fashion_mnist("resnet"), clothes, 9)
    assert ours.std() > 0
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for name in ("resnet18", "densenet121"):
            net = getattr(vision, name)(num_classes=5).eval()
            found = relevance(LRP(), net, torch.rand(3, 64, 64))
            assert np.isfinite(found).all()
            assert found.std() > 0


@pytest.mark.slow
def test_efficientnet_is_explained_where_the_object_is() -> None:
    model = zoo.efficientnet_lite0()
    image = model.input(zoo.photographs("chelsea")["chelsea"])
    (found,) = LRP().explain([Task(model, image)]).run()
    assert "cat" in found.label
    assert found.output == pytest.approx(
        float(model.logits(image[None])[0, found.target]), abs=1e-3
    )
    # The middle quarter of the picture is the cat's face.
    positive = found.values.clip(0)
    assert positive[56:168, 56:168].sum() / positive.sum() > 0.3


class Exponential(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.exp()


class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Tensor:  # type: ignore[override]
        return slope


class Custom(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return Own.apply(x)  # type: ignore[no-any-return, no-untyped-call]


class Behind(nn.Module):
    """Relies on its argument being overwritten."""

    def forward(self, x: Tensor) -> Tensor:
        y = x - 0.5
        F.relu(y, inplace=True)
        return y


def with_head(*layers: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 3, 1), *layers, nn.Flatten(), nn.Linear(192, 4))


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([nn.Sequential(Exponential())], r"no rule for 'exp' \(in layer '1.0'\), computed from"),
        ([Custom()], "no rule for the autograd function Own"),
        ([Behind()], "overwritten in place"),
    ],
)
def test_what_it_cannot_follow_is_named(layers: list[nn.Module], words: str) -> None:
    net = with_head(*layers)
    before = models.condition(net)
    with pytest.raises(ModelError, match=words):
        relevance(LRP(), net, IMAGE)
    assert models.condition(net) == before


def test_a_product_with_a_constant_is_followed() -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.tensor(2.0))

        def forward(self, x: Tensor) -> Tensor:
            return self.scale * x / 4 + (1 - x) * 0

    net = nn.Sequential(Scaled(), nn.Flatten(), nn.Linear(192, 2, bias=False))
    found = relevance(LRP(dense="epsilon", epsilon=0), net, IMAGE)
    assert found.sum() == pytest.approx(float(net(IMAGE[None])[0, 0].detach()), rel=1e-4)


def test_it_needs_a_copy() -> None:
    net = unbiased()
    net.__deepcopy__ = lambda memo: net  # type: ignore[assignment]
    with pytest.raises(ModelError, match=r"cannot be copied. Give it a __deepcopy__"):
        relevance(LRP(), net, IMAGE)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"convolutions": "beta"}, "convolutions is 'beta'; use 'epsilon' or 'gamma' or 'z"),
        ({"dense": None}, "dense is None"),
        ({"gamma": -1}, "gamma is -1; use a number of at least 0"),
        ({"epsilon": float("nan")}, "epsilon is nan"),
        ({"epsilon": "small"}, "epsilon is 'small'"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        LRP(**settings)


def test_a_probability_is_no_sum_of_relevance() -> None:
    with pytest.raises(CompositionError, match="LRP cannot honour the output probability"):
        LRP().explain([Task(Classifier(unbiased()), IMAGE, output="probability")])
