"""Answers about sentences as they are shown: small enough to cross to the page at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaiwidgets.contrast import TextContrast, WordEffects
from xaiwidgets.sentences import Sentence
from xaiwidgets.text_network import TextNetwork
from xaiwidgets.widgets.text._state import (
    AskedSentence,
    ShownEffects,
    ShownTextContrast,
    ShownWord,
)

MOST_ASKED = 12
"""Questions that are remembered."""

# A `WordField` weighs 60 for each word and frame, of which most never show.
_CANDIDATES = 12  # of each word: what weighs less is not offered


@dataclass(frozen=True)
class TextAnswer:
    """What is known of a question.

    Attributes
    ----------
    contrast : TextContrast
        Of one sentence.
    effects : WordEffects or None
        What stands beside it, once it is known.
    """

    contrast: TextContrast
    effects: WordEffects | None = None
    seconds: float = 0.0


def shown_words(sentence: Sentence) -> tuple[ShownWord, ...]:
    """Return the words of a sentence, and which are unknown or no one's."""
    return tuple(
        ShownWord(word, place not in sentence.unknown, place in sentence.special)
        for place, word in enumerate(sentence.words)
    )


def shown_text_contrast(model: TextNetwork, answer: TextAnswer) -> ShownTextContrast:
    """Return the way to the boundary, with the candidates of each word that weigh most."""
    contrast = answer.contrast
    weights = contrast.weights[:, 0]  # (F, T, k)
    # (T, k): the most that each candidate weighs anywhere on the way.
    most = weights.max(0)
    # The word itself comes first, however little it weighs at the boundary.
    most[:, 0] = np.inf
    order = np.argsort(-most, axis=1, kind="stable")[:, :_CANDIDATES]
    names = np.take_along_axis(contrast.candidates[0], order, 1)
    # What the nearest real words are called: at the boundary each word is a mixture, which nobody
    # can write.
    hard = int(contrast.hard_log_likelihoods[0].argmax())
    true, probe = int(contrast.true[0]), int(contrast.probe[0])
    return ShownTextContrast(
        true=true,
        probe=probe,
        true_label=model.label(true),
        probe_label=model.label(probe),
        start_label=model.label(int(contrast.start_class[0])),
        positions=contrast.positions.astype(np.float32),
        candidates=tuple(tuple(row) for row in names.tolist()),
        weights=np.ascontiguousarray(np.take_along_axis(weights, order[None], 2)),
        log_likelihoods=contrast.log_likelihoods[:, 0],
        sentence=contrast.sentence[0],
        replacements=tuple(contrast.replacements[0].tolist()),
        changed=tuple(contrast.changed[0].tolist()),
        change=tuple(contrast.change[0].tolist()),
        hard_label=model.label(hard),
        hard_probability=float(np.exp(contrast.hard_log_likelihoods[0, hard])),
        holds=bool(contrast.holds[0]),
        converged=bool(contrast.converged[0]),
        distance=float(contrast.distance[0]),
        gradients=int(contrast.gradients[0]),
        seconds=round(answer.seconds, 2),
        device=str(model.device),
    )


def shown_effects(effects: WordEffects | None) -> ShownEffects | None:
    """Return what each word adds by itself."""
    if effects is None:
        return None
    return ShownEffects(tuple(effects.leave_one_out.tolist()), tuple(effects.gradient.tolist()))


def with_asked(
    questions: tuple[AskedSentence, ...], model: TextNetwork, text: str,
    pinned: tuple[int, ...], contrast: TextContrast,
) -> tuple[AskedSentence, ...]:  # fmt: skip
    """Return the questions with one more, the latest last; one that was there moves there."""
    true, probe = int(contrast.true[0]), int(contrast.probe[0])
    title = f"{text}: why {model.label(true)} and not {model.label(probe)}?"
    latest = AskedSentence(text, probe, pinned, title, contrast.sentence[0])
    key = (text, probe, pinned)
    others = [each for each in questions if (each.sentence, each.probe, each.pinned) != key]
    return (*others, latest)[-MOST_ASKED:]
