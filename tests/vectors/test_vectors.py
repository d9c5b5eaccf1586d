"""Pictures as points: against scikit-learn, by hand, and where there is nothing to see."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from torch import nn

from tests import models
from xaiwidgets import Classifier, vectors
from xaiwidgets.errors import InputError
from xaiwidgets.vectors import Projection

RNG = np.random.default_rng(3)
CENTRES = np.eye(3, 12) * 20
BLOBS = np.concatenate([centre + RNG.normal(size=(40, 12)) for centre in CENTRES])
GROUPS = np.repeat([0, 1, 2], 40)
X = torch.rand(40, 3, 16, 16, generator=torch.Generator().manual_seed(5))


def model() -> Classifier:
    return Classifier(models.small(seed=31))


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def test_principal_components_are_scikit_learns_up_to_sign() -> None:
    plane = vectors.lay_out(BLOBS).run()
    pca = PCA(2).fit(BLOBS)
    expected = pca.transform(BLOBS)
    np.testing.assert_allclose(np.abs(plane.points), np.abs(expected), atol=1e-8)
    assert plane.variance == pytest.approx(pca.explained_variance_ratio_.sum())


def test_three_separate_groups_stay_apart() -> None:
    for method in vectors.PLANE_METHODS:
        points = vectors.lay_out(BLOBS, method=method).run().points
        far = distances(points)
        np.fill_diagonal(far, np.inf)
        assert (GROUPS[far.argmin(1)] == GROUPS).all()


def test_tsne_is_the_same_for_a_seed_and_another_for_another() -> None:
    noise = RNG.normal(size=(60, 8))
    one, again, other = (
        vectors.lay_out(noise, method="tsne", seed=seed).run().points for seed in (0, 0, 1)
    )
    assert np.array_equal(one, again)
    assert one.shape == other.shape == (60, 2)


def test_tsne_makes_groups_of_noise_that_principal_components_do_not_make() -> None:
    from sklearn.cluster import KMeans

    noise = vectors.shuffled(RNG.normal(size=(300, 20)))
    scores = {}
    for method in vectors.PLANE_METHODS:
        points = vectors.lay_out(noise, method=method).run().points
        groups = KMeans(8, n_init=1, random_state=0).fit_predict(points)
        scores[method] = silhouette_score(noise, groups), silhouette_score(points, groups)
    # As groups they look good on the plane, and are none.
    assert scores["tsne"][1] > 0.3 > 0.05 > scores["tsne"][0]


def test_shuffled_vectors_have_the_same_numbers_of_each_feature() -> None:
    other = vectors.shuffled(BLOBS, seed=1)
    assert np.array_equal(np.sort(other, 0), np.sort(BLOBS, 0))
    assert not np.array_equal(other, BLOBS)
    # What belongs together is torn apart.
    assert abs(np.corrcoef(other.T)[0, 1]) < abs(np.corrcoef(BLOBS.T)[0, 1]) / 2


def test_further_vectors_are_placed_where_they_would_have_been() -> None:
    plane = vectors.lay_out(BLOBS).run()
    np.testing.assert_allclose(plane.place(BLOBS[:3]), plane.points[:3], atol=1e-9)
    middle = vectors.lay_out(BLOBS, method="tsne").run()
    placed = middle.place(BLOBS[:3] + 0.01)
    groups = [middle.points[group == GROUPS].mean(0) for group in range(3)]
    assert (np.linalg.norm(placed[:, None] - np.array(groups), axis=2).argmin(1) == 0).all()


def test_one_number_a_picture_still_makes_a_plane() -> None:
    plane = vectors.lay_out([[0.0], [1.0], [3.0]]).run()
    assert plane.points.shape == (3, 2)
    assert (plane.points[:, 1] == 0).all()
    assert plane.variance == pytest.approx(1)
    along = vectors.lay_out(RNG.normal(size=(20, 1)), method="tsne").run()
    assert along.points.shape == (20, 2) and along.place([[0.5]]).shape == (1, 2)
    for method in ("pca", "tsne"):
        with pytest.raises(InputError, match="have 2 numbers each, those of the plane 3"):
            vectors.lay_out(BLOBS[:20, :3], method=method).run().place([[1.0, 2.0]])
    # Little more than a few vectors: the perplexity follows.
    assert vectors.lay_out(RNG.normal(size=(4, 3)), method="tsne").run().points.shape == (4, 2)


def test_pictures_lie_where_their_mean_answers_do() -> None:
    found = vectors.project(model(), X, "5").run()
    net = models.small(seed=31).eval()
    with torch.no_grad():
        by_hand = net[:6](X).mean((2, 3)).double().numpy()
        predicted = net(X).argmax(1).numpy()
    np.testing.assert_allclose(found.vectors, by_hand, atol=1e-5)
    np.testing.assert_array_equal(found.predicted, predicted)
    expected = vectors.lay_out(by_hand).run()
    np.testing.assert_allclose(found.points, expected.points, atol=1e-4)
    assert (found.layer, found.method) == ("5", "pca")
    assert found.variance == pytest.approx(expected.variance, abs=1e-4)


def test_by_default_it_is_what_the_last_linear_layer_is_given() -> None:
    found = vectors.project(model(), X).run()
    net = models.small(seed=31).eval()
    with torch.no_grad():
        by_hand = net[:8](X).double().numpy()
    np.testing.assert_allclose(found.vectors, by_hand, atol=1e-5)
    assert found.layer == "penultimate"
    assert "40 pictures at 'penultimate' by pca" in repr(found)


def test_an_edited_picture_has_a_point_of_its_own() -> None:
    found = vectors.project(model(), X).run()
    edited = X[:2].clone()
    edited[1] = 0
    places = found.place(edited).run()
    np.testing.assert_allclose(places[0], found.points[0], atol=1e-4)
    assert np.linalg.norm(places[1] - found.points[1]) > 1e-3


def plane_of(points: np.ndarray, labels: list[int]) -> Projection:
    """Lay out pictures of one pixel by a network that answers with it."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2))
    with torch.no_grad():
        net[1].weight.copy_(torch.eye(2))
        net[1].bias.zero_()
    pictures = torch.tensor(points, dtype=torch.float32)[:, None, None]
    return vectors.project(Classifier(net), pictures, labels=labels).run()


