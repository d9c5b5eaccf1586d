"""The way to the boundary in even steps, against the toy worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.contrast.models import Circle, Coarse, Identity, toy
from xaiwidgets import Classifier, contrast, datasets, zoo
from xaiwidgets.contrast import Contrast
from xaiwidgets.errors import InputError
from xaiwidgets.steps import run

START = torch.tensor([[2.0, 0.0]])


def found(method: str = "cdeepex", generator: Identity | None = None) -> Contrast:
    steps = contrast.explain(toy(), generator or Identity(), START, "b", method=method)
    return run(steps)


def test_the_line_from_the_picture_to_the_boundary_is_even() -> None:
    morph = run(contrast.morph(toy(), Identity(), found(), frames=5))
    expected = torch.tensor([[2.0, 0.0], [1.875, 0.375], [1.75, 0.75], [1.625, 1.125], [1.5, 1.5]])
    assert torch.allclose(morph.images[:, 0], expected, atol=1e-6)
    # logits are (z0, z1, 1.5)
    assert np.allclose(morph.gap[:, 0], expected[:, 0] - expected[:, 1], atol=1e-5)
    assert np.allclose(morph.third[:, 0], 1.5 - expected.mean(1), atol=1e-5)
    assert np.allclose(morph.penalty, np.abs(morph.gap) + morph.third.clip(0), atol=1e-5)
    assert morph.intruders[:, 0].tolist() == [-1] * 5
    scores = torch.cat([expected, torch.full((5, 1), 1.5)], 1).log_softmax(1)
    assert np.allclose(morph.log_likelihoods[:, 0], scores, atol=1e-5)


def test_past_the_boundary_it_goes_on_the_same_way() -> None:
    morph = run(contrast.morph(toy(), Identity(), found(), frames=5, past=3))
    assert morph.positions.tolist() == [0, 0.25, 0.5, 0.75, 1, 1 + 1 / 16, 1 + 2 / 16, 1 + 3 / 16]
    # From (2, 0) to (1.5, 1.5) and on: one more sixteenth is (-.03125, .09375).
    step = torch.tensor([-0.5, 1.5]) / 16
    for count in (1, 2, 3):
        expected = torch.tensor([1.5, 1.5]) + count * step
        assert torch.allclose(morph.images[4 + count, 0], expected, atol=1e-5)
        assert morph.gap[4 + count, 0] == pytest.approx(float(expected[0] - expected[1]), abs=1e-5)
    ours = run(contrast.morph(toy(), Identity(), found(), frames=5))
    assert torch.equal(morph.images[:5], ours.images)
    assert ours.positions.tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_it_ends_where_the_probe_is_clear() -> None:
    # The logits are (z0, z1, 1.5), and s ways further z is (1.5 - s / 2, 1.5 + 1.5 s).
    shares = np.arange(1, 200) / 16
    logits = np.stack([1.5 - shares / 2, 1.5 + 1.5 * shares, np.full_like(shares, 1.5)], 1)
    probe = np.exp(logits[:, 1]) / np.exp(logits).sum(1)
    steps = 1 + int(np.argmax(probe >= 0.9))
    morph = run(contrast.morph(toy(), Identity(), found(), frames=2, past=100))
    assert len(morph.positions) == 2 + steps
    assert np.exp(morph.log_likelihoods[-1, 0, 1]) >= 0.9 > np.exp(morph.log_likelihoods[-2, 0, 1])


def test_the_margin_raises_the_third_classes() -> None:
    ours = run(contrast.morph(toy(), Identity(), found(), frames=3))
    wider = run(contrast.morph(toy(), Identity(), found(), frames=3, margin=0.5))
    assert np.allclose(wider.third, ours.third + 0.5, atol=1e-5)
    assert np.allclose(wider.gap, ours.gap)


def test_a_third_class_takes_over_on_the_way_of_xgems() -> None:
    # From (2, 0) to (1, 1), where the third class has 1.5: it leads from z0 = 1.5 on.
    morph = run(contrast.morph(toy(), Identity(), found("xgems"), frames=9))
    assert morph.intruders[:, 0].tolist() == [-1] * 5 + [2] * 4
    assert np.allclose(morph.penalty, np.abs(morph.gap)), "xGEMs pays for the gap alone"


def test_it_starts_at_the_picture_itself_and_ends_where_the_search_did() -> None:
    result = found(generator=Coarse())
    morph = run(contrast.morph(toy(), Coarse(), result, frames=2))
    assert torch.equal(morph.images[0], result.image)
    assert torch.allclose(morph.images[1], result.boundary, atol=1e-6)
    assert np.allclose(morph.gap[-1], result.gap, atol=1e-5)


def test_two_classes_have_no_third() -> None:
    start = torch.tensor([[0.1, 0.2]])
    result = run(contrast.explain(Classifier(Circle()), Identity(), start, 1))
    morph = run(contrast.morph(Classifier(Circle()), Identity(), result, frames=3))
    assert (morph.third == -math.inf).all()
    assert np.isfinite(morph.penalty).all()


def test_several_pairs_are_drawn_as_each_alone() -> None:
    model, generator = zoo.digits(), zoo.generator("digits")
    images = datasets.digits("test").images[:3]
    result = run(contrast.explain(model, generator, images, "7"))
    whole = run(contrast.morph(model, generator, result, frames=4))
    for at in range(3):
        alone = run(contrast.morph(model, generator, result[at], frames=4))
        assert torch.allclose(whole.images[:, at], alone.images[:, 0], atol=1e-5)
        assert np.allclose(whole.log_likelihoods[:, at], alone.log_likelihoods[:, 0], atol=1e-3)


def test_one_pair_of_a_contrast_is_a_contrast() -> None:
    model, generator = zoo.digits(), zoo.generator("digits")
    images = datasets.digits("test").images[:3]
    result = run(contrast.explain(model, generator, images, "7"))
    last = result[-1]
    assert len(last) == 1
    assert torch.equal(last.boundary[0], result.boundary[2])
    assert torch.equal(last.path[:, 0], result.path[:, 2])
    assert last.distance[0] == result.distance[2]
    with pytest.raises(IndexError):
        result[3]
    assert result.plot(2).axes[1].get_title() == "why not class 7?"
    named = result.plot(1, classes=[f"a {number}" for number in range(10)])
    assert named.axes[1].get_title() == "why not a 7?"


@pytest.mark.parametrize("frames", [1, 0, 2.5])
def test_a_morph_has_two_ends(frames: float) -> None:
    with pytest.raises(InputError, match="frames is"):
        run(contrast.morph(toy(), Identity(), found(), frames=frames))  # type: ignore[arg-type]
