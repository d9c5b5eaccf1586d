"""Relevance through attention, norms and products: by hand, and in whole networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from xaiwidgets import Classifier
from xaiwidgets.errors import ModelError
from xaiwidgets.methods import LRP, Task

EPSILON = LRP(convolutions="epsilon", dense="epsilon", epsilon=0.0)


class Net(nn.Module):
    """Numbers (T, D) in the rows of a picture, a function of them, and two classes' weights."""

    def __init__(self, function: Callable[[Tensor], Tensor], weights: list[float]) -> None:
        super().__init__()
        self.inner = function if isinstance(function, nn.Module) else None
        self.function = function if self.inner is None else None
        self.register_buffer("weights", torch.tensor([weights, [0.0] * len(weights)]))

    def forward(self, x: Tensor) -> Tensor:
        inner = self.function if self.inner is None else self.inner
        return F.linear(inner(x[:, 0]).flatten(1), self.weights)  # type: ignore[misc]


def relevance(net: nn.Module, image: Tensor, method: LRP = EPSILON) -> NDArray[np.float32]:
    (result,) = method.explain([Task(Classifier(net.eval(), output="logits"), image, 0)]).run()
    return result.values


def rows(*values: list[float]) -> Tensor:
    return torch.tensor([list(values)], dtype=torch.float32)


# --- attention ---------------------------------------------------------------------------------


