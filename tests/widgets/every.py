"""One small widget of every kind, done with its work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from tests.sentences import CORPUS, WORDS, linear_bag
from xaiwidgets import (
    AccuracySearch,
    Classifier,
    ContrastExplorer,
    DisagreementDesk,
    ErrorDetector,
    ErrorDetectorPanel,
    Explorer,
    GeneratorLab,
    NeuronDesk,
    PoisonDesk,
    StudyReport,
    StudyRoom,
    SurrogateDesk,
    TextContrastExplorer,
    VectorMap,
    contrast,
    datasets,
    reliability,
    study,
    zoo,
)


def every_widget(folder: Path) -> dict[str, Any]:
    """Return the widgets by the names of their classes; a StudyRoom answers into the folder."""
    model, generator = zoo.digits(), zoo.generator("digits")
    digits, test = datasets.digits(), datasets.digits("test")
    images, labels = test.images[:60], test.labels[:60]
    batch = torch.from_numpy(digits.images)[:40, None].float() / 255
    mutants = reliability.mutants(
        model, (digits.images[:100], digits.labels[:100]), rate=0.02, count=4
    )
    detector = ErrorDetector(model, "conv2", mutants.run())
    noise = np.random.default_rng(0).integers(0, 200, digits.images.shape)
    noisy = ((digits.images + noise) // 2).astype(np.uint8)
    sides = slice(0, 200), slice(200, 400)
    detector.fit(*((noisy[side], digits.labels[side]) for side in sides)).run()
    torch.manual_seed(1)
    rival = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), classes=model.classes)
    bag = linear_bag()
    field = contrast.WordField(WORDS, bag.embedding, CORPUS, candidates=7)
    arms = {"alone": None, "map": images[:6]}
    design = study.judgement_study(images[:6], labels[:6] % 2, arms, "Odd?", ("even", "odd"))
    made: dict[str, Any] = {
        "AccuracySearch": AccuracySearch((images, labels), hidden=(8,), epochs=1, max_trial=1),
        "ContrastExplorer": ContrastExplorer(model, generator, images[:2]),
        "DisagreementDesk": DisagreementDesk(model, rival, images[:4], grid=2, budget=16),
        "ErrorDetectorPanel": ErrorDetectorPanel(detector, noisy[400:500], digits.labels[400:500]),
        "Explorer": Explorer(model, images[0], budget=64, grid=2),
        "GeneratorLab": GeneratorLab(generator, images[:3], model),
        "NeuronDesk": NeuronDesk(model, batch, "conv2"),
        "PoisonDesk": PoisonDesk(model, images, labels, 3, grid=4, budget=64),
        "StudyReport": StudyReport(study.simulate(design, 4, seed=1)),
        "StudyRoom": StudyRoom(design, folder),
        "SurrogateDesk": SurrogateDesk(model, batch, depth=2, grid=2),
        "TextContrastExplorer": TextContrastExplorer(bag, field, "a very good film"),
        "VectorMap": VectorMap(model, images, labels),
    }
    for widget in made.values():
        widget.run().wait(60)
    return made
