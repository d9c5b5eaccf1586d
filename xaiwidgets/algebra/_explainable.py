"""How an interpretation is computed: the maps that it is made of, by a method, put together."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from xaiwidgets.algebra._combine import Comparison
from xaiwidgets.algebra._plan import Plan
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline
from xaiwidgets.methods import (
    SETTINGS,
    Attribution,
    Cache,
    Method,
    Shapley,
    Task,
    choose_method,
)
from xaiwidgets.work import Budget, Work

T_co = TypeVar("T_co", Attribution, Comparison, covariant=True)


class Explainable(Generic[T_co]):
    """What can be explained as soon as it says of which maps it is made, and how."""

    def tasks(self, **how: Any) -> list[Task]:
        """Return the maps that it is made of; `how` is target, baseline and output of `explain`."""
        raise NotImplementedError

    def _combined(self, maps: Work[list[Attribution]], printed: bool) -> Work[T_co]:
        """Make the answer of the maps of `tasks`."""
        raise NotImplementedError

    def explain(
        self,
        method: Method | None = None,
        *,
        budget: int | Budget = 1024,
        seed: int = 0,
        target: int | str | None = None,
        grid: int | tuple[int, int] = 7,
        baseline: Baseline = 0.0,
        output: str = "logit",
        printed: bool = False,
    ) -> T_co:
        """Compute what each part of the input added to the score (i-Algebra, eq. 2 to 6).

        Parameters
        ----------
        method : Method, optional
            From `xaiwidgets.methods`; by default `Shapley(budget, grid, seed)`, whose settings
            `budget`, `grid` and `seed` are.
        budget : int or Budget
            Evaluations of the network at most, for each map; exact where 2 ** cells fits. A Budget
            limits them by `max_trial`, and seconds by `max_time`.
        seed : int
            The same seed gives the same map.
        target : int or str, optional
            Class by number or name; the class of the query, else the predicted class.
        grid : int or (int, int)
            Rows and columns of cells in the window (or the picture).
        baseline : float, str or picture
            What an absent cell shows: a number, "zeros", "mean", "blur" or another picture. In an
            anti-join of several inputs it is the other input.
        output : "logit" or "probability"
            The score to explain.
        printed : bool
            For an anti-join of two networks: the expectation as printed in the paper, which does
            not sum to f(x) - f'(x), instead of the difference of the maps.

        Returns
        -------
        Attribution, or for an anti-join Comparison

        Raises
        ------
        InputError, ModelError
        """
        how: dict[str, Any] = {"budget": budget, "seed": seed, "grid": grid, "baseline": baseline}
        return self.steps(method, target=target, output=output, printed=printed, **how).run()

    def steps(
        self,
        method: Method | None = None,
        *,
        cache: Cache | None = None,
        printed: bool = False,
        **how: Any,
    ) -> Work[T_co]:
        """Return the work of `explain`, its arguments checked; previews come on the way.

        What `cache` (by default the model's own, of this session) holds is not evaluated again.
        """
        settings = {name: how.pop(name) for name in SETTINGS if name in how}
        maps = choose_method(method, settings).explain(self.tasks(**how), cache)
        return self._combined(maps, printed)

    def explain_plan(self, *, cache: Cache | None = None, **how: Any) -> Plan:
        """Return what `explain` would evaluate, and what is cached already; evaluates no map.

        Examples
        --------
        >>> import torch
        >>> from xaiwidgets import Classifier
        >>> model = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 2)))
        >>> print(model(torch.ones(3, 4, 4)).explain_plan(grid=2, budget=64))
        select * from f(x)
          4 cells, 16 coalitions: 16 to evaluate
        in all 16 evaluations
        """
        how.pop("printed", None)
        settings = {name: how.pop(name) for name in SETTINGS if name in how}
        return Plan.of(str(self), Shapley(**settings), self.tasks(**how), cache)


def refuse_printed(printed: bool, interpretation: object) -> None:
    """Raise InputError if the printed form is asked for of what has none."""
    if printed:
        raise InputError(
            f"printed is for an anti-join of two networks, and not for {interpretation}"
        )
