"""Shapley values as a method: its settings, tasks side by side, and previews nobody looks at."""

from __future__ import annotations

import weakref
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tests import models
from xaiwidgets import Budget, Classifier, Window
from xaiwidgets.errors import CompositionError, InputError, ModelError
from xaiwidgets.methods import Cache, Method, Shapley, Task, choose_method, shapley
from xaiwidgets.methods._regression import Regression
from xaiwidgets.work import Work

NETWORK = Classifier(models.small(), classes=["cat", "dog", "bird", "fish"])
OTHER = Classifier(models.small(seed=5), classes=["cat", "dog", "bird", "fish"])
X, Y = torch.rand(2, 3, 12, 12, generator=torch.Generator().manual_seed(0))
QUICK = Shapley(budget=60, grid=4)


@pytest.mark.parametrize(
    "method",
    [
        Shapley(),
        Shapley(grid=(3, 5), seed=2),
        Shapley(Budget(max_trial=50, max_time=2.0)),
        Shapley(np.int64(64), [4, 4], np.int32(3)),  # type: ignore[arg-type]
    ],
    ids=repr,
)
def test_its_repr_is_the_python_that_makes_it(method: Shapley) -> None:
    assert eval(repr(method)) == method
    assert isinstance(method, Method)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"budget": 1}, "budget is 1; use a whole number"),
        ({"budget": 10.5}, "budget is 10.5"),
        ({"budget": True}, "budget is True"),
        ({"budget": Budget(max_time=1.0)}, "a Budget with max_trial"),
        ({"grid": 0}, "grid is 0"),
        ({"grid": (2, 3, 4)}, r"grid is \(2, 3, 4\)"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Shapley(**wrong)


def test_tasks_side_by_side_have_the_maps_that_they_have_alone() -> None:
    tasks = [
        Task(NETWORK, X),
        Task(NETWORK, Y, target=1, window=Window(2, 3, 8, 6), output="probability"),
        Task(OTHER, X, baseline="blur"),
    ]
    together = QUICK.explain(tasks, Cache()).run()
    alone = [QUICK.explain([task], Cache()).run()[0] for task in tasks]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.cells, other.cells, atol=1e-6)
        assert one.target == other.target
    assert [one.query for one in together] == [""] * 3
    assert all(eval(one.method) == QUICK for one in together)


def test_explaining_nothing_or_something_unknown_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="no tasks"):
        QUICK.explain([])
    with pytest.raises(InputError, match=r"target is 1\.5"):
        Task(NETWORK, X, target=1.5)  # type: ignore[arg-type]


def test_networks_of_other_classes_are_not_compared() -> None:
    three = Classifier(models.small(classes=3))
    with pytest.raises(InputError, match=r"(4 and 3|3 and 4) classes"):
        QUICK.explain([Task(NETWORK, X), Task(three, X)]).run()


def test_the_class_is_that_of_the_chooser_whether_it_is_a_side_or_not() -> None:
    loud = Classifier(models.small(), classes=NETWORK.classes)
    with torch.no_grad():
        loud.net[-1].bias[1] += 100  # type: ignore[index, union-attr]
    task = Task(NETWORK, X, chooser=loud)
    assert QUICK.explain([task], Cache()).run()[0].target == 1
    side, map_of_loud = QUICK.explain([task, Task(loud, X)], Cache()).run()
    assert side.target == map_of_loud.target == 1
    assert QUICK.explain([replace(task, chooser=None)], Cache()).run()[0].target != 1


