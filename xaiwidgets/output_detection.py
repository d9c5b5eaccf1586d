"""What kind of answer a network gives, found out from its first answer and from larger inputs."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from xaiwidgets.errors import ModelError
from xaiwidgets.outputs import ScoreKind


def detect_output(
    scores: Tensor,
    stretch: Callable[[float], Tensor | None],
    is_linear: Callable[[], bool] = lambda: False,
) -> ScoreKind:
    """Find out what kind of answer a network gives.

    Rows of probabilities sum to 1, those of their logarithms do when exponentiated, and labels'
    are between 0 and 1. Logits may do so by chance: only probabilities still do when the input is
    made much larger.

    Parameters
    ----------
    scores : Tensor (B, ...)
        The answer to some inputs.
    stretch : callable
        Returns the answer to the inputs times a factor; None where the network fails on them.
    is_linear : callable
        Returns whether the answer is known to come straight from a linear layer: logits of a
        network that scales its input (a layer norm) may stay between 0 and 1 by chance.
    """
    if scores.ndim == 0 or scores.numel() == 0:
        return "logits"  # no answer at all: whoever evaluates it says so
    rows = _rows(scores)
    single = rows.shape[1] == 1
    if not rows.any():
        # Of an output layer that begins at 0, or of a black picture: no probabilities are all 0.
        return "one logit" if single else "logits"
    if not single and _holds(_are_shares, rows, stretch):
        return "probabilities"
    if not single and _holds(_are_log_shares, rows, stretch):
        return "log probabilities"
    if _holds(_lie_between, rows, stretch) and not is_linear():
        return "one probability" if single else "label probabilities"
    return "one logit" if single else "logits"


def _rows(scores: Tensor) -> Tensor:
    return scores.detach().cpu().double().reshape(len(scores), -1)


def _holds(
    law: Callable[[Tensor], bool], rows: Tensor, stretch: Callable[[float], Tensor | None]
) -> bool:
    """Return whether a law holds of an answer, and of those to much larger inputs."""
    if not law(rows):
        return False
    # Logits grow with the input and leave the law; a softmax saturates, and stays within it.
    # Of both signs, as behind a ReLU one of them may leave nothing but the biases.
    larger = (stretch(factor) for factor in (30.0, -30.0, 1000.0))
    # Where a network overflows, what comes of it says nothing.
    return all(law(_rows(more)) for more in larger if more is not None and not more.isnan().any())


def _are_shares(rows: Tensor) -> bool:
    return bool((rows >= 0).all()) and _are_one(rows.sum(1))


def _are_log_shares(rows: Tensor) -> bool:
    return bool((rows <= 0).all()) and _are_one(rows.exp().sum(1))


def _are_one(sums: Tensor) -> bool:
    # As near as half precision comes.
    return bool(((sums - 1).abs() < 5e-3).all())


def _lie_between(rows: Tensor) -> bool:
    return bool(((rows >= 0) & (rows <= 1)).all())


_LAWS: dict[ScoreKind, tuple[Callable[[Tensor], bool], str]] = {
    "probabilities": (_are_shares, "at least 0 and sum to 1"),
    "log probabilities": (_are_log_shares, "at most 0, and their exponentials sum to 1"),
    "one probability": (_lie_between, "between 0 and 1"),
    "label probabilities": (_lie_between, "between 0 and 1"),
}
"""What must hold of the answers of a kind, and how that is said."""


def obeys_a_law(output: ScoreKind) -> bool:
    """Return whether an answer can contradict that it is of this kind."""
    return output in _LAWS


def check_law(scores: Tensor, output: ScoreKind) -> None:
    """Raise ModelError if an answer (B, ...) cannot be of the kind that was told.

    Examples
    --------
    >>> import torch
    >>> check_law(torch.tensor([[0.2, 0.8]]), "probabilities")
    """
    law, words = _LAWS[output]
    rows = _rows(scores)
    if not bool(rows.isnan().any()) and not law(rows):
        raise ModelError(
            f"output is {output!r}, but the network answers with numbers from "
            f"{float(rows.min()):.4g} to {float(rows.max()):.4g}; {output} are {words}. Say "
            "output='auto' to have it found out"
        )
