"""`symbol_feedback`: what people are shown after an answer in CDeepEx's study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xaiwidgets.algebra import Classifier
from xaiwidgets.checks import whole
from xaiwidgets.contrast import explain, morph
from xaiwidgets.errors import InputError
from xaiwidgets.methods import GradCAM, Method
from xaiwidgets.study._views import View, as_view
from xaiwidgets.work import Progress, Steps, constantly, relay, work

Feedback = dict[str, tuple[View, ...] | None]
"""The views of each arm; None shows nothing but what was right."""


@work
def symbol_feedback(
    model: Classifier,
    generator: Any,
    pictures: Sequence[Any],
    *,
    direct: Method | None = None,
    frames: int = 17,
    seed: int = 0,
) -> Steps[Feedback]:
    """Return the three arms of CDeepEx's study (chapter 5), for `learning_study`.

    "control" shows nothing, "gradcam" (or what `direct` is called) a map of the class predicted,
    "cdeepex" a morph towards the other class that ends on the boundary and not beyond it.

    Parameters
    ----------
    model : Classifier
        Of two classes.
    generator : Generator
        That draws such pictures.
    pictures : sequence of pictures
    direct : Method, optional
        By default Grad-CAM.
    frames : int
        Of each morph.
    seed : int
        Of the search for the boundaries.

    Raises
    ------
    InputError
        If the network has not two classes, or there are no pictures.
    CompositionError
        If the method is not made for the network.
    """
    whole("frames", frames, 2)
    batch = model.batch(list(pictures))
    logits = model.logits(batch)
    if logits.shape[1] != 2:
        raise InputError(f"the network has {logits.shape[1]} classes; the study is about two")
    predicted = logits.argmax(1).tolist()
    method = GradCAM() if direct is None else direct
    # The class predicted, as it is the network's function that people learn, right or wrong.
    sides = [model(x).for_class(label) for x, label in zip(batch, predicted, strict=True)]
    maps = [side.steps(method) for side in sides]
    # Of two classes the probe is the other one (CDeepEx, chapter 5: Ternal against Peat).
    contrasts = explain(model, generator, batch, [1 - label for label in predicted], seed=seed)
    return _feedback(model, generator, maps, contrasts, frames, type(method).__name__.lower())


def _feedback(
    model: Classifier, generator: Any, maps: list[Any], contrasts: Any, frames: int, name: str
) -> Steps[Feedback]:
    total = len(maps) + 2
    views = []
    for done, steps in enumerate(maps):
        attribution = yield from relay(steps, constantly(Progress(done, total, "maps")))
        views.append(as_view(attribution))
    searching, drawing = (Progress(len(maps) + n, total, "morphs") for n in (0, 1))
    contrast = yield from relay(contrasts, constantly(searching))
    # To the boundary: beyond it the picture would show the other class and teach that.
    lines = morph(model, generator, contrast, frames=frames)
    line = yield from relay(lines, constantly(drawing))
    pairs = range(len(maps))
    # (frames, pairs, C, H, W): of each picture its frames, as pixels.
    morphs = [View(np.ascontiguousarray(model.pictures(line.images[:, n]))) for n in pairs]
    return {"control": None, name: tuple(views), "cdeepex": tuple(morphs)}
