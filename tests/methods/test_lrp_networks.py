"""Relevance is conserved in networks of torchvision, timm and transformers, built small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.lazy import Lazy
from xaiwidgets import Classifier
from xaiwidgets.methods import LRP, Task
from xaiwidgets.methods._lrp import _folded
from xaiwidgets.methods._relevance import Relevance
from xaiwidgets.methods._relevance_rules import LinearRule

TV, timm, transformers = Lazy("torchvision.models"), Lazy("timm"), Lazy("transformers")


def hugging_face(kind: str, **settings: Any) -> nn.Module:
    config = getattr(transformers, f"{kind}Config")(image_size=32, num_labels=5, **settings)
    return getattr(transformers, f"{kind}ForImageClassification")(config)  # type: ignore[no-any-return]


SMALL = {"hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2, "patch_size": 8}
VIT = {"img_size": 32, "patch_size": 8, "embed_dim": 12, "depth": 2, "num_heads": 2}

NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "resnet18": lambda: TV.resnet18(num_classes=5),
    "densenet": lambda: TV.DenseNet(4, (2, 2), 8, num_classes=5),
    "efficientnet_b0": lambda: TV.efficientnet_b0(num_classes=5),
    "mobilenet_v3": lambda: TV.mobilenet_v3_small(num_classes=5),
    "convnext": lambda: TV.ConvNeXt(
        [TV.convnext.CNBlockConfig(8, 16, 2), TV.convnext.CNBlockConfig(16, None, 2)],
        layer_scale=0.5, num_classes=5,
    ),
    "vit": lambda: TV.VisionTransformer(32, 8, 2, 2, 12, 20, num_classes=5),
    "swin": lambda: TV.SwinTransformer([2, 2], 8, [2, 2], [2, 4], [4, 4], num_classes=5),
    "swin_v2": lambda: TV.SwinTransformer(
        [2, 2], 8, [2, 2], [2, 4], [4, 4], num_classes=5,
        block=TV.swin_transformer.SwinTransformerBlockV2,
        downsample_layer=TV.swin_transformer.PatchMergingV2,
    ),
    "timm vit": lambda: timm.create_model("vit_tiny_patch16_224", num_classes=5, **VIT),
    "timm swin": lambda: timm.create_model(
        "swin_tiny_patch4_window7_224", img_size=32, window_size=4, embed_dim=8, depths=(2, 2),
        num_heads=(2, 2), num_classes=5,
    ),
    "timm convnextv2": lambda: timm.create_model(
        "convnextv2_atto", depths=(1, 1, 1, 1), dims=(8, 8, 16, 16), num_classes=5
    ),
    "timm efficientnet": lambda: timm.create_model("efficientnet_b0", num_classes=5),
    "HF ViT": lambda: hugging_face("ViT", **SMALL, intermediate_size=20),
    "HF ViT, eager": lambda: hugging_face(
        "ViT", **SMALL, intermediate_size=20, attn_implementation="eager"
    ),
    "HF DINOv2": lambda: hugging_face("Dinov2", **SMALL),
    "HF ConvNext": lambda: hugging_face(
        "ConvNext", hidden_sizes=[8, 16], depths=[1, 1], num_stages=2
    ),
}  # fmt: skip

_ADDED = ("bias", "class_token", "cls_token", "pos_embed", "pos_embedding", "position_embeddings")


def constants(net: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that are added to something: biases, tokens and embeddings."""
    return [tensor for name, tensor in net.named_parameters() if name.endswith(_ADDED)]


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_relevance_of_pixels_and_of_constants_is_the_logit(name: str) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = NETWORKS[name]().double().eval()
        for place, tensor in net.named_parameters():
            if name == "swin_v2" and place.endswith("qkv.bias"):
                nn.init.zeros_(tensor)  # of a copy, which is no parameter
            elif not tensor.any():  # biases, tokens, and the heads of some
                nn.init.normal_(tensor, std=0.1)
        image = torch.randn(3, 32, 32, dtype=torch.float64)
    model = Classifier(net, output="logits")
    folded = _folded(model.copies.private(), image[None])
    added = [tensor for tensor in constants(folded) if tensor.any()]
    for tensor in added:
        tensor.requires_grad_()
    inputs = image[None].clone().requires_grad_()
    rule = LinearRule("epsilon", 0.0, 0.0)
    with torch.enable_grad(), Relevance(folded, rule, rule) as mode:
        score = folded(inputs)[0, 0]
    mode.check()
    slopes = torch.autograd.grad(score, [inputs, *added], allow_unused=True)
    parts = [
        float((value.detach() * slope).sum())
        for value, slope in zip([inputs, *added], slopes, strict=True)
        if slope is not None
    ]
    assert sum(parts) == pytest.approx(float(score.detach()), rel=1e-6, abs=1e-9)
    plain = LRP(convolutions="epsilon", dense="epsilon", epsilon=0.0)
    maps = [method.explain([Task(model, image, 0)]).run()[0].values for method in (plain, LRP())]
    assert maps[0].sum() == pytest.approx(parts[0], rel=1e-3, abs=1e-5)
    assert maps[0].std() > 0
    assert np.isfinite(maps[1]).all()
