"""What is known of the layers of real networks: units, places, stages; and which are layers."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from tests import models
from tests.architectures import NETWORKS, torchvision_swin, transformers_swin
from xaiwidgets import Classifier
from xaiwidgets.errors import InputError
from xaiwidgets.grids import Grid

PICTURE = torch.rand(3, 32, 24, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", NETWORKS)
def test_real_networks_have_their_units_places_and_stages(name: str) -> None:
    make, grids, stages = NETWORKS[name]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net, image = make(), torch.rand(3, 32, 32)
    model, before = Classifier(net), models.condition(net)
    known = model.anatomy(image).layers
    assert {layer: model.grid(layer, image) for layer in grids} == grids
    anatomy = model.anatomy(image)
    assert list(anatomy.stages) == stages
    assert set(anatomy.stages) <= {*anatomy.trunk} <= {*known}
    assert models.condition(net) == before
    for layer in known:  # all layers, not only those above
        grid, shape = anatomy.grids[layer], anatomy.outputs[layer].shape
        assert shape[0] == 1
        assert grid is None or grid.fits(shape)


@pytest.mark.parametrize("name", [name for name in NETWORKS if "Net" not in name])
def test_a_patch_of_the_picture_changes_its_place_the_most(name: str) -> None:
    make, _, _ = NETWORKS[name]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net, image = make().eval(), torch.rand(3, 32, 32)
    model = Classifier(net)
    first = next(x for x in model.anatomy(image).trunk if model.grid(x, image).rows == 4)
    grid, answers = model.grid(first, image), []
    for top, left in ((0, 0), (8, 16), (16, 8), (24, 0)):
        patched = image.clone()
        patched[:, top : top + 8, left : left + 8] += 1
        answers = [grid.maps(heard(model, first, x)) for x in (image, patched)]
        change = (answers[1] - answers[0]).abs().sum((0, 1))
        assert divmod(int(change.argmax()), 4) == (top // 8, left // 8)


def heard(model: Classifier, layer: str, image: Tensor) -> Tensor:
    """Return what a layer answers, by a hook of one's own."""
    net, answers = copy.deepcopy(model.net).eval(), []
    net.get_submodule(layer).register_forward_hook(lambda m, i, o: answers.append(o))
    with torch.no_grad():
        net(image[None])
    (answer,) = answers
    return answer if isinstance(answer, Tensor) else answer[0]


def test_windows_are_not_offered_as_layers() -> None:
    model, image = Classifier(torchvision_swin()), torch.rand(3, 32, 32)
    swin = Classifier(transformers_swin())
    known = swin.anatomy(image).layers
    assert "swin.encoder.layers.0.blocks.0.attention.query" not in known
    assert not any("relative_position" in name for name in known)
    with pytest.raises(InputError, match=r"no layer 'features\.0\.3' answers once"):
        model.grid("features.0.3", image)


def test_weights_that_are_computed_are_not_offered_as_layers() -> None:
    from torch.nn.utils.parametrizations import spectral_norm, weight_norm

    net = nn.Sequential(nn.Flatten(), spectral_norm(nn.Linear(48, 16)), nn.ReLU(),
                        weight_norm(nn.Linear(16, 4)))  # fmt: skip
    # A copy that is private has no parametrizations; one that cannot be copied keeps them.
    for uncopied in (False, True):
        if uncopied:
            net.__deepcopy__ = lambda memo: net  # type: ignore[assignment]
        model = Classifier(net)
        assert model.anatomy(torch.randn(3, 4, 4)).layers == ("0", "1", "2", "3")


class Alone(nn.Module):
    """Takes one picture at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        if len(x) != 1:
            raise ValueError("one at a time")
        return self.head(self.conv(x).mean((2, 3)))


class Company(nn.Module):
    """What it answers to a picture depends on the others of its batch."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm, self.head = nn.BatchNorm2d(4, track_running_stats=False), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.norm(self.conv(x)).relu().mean((2, 3)))


@pytest.mark.parametrize("make", [Alone, Company])
def test_networks_that_mind_the_size_of_the_batch_have_their_layers(
    make: type[nn.Module],
) -> None:
    model = Classifier(make())
    assert {"conv", "head"} <= {*model.anatomy(PICTURE).layers}
    assert model.grid("conv", PICTURE) == Grid(1, 30, 22)


class Detached(nn.Module):
    """Without a graph: only the kind of its modules tells, or how their answers grow."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.act = nn.Conv2d(3, 4, 3), nn.Identity()
        self.norm, self.tokens, self.gram = nn.LayerNorm(4), nn.Identity(), nn.Identity()
        self.last, self.head = nn.Identity(), nn.Linear(4 * 30 * 22, 2)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            maps = self.act(self.conv(x))
            tokens = self.tokens(self.norm(self.last(maps.permute(0, 2, 3, 1)).flatten(1, 2)))
            self.gram(tokens @ tokens.mT)
        return self.head(maps.flatten(1))


def test_where_there_is_no_graph_the_kind_of_module_or_an_experiment_tells() -> None:
    model = Classifier(Detached())
    grids = model.anatomy(PICTURE).grids
    assert grids["conv"] == grids["act"] == Grid(1, 30, 22)
    assert grids["last"] == Grid(3, 30, 22)
    assert grids["norm"] == grids["tokens"] == Grid(2)
    assert grids["head"] == Grid(1, 1, 1)
    with pytest.raises(InputError, match=r"'gram' gives \(1, 660, 660\).*set_grid\('gram'"):
        model.grid("gram", PICTURE)
    model.set_grid("gram", Grid(1, 30, 22))
    assert model.grid("gram", PICTURE) == Grid(1, 30, 22)


def test_a_grid_is_of_the_last_input_and_needs_one() -> None:
    model = Classifier(models.small())
    with pytest.raises(InputError, match="no input is known yet"):
        model.grid("0")
    model.input(PICTURE)
    assert model.grid("4") == Grid(1, 16, 12)
    with pytest.raises(InputError, match=r"no layer 'nought'"):
        model.grid("nought")
    with pytest.raises(InputError, match=r"no layer 'nought'"):
        model.set_grid("nought", Grid(1))


@pytest.mark.parametrize("finish", [nn.ZeroPad2d(1), nn.BatchNorm2d(3)])
def test_what_pads_or_norms_the_picture_is_not_of_the_trunk(finish: nn.Module) -> None:
    net = nn.Sequential(
        finish, nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    )
    model, image = Classifier(net), torch.rand(3, 8, 8)
    anatomy = model.anatomy(image)
    assert "0" in anatomy.grids and "0" not in anatomy.trunk
    assert "1" in anatomy.trunk