def fused(x: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(x, x, x, scale=math.log(3))


def written_out(x: Tensor) -> Tensor:
    weights = (x @ x.transpose(1, 2) * math.log(3)).softmax(-1)
    return weights @ x


def by_sums(x: Tensor) -> Tensor:
    weights = torch.einsum("btd,bsd->bts", x, x) * math.log(3)
    return torch.einsum("bts,bsd->btd", F.softmax(weights, dim=2), x)


class Heads(nn.Module):
    """torch's own module, with weights that compute the same."""

    def __init__(self, weights: bool, first: bool) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(2, 1, batch_first=first)
        self.weights, self.first = weights, first
        eye = torch.eye(2)
        with torch.no_grad():
            # torch divides by the root of the size of a head.
            self.attention.in_proj_weight.copy_(
                torch.cat([math.log(3) * math.sqrt(2) * eye, eye, eye])
            )
            self.attention.out_proj.weight.copy_(eye)

    def forward(self, x: Tensor) -> Tensor:
        x = x if self.first else x.transpose(0, 1)
        answer: Tensor = self.attention(x, x, x, need_weights=self.weights)[0]
        return answer if self.first else answer.transpose(0, 1)


@pytest.mark.parametrize(
    "function",
    [fused, written_out, by_sums, Heads(True, True), Heads(False, True), Heads(False, False)],
    ids=["fused", "written out", "einsum", "module", "module without weights", "tokens first"],
)
def test_two_tokens_attend_by_hand(function: Any) -> None:
    # Token 0 is (1, 0), token 1 is (0, 2). Token 0 attends to itself by e^(ln 3) : e^0 = 3 : 1, so
    # that it becomes 3/4 (1, 0) + 1/4 (0, 2), of which the class counts 3 and 5 times: 9/4 + 5/2.
    found = relevance(Net(function, [3, 5, 0, 0]), rows([1, 0], [0, 2]))
    assert np.allclose(found, [[2.25, 0], [0, 2.5]], atol=1e-5)


def test_heads_share_by_the_rule_of_dense_layers() -> None:
    # Values -x0 and 2 x1 are projected to one number; z+ leaves the token out that is negative.
    net = Heads(False, True)
    with torch.no_grad():
        net.attention.in_proj_weight[4:].copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
        net.attention.out_proj.weight.copy_(torch.tensor([[-1.0, 1.0], [0.0, 0.0]]))
    image = rows([1, 0], [0, 2])
    plain = relevance(Net(net, [1, 0, 0, 0]), image)
    assert np.allclose(plain, [[-0.75, 0], [0, 0.5]], atol=1e-5)
    positive = relevance(Net(net, [1, 0, 0, 0]), image, LRP(dense="z+", epsilon=0.0))
    assert np.allclose(positive, 0)  # z+ has no negative answer to share out
    upright = relevance(Net(net, [-1, 0, 0, 0]), -image, LRP(dense="epsilon", epsilon=0.0))
    assert np.allclose(upright, [[-0.75, 0], [0, 0.5]], atol=1e-5)


def test_attention_to_tokens_that_are_no_input_has_no_rule() -> None:
    class More(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(2, 1, batch_first=True, add_bias_kv=True)

        def forward(self, x: Tensor) -> Tensor:
            return self.attention(x, x, x)[0]

    with pytest.raises(
        ModelError, match=r"no rule for 'multi_head_attention_forward' .*attention'"
    ):
        relevance(Net(More(), [1, 1, 1, 1]), rows([1, 0], [0, 2]))


# --- norms -------------------------------------------------------------------------------------


def own_norm(x: Tensor) -> Tensor:
    mean = x.mean(-1, keepdim=True)
    return (x - mean) / ((x - mean).pow(2).mean(-1, keepdim=True)).sqrt()


def by_rsqrt(x: Tensor) -> Tensor:
    mean = x.mean(-1, keepdim=True)
    return (x - mean) * torch.rsqrt(x.var(-1, keepdim=True, unbiased=False))


def by_power(x: Tensor) -> Tensor:
    mean = x.mean(-1, keepdim=True)
    return (x - mean) * (x.var(-1, keepdim=True, unbiased=False) ** -0.5)


NORMS = {
    "layer": nn.LayerNorm(2, eps=0),
    "group": nn.GroupNorm(1, 1, eps=0),
    "instance": nn.InstanceNorm1d(1, eps=0),
    "by its formula": own_norm,
    "by rsqrt": by_rsqrt,
    "by a power": by_power,
}


@pytest.mark.parametrize("name", NORMS)
def test_a_norm_is_linear_once_its_deviation_is_fixed(name: str) -> None:
    # Of (1, 3) the mean is 2 and the deviation 1: with it fixed, y0 = (x0 - x1) / 2 = -y1. The
    # class has 2 y0 + 5 y1 = 1.5 (x1 - x0) = 3, to which x0 gives -1.5 and x1 gives 4.5.
    found = relevance(Net(NORMS[name], [2, 5]), rows([1, 3]))  # type: ignore[arg-type]
    assert np.allclose(found, [[-1.5, 4.5]], atol=1e-5)


def test_weights_of_norms_count_and_biases_take_their_share() -> None:
    norm = nn.GroupNorm(1, 2, eps=0)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([2.0, 1.0]))
        norm.bias.copy_(torch.tensor([7.0, 0.0]))
    # Channels 1 and 3 become 2 (-1) + 7 and 1: of 5 + 1, x0 gives -2.5 ... as without the bias.
    found = relevance(Net(nn.Sequential(norm), [1, 1]), rows([1], [3]))
    # 2 y0 + y1 = y0 = (x0 - x1) / 2: 0.5 and -1.5.
    assert np.allclose(found[:, 0], [0.5, -1.5], atol=1e-5)


@pytest.mark.parametrize(
    "norm",
    [
        nn.RMSNorm(2, eps=0),
        lambda x: x * torch.rsqrt(x.square().mean(-1, keepdim=True)),
        lambda x: F.normalize(x, dim=-1) * math.sqrt(2),
        lambda x: x / x.norm(dim=-1, keepdim=True) * math.sqrt(2),
    ],
    ids=["module", "rsqrt", "normalize", "norm"],
)
def test_a_root_mean_square_is_fixed(norm: Any) -> None:
    # The root of (9 + 16) / 2 divides 3 and 4, of which the class counts 1 and 2 times.
    found = relevance(Net(norm, [1, 2]), rows([3, 4]))
    assert np.allclose(found, np.array([[3, 8]]) / math.sqrt(12.5), atol=1e-5)


# --- products and gates ------------------------------------------------------------------------


def in_place(x: Tensor) -> Tensor:
    y = 2 * x[..., :1]
    y *= 3 * x[..., 1:]
    return y


@pytest.mark.parametrize(
    "product",
    [
        lambda x: 2 * x[..., :1] * (3 * x[..., 1:]),
        lambda x: (2 * x[..., :1]) @ (3 * x[..., 1:]),
        lambda x: torch.einsum("btd,btd->btd", 2 * x[..., :1], 3 * x[..., 1:]),
        lambda x: F.linear(2 * x[0, :, :1], 3 * x[0, :, 1:])[None],
        in_place,
    ],
    ids=["mul", "matmul", "einsum", "weights from the picture", "in place"],
)
def test_factors_share_half_and_half(product: Any) -> None:
    # 2 * 5 times 3 * 7 is 210, which the class counts once.
    assert np.allclose(relevance(Net(product, [1]), rows([5, 7])), [[105, 105]], atol=1e-3)


def test_only_the_product_in_a_sum_is_shared() -> None:
    # 5 and 5 times 7: of these 35 both have half.
    for function in (
        lambda x: torch.addcmul(x[..., :1], x[..., :1], x[..., 1:]),
        lambda x: torch.addmm(x[0, :, :1], x[0, :, :1], x[0, :, 1:], beta=1)[None],
        lambda x: torch.baddbmm(x[..., :1] / 2, x[..., :1], x[..., 1:], beta=2),
    ):
        found = relevance(Net(function, [1]), rows([5, 7]))
        assert np.allclose(found, [[22.5, 17.5]], atol=1e-4)


def test_powers_are_products_of_the_same() -> None:
    assert np.allclose(relevance(Net(lambda x: x**2, [1, 1]), rows([3, -2])), [[9, 4]])
    assert np.allclose(relevance(Net(lambda x: x * x, [1, 1]), rows([3, -2])), [[9, 4]])


@pytest.mark.parametrize(
    "gate",
    [
        lambda x: x[..., :1] * x[..., 1:].sigmoid(),
        lambda x: x[..., :1] * F.hardsigmoid(x[..., 1:] * 0),
        lambda x: F.glu(x),
        lambda x: x[..., :1] / (2 + 0 * x[..., 1:]),
    ],
    ids=["sigmoid", "hardsigmoid", "glu", "denominator"],
)
def test_a_gate_has_no_relevance(gate: Any) -> None:
    # Of sigmoid(0) = 1/2 times 6, all belongs to the 6.
    assert np.allclose(relevance(Net(gate, [4]), rows([6, 0])), [[12, 0]], atol=1e-5)


# --- a transformer ----------------------------------------------------------------------------


class Block(nn.Module):
    """A transformer's block; with `fixed`, Ali et al.'s own way: parts of it are detached."""

    def __init__(self, fixed: bool) -> None:
        super().__init__()
        self.fixed = fixed
        self.norms = nn.ModuleList(nn.LayerNorm(6) for _ in range(2))
        self.qkv, self.out = nn.Linear(6, 18), nn.Linear(6, 6)
        self.up, self.down = nn.Linear(6, 9), nn.Linear(9, 6)

    def _norm(self, norm: nn.LayerNorm, x: Tensor) -> Tensor:
        if not self.fixed:
            return norm(x)
        deviation = (x.var(-1, keepdim=True, unbiased=False) + norm.eps).sqrt().detach()
        return (x - x.mean(-1, keepdim=True)) / deviation * norm.weight + norm.bias

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(self._norm(self.norms[0], x)).unflatten(-1, (3, 2, 3)).unbind(2)
        weights = torch.einsum("bthd,bshd->bhts", q, k).softmax(-1)
        weights = weights.detach() if self.fixed else weights
        x = x + self.out(torch.einsum("bhts,bshd->bthd", weights, v).flatten(2))
        z = self.up(self._norm(self.norms[1], x))
        hidden = z * (F.gelu(z) / z).detach() if self.fixed else F.gelu(z)
        return x + self.down(hidden)


class Transformer(nn.Module):
    def __init__(self, fixed: bool) -> None:
        super().__init__()
        self.patches, self.blocks = nn.Conv2d(3, 6, 4, 4), nn.Sequential(Block(fixed), Block(fixed))
        self.place, self.head = nn.Parameter(torch.randn(4, 6)), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2) + self.place
        return self.head(self.blocks(x).mean(1))


