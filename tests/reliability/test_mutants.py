"""The operators unit by unit, what is kept, and label change rates against a plain loop."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models as nets
from tests.reliability import models
from tests.reliability.helpers import made, own_labels, pictures
from xaiwidgets import Classifier, datasets, files, zoo
from xaiwidgets.errors import DataError, InputError, ModelError
from xaiwidgets.reliability import Mutants, mutants, votes
from xaiwidgets.reliability._mutants import MutableNetwork
from xaiwidgets.reliability._mutation_operators import Draw, changes, draw, mutate
from xaiwidgets.reliability._replay import Replay
from xaiwidgets.work import Progress, run

OPERATORS = ["NAI", "GF", "WS", "NS"]


class Pair(nn.Module):
    """A convolution with a batch norm, one without, and a linear layer; all answers are heard."""

    def __init__(self, affine: bool = True) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5, affine=affine)
        self.bare, self.head = nn.Conv2d(5, 6, 3), nn.Linear(6, 4)
        for _ in range(3):
            self.norm(self.conv(torch.randn(8, 3, 8, 8) + 0.3))
        if affine:
            nn.init.normal_(self.norm.weight)
            nn.init.normal_(self.norm.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.bare(self.norm(self.conv(x)).relu()).relu().mean((2, 3)))


def pair(affine: bool = True) -> Classifier:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Classifier(Pair(affine).eval())


def mutated(model: Classifier, operator: str, units: int, seed: int = 0) -> tuple[nn.Module, Any]:
    layers = MutableNetwork.of(model, pictures(1)).layers
    net = copy.deepcopy(model.copies.private().net)
    drawn = draw(operator, layers, units, (seed,))
    mutate(net, operator, layers, drawn)
    return net, [(layers[one.layer].name, one) for one in drawn]


# --- what the operators do ---------------------------------------------------------------------


def test_units_are_filters_with_their_batch_norm_and_rows() -> None:
    layers = MutableNetwork.of(pair(), pictures(1)).layers
    found = [(layer.name, layer.norm, layer.rows, layer.entries) for layer in layers]
    assert found == [("conv", "norm", 5, 27), ("bare", None, 6, 45), ("head", None, 4, 6)]


@pytest.mark.parametrize("affine", [True, False])
def test_nai_negates_what_comes_out_of_a_unit(affine: bool) -> None:
    model, images = pair(affine), pictures(4)
    net, drawn = mutated(model, "NAI", 15)  # all of them
    assert [(name, sorted(one.rows)) for name, one in drawn] == [
        ("conv", list(range(5))), ("bare", list(range(6))), ("head", list(range(4)))
    ]  # fmt: skip
    with torch.no_grad():
        before = model.net.norm(model.net.conv(images))
        assert torch.allclose(net.norm(net.conv(images)), -before, atol=1e-5)
        assert torch.allclose(net.bare(before), -model.net.bare(before), atol=1e-5)
        flat = before.mean(3)[:, 0]
        assert torch.allclose(net.head(flat), -model.net.head(flat), atol=1e-5)


def test_gf_adds_noise_with_the_deviation_of_the_layer() -> None:
    model = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(192, 400)))
    with torch.no_grad():
        model.net[1].weight *= 3
    stable = MutableNetwork.of(model, pictures(1))
    net = copy.deepcopy(model.net)
    drawn = draw("GF", stable.layers, 100, (0,))
    mutate(net, "GF", stable.layers, drawn)
    change = (net[1].weight - model.net[1].weight).detach()
    touched = change.abs().sum(1) > 0
    assert int(touched.sum()) == 100
    deviation = float(model.net[1].weight.detach().std())
    assert float(change[touched].std()) == pytest.approx(deviation, rel=0.02)
    assert abs(float(change[touched].mean())) < 0.05 * deviation
    assert torch.equal(net[1].bias, model.net[1].bias)


def test_ws_shuffles_within_a_unit() -> None:
    model = pair()
    net, drawn = mutated(model, "WS", 6)
    touched = 0
    for name, _ in drawn:
        old = model.net.get_submodule(name).weight.flatten(1)
        new = net.get_submodule(name).weight.flatten(1)
        assert torch.equal(old.sort(1).values, new.sort(1).values)
        touched += int((old != new).any(1).sum())
        assert torch.equal(model.net.get_submodule(name).bias, net.get_submodule(name).bias)
    assert touched == 6


def test_ns_switches_whole_units() -> None:
    model, images = pair(), pictures(4)
    for seed in range(5):
        net, drawn = mutated(model, "NS", 3, seed)
        for name, one in drawn:
            assert len(one.rows) >= 2
            assert sorted(one.order) == sorted(one.rows)
            assert (one.order != one.rows).all()
            old, new = model.net.get_submodule(name), net.get_submodule(name)
            assert torch.equal(new.weight[one.rows], old.weight[one.order])
            assert torch.equal(new.bias[one.rows], old.bias[one.order])
            if name == "conv":
                with torch.no_grad():
                    before = model.net.norm(old(images))
                    after = net.norm(new(images))
                assert torch.allclose(after[:, one.rows], before[:, one.order], atol=1e-5)


@pytest.mark.parametrize("operator", OPERATORS)
def test_merged_and_separate_networks_mutate_alike(operator: str) -> None:
    for net in (pair().net, pair(False).net, nets.small(), models.seeded(models.Functional)):
        model, images = Classifier(net), pictures(5)
        stable = MutableNetwork.of(model, images[:1])
        for seed in range(4):
            drawn = draw(operator, stable.layers, 3, (seed,))
            found = stable.replay.logits(
                stable.replay.record(images), changes(operator, stable.layers, drawn)
            )
            plain = copy.deepcopy(model.copies.private().net)
            mutate(plain, operator, stable.layers, drawn)
            with torch.no_grad():
                assert torch.allclose(found, plain(images.clone()), atol=1e-4)


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_weight_of_several_layers_is_one_layer_and_stays_shared(
    operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Modules are known to share it, so that no check of the memory is needed.
    monkeypatch.setattr(Replay, "_bears", lambda *_: True)
    net = models.seeded(models.Tied)
    model, images = Classifier(net), 12 * pictures(60, (6,)) - 6
    layers = MutableNetwork.of(model, images[:1]).layers
    assert [(layer.name, layer.norm, layer.rows) for layer in layers] == [
        ("start", None, 5), ("first", None, 5), ("head", None, 3)
    ]  # fmt: skip
    found = made(model, images, operator=operator, count=20, rate=0.3)
    labels = votes(model, found, images).run().labels
    touched = 0
    for at, number in enumerate(found.numbers):
        mutant = models.seeded(models.Tied)
        mutant.load_state_dict(found.network(model, at).state_dict())
        with torch.no_grad():
            assert np.array_equal(mutant.eval()(images).argmax(1).numpy(), labels[at])
        draws = draw(operator, layers, found.units, (found.seed, number))
        touched += any(layers[one.layer].name == "first" for one in draws)
    assert touched > 3
    assert len(set(map(tuple, labels))) > 3


def test_nai_of_a_shared_weight_negates_what_comes_out_of_both_layers() -> None:
    model = Classifier(models.seeded(models.Tied))
    layers = MutableNetwork.of(model, pictures(1, (6,))).layers
    net = copy.deepcopy(model.net)
    mutate(net, "NAI", layers, [Draw(1, np.array([1, 3]))])
    by_hand = copy.deepcopy(model.net).state_dict()
    for name in ("first.weight", "first.bias", "second.bias"):
        by_hand[name][[1, 3]] *= -1
    for name in ("second.weight", "table.weight"):
        by_hand[name] = by_hand["first.weight"]
    assert all(torch.equal(tensor, by_hand[name]) for name, tensor in net.state_dict().items())


class Aside(nn.Module):
    """Reads a layer's weight before the layer is called, which no hook can see."""

    def __init__(self) -> None:
        super().__init__()
        self.start, self.relu = nn.Linear(6, 5), nn.ReLU()
        self.late, self.head = nn.Linear(5, 5), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(nn.functional.linear(self.start(x), self.late.weight))
        return self.head(self.late(x).tanh())


