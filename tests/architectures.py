"""Architectures of torchvision, timm and transformers, built small, and what is true of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from xaiwidgets.grids import Grid


def torchvision_vit() -> nn.Module:
    from torchvision.models import VisionTransformer

    return VisionTransformer(32, 8, 2, 2, 16, 32, num_classes=3)


def torchvision_swin() -> nn.Module:
    from torchvision.models import SwinTransformer

    return SwinTransformer([4, 4], 8, [2, 2], [2, 4], [2, 2], num_classes=3)


def timm_vit() -> nn.Module:
    import timm

    settings: dict[str, Any] = {"img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 2}
    return timm.create_model(  # type: ignore[no-any-return]
        "vit_tiny_patch16_224", num_classes=3, num_heads=2, reg_tokens=2, **settings
    )


def timm_mixer() -> nn.Module:
    from timm.models.mlp_mixer import MlpMixer

    return MlpMixer(3, 32, 3, 8, 2, 24)


def transformers_vit() -> nn.Module:
    from transformers import ViTConfig, ViTForImageClassification

    sizes = {"num_attention_heads": 2, "intermediate_size": 32, "image_size": 32, "patch_size": 8}
    return ViTForImageClassification(  # type: ignore[no-any-return]
        ViTConfig(hidden_size=16, num_hidden_layers=2, num_labels=3, **sizes)
    )


def transformers_swin() -> nn.Module:
    from transformers import SwinConfig, SwinForImageClassification

    sizes = {"window_size": 2, "image_size": 32, "num_labels": 3}
    return SwinForImageClassification(  # type: ignore[no-any-return]
        SwinConfig(embed_dim=8, depths=[2, 2], num_heads=[2, 4], **sizes)
    )


def torchvision_resnet() -> nn.Module:
    from torchvision.models import resnet18

    return resnet18(num_classes=3)


def torchvision_densenet() -> nn.Module:
    from torchvision.models import DenseNet

    return DenseNet(4, (2, 2), 8, num_classes=3)


NETWORKS: dict[str, tuple[Callable[[], nn.Module], dict[str, Grid], list[str]]] = {
    "torchvision ViT": (
        torchvision_vit,
        {"conv_proj": Grid(1, 4, 4), "encoder.layers.encoder_layer_0": Grid(2, 4, 4, 1),
         "encoder.layers.encoder_layer_1.mlp.0": Grid(2, 4, 4, 1),
         "encoder.layers.encoder_layer_1.self_attention": Grid(2, 4, 4, 1)},
        ["conv_proj", "encoder.dropout", "encoder.layers.encoder_layer_0", "encoder.layers"],
    ),
    "timm ViT": (
        timm_vit,
        {"patch_embed": Grid(2, 4, 4), "blocks.0": Grid(2, 4, 4, 3),
         "blocks.1.attn.qkv": Grid(2, 4, 4, 3), "blocks.1.attn.proj": Grid(2, 4, 4, 3)},
        ["patch_embed", "pos_drop", "blocks.0", "blocks", "fc_norm"],
    ),
    "transformers ViT": (
        transformers_vit,
        {"vit.embeddings": Grid(2, 4, 4, 1), "vit": Grid(2, 4, 4, 1)},
        ["vit.embeddings.patch_embeddings", "vit.embeddings", "vit.layers.0", "vit.layers.1"],
    ),
    "torchvision Swin": (
        torchvision_swin,
        {"features.0": Grid(3, 8, 8), "features.3": Grid(3, 4, 4), "permute": Grid(1, 4, 4)},
        ["features.1", "features", "avgpool"],
    ),
    "transformers Swin": (
        transformers_swin,
        {"swin.encoder.layers.0.blocks.1": Grid(2, 8, 8), "swin": Grid(2, 4, 4)},
        ["swin.encoder.layers.0.blocks.1", "swin.encoder", "swin.pooler"],
    ),
    "timm Mixer": (
        timm_mixer,
        {"blocks.0": Grid(2, 4, 4), "blocks.0.mlp_tokens.fc1": Grid(1)},
        ["stem", "blocks.0", "blocks", "head_drop"],
    ),
    "torchvision ResNet": (
        torchvision_resnet,
        {"layer2": Grid(1, 4, 4), "layer2.0.conv2": Grid(1, 4, 4), "avgpool": Grid(1, 1, 1)},
        ["relu", "layer1", "layer2", "layer3", "avgpool"],
    ),
    "torchvision DenseNet": (
        torchvision_densenet,
        {"features.transition1": Grid(1, 4, 4), "features.norm5": Grid(1, 4, 4)},
        ["features.relu0", "features.denseblock1", "features.denseblock2"],
    ),
}  # fmt: skip
"""How to build them, how some of their layers lie for pictures of 32 x 32, and their stages."""
