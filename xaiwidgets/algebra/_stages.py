"""What the truncated networks say of a picture, from what is in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.algebra._expression import Term
from xaiwidgets.methods import Cache, Shapley


def stage_logits(term: Term, cache: Cache | None = None) -> dict[str, NDArray[np.float32]]:
    """Return the logits (K,) of each truncated network for a term's whole picture.

    Those of the whole network, "*", come last. After a map with the same cache nothing is
    evaluated, before it the picture once. Layers that are not called for this picture are left out.
    """
    # One cell that is the whole picture: its coalition is what every game of this picture has
    # evaluated.
    game = Shapley(budget=2, grid=1).game(Term(term.model, term.source).task(), cache)
    return {**game.stages(), "*": game.whole()}
