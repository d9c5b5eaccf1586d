"""How an error detector's findings cross to the page: plain numbers and binary columns."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.network import Network
from xaiwidgets.reliability import (
    COMBINERS,
    ENTROPY,
    SOFTMAX,
    ErrorDetector,
    Pattern,
    Profiles,
    Roc,
)
from xaiwidgets.widgets.examining import Examined, shares_below
from xaiwidgets.widgets.wire import picture

_NUMBERS = 8_000_000  # in all small pictures together
_SIDE = 48  # pixels a side of a small picture, at most
_TRIVIAL = (SOFTMAX, ENTROPY)


def detectors(found: Examined, validation: Roc) -> dict[str, Any]:
    """Return scores and areas of all detectors, those that were fitted first."""
    known = {validation.name: validation, **validation.beside}
    order = [n for n in known if n in found.scores and n not in _TRIVIAL]
    shown = {}
    for name in [*order, *(n for n in _TRIVIAL if n in found.scores)]:
        roc = found.roc(name)
        shown[name] = {
            "name": f"all, by {name}" if name in COMBINERS else name,
            "values": found.scores[name].astype(np.float32).tobytes(),
            "auroc": roc.area,
            "auroc_error": roc.standard_error,
            "validation_auroc": known[name].area,
            "trivial": name in _TRIVIAL,
            "kind": "combined" if name in COMBINERS else "trivial" if name in _TRIVIAL else "part",
        }
    return shown


def predictions(found: Examined) -> dict[str, Any]:
    """Return what the network says of all pictures."""
    confidence = found.logits.double().softmax(1).amax(1).numpy()
    return {
        "count": len(found.labels),
        "wrong": found.wrong.astype(np.uint8).tobytes(),
        "labels": found.labels.astype(np.int32).tobytes(),
        "predicted": found.predicted.astype(np.int32).tobytes(),
        "confidence": confidence.astype(np.float32).tobytes(),
    }


def thumbnails(model: Network, images: Tensor) -> dict[str, Any]:
    """Return all pictures, so small that they are quickly there."""
    count, _, height, width = images.shape
    side = min(_SIDE, int(math.sqrt(_NUMBERS / 3 / count)))
    scale = min(1.0, side / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    small = images
    if size != (height, width):
        small = torch.nn.functional.interpolate(images, size, mode="area")
    shown = model.pictures(small)
    return {"height": size[0], "width": size[1], "data": shown.tobytes()}


def detail(detector: ErrorDetector, found: Examined, images: Tensor, index: int) -> dict[str, Any]:
    """Return all that is known of one picture."""
    model, logits = detector.model, found.logits[index]
    order = logits.argsort(descending=True, stable=True)[:8].tolist()
    top = [asdict(score) for score in model.scores(logits.double(), order)]
    return {
        "index": index,
        "label": model.label(int(found.labels[index])),
        "predicted": top[0]["label"],
        "right": not bool(found.wrong[index]),
        "confidence": top[0]["probability"],
        "top": top,
        "scores": {name: float(values[index]) for name, values in found.scores.items()},
        "rank": shares_below(found.scores, index),
        "pattern": _pattern(model, found.pattern(index), found.profiles),
        "votes": _votes(found, index),
        "picture": picture(model.picture(images[index])),
    }


def _pattern(model: Network, found: Pattern | None, profiles: Profiles | None) -> Any:
    if found is None or profiles is None:
        return None

    def binary(values: NDArray[np.float32]) -> bytes:
        return np.asarray(values, np.float32).tobytes()

    return {
        "class": model.label(found.target),
        "layer": profiles.layer,
        "values": binary(found.values),
        "profile": binary(found.profile),
        "low": binary(profiles.low[found.target]),
        "high": binary(profiles.high[found.target]),
        "specific": found.specific.tolist(),
        "silent": found.silent.tolist(),
        "loud": found.loud.tolist(),
    }


def _votes(found: Examined, index: int) -> Any:
    votes = found.votes
    if votes is None:
        return None
    labels, asked = votes.labels[:, index], votes.evaluated[:, index]
    return {
        "count": len(labels),
        "classes": labels.astype(np.int16).tobytes(),
        "done": int(asked.sum()),
        "changed": float(votes.rate[index]) if asked.any() else 0.0,
    }
