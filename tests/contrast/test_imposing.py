from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, contrast, datasets, zoo
from xaiwidgets.contrast import closed, impose, mean_change, stamp_test
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window
from xaiwidgets.steps import run
from xaiwidgets.zoo.digits import DigitsNet


class Halves(nn.Module):
    """Logits: the sums of the left and of the right half."""

    def forward(self, x: Tensor) -> Tensor:
        half = x.shape[-1] // 2
        return torch.stack([x[..., :half].sum((1, 2, 3)), x[..., half:].sum((1, 2, 3))], 1)


def left(side: int = 4, count: int = 1) -> Tensor:
    images = torch.zeros(count, 1, side, side)
    images[..., : side // 2] = 0.5
    return images


def test_a_change_is_made_by_so_much_inside_its_mask() -> None:
    image, change = left(), torch.full((1, 1, 4, 4), 0.2)
    mask = np.zeros((4, 4), bool)
    mask[:, 2] = True
    made = run(impose(Classifier(Halves()), image, change, mask, strengths=[-1, 0, 0.5, 2]))
    assert torch.equal(made.images[1], image)
    assert made.images[2][0, 0, :, 2].tolist() == pytest.approx([0.1] * 4)
    assert made.images[0].min() == 0, "below the darkest value of the picture"
    outside = torch.from_numpy(~mask)
    assert bool((made.images[:, 0, 0][:, outside] == image[0, 0][outside]).all())
    # the gap is the sum of the left half, 4, less what was put into the right one
    gap = made.log_likelihoods[:, 0, 0] - made.log_likelihoods[:, 0, 1]
    assert gap == pytest.approx([4, 4, 4 - 0.4, 4 - 1.6], abs=1e-5)


def test_the_share_of_a_gap_that_is_closed() -> None:
    model, images = Classifier(Halves()), left(count=3)
    changes = torch.zeros(3, 4, 4)
    changes[0, :, 2:] = 0.25  # 2 of a gap of 4
    changes[1, :, 2:] = -0.25  # clipped: it is dark there already
    changes[2, :, :2] = -0.5  # all of it
    shares = run(closed(model, images, changes, 0, 1))
    assert shares == pytest.approx([0.5, 0, 1])
    # with as much ink, 2, each
    shares = run(closed(model, images, changes, [0] * 3, np.array([1] * 3), 2.0))
    assert shares == pytest.approx([0.5, 0, 0.5])
    shares = run(closed(model, images, changes, 1, 0))
    assert all(map(math.isnan, shares)), "there is no gap to close"


def test_the_boundary_closes_all_of_it_and_a_judge_says_how_much_is_a_weakness() -> None:
    model, generator = zoo.digits(), zoo.generator("digits")
    images = datasets.digits("test").images[:6]
    found = run(contrast.explain(model, generator, images, None))
    arguments = (found.difference, found.true, found.probe)
    assert run(closed(model, images, *arguments, limits=(-1, 2))) == pytest.approx(1, abs=0.1)
    noise = torch.randn(6, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    ink = found.difference.abs().sum((1, 2, 3))
    shares = run(closed(model, images, noise, found.true, found.probe, ink))
    assert np.median(shares) < 0.5


@pytest.mark.parametrize(
    ("change", "more", "message"),
    [
        (torch.zeros(1, 3, 3), {}, r"the changes have shape \(1, 1, 3, 3\)"),
        (torch.full((1, 4, 4), math.nan), {}, "NaN or infinite"),
        (torch.zeros(1, 4, 4), {"masks": torch.ones(4, 4)}, "the masks are torch.float32"),
        (torch.zeros(1, 4, 4), {"masks": np.ones((2, 4, 4), bool)}, "there are 2 masks"),
        (torch.zeros(1, 4, 4), {"masks": np.ones((5, 4), bool)}, r"bools of shape \(4, 4\)"),
        (torch.zeros(1, 4, 4), {"strengths": []}, "strengths is"),
        (torch.zeros(1, 4, 4), {"strengths": [math.inf]}, "strengths is"),
        (torch.zeros(1, 4, 4), {"limits": (0.5, 1)}, "the images go from 0"),
    ],
)
def test_what_cannot_be_imposed(change: Tensor, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        impose(Classifier(Halves()), left(), change, **more)


def test_a_change_that_is_mirrored_in_memory_is_one_as_any() -> None:
    change = np.arange(16.0).reshape(1, 4, 4)[:, :, ::-1] / 100
    made = run(impose(Classifier(Halves()), left(), change, strengths=1.0))  # type: ignore[arg-type]
    dark = made.images[0, 0, 0, :, 2:]
    assert torch.allclose(dark, torch.from_numpy(change[0, :, 2:].copy()).float())


def test_what_cannot_be_closed() -> None:
    model = Classifier(Halves(), classes=["l", "r"])
    for ink in (-1, math.nan, "much", [1, 2]):
        with pytest.raises(InputError, match="ink is"):
            closed(model, left(), torch.zeros(1, 4, 4), "l", "r", ink)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no class is named 'x'"):
        closed(model, left(), torch.zeros(1, 4, 4), "l", "x")
    with pytest.raises(InputError, match="class 7 does not exist"):
        run(closed(Classifier(Halves()), left(), torch.zeros(1, 4, 4), 0, 7))


def test_in_a_mean_every_change_counts_the_same() -> None:
    changes = torch.tensor([[[1.0, 0]], [[0, 99]], [[0, -1]]])
    assert torch.allclose(mean_change(changes), torch.tensor([[1 / 3, 0]]))
    with pytest.raises(InputError, match="give at least one change"):
        mean_change(torch.zeros(0, 2, 2))
    with pytest.raises(InputError, match="changes is no array of numbers"):
        mean_change("all")


@pytest.mark.parametrize(("top", "left"), [(1, 2), (3, 2), (2, 1), (2, 3), (1, 1), (3, 3)])
def test_a_control_is_apart_from_the_window_however_little_changes_beside_it(
    top: int, left: int
) -> None:
    window, change = Window(2, 2, 2, 2), torch.ones(6, 6)
    change[top : top + 2, left : left + 2] = 0  # shares a row, a column or a corner with it
    test = run(stamp_test(Classifier(Halves()), torch.zeros(2, 1, 6, 6), change, window, 1))
    assert abs(test.elsewhere.top - 2) >= 2 or abs(test.elsewhere.left - 2) >= 2


def test_a_stamp_is_counted_beside_its_control() -> None:
    class Corner(nn.Module):
        """Class 1 where the upper left corner is bright."""

        def forward(self, x: Tensor) -> Tensor:
            corner = x[:, 0, :2, :2].mean((1, 2))
            return torch.stack([torch.full_like(corner, 0.5), corner], 1)

    images = torch.zeros(20, 1, 6, 6)
    images[:, :, 3:] = 1
    images[:3] = 1  # of the probe class already
    change = torch.zeros(6, 6)
    change[:2, :2], change[5, 5] = 0.3, -0.3
    test = run(stamp_test(Classifier(Corner()), images, change, Window(0, 0, 2, 2), 1))
    assert (test.before.value, test.after.value, test.count) == (0.15, 1, 20)
    # where the change is least, the same stamp does nothing
    assert test.control.value == 0.15 and test.elsewhere != Window(0, 0, 2, 2)
    down = run(stamp_test(Classifier(Corner()), images, -change, Window(0, 0, 2, 2), 1))
    assert down.after.value == 0
    with pytest.raises(InputError, match="window"):
        stamp_test(Classifier(Corner()), images, change, Window(5, 5, 2, 2), 1)
    with pytest.raises(InputError, match=r"window is \[0, 0, 2, 2\]; use images.Window"):
        stamp_test(Classifier(Corner()), images, change, [0, 0, 2, 2], 1)  # type: ignore[arg-type]


def test_networks_are_left_as_they_were() -> None:
    model = Classifier(nn.Sequential(nn.Dropout(0.5), Halves()))
    model.net.train()
    change = torch.full((1, 4, 4), 0.1)
    run(impose(model, left(), change))
    run(closed(model, left(), change, 0, 1))
    run(stamp_test(model, left(), change[0], Window(0, 0, 2, 2), 1))
    assert model.net.training and model.net[0].training


@pytest.mark.slow
def test_the_table_of_the_lesson_comes_out_of_the_library() -> None:
    """`why-not.ipynb`: class means move the judge as much as CDeepEx, the gradient does not."""
    train, test = datasets.digits(), datasets.digits("test")
    model, generator = zoo.digits(), zoo.generator("digits")
    x, y = model.batch(list(train.images)), torch.from_numpy(train.labels)
    torch.manual_seed(7)
    net = DigitsNet()
    optimizer = torch.optim.Adam(net.parameters(), 6e-3)
    for _ in range(6):
        for rows in torch.randperm(len(y)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            optimizer.step()
    judge = Classifier(net.eval())
    images = model.batch(list(test.images[:40]))
    true, probe = model.logits(images).topk(2).indices.T
    agreed = judge.logits(images).argmax(1) == true
    images, true, probe = images[agreed], true[agreed].tolist(), probe[agreed].tolist()
    found = run(contrast.explain(model, generator, images, probe))
    ink = found.difference.abs().sum((1, 2, 3))
    means = {"references": x, "labels": y.tolist()}
    share = {
        "CDeepEx": run(closed(judge, images, found.difference, true, probe, ink, limits=(0, 1)))
    }
    for name, options in {"gradient": {}, "class means": means}.items():
        direct = contrast.subtract(
            model, images, probe, method=name, limits=(0, 1), **options
        ).run()
        share[name] = run(closed(judge, images, direct.values, true, probe, ink, limits=(0, 1)))
    median = {name: float(np.median(values)) for name, values in share.items()}
    assert median["CDeepEx"] == pytest.approx(0.50, abs=0.05)
    assert median["class means"] == pytest.approx(0.57, abs=0.05)
    assert median["gradient"] < 0.35