def test_a_transformer_is_explained_as_by_detaching() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        plain, fixed = Transformer(False), Transformer(True)
        image = torch.randn(3, 8, 8)
    fixed.load_state_dict(plain.state_dict())
    inputs = image[None].clone().requires_grad_()
    (slopes,) = torch.autograd.grad(fixed(inputs)[0, 0], inputs)
    found = relevance(plain, image)
    assert np.allclose(found, (slopes * image)[0].sum(0), atol=1e-5)
    assert np.abs(found).max() > 1e-2


# --- what has no rule --------------------------------------------------------------------------


def test_all_that_has_no_rule_is_named_at_once() -> None:
    class Odd(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.exp()

    class Odder(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return (x.exp() + 1).log()

    net = Net(nn.Sequential(Odd(), *(Odder() for _ in range(4))), [1, 1])
    words = (
        r"no rule for 'exp' \(in layer 'inner.0', layer 'inner.1', layer 'inner.2' and 2 more\), "
        r"'log' \(in .* and 1 more\), computed"
    )
    with pytest.raises(ModelError, match=words):
        relevance(net, rows([1, 2]))


def test_a_batch_norm_of_the_batch_itself_has_no_rule() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2, track_running_stats=False))
    with pytest.raises(ModelError, match="no rule for 'batch_norm'"):
        relevance(nn.Sequential(net, nn.Flatten()), rows([1, 2]))


def test_bounds_that_zero_does_not_meet_have_no_rule() -> None:
    with pytest.raises(ModelError, match="no rule for 'clamp'"):
        relevance(Net(lambda x: x.clamp(min=0.5), [1, 1]), rows([1, 2]))
    found = relevance(Net(lambda x: x.clamp(max=1.5), [1, 1]), rows([1, 2]))
    assert np.allclose(found, [[1, 1.5]])


def test_a_way_through_a_softmax_alone_carries_nothing() -> None:
    with pytest.raises(ModelError, match="from the picture while LRP holds softmax"):
        relevance(Net(lambda x: x.softmax(-1), [1, 2]), rows([1, 2]))
