"""Attacks against closed forms of linear networks, brute force, and each other."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, Window, adversarial, datasets, zoo
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods import GradCAM

WEIGHTS = torch.tensor([[[0.5, -1.0, 0.25], [2.0, -0.5, 0.1], [-0.3, 0.7, 1.0]]])


class Linear(nn.Module):
    """Two classes, whose gap is w x + b: all attacks have a closed form."""

    def __init__(self, bias: float = 0.0) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(WEIGHTS.clone()), bias

    def forward(self, x: Tensor) -> Tensor:
        gap = (x * self.weight).sum((1, 2, 3)) + self.bias
        return torch.stack([gap / 2, -gap / 2], 1)


def linear(bias: float = 0.0, **options: Any) -> Classifier:
    return Classifier(Linear(bias), classes=["plus", "minus"], output="logits", **options)


def gap(model: Classifier, images: Tensor) -> Tensor:
    logits = model.logits(images)
    return logits[:, 0] - logits[:, 1]


GREY = torch.full((1, 1, 3, 3), 0.5)
GAP = float((GREY * WEIGHTS).sum())  # 1.375: the picture is "plus"


def test_fgsm_lowers_the_gap_by_the_size_times_the_sum_of_weights() -> None:
    model = linear()
    result = adversarial.attack(model, GREY, method="fgsm", size=0.1).run()
    expected = GAP - 0.1 * float(WEIGHTS.abs().sum())
    assert float(gap(model, result.images)) == pytest.approx(expected, abs=1e-5)
    assert torch.equal(result.difference.sign(), -WEIGHTS.sign()[None])
    assert result.evaluations == 2
    assert len(result.path) == 2


@pytest.mark.parametrize("target", [None, "minus"])
def test_pgd_ends_where_fgsm_does_on_a_linear_network(target: str | None) -> None:
    model = linear()
    fgsm = adversarial.attack(model, GREY, method="fgsm", size=0.1, target=target).run()
    pgd = adversarial.attack(model, GREY, method="pgd", size=0.1, steps=7, target=target).run()
    assert torch.equal(pgd.images, fgsm.images)
    assert len(pgd.path) == 8
    assert pgd.evaluations == 14
    # Along the path it goes 2.5 / 7 of the size a step.
    first = (pgd.path[1] - GREY).abs()
    assert torch.allclose(first, torch.full_like(first, 2.5 * 0.1 / 7), atol=1e-6)


def test_by_the_norm_2_the_change_lies_along_the_weights() -> None:
    result = adversarial.attack(linear(), GREY, method="pgd", size=0.3, norm="2").run()
    direction = -WEIGHTS / WEIGHTS.norm()
    assert torch.allclose(result.difference[0], 0.3 * direction, atol=1e-6)
    assert float(result.size.l2) == pytest.approx(0.3, abs=1e-6)
    assert float(result.size.linf) == pytest.approx(0.3 * float(direction.abs().max()), abs=1e-6)
    assert int(result.size.l0) == 9


@pytest.mark.parametrize("target", [None, "minus"])
def test_lbfgs_goes_to_the_boundary_and_no_further(target: str | None) -> None:
    model = linear()
    result = adversarial.attack(model, GREY, method="lbfgs", size=1.0, target=target).run()
    distance = GAP / float(WEIGHTS.norm())
    assert bool(result.reached)
    assert distance <= float(result.size.l2) <= 1.01 * distance
    assert torch.equal(result.path[0], GREY)
    assert torch.allclose(result.path[-1], result.images)


def test_lbfgs_without_room_says_that_it_failed() -> None:
    result = adversarial.attack(linear(), GREY, method="lbfgs", size=0.1).run()
    assert not bool(result.reached)
    assert float(result.size.linf) <= 0.1 + 1e-6
    assert "0 of 1 reached another class: the attack failed" in repr(result)
    by_length = adversarial.attack(linear(), GREY, method="lbfgs", size=0.2, norm="2").run()
    assert float(by_length.size.l2) <= 0.2 + 1e-6


def test_a_sure_network_is_attacked_as_an_unsure_one() -> None:
    """Cross entropy has no gradient left at odds of e^200; the attack goes on all the same."""
    sure = linear(bias=200.0)
    result = adversarial.attack(sure, GREY, method="fgsm", size=0.1).run()
    assert torch.equal(result.difference.sign(), -WEIGHTS.sign()[None])
    assert not bool(result.reached)


def test_a_targeted_attack_with_three_classes_follows_the_cross_entropy() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(9, 3))
    model = Classifier(net, classes=["a", "b", "c"], output="logits")
    image = torch.rand(1, 1, 3, 3) * 0.2 + 0.4
    before = int(model.logits(image).argmax())
    target = (before + 1) % 3
    leaf = image.clone().requires_grad_()
    loss = nn.functional.cross_entropy(net(leaf), torch.tensor([target]))
    (slope,) = torch.autograd.grad(loss, leaf)
    result = adversarial.attack(model, image, method="fgsm", size=0.05, target=target).run()
    assert torch.equal(result.difference.sign(), -slope.sign())
    away = nn.functional.cross_entropy(net(leaf), torch.tensor([before]))
    (slope,) = torch.autograd.grad(away, leaf)
    result = adversarial.attack(model, image, method="fgsm", size=0.05).run()
    assert torch.equal(result.difference.sign(), slope.sign())


def half_normalised(picture: Any) -> Tensor:
    """Black becomes -1, white becomes 3."""
    array = np.atleast_3d(np.asarray(picture, dtype=np.float32))
    return torch.from_numpy(array.transpose(2, 0, 1) / 255 * 4 - 1)


def test_size_is_that_of_pixels_whatever_the_preprocessing() -> None:
    model = linear(bias=2.0, preprocess=half_normalised)
    image = half_normalised(np.full((3, 3, 1), 128, np.uint8))[None]
    result = adversarial.attack(model, image, method="fgsm", size=0.1).run()
    assert torch.allclose(result.difference.abs(), torch.full((1, 1, 3, 3), 0.4), atol=1e-5)
    assert float(result.size.linf) == pytest.approx(0.1)
    # Never beyond black and white, which are -1 and 3 here.
    far = adversarial.attack(model, image, method="fgsm", size=1.0).run()
    assert float(far.images.min()) == pytest.approx(-1, abs=1e-5)
    assert float(far.images.max()) == pytest.approx(3, abs=1e-5)


def test_size_0_gives_the_picture_itself() -> None:
    torch.manual_seed(0)
    images = torch.randn(3, 1, 3, 3)  # beyond black and white: no limits
    for method in ("fgsm", "pgd", "lbfgs"):
        result = adversarial.attack(linear(), images, method=method, size=0, steps=3).run()
        assert torch.equal(result.images, images)
        assert not bool(result.reached.any())
        assert int(result.size.l0.max()) == 0


def test_limits_hold_also_by_the_norm_2() -> None:
    image = torch.tensor([[[[0.0, 1.0, 0.5], [1.0, 0.0, 0.5], [1.0, 0.9, 0.95]]]])
    result = adversarial.attack(linear(), image, size=0.8, norm="2", steps=5).run()
    assert 0 <= float(result.images.min()) <= float(result.images.max()) <= 1
    assert float(result.size.l2) <= 0.8 + 1e-6
    narrow = adversarial.attack(linear(), GREY, size=0.5, limits=(0.45, 0.6)).run()
    assert float(narrow.images.min()) == pytest.approx(0.45)
    assert float(narrow.images.max()) == pytest.approx(0.6)


def test_only_the_window_is_changed() -> None:
    window = Window(1, 0, 2, 2)
    for method in ("pgd", "lbfgs", "pixel"):
        result = adversarial.attack(linear(), GREY, method=method, size=1, window=window).run()
        changed = result.difference[0, 0] != 0
        assert bool(changed[1:, :2].any())
        assert not bool(changed[0].any() or changed[:, 2].any())


@pytest.fixture(scope="module")
def digits() -> tuple[Classifier, Tensor]:
    model = zoo.digits()
    return model, model.batch(datasets.digits("test").images[:6])


def test_one_pixel_is_the_best_of_all_of_them(digits: tuple[Classifier, Tensor]) -> None:
    model, images = digits
    image = images[:1]
    result = adversarial.attack(model, image, method="pixel").run()
    tried = []
    for row, column, end in itertools.product(range(8), range(8), (0.0, 1.0)):
        changed = image.clone()
        changed[:, :, row, column] = end
        tried.append(changed)
    probabilities = model.logits(torch.cat(tried)).softmax(1)[:, result.before[0]]
    left = model.logits(result.images).softmax(1)[0, result.before[0]]
    assert float(left) == pytest.approx(float(probabilities.min()), rel=1e-4)
    assert int(result.size.l0) == 1
    assert result.evaluations == 128


def test_one_pixel_in_a_large_picture_tries_the_most_promising(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("xaiwidgets.adversarial._pixel.CANDIDATES", 4)
    result = adversarial.attack(linear(), GREY, method="pixel").run()
    assert result.evaluations == 4
    # The largest weight is 2: that pixel becomes black.
    assert result.difference[0, 0, 1, 0] == -0.5
    assert int(result.size.l0) == 1


def test_one_pixel_in_colour_tries_all_corners() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(3, 2, bias=False))
    with torch.no_grad():
        net[1].weight.copy_(torch.tensor([[1.0, -2.0, 3.0], [0.0, 0.0, 0.0]]))
    image = torch.full((1, 3, 1, 1), 0.5)
    result = adversarial.attack(Classifier(net, output="logits"), image, method="pixel").run()
    assert result.images.flatten().tolist() == [0.0, 1.0, 0.0]
    assert result.evaluations == 8


def test_adv2_with_weight_0_is_pgd_to_the_bit(digits: tuple[Classifier, Tensor]) -> None:
    model, images = digits
    pgd = adversarial.attack(model, images, method="pgd", size=0.2, steps=4).run()
    adv2 = adversarial.attack(model, images, method="adv2", weight=0, size=0.2, steps=4).run()
    assert torch.equal(adv2.images, pgd.images)


def distance_of_maps(model: Classifier, images: Tensor, before: Tensor) -> float:
    """How far Grad-CAM's maps, with a maximum of 1, are from those before, by another way."""
    maps = []
    for batch in (before, images):
        drawn = [model(x).explain(method=GradCAM()).values for x in batch]
        maps.append(np.stack([m / max(m.max(), 1e-12) for m in drawn]))
    return float(np.square(maps[1] - maps[0]).mean())


