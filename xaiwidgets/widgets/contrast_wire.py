"""How contrastive answers cross to the page: plain dictionaries with binary buffers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.contrast import Contrast, Subtraction, strongest_change
from xaiwidgets.network import Network
from xaiwidgets.widgets.contrasting import MOST, Answer, Asked, Found
from xaiwidgets.widgets.wire import picture

Pixels = Callable[[Tensor], NDArray[np.uint8]]
"""From inputs (B, C, H, W) to pictures (B, H, W, 3) as people see them."""

_TILE = 96  # pixels a side of a small multiple, at most


def prediction(model: Network, logits: Tensor, probe: int) -> dict[str, Any]:
    """Return the likeliest classes, and the row of the probe class."""
    order = logits.argsort(descending=True, stable=True)[:MOST].tolist()
    scores = model.scores(logits.double(), [*order, probe])
    rows = [asdict(score) for score in scores]
    return {"top": rows[:-1], "target": rows[-1]}


def contrast(
    model: Network, found: Found, asked: Asked, frame: int, pixels: Pixels
) -> dict[str, Any]:
    """Return a pair's morph with its measures and its ledger line."""
    pair, morph = found.contrast, found.morph
    if morph is None:
        raise ValueError("only what has been drawn can be shown")
    true, probe = int(pair.true[0]), int(pair.probe[0])
    shown = pixels(morph.images[:, 0])
    changes, scale = quantised(strongest_change(morph.images[:, 0] - pair.image[0]))
    return {
        "frame": frame,
        "method": pair.method,
        "true": true,
        "probe": probe,
        "true_label": model.label(true),
        "probe_label": model.label(probe),
        "length": len(shown),
        "height": shown.shape[1],
        "width": shown.shape[2],
        "frames": shown.tobytes(),
        "differences": changes.tobytes(),
        "difference_scale": scale,
        "log_likelihoods": morph.log_likelihoods[:, 0].tobytes(),
        "gap": morph.gap[:, 0].tobytes(),
        "third": morph.third[:, 0].tobytes(),
        "penalty": morph.penalty[:, 0].tobytes(),
        "intruders": morph.intruders[:, 0].tolist(),
        **_ledger(pair),
        "seconds": round(found.seconds, 2),
        "seed": asked.settings.seed,
        "device": str(model.device),
        "partial": found.partial,
    }


def _ledger(pair: Contrast) -> dict[str, Any]:
    return {
        "converged": bool(pair.converged[0]),
        "third_class": int(pair.third_class[0]),
        "distance": float(pair.distance[0]),
        "steps": int(pair.steps[0]),
        "gap_at_end": float(pair.gap[0]),
        "reconstruction_error": float(pair.reconstruction_error[0]),
        "evaluations": int(pair.evaluations[0]),
        "gradients": int(pair.gradients[0]),
    }


def multiple(model: Network, answer: Answer, probe: int, pixels: Pixels) -> dict[str, Any]:
    """Return one of the small multiples: the boundary to one class, at most 96 pixels a side."""
    pair = answer.others[probe].contrast
    height, width = pair.boundary.shape[2:]
    side = min(1.0, _TILE / max(height, width))
    size = (max(1, round(height * side)), max(1, round(width * side)))
    small = torch.nn.functional.adaptive_avg_pool2d
    changes, scale = quantised(small(pair.change, size)[0])
    return {
        "probe": probe,
        "label": model.label(probe),
        "probability": float(answer.logits.double().softmax(0)[probe]),
        "picture": picture(pixels(small(pair.boundary, size))[0]),
        "difference": changes.tobytes(),
        "difference_scale": scale,
        "converged": bool(pair.converged[0]),
        "distance": float(pair.distance[0]),
        "third_class": int(pair.third_class[0]),
    }


def direct(found: Subtraction, name: str) -> dict[str, Any]:
    """Return the map of a direct method."""
    values = np.ascontiguousarray(found.values[0], dtype=np.float32)
    kept = int(found.kept[0])
    return {
        "method": found.method,
        "name": name,
        "height": values.shape[0],
        "width": values.shape[1],
        "values": values.tobytes(),
        "kept": kept,
        "weights": [float(weight) for weight in found.weights[0]] if kept else None,
        "note": "" if kept else "no weighting lowers the one class and raises the other",
    }


def quantised(values: Tensor) -> tuple[NDArray[np.int8], float]:
    """Return numbers as int8 and what one of its steps is worth: finer than a screen shows."""
    scale = max(float(values.abs().max()), 1e-12) / 127
    return (values / scale).round().to(torch.int8).contiguous().numpy(), scale
