"""Conductance against sums worked out by hand, brute force, Captum and a free oracle."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerConductance
from torch import Tensor, nn

from tests import models as nets
from tests.reliability import models
from xaiwidgets import Classifier, datasets, zoo
from xaiwidgets.errors import DataError, InputError, ModelError
from xaiwidgets.grids import Grid
from xaiwidgets.reliability import Conductance, conductance
from xaiwidgets.work import Progress

pytestmark = pytest.mark.filterwarnings("ignore:the conductances of layer")  # of few steps


def pictures(count: int, shape: tuple[int, ...], seed: int = 1) -> Tensor:
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(seed))


def net_of(make: Any) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return make()


def test_worked_out_by_hand() -> None:
    # x goes from (0, 0) to (1, 0.5) in two steps: x(1) = (0.5, 0.25), where the first unit's input
    # is -0.25 and its slope 0; at x(2) the inputs are 0.5 and 0.5.
    found = conductance(
        Classifier(models.Hand()),
        torch.tensor([[1.0, 0.5]]),
        ["first", "relu", "second"],
        targets=0,
        steps=2,
        rule="right",
    )
    assert found["first"].tolist() == [[2 * (0.5 + 0.25), 3 * 0.5]]
    assert found["relu"].tolist() == [[2 * 0.5, 3 * 0.5]]
    assert found["second"].tolist() == [[2.5, 0.0]]
    assert found.scores.tolist() == [2.5]
    assert found.baseline_scores.tolist() == [0.0]
    assert found.completeness["first"][0] == pytest.approx(0.5 / 2.5)
    assert found.completeness["relu"][0] == 0


@pytest.mark.parametrize("name", models.ODD)
def test_odd_networks_give_what_brute_force_gives(name: str) -> None:
    make, shape, layers = models.ODD[name]
    net, images = net_of(make), pictures(3, shape)
    model = Classifier(net)
    before, given = nets.condition(net), images.clone()
    together = conductance(model, images, layers, steps=4, rule="right")
    spatial = conductance(model, images, layers, steps=4, rule="right", spatial=True)
    assert nets.condition(net) == before
    assert torch.equal(images, given)
    assert together.targets.tolist() == model.logits(images).argmax(1).tolist()
    for layer in layers:
        base, _, call = layer.rstrip("]").partition("[")
        calls = [int(call)] if call else range(2 if f"{name} {base}" in TWICE else 1)
        for at, image in enumerate(images):
            target = int(together.targets[at])
            own = net_of(models.Polite) if name == "writing" else copy.deepcopy(net)
            shares = sum(models.brute(own, base, k, image, target, 4) for k in calls)
            scale = np.abs(shares).max() + 1e-3
            assert np.allclose(spatial[layer][at], shares, atol=1e-5 * scale, rtol=1e-4)
            assert np.allclose(
                together[layer][at], models.maps(shares), atol=1e-4 * scale, rtol=1e-4
            )
        alone = conductance(model, images, layer, steps=4, rule="right")
        assert np.allclose(alone[layer], together[layer], atol=1e-5)


TWICE = ("untidy relu", "branches shared")


@pytest.mark.parametrize("rule", ["right", "trapezoid", "secant"])
def test_the_size_of_batches_and_the_number_of_pictures_do_not_matter(
    monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    from xaiwidgets.reliability import _path

    model, images = Classifier(nets.small()), pictures(7, (3, 8, 8))
    baseline = pictures(7, (3, 8, 8), seed=2)
    usual = conductance(model, images, ["0", "5"], rule=rule, baseline=baseline)
    for rows in (1, 3, 7, 20):
        monkeypatch.setitem(_path._TOGETHER, "cpu", (rows, 2**30))
        other = conductance(model, images, ["0", "5"], rule=rule, baseline=baseline)
        for layer in ("0", "5"):
            assert np.allclose(usual[layer], other[layer], atol=1e-6)


@pytest.mark.parametrize("name", models.AXES)
def test_maps_are_summed_over_all_but_the_channels(name: str) -> None:
    make, shape, axes = models.AXES[name]
    net, images = net_of(make), pictures(2, shape)
    found = conductance(Classifier(net), images, list(axes), steps=4, rule="right")
    for layer, axis in axes.items():
        for at, image in enumerate(images):
            target = int(found.targets[at])
            shares = models.brute(copy.deepcopy(net), layer, 0, image, target, 4)
            wanted = models.maps(shares, axis - 1)
            scale = np.abs(shares).max() + 1e-3
            assert np.allclose(found[layer][at], wanted, atol=1e-4 * scale, rtol=1e-4), layer


@pytest.mark.parametrize("rule", ["right", "secant"])
def test_of_a_tuple_the_first_tensor_is_the_layers_answer(rule: str) -> None:
    net, images = net_of(models.Attends), pictures(2, (3, 8, 8))
    model = Classifier(net)
    found = conductance(model, images, ["attention", "same"], rule=rule)
    assert found["attention"].shape == (2, 8)
    assert np.allclose(found["attention"], found["same"], atol=1e-6)
    alone = conductance(model, images, "attention", rule=rule)
    assert np.allclose(alone["attention"], found["same"], atol=1e-6)
    assert {"attention", "same"} <= {*model.anatomy(images[0]).layers}


@pytest.mark.parametrize("layers", [["features.1", "features.3", "norm"]])
def test_of_swin_it_is_captums_by_channel(layers: list[str]) -> None:
    from torchvision.models import SwinTransformer

    net = net_of(lambda: SwinTransformer([4, 4], 8, [2, 2], [2, 4], [2, 2], num_classes=3)).eval()
    images = pictures(2, (3, 32, 32))
    found = conductance(Classifier(net), images, layers, steps=200, rule="trapezoid")
    for layer in layers:
        theirs = LayerConductance(net, net.get_submodule(layer)).attribute(
            images, target=torch.from_numpy(found.targets), n_steps=400
        )
        channels = theirs.sum((1, 2)).detach().numpy()  # (B, H, W, C)
        assert found[layer].shape == channels.shape
        assert np.allclose(found[layer], channels, atol=0.02 * np.abs(channels).max()), layer


def test_what_a_person_says_of_a_layer_goes_before_the_graph() -> None:
    net, images = net_of(models.Signal), pictures(2, (2, 12))
    model = Classifier(net)
    assert conductance(model, images, "first")["first"].shape == (2, 4)
    model.set_grid("first", Grid(2))
    assert conductance(model, images, "first")["first"].shape == (2, 10)


def test_a_picture_may_be_convolved_in_three_dimensions() -> None:
    class Volume(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv3d(1, 4, 3, padding=1), nn.BatchNorm3d(4)
            self.head = nn.Linear(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.norm(self.conv(x[:, None])).amax((2, 3, 4)))

    model, images = Classifier(net_of(Volume)), pictures(2, (3, 8, 8))
    found = conductance(model, images, "conv", targets=0, budget=80)
    assert found["conv"].shape == (2, 4)
    change = model.logits(images)[:, 0] - model.logits(torch.zeros_like(images))[:, 0]
    assert np.allclose(found["conv"].sum(1), change, atol=0.02)


def test_a_layer_whose_channels_are_not_clear_is_refused_without_a_layout() -> None:
    class Folded(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.tanh, self.head = nn.Conv2d(3, 8, 3), nn.Tanh(), nn.Linear(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            x = self.conv(x).reshape(-1, 4, 2, 36)  # two of the eight channels in each row
            return self.head(self.tanh(x).amax((2, 3)))

    net, images = net_of(Folded), pictures(2, (3, 8, 8))
    model = Classifier(net)
    with pytest.raises(InputError, match=r"'tanh' gives \(1, 4, 2, 36\).*layout='channels_first'"):
        conductance(model, images, "tanh")
    neurons = conductance(model, images, "tanh", spatial=True)["tanh"]
    assert neurons.shape == (2, 4, 2, 36)
    for layout, axes in (("channels_first", (2, 3)), ("channels_last", (1, 2))):
        found = conductance(model, images, "tanh", layout=layout)["tanh"]
        assert np.allclose(found, neurons.sum(axes), atol=1e-6)
    both = conductance(model, images, ["conv", "head"], layout="channels_last")
    assert (both["conv"].shape, both["head"].shape) == ((2, 6), (2, 3))


@pytest.mark.parametrize("rule", ["trapezoid", "secant"])
def test_rules_give_what_a_loop_over_steps_gives(rule: str) -> None:
    # One way to the scores, a shared module on two branches, and a layer that is gone around.
    for make, shape, layer in (
        (nets.small, (3, 8, 8), "1"),
        (models.Branches, (3, 6, 6), "norm"),
        (nets.Untidy, (3, 8, 8), "bn1"),
        (nets.Untidy, (3, 8, 8), "conv2"),
    ):
        net, images = net_of(make), pictures(3, shape)
        found = conductance(
            Classifier(net), images, layer, steps=5, budget=5, rule=rule, spatial=True
        )
        own = rule if found.carries_all[layer] else "trapezoid"
        for at, image in enumerate(images):
            target = int(found.targets[at])
            shares = models.brute(copy.deepcopy(net), layer, 0, image, target, 5, own)
            assert np.allclose(found[layer][at], shares, atol=1e-5, rtol=1e-3)
        assert {"conv2": False}.get(layer, True) == found.carries_all[layer]


def test_the_default_is_complete_and_says_how_coarse_its_steps_are() -> None:
    model, images = zoo.digits(), datasets.digits("test").images[:60]
    found = conductance(model, images, "conv2", budget=10)
    plain = conductance(model, images, "conv2", rule="trapezoid")
    assert np.median(found.completeness["conv2"]) < 0.003
    assert np.median(plain.completeness["conv2"]) > 0.01
    assert np.allclose(found.quadrature_error["conv2"], plain.completeness["conv2"], rtol=1e-3)
    for rule in ("right", "trapezoid"):
        other = conductance(model, images, "conv2", rule=rule)
        assert np.allclose(other.quadrature_error["conv2"], other.completeness["conv2"], atol=1e-6)


@pytest.mark.slow
def test_before_two_linear_layers_a_thousandth_is_missed() -> None:
    try:
        images = datasets.fashion_mnist("test").images[:48]
    except DataError as error:
        pytest.skip(str(error))
    model = zoo.fashion_mnist()
    found = conductance(model, images, "pool2")
    fine = conductance(model, images, "pool2", steps=400, rule="trapezoid")["pool2"]
    missed, coarse = found.completeness["pool2"], found.quadrature_error["pool2"]
    assert found.carries_all["pool2"]
    assert np.median(missed) < 0.001 and np.quantile(missed, 0.95) < 0.02
    # Of trapezoids is demanded a twentieth, unless the budget is spent.
    assert 0.001 < np.median(coarse) < np.quantile(coarse, 0.95) < 0.05
    errors = np.linalg.norm(found["pool2"] - fine, axis=1) / np.linalg.norm(fine, axis=1)
    assert np.median(errors) < 0.05
    assert found.passes < 48 * 25


def test_weights_that_were_written_unseen_count() -> None:
    model, images = Classifier(nets.small()), pictures(3, (3, 8, 8))
    before = conductance(model, images, ["0", "5"])
    for name in ("0", "1", "8"):
        model.net.get_submodule(name).weight.data.mul_(1.5)
    found = conductance(model, images, ["0", "5"])
    fresh = conductance(Classifier(copy.deepcopy(model.net)), images, ["0", "5"])
    for layer in ("0", "5"):
        assert np.allclose(found[layer], fresh[layer], atol=1e-6)
        assert not np.allclose(found[layer], before[layer], atol=1e-3)


def test_work_is_checked_when_it_is_asked_for_and_gives_the_same() -> None:
    model, images = Classifier(nets.small()), pictures(70, (3, 8, 8))
    with pytest.raises(InputError, match="no layer '9'"):
        conductance.work(model, images, "9")
    work = conductance.work(model, images, "0")
    assert repr(work) == "<reliability.conductance: not begun; .run() computes it>"
    reports: list[Progress] = []
    found = work.run(reports.append)
    assert np.array_equal(found["0"], conductance(model, images, "0")["0"])
    assert reports[-1].done == reports[-1].total == found.passes


def test_captum_gives_the_same_from_the_other_end() -> None:
    # Captum takes the gradient at the beginning of each step, so it walks from x to the baseline.
    net, images = nets.small().eval(), pictures(4, (3, 8, 8))
    model = Classifier(net)
    for layer in ("0", "2", "4"):
        found = conductance(model, images, layer, steps=6, rule="right", spatial=True)
        theirs = LayerConductance(net, net.get_submodule(layer)).attribute(
            torch.zeros_like(images),
            baselines=images,
            target=torch.from_numpy(found.targets),
            n_steps=6,
            method="riemann_trapezoid",
        )
        assert np.allclose(found[layer], -theirs.detach().numpy(), atol=1e-6)


def test_global_average_pooling_and_a_linear_head_need_one_pass() -> None:
    model = zoo.fashion_mnist("resnet")
    images = pictures(3, (1, 28, 28))
    few, many = (conductance(model, images, "stage3", steps=steps) for steps in (1, 50))
    net = model.copies.private().net
    features: list[Tensor] = []
    handle = net.stage3.register_forward_hook(lambda m, i, o: features.append(o.mean((2, 3))))
    with torch.no_grad():
        net(torch.cat([images, torch.zeros_like(images[:1])]))
    handle.remove()
    oracle = net.head.weight[torch.from_numpy(few.targets)] * (features[0][:3] - features[0][3:])
    for found in (few, many):
        assert np.allclose(found["stage3"], oracle.numpy(), atol=1e-5)
        assert found.passes == 4
        assert found.completeness["stage3"].max() < 1e-5
        assert found.carries_all == {"stage3": True}


def test_more_steps_miss_less() -> None:
    data = datasets.digits("test").images[:60]
    missed = [
        np.median(
            conductance(zoo.digits(), data, "conv2", steps=n, rule="right").completeness["conv2"]
        )
        for n in (5, 20, 80)
    ]
    assert missed[0] > 2 * missed[1] > 4 * missed[2]
    finer = conductance(zoo.digits(), data, "conv2", steps=20, rule="trapezoid")
    assert np.median(finer.completeness["conv2"]) < missed[1]


def test_it_is_known_which_layers_carry_all() -> None:
    found = conductance(
        Classifier(net_of(nets.Untidy)), pictures(2, (3, 8, 8)), ["bn1", "conv2", "relu", "relu[0]"]
    )
    assert found.carries_all == {"bn1": True, "conv2": False, "relu": False, "relu[0]": True}


def test_targets_and_baselines() -> None:
    model = Classifier(nets.small(), classes=list("abcd"))
    images = pictures(3, (3, 8, 8))
    by_name = conductance(model, images, "2", targets=["d", "a", 1], baseline="mean")
    assert by_name.targets.tolist() == [3, 0, 1]
    one = conductance(model, images[1:2], "2", targets=0, baseline="mean")
    assert np.allclose(by_name["2"][1], one["2"][0], atol=1e-6)
    shade = conductance(model, images, "2", baseline=torch.full((3, 8, 8), 0.5))
    assert np.allclose(shade["2"], conductance(model, images, "2", baseline=0.5)["2"])


def test_wrong_values_are_named() -> None:
    model, images = Classifier(nets.small()), pictures(2, (3, 8, 8))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"layers": "9"}, "no layer '9'"),
        ({"layers": []}, "name at least one"),
        ({"layers": "0[2]"}, "called 1 times only"),
        ({"steps": 0}, "steps is 0"),
        ({"layout": "NHWC"}, "'channels_first' or 'channels_last'"),
        ({"rule": "left"}, "'secant' or 'right' or 'trapezoid'"),
        ({"baseline": torch.zeros(3, 8, 7)}, r"\(3, 8, 8\)"),
        ({"baseline": "noise"}, "noise"),
        ({"targets": 4}, "class 4 does not exist"),
        ({"targets": [0]}, "1 targets for 2 images"),
        ({"images": images[:0]}, "empty"),
        ({"images": images.long()}, "float"),
    ]
    for change, message in wrong:
        settings = {"images": images, "layers": "0"} | change
        with pytest.raises(InputError, match=message):
            conductance(model, **settings)
    with pytest.raises(ModelError, match="inputs of shape"):
        conductance(model, pictures(2, (2, 8, 8)), "0")


def test_layers_without_a_path_of_gradients() -> None:
    net = net_of(models.Branches)
    with pytest.raises(
        ModelError, match="no gradient reaches the class scores from layer 'unused'"
    ):
        conductance(Classifier(net), pictures(1, (3, 6, 6)), ["norm", "unused"])

    class Cut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.before, self.after = nn.Linear(4, 4), nn.Linear(4, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.after(self.before(x).detach().round())

    with pytest.raises(ModelError, match="'before'"):
        conductance(Classifier(Cut()), pictures(1, (4,)), "before")
    assert conductance(Classifier(Cut()), pictures(1, (4,)), "after")["after"].shape == (1, 2)


def test_a_network_is_as_it_was_at_each_step_and_after_a_failure() -> None:
    class Alone(nets.Untidy):
        def __deepcopy__(self, memo: object) -> nn.Module:
            return self  # so the network itself is asked

    net = net_of(Alone)
    before = nets.condition(net)
    steps = conductance.work(Classifier(net), pictures(70, (3, 8, 8)), ["conv1", "relu"], steps=3)
    for _ in range(3):
        next(steps)
        assert nets.condition(net) == before
    steps.close()
    assert nets.condition(net) == before
    failing = nets.Failing(at=4)
    with pytest.raises(ModelError, match="unplugged"):
        conductance(Classifier(failing), pictures(99, (3, 8, 8)), "body.0", steps=50)
    assert not any(hooks for module in nets.condition(failing)["hooks"] for hooks in module)


def test_what_is_returned_is_a_dictionary_of_arrays() -> None:
    found = conductance(Classifier(nets.small()), pictures(2, (3, 8, 8)), ["0", "8"])
    assert isinstance(found, dict) and isinstance(found, Conductance)
    kinds = {name: (v.shape, v.dtype.name) for name, v in found.items()}
    assert kinds == {"0": ((2, 8), "float32"), "8": ((2, 4), "float32")}
    assert repr(found) == "Conductance(0 (2, 8), 8 (2, 4))"
