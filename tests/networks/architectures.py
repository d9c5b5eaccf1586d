"""Networks as people have them: by libraries, of small sizes, and odd ones of our own.

Nothing is downloaded. Weights are drawn, and each layer is scaled so that its answers have variance
1, in one pass (Mishkin and Matas 2016, "LSUV"): else scores hardly depend on the picture.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from tests.networks.odd import (
    CLASSES,
    Answering,
    Reused,
    Rows,
    chain,
    quantised,
    series,
    uncopyable,
    weight_normed,
    without_statistics,
)
from xaiwidgets.outputs import ScoreKind


@dataclass(frozen=True)
class Architecture:
    """How a network is made, and what its inputs and answers are.

    Attributes
    ----------
    make : callable
    size : tuple of int
        Of one input.
    finish : callable
        What is done to the network once its layers are scaled: wrapped, quantised, rounded.
    output : str
        What its answers mean.
    tolerance : float
        By how much answers may differ from its own, as a share of their range.
    gradcam_tolerance : float
        By how much its Grad-CAM may, where single precision alone costs it more than that.
    attention : bool
        Whether its last layers are tokens that look at each other.
    alone : bool
        Whether an answer depends on the other pictures of a batch.
    quick : bool
        Whether it is looked at by `make test`, too.
    """

    make: Callable[[], nn.Module]
    size: tuple[int, ...] = (3, 64, 64)
    finish: Callable[[nn.Module], nn.Module] = lambda net: net
    output: ScoreKind = "logits"
    tolerance: float = 1e-3
    gradcam_tolerance: float = 1e-3
    attention: bool = False
    alone: bool = False
    quick: bool = False

    def network(self) -> nn.Module:
        """Return the network, in training mode, as many are when somebody asks about them."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            net = self.make()
            calibrate(net, torch.randn(8, *self.size))
        return self.finish(net.train())


@torch.no_grad()
def calibrate(net: nn.Module, batch: Tensor) -> None:
    """Scale layers so that their answers have variance 1, and let batch norms see the batch."""
    layers = [m for m in net.modules() if isinstance(m, nn.Linear | nn.modules.conv._ConvNd)]
    for module in set(net.modules()) - set(layers):
        for name, parameter in module.named_parameters(recurse=False):
            # Residual branches that are to begin as nothing at all: of norms, and layer scales.
            norm = "norm" in type(module).__name__.lower() and name == "weight"
            if float(parameter.abs().max()) < 1e-3 and (norm or bool(parameter.any())):
                parameter.fill_(0.5)

    def scale(module: nn.Module, _inputs: Any, answer: Tensor) -> Tensor:
        spread = answer.std()
        for parameter in module.parameters(recurse=False):
            parameter /= spread
        return answer / spread

    for layer in layers:
        if not bool(layer.weight.any()):  # heads that are to begin as nothing
            nn.init.normal_(layer.weight)
    handles = [layer.register_forward_hook(scale) for layer in layers]
    net.train()(batch)
    for handle in handles:
        handle.remove()
    for _ in range(30):
        net(batch)


# --- libraries ---------------------------------------------------------------------------------


def torchvision(name: str, *arguments: Any, **options: Any) -> nn.Module:
    """Return a network of torchvision, by the name of its class or function."""
    make: Any = getattr(importlib.import_module("torchvision.models"), name)
    net: nn.Module = make(*arguments, num_classes=CLASSES, **options)
    return net


def timm(name: str, **options: Any) -> nn.Module:
    """Return a network of timm by name."""
    library: Any = importlib.import_module("timm")
    net: nn.Module = library.create_model(name, num_classes=CLASSES, **options)
    return net


def transformers(name: str, **options: Any) -> nn.Module:
    """Return an image classifier of transformers of the configuration `name`."""
    library: Any = importlib.import_module("transformers")
    config = getattr(library, f"{name}Config")(num_labels=CLASSES, **options)
    net: nn.Module = library.AutoModelForImageClassification.from_config(config)
    return net


def with_head(net: nn.Module, **heads: nn.Module) -> nn.Module:
    """Return a network with smaller heads than its own, which have millions of weights."""
    for name, head in heads.items():
        setattr(net, name, head)
    return net


def alexnet() -> nn.Module:
    """AlexNet with a small classifier."""
    head = nn.Sequential(
        nn.Dropout(), nn.Flatten(), nn.Linear(256, 32), nn.ReLU(), nn.Linear(32, CLASSES)
    )
    return with_head(torchvision("AlexNet"), avgpool=nn.AdaptiveAvgPool2d(1), classifier=head)


def vgg() -> nn.Module:
    """VGG of four convolutions, with batch norms."""
    vgg: Any = importlib.import_module("torchvision.models.vgg")
    layers = vgg.make_layers([8, "M", 16, "M", 16, 16, "M"], batch_norm=True)
    net: nn.Module = vgg.VGG(layers, num_classes=CLASSES, init_weights=False)
    return with_head(net, avgpool=nn.AdaptiveAvgPool2d(2), classifier=nn.Linear(64, CLASSES))


