"""One change for all pictures."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, Window, adversarial
from xaiwidgets.errors import InputError


class Brightness(nn.Module):
    """Bright or dark, by the mean of a picture; the corner counts ten times."""

    def forward(self, x: Tensor) -> Tensor:
        score = x.mean((1, 2, 3)) + 10 * x[:, 0, 0, 0] / 16 - 0.8
        return torch.stack([score, -score], 1)


def bright() -> Classifier:
    return Classifier(Brightness(), classes=["bright", "dark"], output="logits")


IMAGES = torch.rand(12, 1, 4, 4, generator=torch.Generator().manual_seed(1)) * 0.2 + 0.6


def test_on_a_linear_network_all_pixels_go_down_by_the_size() -> None:
    model = bright()
    assert set(model.logits(IMAGES).argmax(1).tolist()) == {0}
    result = adversarial.universal(model, IMAGES, size=0.4, steps=8).run()
    assert torch.allclose(result.change, torch.full((1, 4, 4), -0.4))
    assert torch.equal(result.difference, result.change)
    assert result.reached == 1.0
    assert result.chance < 1.0
    assert result.evaluations == 16
    assert result.target is None
    others = torch.full((2, 1, 4, 4), 0.7)
    assert torch.allclose(result.apply(others), torch.full((2, 1, 4, 4), 0.3))
    assert model.logits(result.apply(others)).argmax(1).tolist() == [1, 1]


def test_a_sticker_changes_its_window_only() -> None:
    window = Window(0, 0, 1, 2)
    result = adversarial.universal(bright(), IMAGES, size=1, window=window, steps=8).run()
    changed = result.change[0] != 0
    assert changed.nonzero().tolist() == [[0, 0], [0, 1]]
    # Clipped to black where it is shown.
    assert float(result.apply(IMAGES).min()) == 0.0
    assert result.reached == 1.0
    assert repr(result).startswith("<UniversalAttack: reaches 100%")


def test_of_a_target_only_the_pictures_that_are_not_it_count() -> None:
    mixed = torch.cat([IMAGES[:3], torch.zeros(3, 1, 4, 4)])
    result = adversarial.universal(bright(), mixed, target="dark", size=0.4, steps=8).run()
    assert result.target == 1
    assert result.reached == 1.0
    with pytest.raises(InputError, match="'dark' to the network already"):
        adversarial.universal(bright(), torch.zeros(3, 1, 4, 4), target="dark")


def test_the_seed_is_that_of_the_random_signs_only() -> None:
    state = torch.get_rng_state()
    results = [
        adversarial.universal(bright(), IMAGES, size=0.1, steps=2, seed=s).run() for s in (0, 0, 1)
    ]
    assert torch.equal(results[0].change, results[2].change)
    assert results[0].chance == results[1].chance
    assert torch.equal(torch.get_rng_state(), state)


def test_previews_are_the_best_so_far() -> None:
    work = adversarial.universal(bright(), IMAGES, size=0.4, steps=8)
    shares = [progress.preview.reached for progress in work]
    assert shares == sorted(shares)


def test_what_is_not_allowed_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="seed is -1"):
        adversarial.universal(bright(), IMAGES, seed=-1)
    with pytest.raises(InputError, match="size is 2"):
        adversarial.universal(bright(), IMAGES, size=2)
