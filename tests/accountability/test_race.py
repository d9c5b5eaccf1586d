"""What a trial may change, pairs of seeds, and what choosing the best shown is worth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.accountability.helpers import DIGITS, SMALL, TESTED, found, numbers
from xaiwidgets import Budget, accountability
from xaiwidgets.accountability import SearchResult
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import IntervalEstimate

DATA = DIGITS[0][:200], DIGITS[1][:200]
HELD_OUT = TESTED[0][:100], TESTED[1][:100]
TWO = Budget(max_trial=2)


def searched(strategy: str, **settings: Any) -> SearchResult:
    return found(TWO, DATA, strategy=strategy, held_out=HELD_OUT, deltas=(0.01,), **settings)


def test_order_keeps_the_initial_weights_and_ends_elsewhere() -> None:
    result = searched("order")
    recipe = result.recipe
    starts = recipe.initial_weights([trial.id for trial in (result.baseline, *result.trials)])
    for start in starts[1:]:
        assert all(torch.equal(start[name], starts[0][name]) for name in start)
    orders = [recipe.for_trial(number).example_order(0, 200) for number in range(3)]
    assert len({tuple(order.tolist()) for order in orders}) == 3
    low, high = result.spread
    losses = {trial.loss for trial in (result.baseline, *result.trials)}
    assert high >= low and len(losses) == 3
    assert [trial.delta for trial in result.trials] == [None, None]


def test_all_redraws_both_and_reseed_the_weights_alone() -> None:
    both, weights = searched("all").recipe, searched("reseed").recipe
    for recipe in (both, weights):
        first, second = (recipe.draw_initial_weights(number) for number in (1, 2))
        assert not torch.equal(first["1.weight"], second["1.weight"])
    assert torch.equal(*(weights.for_trial(n).example_order(0, 50) for n in (0, 1)))
    assert not torch.equal(*(both.for_trial(n).example_order(0, 50) for n in (0, 1)))


@pytest.mark.parametrize("strategy", ["order", "all"])
def test_the_baseline_and_the_trials_depend_on_nothing_else(strategy: str) -> None:
    result, shifted = searched(strategy), searched("shift")
    assert numbers(result)[0] == numbers(shifted)[0]
    more = found(Budget(max_trial=3), DATA, strategy=strategy, held_out=HELD_OUT, deltas=(0.01,))
    assert numbers(more)[:3] == numbers(result)
    resumed = found(
        Budget(max_trial=3),
        DATA,
        strategy=strategy,
        held_out=HELD_OUT,
        deltas=(0.01,),
        resume=result,
    )
    assert numbers(resumed) == numbers(more)
    net = accountability.retrain(result, DATA, result.trials[0]).run()
    inputs = torch.from_numpy(DATA[0]).float() / 255
    right = (net(inputs).argmax(1).numpy() == DATA[1]).mean()
    assert right == pytest.approx(result.trials[0].accuracy)


def test_halves_of_what_is_held_out_sum_to_it() -> None:
    for trial in (searched("shift").baseline, *searched("shift").trials):
        assert trial.held_out_halves is not None
        (first, one), (second, other) = trial.held_out_halves
        assert (one, other) == (50, 50)
        assert (first + second) / 100 == pytest.approx(trial.held_out_accuracy)
    assert found(TWO, DATA).baseline.held_out_halves is None
    odd = found(TWO, DATA, held_out=(TESTED[0][:7], TESTED[1][:7])).baseline.held_out_halves
    assert odd is not None and [count for _, count in odd] == [4, 3]
    assert "held_out_halves" not in searched("shift").rows()[0]


def with_halves(result: SearchResult, *halves: tuple[int, int]) -> SearchResult:
    """Return a result whose start and trials have so many right in either half of ten."""
    trials = [
        replace(trial, held_out_halves=((first, 10), (second, 10)))
        for trial, (first, second) in zip((result.baseline, *result.trials), halves, strict=True)
    ]
    return replace(result, baseline=trials[0], trials=tuple(trials[1:]))


def test_what_is_chosen_on_one_half_is_read_on_the_other() -> None:
    result = with_halves(searched("shift"), (5, 5), (9, 4), (3, 8))
    both = accountability.optimism(result)
    # 9 there and 4 here, 8 there and 3 here.
    assert both.chosen.value == pytest.approx(17 / 20) and both.read.value == pytest.approx(7 / 20)
    # Where all are alike there is nothing to choose.
    level = accountability.optimism(with_halves(searched("shift"), (5, 6), (5, 6), (5, 6)))
    assert level.chosen.value == level.read.value == pytest.approx(11 / 20)
    with pytest.raises(InputError, match="nothing is held out"):
        accountability.optimism(found(TWO, DATA))
    with pytest.raises(InputError, match="there is no result"):
        accountability.optimism()


def test_a_search_that_has_diverged_everywhere_promises_nothing() -> None:
    result = found(TWO, DATA, held_out=TESTED, learning_rate=1e30)
    assert all(trial.diverged for trial in (result.baseline, *result.trials))
    both = accountability.optimism(result)
    assert both.chosen.value == both.read.value == 0
    lanes = accountability.Race((0,), {"shift": (result,)})
    with pytest.raises(InputError, match=r"lane is 'start'; one of \['shift'\]"):
        lanes.optimism("start")


def raced(seeds: int, **options: Any) -> accountability.Race:
    settings: dict[str, Any] = {**SMALL, "budget": TWO, "deltas": (0.01,), "held_out": HELD_OUT}
    return accountability.race(DATA, seeds=seeds, **{**settings, **options}).run()


def test_a_race_is_judged_by_pairs_of_one_seed() -> None:
    race = raced(3, strategies=("shift", "order"))
    assert race.seeds == (0, 1, 2) and race.names == ("shift", "order", "longer", "start")
    alone = found(TWO, DATA, held_out=HELD_OUT, deltas=(0.01,), seed=1)
    assert numbers(race.lanes["shift"][1]) == numbers(alone)
    longer = found(Budget(max_trial=0), DATA, held_out=HELD_OUT, seed=2, epochs=2)
    assert race.held_out("longer")[2] == longer.baseline.held_out_accuracy
    for verdict in race.verdicts:
        pairs = zip(race.held_out("shift"), race.held_out(verdict.other), strict=True)
        differences = [ours - theirs for ours, theirs in pairs]
        assert verdict.difference.value == pytest.approx(sum(differences) / 3)
        assert "±" in str(verdict) and "3 seeds" in str(verdict)
        if not verdict.difference.excludes(0):
            assert str(verdict).startswith("no verdict")


def test_one_seed_is_no_verdict() -> None:
    race = raced(1, longer=False)
    assert race.names == ("shift", "reseed", "start")
    for verdict in race.verdicts:
        assert str(verdict) == "one seed: no verdict" and not verdict.difference.excludes(0)
        assert "±" not in str(verdict)


def test_the_seeds_that_are_finished_are_the_preview() -> None:
    settings: dict[str, Any] = {**SMALL, "budget": TWO, "held_out": HELD_OUT, "longer": False}
    steps = accountability.race(DATA, seeds=2, **settings)
    previews = [report.preview for report in steps if report.has_preview]
    assert previews and all(preview.seeds == (0,) for preview in previews)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"held_out": None}, "nothing is held out"),
        ({"seeds": 0}, "seeds is 0"),
        ({"strategies": "shift"}, "strategies is 'shift'"),
        ({"strategies": ("shift", "turn")}, "strategy is 'turn'"),
        ({"epochs": 0}, "epochs is 0"),
        ({"hidden": (0,)}, "hidden has 0"),
    ],
)
def test_what_cannot_be_raced_is_said_at_once(options: dict[str, Any], words: str) -> None:
    usual: dict[str, Any] = {**SMALL, "held_out": HELD_OUT, "seeds": 2}
    with pytest.raises(InputError, match=words):
        accountability.race(DATA, **{**usual, **options})


def test_a_verdict_says_its_difference_in_points_with_half_its_interval() -> None:
    verdict = accountability.LaneVerdict("a", "b", IntervalEstimate(0.012, 0.005, 0.019), 6)
    assert str(verdict) == "a - b, held-out: +1.20 ± 0.70 points over 6 seeds"
    near = replace(verdict, difference=IntervalEstimate(-0.1, -0.21, 0.01))
    assert str(near) == "no verdict: a - b, held-out: -10.00 ± 11.00 points over 6 seeds"
