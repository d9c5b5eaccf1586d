"""The test sets of a panel: its images as they were given, or made harder as somebody chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.network import Network
from xaiwidgets.reliability import TestSet, attacked, corrupted
from xaiwidgets.widgets.detector._state import DetectorState
from xaiwidgets.work import Progress, Steps, Work, relay

GIVEN = "given"
# Doubled each time, from what nobody sees to what nobody misses.
ATTACK_SIZES = (0.01, 0.02, 0.04, 0.08, 0.16)
"""How far an attack of strength 1 to 5 may move a pixel, black to white being 1."""


@dataclass(frozen=True)
class Hardship:
    """What is done to a panel's images, and how strongly, from 1 to 5."""

    kind: str
    strength: int

    @classmethod
    def of(cls, state: DetectorState) -> Hardship:
        """Return what a panel's settings say."""
        return cls(state.test_set, state.test_strength)

    @property
    def _settings(self) -> tuple[str, dict[str, Any]]:
        """The function of `reliability` that does it, and its arguments."""
        if self.kind == "pgd":
            return "attacked", {"method": "pgd", "size": ATTACK_SIZES[self.strength - 1]}
        return "corrupted", {"kind": self.kind, "strength": self.strength}

    def apply(self, model: Network, images: Tensor, labels: NDArray[np.int64]) -> Steps[Tensor]:
        """Return the images (N, C, H, W) made harder; those themselves, where nothing is done."""
        if self.kind == GIVEN:
            return images
        name, settings = self._settings
        making: Callable[..., Work[TestSet]] = attacked if name == "attacked" else corrupted
        harder = yield from relay(making(model, images, labels, **settings), _making)
        # Scores are of the images; which predictions are wrong follows from the labels as they
        # were.
        return harder.images

    def python(self, model: str, images: str, labels: str) -> list[str]:
        """Return the lines of Python that make them, under the name of the images."""
        if self.kind == GIVEN:
            return []
        name, settings = self._settings
        arguments = "".join(f", {key}={value!r}" for key, value in settings.items())
        return [
            f"{images} = reliability.{name}({model}, {images}, {labels}{arguments}).run().images"
        ]


def _making(progress: Progress) -> Progress:
    return Progress(progress.done, progress.total, "making the images harder")
