"""The lines of Python that find what a GeneratorLab shows of latent numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import Tensor, nn

from xaiwidgets.widgets.generators._session import FOR_EFFECTS
from xaiwidgets.widgets.variables import assumption, variables


def effects_code(number: int, generators: Any, images: Any, model: Any) -> str:
    """Return what finds the effects of one of the generators, from the arguments of a lab.

    Parameters
    ----------
    number : int
        Which generator, in the order in which they were given.
    """
    things = {"generators": generators, "images": images, "model": model}
    names, missing = variables({name: it for name, it in things.items() if it is not None})
    generator = names["generators"]
    if isinstance(generators, Mapping):
        generator += f"[{list(generators)[number]!r}]"
    elif isinstance(generators, list | tuple):
        generator += f"[{number}]"
    arguments = [generator, _pictures(names["images"], images, model is not None)]
    if model is not None:
        network = names["model"]
        arguments.append(f"Classifier({network})" if isinstance(model, nn.Module) else network)
    text = f"effects = contrast.latent_effects({', '.join(arguments)}).run()"
    bare = "Classifier, " if isinstance(model, nn.Module) else ""
    return "\n".join(
        [
            *assumption(missing, "GeneratorLab"),
            *(["import torch"] if "torch.stack" in text else []),
            f"from xaiwidgets import {bare}contrast",
            *(["from xaiwidgets.images import to_tensor"] if "to_tensor" in text else []),
            text,
        ]
    )


def _pictures(name: str, images: Any, read: bool) -> str:
    """Return the Python of the pictures that effects are averaged over."""
    several: str
    if isinstance(images, Mapping):
        several, count = f"list({name}.values())", len(images)
    elif isinstance(images, Tensor | np.ndarray) and images.ndim == 2 + isinstance(images, Tensor):
        several, count = f"{name}[None]", 1
    elif hasattr(images, "__len__"):
        several, count = name, len(images)
    else:
        several, count = f"[{name}]", 1
    # The lab's effects are of the first ones alone, and of more would be other numbers.
    if count > FOR_EFFECTS:
        several = f"{several}[:{FOR_EFFECTS}]"
    floats = isinstance(images, Tensor) and images.is_floating_point()
    if read or floats:
        return several
    # Without a network nobody reads pictures but the lab.
    return f"torch.stack([to_tensor(each) for each in {several}])"
