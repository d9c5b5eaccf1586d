from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier, contrast, datasets, zoo
from xaiwidgets.contrast import Subtraction
from xaiwidgets.contrast._subtraction import METHODS_BY_NAME, PROBE_WEIGHTS
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods import (
    LIME,
    LRP,
    Attribution,
    Cells,
    GradCAM,
    PredictionDifference,
    Task,
)
from xaiwidgets.steps import run
from xaiwidgets.work import Progress, Steps, Work

METHODS = tuple(METHODS_BY_NAME)


def ask(*args: Any, **kwargs: Any) -> Subtraction:
    return run(contrast.subtract(*args, **kwargs))


class Plain(nn.Module):
    """A convolution that copies, and the sums of the left and the right half: all is known."""

    def __init__(self, side: int = 4) -> None:
        super().__init__()
        self.copy = nn.Conv2d(1, 2, 1, bias=False)
        self.flat = nn.Flatten()
        self.head = nn.Linear(2 * side * side, 2, bias=False)
        weights = torch.zeros(2, 2, side, side)
        weights[0, 0, :, : side // 2] = 1  # class 0: the first map's left half
        weights[1, 1, :, side // 2 :] = 2  # class 1: the second map's right half, twice
        with torch.no_grad():
            self.copy.weight.copy_(torch.tensor([1.0, 1.0]).reshape(2, 1, 1, 1))
            self.head.weight.copy_(weights.flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.flat(self.copy(x)))


@pytest.fixture(scope="module")
def digits() -> tuple[Classifier, Tensor, Tensor]:
    """A network, test pictures, and the class that comes second."""
    model = zoo.digits()
    images = torch.from_numpy(datasets.digits("test").images[:6])[:, None].float() / 255
    return model, images, model.logits(images).argsort(1)[:, -2]


def own_settings(method: str, images: Tensor) -> dict[str, Any]:
    return {"references": images.flip(0)} if method == "pda" else {}


def half(side: int = 4) -> Tensor:
    """A picture whose left half is bright, the right half dark but for one pixel."""
    image = torch.zeros(1, 1, side, side)
    image[..., : side // 2] = 1
    image[..., 1, 2] = 0.25
    return image


def test_gradcam_of_a_network_worked_out_by_hand() -> None:
    # The mean slope of class 0 is 1/2 for map 0 and 0 for map 1: the map is the picture itself,
    # and so is that of class 1. Their difference has the sign of w - 1 everywhere.
    image = half()
    result = ask(Classifier(Plain()), image, 1, method="gradcam", layer="copy")
    assert np.allclose(result.true_map[0], image[0, 0])
    assert np.allclose(result.probe_map[0], image[0, 0])
    # More of the picture clips the left half at 1 and lets pixel (1, 2) grow, which is class 1's
    # alone; but the left half does not fall, and so class 0 loses by the softmax alone.
    # Less of it (w < 1) darkens the left half 8 times, and pixel (1, 2) counts 2 * 1/4: kept, too.
    assert result.kept[0] == 399  # only w = 1 changes nothing
    assert result.weights[0] == pytest.approx([0.005, 2.0])
    mean = (PROBE_WEIGHTS.sum() - 1) / 399 - 1
    assert np.allclose(result.values[0], mean * image[0, 0], atol=1e-6)


def test_lrp_of_a_linear_network_is_its_summands() -> None:
    image = half()
    result = ask(Classifier(Plain()), image, 1, method=LRP(convolutions="epsilon"))
    left, right = image[0, 0].clone(), image[0, 0].clone()
    left[:, 2:] = 0
    right[:, :2] = 0
    assert np.allclose(result.true_map[0], left, atol=1e-5)
    assert np.allclose(result.probe_map[0], right / right.max(), atol=1e-5)
    # w * probe - true: the left half is taken away, pixel (1, 2) becomes brighter.
    assert result.kept[0] == 400
    assert result.values[0, 1, 2] == pytest.approx(float(PROBE_WEIGHTS.mean()), abs=1e-5)
    assert np.allclose(result.values[0][:, :2], -1, atol=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_by_name_and_as_it_is_are_the_same(
    name: str, digits: tuple[Classifier, Tensor, Tensor]
) -> None:
    model, images, probes = (digits[0], *(part[:3] for part in digits[1:]))
    own = own_settings(name, images)
    method = METHODS_BY_NAME[name]()
    short, full = (ask(model, images, probes, method=how, **own) for how in (name, method))
    assert np.array_equal(short.values, full.values)
    assert (short.method, full.method) == (name, repr(method))
    # The maps are those of the method, scaled.
    references = own.get("references")
    for classes, maps in ((short.true, short.true_map), (probes.tolist(), short.probe_map)):
        tasks = [
            Task(model, image, int(c), references=references)
            for image, c in zip(images, classes, strict=True)
        ]
        for alone, scaled in zip(method.explain(tasks).run(), maps, strict=True):
            largest = max(1e-30, np.abs(alone.values).max())
            assert np.allclose(alone.values / largest, scaled, atol=1e-4)


def test_settings_reach_the_method(digits: tuple[Classifier, Tensor, Tensor]) -> None:
    model, images, probes = (digits[0], *(part[:2] for part in digits[1:]))
    for name, settings, method in (
        ("gradcam", {"layer": "conv1"}, GradCAM("conv1")),
        ("lime", {"cells": 3, "samples": 50, "seed": 4}, LIME(3, 50, 4)),
        ("pda", {"window": 3, "stride": 2, "samples": 2, "seed": 1},
         PredictionDifference(3, 2, 2, seed=1)),
    ):  # fmt: skip
        own = own_settings(name, images)
        by_name = ask(model, images, probes, method=name, **own, **settings)
        usual = ask(model, images, probes, method=name, **own)
        given = ask(model, images, probes, method=method, **own)
        assert np.array_equal(by_name.probe_map, given.probe_map)
        assert not np.allclose(by_name.probe_map, usual.probe_map, atol=1e-3)


def test_any_method_will_do(digits: tuple[Classifier, Tensor, Tensor]) -> None:
    @dataclass(frozen=True)
    class Ones:
        """A map of ones for the predicted class, of twos for others."""

        label: ClassVar[str] = "ones"
        needs: ClassVar[frozenset[str]] = frozenset()
        has_baseline: ClassVar[bool] = False

        def incompatibility(self, task: Any) -> None:
            """Any network is valid."""

        def explain(self, tasks: Any, cache: Any = None) -> Any:
            def steps() -> Steps[list[Attribution]]:
                yield Progress(0, 1)
                return [self.map(task) for task in tasks]

            return Work(steps(), "ones")

        def map(self, task: Task) -> Attribution:
            cells = Cells.of(task.shape, task.region, 1)
            value = 1.0 + (task.target != task.network.predict(task.input).index)
            facts: dict[str, Any] = {"output": 0.0, "evaluations": 1, "paid": 1, "exact": True}
            target = task.target or 0
            return task.attribution(self, cells, [value], target, seconds=0, device="", **facts)

    model, images, probes = digits
    result = ask(model, images, probes, method=Ones())
    assert (result.true_map == 1).all() and (result.probe_map == 1).all()
    assert result.evaluations.tolist() == [403] * 6


@pytest.mark.parametrize("method", METHODS)
def test_the_weights_that_count_lower_a_and_raise_b(
    method: str, digits: tuple[Classifier, Tensor, Tensor]
) -> None:
    model, images, probes = digits
    result = ask(
        model, images, probes, method=method, limits=(0, 1), **own_settings(method, images)
    )
    before = model.logits(images).softmax(1).double()
    for at in range(len(images)):
        a, b = result.true[at], result.probe[at]
        weights = np.arange(1, 401) * 0.005
        differences = weights[:, None, None] * result.probe_map[at] - result.true_map[at]
        changed = (images[at] + torch.from_numpy(differences[:, None]).float()).clamp(0, 1)
        after = model.logits(changed).softmax(1).double()
        good = (after[:, a] < before[at, a]) & (after[:, b] > before[at, b])
        kept = weights[good.numpy()]
        # probabilities of less than 1e-7 of difference are rounding
        assert abs(len(kept) - result.kept[at]) <= 4
        if len(kept) == 0:
            assert result.kept[at] <= 4
            continue
        assert np.allclose(result.values[at], differences[good.numpy()].mean(0), atol=0.02)
        assert result.weights[at] == pytest.approx([kept[0], kept[-1]], abs=0.021)
    assert result.kept.max() > 0
    assert result.values.dtype == result.true_map.dtype == result.weights.dtype == np.float32


def test_nothing_kept_is_said_to_be_nothing() -> None:
    class Stubborn(Plain):
        """Class 0 becomes the likelier, whatever is changed."""

        def forward(self, x: Tensor) -> Tensor:
            own = super().forward(x)
            change = (x - half()).abs().sum((1, 2, 3))
            return own * 1e-3 + torch.stack([1 + change, -change], 1)

    result = ask(Classifier(Stubborn()), half(), 1, method="gradcam", layer="copy")
    assert result.kept[0] == 0
    assert not result.values.any()
    assert np.isnan(result.weights).all()
    assert repr(result) == "Subtraction(gradcam, 0 of 1 answered)"


def test_differences_are_in_units_of_the_pictures() -> None:
    class Brighter(Plain):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x / 100)

    image = half() - 0.5
    small = ask(Classifier(Plain()), image, 1, layer="copy")
    large = ask(Classifier(Brighter()), 100 * image, 1, layer="copy")
    assert np.allclose(large.values, 100 * small.values, atol=1e-3)
    assert np.abs(small.values).max() > 0
    assert np.allclose(large.probe_map, small.probe_map, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_pairs_do_not_disturb_each_other(
    method: str, digits: tuple[Classifier, Tensor, Tensor]
) -> None:
    model, images, probes = digits
    own = own_settings(method, images)
    # Each with nothing in its cache.
    together = ask(Classifier(model.net), images, probes, method=method, **own)
    alone = ask(Classifier(model.net), images[2:3], [int(probes[2])], method=method, **own)
    assert np.allclose(alone.probe_map[0], together.probe_map[2], atol=1e-4)
    assert np.allclose(alone.values[0], together.values[2], atol=0.02)
    assert alone.evaluations[0] == together.evaluations[2]


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides(method: str, digits: tuple[Classifier, Tensor, Tensor]) -> None:
    model, images, probes = digits
    own = own_settings(method, images)
    first, again, other = (
        ask(Classifier(model.net), images[:2], probes[:2], method=method, seed=seed, **own)
        for seed in (1, 1, 2)
    )
    # But for rounding: how many pictures go together is learned meanwhile.
    assert np.allclose(first.values, again.values, atol=1e-4)
    same = np.allclose(first.probe_map, other.probe_map, atol=1e-4)
    assert same == (method in ("gradcam", "lrp"))


class Awkward(nn.Module):
    """Each layer once, but in place, with dropout and mixed modes; all that captum's LRP knows."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.relu, self.drop = nn.ReLU(inplace=True), nn.Dropout(0.5)
        self.pool, self.head = nn.MaxPool2d(2), nn.Linear(6 * 16, 4)
        self.train()
        self.norm.eval()

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(self.pool(self.relu(self.norm(self.conv(x)))))
        return self.head(x.flatten(1))


@pytest.mark.parametrize(
    ("method", "copied"), [*((one, True) for one in METHODS), ("gradcam", False), ("lime", False)]
)
def test_the_network_is_left_as_it_was_found(method: str, copied: bool) -> None:
    net = Awkward()
    if not copied:
        net.__deepcopy__ = lambda memo: net  # type: ignore[assignment]
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    model, images = Classifier(net), torch.rand(2, 3, 8, 8)
    probes = [(c + 1) % 4 for c in model.logits(images).argmax(1).tolist()]
    before, given = models.condition(net), images.clone()
    settings = {"lime": {"samples": 100}, "pda": {"samples": 4}}.get(method, {})
    for _ in contrast.subtract(model, images, probes, method=method, **settings):
        assert models.condition(net) == before
    assert models.condition(net) == before
    assert torch.equal(images, given)
    steps = contrast.subtract(model, images, probes, method=method, **settings)
    next(steps)
    steps.close()
    assert models.condition(net) == before
    assert not any(hasattr(module, "rule") for module in net.modules())


@pytest.mark.parametrize("method", METHODS)
def test_an_error_on_the_way_leaves_the_network_as_it_was(method: str) -> None:
    class Delicate(Awkward):
        """Bears what it was shown first; a changed picture breaks it, or a gradient does."""

        def forward(self, x: Tensor) -> Tensor:
            # LRP refuses a network that asks its input for more than that.
            changed = method in ("lime", "pda") and float(x.amin((1, 2, 3)).min()) < 0.1
            if x.requires_grad or changed:
                raise RuntimeError("the sensor is unplugged")
            return super().forward(x)

    net = Delicate()
    model, images = Classifier(net), torch.rand(2, 3, 8, 8).clamp_min(0.1)
    probes = [(c + 1) % 4 for c in model.logits(images).argmax(1).tolist()]
    before = models.condition(net)
    own = {"references": images / 20} if method == "pda" else {}
    with pytest.raises(ModelError, match="the sensor is unplugged"):
        ask(model, images, probes, method=method, limits=(0, 1), **own)
    assert models.condition(net) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"probes": "z"},
        {"probes": [1, 1]},
        {"method": "cam"},
        {"seed": -1},
        {"layer": "cpoy"},
        {"method": "lime", "cells": 5},
        {"method": "lime", "samples": 0},
        {"method": "pda", "window": 5},
        {"method": "pda"},
        {"limits": (1, 0)},
        {"images": half()[:0]},
        {"references": half()},
    ],
)
def test_wrong_arguments_are_refused_before_any_work(wrong: dict[str, Any]) -> None:
    class Unasked(Plain):
        def forward(self, x: Tensor) -> Tensor:
            raise AssertionError("nothing is computed when it is only called")

    model = Classifier(Unasked(), classes=["a", "b"])
    given: dict[str, Any] = {"images": half(), "probes": "b"}
    contrast.subtract(model, **given)
    with pytest.raises(InputError):
        contrast.subtract(model, **{**given, **wrong})


def test_it_reports_often_and_shows_what_it_has() -> None:
    model = zoo.fashion_mnist()
    images = torch.rand(12, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    probes = model.logits(images).argsort(1)[:, -2]
    reports = list(contrast.subtract(model, images, probes, method="gradcam"))
    previews = [progress.preview for progress in reports if progress.preview is not None]
    assert len(reports) > 20
    assert len(previews[0]) < 12
    assert isinstance(previews[0], Subtraction)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"probes": 0}, "image 0 is predicted to be '0', which is also its probe"),
        ({"probes": 2}, "class 2 does not exist"),
        ({"probes": [1, 1]}, "2 probes for 1 images"),
        ({"method": "cam"}, "method is 'cam'; use 'gradcam' or 'lime' or 'lrp' or 'pda'"),
        ({"method": 3}, "method is 3; use a Method, or 'gradcam' or"),
        ({"method": LIME}, "method is <class.*LIME'>; use a Method, or 'gradcam' or"),
        ({"method": LIME(), "cells": 3}, r"LIME\(cells=None.* has its own cells; set them there"),
        ({"references": half()}, "Grad-CAM needs no references; leave them out"),
        ({"seed": -1}, "seed is -1"),
        ({"layer": "cpoy"}, "layer is 'cpoy'.*did you mean 'copy'.*There are copy, flat, head"),
        ({"layer": "head"}, r"'head' has no feature maps on the picture.*such as copy"),
        ({"cells": 3}, "cells is for method 'lime', not 'gradcam'"),
        ({"samples": 3}, "samples is for method 'lime' or 'pda', not 'gradcam'"),
        ({"method": "lime", "cells": 5}, "cells is 5; the pictures' shorter side has 4 pixels"),
        ({"method": "lime", "samples": 0}, "samples is 0; use a whole number of at least 1"),
        ({"method": "pda", "window": 5}, "window is 5; the pictures' shorter side has 4"),
        ({"method": "pda"}, "nothing to hide a single image's windows behind; give references"),
        ({"limits": (0, 0.5)}, r"images go from 0 to 1, but limits is \(0, 0.5\)"),
        ({"limits": (1, 0)}, "the first must be below the second"),
        ({"limits": 1}, "limits is 1; use two numbers"),
        ({"images": half()[:0]}, "images is empty"),
        ({"images": half() * torch.nan}, "NaN"),
        ({"images": torch.ones(1, 4)}, r"shape \(4,\); windows and cells need"),
    ],
)
def test_wrong_input_is_explained(change: dict[str, Any], words: str) -> None:
    given = {"images": half(), "probes": 1, **change}
    with pytest.raises(InputError, match=words):
        ask(Classifier(Plain()), given.pop("images"), given.pop("probes"), **given)