@pytest.mark.slow
def test_adv2_keeps_the_map_where_pgd_does_not() -> None:
    model = zoo.fashion_mnist()
    images = model.batch(torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(0)))
    options: dict[str, Any] = {"size": 0.1, "steps": 15}
    pgd = adversarial.attack(model, images, method="pgd", **options).run()
    adv2 = adversarial.attack(model, images, method="adv2", weight=20.0, **options).run()
    assert bool(adv2.reached.all())
    near = distance_of_maps(model, adv2.images, images)
    assert near < 0.7 * distance_of_maps(model, pgd.images, images)


def test_a_map_that_is_constant_in_pieces_cannot_be_followed() -> None:
    with pytest.raises(ModelError, match="interpreter='gradcam'"):
        adversarial.attack(linear(), GREY, method="adv2", interpreter="gradient").run()
    bent = nn.Sequential(nn.Flatten(), nn.Linear(9, 4), nn.ReLU(), nn.Linear(4, 2))
    with pytest.raises(ModelError, match="interpreter='gradcam'"):
        work = adversarial.attack(
            Classifier(bent, output="logits"), GREY, method="adv2", interpreter="gradient"
        )
        work.run()
    smooth = nn.Sequential(nn.Flatten(), nn.Linear(9, 4), nn.Tanh(), nn.Linear(4, 2))
    model = Classifier(smooth, output="logits")
    result = adversarial.attack(model, GREY, method="adv2", interpreter="gradient").run()
    assert float(result.size.linf) == pytest.approx(0.03, abs=1e-6)


