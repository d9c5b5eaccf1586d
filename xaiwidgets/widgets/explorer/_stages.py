"""What each layer says: predictions of the truncated networks, as they are shown."""

from __future__ import annotations

import torch

from xaiwidgets.algebra import stage_logits
from xaiwidgets.widgets.explorer._answer import Answer
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import ShownStage
from xaiwidgets.widgets.pictures import ranking

_TOP = 8  # classes of a prediction


def shown_stages(answer: Answer, session: Session) -> tuple[ShownStage, ...]:
    """Return what each layer says of an answer's whole picture, and the whole network last.

    Nothing where no layer is fitted. From the rows of the map, so that no network is evaluated.
    """
    model, target = session.model, answer.target
    if not session.probes:
        return ()
    stages = []
    for layer, row in stage_logits(answer.after.term, session.cache).items():
        logits = torch.from_numpy(row)
        # A rank beside the score: a ridge on logits (as probes are) gives scores whose softmax is
        # no probability.
        order = logits.argsort(descending=True, stable=True).tolist()
        prediction = ranking(model, logits, target, _TOP)
        name = None if layer == "*" else layer
        stages.append(ShownStage(name, prediction, 1 + order.index(target)))
    return tuple(stages)
