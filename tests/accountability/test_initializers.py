"""Keras's initialisers: names, shapes, variances, seeds."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import kstest, truncnorm

from xaiwidgets.accountability import initializers
from xaiwidgets.accountability.initializers import (
    NAMES,
    Constant,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    fans,
)
from xaiwidgets.errors import InputError

INPUTS, OUTPUTS = 400, 200
FAN = {"lecun": 1 / INPUTS, "glorot": 2 / (INPUTS + OUTPUTS), "he": 2 / INPUTS}
"""Variances, from the papers: LeCun 1998, Glorot 2010, He 2015."""


def draw(name: str, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return initializers.get(name)((INPUTS, OUTPUTS), generator)


def test_the_names_are_keras() -> None:
    assert set(NAMES) == {
        *("zeros", "ones", "constant", "random_normal", "random_uniform", "truncated_normal"),
        *(f"{who}_{kind}" for who in FAN for kind in ("normal", "uniform")),
    }


@pytest.mark.parametrize("name", [f"{who}_{kind}" for who in FAN for kind in ("normal", "uniform")])
def test_the_variance_is_that_of_the_formula(name: str) -> None:
    who, kind = name.split("_")
    weights = draw(name).double()
    # 80,000 numbers: the standard error of a variance is below 0.5 %.
    assert float(weights.var()) == pytest.approx(FAN[who], rel=0.02)
    assert abs(float(weights.mean())) < 5 * math.sqrt(FAN[who] / weights.numel())
    deviation = math.sqrt(FAN[who])
    if kind == "uniform":
        limit = math.sqrt(3) * deviation
        assert 0.999 * limit < float(weights.abs().max()) <= limit * (1 + 1e-6)
    else:
        # Keras divides by the deviation of the cut normal, so that the cut is beyond 2 deviations.
        limit = 2 * deviation / 0.87962566103423978
        assert 0.97 * limit < float(weights.abs().max()) <= limit * (1 + 1e-6)


def test_a_normal_is_cut_as_scipy_cuts_it() -> None:
    weights = TruncatedNormal(1.0, 0.5)((100_000,), torch.Generator().manual_seed(1))
    wanted = truncnorm(-2, 2, loc=1.0, scale=0.5)
    assert float(weights.min()) >= 0.0 and float(weights.max()) <= 2.0
    assert kstest(weights.numpy(), wanted.cdf).pvalue > 0.001
    assert pytest.approx(truncnorm(-2, 2).std(), abs=1e-12) == initializers.TRUNCATED_STDDEV


def test_simple_ones_have_keras_defaults() -> None:
    assert bool((draw("zeros") == 0).all()) and bool((draw("ones") == 1).all())
    assert bool((Constant(0.3)((2, 3), torch.Generator()) == 0.3).all())
    assert float(draw("random_normal").std()) == pytest.approx(0.05, rel=0.02)
    assert float(draw("truncated_normal").abs().max()) <= 0.1
    assert float(draw("random_uniform").abs().max()) <= 0.05
    generator = torch.Generator().manual_seed(0)
    assert float(RandomNormal(2.0, 0.1)((9999,), generator).mean()) == pytest.approx(2, abs=0.01)
    assert float(RandomUniform(1.0, 3.0)((9999,), generator).min()) == pytest.approx(1, abs=0.01)


def test_fans_are_those_of_keras() -> None:
    assert fans((784, 256)) == (784, 256)
    assert fans((10,)) == (10, 10) and fans(()) == (1, 1)
    assert fans((3, 3, 8, 16)) == (72, 144)


def test_a_seed_gives_the_same_and_the_global_state_is_left() -> None:
    before = torch.get_rng_state()
    for name in NAMES:
        assert torch.equal(draw(name, 3), draw(name, 3))
    assert not torch.equal(draw("he_normal", 3), draw("he_normal", 4))
    assert torch.equal(before, torch.get_rng_state())


def test_wrong_ones_are_named() -> None:
    for wrong in ({"mode": "fan"}, {"distribution": "normal"}):
        with pytest.raises(InputError, match="use one of fan_in, fan_out, fan_avg, and one of"):
            initializers.VarianceScaling(**wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"'glorot'.*'glorot_normal'"):
        initializers.get("glorot")
    with pytest.raises(InputError, match="3"):
        initializers.get(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"shape \(2, 3\)"):
        initializers.draw_weights(
            lambda shape, generator: torch.zeros(1), (2, 3), torch.Generator()
        )
