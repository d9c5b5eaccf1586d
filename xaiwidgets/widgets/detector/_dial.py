"""Where the dial of an error detector stands: the threshold that a rule gives."""

from __future__ import annotations

import numpy as np

from xaiwidgets.reliability import Roc
from xaiwidgets.widgets.detector._result import Examination, cheapest
from xaiwidgets.widgets.detector._state import DetectorState


def threshold_by_rule(state: DetectorState, curve: Roc, answer: Examination | None) -> float:
    """Return the threshold that a state's rule gives on the validation curve of its method.

    What errors cost is known only of pictures whose scores are there.
    """
    scores = answer.scores.get(state.method) if answer else None
    if state.rule == "cost" and answer is not None and scores is not None:
        return cheapest(scores, answer.wrong, state.cost_check, state.cost_miss)
    # On the validation images, which neither fitted the detector nor are judged here: chosen on
    # what is shown, a recall would be kept by its own choice.
    if state.rule == "correct_recall":
        return curve.threshold(correct_recall=state.recall)
    if state.rule == "wrong_recall":
        return curve.threshold(wrong_recall=state.recall)
    return curve.threshold()


def follows_rule(state: DetectorState, curve: Roc, answer: Examination | None) -> bool:
    """Return whether the threshold is what the rule gives, up to what the page rounds."""
    if state.rule == "by_hand":
        return True
    wanted = threshold_by_rule(state, curve, answer)
    scores = answer.scores.get(state.method) if answer else None
    if state.rule != "cost" or answer is None or scores is None:
        # A slider of the page rounds what it sends back.
        return bool(np.isclose(state.threshold, wanted, rtol=1e-6, atol=0))

    def cost(threshold: float) -> float:
        rejected = scores >= threshold
        missed = (answer.wrong & ~rejected).sum()
        return float(state.cost_check * rejected.sum() + state.cost_miss * missed)

    # By what it costs and not by its place: between two scores any threshold rejects the same.
    return cost(state.threshold) <= cost(wanted) * (1 + 1e-9)
