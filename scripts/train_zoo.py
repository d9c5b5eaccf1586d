"""Train the networks that come with the package, from scratch, the same way each time.

``python scripts/train_zoo.py`` trains all of them, ``python scripts/train_zoo.py NAME ...`` those
named. Each takes a few minutes on one free core, the WGAN of clothes more: it searches the latents
of a thousand pictures to say how well it draws. Weights go to ``xaiwidgets/zoo/weights`` as
safetensors; a JSON file beside them has how they were made, and what they reach on the test data,
which is looked at once, after the last epoch.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from safetensors.torch import save
from torch import Tensor, nn

from xaiwidgets import datasets, files, zoo
from xaiwidgets.contrast import GAN, VAE
from xaiwidgets.datasets import Dataset, RatedSentences
from xaiwidgets.network import Network
from xaiwidgets.zoo.digits import DigitsNet
from xaiwidgets.zoo.networks import ConvNet, ResNet, ViT
from xaiwidgets.zoo.sentences import fit_bag_of_words
from xaiwidgets.zoo.shipped import WEIGHTS

LOG = logging.getLogger("train_zoo")

Loss = Callable[[nn.Module, Tensor, Tensor], Tensor]
"""From network, pictures (B, C, H, W) and labels (B,) to a number to make small."""

Measure = Callable[[nn.Module, Tensor, Tensor], dict[str, float]]
"""From network, test pictures and their labels to what the JSON file says of it."""

SEARCHED = 500
"""Pictures whose latents are searched to say how well a GAN draws."""

FEW, HELD_OUT = 5000, 10
"""With fewer pictures a tenth is held out to say how badly a generator draws others."""

Augment = Callable[[Tensor, torch.Generator], Tensor]
"""From pictures to other pictures of the same classes."""


def classification(net: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Return the cross entropy."""
    return nn.functional.cross_entropy(net(images), labels)


def accuracy(net: nn.Module, images: Tensor, labels: Tensor) -> dict[str, float]:
    """Return the share of pictures whose class is the network's answer."""
    found = torch.cat([net(part).argmax(1) for part in images.split(500)])
    return {"test_accuracy": round(float((found == labels).float().mean()), 4)}


def shift(images: Tensor, generator: torch.Generator, by: int = 1) -> Tensor:
    """Move each picture by up to so many pixels; black comes in."""
    count, channels, height, width = images.shape
    down, right = torch.randint(2 * by + 1, (2, count, 1), generator=generator)
    rows, columns = torch.arange(height) + down, torch.arange(width) + right
    padded = nn.functional.pad(images, (by, by, by, by))
    which = torch.arange(count)[:, None, None, None], torch.arange(channels)[:, None, None]
    return padded[*which, rows[:, None, :, None], columns[:, None, None, :]]


def flip_and_shift(images: Tensor, generator: torch.Generator) -> Tensor:
    """Move each picture by up to two pixels, and mirror every other."""
    moved = shift(images, generator, by=2)
    mirrored = torch.rand(len(images), 1, generator=generator) < 0.5
    return torch.where(mirrored[:, :, None, None], moved.flip(-1), moved)


@dataclass(frozen=True)
class Recipe:
    """How one network is made: by AdamW, its rate rising and falling once."""

    network: Callable[[], nn.Module]
    data: Callable[[str], Dataset]
    epochs: int
    loss: Loss = classification
    measure: Measure = accuracy
    augment: Augment = flip_and_shift
    batch_size: int = 128
    learning_rate: float = 4e-3
    weight_decay: float = 0.02
    seed: int = 0


@dataclass(frozen=True)
class GeneratorRecipe:
    """How one generator is made, by its own `fit`."""

    data: Callable[[str], Dataset]
    latent: int
    epochs: int
    make: type[VAE] | type[GAN] = VAE
    judge: Callable[[], Network] | None = None
    batch_size: int = 128
    learning_rate: float = 3e-3
    seed: int = 0


def faces(split: str) -> Dataset:
    """Return faces of which nothing says how light their hair or eyes are."""
    count, seed = (2000, 0) if split == "train" else (500, 7)
    return datasets.faces(count, seed, hair=0.5, eyes=0.5)


@dataclass(frozen=True)
class TextRecipe:
    """How the network of sentences is made, by its own `fit`."""

    data: Callable[[str], RatedSentences]
    epochs: int
    least: int = 2
    seed: int = 0


