"""`morph`: the way from a picture to the boundary in even steps, to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.checks import number, whole
from xaiwidgets.contrast._constraints import Constraints, third_class_on_top, violation
from xaiwidgets.contrast._generators import Generator
from xaiwidgets.contrast._latent_objective import (
    Float64Tensor,
    LatentObjective,
    Likelihoods,
    check_scores,
)
from xaiwidgets.contrast._result import Contrast
from xaiwidgets.errors import InputError
from xaiwidgets.inference import outside_inference_mode
from xaiwidgets.network import require_network
from xaiwidgets.work import Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network

FRAMES = 33
PAST_STEP = 1 / 16
"""How far apart pictures past the boundary are, as a share of the way there."""
CLEAR = 0.9
"""The probability of the probe from which on an answer past the boundary is clear."""
_NUMBERS = 2**20  # in pictures that are drawn and classified together


@dataclass(frozen=True, eq=False, repr=False)
class Morph:
    """The straight line between the latents of P pictures and of their ends, as T pictures.

    The search itself jumps; on the line, what changes changes evenly.

    Attributes
    ----------
    positions : (T,) float64
        How far along the line each picture is: 0 the picture itself, 1 the boundary; above 1 it has
        gone on past it in the same direction.
    images : Tensor (T, P, C, H, W)
        From the picture itself to the boundary, and past it if that was asked for.
    log_likelihoods : (T, P, K) float32
        Of all classes.
    gap : (T, P) float32
        log-likelihood(true) - log-likelihood(probe): the first constraint, 0 at the boundary.
    third : (T, P) float32
        log-likelihood of the strongest third class - the middle of true and probe + margin: at
        most 0 where no third class is in the way. -inf where there are two classes only.
    penalty : (T, P) float32
        What the search pays for its violated constraints: their sum.
    intruders : (T, P) ints
        The strongest class that beats both true and probe, else -1.
    """

    positions: NDArray[np.float64]
    images: Tensor
    log_likelihoods: NDArray[np.float32]
    gap: NDArray[np.float32]
    third: NDArray[np.float32]
    penalty: NDArray[np.float32]
    intruders: NDArray[np.int64]

    def __repr__(self) -> str:
        frames, pairs = self.gap.shape
        return f"Morph({frames} pictures of {pairs} {'pair' if pairs == 1 else 'pairs'})"


@work
def morph(
    model: Network,
    generator: Generator,
    contrast: Contrast,
    *,
    frames: int = FRAMES,
    margin: float = 0.0,
    past: int = 0,
) -> Steps[Morph]:
    """Draw and classify the line from pictures to their boundaries, and maybe past them.

    Parameters
    ----------
    model, generator
        With which `contrast` was found.
    contrast : Contrast
    frames : int
        How many pictures, both ends included; at least 2.
    margin : float
        As for `explain`.
    past : int
        How many pictures to draw past the boundary at most, each a sixteenth of the way further in
        the same direction, until the probe has 90 % everywhere. No search has checked them: a
        network may see something else there.

    Yields
    ------
    Progress
        Frames done.

    Raises
    ------
    InputError
        If there are too few frames, or the generator is another than the contrast's.

    Examples
    --------
    >>> from xaiwidgets import contrast, datasets, steps, zoo
    >>> model, generator = zoo.digits(), zoo.generator("digits")
    >>> image = datasets.digits("test").images[:1]
    >>> found = steps.run(contrast.explain(model, generator, image, "7"))
    >>> steps.run(morph(model, generator, found, frames=9))
    Morph(9 pictures of 1 pair)
    """
    whole("frames", frames, 2)
    whole("past", past, 0)
    if not isinstance(contrast, Contrast):
        raise InputError(f"contrast is {type(contrast).__name__}; give what `explain` returned")
    require_network(model)
    number("margin", margin, least=0, note=", in log-likelihood")
    return outside_inference_mode(_morph(model, generator, contrast, frames, margin, past))


def _morph(
    model: Network,
    generator: Generator,
    contrast: Contrast,
    frames: int,
    margin: float,
    past: int,
) -> Steps[Morph]:
    model.weights(anew=True)
    objective = LatentObjective(Likelihoods.of(model), generator, contrast.image, contrast.start)
    rows = torch.arange(len(contrast), device="cpu")
    end = contrast.end.flatten(1).double()
    pictures: list[Tensor] = []
    scores: list[Float64Tensor] = []
    positions = torch.linspace(0, 1, frames, dtype=torch.double, device="cpu").tolist()
    further = [1 + step * PAST_STEP for step in range(1, past + 1)]
    probe = torch.from_numpy(contrast.probe)
    for share in [*positions, *further]:
        # At share 0 this is z0 to the last bit, which `pictures` answers with the image itself.
        z = objective.start + share * (end - objective.start)
        frame_pictures, frame_scores = [], []
        for part in torch.split(rows, max(1, _NUMBERS // contrast.image[0].numel())):
            frame_pictures.append(objective.pictures(z[part], part))
            frame_scores.append(check_scores(objective.scores(z[part], part)))
        pictures.append(torch.cat(frame_pictures).cpu())
        scores.append(torch.cat(frame_scores))
        yield Progress(len(scores), frames + past, "drawing the way")
        if share > 1 and bool((scores[-1][rows, probe].exp() >= CLEAR).all()):
            break
    reached = np.array([*positions, *further][: len(scores)])
    return _measure(contrast, reached, torch.stack(pictures), torch.stack(scores), margin)


def _measure(
    contrast: Contrast,
    positions: NDArray[np.float64],
    images: Tensor,
    scores: Float64Tensor,
    margin: float,
) -> Morph:
    frames, pairs, classes = scores.shape
    true, probe = torch.from_numpy(contrast.true), torch.from_numpy(contrast.probe)
    rows, flat = torch.arange(pairs, device="cpu").repeat(frames), scores.reshape(-1, classes)

    def shaped(values: Tensor) -> Tensor:
        return values.reshape(frames, pairs)

    # How near third classes come is measured for xGEMs, too, which does not pay for it.
    values, penalties = (
        # The tolerance, here 1.0, is no part of the values.
        Constraints(true, probe, margin, 1.0, third).values(flat, rows)
        for third in (True, contrast.method == "cdeepex")
    )
    # The columns of `Constraints.values`: one for each class, then the gap.
    third = values[:, :-1].amax(1)
    return Morph(
        positions=positions,
        images=images,
        log_likelihoods=scores.float().numpy(),
        gap=shaped(values[:, -1]).float().numpy(),
        # Third classes that do not exist are marked by -1e6 in `Constraints`.
        third=shaped(third.where(third > -1e5, -torch.inf)).float().numpy(),
        penalty=shaped(violation(penalties)).float().numpy(),
        intruders=shaped(third_class_on_top(flat, true[rows], probe[rows])).numpy(),
    )
