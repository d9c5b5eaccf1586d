"""Training probes: against scikit-learn and counts by hand; the network is left as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn

from tests import models
from tests.algebra.helpers import (
    CLASSES,
    IMAGES,
    SIDE,
    by_hook,
    fitted,
    pooled,
    truncated,
    wide,
)
from xaiwidgets import Classifier
from xaiwidgets.algebra import fit_probes
from xaiwidgets.algebra._fitting import STRENGTHS
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.layers import Tapped
from xaiwidgets.optimize import _batching
from xaiwidgets.probes import Probes, probes_of
from xaiwidgets.steps import run

LABELS = torch.arange(len(IMAGES)) % 3


def halves(seed: int = 0, share: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(len(IMAGES))
    return order[round(share * len(IMAGES)) :], order[: round(share * len(IMAGES))]


def vectors(model: Classifier, layer: str) -> np.ndarray:
    return pooled(by_hook(model.net, layer, IMAGES), probes_of(model)[layer].tap).numpy()


class Patches(nn.Module):
    """A token of the class and one for each of 3 x 3 patches, in eight blocks."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.patch, self.token = nn.Conv2d(3, 8, 4, 4), nn.Parameter(torch.randn(1, 1, 8))
            layers = [nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True) for _ in range(8)]
            self.blocks, self.head = nn.Sequential(*layers), nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.patch(x).flatten(2).transpose(1, 2)
        tokens = self.blocks(torch.cat([self.token.expand(len(x), -1, -1), tokens], 1))
        return self.head(tokens[:, 0])


@pytest.mark.parametrize(
    ("make", "layers"),
    [
        (wide, ["1", "2", "5"]),
        (Patches, ["patch", "blocks.1", "blocks.3", "blocks.5", "blocks"]),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(432, 8), nn.ReLU(), nn.Linear(8, 4)),
         ["0", "1", "2"]),
    ],
)  # fmt: skip
def test_by_default_layers_have_probes_where_stages_end(make: Any, layers: list[str]) -> None:
    model = Classifier(make().eval())
    assert list(run(model.fit_probes(IMAGES))) == layers


