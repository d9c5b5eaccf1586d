"""How an interpretation is computed: the maps that it is made of, by a method, put together."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from torch import Tensor

from xaiwidgets.algebra._combine import Comparison
from xaiwidgets.algebra._plan import Plan
from xaiwidgets.algebra._rules import check_players
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline
from xaiwidgets.methods import (
    SETTINGS,
    Attribution,
    Cache,
    GridLike,
    Method,
    Shapley,
    Task,
    choose_method,
)
from xaiwidgets.work import Budget, Work

T_co = TypeVar("T_co", Attribution, Comparison, covariant=True)


class Explainable(Generic[T_co]):
    """What can be explained as soon as it says of which maps it is made, and how."""

    method: Method | None
    """Explains it, if none is given to `explain`; None is `Shapley`, with the settings given."""

    def tasks(self, **how: Any) -> list[Task]:
        """Return the maps that it is made of; `how` is target, baseline and output of `explain`."""
        raise NotImplementedError

    def using(self, method: Method | str) -> Explainable[T_co]:
        """Return what is explained by this method."""
        raise NotImplementedError

    def check_method(self, method: Method) -> None:
        """Raise CompositionError if a method cannot explain what it is composed of."""

    def _combined(self, maps: Work[list[Attribution]], printed: bool) -> Work[T_co]:
        """Make the answer of the maps of `tasks`."""
        raise NotImplementedError

    def explain(
        self,
        method: Method | str | None = None,
        *,
        budget: int | Budget = 1024,
        seed: int = 0,
        target: int | str | None = None,
        grid: GridLike = 7,
        baseline: Baseline = 0.0,
        output: str = "logit",
        printed: bool = False,
        references: Tensor | None = None,
    ) -> T_co:
        """Compute what each part of the input added to the score (i-Algebra, eq. 2 to 6).

        Parameters
        ----------
        method : Method or str, optional
            From `xaiwidgets.methods`, also by name, as "ig" or 'gradcam(layer="conv2")'; by default
            that of `using`, else `Shapley(budget, grid, seed)`, whose settings `budget`, `grid` and
            `seed` are.
        budget : int or Budget
            Evaluations of the network at most, for each map; exact where 2 ** cells fits. A Budget
            limits them by `max_trial`, and seconds by `max_time`.
        seed : int
            The same seed gives the same map.
        target : int or str, optional
            Class by number or name; the class of the query, else the predicted class.
        grid : int, (int, int), "segments", "adaptive", or map of labels (H, W)
            Rows and columns of cells in the window (or the picture); parts that look alike, or
            cells that are cut finer where they carry much (`methods.Segments`, `Adaptive`); or
            whole numbers, one for each part, such as a region drawn by hand (`methods.Cells`).
            All sides of a join or an anti-join need the same parts.
        baseline : float, str or picture
            What an absent cell shows: a number, "zeros", "mean", "blur" or another picture. In an
            anti-join of several inputs it is the other input.
        output : "logit" or "probability"
            The score to explain.
        printed : bool
            For an anti-join of two networks: the expectation as printed in the paper, which does
            not sum to f(x) - f'(x), instead of the difference of the maps.
        references : Tensor (N, C, H, W), optional
            Other inputs like this one, for a method that needs them (pda).

        Returns
        -------
        Attribution, or for an anti-join Comparison

        Raises
        ------
        InputError, ModelError
            Also where the method is not valid for the network.
        CompositionError
            If the method cannot explain this composition.
        """
        how: dict[str, Any] = {"budget": budget, "seed": seed, "grid": grid, "baseline": baseline}
        if references is not None:
            how["references"] = references
        return self.steps(method, target=target, output=output, printed=printed, **how).run()

    def steps(
        self,
        method: Method | str | None = None,
        *,
        cache: Cache | None = None,
        printed: bool = False,
        **how: Any,
    ) -> Work[T_co]:
        """Return the work of `explain`, its arguments checked; previews come on the way.

        What `cache` (by default the model's own, of this session) holds is not evaluated again.
        """
        # Budget, grid and seed say how Shapley values are estimated; all else says what is
        # explained.
        settings = {name: how.pop(name) for name in SETTINGS if name in how}
        chosen = choose_method(self.method if method is None else method, settings)
        self.check_method(chosen)
        tasks = self._naming(chosen).tasks(**how)
        # Before anything is evaluated: segments follow each picture, so that cells of two sides
        # would be other players, whose values neither add up nor compare.
        check_players(chosen, tasks)
        return self._combined(chosen.explain(tasks, cache), printed)

    def _naming(self, method: Method) -> Explainable[T_co]:
        """Return what gives its maps a query that names the method, too."""
        # Shapley values are what a query asks for by itself; their settings stand beside it.
        if isinstance(method, Shapley):
            return self
        try:
            return self.using(method)
        except InputError:  # of a class of one's own, which no text stands for
            return self

    def explain_plan(self, *, cache: Cache | None = None, **how: Any) -> Plan:
        """Return what `explain` would evaluate, and what is cached already; evaluates no map.

        InputError if the method is not Shapley values: others play no games of coalitions.

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
        method = choose_method(self.method, settings)
        if not isinstance(method, Shapley):
            raise InputError(f"a plan is of Shapley values; {method.label} needs none")
        return Plan.of(str(self), method, self.tasks(**how), cache)


def refuse_printed(printed: bool, interpretation: object) -> None:
    """Raise InputError if the printed form is asked for of what has none."""
    if printed:
        raise InputError(
            f"printed is for an anti-join of two networks, and not for {interpretation}"
        )
