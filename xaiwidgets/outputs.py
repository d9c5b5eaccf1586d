"""What a network's answers mean, and how they are read as logits (B, K).

Every explainer here reasons with logits, of which the softmax is the network's probability. What
a network answers may be something else: this is where it is looked at once and translated.
"""

from __future__ import annotations

from collections.abc import Mapping
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

# Below what a softmax in float32 tells from 0 (1.2e-7 beside 1), and finite as a logarithm: maps
# are differences of logits, and of infinite ones there are none.
_TINY = 1e-12


def checked_output(kind: object) -> ScoreKind | None:
    """Return the kind of output that was told; None for "auto"."""
    if kind == "auto":
        return None
    if kind not in SCORE_KINDS:
        listed = ", ".join(map(repr, SCORE_KINDS))
        raise InputError(f"output is {kind!r}; use 'auto' or one of {listed}")
    return kind


def independent(output: ScoreKind | None) -> bool:
    """Return whether each label is a yes or no of its own, so that several may hold.

    None is what `Network.output` is before the first answer: not that anybody knows of.
    """
    return output is not None and output.startswith("label")


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
        # Above 1 - 6e-8 float32 has nothing but 1: a saturated sigmoid would be infinite.
        return scores.logit(1e-6)
    # Logarithms of probabilities are logits, too: their softmax gives the probabilities back.
    return scores


def probabilities(logits: Tensor, output: ScoreKind | None) -> Tensor:
    """Return the network's own probabilities (B, K) of logits that were read from it."""
    return logits.sigmoid() if independent(output) else logits.softmax(-1)


def log_probabilities(logits: Tensor, output: ScoreKind | None) -> Tensor:
    """Return the logarithms of the probabilities (B, K), finite where those are rounded to 0."""
    return functional.logsigmoid(logits) if independent(output) else logits.log_softmax(-1)


def log_complements(logits: Tensor, output: ScoreKind | None) -> Tensor:
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


def describe_output(output: ScoreKind) -> str:
    """Return what was found out, for a person, and what to say if it is wrong."""
    return (
        f"the network's answers look like {output}, and are taken as such; say "
        f"output={output!r} to keep it quiet, or output='logits' if they are logits"
    )
