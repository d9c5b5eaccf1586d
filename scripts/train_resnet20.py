"""Train a ResNet-20 on CIFAR-10, where it is on this disk, for the detectors' tables in colour.

``python scripts/train_resnet20.py data resnet20.safetensors`` reads torchvision's folder ``data``
and writes the weights; a JSON file beside them has the accuracy on the test pictures, which are
looked at once, after the last epoch. An epoch takes some minutes on one core, seconds on a GPU
(``--device cuda``). Other colour pictures of 32 x 32 are trained on by `resnet20_recipe`.

    net = zoo.ResNet20()
    net.load_state_dict(safetensors.torch.load_file("resnet20.safetensors"))
    model = Classifier(net, classes=datasets.CIFAR10_CLASSES)
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import save_file
from train_zoo import Recipe, accuracy, tensors, train

from xaiwidgets import datasets
from xaiwidgets.datasets import Dataset
from xaiwidgets.zoo import ResNet20


def resnet20_recipe(data: Callable[[str], Dataset], classes: int, epochs: int) -> Recipe:
    """Return how a ResNet-20 is trained on data, by split, of colour pictures of 32 x 32."""
    return Recipe(partial(ResNet20, classes), data, epochs, weight_decay=0.05)


def main() -> None:
    """Train, measure and write."""
    parser = argparse.ArgumentParser(description="train a ResNet-20 on CIFAR-10")
    parser.add_argument("root", help="torchvision's folder, in which cifar-10-batches-py is")
    parser.add_argument("weights", type=Path, help="the file to write, ending in .safetensors")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--device", default="cpu")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    data = partial(datasets.cifar10, chosen.root)
    test = tensors(data("test"))  # before hours of training: is it there?
    recipe = resnet20_recipe(data, len(datasets.CIFAR10_CLASSES), chosen.epochs)
    net = train(recipe, chosen.device)
    with torch.no_grad():
        measured = accuracy(net, *test)
    save_file(net.state_dict(), chosen.weights)
    facts = {"network": "ResNet20", "epochs": chosen.epochs, "seed": recipe.seed, **measured}
    chosen.weights.with_suffix(".json").write_text(json.dumps(facts, indent=2) + "\n")


if __name__ == "__main__":
    main()