RECIPES: dict[str, Recipe | GeneratorRecipe | TextRecipe] = {
    "digits": Recipe(DigitsNet, datasets.digits, epochs=60, augment=shift),
    "digits_vae": GeneratorRecipe(datasets.digits, latent=12, epochs=200, judge=zoo.digits),
    "fashion_vae": GeneratorRecipe(
        datasets.fashion_mnist, latent=16, epochs=12, judge=zoo.fashion_mnist
    ),
    "faces_vae": GeneratorRecipe(faces, latent=48, epochs=60),
    "digits_wgan": GeneratorRecipe(
        datasets.digits, 12, 400, GAN, zoo.digits, batch_size=64, learning_rate=5e-4
    ),
    "fashion_wgan": GeneratorRecipe(
        datasets.fashion_mnist, 16, 8, GAN, zoo.fashion_mnist, batch_size=64, learning_rate=5e-4
    ),
    "fashion_mnist_convnet": Recipe(ConvNet, datasets.fashion_mnist, epochs=12),
    "fashion_mnist_resnet": Recipe(ResNet, datasets.fashion_mnist, epochs=12, seed=1),
    "fashion_mnist_vit": Recipe(ViT, datasets.fashion_mnist, epochs=5, augment=shift, seed=2),
    "reviews": TextRecipe(datasets.reviews, epochs=10),
}


def tensors(data: Dataset) -> tuple[Tensor, Tensor]:
    """Return pictures (N, C, H, W) in 0 .. 1, and labels."""
    images = torch.from_numpy(data.images)
    images = images[:, None] if images.ndim == 3 else images.movedim(-1, 1)
    return images.float().contiguous() / 255, torch.from_numpy(data.labels)