def residual(kind: str) -> nn.Module:
    """ResNet of one block a stage."""
    resnet: Any = importlib.import_module("torchvision.models.resnet")
    return torchvision("ResNet", getattr(resnet, kind), [1, 1, 1, 1])


def regnet() -> nn.Module:
    """RegNetY of four blocks."""
    module: Any = importlib.import_module("torchvision.models.regnet")
    sizes = {"depth": 4, "w_0": 16, "w_a": 12.0, "w_m": 2.0, "group_width": 8}
    return torchvision("RegNet", module.BlockParams.from_init_params(**sizes, se_ratio=0.25))


def convnext() -> nn.Module:
    """ConvNeXt of two blocks."""
    module: Any = importlib.import_module("torchvision.models.convnext")
    blocks = [module.CNBlockConfig(16, 32, 1), module.CNBlockConfig(32, None, 1)]
    return torchvision("ConvNeXt", blocks)


def swin(version: int) -> nn.Module:
    """Swin of two stages, windows of 4 x 4 tokens."""
    module: Any = importlib.import_module("torchvision.models.swin_transformer")
    extra = {}
    if version == 2:
        extra = {
            "block": module.SwinTransformerBlockV2,
            "downsample_layer": module.PatchMergingV2,
        }
    return torchvision(
        "SwinTransformer", [4, 4], 16, [2, 2], [2, 2], [4, 4], stochastic_depth_prob=0.1, **extra
    )


def mixer() -> nn.Module:
    """MLP-Mixer of two blocks."""
    module: Any = importlib.import_module("timm.models.mlp_mixer")
    net: nn.Module = module.MlpMixer(CLASSES, 32, patch_size=8, num_blocks=2, embed_dim=32)
    return net


SMALL = (3, 32, 32)
TINY = (3, 16, 16)
VIT = {
    "image_size": 32, "patch_size": 8, "hidden_size": 32, "num_hidden_layers": 2,
    "num_attention_heads": 2,
}  # fmt: skip
STAGES = {"hidden_sizes": [16, 24, 32, 48], "depths": [1, 1, 1, 1]}
WINDOWS = {
    "image_size": 32, "patch_size": 2, "embed_dim": 16, "depths": [2, 2], "num_heads": [2, 2],
    "window_size": 4,
}  # fmt: skip
TOKENS = {"img_size": 32, "patch_size": 8, "embed_dim": 32, "depth": 2, "num_heads": 2}

of_torchvision, of_timm, of_transformers = (
    partial(partial, make) for make in (torchvision, timm, transformers)
)

