"""What stands beside a contrast when it is wanted: each part with its key, and the work for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from xaiwidgets.contrast import (
    Contrast,
    Imposed,
    StampTest,
    Subtraction,
    closed,
    impose,
    mean_change,
    stamp_test,
    subtract,
)
from xaiwidgets.images import Window
from xaiwidgets.widgets.contrast._answer import (
    BesidePart,
    ContrastAnswer,
    Key,
    Overall,
    SecondOpinion,
)
from xaiwidgets.widgets.contrast._columns import COLUMNS
from xaiwidgets.widgets.contrast._session import ContrastSession
from xaiwidgets.widgets.contrast._state import ContrastState
from xaiwidgets.widgets.masks import painted
from xaiwidgets.work import Progress, Steps, relay


def direct_part(field: str) -> BesidePart:
    """Return a direct method's part: the first's is `direct`, the other's is `direct_two`."""

    def key(session: ContrastSession, state: ContrastState, answer: ContrastAnswer) -> Key | None:
        method = getattr(state, field)
        # A slider of occlusion must not have Grad-CAM computed anew.
        settings = (state.direct_window, state.direct_fill) if method == "occlusion" else ()
        return (state.index, answer.probe, method, state.seed, *settings) if method else None

    def steps(
        session: ContrastSession, state: ContrastState, answer: ContrastAnswer
    ) -> Steps[Subtraction]:
        method = getattr(state, field)
        work = subtract(
            session.model,
            session.images[state.index][None],
            answer.probe,
            method=method,
            seed=state.seed,
            **direct_options(session, state, method),
        )
        note = f"{method} of both classes"
        return (yield from relay(work, lambda p: replace(p, note=note, preview=answer)))

    return BesidePart(field, key, steps)


def direct_options(session: ContrastSession, state: ContrastState, method: str) -> dict[str, Any]:
    """Return the arguments of `subtract` that a method has of its own."""
    if method == "occlusion":
        side = min(session.images[state.index].shape[-2:])
        # What was set for large pictures stays set while a small one is looked at.
        window = state.direct_window and min(state.direct_window, side)
        return {"window": window, "fill": state.direct_fill}
    if method == "class means":
        # Means are of all classes, which the pictures that are asked about need not have.
        return {"references": session.examples(session.images[state.index].shape)}
    return {"references": session.neighbours()} if method == "pda" else {}