def train(recipe: Recipe, device: str = "cpu") -> nn.Module:
    """Return the network of a recipe, trained; on the CPU again, wherever that was."""
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    net = recipe.network().to(device, memory_format=torch.channels_last)  # quicker on a CPU
    images, labels = tensors(recipe.data("train"))
    steps = -(-len(labels) // recipe.batch_size)
    optimizer = torch.optim.AdamW(
        net.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, epochs=recipe.epochs, steps_per_epoch=steps
    )
    for epoch in range(1, recipe.epochs + 1):
        total = 0.0
        for batch in torch.randperm(len(labels), generator=generator).split(recipe.batch_size):
            shown = recipe.augment(images[batch], generator)
            loss = recipe.loss(net, shown.to(device), labels[batch].to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        LOG.info("epoch %d of %d: loss %.4f", epoch, recipe.epochs, total / steps)
    return net.to("cpu", memory_format=torch.contiguous_format).eval()


def train_generator(recipe: GeneratorRecipe, images: Tensor) -> VAE | GAN:
    """Return a generator of a recipe, trained on pictures alone."""
    channels, height, width = images.shape[1:]
    net = recipe.make((channels, height, width), recipe.latent, seed=recipe.seed)
    steps = net.fit(
        images,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        seed=recipe.seed,
    )
    for progress in steps:
        if progress.done % 500 == 0:
            LOG.info("batch %d of %d: %s", progress.done, progress.total, progress.note)
    return net


def remember_errors(recipe: GeneratorRecipe, net: VAE | GAN, images: Tensor) -> None:
    """Keep how badly a generator draws pictures of its own kind.

    Those of a few pictures that it knows would be too small: then of pictures that another one of
    the same recipe has not seen. No test picture, as these are what is shown.
    """
    if isinstance(net, GAN):
        # It is never told to draw a picture that it is shown, and draws others as well. Without an
        # encoder its errors on all of them would take an hour to search.
        net.remember_errors(images[:SEARCHED])
    elif len(images) < FEW:
        order = torch.randperm(len(images), generator=torch.Generator().manual_seed(recipe.seed))
        held, shown = order.tensor_split([len(images) // HELD_OUT])
        net.copy_errors(train_generator(recipe, images[shown]).remember_errors(images[held]))
    else:
        net.remember_errors(images)


def measure_generator(recipe: GeneratorRecipe, net: VAE | GAN, images: Tensor) -> dict[str, float]:
    """Return how far pictures are from what they become by encoding and decoding.

    And how often a network of the zoo, which no generator has seen, says the same of both. Of a
    GAN, which searches its latents, on the first pictures.
    """
    if isinstance(net, GAN):
        images = images[:SEARCHED]
    again = torch.cat([net.decode(net.encode(part)) for part in images.split(500)])
    measured: dict[str, float] = {
        "test_rmse": round(float((again - images).square().mean().sqrt()), 4),
        "test_images": len(images),
    }
    if recipe.judge is not None:
        first, second = (recipe.judge().logits(each).argmax(1) for each in (images, again))
        measured["test_agreement"] = round(float((first == second).float().mean()), 4)
    return measured


def write_generator(name: str, recipe: GeneratorRecipe, *, train: bool) -> dict[str, float]:
    """Write a generator, trained anew or as it is, with what it misses of pictures."""
    images, _ = tensors(recipe.data("train"))
    path = WEIGHTS / f"{name}.safetensors"
    net = train_generator(recipe, images) if train else recipe.make.load(path)
    remember_errors(recipe, net, images)
    with torch.no_grad():
        measured = measure_generator(recipe, net, tensors(recipe.data("test"))[0])
    write(name, net, recipe, measured)
    return measured


def write_text(name: str, recipe: TextRecipe) -> dict[str, float]:
    """Train the network of sentences, write it with its words, and return what it reaches."""
    options = {"epochs": recipe.epochs, "least": recipe.least, "seed": recipe.seed}
    model = fit_bag_of_words(recipe.data("train"), **options).run()
    test = recipe.data("test")
    right = model.logits_of(test.sentences).argmax(1).numpy() == test.labels
    measured = {"test_accuracy": round(float(right.mean()), 4)}
    net, path = model.net.net, WEIGHTS / f"{name}.safetensors"
    about = {"words": model.reader.words, "classes": model.classes}
    files.write(path, type(net).__name__, net.state_dict(), about)
    write_facts(name, net, recipe, measured)
    return measured


def write(
    name: str, net: nn.Module, recipe: Recipe | GeneratorRecipe, measured: Mapping[str, float]
) -> None:
    """Write the weights, and beside them what is known of them."""
    WEIGHTS.mkdir(exist_ok=True)
    if isinstance(net, VAE | GAN):
        net.save(WEIGHTS / f"{name}.safetensors")
    else:
        weights = {key: value.detach().contiguous() for key, value in net.state_dict().items()}
        (WEIGHTS / f"{name}.safetensors").write_bytes(save(weights))
    write_facts(name, net, recipe, measured)


def write_facts(
    name: str,
    net: nn.Module,
    recipe: Recipe | GeneratorRecipe | TextRecipe,
    measured: Mapping[str, float],
) -> None:
    """Write what is known of a network."""
    facts = {
        "network": type(net).__name__,
        "data": recipe.data.__name__,
        "script": f"scripts/train_zoo.py {name}",
        **{key: value for key, value in vars(recipe).items() if isinstance(value, int | float)},
        "parameters": sum(parameter.numel() for parameter in net.parameters()),
        "torch": torch.__version__.partition("+")[0],
        **measured,
    }
    (WEIGHTS / f"{name}.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Train the networks that are named, or all."""
    parser = argparse.ArgumentParser(description="train the networks that come with the package")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RECIPES)}")
    parser.add_argument(
        "--measure", action="store_true", help="only measure anew the generators that are there"
    )
    given = parser.parse_args()
    names = given.names or list(RECIPES)
    if unknown := [name for name in names if name not in RECIPES]:
        parser.error(f"no recipe {unknown[0]!r}; there are {', '.join(RECIPES)}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)  # more of them add up in another order
    torch.use_deterministic_algorithms(True)
    for name in names:
        recipe, start = RECIPES[name], time.perf_counter()
        if isinstance(recipe, TextRecipe):
            measured = write_text(name, recipe)
        elif isinstance(recipe, GeneratorRecipe):
            measured = write_generator(name, recipe, train=not given.measure)
        else:
            net = train(recipe)
            with torch.no_grad():
                measured = recipe.measure(net, *tensors(recipe.data("test")))
            write(name, net, recipe, measured)
        LOG.info("%s: %s in %.0f s", name, measured, time.perf_counter() - start)


if __name__ == "__main__":
    main()
