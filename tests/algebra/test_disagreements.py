"""Where two networks disagree: known disagreements, their order, progress and errors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, algebra, steps
from xaiwidgets.algebra import Disagreement, disagreements
from xaiwidgets.errors import CompositionError, InputError, ModelError

SIDE = 4


class Brightness(nn.Module):
    """Says "bright" where the mean is above a threshold: the logits are (threshold, mean)."""

    def __init__(self, threshold: float, classes: int = 2) -> None:
        super().__init__()
        self.threshold, self.more = nn.Parameter(torch.tensor(threshold)), classes - 2

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean((1, 2, 3))
        logits = [self.threshold.expand_as(mean), mean]
        return torch.stack([*logits, *[mean - 9] * self.more], dim=1)


class LeftOnly(nn.Module):
    """Says "bright" where the left half is."""

    def forward(self, x: Tensor) -> Tensor:
        left = x[..., : SIDE // 2].mean((1, 2, 3))
        return torch.stack([torch.full_like(left, 0.5), left], dim=1)


def grey(*levels: float) -> Tensor:
    return torch.stack([torch.full((1, SIDE, SIDE), level) for level in levels])


def half(left: float, right: float) -> Tensor:
    columns = torch.tensor([left] * (SIDE // 2) + [right] * (SIDE // 2))
    return columns.expand(1, SIDE, SIDE).clone()


def named(net: nn.Module, name: str) -> Classifier:
    return Classifier(net, classes=["dark", "bright"], name=name)


def found(model: Classifier, rival: Classifier, images: Tensor, **how: int) -> list[Disagreement]:
    return steps.run(disagreements(model, rival, images, grid=2, **how))


ONE, OTHER = named(Brightness(0.3), "f"), named(Brightness(0.7), "g")


def test_disagreements_are_those_between_the_thresholds() -> None:
    images = grey(0.1, 0.5, 0.9, 0.2, 0.6, 0.35)
    assert sorted(d.index for d in found(ONE, OTHER, images)) == [1, 4, 5]


def test_both_predictions_are_told() -> None:
    (only,) = found(ONE, OTHER, grey(0.5))
    assert (only.prediction.label, only.rival_prediction.label) == ("bright", "dark")
    assert only.prediction == ONE.predict(grey(0.5)[0])
    assert only.rival_prediction == OTHER.predict(grey(0.5)[0])


def test_the_comparison_is_the_anti_join() -> None:
    x = half(0.1, 1.3)
    (only,) = found(ONE, named(LeftOnly(), "g"), x[None])
    by_hand = ONE(x).left_join(named(LeftOnly(), "g")(x)).explain(grid=2)
    np.testing.assert_allclose(only.comparison.left.cells, by_hand.left.cells, atol=1e-6)
    np.testing.assert_allclose(only.comparison.right.cells, by_hand.right.cells, atol=1e-6)
    # The mean counts every quarter, the other only the left two: 0.1/4 - 0.1/2 and 1.3/4.
    expected = [[-0.025, 0.325], [-0.025, 0.325]]
    np.testing.assert_allclose(only.comparison.left.cells, expected, atol=1e-6)
    assert only.comparison.left.target == only.prediction.index
    assert only.comparison.right.target == only.rival_prediction.index


def test_the_largest_distance_comes_first() -> None:
    rival = named(LeftOnly(), "g")
    images = torch.stack([half(0.4, 0.5), half(0.1, 1.5), half(0.3, 0.8), half(0.9, 0.9)])
    ranked = found(ONE, rival, images)
    assert [d.index for d in ranked] == [1, 2, 0]
    assert [d.distance for d in ranked] == sorted((d.distance for d in ranked), reverse=True)
    assert ranked[0].distance == ranked[0].comparison.distance > ranked[1].distance


def test_of_equal_distances_the_first_image_comes_first() -> None:
    assert [d.index for d in found(ONE, OTHER, grey(0.5, 0.9, 0.5, 0.5))] == [0, 2, 3]


def test_networks_that_agree_give_an_empty_list() -> None:
    assert found(ONE, OTHER, grey(0.1, 0.9)) == []
    assert found(ONE, named(Brightness(0.3), "g"), grey(0.1, 0.5)) == []


def test_the_limit_takes_the_first_and_stops_looking() -> None:
    seen = []
    images = grey(*[0.5] * 5, *[0.1] * 5000)
    work = disagreements(ONE, OTHER, images, limit=3, grid=2)
    limited = steps.run(work, seen.append)
    assert sorted(d.index for d in limited) == [0, 1, 2]
    assert max(p.done for p in seen if p.note == "evaluating both networks") < 100


def test_pictures_may_be_arrays() -> None:
    pictures = np.full((3, SIDE, SIDE), 128, np.uint8)
    pictures[1] = 255
    ranked = steps.run(disagreements(ONE, OTHER, list(pictures), grid=2))
    assert [d.index for d in ranked] == [0, 2]


def test_the_settings_are_those_of_explain() -> None:
    work = disagreements(ONE, OTHER, grey(0.5), grid=3, budget=64, seed=5, output="probability")
    (only,) = steps.run(work)
    left = only.comparison.left
    assert (left.cells.shape, left.seed, left.unit) == ((3, 3), 5, "probability")
    assert all(part.evaluations <= 64 for part in left.parts)


def test_two_networks_of_one_name_are_told_apart() -> None:
    (only,) = found(ONE, named(Brightness(0.7), "f"), grey(0.5))
    assert only.comparison.query == (
        "select * from f(x) for class bright left join (select * from f2(x) for class dark)"
    )


def test_previews_are_the_list_so_far_in_order() -> None:
    rival = named(LeftOnly(), "g")
    images = torch.stack([half(0.4, 0.5), half(0.1, 1.5), half(0.3, 0.8)])
    reports = []
    result = steps.run(disagreements(ONE, rival, images, grid=2), reports.append)
    notes = [r.note for r in reports]
    first = notes.index("comparing maps")
    assert set(notes[:first]) == {"evaluating both networks"}
    assert set(notes[first:]) == {"comparing maps"}
    assert (reports[first - 1].done, reports[first - 1].total) == (3, 3)
    assert [r.done for r in reports[first:]] == sorted(r.done for r in reports[first:])
    assert {r.total for r in reports[first:]} == {3}
    for report in reports:
        assert len(report.preview) == (report.done if report.note == "comparing maps" else 0)
        distances = [d.distance for d in report.preview]
        assert distances == sorted(distances, reverse=True)
        assert all(any(d is kept for kept in result) for d in report.preview)


@pytest.mark.parametrize("after", range(1, 12))
def test_closing_at_any_step_leaves_the_networks_as_they_were(after: int) -> None:
    nets = [Brightness(0.3), LeftOnly()]
    nets[0].train(), nets[1].eval()
    work = disagreements(
        named(nets[0], "f"), named(nets[1], "g"), torch.stack([half(0.1, 1.5)] * 2), grid=2
    )
    before = torch.get_rng_state()
    for _ in range(after):
        if next(work, None) is None:
            break
    work.close()
    assert [net.training for net in nets] == [True, False]
    assert nets[0].threshold.requires_grad and nets[0].threshold.grad is None
    assert not any(net._forward_hooks for net in nets)
    assert torch.equal(torch.get_rng_state(), before)


def test_different_numbers_of_classes_are_an_error() -> None:
    one, other = Classifier(Brightness(0.3)), Classifier(Brightness(0.7, classes=4))
    with pytest.raises(InputError, match="2 classes, the other 4"):
        found(one, other, grey(0.5))


def test_different_classes_are_an_error() -> None:
    other = Classifier(Brightness(0.7), classes=["cat", "dog"], name="g")
    with pytest.raises(InputError, match="different classes"):
        found(ONE, other, grey(0.5))


def test_no_images_are_an_error() -> None:
    with pytest.raises(InputError, match="no images"):
        found(ONE, OTHER, grey(0.5)[:0])


def test_images_of_different_shapes_are_an_error() -> None:
    images = [torch.zeros(1, 4, 4)] * 3 + [torch.zeros(1, 5, 5)]
    with pytest.raises(InputError, match="different shapes"):
        steps.run(disagreements(ONE, OTHER, images))


@pytest.mark.parametrize("limit", [0, -1, 2.5, True])
def test_a_wrong_limit_is_an_error(limit: int) -> None:
    with pytest.raises(InputError, match="limit"):
        found(ONE, OTHER, grey(0.5), limit=limit)


def test_a_wrong_setting_is_an_error_before_any_prediction() -> None:
    with pytest.raises(InputError, match="output"):
        disagreements(ONE, OTHER, grey(0.1, 0.9), output="loss")
    with pytest.raises(InputError, match="grid"):
        disagreements(ONE, OTHER, grey(0.1, 0.9), grid=0)


def test_one_network_cannot_disagree_with_itself() -> None:
    with pytest.raises(CompositionError):
        found(ONE, ONE, grey(0.5))


def test_a_network_that_fails_is_a_model_error() -> None:
    with pytest.raises(ModelError):
        found(ONE, named(nn.Linear(3, 2), "g"), grey(0.5))


def test_it_is_part_of_the_algebra() -> None:
    assert {"Disagreement", "disagreements"} <= set(algebra.__all__)
