from __future__ import annotations

from typing import Any

import captum.attr
import numpy as np
import pytest
import torch
from captum.attr._core.lime import get_exp_kernel_similarity_function
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier, contrast, datasets, zoo
from xaiwidgets.contrast import Subtraction
from xaiwidgets.contrast.direct import WEIGHTS
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.steps import run

METHODS = ("gradcam", "lime", "lrp", "pda")


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
    mean = (WEIGHTS.sum() - 1) / 399 - 1
    assert np.allclose(result.values[0], mean * image[0, 0], atol=1e-6)


def test_lrp_of_a_linear_network_is_its_summands() -> None:
    image = half()
    result = ask(Classifier(Plain()), image, 1, method="lrp")
    left, right = image[0, 0].clone(), image[0, 0].clone()
    left[:, 2:] = 0
    right[:, :2] = 0
    assert np.allclose(result.true_map[0], left, atol=1e-5)
    assert np.allclose(result.probe_map[0], right / right.max(), atol=1e-5)
    # w * probe - true: the left half is taken away, pixel (1, 2) becomes brighter.
    assert result.kept[0] == 400
    assert result.values[0, 1, 2] == pytest.approx(float(WEIGHTS.mean()), abs=1e-5)
    assert np.allclose(result.values[0][:, :2], -1, atol=1e-5)


def test_maps_are_captums(digits: tuple[Classifier, Tensor, Tensor]) -> None:
    model, images, probes = digits
    true, net = model.logits(images).argmax(1), model.net
    images = images.clone().requires_grad_()

    def scaled(maps: Tensor) -> Tensor:
        return maps.detach() / maps.detach().abs().amax((1, 2), keepdim=True).clamp_min(1e-30)

    cam = captum.attr.LayerGradCam(net, net.pool)
    ours = ask(model, images, probes, method="gradcam")
    for classes, mine in ((true, ours.true_map), (probes, ours.probe_map)):
        theirs = cam.attribute(images, target=classes, relu_attributions=True)
        theirs = nn.functional.interpolate(theirs, (8, 8), mode="bilinear")[:, 0]
        assert torch.allclose(torch.from_numpy(mine), scaled(theirs), atol=1e-5)
    ours = ask(model, images, probes, method="lrp")
    for classes, mine in ((true, ours.true_map), (probes, ours.probe_map)):
        theirs = captum.attr.LRP(nn.Sequential(net)).attribute(images, target=classes)
        assert torch.allclose(torch.from_numpy(mine), scaled(theirs[:, 0]), atol=1e-4)


def test_lime_is_captums(digits: tuple[Classifier, Tensor, Tensor]) -> None:
    model, images, probes = digits
    cells = torch.arange(64).reshape(8, 8) // 16 * 4 + torch.arange(64).reshape(8, 8) % 8 // 2

    def composed(present: Tensor) -> Tensor:
        shown = images[0] * present[:, cells][:, None]
        return model.logits(shown).log_softmax(1)[:, probes[0]]

    theirs = captum.attr.Lime(
        composed, similarity_func=get_exp_kernel_similarity_function("cosine", 0.25)
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        expected = theirs.attribute(torch.ones(1, 16), n_samples=300, perturbations_per_eval=50)
    ours = ask(model, images[:1], probes[:1], method="lime", samples=300, seed=3)
    expected = expected[0, cells] / expected.abs().max()
    assert np.allclose(ours.probe_map[0], expected, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_kept_keeps_its_promise(
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
    together = ask(model, images, probes, method=method, **own)
    alone = ask(model, images[2:3], [int(probes[2])], method=method, **own)
    assert np.allclose(alone.probe_map[0], together.probe_map[2], atol=1e-4)
    assert np.allclose(alone.values[0], together.values[2], atol=0.02)
    assert alone.evaluations[0] == together.evaluations[2]


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides(method: str, digits: tuple[Classifier, Tensor, Tensor]) -> None:
    model, images, probes = digits
    own = own_settings(method, images)
    first, again, other = (
        ask(model, images[:2], probes[:2], method=method, seed=seed, **own) for seed in (1, 1, 2)
    )
    assert np.array_equal(first.values, again.values)
    assert np.array_equal(first.probe_map, other.probe_map) == (method in ("gradcam", "lrp"))


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
    model, images = Classifier(net), torch.rand(5, 3, 8, 8)
    probes = [(c + 1) % 4 for c in model.logits(images).argmax(1).tolist()]
    before, given = models.condition(net), images.clone()
    settings = {"samples": 4} if method == "pda" else {}
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


def test_it_reports_often_and_shows_what_it_has() -> None:
    model = zoo.fashion_mnist()
    images = torch.rand(60, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    probes = model.logits(images).argsort(1)[:, -2]
    reports = list(contrast.subtract(model, images, probes, method="gradcam"))
    previews = [progress.preview for progress in reports if progress.preview is not None]
    assert len(reports) > 20
    assert len(previews[0]) < 60
    assert isinstance(previews[0], Subtraction)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"probes": 0}, "image 0 is predicted to be '0', which is also its probe"),
        ({"probes": 2}, "class 2 does not exist"),
        ({"probes": [1, 1]}, "2 probes for 1 images"),
        ({"method": "cam"}, "method is 'cam'; use 'gradcam' or 'lime' or 'lrp' or 'pda'"),
        ({"seed": -1}, "seed is -1"),
        ({"layer": "cpoy"}, "layer is 'cpoy'.*did you mean 'copy'.*There are copy, flat, head"),
        ({"layer": "head"}, r"'head' answers with shape \(1, 2\).*as of copy"),
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
        ({"images": torch.ones(1, 4)}, r"shape \(4,\); maps need pictures"),
    ],
)
def test_wrong_input_is_explained(change: dict[str, Any], words: str) -> None:
    given = {"images": half(), "probes": 1, **change}
    with pytest.raises(InputError, match=words):
        ask(Classifier(Plain()), given.pop("images"), given.pop("probes"), **given)
