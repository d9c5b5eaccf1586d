"""`explain`: why class A and not class B? For any number of pictures and probe classes at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.contrast.calling import (
    at_home,
    can_sample,
    check_finite,
    check_sample,
    checked_latents,
    decoded,
    resting,
    sampled,
)
from xaiwidgets.contrast.descent import Descent
from xaiwidgets.contrast.encoding import check_kind, check_slow_sample, encoded
from xaiwidgets.contrast.generators import Generator
from xaiwidgets.contrast.landscape import Floats, Landscape, network_scores
from xaiwidgets.contrast.pairs import check_probes, count_of, probe_numbers
from xaiwidgets.contrast.question import Question, Record
from xaiwidgets.contrast.result import Contrast, contrast_of, joined
from xaiwidgets.contrast.search import Search
from xaiwidgets.contrast.starts import SAMPLES, Pool, towards
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation import undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.work import Later, Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture

METHODS = ("cdeepex", "xgems")
SCHEDULES = {"default": (60, 4), "paper": (600, 1)}
"""The ways to the boundary, with the steps and starts that each has by default."""

_TOGETHER, _NUMBERS = 256, 2**16  # pairs, and numbers in their pictures, that go together
_SAMPLED = 2**22  # numbers in pictures that are drawn to start from


@work
def explain(
    model: Network,
    generator: Generator,
    images: Tensor | Sequence[Picture],
    probes: int | str | Sequence[int | str | None] | None,
    *,
    method: str = "cdeepex",
    margin: float = 0.0,
    tolerance: float = 0.05,
    max_steps: int | None = None,
    seed: int = 0,
    schedule: str = "default",
    starts: int | None = None,
    references: Tensor | Sequence[Picture] | None = None,
    latents: Tensor | None = None,
) -> Steps[Contrast]:
    """Answer "why is this A and not B?" by the nearest picture that is as likely B as A.

    CDeepEx (Feghahati 2020, eq. 3.2): among the latents z of pictures G(z) + Delta, where Delta =
    I - G(z0) makes the start the picture itself, find the one nearest z0 at which the predicted
    class and the probe class are equally likely, and no third class is likelier.

    Parameters
    ----------
    model : Classifier
    generator : Generator
        Anything with ``encode(images)`` and a differentiable ``decode(latents)``.
    images : tensor (P, C, H, W) or sequence of pictures
    probes : class, or sequence of P classes
        By number or name; one for all, or one for each image. None is the runner-up.
    method : str
        "cdeepex", or "xgems": the same without the constraints on third classes (which is what
        the paper calls xGEMs).
    margin : float
        By how much, in log-likelihood, third classes stay below.
    tolerance : float
        How far from the boundary, in log-likelihood, counts as on it.
    max_steps : int, optional
        Steps from each start; 60, or 600 with the paper's schedule.
    seed : int
        Draws the latents to start from.
    schedule : str
        "default", which asks few gradients; or "paper": an augmented Lagrangian with beta 1.01,
        gamma 0.24, c 1, and gradient descent.
    starts : int, optional
        From how many points to try: z0; a point on the way to the nearest latent of the probe
        class, if there are any; more of these for pairs that do not reach the boundary. 4, or 1
        with the paper's schedule.
    references : tensor or sequence of pictures, optional
        Where to look for pictures of the probe class. Without them they are drawn with the
        generator's ``sample(count, seed)`` if it has one, else taken from `images`.
    latents : tensor (P, ...), optional
        The latents of the images, where they are known already, from `encode` or
        `Contrast.start`: then no image is encoded.

    Yields
    ------
    Progress
        Pairs done; the preview is the `Contrast` of the pairs begun so far, once one has arrived.

    Raises
    ------
    InputError
        If a probe is the predicted class or unknown, the generator does not fit the network or
        raises, or images are outside the range.
    ModelError
        If the network or its gradient fails at the pictures themselves. Where it answers NaN on
        the way, the search of that pair ends with the nearest found.

    Examples
    --------
    >>> from xaiwidgets import datasets, steps, zoo
    >>> model, generator = zoo.digits(), zoo.generator("digits")
    >>> images = datasets.digits("test").images[:3]
    >>> steps.run(explain(model, generator, images, "7"))
    Contrast(cdeepex, 3 of 3 reached)
    """
    _check_settings(method, margin, tolerance, seed, schedule)
    usual_steps, usual_starts = SCHEDULES[schedule]
    limit = count_of("max_steps", max_steps, usual_steps)
    tries = count_of("starts", starts, usual_starts)
    pictures = model.batch(images)
    check_probes(model, probes, len(pictures))
    check_kind(generator, pictures)
    others = None if references is None else model.batch(references, name="references")
    if latents is not None:
        latents = checked_latents(latents, len(pictures), "latents are")
    problem = _Problem(model, generator, pictures, probes, method, margin, tolerance, seed)
    return _searched(problem, latents, others, tries, limit, schedule)


@dataclass(frozen=True)
class _Problem:
    """What `explain` was given, checked."""

    model: Network
    generator: Generator
    pictures: Tensor
    probes: Any
    method: str
    margin: float
    tolerance: float
    seed: int


def _searched(
    problem: _Problem,
    latents: Tensor | None,
    references: Tensor | None,
    tries: int,
    limit: int,
    schedule: str,
) -> Steps[Contrast]:
    """Search the boundaries of all pairs, some at a time."""
    model, generator, pictures = problem.model, problem.generator, problem.pictures
    model.weights(anew=True)
    if tries > 1 and references is None:
        check_slow_sample(generator, pictures)
    scores = model.private_logits(pictures).double().log_softmax(1)
    true, probe = scores.argmax(1), probe_numbers(model, problem.probes, scores)
    network = model.private()
    if latents is None:
        latents = yield from encoded(model, generator, pictures, problem.seed)
    pool: Pool | None = None
    if tries > 1:
        pool = yield from _pool(problem, network, latents, references)
    searcher = Search if schedule == "default" else Descent
    parts: list[Contrast] = []
    for rows in torch.split(torch.arange(len(pictures)), _together(pictures)):
        land = Landscape(network, generator, pictures[rows], latents[rows])
        third = problem.method == "cdeepex"
        question = Question(true[rows], probe[rows], problem.margin, problem.tolerance, third)
        record = Record(land, question)
        for reached in _tried(record, searcher, pool, tries, limit):
            preview = None
            if reached:
                # A copy, as the search goes on before anybody looks.
                now = record.copy()
                preview = Later(_preview, tuple(parts), problem.method, now, scores[rows])
            note = f"{reached} of {len(rows)} at the boundary"
            yield Progress(int(rows[0]), len(pictures), note, preview)
        parts.append(contrast_of(problem.method, record, scores[rows]))
        yield Progress(int(rows[-1]) + 1, len(pictures))
    return joined(parts)


def _preview(parts: Sequence[Contrast], method: str, record: Record, scores: Floats) -> Contrast:
    """Return the pairs that are done, and what is known of those under way."""
    return joined([*parts, contrast_of(method, record, scores)])


def _tried(
    record: Record, searcher: type[Search | Descent], pool: Pool | None, tries: int, limit: int
) -> Iterator[int]:
    """Search from one start after the other; yield, after each step, how many have arrived."""
    for start in range(tries):
        rows, begin = _begin(record, pool, start)
        if len(rows) == 0:
            continue
        search = searcher(record.land, record.question, record, rows, begin)
        for _ in range(limit):
            with record.land.still():
                search.step()
            yield int(record.reached.sum())
            if not bool(search.active.any()):
                break


def _begin(record: Record, pool: Pool | None, start: int) -> tuple[Tensor, Tensor]:
    """Return which pairs try the start of this number, and the latents where they begin.

    First a point on the way to the probe class, then z0, from where all pairs try, and then what
    is next in the pool, for those that have not arrived.
    """
    land, everyone = record.land, torch.arange(len(record.land.start))
    home = 0 if pool is None else 1
    if start == home:
        return everyone, land.start
    if pool is None:
        return everyone[:0], land.start[:0]
    left = everyone[~record.reached]
    return towards(land, record.question, pool, left, max(0, start - 1))


def _pool(
    problem: _Problem, network: PreparedNetwork, own: Tensor, references: Tensor | None
) -> Steps[Pool | None]:
    """Return latents of known classes, as many as are worth their evaluations.

    Those of the references; else what the generator samples; else the pictures' `own`.
    """
    generator, pictures = problem.generator, problem.pictures
    most = max(8, min(SAMPLES, _SAMPLED // pictures[0].numel()))
    shape = tuple(pictures.shape[1:])
    if references is not None:
        latents = yield from encoded(problem.model, generator, references, problem.seed)
    elif can_sample(generator):
        check_sample(generator, shape, own)
        latents = sampled(generator, most, problem.seed)
    elif len(pictures) > 1:
        latents = own[:most]
    else:
        return None
    scores = []
    for some in torch.split(latents, _together(pictures)):
        with resting(generator), undisturbed(network.net):
            drawn = check_finite(decoded(generator, at_home(generator, some), shape))
            scores.append(network_scores(network, drawn.to(pictures)).double().cpu())
        yield Progress(0, len(pictures), "looking for pictures of the probe class")
    return Pool(latents.flatten(1).double().cpu(), torch.cat(scores))


def _together(pictures: Tensor) -> int:
    """Return how many pairs go together: enough to be quick, and a step is still short."""
    return max(1, min(_TOGETHER, _NUMBERS // pictures[0].numel()))


def _check_settings(method: str, margin: float, tolerance: float, seed: int, schedule: str) -> None:
    for name, value, allowed in (("method", method, METHODS), ("schedule", schedule, SCHEDULES)):
        if value not in allowed:
            raise InputError(f"{name} is {value!r}; use {' or '.join(map(repr, allowed))}")
    for name, number, open_ended in (("margin", margin, True), ("tolerance", tolerance, False)):
        finite = isinstance(number, int | float) and math.isfinite(number)
        if not finite or number < 0 or (number == 0 and not open_ended):
            least = "of at least 0" if open_ended else "above 0"
            raise InputError(f"{name} is {number!r}; use a number {least}, in log-likelihood")
    whole("seed", seed, 0)
