"""Attention, recorded and rolled out, against a softmax by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests import models
from tests.methods.test_methods import Attentive
from xaiwidgets import Classifier, Window, query
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods import (
    AttentionRollout,
    Task,
    attention_heads,
    attention_weights,
    method_text,
    read_method,
)
from xaiwidgets.methods._attention import rollout
from xaiwidgets.methods._attention_weights import recorded_attention
from xaiwidgets.network import Network

PICTURE = torch.rand(3, 12, 12, generator=torch.Generator().manual_seed(1))


class Block(nn.Module):
    """One layer of attention, computed in the way that is asked for."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how, self.mix, self.out = how, nn.Linear(8, 24), nn.Linear(8, 8)

    def heads(self, x: Tensor) -> tuple[Tensor, ...]:
        return self.mix(x).unflatten(2, (3, 2, 4)).permute(2, 0, 3, 1, 4).unbind(0)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.heads(x)
        if self.how == "fused":
            mixed = F.scaled_dot_product_attention(query, key, value)
        else:
            mixed = (query @ key.mT / math.sqrt(4)).softmax(dim=-1) @ value
        return x + self.out(mixed.transpose(1, 2).flatten(2))


class Vision(nn.Module):
    """9 patches, and maybe a token of its own that the scores are read from."""

    def __init__(self, how: str = "fused", token: bool = True) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(1)
            self.patches = nn.Conv2d(3, 8, 4, stride=4)
            self.token = nn.Parameter(torch.randn(1, 1, 8)) if token else None
            self.blocks = nn.Sequential(Block(how), Block(how))
            self.head = nn.Linear(8, 3)

    def embed(self, x: Tensor) -> Tensor:
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        if self.token is None:
            return tokens
        return torch.cat([self.token.expand(len(x), -1, -1), tokens], 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.embed(x))
        return self.head(x.mean(1) if self.token is None else x[:, 0])


def by_hand(net: Vision) -> list[Tensor]:
    """Return the weights (heads, T, T) of each block."""
    x, weights = net.embed(PICTURE[None]), []
    for block in net.blocks:
        query, key, _ = block.heads(x)  # type: ignore[operator]
        products = (query @ key.mT)[0] / 2
        exponents = (products - products.amax(-1, keepdim=True)).exp()
        weights.append((exponents / exponents.sum(-1, keepdim=True)).detach())
        x = block(x)
    return weights


@pytest.mark.parametrize("how", ["fused", "plain"])
def test_weights_are_the_softmax_of_each_layer_and_head(how: str) -> None:
    net = Vision(how)
    found = attention_weights(Network(net), PICTURE)
    assert found.shape == (2, 2, 10, 10)
    np.testing.assert_allclose(found, torch.stack(by_hand(net)), atol=1e-6)
    np.testing.assert_allclose(found.sum(-1), 1, atol=1e-6)


@pytest.mark.parametrize(
    "net", [Vision("fused"), Vision("plain"), Attentive()], ids=["f", "p", "t"]
)
def test_logits_are_the_same_while_recording(net: nn.Module) -> None:
    network = Network(net)
    private = network.copies.private().net
    with torch.no_grad():
        plain = private(PICTURE[None])
        answer, weights = recorded_attention(private, PICTURE[None])
    assert len(weights) == 2
    # torch's own encoder has a fused path, which it does not take while it is listened to.
    np.testing.assert_allclose(answer, plain, atol=1e-6 if isinstance(net, Attentive) else 0)


class Heads(nn.Module):
    """Answers with what torch's attention of many heads tells of itself, asked in one way."""

    def __init__(self, how: dict[str, bool]) -> None:
        super().__init__()
        self.how, self.heads = how, nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, tokens: Tensor) -> Any:
        return self.heads(tokens, tokens, tokens, **self.how)


