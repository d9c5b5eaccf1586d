"""Detectors as files: numbers in safetensors, the rest as JSON in them. Nothing is unpickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as packed

from xaiwidgets.errors import DataError, InputError
from xaiwidgets.fingerprint import fingerprint
from xaiwidgets.reliability.combining import combiner
from xaiwidgets.reliability.mutants import Mutants, written

if TYPE_CHECKING:
    from xaiwidgets.network import Network
    from xaiwidgets.reliability.detector import ErrorDetector

_KIND = "xaiwidgets error detector"
_SETTINGS = ("layer", "combine", "trivial", "steps", "baseline", "seed")

_Detector = TypeVar("_Detector", bound="ErrorDetector")


def save(
    detector: ErrorDetector,
    path: Path,
    validation: tuple[dict[str, NDArray[np.float64]], NDArray[np.bool_]],
) -> Path:
    """Write a fitted detector, and return the path."""
    scores, wrong = validation
    arrays: dict[str, NDArray[Any]] = {"wrong": wrong}
    arrays |= {f"scores/{name}": value for name, value in scores.items()}
    for name, part in (("inside", detector.inside), *detector.combiners.items()):
        arrays |= {f"learnt/{name}/{key}": value for key, value in part.arrays().items()}
    about = {
        "kind": _KIND,
        "settings": json.dumps({name: getattr(detector, name) for name in _SETTINGS}),
        "shape": json.dumps(detector.shape),
        "mutants": json.dumps(None if detector.mutants is None else detector.mutants.to_dict()),
        "network": str(fingerprint(detector.model.net)),
    }
    tensors = {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in arrays.items()}
    return written(path, packed(tensors, about))


def load(kind: type[_Detector], path: Path, model: Network) -> _Detector:
    """Read a detector for the network that it was fitted to."""
    try:
        with safe_open(str(path), "pt") as file:
            about = file.metadata() or {}
            if about.get("kind") != _KIND:
                raise ValueError("it holds no error detector")
            arrays = {name: file.get_tensor(name).numpy() for name in file.keys()}  # noqa: SIM118
        settings, mutants = json.loads(about["settings"]), json.loads(about["mutants"])
        shape, network = tuple(json.loads(about["shape"])), int(about["network"])
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} cannot be read as an error detector: {error}") from error
    if network != fingerprint(model.net):
        raise InputError(
            f"the detector in {path} was fitted to another network, or to this one with other "
            "weights; fit one to this network"
        )
    made = kind(
        model,
        settings.pop("layer"),
        None if mutants is None else Mutants.from_dict(mutants),
        **settings,
    )
    try:
        _restore(made, arrays, shape)
    except KeyError as error:
        raise DataError(f"{path} is damaged: it has no {error}") from error
    return made


def _restore(
    detector: ErrorDetector, arrays: dict[str, NDArray[Any]], shape: tuple[int, ...]
) -> None:
    learnt: dict[str, dict[str, NDArray[Any]]] = {}
    scores = {}
    for name, array in arrays.items():
        what, _, rest = name.partition("/")
        if what == "learnt":
            part, _, key = rest.partition("/")
            learnt.setdefault(part, {})[key] = array
        elif what == "scores":
            scores[rest] = array
    detector.inside.restore(learnt.pop("inside"))
    for name, one in learnt.items():
        made = combiner(name, detector.seed)
        made.restore(one)
        detector.combiners[name] = made
    detector.shape = shape
    detector.restore(scores, arrays["wrong"])