def test_a_weight_that_is_read_without_its_module_is_not_answered_from_memory() -> None:
    model, images = Classifier(models.seeded(Aside)), 12 * pictures(60, (6,)) - 6
    found = made(model, images, operator="GF", count=8, rate=0.3)
    labels = votes(model, found, images).run().labels
    for at in range(8):
        with torch.no_grad():
            own = found.network(model, at)(images).argmax(1)
        assert np.array_equal(own.numpy(), labels[at])


# --- what is kept ------------------------------------------------------------------------------


def test_mutants_follow_from_their_seed_and_leave_the_network_as_it_was() -> None:
    net = models.seeded(nets.Untidy)
    model, images = Classifier(net), pictures(40)
    before = nets.condition(net)
    first, again, other = (made(model, images, seed=seed) for seed in (0, 0, 1))
    assert nets.condition(net) == before
    assert first == again
    assert first.numbers == again.numbers
    weights = [m.network(model, 2).state_dict() for m in (first, again, other)]
    assert all(torch.equal(weights[0][k], weights[1][k]) for k in weights[0])
    assert not all(torch.equal(weights[0][k], weights[2][k]) for k in weights[0])
    assert first.units == max(1, round(0.1 * 16))
    assert len(first[:2]) == 2
    for which in (len(first), -len(first) - 1, 0.5):
        with pytest.raises(InputError, match=f"which is {which}; use a number from 0 to"):
            first.network(model, which)  # type: ignore[arg-type]


def test_closing_early_and_failing_leave_the_network_as_it_was() -> None:
    net = models.seeded(nets.Untidy)
    model, images = Classifier(net), pictures(40)
    before = nets.condition(net)
    steps = mutants(model, own_labels(model, images), rate=0.1, keep=0.1)
    for _ in range(3):
        next(steps)
        assert nets.condition(net) == before
    steps.close()
    assert nets.condition(net) == before


