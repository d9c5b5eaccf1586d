"""What a network's answers mean, and how they are read as logits (B, K).

Every explainer here reasons with logits, of which the softmax is the network's probability. What
a network answers may be something else: this is where it is looked at once and translated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from xaiwidgets.errors import InputError, ModelError

ScoreKind = Literal[
    "logits",
    "probabilities",
    "log probabilities",
    "one logit",
    "one probability",
    "label logits",
    "label probabilities",
]
"""The kinds of answers: of classes that exclude each other, of yes and no, or of labels of which
each is a yes or no of its own ("label ...")."""

SCORE_KINDS: tuple[ScoreKind, ...] = get_args(ScoreKind)

_TINY = 1e-12


def checked_output(kind: object) -> ScoreKind | None:
    """Return the kind of output that was told; None for "auto"."""
    if kind == "auto":
        return None
    if kind not in SCORE_KINDS:
        listed = ", ".join(map(repr, SCORE_KINDS))
        raise InputError(f"output is {kind!r}; use 'auto' or one of {listed}")
    return kind


def independent(output: ScoreKind) -> bool:
    """Return whether each label is a yes or no of its own, so that several may hold."""
    return output.startswith("label")


def answer_tensor(answer: Any, count: int | None = None) -> Tensor:
    """Return the scores in what a network answers: the tensor itself, or ``logits`` of it.

    Parameters
    ----------
    answer : object
        What `forward` returned.
    count : int, optional
        To how many inputs. A `squeeze` in `forward` drops the batch axis of a single one.

    Raises
    ------
    ModelError
        If there are none, more than one tensor that they could be, or they are no floats.
    """
    scores = _scores_in(answer)
    scores = scores.dequantize() if scores.is_quantized else scores
    if not scores.is_floating_point():
        raise ModelError(
            f"the network answers with {scores.dtype}; explainers need its scores, floats (B, K): "
            "return what comes before argmax, one_hot or a threshold"
        )
    dropped = count == 1 and scores.ndim < 2 and scores.shape != (1,)
    return scores[None] if dropped else scores


def _scores_in(answer: Any) -> Tensor:
    if isinstance(answer, Tensor):
        return answer
    logits = getattr(answer, "logits", None)
    if logits is None and isinstance(answer, Mapping):
        logits = answer.get("logits")
    if logits is None and isinstance(answer, tuple | list):
        # Auxiliary heads and attentions follow the scores, which come first.
        first = answer[0] if answer else None
        logits = first if isinstance(first, Tensor) and first.ndim == 2 else None
    if not isinstance(logits, Tensor):
        raise ModelError(
            f"the network returned a {type(answer).__name__} without logits; wrap it in a module "
            "whose forward returns only the tensor of logits (B, K)"
        )
    return logits


def read_logits(answer: Any, output: ScoreKind, count: int | None = None) -> Tensor:
    """Return logits (B, K) of an answer, to `count` inputs, whose kind is known; differentiable.

    Of one score s these are (0, s), so that the softmax of the second is the sigmoid of s.
    """
    scores = answer_tensor(answer, count)
    if output.startswith("one"):
        scores = scores.reshape(len(scores), -1)
        if scores.shape[1] != 1:
            raise ModelError(f"output is {output!r}, but the network answers {tuple(scores.shape)}")
    if output == "probabilities":
        return scores.clamp_min(_TINY).log()
    if output == "one logit":
        return torch.cat([torch.zeros_like(scores), scores], 1)
    if output == "one probability":
        return torch.cat([1 - scores, scores], 1).clamp_min(_TINY).log()
    if output == "label probabilities":
        return scores.logit(1e-6)
    return scores


def probabilities(logits: Tensor, output: ScoreKind) -> Tensor:
    """Return the network's own probabilities (B, K) of logits that were read from it."""
    return logits.sigmoid() if independent(output) else logits.softmax(-1)


def log_probabilities(logits: Tensor, output: ScoreKind) -> Tensor:
    """Return the logarithms of the probabilities (B, K), finite where those are rounded to 0."""
    return functional.logsigmoid(logits) if independent(output) else logits.log_softmax(-1)


def log_complements(logits: Tensor, output: ScoreKind) -> Tensor:
    """Return log(1 - p) of each probability p (B, K), also where p is rounded to 1.

    Examples
    --------
    >>> log_complements(torch.tensor([50.0, 0.0, 0.0], dtype=torch.double), "logits")[0].exp()
    tensor(3.8575e-22, dtype=torch.float64)
    """
    if independent(output):
        return functional.logsigmoid(-logits)
    # 1 - p of the strongest class is the sum of the others; of these p is at most 1/2.
    strongest = logits.argmax(-1, keepdim=True)
    others = logits.scatter(-1, strongest, -torch.inf).logsumexp(-1, keepdim=True)
    rest = torch.log1p(-logits.softmax(-1).clamp(max=0.75))
    return rest.scatter(-1, strongest, others - logits.logsumexp(-1, keepdim=True))


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


def describe_output(output: ScoreKind) -> str:
    """Return what was found out, for a person, and what to say if it is wrong."""
    return (
        f"the network's answers look like {output}, and are taken as such; say "
        f"output={output!r} to keep it quiet, or output='logits' if they are logits"
    )
