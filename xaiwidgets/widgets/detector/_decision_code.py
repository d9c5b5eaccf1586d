"""The lines of Python that decide as an ErrorDetectorPanel's dial does."""

from __future__ import annotations

from typing import Any

from xaiwidgets.reliability import ErrorDetector, OtherScores
from xaiwidgets.widgets.detector._fits import DetectorFits
from xaiwidgets.widgets.detector._hardship import Hardship
from xaiwidgets.widgets.detector._state import DetectorState
from xaiwidgets.widgets.variables import assumption, variables


def decision_code(
    state: DetectorState,
    *,
    detector: ErrorDetector,
    images: Any,
    labels: Any,
    others: OtherScores,
    fits: DetectorFits,
) -> str:
    """Return what scores the images with the method that turns the dial, and rejects some."""
    objects = {"detector": detector, "images": images}
    recipe = fits.recipes.get(state.method)
    if state.method in others:
        objects["others"] = others
    if recipe is not None:
        objects |= {"training": fits.training, "validation": fits.validation}
    if Hardship.of(state).python("", "", ""):
        objects["labels"] = labels
    names, missing = variables(objects)
    name, pictures = names["detector"], names["images"]
    # What made the images harder comes first: all below is about those.
    lines = Hardship.of(state).python(f"{name}.model", pictures, names.get("labels", ""))
    if recipe is not None:
        lines += recipe.python(f"{name}.model", names["training"], names["validation"])
        scores = f"new.score({pictures})"
    elif state.method in others:
        arguments = f"{name}.model, {pictures}, {names['others']}"
        scores = f"reliability.other_scores({arguments}).run()[{state.method!r}]"
    elif state.method == detector.name:
        scores = f"{name}.score({pictures})"
    else:
        scores = f"{name}.examine({pictures}).run().scores[{state.method!r}]"
    text = "\n".join([*lines, f"scores = {scores}", f"rejected = scores >= {state.threshold!r}"])
    imports = ["from xaiwidgets import reliability"] if "reliability." in text else []
    return "\n".join([*assumption(missing, "ErrorDetectorPanel"), *imports, text])
