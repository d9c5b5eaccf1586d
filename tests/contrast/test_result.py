"""What a contrast shows of itself."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.contrast.models import Circle, Identity
from xaiwidgets import Classifier, contrast, datasets, zoo
from xaiwidgets.contrast import strongest_change
from xaiwidgets.contrast._latent_objective import LatentObjective
from xaiwidgets.contrast._result import build_contrast
from xaiwidgets.widgets import ContrastExplorer


class Hue(nn.Module):
    """Red or green? Brightness does not matter."""

    def forward(self, x: Tensor) -> Tensor:
        red, green = x[:, 0].mean((1, 2)), x[:, 1].mean((1, 2))
        return torch.stack([9 * (red - green), torch.zeros_like(red)], 1)


RED = torch.tensor([0.9, 0.1, 0.2]).reshape(1, 3, 1, 1).expand(1, 3, 6, 6).contiguous()


def test_a_change_of_hue_is_not_nothing() -> None:
    found = contrast.explain(Classifier(Hue()), Identity(), RED, 1).run()
    assert found.converged.all()
    assert found.difference.mean(1).abs().max() < 1e-6, "red gains what green loses"
    assert found.difference[0, 1].min() > 0.25 and found.difference[0, 0].max() < -0.25
    assert found.change.shape == (1, 6, 6)
    assert torch.allclose(found.change[0], found.difference[0, 1], atol=2e-3)
    overlay = found.plot().axes[1].images[0]
    assert np.asarray(overlay.get_array()).min() > 0.25
    limit = float(found.change.abs().max())
    assert overlay.get_clim() == pytest.approx((-limit, limit)), "blue is the opposite of red"


def test_the_page_shows_a_change_of_hue() -> None:
    explorer = ContrastExplorer(Classifier(Hue()), Identity(), [RED[0]], all_classes=True)
    explorer.run().wait()
    sent = explorer.contrast
    frames = sent["differences"]
    assert frames.shape[1:] == (6, 6, 3)
    end = frames[-1] * sent["difference_scale"]
    assert (end[..., 1] > 0.25).all() and (end[..., 0] < -0.25).all()
    assert not frames[0].any()
    small = explorer.others[0]
    assert (small["difference"][..., 1] * small["difference_scale"] > 0.25).all()


def test_each_pixel_has_the_change_of_its_own_strongest_channel() -> None:
    change = torch.tensor([[0.1, -0.3], [0.2, 0.0], [-0.05, 0.2]]).reshape(3, 1, 2)
    assert torch.allclose(strongest_change(change), torch.tensor([[0.2, -0.3]]))
    assert torch.allclose(strongest_change(-change), torch.tensor([[-0.2, 0.3]]))
    tie = torch.tensor([-0.5000001, 0.5]).reshape(1, 2, 1, 1)
    assert float(strongest_change(tie)) > 0


def test_of_grey_pictures_it_is_the_difference() -> None:
    images = datasets.digits("test").images[:2]
    found = contrast.explain(zoo.digits(), zoo.generator("digits"), images, None).run()
    assert torch.equal(found.change, found.difference[:, 0])


def test_a_frame_is_drawn_once_however_often_it_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn, real = [], LatentObjective.pictures
    monkeypatch.setattr(LatentObjective, "pictures", lambda *a: drawn.append(len(a[1])) or real(*a))
    monkeypatch.setattr(sys.modules[build_contrast.__module__], "_DRAWN", 5)
    far = torch.stack([torch.linspace(1.1, 9, 6), torch.zeros(6)], 1)
    found = contrast.explain(Classifier(Circle()), Identity(), far, 0, starts=1).run()
    moves = (found.latents[1:] != found.latents[:-1]).any(2).sum(0)
    assert len(set(moves.tolist())) > 1, "some paths are shorter"
    assert sum(drawn) == len(far) + int(moves.sum()) and max(drawn) == 5
    assert torch.equal(found.path, found.latents), "in their places"
