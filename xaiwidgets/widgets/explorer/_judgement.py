"""How good a map is: six checks of it, each beside chance and two maps that know no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.evaluation import (
    CentreBump,
    Curve,
    EdgeMap,
    IntervalEstimate,
    against_exact,
    deletion,
    infidelity,
    insertion,
    mass_inside,
    sensitivity,
)
from xaiwidgets.images import Baseline, Window
from xaiwidgets.methods import Attribution, Cache, Method, Shapley, Task, method_text
from xaiwidgets.network import Network
from xaiwidgets.widgets.explorer._answer import Answer
from xaiwidgets.widgets.explorer._codegen import checks_code
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._shown import EvaluatedCurve, Judgement, Measure, ShownCheck
from xaiwidgets.work import Progress, Steps, relay

# Maps that never ask the network: a check that they pass as well says nothing of a method.
BLIND_MAPS: tuple[Method, ...] = (CentreBump(), EdgeMap())
MOST_PARTS = 64
"""That are hidden one by one; a finer map is checked in 7 x 7."""
PARTS_A_SIDE = 7
# 2^9 coalitions; of 4 x 4 parts there would be 65,536.
EXACT_SIDE = 3
NOISES = 4
"""How often the picture is explained again with noise: each costs what the map does."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A map, the method that made it, and all that is needed to check it."""

    network: Network
    image: Tensor
    method: Method
    attribution: Attribution
    baseline: Baseline
    references: Tensor | None
    truth: Window | None
    code: str
    cache: Cache

    @classmethod
    def of(cls, answer: Answer, session: Session, truth: Window | None) -> Subject:
        """Return the map of an answer, with what computes it."""
        question, term, attribution = answer.question, answer.after.term, answer.after.attribution
        if attribution is None:
            raise InputError("there is no map yet")
        settings = question.settings
        grid = settings.grid if settings.players == "grid" else settings.players
        method = term.method or Shapley(settings.budget, grid, settings.seed)
        reference = session.references.get(settings.baseline)
        return cls(
            network=term.model,
            image=term.source.tensor,
            method=method,
            attribution=attribution,
            baseline=settings.baseline if reference is None else reference.tensor,
            references=session.background(question.picture, method),
            truth=truth,
            code=checks_code(
                question,
                answer.expression,
                session,
                truth,
                grid=parts_of(attribution),
                method=method_text(method),
                samples=NOISES,
            ),
            cache=session.cache,
        )

    @property
    def grid(self) -> tuple[int, int]:
        """The parts that are hidden."""
        return parts_of(self.attribution)

    @property
    def hiding(self) -> dict[str, Any]:
        """What hidden parts show, and what is known of pictures with some hidden."""
        return {"baseline": self.baseline, "cache": self.cache}

    @property
    def unlocated(self) -> str:
        """Why it cannot be said how much of the map lies in the true place; nothing, if it can."""
        window = self.attribution.window
        if self.truth is None:
            return "no true place is marked"
        if not _is_part(self.truth, window):
            return "the true place is no part of what the map explains"
        return ""


def _is_part(place: Window, window: Window) -> bool:
    inside = window.top <= place.top and place.bottom <= window.bottom
    across = window.left <= place.left and place.right <= window.right
    # Of the whole window a map has all, whatever it is.
    return inside and across and place != window


def parts_of(attribution: Attribution) -> tuple[int, int]:
    """Return the rows and columns of parts that are hidden: the map's own cells, if few."""
    cells = attribution.layout
    # Hiding a pixel changes next to nothing, and each part is an evaluation in each order.
    is_coarse = cells.regular and cells.count <= MOST_PARTS
    return (cells.rows, cells.columns) if is_coarse else (PARTS_A_SIDE, PARTS_A_SIDE)


@dataclass(frozen=True, eq=False)
class Result:
    """What a check says of one map."""

    estimate: IntervalEstimate
    chance: tuple[float, float] | None = None
    basis: str = ""
    curve: Curve | None = None


Check = Callable[[Subject, Attribution, Method], Steps[Result]]


def _curve(evaluate: Callable[..., Steps[Curve]]) -> Check:
    def check(subject: Subject, attribution: Attribution, _: Method) -> Steps[Result]:
        curve = yield from evaluate(
            subject.network, subject.image, attribution, grid=subject.grid, **subject.hiding
        )
        # Evaluated, so that it has no interval of its own: what varies is the random order.
        gain = IntervalEstimate(curve.gain.value, curve.gain.value, curve.gain.value)
        basis = f"{len(curve.share) - 1} parts, {len(curve.random)} random orders"
        return Result(gain, curve.chance, basis, curve)

    return check


def _fidelity(subject: Subject, attribution: Attribution, _: Method) -> Steps[Result]:
    measured = yield from infidelity(
        subject.network, subject.image, attribution, grid=subject.grid, **subject.hiding
    )
    basis = f"{len(measured.measured)} sets of parts; infidelity {measured.value} ({measured.unit})"
    return Result(measured.correlation, measured.chance, basis)