def test_neighbours_agree_as_counted_by_hand() -> None:
    # On a line all vectors are on the plane; each has the other three as neighbours.
    found = plane_of(np.array([[0.0, 0], [1, 0], [2, 0], [10, 0]]), [0, 0, 0, 1])
    agree = found.neighbours_agree
    assert agree.full.value == agree.plane.value == pytest.approx((2 / 3 * 3 + 0) / 4)
    assert agree.chance == pytest.approx((2 / 3 * 3 + 0) / 4)
    assert found.trustworthiness == pytest.approx(1)
    # A share is at most 1, and so is what it may be.
    assert agree.full.high == 1 and agree.full.low >= 0


def test_neighbours_of_a_class_that_lies_apart_agree_beyond_chance() -> None:
    points = np.concatenate([RNG.normal(size=(30, 2)), RNG.normal(size=(30, 2)) + 50])
    found = plane_of(points, [0] * 30 + [1] * 30)
    agree = found.neighbours_agree
    assert agree.full.value == agree.plane.value == 1
    assert agree.chance == pytest.approx(29 / 59)
    # By the labels, not by what is predicted.
    mixed = plane_of(points, [0, 1] * 30).neighbours_agree
    assert not mixed.full.low > mixed.chance


def test_points_at_random_are_not_to_be_trusted() -> None:
    from xaiwidgets.vectors._quality import rated_pictures, trustworthiness

    noise = RNG.normal(size=(400, 2))
    high = RNG.normal(size=(400, 30))
    rated = rated_pictures(400, 0)
    assert trustworthiness(high, noise, rated) == pytest.approx(0.5, abs=0.06)
    assert trustworthiness(noise, noise, rated) == 1
    assert rated_pictures(5000, 0).shape == (2000,)
    assert np.unique(rated_pictures(5000, 0)).shape == (2000,)