def test_a_map_that_is_empty_cannot_be_followed() -> None:
    dark = nn.Sequential(
        nn.Conv2d(1, 2, 1), nn.ReLU(), nn.AvgPool2d(3), nn.Flatten(), nn.Linear(2, 2)
    )
    nn.init.constant_(dark[0].bias, -10.0)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=r"Grad-CAM's map .* is empty.*method='pgd'"):
        adversarial.attack(
            Classifier(dark, output="logits"), GREY, method="adv2", target=None, size=0.1
        ).run()


def test_pictures_are_attacked_each_for_itself(digits: tuple[Classifier, Tensor]) -> None:
    model, images = digits
    together = adversarial.attack(model, images, size=0.2, steps=3).run()
    for i in range(len(images)):
        alone = adversarial.attack(model, images[i : i + 1], size=0.2, steps=3).run()
        assert torch.allclose(together.images[i], alone.images[0], atol=1e-6)
    assert torch.equal(together.images, images + together.difference)
    assert torch.equal(together.predicted, model.logits(together.images).argmax(1))
    assert torch.equal(together.reached, together.predicted != together.before)


def test_in_parts_it_is_the_same(
    digits: tuple[Classifier, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, images = digits
    whole = adversarial.attack(model, images, size=0.2, steps=3).run()
    monkeypatch.setattr("xaiwidgets.adversarial._objective.ATTACKED_AT_ONCE", 4 * 64)
    parts = adversarial.attack(model, images, size=0.2, steps=3).run()
    assert torch.allclose(parts.images, whole.images, atol=1e-6)
    assert len(parts.path) == len(whole.path)


def test_cancelled_it_has_shown_what_it_had(
    digits: tuple[Classifier, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, images = digits
    monkeypatch.setattr("xaiwidgets.adversarial._objective.ATTACKED_AT_ONCE", 64)
    work = adversarial.attack(model, images, size=0.2, steps=3)
    reports = [next(work) for _ in range(4)]
    assert [report.done for report in reports] == [0, 0, 1, 1]
    assert {report.total for report in reports} == {6}
    preview = reports[-1].preview
    work.close()
    assert len(preview.images) == 6
    changed = (preview.difference != 0).flatten(1).any(1)
    assert changed.tolist() == [True, True, False, False, False, False]


def test_the_network_is_left_as_it_was() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 2))
    net.train()
    net[0].eval()
    weights = {name: value.clone() for name, value in net.state_dict().items()}
    model = Classifier(net, output="logits")
    for method in adversarial.ATTACKS:
        work = adversarial.attack(model, GREY, method=method, steps=2)
        next(work)
        work.close()
        adversarial.attack(model, GREY, method=method, steps=2).run()
    assert [m.training for m in net] == [False, True, True, True]
    assert all(p.grad is None and p.requires_grad for p in net.parameters())
    assert not any(m._forward_hooks for m in net.modules())
    assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())


def test_a_network_that_overwrites_its_input_is_attacked() -> None:
    net = nn.Sequential(nn.ReLU(inplace=True), Linear())
    model = Classifier(net, output="logits")
    result = adversarial.attack(model, GREY, method="fgsm", size=0.1).run()
    assert torch.equal(result.difference.sign(), -WEIGHTS.sign()[None])


def test_a_network_without_gradients_says_what_works() -> None:
    class Cut(Linear):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x.detach())

    model = Classifier(Cut(), output="logits")
    with pytest.raises(ModelError, match="use method 'pixel'"):
        adversarial.attack(model, GREY).run()
    assert adversarial.attack(model, GREY, method="pixel").run().evaluations == 18


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "pdg"}, "did you mean 'pgd'"),
        ({"size": 1.2}, "from 0 to 1"),
        ({"size": -0.1}, "from 0 to 1"),
        ({"size": True}, "size is True"),
        ({"size": float("nan")}, "size is nan"),
        ({"norm": "1"}, "use 'inf' or '2'"),
        ({"steps": 0}, "steps is 0"),
        ({"weight": -1}, "weight is -1"),
        ({"interpreter": "shapley"}, "gradcam"),
        ({"limits": (1, 0)}, "limits are"),
        ({"limits": 1}, "limits are"),
        ({"target": "plus"}, "'plus' to the network already"),
        ({"target": "blue"}, "blue"),
        ({"window": Window(2, 2, 2, 2)}, "leaves the picture"),
    ],
)
def test_what_is_not_allowed_is_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        adversarial.attack(linear(), GREY, **options)


def test_one_pixel_of_what_is_no_picture_needs_limits() -> None:
    image = 3 * torch.ones(1, 1, 3, 3)
    with pytest.raises(InputError, match="give limits"):
        adversarial.attack(linear(), image, method="pixel").run()
    result = adversarial.attack(linear(), image, method="pixel", limits=(-5, 5)).run()
    assert result.images.min() == -5
    deep = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(40, 2)), output="logits")
    with pytest.raises(InputError, match=r"a pixel of 40 channels has 2\^40 ends"):
        adversarial.attack(deep, torch.rand(1, 40, 1, 1), method="pixel").run()


def test_a_preprocessing_that_does_not_tell_black_is_refused() -> None:
    def preprocess(picture: Any) -> Tensor:
        raise TypeError("arrays of floats only")

    with pytest.raises(InputError, match="does not tell what it makes of a black"):
        adversarial.attack(linear(preprocess=preprocess), GREY)