def test_the_features_of_a_transformer_are_its_class_token_and_its_places() -> None:
    model = Classifier(Patches().eval())
    train, _ = halves()
    probe = run(model.fit_probes(IMAGES, ["blocks.7"]))["blocks.7"]
    tokens = by_hook(model.net, "blocks.7", IMAGES)
    places = tokens[:, 1:].transpose(1, 2).flatten(1)  # 8 x 3 x 3 are no more than 512
    features = torch.cat([tokens[:, 0], places], 1)
    assert probe.weight.shape == (4, features.shape[1])
    assert probe.agreement == 1  # the logits are linear in the class token
    ridge = make_pipeline(StandardScaler(), RidgeCV(alphas=STRENGTHS))
    ridge.fit(features[train].numpy(), model.logits(IMAGES[train]).numpy())
    expected = ridge.predict(features.numpy())
    np.testing.assert_allclose(probe.logits(features.numpy()), expected, atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("layer", ["0", "4"])
def test_without_labels_a_probe_is_ridge_regression_on_the_networks_logits(layer: str) -> None:
    model = fitted(wide(), [layer])
    train, _ = halves()
    ridge = make_pipeline(StandardScaler(), RidgeCV(alphas=STRENGTHS))
    seen = vectors(model, layer)
    ridge.fit(seen[train], model.logits(IMAGES[train]).numpy())
    ours = truncated(model, layer)(IMAGES).numpy()
    np.testing.assert_allclose(ours, ridge.predict(seen), atol=2e-3, rtol=1e-3)


def test_with_labels_a_probe_is_logistic_regression() -> None:
    model = fitted(wide(), ["4"], labels=LABELS)
    train, _ = halves()
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    seen = vectors(model, "4")
    logistic.fit(seen[train], LABELS[train].numpy())
    ours = truncated(model, "4")(IMAGES).double().softmax(1).numpy()
    np.testing.assert_allclose(ours[:, :3], logistic.predict_proba(seen), atol=2e-3)


def test_two_classes_are_told_apart_as_by_logistic_regression() -> None:
    labels = LABELS.clamp(max=1)
    model = fitted(wide(), ["4"], labels=labels.tolist())
    train, _ = halves()
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    seen = vectors(model, "4")
    logistic.fit(seen[train], labels[train].numpy())
    ours = truncated(model, "4")(IMAGES).double().softmax(1).numpy()
    np.testing.assert_allclose(ours[:, :2], logistic.predict_proba(seen), atol=2e-3)


def test_a_class_without_labels_never_wins() -> None:
    model = fitted(wide(), ["0", "5"], labels=2 * (LABELS % 2))
    extreme = torch.cat([IMAGES, 100 * IMAGES, torch.zeros_like(IMAGES[:1])])
    for layer in ("0", "5"):
        assert set(truncated(model, layer)(extreme).argmax(1).tolist()) <= {0, 2}


@pytest.mark.parametrize("labels", [None, LABELS])
@pytest.mark.parametrize(("held_out", "seed"), [(0.2, 0), (0.4, 7)])
def test_agreement_is_what_counting_on_the_held_out_images_gives(
    labels: torch.Tensor | None, held_out: float, seed: int
) -> None:
    model = fitted(wide(), ["0", "4"], labels=labels, held_out=held_out, seed=seed)
    train, test = halves(seed, held_out)
    whole = model.logits(IMAGES[test]).argmax(1)
    for layer, probe in probes_of(model).items():
        same = truncated(model, layer)(IMAGES[test]).argmax(1) == whole
        assert probe.agreement == pytest.approx(float(same.float().mean()))
        assert probe.images == len(train)


def test_the_layer_before_the_last_agrees_always() -> None:
    model = fitted(wide(), ["5"])
    assert probes_of(model).agreement == {"5": 1.0}
    assert torch.allclose(truncated(model, "5")(IMAGES), model.logits(IMAGES), atol=0.05)


def test_a_layer_that_is_always_the_same_gives_every_picture_the_same_scores() -> None:
    class Dead(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.dead, self.body = nn.Linear(432, 3), wide()
            self.dead.weight.data.zero_()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.body(x) + 0 * self.dead(x.flatten(1)).sum(1, keepdim=True)

    scores = truncated(fitted(Dead(), ["dead"]), "dead")(IMAGES)
    assert torch.isfinite(scores).all()
    assert torch.allclose(scores, scores[:1].expand_as(scores))


def test_every_image_is_evaluated_once_for_all_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures: list[bytes] = []
    forward = Tapped.forward

    def counting(self: Tapped, batch: torch.Tensor) -> torch.Tensor:
        pictures.extend(each.numpy().tobytes() for each in batch)
        return forward(self, batch)

    monkeypatch.setattr(Tapped, "forward", counting)
    fitted(wide(), ["0", "2", "4"])
    assert sorted(pictures) == sorted(each.numpy().tobytes() for each in IMAGES)


def test_how_busy_the_machine_is_changes_no_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast twin chooses its batches by the clock, and answers in other last digits."""
    quick = probes_of(fitted(wide(), ["4"]))["4"].key
    monkeypatch.setattr(_batching, "PATIENCE", 1e-9)  # whatever is evaluated took too long
    assert probes_of(fitted(wide(), ["4"]))["4"].key == quick


def test_pil_images_and_arrays_train_as_tensors_do() -> None:
    shown = np.random.default_rng(0).integers(0, 256, (20, SIDE, SIDE, 3), dtype=np.uint8)
    model = Classifier(wide())
    one = run(model.fit_probes(list(shown), ["4"]))
    other = run(fit_probes(model, torch.stack([model.input(a) for a in shown]), ["4"]))
    assert one["4"].key == other["4"].key


def test_the_seed_decides_which_images_are_held_out() -> None:
    one, same, other = (probes_of(fitted(wide(), ["4"], seed=s))["4"].key for s in (0, 0, 1))
    assert one == same != other


def test_layers_may_be_given_in_any_order_and_twice() -> None:
    probes = run(Classifier(wide()).fit_probes(IMAGES, ["4", "0", "4"]))
    assert list(probes) == ["0", "4"]


def test_probes_are_in_the_order_of_calls_whatever_the_model_has_seen() -> None:
    class Backwards(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.late, self.early = nn.Linear(8, 3), nn.Linear(432, 8)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.late(self.early(x.flatten(1)))

    assert list(run(Classifier(Backwards()).fit_probes(IMAGES, ["late", "early"]))) == [
        "early",
        "late",
    ]


def test_labels_may_be_names() -> None:
    names = [CLASSES[label] for label in LABELS.tolist()]
    one, other = (fitted(wide(), ["4"], labels=labels) for labels in (LABELS, names))
    assert torch.equal(*(probes_of(model)["4"].weight for model in (one, other)))


def test_previews_are_the_probes_so_far() -> None:
    model = Classifier(wide())
    run(model.fit_probes(IMAGES, ["0"]))
    steps = list(model.fit_probes(IMAGES, ["2", "4"]))
    previews = [list(step.preview) for step in steps if step.preview is not None]
    assert previews == [["0"], ["0", "2"]]
    assert all(isinstance(s.preview, Probes) for s in steps if s.preview is not None)
    assert [s.done for s in steps if s.note == "evaluating"][-1] == len(IMAGES)


class Failing(nn.Module):
    """Throws at dark pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.body = models.Untidy()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool((x.mean((1, 2, 3)) < -5).any()):
            raise RuntimeError("too dark")
        return self.body(x)


def with_gradients(net: nn.Module) -> nn.Module:
    for p in net.parameters():
        p.grad = torch.ones_like(p)
    net.register_forward_hook(lambda module, inputs, output: output * 1.5)
    return net


@pytest.mark.parametrize("make", [models.Untidy, models.Restless], ids=["untidy", "restless"])
def test_fitting_and_explaining_layers_leaves_a_network_as_it_was_found(make: type) -> None:
    net = with_gradients(make())
    layer = "conv2" if make is models.Untidy else "body.4"
    model, before = Classifier(net), models.condition(net)
    for _ in model.fit_probes(IMAGES, [layer]):
        assert models.condition(net) == before
    assert models.condition(net) == before
    for _ in model(IMAGES[0]).select(layer).steps(budget=60):
        assert models.condition(net) == before
    assert models.condition(net) == before


@pytest.mark.parametrize("after", [1, 2, 3, 4, 5])
def test_closing_in_the_middle_leaves_a_network_as_it_was_found(after: int) -> None:
    net = with_gradients(models.Untidy())
    model, before = Classifier(net), models.condition(net)
    fitting = model.fit_probes(IMAGES, ["conv1", "bn2", "head"])
    for _ in range(after):
        next(fitting)
    fitting.close()
    assert models.condition(net) == before
    run(model.fit_probes(IMAGES, ["bn2"]))
    explaining = model(IMAGES[0]).select("bn2").steps(budget=200)
    for _ in range(after):
        next(explaining)
    explaining.close()
    assert models.condition(net) == before


def test_an_error_in_the_middle_leaves_a_network_as_it_was_found() -> None:
    net = with_gradients(Failing())
    model, before = Classifier(net), models.condition(net)
    with pytest.raises(ModelError, match="too dark"):
        run(model.fit_probes(torch.cat([IMAGES, IMAGES - 100]), ["body.conv1"]))
    assert models.condition(net) == before
    assert not probes_of(model)
    run(model.fit_probes(IMAGES, ["body.conv1"]))
    with pytest.raises(ModelError, match="too dark"):
        model(IMAGES[0]).select("body.conv1").explain(baseline=-100.0)
    assert models.condition(net) == before


def test_a_network_that_cannot_be_copied_is_left_as_it_was_found() -> None:
    net = with_gradients(wide().train())
    plain = net.forward
    net.forward = lambda x: plain(x)  # type: ignore[method-assign]
    model, before = Classifier(net), models.condition(net)
    for _ in model.fit_probes(IMAGES, ["0", "4"]):
        assert models.condition(net) == before
    found = model(IMAGES[0]).select("4").explain(budget=16, grid=2, target=1)
    assert models.condition(net) == before
    assert found.output == pytest.approx(float(truncated(model, "4")(IMAGES[:1])[0, 1]), abs=1e-4)


@pytest.mark.parametrize("hidden", [False, True])
def test_retraining_while_probes_are_fitted_does_not_mix_old_and_new_weights(hidden: bool) -> None:
    model = Classifier(wide())
    fitting = model.fit_probes(IMAGES, ["4"])
    next(fitting)
    next(fitting)
    with torch.no_grad():
        weight = model.net[0].weight
        (weight.data if hidden else weight).mul_(-3)  # a write through .data leaves no trace
    with pytest.raises(ModelError, match="changed while"):
        run(fitting)
    assert not probes_of(model)


SHAPES = [*IMAGES[:15], torch.zeros(3, SIDE, SIDE + 1)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"images": IMAGES[:9]}, "there are 9 images; a probe needs at least 10"),
        ({"images": SHAPES}, "different shapes"),
        ({"images": SHAPES[::-1]}, "different shapes"),
        ({"images": [*IMAGES[:15], "cat.png"]}, "cannot be opened as a picture"),
        ({"images": IMAGES * torch.nan}, "NaN"),
        ({"layers": "4"}, "layers is '4'; give a list"),
        ({"layers": []}, "layers is"),
        ({"layers": ["44"]}, r"no layer '44' answers once a picture; did you mean '4'"),
        ({"layers": ["4", 4]}, "4"),
        ({"labels": [0, 1]}, "there are 2 labels for 60 images"),
        ({"labels": LABELS + 2}, "class 4 does not exist; numbers go from 0 to 3"),
        ({"labels": LABELS - 1}, "class -1 does not exist; numbers go from 0"),
        ({"labels": LABELS * 0}, "all labels are the same class"),
        ({"labels": LABELS / 2}, "target is 0.5|target is 0.0"),
        ({"labels": ["cat"] * 60}, "class .cat.: the classes have no names"),
        ({"labels": torch.eye(4)[LABELS]}, r"labels has shape \(60, 4\)"),
        ({"held_out": 0}, "held_out is 0"),
        ({"held_out": 1.0}, "held_out is 1.0"),
        ({"held_out": "most"}, "held_out is 'most'"),
        ({"held_out": 0.999}, "held_out is 0.999"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": "one"}, "seed is 'one'"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_wrong_arguments_are_explained(wrong: dict[str, object], words: str) -> None:
    how = {"images": IMAGES, "layers": ["4"], **wrong}
    with pytest.raises(InputError, match=words):
        run(Classifier(wide()).fit_probes(**how))  # type: ignore[arg-type]


def test_a_masked_class_stays_impossible_in_probes() -> None:
    """Its logit is minus infinity for every picture, as ImageNet's subsets mask the others."""

    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(nn.Flatten(), nn.Linear(12, 3))
            self.register_buffer("mask", torch.tensor([0.0, -torch.inf, 0.0]))

        def forward(self, batch: Tensor) -> Tensor:
            scores: Tensor = self.body(batch) + self.mask
            return scores

    model, images = Classifier(Masked()), torch.rand(30, 3, 2, 2)
    probe = model.fit_probes(images, ["body.1"]).run()["body.1"]
    assert probe.agreement == 1.0
    assert bool(probe.bias.isneginf()[1]) and bool(probe.bias[[0, 2]].isfinite().all())