def _exact(subject: Subject, attribution: Attribution, _: Method) -> Steps[Result]:
    agreement = yield from against_exact(
        subject.network, subject.image, attribution, grid=EXACT_SIDE, **subject.hiding
    )
    basis = f"{agreement.exact.size} parts, {agreement.evaluations} trials"
    return Result(agreement.rank, agreement.chance, basis)


def _inside(subject: Subject, attribution: Attribution, _: Method) -> Steps[Result]:
    yield from ()
    if subject.truth is None or subject.unlocated:
        raise InputError(subject.unlocated)
    inside = mass_inside(attribution, subject.truth)
    return Result(inside.value, inside.chance, f"the place is {inside.area:.1%} of the map")


def _sensitivity(subject: Subject, attribution: Attribution, method: Method) -> Steps[Result]:
    # Those that know no network refuse a layer, too.
    layer = None if method in BLIND_MAPS else attribution.layer
    measured = yield from sensitivity(
        subject.network,
        subject.image,
        method,
        attribution=replace(attribution, layer=layer),
        samples=NOISES,
        references=subject.references,
        **subject.hiding,
    )
    return Result(measured.mean, None, f"{NOISES} pictures with noise of 2 % of the range")


CHECKS: Mapping[str, tuple[str, Check]] = {
    "deletion": ("hiding parts", _curve(deletion)),
    "insertion": ("showing parts", _curve(insertion)),
    "fidelity": ("hiding sets of parts", _fidelity),
    "exact": ("exact values of large parts", _exact),
    "inside": ("the true place", _inside),
    "sensitivity": ("explaining again with noise", _sensitivity),
}
"""By name: what is said while it is under way, and what does it."""


def judge(subject: Subject, start: Judgement) -> Steps[Judgement]:
    """Check a map in all ways that suit it; previews are what is known so far.

    Raises
    ------
    ConstantMapError
        If the map ranks nothing.
    """
    judgement = replace(start, code=subject.code)
    yield Progress(0, None, "preparing", judgement)
    trivial = yield from _trivial_maps(subject)
    maps = [(subject.attribution, subject.method), *zip(trivial, BLIND_MAPS, strict=True)]
    names = [name for name in CHECKS if name != "inside" or not subject.unlocated]
    for number, name in enumerate(names):
        note, check = CHECKS[name]
        results: list[Result | None] = []
        for place, (attribution, method) in enumerate(maps):
            done, total = number * len(maps) + place, len(names) * len(maps)
            report = Progress(done, total, note, judgement)
            try:
                steps = check(subject, attribution, method)
                results.append((yield from relay(steps, _always(report))))
            except InputError:
                # A map that knows no network may be constant, where the picture is.
                if not place:
                    raise
                results.append(None)
        judgement = _with_results(judgement, name, results)
    left_out = subject.unlocated if subject.truth is not None else ""
    return replace(judgement, running=False, note=left_out)


def _always(report: Progress) -> Callable[[Progress], Progress]:
    return lambda _: report


def _trivial_maps(subject: Subject) -> Steps[list[Attribution]]:
    """Return maps of the same class, window, layer and score that know no network."""
    attribution = subject.attribution
    output: Any = attribution.unit if attribution.unit == "probability" else "logit"
    window = attribution.window
    task = Task(subject.network, subject.image, attribution.target, window, output=output)
    maps = []
    for method in BLIND_MAPS:
        (drawing,) = yield from method.explain([task])
        # They know no layer and no unit: they are checked against what the map is checked against.
        maps.append(replace(drawing, layer=attribution.layer, unit=output))
    return maps


def _with_results(judgement: Judgement, name: Any, results: list[Result | None]) -> Judgement:
    first, *others = results
    if first is None:
        return judgement
    centre, edges = (None if each is None else _measure(each.estimate) for each in others)
    value = _measure(first.estimate)
    shown = ShownCheck(
        name, value, centre, edges, first.chance, verdict_on(value, first.chance), first.basis
    )
    curves = dict(judgement.curves)
    if first.curve is not None:
        curves[name] = _shown_curve(first.curve)
    return replace(judgement, checks=(*judgement.checks, shown), curves=curves)


def verdict_on(value: Measure, chance: tuple[float, float] | None) -> Any:
    """Return whether all of an interval is beyond chance: "better", "worse", "none", or ""."""
    if chance is None:
        return ""
    low, high = chance
    return "better" if value.low > high else "worse" if value.high < low else "none"


def _measure(estimate: IntervalEstimate) -> Measure:
    return Measure(estimate.value, estimate.low, estimate.high)


def _shown_curve(curve: Curve) -> EvaluatedCurve:
    return EvaluatedCurve(
        share=tuple(curve.share.tolist()),
        scores=tuple(curve.scores.tolist()),
        random=tuple(curve.random.mean(0).tolist()),
        spread=tuple(curve.random.std(0, ddof=1).tolist()),
    )
