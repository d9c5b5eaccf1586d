"""What people have set as torch's default device is where their own tensors are made, not ours.

"meta" stands for a GPU: its tensors have no numbers, so that one of ours on it fails at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests import models
from tests.sentences import CORPUS, WORDS, linear_bag
from xaiwidgets import (
    Classifier,
    TextClassifier,
    accountability,
    adversarial,
    contrast,
    datasets,
    images,
    neurons,
    poisoning,
    reliability,
    zoo,
)
from xaiwidgets.methods import LIME, LRP, GradCAM, PredictionDifference, Shapley, Task
from xaiwidgets.work import Budget

PICTURES = torch.rand(24, 3, 16, 16, generator=torch.Generator().manual_seed(0))
LABELS = np.arange(24) % 4
BAG = linear_bag()
REVIEWS = datasets.reviews("validation")[:40]


def network() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3), nn.ReLU(), nn.Flatten(),
            nn.Linear(6 * 14 * 14, 4),
        )  # fmt: skip


def maps(method: Any) -> Callable[[Classifier], Any]:
    def ask(model: Classifier) -> Any:
        tasks = [Task(model, x, 1, references=PICTURES[4:]) for x in PICTURES[:2]]
        return np.stack([map_.values for map_ in method.explain(tasks).run()])

    return ask


def probes(model: Classifier) -> Any:
    model.fit_probes(PICTURES, ["1"]).run()
    return model(PICTURES[0]).select("1").explain(budget=16, grid=2).cells


def generators(kind: Any) -> Callable[[Classifier], Any]:
    generator = kind((3, 16, 16), 4)

    def ask(model: Classifier) -> Any:
        generator.fit(PICTURES, epochs=1).run()
        found = contrast.explain(model, generator, PICTURES[:3], None, max_steps=5).run()
        drawn = contrast.morph(model, generator, found, frames=3).run()
        contrast.explain(model, generator, PICTURES[:1], None, max_steps=3, schedule="paper").run()
        return np.isfinite(drawn.log_likelihoods)

    return ask


def subtract(model: Classifier) -> Any:
    return contrast.subtract(model, PICTURES[:1], None, method=Shapley(16, 2)).run().values


def by_hand(model: Classifier) -> Any:
    x, change = PICTURES[:2], PICTURES[2:4] - PICTURES[:2]
    made = contrast.impose(model, x, change, strengths=[0, 1]).run()
    shares = contrast.closed(model, x, change, model.logits(x).argmax(1), 3).run()
    test = contrast.stamp_test(model, x, contrast.mean_change(change), images.Window(0, 0, 4, 4), 1)
    brightness = contrast.read_change(x, x + change, "brightness")
    return (
        made.log_likelihoods.sum() + np.isnan(shares) + test.run().count + float(brightness.sum())
    )


def simplest(model: Classifier) -> Any:
    own: dict[str, Any] = {"class means": {"references": PICTURES}}
    return np.stack(
        [
            contrast.subtract(model, PICTURES[:2], None, method=name, **own.get(name, {}))
            .run()
            .values
            for name in contrast.PAIR_METHODS
        ]
    )


def latents(model: Classifier) -> Any:
    generator = contrast.PCA(4).fit(PICTURES).run()
    effects = contrast.latent_effects(generator, PICTURES[:4], model).run()
    factors = np.arange(24.0)[:, None] % 5
    told = contrast.disentanglement(generator, PICTURES, factors).run()
    return effects.pixels.sum() + told.score.value + float(generator.fit_errors.sum())


def votes(model: Classifier) -> Any:
    made = reliability.mutants(model, (PICTURES, LABELS), rate=0.1, count=3, keep=0.1).run()
    reliability.verdicts(model, made, PICTURES, 0.3).run()
    return reliability.votes(model, made, PICTURES).run().labels


def detector(model: Classifier) -> Any:
    data = torch.rand(200, 3, 16, 16, generator=torch.Generator().manual_seed(1), device="cpu")
    labels = model.logits(data).argmax(1).numpy()
    labels[::3] = (labels[::3] + 1) % 4
    mlp = reliability.MLP((4,), epochs=2)
    features = data.flatten(1)[:, :8].double().numpy()
    wrong = np.arange(200) % 3 == 0
    return mlp.fit(features, wrong, (features, wrong)).run().score(features)


def sentences(make: Callable[[TextClassifier], Any]) -> Any:
    bag = TextClassifier(BAG.net.net, WORDS, classes=BAG.classes, device="cpu")
    bag("a very good film").explain()
    contrast.word_effects(bag, "a very good film").run()
    found = contrast.explain_text(bag, make(bag), "a very good film", max_steps=3, frames=3).run()
    return np.isfinite(found.weights)


def search(model: Classifier) -> Any:
    found = accountability.search(
        (PICTURES, LABELS), hidden=(4,), budget=Budget(max_trial=2), device="cpu"
    ).run()
    return [trial.loss for trial in found.trials]


def trigger(model: Classifier) -> Any:
    poisoned = poisoning.poison(PICTURES, LABELS, 1, rate=0.2)
    seen = model.logits(PICTURES).argmax(1)
    target = int(seen[0])
    found = poisoning.trigger_windows(
        model, PICTURES[:1], PICTURES[1:], target=target, grid=2, side=1, budget=16
    ).run()
    moved = poisoning.add_trigger(poisoned.images, poisoning.MovingTrigger())
    return found.difference.sum() + float(moved.sum())


def yardsticks(model: Classifier) -> Any:
    data = PICTURES, model.logits(PICTURES).argmax(1).numpy()
    sizes = reliability.conformal(model, data).run()(PICTURES)
    harder = reliability.corrupted(model, *data, "rotation", 5).run()
    attacked = reliability.attacked(model, *data, "pgd", 0.3).run()
    return sizes.sum() + float(harder.images.sum() + attacked.images.sum())


def edits(model: Classifier) -> Any:
    picture = images.rotate(images.blur(PICTURES[0], images.Window(2, 2, 4, 4)), 20)
    return model.logits(images.scale(picture, 1.5)[None])


def attacks(method: str, **options: Any) -> Callable[[Classifier], Any]:
    window = images.Window(1, 1, 5, 5)
    return lambda model: (
        adversarial.attack(model, PICTURES[:2], method=method, size=0.3, window=window, **options)
        .run()
        .images
    )


def universal(model: Classifier) -> Any:
    found = adversarial.universal(model, PICTURES, size=0.3, steps=2).run()
    return found.apply(PICTURES[:2])


def inside(model: Classifier) -> Any:
    masks = [images.Window(1, 1, 3, 3)] * len(PICTURES)
    found = neurons.dissect(model, "0", {"corner": (PICTURES, masks)}, quantile=0.2).run()
    excited = neurons.maximise(model, "0", 0, like=PICTURES[0], steps=2).run()
    without = neurons.silenced(model, "0", [0], PICTURES[0])
    return found.iou.sum() + excited.value + without.logits(PICTURES[:1]).sum()


ASK: dict[str, Callable[[Classifier], Any]] = {
    "logits": lambda model: model.logits(PICTURES),
    "predict": lambda model: model.predict(PICTURES[0]).probability,
    "Shapley": maps(Shapley(200, 3)),
    "Grad-CAM": maps(GradCAM()),
    "LIME": maps(LIME(cells=2, samples=30)),
    "LRP": maps(LRP()),
    "PDA": maps(PredictionDifference(samples=2, stride=2)),
    "probes": probes,
    "conductance": lambda model: reliability.conductance(model, PICTURES[:3], ["0", "3"])["0"],
    "subtract": subtract,
    "simplest": simplest,
    "by hand": by_hand,
    "latents": latents,
    "VAE": generators(contrast.VAE),
    "GAN": generators(contrast.GAN),
    "votes": votes,
    "detector": detector,
    "search": search,
    "edits": edits,
    "one pixel": attacks("pixel"),
    "L-BFGS": attacks("lbfgs", norm="2"),
    "universal": universal,
    "inside": inside,
    "noise": lambda model: model.logits(images.noise(PICTURES[0], 0.3)[None]),
    "signature": lambda model: poisoning.signature(model, PICTURES, LABELS, 1).run().scores,
    "trigger": trigger,
    "yardsticks": yardsticks,
    "words": lambda model: sentences(lambda bag: contrast.WordField(WORDS, bag.embedding, CORPUS)),
    "sentences": lambda model: sentences(
        lambda bag: (
            contrast.SentenceAutoEncoder(WORDS, bag.embedding, latent=4, hidden=8)
            .fit(CORPUS, epochs=1)
            .run()
        )
    ),
    "bag of words": lambda model: zoo.fit_bag_of_words(REVIEWS, epochs=1).run().embedding,
}


TRAINED = {"VAE", "GAN", "detector", "sentences", "bag of words"}


def torch_keeps_its_own_steps() -> bool:
    """Tell whether Adam counts its steps on the CPU, and not where the default device is."""
    weight = torch.zeros(1, requires_grad=True)
    weight.grad = torch.zeros(1)
    with torch.device("meta"):
        optimizer = torch.optim.Adam([weight])
        try:
            optimizer.step()
        except RuntimeError:  # torch 2.5
            return False
    return True


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == "GAN" else name for name in ASK]
)
def test_nothing_of_ours_is_made_on_the_default_device(name: str) -> None:
    if name in TRAINED and not torch_keeps_its_own_steps():
        pytest.skip("this torch counts an optimiser's steps on the default device")
    ask, net = ASK[name], network()
    model = Classifier(net, device="cpu")
    before = models.condition(net)
    with torch.device("meta"):
        found = ask(model)
    assert models.condition(net) == before
    assert np.allclose(found, ask(Classifier(net, device="cpu")), atol=1e-5)
