"""`move_with_controls`: a picture moved along a concept, beside random directions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from xaiwidgets.contrast import Generator
from xaiwidgets.network import Network
from xaiwidgets.neurons._concept import ConceptDirection
from xaiwidgets.neurons._maximise import MaximisedPicture, move
from xaiwidgets.work import Progress, Steps, constantly, relay, work

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class ConceptMove:
    """A picture moved along a concept, and as far along directions of random sets.

    Attributes
    ----------
    moved : MaximisedPicture
        Its path has a picture for each step; the first is what the generator makes of the picture.
    logits : (steps + 1, K) float64
        What the network says of each.
    random_curves : (R, steps + 1) float64
        The class's logit on the way along each random set's direction.
    target : int
        The class that may follow the concept.
    """

    moved: MaximisedPicture
    logits: Doubles
    random_curves: Doubles
    target: int

    @property
    def rise(self) -> float:
        """By how much the class's logit has risen at the end."""
        return float(self.logits[-1, self.target] - self.logits[0, self.target])

    @property
    def random_rises(self) -> Doubles:
        """The same along the random sets' directions, (R,)."""
        rises: Doubles = self.random_curves[:, -1] - self.random_curves[:, 0]
        return rises

    @property
    def verdict(self) -> str:
        """In words: whether the class follows the concept more than any of the random sets."""
        rises = self.random_rises
        beside = f"{len(rises)} random sets: {rises.min():.2g} to {rises.max():.2g}"
        # To either side: a class may as well leave along a concept.
        beyond = self.rise > rises.max() or self.rise < rises.min()
        return (
            f"beyond all {beside}" if beyond else f"no verdict: random sets do as much ({beside})"
        )

    def __repr__(self) -> str:
        return (
            f"<ConceptMove: class {self.target} rises by {self.rise:.3g} in "
            f"{len(self.logits) - 1} steps; {self.verdict}>"
        )


@work
def move_with_controls(
    model: Network,
    image: Any,
    direction: ConceptDirection,
    generator: Generator,
    *,
    steps: int = 16,
    judge: Network | None = None,
) -> Steps[ConceptMove]:
    """Move a picture along a concept, and as far along directions between random sets.

    Whatever direction a picture is moved in, some class rises: only beside the random ones can it
    be told whether that is the concept's doing.

    Parameters
    ----------
    model, image, direction, generator, steps, judge
        As of `move`.

    Returns
    -------
    Work[ConceptMove]

    Raises
    ------
    InputError
        If the picture cannot be used; later, if nothing that changes in it reaches the layer.
    """
    along = partial(move, model, image, generator=generator, steps=steps)
    return _moved(model, along(direction, judge=judge), along, direction)


def _moved(
    model: Network, first: Any, along: Any, direction: ConceptDirection
) -> Steps[ConceptMove]:
    moved = yield from first
    # (steps + 1, K), the picture as the generator draws it first.
    logits = model.logits(torch.stack(moved.path)).double().numpy()
    curves = []
    count, note = len(direction.random_directions), "moving along random directions"
    for place, control in enumerate(direction.random_directions):
        # The picture itself is there by now, which is what people wait for.
        yield Progress(place, count, note, moved.path[-1])
        # As far and in as many steps; only the direction differs.
        steps = along(replace(direction, direction=control))
        other = yield from relay(steps, constantly(Progress(place, count, note)))
        answers = model.logits(torch.stack(other.path)).double().numpy()
        curves.append(answers[:, direction.target])
    return ConceptMove(moved, logits, np.array(curves), direction.target)