def test_mutants_are_right_often_enough_and_progress_says_how_many_are_not() -> None:
    model, data = zoo.digits(), datasets.digits("train")
    images = model.batch(data.images[:300])
    labels = data.labels[:300]
    seen: list[Progress] = []
    found = run(mutants(model, (images, labels), rate=0.05, count=12), seen.append)
    base = float((model.logits(images).argmax(1).numpy() == labels).mean())
    for at, accuracy in enumerate(found.accuracies):
        with torch.no_grad():
            right = found.network(model, at)(images).argmax(1).numpy() == labels
        assert accuracy == pytest.approx(right.mean())
        assert accuracy >= 0.9 * base - 1e-6
    assert found.rejection_rate == pytest.approx(1 - 12 / found.draws)
    assert any("rejected" in progress.note for progress in seen)
    assert len([p.preview for p in seen if p.preview][-1]) == 12


@pytest.mark.slow
def test_a_workable_rate_keeps_about_half() -> None:
    model, data = zoo.digits(), datasets.digits("train")
    found = run(mutants(model, (data.images[:300], data.labels[:300]), rate="auto", count=40))
    assert 0.15 <= found.rejection_rate <= 0.8
    assert found.units > 1


def test_mutants_are_kept_as_numbers(tmp_path: Path) -> None:
    model, images = zoo.fashion_mnist("resnet"), pictures(20, (1, 28, 28))
    found = made(model, images, count=30, operator="GF")
    path = found.save(tmp_path / "mutants.safetensors")
    assert path.stat().st_size < 4000  # the network has 400 KB of weights
    assert Mutants.load(path) == found
    for content in ("", "{}", "[1]", '{"kind": "xaiwidgets mutants", "operator": "GF"}'):
        path.write_text(content)
        with pytest.raises(DataError, match="cannot be read as mutants"):
            Mutants.load(path)
    for about in (found.to_dict() | {"size": 3}, {"operator": "GF"}):
        files.write(path, "mutants", {}, about)
        with pytest.raises(DataError, match="save them anew"):
            Mutants.load(path)


def test_hopeless_rates_are_named() -> None:
    model, data = zoo.digits(), datasets.digits("train")
    images = data.images[:100], data.labels[:100]
    with pytest.raises(InputError, match=r"60 of 60 .*best was right.*such as 0\.\d+"):
        run(mutants(model, images, rate=0.9, count=5))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"rate": 0}, "rate is 0"),
        ({"rate": 1.5}, "above 0 and at most 1"),
        ({"rate": "most"}, "or 'auto'"),
        ({"operator": "XX"}, "'NAI', 'GF', 'WS', 'NS'"),
        ({"count": 0}, "count is 0"),
        ({"keep": 2}, "keep is 2"),
        ({"seed": -1}, "seed is -1"),
        ({"validation": images[0]}, "pair"),
        ({"validation": (images[0], images[1][:3])}, "3 labels for 100 images"),
    ]
    for change, message in wrong:
        settings = {"validation": images, "rate": 0.1} | change
        with pytest.raises(InputError, match=message):
            mutants(model, **settings)


def test_what_is_advised_when_all_mutants_are_rejected() -> None:
    # Logits (x + 0.1, -x). With the first negated, class 1 always wins, with the second class 0;
    # with both, the wrong one.
    net = nn.Linear(1, 2)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        net.bias.copy_(torch.tensor([0.1, 0.0]))
    images = torch.tensor([[1.0], [2.0], [3.0], [4.0], [-1.0]])
    labels = torch.tensor([0, 0, 0, 1, 1])  # one of four is wrong: the network is right about 80 %
    words = (
        r"60 of 60 mutants were rejected: with 1 of 2 units changed by NAI, the best was right "
        r"about 60.0% of the validation images, and 72.0% are needed \(0.9 of the network's "
        r"80.0%\); one unit is the least that can be changed: use keep=0.75$"
    )
    with pytest.raises(InputError, match=words):
        mutants(Classifier(net), (images, labels), rate=0.01, count=3).run()
    assert len(mutants(Classifier(net), (images, labels), rate=0.01, count=3, keep=0.75).run()) == 3
    both = r"with 2 of 2 units .* right about 20.0% .*; use a lower rate, such as 0.50, or rate='a"
    with pytest.raises(InputError, match=both):
        mutants(Classifier(net), (images, labels), rate=1.0, count=3).run()


def test_networks_without_units_and_without_copies() -> None:
    class Mean(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.mean((2, 3))

    with pytest.raises(InputError, match="nothing to mutate"):
        made(Classifier(Mean()), pictures(3))

    class Alone(nets.Untidy):
        def __deepcopy__(self, memo: object) -> nn.Module:
            return self

    with pytest.raises(ModelError, match="cannot be copied"):
        made(Classifier(Alone()), pictures(3))
    flat = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(1, 2)))
    with pytest.raises(InputError, match="'WS' changes nothing"):
        made(flat, pictures(3, (1,)), operator="WS")