def test_it_can_be_cancelled_with_points_on_the_way() -> None:
    seen = []
    for progress in vectors.lay_out(BLOBS, method="tsne"):
        if progress.has_preview:
            seen.append(progress.preview)
        if len(seen) == 2:
            break
    assert seen[0].shape == (120, 2)
    assert not np.array_equal(seen[0], seen[1])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: vectors.project(model(), X[:2]), "2 pictures are too few"),
        (lambda: vectors.project(model(), X, "nowhere"), "layer is 'nowhere'"),
        (lambda: vectors.project(models.small(seed=31), X), r"give Classifier\(model\)"),
        (lambda: vectors.project(model(), X, method="tnse"), "method is 'tnse'.*'tsne'"),
        (lambda: vectors.project(model(), X, seed=-1), "seed is -1"),
        (lambda: vectors.project(model(), X, labels=[0]), "labels"),
        (lambda: vectors.lay_out([[1.0], [1.0], [1.0]]), "all 3 vectors are alike"),
        (lambda: vectors.lay_out([1.0, 2.0, 3.0]), r"vectors is \(3,\)"),
        (lambda: vectors.lay_out([[1.0], [2.0], [np.nan]]), "not finite"),
        (lambda: vectors.lay_out([["a"], ["b"], ["c"]]), "no array of numbers"),
        (lambda: vectors.lay_out([[1.0], [2.0]]), "2 vectors are too few"),
    ],
)
def test_bad_input_is_refused_at_once(call, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=words):
        call()


def test_a_picture_of_another_size_is_not_placed() -> None:
    found = vectors.project(model(), X, "0").run()
    with pytest.raises(InputError, match="different shapes"):
        found.place(X[:1, :, :8, :8])


def test_points_on_the_way_come_with_what_is_predicted() -> None:
    seen = [p.preview for p in vectors.project(model(), X, method="tsne") if p.has_preview]
    found = vectors.project(model(), X).run()
    assert len(seen) > 10
    assert all(isinstance(each, vectors.ProjectionSketch) for each in seen)
    assert np.array_equal(seen[0].predicted, found.predicted)
    assert seen[-1].points.shape == (40, 2)


def test_noise_laid_out_alike_keeps_neighbours_that_agree_by_chance() -> None:
    points = np.concatenate([RNG.normal(size=(60, 2)), RNG.normal(size=(60, 2)) + 50])
    found = plane_of(points, [0] * 60 + [1] * 60)
    assert np.array_equal(found.classes, [0] * 60 + [1] * 60)
    noise = found.of_noise(seed=3).run()
    assert noise.points.shape == (120, 2)
    assert noise.trustworthiness == pytest.approx(1)  # two numbers are two numbers
    agree = noise.neighbours_agree
    assert found.neighbours_agree.plane.low > agree.plane.high
    assert agree.plane.value == pytest.approx(agree.chance, abs=0.1)
    assert np.array_equal(noise.points, found.of_noise(seed=3).run().points)
    with pytest.raises(InputError, match="seed is -1"):
        found.of_noise(seed=-1)


def test_a_projection_is_drawn_with_its_classes() -> None:
    found = vectors.project(model(), X, labels=[n % 3 for n in range(40)]).run()
    axes = found.plot().axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0", "1", "2"]
    drawn = np.concatenate([each.get_offsets() for each in axes.collections])
    np.testing.assert_allclose(np.sort(drawn, 0), np.sort(found.points, 0))
    assert found._repr_png_()[1:4] == b"PNG"
