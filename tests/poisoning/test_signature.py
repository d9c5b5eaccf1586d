"""Spectral signatures against the case worked out by hand, scikit-learn, and themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import Tensor, nn

from xaiwidgets import Classifier, datasets, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.poisoning import Signature, signature

POINTS = torch.tensor([[0.0, 0], [0, 0], [0, 0], [0, 0], [4, 0], [0, 1], [0, -1]])


class Plain(nn.Module):
    """A network whose penultimate layer is the picture itself."""

    def __init__(self, inputs: int = 2) -> None:
        super().__init__()
        self.look = nn.Identity()
        self.head = nn.Linear(inputs, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.look(x.flatten(1)))


def points_signature(points: Tensor, **options: Any) -> Signature:
    """Return the signature of points as pictures (n, 1, 1, F)."""
    model = Classifier(Plain(points.shape[1]), classes=["a", "b", "c"], output="logits")
    labels = ["b"] * len(points)
    return signature(model, points[:, None, None], labels, "b", **options).run()


def test_the_case_worked_out_by_hand() -> None:
    result = points_signature(POINTS)
    expected = [0.3265] * 4 + [11.7551] + [0.3265] * 2
    assert result.scores == pytest.approx(expected, abs=5e-5)
    assert result.deviation == pytest.approx(1.3997, abs=5e-5)
    assert result.projections[:, 0] == pytest.approx([-4 / 7] * 4 + [24 / 7] + [-4 / 7] * 2)
    assert np.abs(result.projections[:, 1]) == pytest.approx([0, 0, 0, 0, 0, 1, 1], abs=1e-12)
    assert result.flagged().tolist() == [4]
    assert result.flagged(std=0.4).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert result.flagged(std=0.42).tolist() == [4]
    assert result.flagged(share=1 / 7).tolist() == [4]
    assert len(result.flagged(share=0.5)) == 4
    assert result.variance == pytest.approx([13.7143 / 15.7143, 2 / 15.7143], abs=1e-5)
    assert result.distances == pytest.approx([16 / 49] * 4 + [576 / 49] + [1 + 16 / 49] * 2)
    assert (result.target, result.layer, result.count) == (1, "penultimate", 7)
    assert "7 of 7 pictures" in repr(result) and "87%" in repr(result)


@pytest.mark.parametrize("layer", [None, "look"])
def test_only_the_class_of_the_given_label_counts(layer: str | None) -> None:
    model = Classifier(Plain(), classes=["a", "b", "c"], output="logits")
    others = torch.randn(5, 2, generator=torch.Generator().manual_seed(0)) * 100
    points = torch.cat([others[:3], POINTS, others[3:]])[:, None, None]
    labels = [0, 2, 0, *[1] * 7, 2, 0]
    result = signature(model, points, labels, "b", layer).run()
    assert result.indices.tolist() == list(range(3, 10))
    assert result.scores == pytest.approx(points_signature(POINTS).scores)
    assert result.flagged().tolist() == [7]
    assert result.count == 12
    assert result.layer == (layer or "penultimate")


def random_points(count: int = 30, width: int = 6) -> Tensor:
    draw = torch.Generator().manual_seed(1)
    return torch.randn(count, width, generator=draw) * torch.arange(1.0, width + 1) + 3


@pytest.mark.parametrize(
    "move",
    [
        lambda x: x + 17,
        lambda x: -x,
        lambda x: x @ torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator()))[0],
    ],
)
def test_scores_do_not_change_with_shift_rotation_and_sign(
    move: Callable[[Tensor], Tensor],
) -> None:
    points = random_points()
    first, second = points_signature(points), points_signature(move(points))
    assert second.scores == pytest.approx(first.scores, rel=1e-4, abs=1e-4)
    assert second.variance == pytest.approx(first.variance, rel=1e-4)


def test_it_is_scikit_learns_pca() -> None:
    points = random_points(width=14)
    result = points_signature(points)
    pca = PCA(10).fit(points.double().numpy())
    expected = pca.transform(points.double().numpy())
    assert result.projections.shape == (30, 10)
    assert np.abs(result.projections) == pytest.approx(np.abs(expected), abs=1e-4)
    assert result.variance == pytest.approx(pca.explained_variance_ratio_, rel=1e-5)
    # The farthest to either side is positive.
    farthest = np.abs(result.projections).argmax(0)
    assert (result.projections[farthest, range(10)] > 0).all()
    assert result.scores == pytest.approx(result.projections[:, 0] ** 2)


def test_a_layer_with_feature_maps_is_averaged_over_places() -> None:
    model, data = zoo.digits(), datasets.digits("test")
    images, labels = data.images[:100], data.labels[:100]
    result = signature(model, images, labels, 3, "conv2").run()
    batch = model.batch(images[labels == 3])
    with torch.no_grad():
        maps = model.net.conv2(model.net.relu1(model.net.conv1(batch)))
    vectors = maps.mean((2, 3)).double().numpy()
    centred = vectors - vectors.mean(0)
    assert result.distances == pytest.approx((centred**2).sum(1), rel=1e-4)
    assert result.scores == pytest.approx(
        PCA(1).fit_transform(vectors)[:, 0] ** 2, rel=1e-3, abs=1e-6
    )


def test_the_network_is_as_it_was_also_when_stopped() -> None:
    model, data = zoo.digits(), datasets.digits("train")
    model.net.train()
    state = torch.get_rng_state()
    work = signature(model, data.images, data.labels, 3)
    progress = next(work)
    assert (progress.done, progress.total) == (64, int((data.labels == 3).sum()))
    work.close()
    private = model.copies.private().net
    for net in (model.net, private):
        assert not any(m._forward_hooks and m is net.fc2 for m in net.modules())
        assert not any(m._forward_pre_hooks for m in net.modules())
    assert model.net.training
    assert torch.equal(torch.get_rng_state(), state)


def test_areas_are_told_from_chance_with_intervals() -> None:
    points = torch.cat([random_points(40, 3), random_points(6, 3) + torch.tensor([0.0, 0, 40])])
    result = points_signature(points)
    truth = np.arange(46) >= 40
    areas = result.auroc(truth)
    assert list(areas) == ["signature", "second vector", "distance to the mean"]
    assert areas["signature"].value == 1.0
    assert 0.5 < areas["signature"].low < 1.0
    assert areas["signature"].excludes(0.5)
    assert not areas["second vector"].excludes(0.5)
    line = points_signature(points[:, :1])
    assert list(line.auroc(truth)) == ["signature", "distance to the mean"]


def test_areas_need_both_kinds_of_the_class() -> None:
    result = points_signature(POINTS)
    for truth, message in (
        (np.zeros(7, bool), "none of 7 pictures are poisoned"),
        (np.ones(7, bool), "all of 7"),
        (np.zeros(6, bool), "give a bool for each of the 7"),
        (np.zeros(7), "truth is float64"),
    ):
        with pytest.raises(InputError, match=message):
            result.auroc(truth)


def test_what_is_not_allowed_is_refused_at_once() -> None:
    model = Classifier(Plain(), classes=["a", "b", "c"], output="logits")
    images, labels = POINTS[:, None, None], [1] * 7
    for arguments, message in (
        ((images, labels, "d"), "no class is named 'd'"),
        ((images, labels, 0), "0 of 7 pictures have the label 'a'"),
        ((images, [1, 1, 0, 0, 0, 0, 0], "b"), "2 of 7 pictures"),
        ((images, labels[:3], 1), "3 labels for 7 images"),
        ((images, labels, 1, "looks"), "layer is 'looks'; use one of .*did you mean 'look'"),
        ((images, labels, 1, 3), "layer is 3"),
    ):
        with pytest.raises(InputError, match=message):
            signature(model, *arguments)
    conv = nn.Sequential(nn.Conv2d(1, 2, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(InputError, match="no linear layer"):
        signature(Classifier(conv, output="logits"), images, labels, 1)


def test_pictures_that_are_all_alike_have_no_signature() -> None:
    with pytest.raises(InputError, match="all 7 pictures of class 1 are alike"):
        points_signature(torch.ones(7, 2))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"std": -1}, "std is -1"),
        ({"std": float("nan")}, "std is nan"),
        ({"std": "much"}, "std is 'much'"),
        ({"share": 0}, "share is 0"),
        ({"share": 1.1}, "share is 1.1"),
        ({"std": 1, "share": 0.1}, "give one of them"),
    ],
)
def test_flags_are_asked_for_by_one_number(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        points_signature(POINTS).flagged(**settings)