class Bright(torch.nn.Module):
    """Class 0 for bright pictures, class 1 for dark ones."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean((1, 2, 3))
        return torch.stack([mean, 0.3 - mean, mean * 0 - 9, mean * 0 - 9], 1)


def test_a_side_that_shows_another_picture_does_not_choose_for_this_one() -> None:
    chooser = Classifier(Bright(), classes=NETWORK.classes)
    sides = [Task(chooser, X * 0 + 0.1, baseline=X), Task(NETWORK, X, chooser=chooser)]
    assert [found.target for found in QUICK.explain(sides, Cache()).run()] == [1, 0]


def test_a_map_of_a_live_budget_says_which_it_was() -> None:
    found = replace(QUICK, budget=lambda: 50).explain([Task(NETWORK, X)]).run()[0]
    assert eval(found.method) == replace(QUICK, budget=50)
    assert found.evaluations == 50


def test_a_finished_map_is_recalled_for_another_query() -> None:
    cache = Cache()
    first = QUICK.explain([Task(NETWORK, X, query="one")], cache).run()[0]
    again = QUICK.explain([Task(NETWORK, X, query="two")], cache).run()[0]
    assert again == replace(first, query="two", paid=0, seconds=again.seconds)
    assert again.samples is first.samples


def test_a_map_under_a_clock_is_not_taken_for_the_budgets_own() -> None:
    cache, task = Cache(), Task(NETWORK, X)
    hurried = replace(QUICK, budget=Budget(max_trial=60, max_time=0.0))
    assert hurried.explain([task], cache).run()[0].evaluations < 60
    assert QUICK.explain([task], cache).run()[0].evaluations == 60
    patient = replace(QUICK, budget=Budget(max_trial=60))
    assert patient.explain([task], cache).run()[0].paid == 0


def test_a_map_whose_budget_was_moved_is_not_taken_for_another() -> None:
    cache, task, budget = Cache(), Task(NETWORK, X), [60]
    work = replace(QUICK, budget=lambda: budget[0]).explain([task], cache)
    for report in work:
        if report.done:  # the empty and the grand coalition
            budget[0] = 20
    assert work.run()[0].evaluations < 60
    assert QUICK.explain([task], cache).run()[0].evaluations == 60


def solves(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    solve = Regression.solve
    monkeypatch.setattr(Regression, "solve", lambda self: (calls.append(1), solve(self))[1])
    return calls


def test_previews_that_nobody_looks_at_are_not_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = solves(monkeypatch)
    work = QUICK.explain([Task(NETWORK, X)], Cache())
    reports = list(work)
    assert sum(report.has_preview for report in reports) > 1
    assert len(calls) == 1
    before = work.run()[0]
    assert reports[-1].preview[0].evaluations == 60
    assert len(calls) == 2
    # One refit behind at most, as not every batch is followed by one.
    assert reports[-1].preview[0].cells == pytest.approx(before.cells, abs=2e-3)


def test_a_preview_is_of_its_step_also_if_it_is_looked_at_later() -> None:
    a = np.random.default_rng(0).normal(size=(9, 4))

    def game(masks: np.ndarray) -> np.ndarray:
        return np.tanh(masks @ a).sum(1)

    looked = [p.preview for p in shapley(game, 9, budget=100, batch=8)]
    reports = list(shapley(game, 9, budget=100, batch=8))
    later = [report.preview for report in reports]
    for one, other in zip(looked, later, strict=True):
        assert one.evaluations == other.evaluations
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(one.standard_error, other.standard_error)
    assert len({tuple(each.values) for each in later}) > 3


def test_looking_at_previews_does_not_change_the_result() -> None:
    for players, budget in ((6, 40), (9, 200), (12, 24)):
        a = np.random.default_rng(players).normal(size=players)
        unseen = shapley(lambda s, a=a: np.sin(s @ a), players, budget=budget).run()
        work = shapley(lambda s, a=a: np.sin(s @ a), players, budget=budget)
        for report in work:
            assert report.preview is not None
        np.testing.assert_array_equal(work.run().values, unseen.values)


def test_a_closed_game_leaves_the_network_as_it_was() -> None:
    net = models.Untidy()
    before = models.condition(net)
    work = QUICK.explain([Task(Classifier(net), X), Task(Classifier(net), Y)])
    for _ in range(5):
        next(work)
    work.close()
    assert models.condition(net) == before
    with pytest.raises(ModelError):
        Shapley().explain([Task(Classifier(models.Failing(at=3)), X)]).run()


def test_a_network_is_known_by_reference_and_not_kept_alive() -> None:
    net = models.small()
    one, same, other = Classifier(net), Classifier(net), Classifier(models.small())
    assert one.derived.identity == same.derived.identity != other.derived.identity
    assert hash(one.derived.identity) == hash(same.derived.identity)
    key, gone = one.derived.identity, weakref.ref(net)
    del net, one, same
    assert gone() is None
    assert key != other.derived.identity


def test_networks_that_look_alike_share_no_answers() -> None:
    cache, nets = Cache(), [Classifier(models.small()) for _ in range(2)]
    nets[1].net.load_state_dict(nets[0].net.state_dict())
    assert nets[0].weights() == nets[1].weights()
    paid = [QUICK.explain([Task(net, X, 0)], cache).run()[0].paid for net in (*nets, nets[0])]
    assert paid[0] == paid[1] > 0
    assert paid[2] == 0


def test_the_default_method_or_another_is_chosen() -> None:
    assert choose_method(None, {"budget": 8}) == Shapley(budget=8)
    assert choose_method(QUICK, {"budget": 1024, "grid": 7, "seed": 0}) is QUICK
    with pytest.raises(InputError, match="budget, grid, seed are settings of the default method"):
        choose_method(QUICK, {"budget": 8})
    with pytest.raises(InputError, match=r"method is .*; use one of xaiwidgets\.methods"):
        choose_method(Shapley, {})  # type: ignore[arg-type]


def test_an_interpretation_is_explained_by_any_method() -> None:
    term = NETWORK(X).where(Window(0, 0, 8, 8)).for_class("dog")
    found = term.explain(QUICK)
    assert found == replace(term.explain(budget=60, grid=4), paid=found.paid, seconds=found.seconds)
    assert (found.label, found.query) == ("dog", str(term))
    with pytest.raises(InputError, match="settings of the default"):
        term.explain(QUICK, budget=70)


def test_what_is_wrong_is_said_before_the_first_step() -> None:
    term = NETWORK(X)
    assert isinstance(term.steps(budget=8), Work)
    for how, words in (
        ({"budget": 1}, "budget is 1"),
        ({"output": "loss"}, "output is 'loss'"),
        ({"baseline": "black"}, "baseline is 'black'"),
        ({"target": "cow"}, "no class is named 'cow'"),
        ({"printed": True}, "printed is for an anti-join of two networks"),
    ):
        with pytest.raises(InputError, match=words):
            term.steps(**how)  # type: ignore[arg-type]
    for sides in (term.join(NETWORK(Y)), term.left_join(NETWORK(Y))):
        with pytest.raises(InputError, match="printed is for"):
            sides.steps(printed=True)


class Uneven:
    """Gives each task cells of its own."""

    label, needs, has_baseline = "uneven", frozenset[str](), True

    def explain(self, tasks: Any, cache: Any = None) -> Any:
        grids = (Shapley(16, grid) for grid in range(2, 2 + len(tasks)))
        maps = [grid.explain([task]).run()[0] for grid, task in zip(grids, tasks, strict=True)]
        return _done(maps)

    def incompatibility(self, task: Any) -> None:
        """Any network is valid."""


def _done(maps: list[Any]) -> Work[Any]:
    def steps() -> Any:
        return maps
        yield

    return Work(steps(), "uneven")


def test_maps_of_different_cells_do_not_add_up() -> None:
    with pytest.raises(CompositionError, match="maps of different cells"):
        NETWORK(X).join(NETWORK(Y)).explain(Uneven())


def test_a_sum_knows_only_what_all_its_maps_know() -> None:
    class Vague(Uneven):
        def explain(self, tasks: Any, cache: Any = None) -> Any:
            maps = QUICK.explain(tasks).run()
            return _done([maps[0], replace(maps[1], standard_error=None, residual=None)])

    found = NETWORK(X).join(NETWORK(Y)).explain(Vague())
    assert (found.standard_error, found.residual) == (None, None)
    assert found.baseline_output is not None
    with pytest.raises(InputError, match="printed form needs the same coalitions"):

        class Blind(Uneven):
            def explain(self, tasks: Any, cache: Any = None) -> Any:
                return _done([replace(m, samples=None) for m in QUICK.explain(tasks).run()])

        NETWORK(X).left_join(OTHER(X)).explain(Blind(), printed=True)


def test_the_printed_form_has_no_previews() -> None:
    work = NETWORK(X).left_join(OTHER(X)).steps(QUICK, printed=True)
    assert not any(report.has_preview for report in work)
    assert len(work.run().maps) == 2