def _starts_key(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Key | None:
    # One start is the answer itself.
    if state.starts < 2:
        return None
    return ("starts", state.starts, session.key(state, answer.probe, "cdeepex"))


def _starts(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Steps[dict[int, Contrast]]:
    """Search again from other random starts (fig. 3.6)."""
    answers: dict[int, Contrast] = {}
    for seed in range(state.seed, state.seed + state.starts):
        # With another seed a GAN's z0 is found anew, which the columns of fig. 3.6 differ in.
        work = session.search(replace(state, seed=seed), [answer.probe], "cdeepex")
        note = f"start {len(answers) + 1} of {state.starts}"
        contrast = yield from relay(
            work,
            lambda p, note=note: replace(p, note=note, preview=answer),  # type: ignore[misc]
        )
        # Tiles show the end alone: paths of five searches would push others out of the cache.
        answers[seed] = contrast.without_path()
    return answers


def _imposed_key(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Key | None:
    # A sketch has the key of the finished pair: imposed, it would be kept as the answer to that.
    if not state.mask or answer.pair is None or answer.pair.partial:
        return None
    return ("imposed", session.key(state, answer.probe, "cdeepex"), state.mask)


def _imposed(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Steps[Imposed]:
    """Make the change inside the painted mask by degrees (fig. 3.10)."""
    if answer.pair is None:
        raise ValueError("only a change that is there can be imposed")
    pair = answer.pair.contrast
    height, width = pair.image.shape[-2:]
    mask = painted(state.mask, height, width)
    work = impose(
        session.model, pair.image, pair.difference, mask, limits=session.limits_for(pair.image)
    )
    return (yield from relay(work, lambda p: replace(p, note="imposing", preview=answer)))


def _overall_key(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Key | None:
    if not state.all_pictures:
        return None
    # Whatever picture is looked at, the question to all is the same, until one is added.
    _, *names = session.key(state, answer.probe, "cdeepex")
    shape = session.images[state.index].shape
    return ("overall", len(session.images), tuple(shape), *names)


def _overall(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Steps[Overall | None]:
    # What is of the probe class already has no boundary ahead of it.
    images = session.not_of(answer.probe, session.images, session.images[state.index].shape)
    if not len(images):
        return None
    work = session.search_all(state, images, answer.probe)
    contrast = yield from relay(
        work, lambda p: Progress(p.done, p.total, "all pictures", preview=answer)
    )
    # Only of those that reached the boundary, if any did: the others' changes stop anywhere.
    reached = torch.from_numpy(contrast.converged)
    changes = contrast.difference[reached] if bool(reached.any()) else contrast.difference
    return Overall(contrast.without_path(), images, mean_change(changes))


def _stamped_key(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Key | None:
    overall = _overall_key(session, state, answer)
    if overall is None or not state.stamp or answer.overall is None:
        return None
    return ("stamped", state.stamp, overall)


def _stamped(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Steps[StampTest | None]:
    """Stamp what the window of the mean map holds on other pictures, where there are any."""
    overall = answer.overall
    if overall is None:
        return None
    shape = overall.images.shape[1:]
    images = overall.images
    # A window that was chosen on some pictures is better on them than it is.
    if session.has_others and session.references is not None:
        others = session.not_of(answer.probe, session.references, shape)
        images = others if len(others) else images
    work = stamp_test(
        session.model,
        images,
        overall.change,
        Window(*state.stamp),
        answer.probe,
        limits=session.limits_for(images),
    )
    return (yield from relay(work, lambda p: replace(p, preview=answer)))


def _judgement_key(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Key | None:
    if session.judge is None or answer.pair is None or answer.pair.partial:
        return None
    panels = [bool(answer.rival), answer.direct and answer.direct.method, state.direct_window,
              state.direct_fill, answer.direct_two and answer.direct_two.method]  # fmt: skip
    return ("judged", session.key(state, answer.probe, "cdeepex"), *panels)


def _judgement(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Steps[SecondOpinion]:
    """Hold every change that is shown to the judge, each with the ink of the first."""
    judge, pair = session.judge, answer.pair
    if judge is None or pair is None or pair.morph is None:
        raise ValueError("only an answer that is there can be judged")
    shares: dict[str, tuple[float, float]] = {}
    # All with as much ink: a larger change would close more of the gap for that alone.
    ink = pair.contrast.difference.abs().sum((1, 2, 3))
    for panel, change in changes_of(answer).items():
        both = []
        # By both: what was searched on one network may close all of its gap, and none of another's.
        for model in (session.model, judge):
            work = closed(
                model,
                pair.contrast.image,
                change,
                answer.true,
                answer.probe,
                ink,
                limits=session.limits_for(pair.contrast.image),
            )
            both.append(
                float((yield from relay(work, lambda _: Progress(0, None, "the judge", answer)))[0])
            )
        shares[panel] = (both[0], both[1])
    scores = judge.log_probabilities(judge.logits(pair.morph.images[:, 0]).double())
    return SecondOpinion(shares, scores.float().numpy())


def changes_of(answer: ContrastAnswer) -> dict[str, Tensor]:
    """Return the change (1, C, H, W) or (1, H, W) of each panel that shows one."""
    changes: dict[str, Tensor] = {}
    for panel, result in (("morph", answer.pair), ("rival", answer.rival)):
        if result is not None:
            changes[panel] = result.contrast.difference
    for panel, direct in (("direct", answer.direct), ("second", answer.direct_two)):
        # Where no weighting works there is no change to be judged.
        if direct is not None and direct.kept[0]:
            changes[panel] = torch.from_numpy(direct.change)
    return changes


# A stamp is cut from what all pictures have in common, and the judge is shown all changes that
# there are: both come after what they read.
PARTS = (
    direct_part("direct"),
    direct_part("direct_two"),
    COLUMNS,
    BesidePart("starts", _starts_key, _starts),
    BesidePart("imposed", _imposed_key, _imposed),
    BesidePart("overall", _overall_key, _overall),
    BesidePart("stamped", _stamped_key, _stamped),
    BesidePart("judgement", _judgement_key, _judgement),
)
"""In the order in which they are answered."""
