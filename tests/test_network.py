from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from tests import models
from xaiwidgets import Classifier, Network
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.images import to_tensor
from xaiwidgets.probes import probes_of
from xaiwidgets.steps import run

PICTURE = torch.rand(3, 16, 16, generator=torch.Generator().manual_seed(1))


def test_logits_are_the_networks_own_in_eval_mode() -> None:
    net = models.small()
    batch = torch.rand(700, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    logits = Classifier(net).logits(batch)
    with torch.no_grad():
        expected = net.eval()(batch)
    assert logits.dtype == torch.float32
    assert not logits.requires_grad
    assert torch.allclose(logits, expected, atol=1e-5)


def test_predict_names_the_best_classes() -> None:
    net = models.Answers(lambda x: torch.tensor([[0.0, 2.0, 1.0]]).expand(len(x), 3))
    prediction = Classifier(net, classes=["a", "b", "c"]).predict(PICTURE)
    assert (prediction.index, prediction.label) == (1, "b")
    assert prediction.probability == pytest.approx(np.exp(2) / (1 + np.exp(2) + np.exp(1)))
    assert [s.label for s in prediction.top] == ["b", "c", "a"]


@pytest.mark.parametrize("net", [models.Untidy(), models.Restless()], ids=["untidy", "restless"])
def test_a_network_is_left_as_it_was_found(net: nn.Module) -> None:
    for p in net.parameters():
        p.grad = torch.ones_like(p)
    before = models.condition(net)
    model = Classifier(net)
    model.predict(PICTURE)
    assert model.layers
    assert models.condition(net) == before
    model(PICTURE).explain(budget=60)
    assert models.condition(net) == before
    steps = model(PICTURE).steps(budget=200)
    for _ in range(3):
        next(steps)
        assert models.condition(net) == before
    steps.close()
    assert models.condition(net) == before


def test_numbers_drawn_on_another_thread_are_not_disturbed() -> None:
    def drawn(during: Callable[[], object]) -> list[float]:
        torch.manual_seed(0)
        numbers = []
        for _ in range(40):
            thread = threading.Thread(target=during)
            thread.start()
            numbers += torch.rand(500).tolist()
            thread.join()
        return numbers

    model, batch = Classifier(models.small()), torch.rand(64, 3, 16, 16)
    model.logits(batch)
    assert drawn(lambda: model.logits(batch)) == drawn(lambda: None)


class Attention(nn.Module):
    """Looks at rows of a picture, and waits for another thread between two operations."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = x.mean(1)
        seen = nn.functional.scaled_dot_product_attention(rows, rows, rows, dropout_p=self.dropout)
        other = threading.Thread(target=torch.rand, args=(3,))
        other.start()
        other.join()
        return seen.mean(2)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_attention_draws_only_where_it_drops_out(dropout: float) -> None:
    """Torch marks all attention as random; rewinding would repeat another thread's numbers."""
    model = Classifier(Attention(dropout))
    before = torch.get_rng_state()
    for _ in range(2):
        model.logits(torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0)))
    assert torch.equal(torch.get_rng_state(), before) is (dropout > 0)


