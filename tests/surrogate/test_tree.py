"""A tree for a whole network: recovered where the network is one, and honest where it is not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.tree import DecisionTreeClassifier
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier, surrogate
from xaiwidgets.errors import InputError
from xaiwidgets.intervals import share_interval

X = torch.rand(200, 1, 8, 8, generator=torch.Generator().manual_seed(6))


class Questions(nn.Module):
    """A network that is a tree: bright top left? else bright bottom right?"""

    def forward(self, pictures: Tensor) -> Tensor:
        first = pictures[:, 0, :4, :4].mean((1, 2)) > 0.5
        second = pictures[:, 0, 4:, 4:].mean((1, 2)) > 0.5
        classes = torch.where(first, 0, torch.where(second, 1, 2))
        return nn.functional.one_hot(classes, 3).float() * 9


def questions() -> Classifier:
    return Classifier(Questions(), classes=["left", "right", "neither"], output="logits")


def halves(count: int = 300) -> Tensor:
    """Pictures of which each quarter is dark or bright, so that no threshold is missed."""
    bits = torch.randint(0, 2, (count, 1, 2, 2), generator=torch.Generator().manual_seed(8))
    return bits.float().repeat_interleave(4, 2).repeat_interleave(4, 3)


def test_a_network_that_is_a_tree_is_recovered() -> None:
    found = surrogate.tree(questions(), halves(), depth=2, grid=2).run()
    assert found.agreement.value == 1
    assert {each.value for each in found.per_class.values()} == {1}
    assert found.rules().splitlines()[0].startswith("if r1c1 > 0.5: left")
    conditions = {leaf.label: set(leaf.conditions) for leaf in found.leaves}
    assert conditions == {
        "left": {"r1c1 > 0.5"},
        "right": {"r1c1 <= 0.5", "r2c2 > 0.5"},
        "neither": {"r1c1 <= 0.5", "r2c2 <= 0.5"},
    }
    assert [*found.importance] == ["r1c1", "r2c2"]
    assert sum(found.importance.values()) == pytest.approx(1)
    assert found.by_depth[0][1].value < 1 == found.by_depth[1][1].value


def test_it_is_scikit_learns_tree_measured_on_held_out_pictures() -> None:
    found = surrogate.tree(questions(), X, depth=2, grid=2, held_out=0.25, seed=3).run()
    rows = X.reshape(200, 2, 4, 2, 4).mean((2, 4)).flatten(1).double().numpy()
    predicted = questions().logits(X).argmax(1).numpy()
    train = np.setdiff1d(np.arange(200), found.held_out)
    assert len(found.held_out) == 50
    fit = DecisionTreeClassifier(max_depth=2, random_state=3).fit(rows[train], predicted[train])
    said = fit.predict(rows)
    np.testing.assert_array_equal(found.said, said)
    np.testing.assert_array_equal(found.predicted, predicted)
    test = found.held_out
    assert found.agreement.value == pytest.approx((said[test] == predicted[test]).mean())
    common = np.bincount(predicted[train]).argmax()
    assert found.majority.value == pytest.approx((predicted[test] == common).mean())
    for number, name in enumerate(questions().classes or ()):
        of_class = predicted[test] == number
        assert found.per_class[name].value == pytest.approx((said[test] == number)[of_class].mean())


def test_each_picture_is_in_one_leaf_and_each_leaf_tells_its_own_agreement() -> None:
    found = surrogate.tree(questions(), X, depth=3, grid=2).run()
    everywhere = np.concatenate([leaf.pictures for leaf in found.leaves])
    assert sorted(everywhere) == list(range(200))
    sizes = [len(leaf.pictures) for leaf in found.leaves]
    assert sizes == sorted(sizes, reverse=True)
    names = list(questions().classes or ())
    for leaf in found.leaves:
        tested = np.intersect1d(leaf.pictures, found.held_out)
        if leaf.agreement is None:
            assert len(tested) == 0
            assert "no held-out picture" in str(leaf)
        else:
            same = found.predicted[tested] == names.index(leaf.label)
            assert leaf.agreement.value == pytest.approx(same.mean())
        assert (found.said[leaf.pictures] == names.index(leaf.label)).all()


def test_a_rule_says_of_each_feature_no_more_than_its_narrowest_bounds() -> None:
    shades = torch.linspace(0, 1, 90).reshape(90, 1, 1, 1).expand(-1, 1, 8, 8)

    class Band(nn.Module):
        """Class 1 where it is neither dark nor bright."""

        def forward(self, pictures: Tensor) -> Tensor:
            shade = pictures.mean((1, 2, 3))
            inside = ((shade > 0.3) & (shade <= 0.6)).float()
            return torch.stack([1 - inside, inside], 1)

    found = surrogate.tree(Classifier(Band(), output="logits"), shades, depth=4, grid=1).run()
    (inside,) = (leaf for leaf in found.leaves if leaf.label == "1")
    low, high = sorted(inside.conditions, reverse=True)
    assert (low[:6], high[:7]) == ("r1c1 >", "r1c1 <=")
    assert float(low[7:]) == pytest.approx(0.3, abs=0.03)
    assert float(high[8:]) == pytest.approx(0.6, abs=0.03)


def test_a_network_that_says_nearly_always_one_class_is_not_explained_by_agreement() -> None:
    pictures = halves(200)
    pictures[:190, :, :4, :4] = 1
    found = surrogate.tree(questions(), pictures, depth=1, grid=2).run()
    assert found.agreement.value > 0.9
    assert found.majority.value > 0.9
    assert "always the commonest class" in repr(found)


def test_the_majority_line_is_that_of_the_pictures_it_was_fitted_to() -> None:
    # "left" in 20 of 28 of the fitted ones, "right" in most of those that are held out.
    order = np.random.default_rng(0).permutation(40)
    test, train = order[:12], order[12:]
    pictures = torch.zeros(40, 1, 8, 8)
    pictures[train[:20], :, :4, :4] = 1
    pictures[np.concatenate([train[20:], test[:9]]), :, 4:, 4:] = 1
    pictures[test[9:], :, :4, :4] = 1
    found = surrogate.tree(questions(), pictures, depth=1, grid=2).run()
    assert sorted(test) == found.held_out.tolist()
    assert found.majority == share_interval(3, 12)


@pytest.mark.parametrize(
    ("features", "name"),
    [("pca", "component"), (lambda inputs: inputs.flatten(1)[:, :5], "feature")],
)
def test_it_asks_about_other_features(features: object, name: str) -> None:
    network = Classifier(models.linear(side=8))
    pictures = torch.rand(80, 3, 8, 8, generator=torch.Generator().manual_seed(7))
    found = surrogate.tree(network, pictures, features, depth=2).run()
    assert all(each.startswith(name) for each in found.importance)


def test_components_are_those_of_the_fitted_pictures_alone() -> None:
    from sklearn.decomposition import PCA

    found = surrogate.tree(questions(), X, "pca", depth=2).run()
    train = np.setdiff1d(np.arange(200), found.held_out)
    flat = X.flatten(1).double().numpy()
    rows = PCA(20, svd_solver="full").fit(flat[train]).transform(flat)
    fit = DecisionTreeClassifier(max_depth=2, random_state=0)
    np.testing.assert_array_equal(
        fit.fit(rows[train], found.predicted[train]).predict(rows), found.said
    )


def test_latents_are_those_of_the_generator_which_stays_as_it_was() -> None:
    class Corners(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.drop = nn.Dropout(0.9)

        def encode(self, images: Tensor) -> Tensor:
            return self.drop(images.reshape(-1, 2, 4, 2, 4).mean((2, 4)).flatten(1))

        def decode(self, latents: Tensor) -> Tensor:
            return latents

    generator = Corners().train()
    found = surrogate.tree(questions(), halves(), "latents", 2, generator=generator).run()
    assert found.agreement.value == 1
    assert [*found.importance] == ["latent 0", "latent 3"]
    assert generator.training and generator.drop.training


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"images": X[:19]}, "19 pictures are too few"),
        ({"depth": 0}, "depth is 0"),
        ({"depth": 21}, "depth is 21"),
        ({"features": "cell"}, "features is 'cell'.*'cells'"),
        ({"features": "latents"}, "needs generator="),
        ({"features": lambda inputs: inputs.sum()}, r"features gave \(\)"),
        ({"features": lambda inputs: None}, r"features gave \(\)"),
        ({"features": lambda inputs: ["a"]}, "what features gave is no array of numbers"),
        ({"grid": 9}, "no 9 x 9 cells"),
        ({"grid": 0}, "grid is 0"),
        ({"held_out": 1}, "held_out is 1"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_bad_input_is_refused_at_once(options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        surrogate.tree(questions(), **{"images": X, **options})


def test_a_network_of_one_answer_is_said() -> None:
    with pytest.raises(InputError, match="says 'left' of all pictures"):
        surrogate.tree(questions(), torch.ones(30, 1, 8, 8)).run()


def test_trees_of_all_depths_are_kept() -> None:
    deep = surrogate.tree(questions(), halves(), depth=4, grid=2).run()
    for depth in (1, 2, 4):
        plain = surrogate.tree(questions(), halves(), depth=depth, grid=2).run()
        cut = deep.at(depth)
        assert np.array_equal(cut.said, plain.said)
        assert (cut.depth, cut.rules()) == (depth, plain.rules())
        assert cut.agreement == deep.by_depth[depth - 1][1]
    assert deep.leaf_counts == (2, 3, 3, 3)
    with pytest.raises(InputError, match="depth is 5; trees of depth 1 to 4 were fitted"):
        deep.at(5)
    with pytest.raises(InputError, match="depth is 0"):
        deep.at(0)


def test_what_one_question_more_brings_is_counted_on_the_same_pictures() -> None:
    found = surrogate.tree(questions(), halves(), depth=3, grid=2).run()
    shares = [found.majority.value, *(each.value for _, each in found.by_depth)]
    assert [each.value for each in found.gains] == pytest.approx(np.diff(shares))
    one = found.at(1)
    test = found.held_out
    hits = [(each.said[test] == found.predicted[test]).astype(float) for each in (one, found.at(2))]
    from scipy.stats import ttest_1samp

    low, high = ttest_1samp(hits[1] - hits[0], 0).confidence_interval()
    assert (found.gains[1].low, found.gains[1].high) == pytest.approx((low, high))
    # The third question changes nothing that was seen, which is no proof of nothing.
    assert found.gains[2].value == 0
    assert found.gains[2].high == -found.gains[2].low == share_interval(0, len(test)).high


def test_nodes_lead_from_the_root_to_the_leaves() -> None:
    found = surrogate.tree(questions(), X, depth=3, grid=2).run()
    features = X.reshape(200, 2, 4, 2, 4).mean((2, 4)).flatten(1).double().numpy()
    names = ["r1c1", "r1c2", "r2c1", "r2c2"]
    for picture, row in enumerate(features):
        node = found.nodes[0]
        while node.leaf < 0:
            low = row[names.index(node.feature)] <= node.threshold
            node = found.nodes[node.below if low else node.above]
        assert picture in found.leaves[node.leaf].pictures
    assert sum(leaf.tested for leaf in found.leaves) == len(found.held_out)


def test_a_network_is_asked_in_steps_between_which_it_can_be_stopped() -> None:
    images = torch.rand(200, 1, 8, 8)
    notes = [progress.note for progress in surrogate.tree(questions(), images, depth=2)]
    assert notes.count("asking the network") > 1 and notes.count("fitting") == 2
