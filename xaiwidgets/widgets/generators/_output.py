"""What a GeneratorLab shows of its answers."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.contrast import error_percentiles
from xaiwidgets.widgets.changes import Pixels, coloured_change, quantised
from xaiwidgets.widgets.generators._session import LabAnswer, LabSession
from xaiwidgets.widgets.generators._state import (
    FILM,
    GeneratorFacts,
    GeneratorLabState,
    ShownDirection,
    ShownMove,
    ShownReconstruction,
)
from xaiwidgets.widgets.pictures import picture_of


def facts_of(session: LabSession, answer: LabAnswer) -> list[GeneratorFacts]:
    """Return what each generator makes of the picture, in numbers."""
    facts = []
    for name, encoded in answer.encoded.items():
        generator = session.generators[name]
        share = float(error_percentiles(generator, [encoded.error], answer.picture[None])[0])
        facts.append(
            GeneratorFacts(
                name=name,
                kind=type(generator).__name__,
                latents=encoded.latents.shape[1],
                error=encoded.error,
                missed=share if math.isfinite(share) else None,
            )
        )
    return facts


def shown_reconstruction(
    session: LabSession, state: GeneratorLabState, answer: LabAnswer, pixels: Pixels
) -> ShownReconstruction:
    """Return the picture, what the generator draws of it, and what is left."""
    picture = session.images[state.index][None]
    drawing = answer.encoded[session.name(state)].drawing
    # In one batch, as pixels may be stretched by what is in it: the two must be stretched alike.
    both = pixels(torch.cat([picture, drawing]))
    residual, scale = quantised(coloured_change(picture - drawing)[0])
    return ShownReconstruction(picture_of(both[0]), picture_of(both[1]), residual, scale)


def shown_directions(answer: LabAnswer, pixels: Pixels) -> list[ShownDirection]:
    """Return what each of the strongest latents does, with its film."""
    directions = []
    effects = answer.effects
    for place, latent in enumerate(effects.order[: len(answer.film)].tolist()):
        strongest, by = -1, 0.0
        if answer.film_scores is not None:
            scores = answer.film_scores[place]
            # From one deviation below to one above, halved: the slope at the picture itself, per
            # deviation.
            change = (scores[FILM.index(1.0)] - scores[FILM.index(-1.0)]) / 2
            strongest = int(change.abs().argmax())
            by = float(change[strongest])
        divergence = None if effects.divergences is None else float(effects.divergences[latent])
        directions.append(
            ShownDirection(
                latent=latent,
                deviation=float(effects.deviations[latent]),
                pixels=float(effects.pixels[latent]),
                divergence=divergence,
                film=pixels(answer.film[place]),
                raises=strongest,
                by=by,
            )
        )
    return directions


def shown_move(answer: LabAnswer, pixels: Pixels) -> ShownMove:
    """Return the moved picture, and the probabilities before and after."""

    def shares(scores: Tensor | None) -> NDArray[np.float32]:
        if scores is None:
            return np.zeros(0, np.float32)
        # The session keeps log-probabilities.
        probabilities: NDArray[np.float32] = scores.exp().float().numpy()
        return probabilities

    return ShownMove(
        picture=picture_of(pixels(answer.picture[None])[0]),
        before=shares(answer.before),
        after=shares(answer.after),
        share=answer.share,
    )