def test_a_network_that_throws_in_the_middle_is_left_as_it_was_found() -> None:
    net = models.Failing(at=3)
    model = Classifier(net)
    model.predict(PICTURE)
    before = models.condition(net)
    with pytest.raises(ModelError, match=r"RuntimeError.*the sensor is unplugged"):
        model.logits(torch.stack([PICTURE] * 9000))
    after = models.condition(net)
    del before["weights"], after["weights"]  # it counts its own calls
    assert after == before
    with pytest.raises(ModelError, match="unplugged"):
        run(model(PICTURE).steps(budget=200))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda x: (x, x), "returned a tuple without logits"),
        (lambda x: x.flatten(1)[:, :1] - 9, "has 2 classes, but 3 class names"),
        (lambda x: x[:, :3, :1, :1], r"shape \(1, 3, 1, 1\).*\.flatten\(1\)"),
        (lambda x: x.flatten(1)[:, :3] * torch.nan, "NaN"),
        (lambda x: x.flatten(1)[:, :5], "has 5 classes, but 3 class names"),
        (lambda x: x.flatten(1)[0:0, :3], r"shape \(0, 3\) for 1 inputs"),
    ],
)
def test_an_answer_that_is_none_is_explained(make: object, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        Classifier(models.Answers(make), classes=["a", "b", "c"]).predict(PICTURE)


def test_wrong_input_is_explained() -> None:
    model = Classifier(models.small(), classes=["a", "b", "c", "d"])
    with pytest.raises(InputError, match="NaN"):
        model.predict(PICTURE * torch.nan)
    with pytest.raises(InputError, match="uint8"):
        model.predict(np.zeros((4, 4)))
    with pytest.raises(InputError, match=r"float tensor, not torch\.int64"):
        model.predict(torch.zeros(3, 4, 4, dtype=torch.long))
    with pytest.raises(ModelError, match=r"shapes? \(1, 5, 4, 4\)"):
        model.predict(torch.zeros(5, 4, 4))
    with pytest.raises(InputError, match=r"no class is named 'e'"):
        model.index("e")
    with pytest.raises(InputError, match="class 4 does not exist"):
        model.index(4)
    with pytest.raises(InputError, match=r"preprocess failed.*boom"):
        Classifier(models.small(), preprocess=_boom).predict(Image.new("RGB", (4, 4)))


def _boom(image: object) -> torch.Tensor:
    raise OSError("boom")


@pytest.mark.parametrize(
    "wrong",
    [
        {"net": "resnet"},
        {"classes": "abcd"},
        {"classes": ["a"]},
        {"device": "tpu:99"},
        {"name": "my net"},
    ],
    ids=str,
)
def test_wrong_arguments_are_explained(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        Classifier(**{"net": models.small(), **wrong})


def test_chunks_are_halved_when_memory_runs_out() -> None:
    largest = []

    def hungry(x: torch.Tensor) -> torch.Tensor:
        if len(x) > 100:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        largest.append(len(x))
        return x.flatten(1)[:, :3]

    batch = torch.rand(1500, 3, 4, 4)
    logits = Classifier(models.Answers(hungry)).logits(batch)
    assert torch.equal(logits, batch.flatten(1)[:, :3])
    assert 50 < max(largest) <= 100


def test_layers_are_in_call_order_and_called_once() -> None:
    net = models.Untidy()
    model = Classifier(net)
    model.predict(PICTURE)
    assert model.layers == ["conv1", "bn1", "conv2", "bn2", "dropout", "head"]


def test_the_picture_is_shown_as_it_was_before_preprocessing() -> None:
    mean, std = torch.tensor([0.5, 0.4, 0.3]), torch.tensor([0.2, 0.3, 0.4])

    def preprocess(image: object) -> torch.Tensor:
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
        return (pixels - mean[:, None, None]) / std[:, None, None]

    shown = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    model = Classifier(models.small(), preprocess=preprocess)
    assert np.array_equal(model.picture(model.input(shown)), shown)
    gray = Classifier(models.small()).picture(torch.tensor([[[0.0, 1.0]]]))
    assert gray.tolist() == [[[0, 0, 0], [255, 255, 255]]]


def test_double_precision_networks_take_float32_pictures() -> None:
    model = Classifier(models.small().double())
    assert model.logits(PICTURE[None]).dtype == torch.float32
    attribution = model(PICTURE).explain(budget=60)
    assert abs(attribution.residual) < 1e-6


def test_changed_weights_change_the_answer() -> None:
    net = models.small()
    model = Classifier(net)
    first = model(PICTURE).explain(budget=80)
    net[-1].weight.data.mul_(2)
    second = model(PICTURE).explain(budget=80, target=first.target)
    assert second.output == pytest.approx(
        float(model.logits(PICTURE[None])[0, first.target]), abs=1e-3
    )
    assert second.output != pytest.approx(first.output, abs=1e-3)


def test_a_forward_that_was_set_by_hand_is_not_run_behind_the_users_back() -> None:
    net = models.small().train()
    plain = net.forward
    net.forward = lambda x: plain(x)  # type: ignore[method-assign]
    before = models.condition(net)
    model = Classifier(net)
    found = model(PICTURE).explain(budget=64)
    assert models.condition(net) == before
    own = float(model.logits(PICTURE[None])[0, found.target])
    assert found.output == pytest.approx(own, abs=1e-4)


class Tempered(nn.Module):
    """Takes another way for bright pictures, and has a plain number as a setting."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.temperature = models.small(), 1.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        bright = (x.mean((1, 2, 3)) > 5)[:, None]
        return torch.where(bright, 3 + self.body(x), self.body(x)) / self.temperature


@pytest.mark.parametrize("change", ["hook", "setting", "weights", "picture"])
def test_a_map_is_always_of_the_network_as_it_is_now(change: str) -> None:
    net, picture = Tempered(), PICTURE
    model = Classifier(net)
    model(picture).explain(budget=64)
    if change == "hook":
        net.body[0].register_forward_hook(lambda module, inputs, output: output * 2)
    elif change == "setting":
        net.temperature = 0.01
    elif change == "weights":
        net.body[-1].bias.data[0] += 100
    else:
        picture = PICTURE + 10
    found = model(picture).explain(budget=64, target=0)
    assert found.output == pytest.approx(float(model.logits(picture[None])[0, 0]), rel=1e-3)


def test_the_users_picture_is_not_overwritten_by_an_in_place_layer() -> None:
    net = nn.Sequential(nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(48, 3))
    picture = torch.randn(3, 4, 4, generator=torch.Generator().manual_seed(0))
    before = picture.clone()
    model = Classifier(net)
    model.predict(picture)
    model.logits(picture[None])
    model(picture).explain(budget=64)
    assert torch.equal(picture, before)


def test_explaining_in_the_background_leaves_the_training_flags_alone() -> None:
    net = models.small().train()
    model = Classifier(net)
    steps = model(PICTURE).steps(budget=64)
    flags = {net.training for _ in steps}
    assert flags == {True}
    assert model.copies.private().net is not net


def test_a_first_call_that_fails_does_not_hide_that_a_network_draws() -> None:
    net = models.Restless()
    model = Classifier(net)
    with pytest.raises(ModelError):
        model.logits(torch.zeros(1, 5, 4, 4))
    before = torch.get_rng_state()
    model.logits(PICTURE[None])
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_a_classifier_that_has_been_used_is_copied_and_pickled(
    again: Callable[[Classifier], Classifier],
) -> None:
    model = Classifier(models.small(), classes=list("abcd"), preprocess=to_tensor, name="g")
    picture = torch.rand(3, 16, 16)
    run(model.fit_probes(torch.rand(20, 3, 16, 16), ["0"]))
    before = model(picture).explain(budget=64, grid=2)
    other = again(model)
    after = other(picture).explain(budget=64, grid=2)
    np.testing.assert_allclose(after.cells, before.cells, rtol=1e-4, atol=1e-6)
    assert (other.output, other.name, other.classes) == ("logits", "g", model.classes)
    assert other.preprocess is to_tensor
    assert "0" in probes_of(other), "probes are those of the weights"
    with torch.no_grad():
        other.net[0].weight.mul_(2)
    assert not np.allclose(other(picture).explain(budget=64, grid=2).cells, before.cells)
    shared = other.net is model.net
    assert np.allclose(model(picture).explain(budget=64, grid=2).cells, before.cells) != shared


def test_logits_see_writes_that_torch_does_not_count() -> None:
    """A fused optimizer and LoRA's merge write through ``.data``, which leaves no trace."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    model, batch = Network(net), torch.rand(2, 3, 2, 2)
    model.logits(batch)
    net[1].weight.data.mul_(3)
    assert torch.allclose(model.logits(batch), net(batch).detach(), atol=1e-5)


def test_a_question_keeps_its_picture_whatever_the_caller_writes() -> None:
    model = Network(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)))
    picture = torch.ones(3, 2, 2)
    kept = model.input(picture)
    picture.zero_()
    assert bool((kept == 1).all())


def test_another_network_needs_another_classifier() -> None:
    model = Network(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)))
    with pytest.raises(InputError, match="make another Network"):
        model.net = nn.Linear(12, 2)


def test_the_logits_of_a_layer_norm_are_no_probabilities_by_chance() -> None:
    """It makes of a picture a thousand times as bright the same, between 0 and 1 by its bias."""
    net = nn.Sequential(nn.Flatten(), nn.LayerNorm(12), nn.Linear(12, 3))
    nn.init.constant_(net[2].weight, 0.01)
    nn.init.constant_(net[2].bias, 0.5)
    model = Network(net)
    model.predict(torch.rand(3, 2, 2))
    assert model.output == "logits"
