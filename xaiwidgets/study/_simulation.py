"""`simulate`: a study of people who are right with a known probability."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from xaiwidgets.checks import is_number, whole
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import Doubles
from xaiwidgets.study._answers import AnswerLog
from xaiwidgets.study._design import ItemNumbers, Study

Skill = float | Mapping[str, float] | Callable[[str, int], float]
"""How often people are right: always, by arm, or by arm and trial (from 1), as they learn."""

_MEDIAN_SECONDS, _SPREAD_SECONDS = 6.0, 0.5


def simulate(
    study: Study, people: int, skill: Skill | None = None, *, spread: float = 0.0, seed: int = 0
) -> AnswerLog:
    """Return the answers of simulated people, to try a study or its analysis before it begins.

    Parameters
    ----------
    study : Study
    people : int
    skill : number, mapping from arm to number, or function of arm and trial
        The probability of a right answer; by default chance. Who is wrong gives any other answer.
    spread : float
        Standard deviation between people, of the log odds.
    seed : int

    Raises
    ------
    InputError
        If a probability is none, or an arm has none.

    Examples
    --------
    >>> pictures = np.zeros((20, 4, 4), np.uint8)
    >>> study = Study(pictures, {"alone": None}, "Which?", ("a", "b"), truth=[0, 1] * 10)
    >>> len(simulate(study, 3))
    60
    """
    if not is_number(spread) or spread < 0:
        raise InputError(f"spread is {spread!r}; use a number of at least 0")
    generator = np.random.default_rng(whole("seed", seed, 0))
    items, arms = study.plan(people)
    chances = _probabilities(study, study.chance if skill is None else skill, arms)
    if spread:
        # People differ in the log odds of being right, where a shift leaves no probability outside
        # [0, 1].
        shifts = generator.normal(0, spread, (people, 1))
        with np.errstate(divide="ignore"):
            chances = 1 / (1 + np.exp(-(np.log(chances) - np.log1p(-chances) + shifts)))
    right = generator.random(items.shape) < chances
    truths = np.array([item.truth for item in study.items])[items]
    others = generator.integers(1, len(study.answers), items.shape)
    # Wrong answers are spread evenly over all that are not the truth.
    answers = np.where(right, truths, (truths + others) % len(study.answers))
    # Response times have a long tail to the right; medians and ranks are what is tested of them.
    seconds = generator.lognormal(math.log(_MEDIAN_SECONDS), _SPREAD_SECONDS, items.shape)
    person = np.repeat(np.arange(people), items.shape[1])
    return AnswerLog(
        name=study.name,
        question=study.question,
        arms=tuple(arm.name for arm in study.arms),
        answers=study.answers,
        items=tuple(item.name for item in study.items),
        people=tuple(f"{number}-simulated" for number in range(people)),
        positive=study.answers.index(study.positive),
        trials=study.trials,
        person=person,
        arm=arms.ravel(),
        trial=np.tile(np.arange(1, items.shape[1] + 1), people),
        item=items.ravel(),
        truth=truths.ravel(),
        answer=answers.ravel(),
        seconds=seconds.ravel(),
    )


def _probabilities(study: Study, skill: Skill, arms: ItemNumbers) -> Doubles:
    """Return how often each answer (people, trials) is right."""
    trials = range(1, arms.shape[1] + 1)
    # By arm and trial once, and not for each of perhaps 2,000 people.
    table = np.array(
        [[_skill_of(skill, arm.name, trial) for trial in trials] for arm in study.arms]
    )
    if not np.all((table >= 0) & (table <= 1)):
        raise InputError(f"skill is {skill!r}; use probabilities from 0 to 1")
    probabilities: Doubles = table[arms, np.arange(arms.shape[1])]
    return probabilities


def _skill_of(skill: Skill, arm: str, trial: int) -> float:
    if isinstance(skill, Mapping):
        if arm not in skill:
            raise InputError(f"skill has no arm {arm!r}; it has {list(skill)}")
        return float(skill[arm])
    return float(skill(arm, trial) if callable(skill) else skill)
