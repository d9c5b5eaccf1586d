"""Checks of the settings of a search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch

from xaiwidgets.accountability._recipe import STRATEGIES, Recipe
from xaiwidgets.accountability._result import SearchResult
from xaiwidgets.checks import is_finite, is_whole, whole
from xaiwidgets.errors import InputError
from xaiwidgets.work import Budget


def check_budget(budget: Budget) -> None:
    """Raise InputError if the search would not end."""
    if not isinstance(budget, Budget):
        raise InputError(f"budget is {budget!r}; use Budget(max_time=, max_trial=, max_gain=)")
    if budget.max_time is None and budget.max_trial is None and budget.max_gain is None:
        raise InputError(
            "without max_time, max_trial and max_gain the search would not end; set one of them"
        )


def check_search_settings(
    hidden: Sequence[int],
    deltas: Sequence[float],
    batch_size: int,
    learning_rate: float,
    epochs: int,
    strategy: str,
    seed: int,
) -> None:
    """Raise InputError if a setting makes no sense."""
    for name, values in (("hidden", hidden), ("deltas", deltas)):
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise InputError(f"{name} is {values!r}; use a sequence, such as ({values!r},)")
        # Empty once it was looked through: a search of no deltas, or without hidden layers.
        if isinstance(values, Iterator):
            raise InputError(f"{name} is {values!r}, which can be read only once; use a tuple")
    for size in hidden:
        if not is_whole(size, 1):
            raise InputError(f"hidden has {size!r}; sizes of layers are whole numbers from 1")
    for delta in deltas:
        if not is_finite(delta) or delta == 0:
            raise InputError(f"deltas has {delta!r}; use finite numbers other than 0")
    for name, count in (("batch_size", batch_size), ("epochs", epochs)):
        whole(name, count)
    if not is_finite(learning_rate) or learning_rate <= 0:
        raise InputError(f"learning_rate is {learning_rate!r}; use a number above 0")
    if strategy not in STRATEGIES:
        raise InputError(f"strategy is {strategy!r}; use one of {list(STRATEGIES)}")
    whole("seed", seed, 0)


def check_reseeding(recipe: Recipe) -> None:
    """Raise InputError if all starts are the same."""
    first, second = recipe.draw_initial_weights(0), recipe.draw_initial_weights(1)
    # All trials would be the baseline once more, at full price.
    if all(torch.equal(first[name], second[name]) for name in first):
        raise InputError(
            "strategy 'reseed' draws the same weights each time; use random initializers, or a "
            "network that draws its weights from torch's random numbers"
        )


def check_resume(resume: SearchResult, recipe: Recipe, data: tuple[int, int]) -> None:
    """Raise InputError if a search cannot go on from `resume`."""
    if not isinstance(resume, SearchResult):
        raise InputError(f"resume is a {type(resume).__name__}; use the SearchResult of a search")
    if not recipe.is_same_search(resume.recipe) or resume.data != data:
        raise InputError("resume is a search of other data or settings; begin a new one")


def device_name(device: str | torch.device | None) -> str | None:
    """Return the name of a device that is here."""
    if device is None:
        return None
    try:
        # By making a tensor there: torch takes the name of a device that this machine does not
        # have.
        return str(torch.empty(0, device=torch.device(device)).device)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise InputError(f"device {device!r} cannot be used here: {error}") from error
