"""`explain`: why class A and not class B? For any number of pictures and probe classes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from xaiwidgets.checks import number, whole
from xaiwidgets.contrast._constraints import Constraints, Record
from xaiwidgets.contrast._descent import LagrangianDescent
from xaiwidgets.contrast._encoding import check_kind, check_slow_sample, encode_pictures
from xaiwidgets.contrast._generator_adapter import (
    can_sample,
    check_finite_pictures,
    check_latents,
    check_sample,
    decode_latents,
    eval_mode_of,
    sample_latents,
    to_device_of,
)
from xaiwidgets.contrast._generators import Generator
from xaiwidgets.contrast._initialization import (
    POOL_SIZE,
    Evaluating,
    LatentPool,
    start_towards_probe,
)
from xaiwidgets.contrast._latent_objective import Float64Tensor, LatentObjective, Likelihoods
from xaiwidgets.contrast._pairs import check_probes, count_or_default, probe_classes
from xaiwidgets.contrast._result import Contrast, build_contrast, concatenate
from xaiwidgets.contrast._search import SequentialQP
from xaiwidgets.errors import InputError
from xaiwidgets.inference import outside_inference_mode, undisturbed
from xaiwidgets.network import require_network
from xaiwidgets.work import Later, Progress, Steps, work

if TYPE_CHECKING:
    from xaiwidgets.network import Network, Picture

Searcher = Callable[
    [LatentObjective, Constraints, Record, Tensor, Float64Tensor], SequentialQP | LagrangianDescent
]
"""Begins a search of some pairs from some latents."""

METHODS = ("cdeepex", "xgems")
# The paper names no number of steps, and no start but z0.
SCHEDULES = {"default": (60, 4), "paper": (600, 1)}
"""The ways to the boundary, with the steps and starts that each has by default."""

_TOGETHER, _NUMBERS = 256, 2**16  # pairs, and numbers in their pictures, that go together
# A chunk ends with its last few pairs, which use little of a step: by this and `_next_rows` 36
# pairs of clothes are searched a second instead of 27.
_WAITING = 4  # times as many pairs are begun, of which the others wait
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
    check_search(method, margin, tolerance, seed, schedule)
    usual_steps, usual_starts = SCHEDULES[schedule]
    limit = count_or_default("max_steps", max_steps, usual_steps)
    tries = count_or_default("starts", starts, usual_starts)
    pictures = require_network(model).batch(images)
    check_probes(model, probes, len(pictures))
    check_kind(generator, pictures)
    others = None if references is None else model.batch(references, name="references")
    if latents is not None:
        latents = check_latents(latents, len(pictures), "latents are")
    problem = _Problem(model, generator, pictures, probes, method, margin, tolerance, seed)
    return outside_inference_mode(_search_pairs(problem, latents, others, tries, limit, schedule))


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


def _search_pairs(
    problem: _Problem,
    latents: Tensor | None,
    references: Tensor | None,
    tries: int,
    limit: int,
    schedule: str,
) -> Steps[Contrast]:
    """Search the boundaries of all pairs, some at a time."""
    model, generator, pictures = problem.model, problem.generator, problem.pictures
    # Before the latents are searched, so that a search that takes long is not for nothing.
    if tries > 1 and references is None:
        check_slow_sample(generator, pictures)
    scores = model.log_probabilities(model.logits(pictures).double())  # llh of eq. 3.2
    true, probe = scores.argmax(1), probe_classes(model, problem.probes, scores)
    likelihoods = Likelihoods.of(model)
    if latents is None:
        latents = yield from encode_pictures(model, generator, pictures, problem.seed)
    pool: LatentPool | None = None
    if tries > 1:
        pool = yield from _pool(problem, likelihoods, latents, references)
    together = _count_together(pictures)
    begin: Searcher = partial(LagrangianDescent, limit=limit)
    chunk = together
    if schedule == "default":
        begin = partial(SequentialQP, limit=limit, together=together)
        chunk *= _WAITING  # so that where a pair has ended another one begins
    parts: list[Contrast] = []
    for rows in torch.split(torch.arange(len(pictures), device="cpu"), chunk):
        objective = LatentObjective(likelihoods, generator, pictures[rows], latents[rows])
        third = problem.method == "cdeepex"
        constraints = Constraints(true[rows], probe[rows], problem.margin, problem.tolerance, third)
        record = Record(objective, constraints)
        for _ in _try_starts(record, begin, pool, tries):
            converged, preview = int(record.converged.sum()), None
            if converged:
                # A copy, as the search goes on before anybody looks.
                now = record.copy()
                preview = Later(_preview, tuple(parts), problem.method, now, scores[rows])
            note = f"{converged} of {len(rows)} at the boundary"
            yield Progress(int(rows[0]), len(pictures), note, preview)
        parts.append(build_contrast(problem.method, record, scores[rows]))
        yield Progress(int(rows[-1]) + 1, len(pictures))
    return concatenate(parts)


def _preview(
    parts: Sequence[Contrast], method: str, record: Record, scores: Float64Tensor
) -> Contrast:
    """Return the pairs that are done, and what is known of those under way."""
    return concatenate([*parts, build_contrast(method, record, scores)])


def _try_starts(
    record: Record, begin: Searcher, pool: LatentPool | None, tries: int
) -> Iterator[None]:
    """Search from one start after the other; yield after each step."""
    for start in range(tries):
        rows, z = yield from _begin(record, pool, start)
        search = begin(record.objective, record.constraints, record, rows, z)
        while bool(search.active.any()):
            with record.objective.eval_mode():
                search.step()
            yield


def _begin(
    record: Record, pool: LatentPool | None, start: int
) -> Evaluating[tuple[Tensor, Float64Tensor]]:
    """Return which pairs try the start of this number, and the latents where they begin.

    First a point on the way to the probe class, then z0, from where all pairs try, and then what
    is next in the pool, for those that have not arrived.
    """
    objective, all_rows = record.objective, torch.arange(len(record.objective.start), device="cpu")
    if start == (0 if pool is None else 1):
        return all_rows, objective.start
    if pool is None:
        return all_rows[:0], objective.start[:0]
    left = all_rows[~record.converged]
    # Start 1 is z0, so that the starts 0, 2, 3 take the examples 0, 1, 2.
    number = max(0, start - 1)
    return (yield from start_towards_probe(objective, record.constraints, pool, left, number))


def _pool(
    problem: _Problem, likelihoods: Likelihoods, image_latents: Tensor, references: Tensor | None
) -> Steps[LatentPool | None]:
    """Return latents of known classes, as many as are worth their evaluations.

    Those of the references; else what the generator samples; else those of the pictures.
    """
    generator, pictures = problem.generator, problem.pictures
    # Fewer where pictures are large and cost more to draw and to classify.
    most = max(8, min(POOL_SIZE, _SAMPLED // pictures[0].numel()))
    shape = tuple(pictures.shape[1:])
    if references is not None:
        latents = yield from encode_pictures(problem.model, generator, references, problem.seed)
    elif can_sample(generator):
        check_sample(generator, shape, image_latents)
        latents = sample_latents(generator, most, problem.seed)
    elif len(pictures) > 1:
        latents = image_latents[:most]
    else:
        return None
    scores = []
    for part in torch.split(latents, _count_together(pictures)):
        with eval_mode_of(generator), undisturbed(likelihoods.network.net):
            examples = decode_latents(generator, to_device_of(generator, part), shape)
            examples = check_finite_pictures(examples).to(pictures)
            scores.append(likelihoods(examples).cpu().double())
        yield Progress(0, len(pictures), "looking for pictures of the probe class")
    return LatentPool(latents.flatten(1).cpu().double(), torch.cat(scores))


def _count_together(pictures: Tensor) -> int:
    """Return how many pairs take a step together: many are quicker, but it must stay short."""
    return max(1, min(_TOGETHER, _NUMBERS // pictures[0].numel()))


def check_search(method: str, margin: float, tolerance: float, seed: int, schedule: str) -> None:
    """Raise InputError if a setting of a search cannot be used."""
    for name, value, allowed in (("method", method, METHODS), ("schedule", schedule, SCHEDULES)):
        if value not in allowed:
            raise InputError(f"{name} is {value!r}; use {' or '.join(map(repr, allowed))}")
    number("margin", margin, least=0, note=", in log-likelihood")
    number("tolerance", tolerance, above=0, note=", in log-likelihood")
    whole("seed", seed, 0)