@pytest.mark.parametrize("needed", [True, False])
@pytest.mark.parametrize("averaged", [True, False])
def test_who_asks_for_weights_is_answered_while_recording(needed: bool, averaged: bool) -> None:
    net = Heads({"need_weights": needed, "average_attn_weights": averaged}).eval()
    tokens = torch.rand(2, 5, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected, (answer, weights) = net(tokens), recorded_attention(net, tokens)
    for one, other in zip(expected, answer, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_allclose(one, other, atol=1e-6)
    assert [each.shape for each in weights] == [(2, 2, 5, 5)]


class Listening(Vision):
    """Answers otherwise while anybody listens."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * (1 + len(torch.overrides._get_current_function_mode_stack()))


def test_a_network_that_answers_otherwise_while_recorded_is_refused() -> None:
    with pytest.raises(ModelError, match="its answer is another one while it is listened to"):
        AttentionRollout().explain([Task(Network(Listening()), PICTURE)])


def test_torchs_attention_of_many_heads_tells_what_it_is_asked() -> None:
    net = Attentive().eval()
    found = attention_weights(Network(net), PICTURE)
    layer = net.blocks[0].self_attn
    with torch.no_grad():
        tokens = net.patches(PICTURE[None]).flatten(2).transpose(1, 2)
        tokens = torch.cat([net.token, tokens], 1) + net.place
        _, expected = layer(tokens, tokens, tokens, average_attn_weights=False)  # type: ignore[operator]
    np.testing.assert_allclose(found[0], expected[0], atol=1e-6)


def test_masks_and_scales_of_fused_attention_are_honoured() -> None:
    draw = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(2, 4, 5, 3, generator=draw) for _ in range(3))
    allowed = torch.rand(5, 5, generator=draw) > 0.4
    allowed |= torch.eye(5, dtype=torch.bool)
    for how in (
        {"attn_mask": allowed},
        {"attn_mask": torch.randn(5, 5, generator=draw)},
        {"is_causal": True},
        {"scale": 0.3},
    ):
        fused: Any = Fused(how)
        answer, (weights,) = recorded_attention(fused, torch.stack([query, key, value]))
        np.testing.assert_allclose(weights @ value, answer, atol=1e-6)
    grouped = F.scaled_dot_product_attention(query, key[:, :2], value[:, :2], enable_gqa=True)
    shared = Fused({"enable_gqa": True}, heads=2)
    answer, (weights,) = recorded_attention(shared, torch.stack([query, key, value]))
    np.testing.assert_array_equal(answer, grouped)
    np.testing.assert_allclose(weights @ value[:, :2].repeat_interleave(2, 1), answer, atol=1e-6)


class Fused(nn.Module):
    def __init__(self, how: dict[str, Any], heads: int = 4) -> None:
        super().__init__()
        self.how, self.heads = how, heads

    def forward(self, both: Tensor) -> Tensor:
        query, key, value = both
        key, value = key[:, : self.heads], value[:, : self.heads]
        return F.scaled_dot_product_attention(query, key, value, **self.how)


def test_rollout_of_identity_is_identity_and_of_two_layers_a_product() -> None:
    identity = torch.eye(4).expand(2, 3, 4, 4)
    assert torch.equal(rollout([identity] * 3), torch.eye(4).expand(2, 4, 4))
    one = torch.tensor([[0.5, 0.5], [0.0, 1.0]]).expand(1, 1, 2, 2)
    other = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).expand(1, 1, 2, 2)
    # (other + 1) / 2 times (one + 1) / 2.
    expected = torch.tensor([[0.375, 0.625], [0.375, 0.625]])
    np.testing.assert_allclose(rollout([one, other])[0], expected, atol=1e-7)


@pytest.mark.parametrize("token", [True, False])
def test_the_map_is_what_the_tokens_that_are_read_are_mixed_of(token: bool) -> None:
    net = Vision(token=token)
    network = Network(net)
    (found,) = AttentionRollout().explain([Task(network, PICTURE, 1)]).run()
    mixed = rollout([weights[None] for weights in by_hand(net)])[0]
    rows = mixed[0, 1:] if token else mixed.mean(0)
    patches = found.values.reshape(3, 4, 3, 4).sum((1, 3))
    np.testing.assert_allclose(patches.ravel(), rows, atol=1e-6)
    assert found.values[0, 0] == found.values[3, 3]
    assert (found.unit, found.score, found.residual) == ("attention", "logit", None)


class Windows(Vision):
    """Attends in rows of three patches each."""

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        rows = tokens.reshape(-1, 3, 8)
        return self.head(self.blocks(rows).reshape(tokens.shape).mean(1))


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (models.small(), "nothing in this network attends to anything"),
        (Windows(token=False), "maybe in windows"),
    ],
)
def test_other_networks_are_refused_at_once(net: nn.Module, words: str) -> None:
    task = Task(Network(net), PICTURE)
    assert words in str(AttentionRollout().incompatibility(task))
    with pytest.raises(ModelError, match=words):
        AttentionRollout().explain([task])
    with pytest.raises(ModelError, match=words):
        attention_weights(Network(net), PICTURE)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["torchvision", "timm", "transformers"])
def test_transformers_of_the_libraries_have_rollouts(name: str) -> None:
    net, depth = library(name), 2
    network = Network(net)
    picture = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(0))
    weights = attention_weights(network, picture)
    assert weights.shape == (depth, 2, 17, 17)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
    (found,) = AttentionRollout().explain([Task(network, picture, 1)]).run()
    (mixed,) = rollout(list(torch.from_numpy(weights)[:, None]))
    patches = found.values.reshape(4, 8, 4, 8).sum((1, 3))
    np.testing.assert_allclose(patches.ravel(), mixed[0, 1:], atol=1e-5)


def library(name: str) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        if name == "torchvision":
            from torchvision.models import VisionTransformer

            net = VisionTransformer(32, 8, 2, 2, 16, 32, num_classes=3)
            nn.init.normal_(net.heads.head.weight)  # zero in a new one
            return net
        if name == "timm":
            import timm

            return timm.models.VisionTransformer(
                img_size=32, patch_size=8, embed_dim=16, depth=2, num_heads=2, num_classes=3
            )
        from transformers import ViTConfig, ViTForImageClassification

        config = ViTConfig(
            hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
            image_size=32, patch_size=8, num_labels=3,
        )  # fmt: skip
        return ViTForImageClassification(config)


# --- which layer, head and patch -------------------------------------------------------------


def patch_sums(method: AttentionRollout, network: Network) -> Any:
    (found,) = method.explain([Task(network, PICTURE, 1)]).run()
    assert found.cells.shape == (3, 3), "its cells are the patches"
    np.testing.assert_allclose(found.values.reshape(3, 4, 3, 4).sum((1, 3)), found.cells, atol=1e-6)
    return found.cells.ravel()


def test_a_layer_and_a_head_are_looked_at_as_they_are() -> None:
    net = Vision()
    network, weights = Network(net), by_hand(net)
    for layer in (1, 2):
        of_all = patch_sums(AttentionRollout(layer=layer), network)
        np.testing.assert_allclose(of_all, weights[layer - 1].mean(0)[0, 1:], atol=1e-6)
        for head in (1, 2):
            alone = patch_sums(AttentionRollout(layer=layer, head=head), network)
            np.testing.assert_allclose(alone, weights[layer - 1][head - 1, 0, 1:], atol=1e-6)
    rolled = patch_sums(AttentionRollout(head=2), network)
    expected = rollout([each[None, 1:2] for each in weights])[0, 0, 1:]
    np.testing.assert_allclose(rolled, expected, atol=1e-6)


@pytest.mark.parametrize("token", [True, False])
def test_each_patch_is_asked_what_it_attends_to(token: bool) -> None:
    net = Vision(token=token)
    network, weights = Network(net), by_hand(net)
    for row, column in ((1, 1), (2, 3), (3, 1)):
        asked = patch_sums(AttentionRollout(layer=2, head=1, patch=(row, column)), network)
        place = token + 3 * (row - 1) + column - 1
        np.testing.assert_allclose(asked, weights[1][0, place, int(token) :], atol=1e-6)
    assert attention_heads(Task(network, PICTURE)) == ((2, 2), (3, 3))
    assert attention_heads(Task(Network(models.small()), PICTURE)) is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"layer": 3}, "layer is 3; layers with attention are numbered from 1 to 2"),
        ({"head": 3}, "head is 3; heads are numbered from 1 to 2"),
        ({"patch": (3, 4)}, r"patch is \(3, 4\); patches are numbered from \(1, 1\) to \(3, 3\)"),
    ],
)
def test_what_is_not_there_says_what_there_is(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        AttentionRollout(**settings).explain([Task(Network(Vision()), PICTURE)])


def test_settings_are_numbers_from_1_and_stand_in_text() -> None:
    for settings in ({"layer": 0}, {"head": 1.5}, {"patch": (0, 1)}, {"patch": 3}):
        with pytest.raises(InputError):
            AttentionRollout(**settings)  # type: ignore[arg-type]
    text = "rollout(layer=2, head=1, patch=(2, 3))"
    assert method_text(read_method(text)) == text
    model = Classifier(Vision())
    asked = query(f"select * from f(x) using {text}", f=model, x=PICTURE)
    assert str(asked).endswith(f" using {text}") and query(str(asked), **asked.names) == asked
    whole = model(PICTURE).using("rollout(layer=1)").where(Window(0, 0, 6, 6)).explain()
    assert whole.cells.shape == (6, 6), "a patch that is cut is no cell"
