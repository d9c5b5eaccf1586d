from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier, Window, contrast, datasets, zoo
from xaiwidgets.contrast import WindowDifferences
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods import PredictionDifference, Task
from xaiwidgets.methods._imputation import ConditionalImputer
from xaiwidgets.steps import run


def differences(*args: Any, **kwargs: Any) -> WindowDifferences:
    return run(contrast.prediction_difference(*args, **kwargs))


class OnePixel(nn.Module):
    """Log odds 3 x[2, 1] of class 0 against class 1; class 2 is all but impossible."""

    def forward(self, x: Tensor) -> Tensor:
        seen = 3 * x[:, 0, 2, 1]
        return torch.stack([seen, 0 * seen, 0 * seen - 1e4], 1)


class Linear(nn.Module):
    """Log odds of class 0 against class 1: a weighted sum of the pixels."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(1)
        self.weights = nn.Parameter(torch.randn(channels, side, side, generator=random))

    def forward(self, x: Tensor) -> Tensor:
        total = (x * self.weights).sum((1, 2, 3))
        return torch.stack([total, 0 * total], 1)


def test_only_windows_over_the_pixel_that_counts_say_anything() -> None:
    images = torch.rand(3, 1, 6, 5, generator=torch.Generator().manual_seed(0))
    result = differences(Classifier(OnePixel()), images, 0, window=2, references=images.flip(0))
    covering = np.zeros((5, 4), dtype=bool)
    covering[1:3, 0:2] = True  # windows of 2 x 2 that cover row 2, column 1
    told = (result.windows[:, 0] != 0).any(0)
    assert np.array_equal(told, covering)
    seen = np.zeros((6, 5), dtype=bool)
    seen[1:4, 0:3] = True
    assert np.array_equal((result.values != 0).any(0), seen)
    # A pixel has the average over its windows, told or not.
    assert np.allclose(result.values[:, 2, 1], result.windows[:, 0, 1:3, 0:2].mean((1, 2)))
    assert np.allclose(result.values[:, 1, 0], result.windows[:, 0, 0:2, 0].sum(1) / 2)


def test_evidence_of_a_linear_network_is_exact() -> None:
    # With one reference r the window's evidence is the sum of w (x - r) over it, in bits.
    net = Linear(2, 6)
    images, reference = torch.rand(4, 2, 6, 6), torch.rand(1, 2, 6, 6)
    result = differences(
        Classifier(net), images, 0, window=2, stride=2, references=reference, sampling="marginal"
    )
    pixels = (net.weights * (images - reference)).sum(1).detach()
    expected = pixels.reshape(4, 3, 2, 3, 2).sum((2, 4)) / math.log(2)
    assert np.allclose(result.windows[:, 0], expected, atol=1e-4)
    assert np.allclose(result.windows[:, 1], -expected, atol=1e-4)  # two classes are mirror images
    # Windows that do not overlap: what they say sums to the whole change of the log odds.
    whole = Classifier(net).logits(images)[:, 0] - Classifier(net).logits(reference)[:, 0]
    assert np.allclose(result.windows[:, 0].sum((1, 2)), whole / math.log(2), atol=1e-4)
    assert np.allclose(result.values[:, ::2, ::2], expected, atol=1e-4)
    assert np.array_equal(result.of(0), result.values)
    assert np.allclose(result.of(1), -result.values, atol=1e-5)


def test_predictions_are_averaged_over_all_references() -> None:
    net = Linear(1, 4)
    images, references = torch.rand(2, 1, 4, 4), torch.rand(5, 1, 4, 4)
    result = differences(
        Classifier(net), images, 0, window=4, samples=9, references=references, sampling="marginal"
    )
    hidden = net(references).softmax(1).mean(0)
    known = net(images).softmax(1)
    odds = torch.log2(known[:, 0] / known[:, 1]) - torch.log2(hidden[0] / hidden[1])
    assert np.allclose(result.windows[:, 0, 0, 0], odds.detach(), atol=1e-4)
    assert result.evaluations.tolist() == [6, 6]  # no reference is taken twice
    plain = differences(
        Classifier(net), images, 0, window=4, samples=9, references=references,
        sampling="marginal", measure="likelihood",
    )  # fmt: skip
    change = known[:, 0].log() - hidden[0].log()
    assert np.allclose(plain.windows[:, 0, 0, 0], change.detach(), atol=1e-4)


def test_without_references_the_others_are_them() -> None:
    net = Linear(1, 4)
    images = torch.rand(3, 1, 4, 4)
    result = differences(Classifier(net), images, 0, window=4, samples=5)
    known = net(images).softmax(1).detach()
    for at, others in enumerate(([1, 2], [0, 2], [0, 1])):
        hidden = known[others].mean(0)
        odds = torch.log2(known[at, 0] / known[at, 1]) - torch.log2(hidden[0] / hidden[1])
        assert result.windows[at, 0, 0, 0] == pytest.approx(float(odds), abs=1e-4)
    assert result.sampling == "marginal"


def test_certainty_is_no_infinity() -> None:
    class Certain(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            total = 400 * x.sum((1, 2, 3))
            return torch.stack([total, -total, 0 * total], 1)

    images = torch.ones(1, 1, 2, 2)
    half = torch.full((1, 1, 2, 2), 0.5)
    result = differences(
        Classifier(Certain()), images, window=2, references=half, sampling="marginal"
    )
    # log2 odds of class 0 are those against class 2: 1600 nats, and 800 with half of the light
    assert result.windows[0, 0, 0, 0] == pytest.approx(800 / math.log(2), rel=1e-5)


def test_a_pixel_is_the_average_of_the_windows_over_it() -> None:
    model = zoo.digits()
    images = torch.from_numpy(datasets.digits("test").images[:3])[:, None].float() / 255
    result = differences(model, images, window=3, stride=2, references=images.flip(0))
    assert result.rows.tolist() == [0, 2, 4, 5]  # the last ends at the edge
    for row, column in ((0, 0), (4, 5), (7, 7), (2, 6)):
        over = [
            result.windows[:, :, r, c]
            for r, top in enumerate(result.rows) if top <= row < top + 3
            for c, left in enumerate(result.columns) if left <= column < left + 3
        ]  # fmt: skip
        for target in range(10):
            mean = np.mean(over, 0)[:, target]
            assert np.allclose(result.of(target)[:, row, column], mean, atol=1e-4)
    assert result.target.tolist() == model.logits(images).argmax(1).tolist()


def test_the_gaussian_is_the_one_in_textbooks() -> None:
    random = torch.Generator().manual_seed(0)
    mixing = torch.randn(36, 36, generator=random) / 6
    references = (torch.randn(100, 36, generator=random) @ mixing).reshape(100, 1, 6, 6)
    pictures = 0.3 * references[:2]
    count = 40_000
    imputer = ConditionalImputer(pictures, references, window=2, count=count, seed=0)
    drawn = imputer.draw(2, 2).flatten(2).double()  # its surroundings are row and column 1 to 4
    inside = torch.zeros(6, 6, dtype=torch.bool)
    inside[2:4, 2:4] = True
    around = torch.zeros(6, 6, dtype=torch.bool)
    around[1:5, 1:5] = True
    flat = imputer.references.flatten(1)
    covariance = torch.cov(flat.T, correction=0) + imputer.ridge * torch.eye(36)
    i, o = inside.flatten(), (around & ~inside).flatten()
    gain = covariance[i][:, o] @ torch.linalg.inv(covariance[o][:, o])
    seen = pictures.flatten(1).double() - flat.mean(0)
    expected = flat.mean(0)[i] + seen[:, o] @ gain.T
    left = covariance[i][:, i] - gain @ covariance[o][:, i]
    for mean, one in zip(expected, drawn, strict=True):
        error = 5 * float(left.diagonal().amax().sqrt()) / count**0.5
        assert torch.allclose(one.mean(0), mean, atol=error)
        assert torch.allclose(torch.cov(one.T), left, atol=0.05 * float(left.abs().max()))


def test_what_surrounds_a_window_tells_what_is_in_it() -> None:
    # Pictures are of one grey each: a window is known from its surroundings, and hides nothing.
    net = Linear(1, 6)
    greys = torch.rand(200, 1, 1, 1, generator=torch.Generator().manual_seed(0))
    images = greys.expand(-1, 1, 6, 6).contiguous()
    conditional, marginal = (
        differences(Classifier(net), images[:5], 0, window=2, references=images[5:], sampling=kind)
        for kind in ("conditional", "marginal")
    )
    told = np.abs(conditional.windows).mean()
    assert told < 0.3 * np.abs(marginal.windows).mean()


def test_pictures_do_not_disturb_each_other_and_the_seed_decides() -> None:
    model = zoo.digits()
    data = torch.from_numpy(datasets.digits("test").images[:40])[:, None].float() / 255
    images, references = data[:5], data[5:]
    for sampling in ("conditional", "marginal"):
        settings: dict[str, Any] = {"references": references, "sampling": sampling, "samples": 3}
        together = differences(model, images, **settings)
        alone = differences(model, images[3:4], **settings)
        assert np.allclose(alone.windows[0], together.windows[3], atol=1e-3)
        # But for rounding: batches grow meanwhile.
        again = differences(model, images, **settings)
        assert np.allclose(again.windows, together.windows, atol=1e-4)
        other = differences(model, images, **settings, seed=1)
        assert not np.allclose(other.windows, together.windows, atol=1e-3)


def test_a_map_does_not_depend_on_how_bright_its_company_is() -> None:
    images = torch.rand(2, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    references = torch.rand(20, 1, 6, 6, generator=torch.Generator().manual_seed(1))
    model = Classifier(Linear(1, 6))
    how: dict[str, Any] = {"window": 3, "references": references, "sampling": "conditional"}
    alone = differences(model, images[:1], 0, **how)
    together = differences(model, torch.stack([images[0], 9 * images[1] - 4]), 0, **how)
    assert np.allclose(alone.values[0], together.values[0], atol=1e-5)


def test_no_more_windows_than_can_be_paid() -> None:
    images = torch.rand(1, 1, 70, 40)

    class Mean(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            mean = x.mean((1, 2, 3))
            return torch.stack([mean, -mean], 1)

    result = differences(Classifier(Mean()), images, samples=1, references=images.flip(2))
    assert result.window == 5
    assert len(result.rows) * len(result.columns) <= 1024
    assert result.rows[-1] == 65
    assert result.columns[-1] == 35


@pytest.mark.slow
def test_the_network_is_left_as_it_was_found() -> None:
    for net in (models.Untidy(), models.Restless()):
        net.train()
        model, images = Classifier(net), torch.rand(3, 3, 24, 24)
        before = models.condition(net)
        steps = contrast.prediction_difference(model, images, samples=2)
        for _ in range(3):
            next(steps)
            assert models.condition(net) == before
        steps.close()
        assert models.condition(net) == before
        differences(model, images, samples=2)
        assert models.condition(net) == before
    failing = models.Failing(at=3)
    # cannot be copied: it counts its calls itself
    failing.__deepcopy__ = lambda memo: failing  # type: ignore[assignment]
    images = torch.rand(3, 3, 64, 64)
    before = models.condition(failing)
    with pytest.raises(ModelError, match="the sensor is unplugged"):
        differences(Classifier(failing), images, samples=2)
    after = models.condition(failing)
    for part in ("training", "hooks", "requires_grad", "grad", "random", "grad_mode"):
        assert after[part] == before[part]


def test_it_reports_often() -> None:
    model = zoo.fashion_mnist()
    images = torch.rand(4, 1, 28, 28)
    steps = contrast.prediction_difference(model, images, stride=2, references=images)
    reports = [progress.done for progress in steps]
    assert len(reports) > 20
    assert reports == sorted(reports)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"window": 9}, "window is 9; the pictures' shorter side has 8 pixels"),
        ({"window": 0}, "window is 0; use a whole number of at least 1"),
        ({"stride": 0}, "stride is 0"),
        ({"samples": 2.5}, r"samples is 2\.5"),
        ({"sampling": "joint"}, "sampling is 'joint'; use 'conditional' or 'marginal'"),
        ({"measure": "odds"}, "measure is 'odds'; use 'evidence' or 'likelihood'"),
        ({"seed": -1}, "seed is -1"),
        ({"targets": "eight"}, "no class is named 'eight'"),
        ({"targets": [1, 2]}, "2 targets for 3 images"),
        ({"sampling": "conditional", "references": None}, "there are no references to fit to"),
        ({"references": torch.zeros(4, 1, 9, 9)}, r"references have shape \(1, 9, 9\), but the"),
        ({"references": []}, "references is empty"),
    ],
)
def test_wrong_input_is_explained(change: dict[str, Any], words: str) -> None:
    settings: dict[str, Any] = {"references": torch.zeros(4, 1, 8, 8), **change}
    with pytest.raises(InputError, match=words):
        differences(zoo.digits(), torch.zeros(3, 1, 8, 8), **settings)


def test_a_map_of_a_class_that_is_not_there() -> None:
    result = differences(zoo.digits(), torch.rand(2, 1, 8, 8), samples=1)
    with pytest.raises(InputError, match="target is 10; there are classes 0 to 9"):
        result.of(10)


def test_wrong_arguments_are_refused_before_any_work() -> None:
    wrong: list[dict[str, Any]] = [
        {"window": 9}, {"samples": 0}, {"sampling": "joint"}, {"targets": "eight"},
        {"references": []}, {"references": None, "sampling": "conditional"},
    ]  # fmt: skip
    for change in wrong:
        settings: dict[str, Any] = {"references": torch.zeros(4, 1, 8, 8), **change}
        with pytest.raises(InputError):
            contrast.prediction_difference(zoo.digits(), torch.zeros(3, 1, 8, 8), **settings)


def digits(count: int) -> tuple[Classifier, Tensor]:
    model = zoo.digits()
    return model, model.batch(datasets.digits("test").images[:count])


def test_the_method_is_the_function_for_each_class() -> None:
    model, data = digits(40)
    images, references = data[:3], data[3:]
    tasks = [Task(model, image, c, references=references) for image in images for c in (2, None)]
    found = PredictionDifference(samples=3, seed=4).explain(tasks).run()
    both = differences(model, images, references=references, samples=3, seed=4)
    for row in range(3):
        assert np.allclose(found[2 * row].values, both.of(2)[row], atol=1e-4)
        assert np.allclose(found[2 * row + 1].values, both.values[row], atol=1e-4)
        assert found[2 * row + 1].target == both.target[row]
    assert {one.evaluations for one in found} == {int(both.evaluations[0])}
    assert [one.paid > 0 for one in found] == [True, False] * 3, "one pass serves both classes"
    odds = model.logits(images).double().softmax(1)[0, int(both.target[0])]
    assert found[1].output == pytest.approx(float(torch.log2(odds / (1 - odds))), rel=1e-3)
    assert (found[0].unit, found[0].exact, found[0].seed) == ("bits", False, 4)


def test_without_references_tasks_are_each_others() -> None:
    model, images = digits(5)
    alone = PredictionDifference(samples=2).explain([Task(model, x) for x in images]).run()
    for at, image in enumerate(images):
        others = torch.cat([images[:at], images[at + 1 :]])
        task = Task(model, image, references=others)
        method = PredictionDifference(samples=2, sampling="marginal")
        assert np.allclose(method.explain([task]).run()[0].values, alone[at].values, atol=1e-4)
    # The same picture twice is not its own reference.
    twice = [Task(model, images[0], c) for c in (1, 2)]
    with pytest.raises(InputError, match="nothing to hide a single image's windows behind"):
        PredictionDifference().explain(twice)


def test_given_references_are_conditioned_on_and_kept_apart_from_others() -> None:
    model, images = digits(6)
    others = images[1:]
    given = Task(model, images[0], references=others)
    usual, conditional, marginal = (
        PredictionDifference(samples=2, sampling=sampling).explain([given]).run()[0].values
        for sampling in (None, "conditional", "marginal")
    )
    assert np.allclose(usual, conditional, atol=1e-4)
    assert not np.allclose(usual, marginal, atol=1e-3)
    # Its map without references given, of the same others, is marginal: another entry of the cache.
    tasks = [Task(model, image) for image in images]
    implied = PredictionDifference(samples=2).explain(tasks).run()[0].values
    assert np.allclose(implied, marginal, atol=1e-4)


def test_windows_stay_inside_of_the_tasks_window() -> None:
    net = Linear(1, 8)
    images = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    references = torch.zeros(1, 1, 8, 8)
    window = Window(1, 2, 4, 6)
    task = Task(Classifier(net), images[0], 0, window=window, baseline=0.5, references=references)
    method = PredictionDifference(window=2, stride=2, sampling="marginal")
    (found,) = method.explain([task]).run()
    # One reference of zeros: the evidence of a window of a linear network is exact, in bits.
    pixels = (net.weights * images[0])[0].detach()[1:5, 2:8]
    expected = pixels.reshape(2, 2, 3, 2).sum((1, 3)) / math.log(2)
    assert found.window == window
    assert np.allclose(found.cells[::2, ::2], expected, atol=1e-4)
    assert found.values.shape == (8, 8)
    outside = found.values.copy()
    outside[window.slices] = 0
    assert not outside.any()
    shown = torch.full((1, 8, 8), 0.5)
    shown[:, 1:5, 2:8] = images[0][:, 1:5, 2:8]
    whole = float((net.weights * shown).sum().detach()) / math.log(2)
    assert found.output == pytest.approx(whole, abs=1e-3)
    with pytest.raises(InputError, match="window is 5; the pictures' shorter side has 4 pixels"):
        PredictionDifference(window=5).explain([task])
