"""The sanity check: what changes, what only looks as if it had not, and that nothing is touched."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests import models
from tests.evaluation.helpers import Given, Sum, map_of, picture
from xaiwidgets import Classifier, datasets, zoo
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.evaluation import ConstantMapError, EdgeMap, randomised
from xaiwidgets.evaluation._exact import rank_correlations
from xaiwidgets.evaluation._randomisation import redraw, weighted_layers
from xaiwidgets.methods import LRP


def test_the_usual_check_sees_black_pixels_and_ours_the_network() -> None:
    model = zoo.digits()
    found = randomised(model, datasets.digits("test").images[:6], LRP("epsilon"), draws=1).run()
    assert found.layers == ("fc2", "fc1", "conv2", "conv1")
    assert found.rank.shape == (4, 6)
    # Black pixels are 0 in both maps: absolute values rank alike, whatever has been drawn anew.
    assert found.usual_correlations[-1].low > 0.8
    assert found.last == found.correlations[-1]
    assert abs(found.last.value) < 0.3
    assert not found.last.excludes(0) or abs(found.last.value) < 0.2


def test_a_map_that_knows_no_network_stays_as_it_is() -> None:
    found = randomised(Classifier(models.small()), picture(6, 3), EdgeMap()).run()
    assert np.allclose(found.rank, 1)
    assert found.rank.shape == (4, 3)  # of one picture, the draws
    assert np.allclose(found.absolute_rank, 1)


def test_the_users_network_is_untouched() -> None:
    net = models.small()
    before = models.condition(net)
    work = randomised(Classifier(net), torch.stack([picture(6, 3)] * 2), LRP(), draws=1, stages=2)
    for _ in work:
        assert models.condition(net) == before
    assert models.condition(net) == before


def test_the_class_explained_stays_and_everything_is_drawn_anew() -> None:
    net = models.small()
    model = Classifier(net)
    found = randomised(model, picture(6, 3), LRP(), stages=1, draws=2, seed=5).run()
    assert found.layers == ("0",)  # the layer nearest to the picture is the last one
    again = randomised(model, picture(6, 3), LRP(), stages=1, draws=2, seed=5).run()
    other = randomised(model, picture(6, 3), LRP(), stages=1, draws=2, seed=6).run()
    assert np.array_equal(found.rank, again.rank)
    assert not np.array_equal(found.rank, other.rank)
    assert found.rank[0, 0] != found.rank[0, 1], "each draw is another network"


def test_layers_come_in_the_order_of_their_calls_reversed() -> None:
    class Backwards(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.last, self.first = nn.Linear(4, 2), nn.Linear(16, 4)
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.last(self.first(x.flatten(1)).relu() * self.scale)  # type: ignore[no-any-return]

    model = Classifier(Backwards())
    assert weighted_layers(model, model.net, picture(4)) == ["last", "first", ""]
    assert randomised(model, picture(4), EdgeMap()).run().layers == ("last", "first", "all")


def test_weights_are_drawn_with_the_mean_and_deviation_they_had() -> None:
    layer = nn.Linear(200, 100)
    with torch.no_grad():
        layer.weight.mul_(3).add_(0.7)
    old = layer.weight.detach().clone()
    random = torch.get_rng_state()
    redraw(layer, torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), random)
    assert float(layer.weight.detach().mean()) == pytest.approx(float(old.mean()), abs=0.01)
    assert float(layer.weight.detach().std()) == pytest.approx(float(old.std()), rel=0.03)
    assert abs(np.corrcoef(layer.weight.detach().flatten(), old.flatten())[0, 1]) < 0.03


def test_only_pixels_that_are_not_at_the_baseline_count() -> None:
    model = Classifier(models.small())
    image = picture(6, 3)
    image[:, :, :3] = 0.25
    dark = randomised(model, image, Given(), baseline=0.25, draws=1, stages=1).run()
    assert dark.rank[0, 0] == pytest.approx(1)
    with pytest.raises(InputError, match="at the baseline all over"):
        randomised(model, torch.full((3, 6, 6), 0.25), Given(), baseline=0.25)


def test_a_constant_map_correlates_with_nothing() -> None:
    values = np.array([[2.0, 2, 2], [1, 2, 3]])
    assert rank_correlations(values, np.array([3, 2, 1])).tolist() == [0, -1]
    assert rank_correlations(values, np.array([1, 1, 1])).tolist() == [0, 0]


def test_what_cannot_be_used_is_refused() -> None:
    model, image = Classifier(models.small()), picture(6, 3)
    with pytest.raises(InputError, match="stages is 0"):
        randomised(model, image, LRP(), stages=0)
    with pytest.raises(InputError, match="draws is 0"):
        randomised(model, image, LRP(), draws=0)
    with pytest.raises(InputError):
        randomised(model, image, map_of(model, image, image[0]))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="no weights"):
        randomised(Classifier(Sum()), picture(), EdgeMap())
    with pytest.raises(ConstantMapError, match="Given's map of picture 0"):
        randomised(model, torch.ones(3, 6, 6), Given()).run()
    single = models.small()
    single.__deepcopy__ = lambda memo: single  # type: ignore[assignment]
    with pytest.raises(ModelError, match="cannot be copied"):
        randomised(Classifier(single), image, EdgeMap())


def test_it_is_drawn() -> None:
    found = randomised(Classifier(models.small()), picture(6, 3), EdgeMap(), draws=1).run()
    assert found._repr_png_()[1:4] == b"PNG"
    assert "Edge map" in repr(found)
