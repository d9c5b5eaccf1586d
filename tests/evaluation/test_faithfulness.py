"""Infidelity, mu-fidelity, sensitivity and exact agreement, against captum and by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from captum import metrics
from scipy.stats import spearmanr

from tests import models
from tests.evaluation.helpers import Given, Linear, Sum, map_of, picture
from xaiwidgets import Classifier, Window
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation import (
    CentreBump,
    ConstantMapError,
    Infidelity,
    against_exact,
    infidelity,
    sensitivity,
)
from xaiwidgets.evaluation._exact import _with_error, rank_correlations
from xaiwidgets.evaluation._infidelity import _correlation
from xaiwidgets.evaluation._sensitivity import uniform_noise
from xaiwidgets.methods import LRP, PredictionDifference, Shapley, Task


@pytest.fixture
def model() -> Classifier:
    return Classifier(Sum(), classes=["sum", "minus"])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_mu_fidelity_of_a_sum_is_1_and_of_its_negative_minus_1(
    model: Classifier, share: float
) -> None:
    image = picture(8)
    for factor in (1.0, 7.0, -1.0):
        found = infidelity(model, image, map_of(model, image, factor * image[0]), share=share).run()
        assert found.correlation.value == pytest.approx(np.sign(factor), abs=1e-5)
        assert found.correlation.low == pytest.approx(found.correlation.high, abs=1e-5)
    assert infidelity(model, image, map_of(model, image, image[0])).run().value.high < 1e-9


def test_sets_have_one_size(model: Classifier) -> None:
    image = torch.ones(1, 4, 4)
    found = infidelity(model, image, map_of(model, image, picture(4)[0]), share=0.25).run()
    assert found.measured == pytest.approx(4)
    # Nothing varies but the map: there is no correlation.
    assert found.correlation.value == 0
    one = infidelity(model, image, map_of(model, image, picture(4)[0]), share=0.01).run()
    assert one.measured == pytest.approx(1)
    most = infidelity(model, image, map_of(model, image, picture(4)[0]), share=0.99).run()
    assert most.measured == pytest.approx(15)


def test_a_guess_correlates_as_chance_says(model: Classifier) -> None:
    image, draw, beyond = picture(4), np.random.default_rng(0), 0
    for seed in range(40):
        guess = map_of(model, image, draw.permutation(16).reshape(4, 4))
        found = infidelity(model, image, guess, seed=seed).run()
        low, high = found.chance
        beyond += not low <= found.correlation.value <= high
        assert -0.8 < low < -0.3 < 0.3 < high < 0.8
    assert 1 <= beyond <= 6  # 5 % of 40 are 2


@pytest.mark.parametrize("normalize", [False, True])
def test_infidelity_is_that_of_captum(normalize: bool) -> None:
    model, image = Classifier(models.small()), picture(6, 3)
    attribution = map_of(model, image, picture(6, seed=5)[0], target=2)
    found = infidelity(model, image, attribution, samples=40, share=0.3, seed=3).run()
    size = round(0.3 * 36)
    removed = np.random.default_rng(3).random((40, 36)).argsort(1) < size
    masks = torch.from_numpy(removed.reshape(40, 1, 6, 6))

    def perturb(inputs: torch.Tensor) -> Any:
        # As captum divides by the input: 1 where a pixel goes to 0, its whole attribution.
        gone = masks.expand(-1, 3, -1, -1)
        return gone.float(), torch.where(gone, 0, inputs)

    net = models.small().eval()
    of_channels = torch.from_numpy(attribution.values)[None, None].expand(1, 3, -1, -1) / 3
    expected = metrics.infidelity(
        net, perturb, image[None], of_channels, target=2, n_perturb_samples=40, normalize=normalize
    )
    value = found.scaled if normalize else found.value
    assert value.value == pytest.approx(float(expected), rel=1e-4)
    assert value.low <= value.value <= value.high
    assert found.correlation.value == pytest.approx(
        np.corrcoef(found.predicted, found.measured)[0, 1]
    )


def test_a_map_that_says_nothing_of_all_sets_misses_what_is_measured() -> None:
    measured = np.array([1.0, -2.0, 3.0, 0.0, 1.0, 1.0])
    found = Infidelity(np.zeros(6), measured, "logit", (-1.0, 1.0))
    # No factor makes anything of nothing.
    assert found.scaled.value == found.value.value == pytest.approx((measured**2).mean())


def test_what_is_constant_but_for_rounding_correlates_with_nothing() -> None:
    x = np.array([1.0, 1.0 + 1e-15, 1.0])
    assert _correlation(x, np.array([1.0, 2.0, 3.0])) == 0
    assert _correlation(np.array([1.0, 2.0, 4.0]), np.array([2.0, 4.0, 8.0])) == pytest.approx(1)


@pytest.mark.parametrize("share", [0, 1, -0.1, float("nan")])
def test_a_share_is_between_0_and_1(model: Classifier, share: float) -> None:
    with pytest.raises(InputError, match="share is"):
        infidelity(model, picture(), Given(), share=share)


# --- sensitivity -------------------------------------------------------------------------------


def test_sensitivity_is_that_of_captum_with_the_same_noise(model: Classifier) -> None:
    image = picture(6, 2)
    random = torch.get_rng_state()
    found = sensitivity(model, image, Given(), samples=6, radius=0.1, seed=4).run()
    assert torch.equal(torch.get_rng_state(), random)
    noise = uniform_noise(image, 0.1, 6, 4)
    scale = 0.1 * float(image.max() - image.min())
    assert 0.8 * scale < float(noise.abs().max()) <= scale
    assert float(noise.min()) < 0 < float(noise.max())
    rows = iter(noise)

    def explain(inputs: Any) -> Any:
        (only,) = inputs if isinstance(inputs, tuple) else (inputs,)
        return only.sum(1, keepdim=True)

    expected = metrics.sensitivity_max(
        explain,
        image[None],
        perturb_func=lambda inputs: inputs + next(rows),
        n_perturb_samples=6,
        max_examples_per_batch=1,
    )
    assert found.maximum == pytest.approx(float(expected), rel=1e-5)
    assert found.mean.low < found.mean.value < found.maximum
    assert found.distances.shape == (6,)


def test_what_does_not_look_is_not_sensitive(model: Classifier) -> None:
    assert sensitivity(model, picture(), CentreBump()).run().maximum == 0


def test_the_class_stays_that_of_the_picture() -> None:
    # On the boundary noise changes the class, and the map of the other class is the negative.
    model = Classifier(Linear(16), output="logits")
    image = picture(4)
    found = sensitivity(model, image, LRP("epsilon"), radius=0.5, samples=20).run()
    assert found.maximum < 1.5


def test_the_others_are_asked_what_the_map_was(model: Classifier) -> None:
    image, window = picture(6), Window(1, 2, 4, 3)
    method = Shapley(grid=2, budget=16)
    task = Task(model, image, 1, window, output="probability")
    (attribution,) = method.explain([task]).run()
    found = sensitivity(model, image, method, attribution=attribution, samples=3, seed=2).run()
    expected = []
    for noise in uniform_noise(image, 0.02, 3, 2):
        (moved,) = method.explain([replace(task, input=image + noise)]).run()
        expected.append(np.linalg.norm(moved.values - attribution.values))
    length = np.linalg.norm(attribution.values)
    assert found.distances == pytest.approx(np.array(expected) / length, rel=1e-4)
    assert min(expected) > 0


def test_sensitivity_refuses_maps_and_constant_ones(model: Classifier) -> None:
    image = picture()
    with pytest.raises(InputError, match="give the method"):
        sensitivity(model, image, map_of(model, image, image[0]))  # type: ignore[arg-type]
    with pytest.raises(ConstantMapError):
        sensitivity(model, torch.ones(1, 4, 4), Given()).run()
    for radius in (0, -1, float("inf"), float("nan")):
        with pytest.raises(InputError, match="radius"):
            sensitivity(model, image, Given(), radius=radius)
    with pytest.raises(InputError, match="PDA needs references"):
        sensitivity(model, image, PredictionDifference())


# --- agreement with exact games ----------------------------------------------------------------


def test_agreement_with_a_sum_is_1_and_minus_1(model: Classifier) -> None:
    image = picture(6)
    for sign in (1, -1):
        found = against_exact(model, image, map_of(model, image, sign * image[0])).run()
        assert found.rank.value == found.rank.low == found.rank.high == pytest.approx(sign)
        assert found.evaluations == 512
        # The sum is additive: its Shapley values are the sums of the cells.
        expected = image[0].numpy().reshape(3, 2, 3, 2).sum((1, 3))
        assert found.exact == pytest.approx(expected, abs=1e-4)
        assert found.cells == pytest.approx(sign * expected, abs=1e-4)


def test_agreement_is_spearmans_with_shapley_values_of_the_same_class() -> None:
    model, image = Classifier(models.small()), picture(9, 3)
    attribution = map_of(model, image, picture(9, seed=8)[0], target=1)
    found = against_exact(model, image, attribution).run()
    exact = model(image).explain(Shapley(grid=3, budget=512), target=1)
    assert found.exact == pytest.approx(exact.cells, abs=1e-5)
    assert found.rank.value == pytest.approx(spearmanr(found.cells.ravel(), exact.cells.ravel())[0])
    part = against_exact(model, image, replace(attribution, unit="probability"), grid=2).run()
    chance = model(image).explain(Shapley(grid=2), target=1, output="probability")
    assert part.exact == pytest.approx(chance.cells, abs=1e-5)


def test_chance_is_where_random_orders_lie(model: Classifier) -> None:
    image = picture(6)
    found = against_exact(model, image, map_of(model, image, image[0]), grid=(1, 6)).run()
    orders = np.array(list(itertools.permutations(range(6))))
    ranks = [np.corrcoef(order, np.arange(6))[0, 1] for order in orders]
    low, high = np.quantile(ranks, [0.025, 0.975])
    assert found.chance == pytest.approx((low, high), abs=0.08)
    # Of nine cells: the critical value of Spearman's test at 5 %, both sides; at 10 % it is 0.6.
    cells = map_of(model, image, image[0])
    chances = [against_exact(model, image, cells, grid=3, seed=s).run().chance for s in range(5)]
    assert np.mean(chances, axis=0) == pytest.approx((-0.683, 0.683), abs=0.03)


def test_the_error_of_a_map_is_the_error_of_its_agreement(model: Classifier) -> None:
    image = picture(4)
    sure = map_of(model, image, image[0], standard_error=np.zeros(16))
    unsure = map_of(model, image, image[0], standard_error=np.full(16, 0.5))
    unknown = map_of(model, image, image[0], standard_error=np.full(16, np.inf))
    ranks = [
        against_exact(model, image, each, grid=2).run().rank for each in (sure, unsure, unknown)
    ]
    assert ranks[0] == ranks[2]
    assert ranks[0].low == ranks[0].value == ranks[0].high
    assert ranks[1].low < ranks[1].value <= ranks[1].high


def test_what_an_error_leaves_open_is_the_middle_95_percent() -> None:
    class Known:
        values = np.arange(9.0)

        def errors(self) -> Any:
            return np.full(9, 2.0)

    cells: Any = Known()
    found = _with_error(cells, Known.values, np.random.default_rng(0))
    noise = 2 * np.random.default_rng(1).standard_normal((20_000, 9))
    inside, beyond = np.quantile(
        rank_correlations(Known.values + noise, Known.values), [0.05, 0.025]
    )
    assert abs(found.low - beyond) < abs(found.low - inside)
    assert found.value == found.high == 1


def test_the_error_of_a_coarser_cell_is_that_of_a_sum(model: Classifier) -> None:
    from xaiwidgets.evaluation._cell_map import MapRequest

    image, errors = picture(4), picture(4, seed=9)[0].numpy().astype(np.float64)
    attribution = map_of(model, image, image[0], standard_error=errors.ravel())
    cells = MapRequest.of(model, image, attribution, grid=2).compute()
    variances = (errors**2).reshape(2, 2, 2, 2).sum((1, 3))
    found = _last(cells).errors()
    assert found == pytest.approx(np.sqrt(variances).ravel(), rel=1e-5)
    assert _last(MapRequest.of(model, image, Given(), grid=2).compute()).errors() is None


def _last(steps: Any) -> Any:
    from xaiwidgets.steps import run

    return run(steps)


def test_games_that_are_too_large_or_too_small_are_refused(model: Classifier) -> None:
    image = picture(8)
    with pytest.raises(InputError, match="33,554,432 coalitions"):
        against_exact(model, image, Given(), grid=5)
    with pytest.raises(InputError, match="2 to 16"):
        against_exact(model, image, Given(), grid=1)
    with pytest.raises(InputError, match="seed is -1"):
        against_exact(model, image, Given(), seed=-1)
    window = Window(0, 0, 2, 8)
    attribution = map_of(model, image, np.arange(16.0).reshape(2, 8), window=window)
    assert against_exact(model, image, attribution).run().exact.shape == (2, 3)


def test_they_are_drawn(model: Classifier) -> None:
    image = picture()
    for found in (infidelity, against_exact):
        assert found(model, image, Given(), grid=2).run()._repr_png_()[1:4] == b"PNG"
