"""Networks as libraries give them: unwrapped, with their own names and preprocessing.

torchvision, timm and transformers are recognised by what their networks carry; none of them is
imported unless a network of its kind, or its name, is given.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from xaiwidgets.errors import DataError, InputError
from xaiwidgets.pictures import Preprocess, as_image


@dataclass(frozen=True)
class Adopted:
    """A network with what its library knows of it.

    Attributes
    ----------
    net : nn.Module
        Without the wrappers that hide its layers.
    classes : object
        Names as the library has them, or None.
    preprocess : callable or None
        Takes a PIL picture or a uint8 array, as `Network`'s does.
    source : str
        Where names and preprocessing are from, for a person; empty for a plain module.
    """

    net: nn.Module
    classes: Any = None
    preprocess: Preprocess | None = None
    source: str = ""


def adopt(net: nn.Module, weights: Any = None, processor: Any = None) -> Adopted:
    """Return a network with the class names and the preprocessing that belong to it.

    Parameters
    ----------
    weights : torchvision WeightsEnum, optional
        ``ResNet18_Weights.DEFAULT``, say: its categories and transforms.
    processor : transformers image processor, optional
        ``AutoImageProcessor.from_pretrained(...)``.

    Raises
    ------
    InputError
        If `weights` or `processor` are no such things.
    """
    net = unwrap(net)
    # By where its class is from: to ask with isinstance, libraries would have to be imported, which
    # takes seconds each, and none may be installed.
    home = type(net).__module__.partition(".")[0]
    adopted = Adopted(net)
    if home == "timm" and getattr(net, "pretrained_cfg", None):
        adopted = _of_timm(net)
    elif home == "transformers" and hasattr(net, "config"):
        adopted = _of_transformers(net)
    if weights is not None:
        adopted = _with_weights(adopted, weights)
    if processor is not None:
        adopted = _with_processor(adopted, processor)
    return adopted


def unwrap(net: nn.Module) -> nn.Module:
    """Return the network inside ``torch.compile``, DataParallel, DDP or an averaged model."""
    # In turn: a compiled network may be wrapped for several GPUs, and that be averaged.
    while True:
        if isinstance(inner := getattr(net, "_orig_mod", None), nn.Module):
            net = inner
        elif type(net).__name__ in _WRAPPERS and isinstance(net.module, nn.Module):
            net = net.module
        else:
            return net


def input_channels(net: nn.Module) -> int | None:
    """Return how many channels the first convolution takes, if there is one."""
    convolutions = (module for module in net.modules() if isinstance(module, nn.Conv2d))
    first = next(convolutions, None)
    return None if first is None else first.in_channels


_WRAPPERS = ("DataParallel", "DistributedDataParallel", "AveragedModel", "ModelEmaV2", "ModelEmaV3")


@dataclass(frozen=True)
class InRGB:
    """A library's transform of PIL pictures in RGB, for pixels of any kind.

    Multispectral pixels, which no PIL picture holds, are handed on as they are.
    """

    transform: Callable[[Any], Any]

    def __call__(self, pixels: Any) -> Any:
        """Return what the transform makes of the picture."""
        picture = as_image(pixels) if isinstance(pixels, np.ndarray) else pixels
        # Three means and deviations do not fit a grey scan, nor a PNG with opacity.
        return self.transform(pixels if picture is None else picture.convert("RGB"))


@dataclass(frozen=True)
class Processed:
    """A processor of transformers as a function of one picture."""

    processor: Callable[..., Any]

    def __call__(self, picture: Any) -> Tensor:
        """Return the pixel values (C, H, W)."""
        return torch.as_tensor(
            self.processor(picture, return_tensors="pt")["pixel_values"][0], device="cpu"
        )


# --- the libraries ----------------------------------------------------------------------------


def _with_weights(adopted: Adopted, weights: Any) -> Adopted:
    if not callable(getattr(weights, "transforms", None)) or not hasattr(weights, "meta"):
        raise InputError(
            f"weights is {weights!r}; give torchvision's, such as ResNet18_Weights.DEFAULT"
        )
    return replace(
        adopted,
        classes=weights.meta.get("categories"),
        preprocess=InRGB(weights.transforms()),
        source=f"torchvision's {weights}",
    )


def _of_timm(net: nn.Module) -> Adopted:
    data = importlib.import_module("timm.data")
    config = data.resolve_model_data_config(net)
    # For training it would crop and colour at random: one picture would have many answers.
    transform = data.create_transform(**config, is_training=False)
    channels = config["input_size"][0]
    classes = None
    if subset := data.infer_imagenet_subset(net):
        info = data.ImageNetInfo(subset)
        # ImageNet has a crane that flies and one that lifts: by name neither could be asked about.
        classes = unique_names(
            [info.index_to_description(number) for number in range(info.num_classes())]
        )
    return Adopted(
        net,
        classes,
        InRGB(transform) if channels == 3 else transform,
        "timm's settings of this network",
    )


def _of_transformers(net: nn.Module) -> Adopted:
    config: Any = net.config
    names = getattr(config, "id2label", None)
    # What transformers writes where nobody has named the classes.
    placeholder = not names or names.get(0) == "LABEL_0"
    return Adopted(net, None if placeholder else names, None, "the network's configuration")


def _with_processor(adopted: Adopted, processor: Any) -> Adopted:
    if not callable(processor):
        raise InputError(f"processor is {processor!r}; give AutoImageProcessor.from_pretrained(..)")

    source = f"{type(processor).__name__} and {adopted.source or 'no names'}"
    return replace(adopted, preprocess=InRGB(Processed(processor)), source=source)


def unique_names(names: list[str]) -> list[str]:
    """Return class names with their numbers after those that occur twice: "crane (134)".

    Examples
    --------
    >>> unique_names(["crane", "hen", "crane"])
    ['crane (0)', 'hen', 'crane (2)']
    """
    twice = {name for name in names if names.count(name) > 1}
    return [f"{name} ({number})" if name in twice else name for number, name in enumerate(names)]


# --- by name ----------------------------------------------------------------------------------


def load_torchvision(name: str, weights: Any = "DEFAULT") -> tuple[nn.Module, Any]:
    """Return a network of torchvision and its weights, both by name."""
    models = _library("torchvision.models")
    if isinstance(weights, str):
        weights = models.get_model_weights(name)[weights]
    return models.get_model(name, weights=weights), weights


def load_timm(name: str, pretrained: bool = True) -> nn.Module:
    """Return a network of timm by name."""
    net: nn.Module = _library("timm").create_model(name, pretrained=pretrained)
    return net


def load_transformers(name: str) -> tuple[nn.Module, Any]:
    """Return an image classifier of transformers and its processor, both by name."""
    library = _library("transformers")
    net = library.AutoModelForImageClassification.from_pretrained(name)
    return net, library.AutoImageProcessor.from_pretrained(name)


def load_text_transformer(name: str) -> tuple[nn.Module, Any]:
    """Return a sentence classifier of transformers and its tokenizer, both by name."""
    library = _library("transformers")
    net = library.AutoModelForSequenceClassification.from_pretrained(name)
    return net, library.AutoTokenizer.from_pretrained(name)


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise DataError(f"{package} is not installed; run: pip install {package}") from error