ARCHITECTURES: dict[str, Architecture] = {
    # --- torchvision
    "tv alexnet": Architecture(alexnet),
    "tv vgg, batch norms": Architecture(vgg, SMALL, quick=True),
    "tv resnet, basic": Architecture(partial(residual, "BasicBlock"), SMALL, quick=True),
    "tv resnet, bottleneck": Architecture(partial(residual, "Bottleneck"), SMALL),
    "tv mobilenet_v2": Architecture(of_torchvision("MobileNetV2", width_mult=0.25)),
    "tv mobilenet_v3_small": Architecture(of_torchvision("mobilenet_v3_small")),
    # In single precision its own Grad-CAM is .002 off that in double precision.
    "tv efficientnet_b0": Architecture(
        of_torchvision("efficientnet_b0"), SMALL, gradcam_tolerance=5e-3
    ),
    "tv densenet": Architecture(
        of_torchvision("DenseNet", 8, (2, 2, 2, 2), num_init_features=16), quick=True
    ),
    "tv googlenet": Architecture(
        of_torchvision("GoogLeNet", aux_logits=False, init_weights=False), SMALL
    ),
    "tv squeezenet": Architecture(of_torchvision("SqueezeNet", "1_1")),
    "tv shufflenet_v2": Architecture(
        of_torchvision("ShuffleNetV2", [2, 2, 2], [8, 16, 32, 64, 128])
    ),
    "tv mnasnet": Architecture(of_torchvision("MNASNet", 0.35)),
    "tv regnet_y": Architecture(regnet),
    "tv convnext": Architecture(convnext, SMALL),
    "tv vit": Architecture(
        of_torchvision("VisionTransformer", 32, 8, 2, 2, 32, 64), SMALL, quick=True, attention=True
    ),
    "tv swin": Architecture(partial(swin, 1), SMALL, quick=True, attention=True),
    "tv swin_v2": Architecture(partial(swin, 2), SMALL, attention=True),
    # --- timm
    "timm resnet10t": Architecture(of_timm("resnet10t"), SMALL),
    "timm vit": Architecture(
        of_timm("vit_tiny_patch16_224", **TOKENS), SMALL, quick=True, attention=True
    ),
    "timm vit, registers": Architecture(
        of_timm("vit_tiny_patch16_224", **TOKENS, reg_tokens=4, global_pool="avg"),
        SMALL,
        attention=True,
    ),
    "timm deit, distilled": Architecture(
        of_timm("deit_tiny_distilled_patch16_224", **TOKENS), SMALL, attention=True
    ),
    "timm eva02": Architecture(of_timm("eva02_tiny_patch14_224", **TOKENS), SMALL, attention=True),
    "timm beit": Architecture(of_timm("beit_base_patch16_224", **TOKENS), SMALL, attention=True),
    "timm cait": Architecture(of_timm("cait_xxs24_224", **TOKENS), SMALL, attention=True),
    "timm xcit": Architecture(of_timm("xcit_nano_12_p16_224", **TOKENS), SMALL, attention=True),
    "timm mixer": Architecture(mixer, SMALL, attention=True),
    "timm swin_v2": Architecture(
        of_timm(
            "swinv2_tiny_window8_256",
            img_size=32,
            patch_size=2,
            window_size=4,
            embed_dim=16,
            depths=(2, 2),
            num_heads=(2, 2),
        ),
        SMALL,
        attention=True,
    ),
    "timm pit": Architecture(
        of_timm("pit_ti_224", img_size=64, base_dims=[8, 8, 8], depth=[1, 1, 1]),
        (3, 64, 64),
        attention=True,
    ),
    "timm levit": Architecture(of_timm("levit_128s", img_size=64), attention=True),
    "timm pvt_v2": Architecture(of_timm("pvt_v2_b0")),
    "timm coatnet": Architecture(of_timm("test_coatnet", img_size=64)),
    "timm maxvit": Architecture(of_timm("test_maxvit", img_size=64)),
    "timm convnext_v2": Architecture(of_timm("test_convnext2")),
    "timm mambaout": Architecture(of_timm("test_mambaout")),
    "timm byobnet": Architecture(of_timm("test_byobnet")),
    "timm efficientnet, group norms": Architecture(of_timm("test_efficientnet_gn")),
    "timm mobilevit": Architecture(of_timm("mobilevit_xxs")),
    "timm edgenext": Architecture(of_timm("edgenext_xx_small")),
    "timm ghostnet": Architecture(of_timm("ghostnet_050")),
    # --- transformers
    "hf vit": Architecture(
        of_transformers("ViT", **VIT, intermediate_size=64), SMALL, quick=True, attention=True
    ),
    "hf beit": Architecture(
        of_transformers("Beit", **VIT, intermediate_size=64), SMALL, attention=True
    ),
    "hf dinov2": Architecture(of_transformers("Dinov2", **VIT, mlp_ratio=2), SMALL, attention=True),
    "hf swin": Architecture(of_transformers("Swin", **WINDOWS), SMALL, attention=True),
    "hf swin_v2": Architecture(of_transformers("Swinv2", **WINDOWS), SMALL, attention=True),
    "hf convnext": Architecture(of_transformers("ConvNext", **STAGES)),
    "hf resnet": Architecture(of_transformers("ResNet", embedding_size=16, **STAGES)),
    "hf regnet": Architecture(
        of_transformers("RegNet", embedding_size=16, groups_width=8, **STAGES)
    ),
    "hf mobilenet_v1": Architecture(of_transformers("MobileNetV1", depth_multiplier=0.25)),
    "hf mobilevit": Architecture(
        of_transformers(
            "MobileViT",
            image_size=64,
            hidden_sizes=[16, 24, 32],
            neck_hidden_sizes=[8, 8, 16, 16, 24, 32, 64],
        ),
    ),
    "hf poolformer": Architecture(of_transformers("PoolFormer", **STAGES)),
    "hf focalnet": Architecture(of_transformers("FocalNet", image_size=64, embed_dim=16, **STAGES)),
    "hf segformer": Architecture(
        of_transformers("Segformer", **STAGES, num_attention_heads=[1, 2, 2, 4])
    ),
    # --- odd ones
    "series": Architecture(series, (2, 40)),
    "recurrent": Architecture(Rows, TINY),
    "reused layers": Architecture(Reused, TINY, quick=True),
    "answers a dictionary": Architecture(Answering, TINY),
    "softmax head": Architecture(lambda: chain(nn.Softmax(1)), TINY, output="probabilities"),
    "labels, sigmoid head": Architecture(
        lambda: chain(nn.Sigmoid()), TINY, output="label probabilities", quick=True
    ),
    "bfloat16": Architecture(chain, TINY, lambda net: net.bfloat16(), tolerance=0.05),
    "half": Architecture(chain, TINY, lambda net: net.half(), tolerance=0.01),
    "weight_norm": Architecture(weight_normed, TINY),
    "compiled": Architecture(chain, TINY, lambda net: torch.compile(net, backend="eager")),
    "scripted": Architecture(chain, TINY, torch.jit.script, quick=True),
    "dynamically quantised": Architecture(chain, TINY, quantised, alone=True),
    "batch norms without statistics": Architecture(without_statistics, TINY, alone=True),
    "cannot be copied": Architecture(chain, TINY, uncopyable),
}
