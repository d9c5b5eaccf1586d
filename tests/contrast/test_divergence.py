"""Networks that answer NaN, lose their gradient or are too steep on the way."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.contrast.models import Corners, Identity, pictures
from xaiwidgets import Classifier, contrast
from xaiwidgets.contrast import VAE
from xaiwidgets.errors import ModelError

START = torch.tensor([[2.0, 0.0]])


def test_gradients_that_are_not_finite_are_explained() -> None:
    class Sharp(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.stack([(x[:, 0] - 2).abs().sqrt() + 1, x[:, 1]], 1)

    with pytest.raises(ModelError, match=r"gradient .* NaN or infinite"):
        contrast.explain(Classifier(Sharp()), Identity(), START, 1).run()


class Marked(nn.Module):
    """Logits (x0, x1, 1.5), to be spoilt where x2 is above 0."""

    def forward(self, x: Tensor) -> Tensor:
        second = self.spoilt(x[:, 1].clone(), x[:, 2] > 0)
        return torch.stack([x[:, 0], second, torch.full_like(second, 1.5)], 1)

    def spoilt(self, second: Tensor, marked: Tensor) -> Tensor:
        raise NotImplementedError


class Hole(Marked):
    """Answers NaN beyond 0.2."""

    def spoilt(self, second: Tensor, marked: Tensor) -> Tensor:
        return second.masked_fill(marked & (second > 0.2), torch.nan)


class Blind(Marked):
    """Its gradients are NaN beyond 0.2."""

    def spoilt(self, second: Tensor, marked: Tensor) -> Tensor:
        lost = marked & (second > 0.2)
        if second.requires_grad:
            second.register_hook(lambda slope: slope.masked_fill(lost, torch.nan))
        return second


class Steep(Marked):
    """So steep that the paper's steps go to and fro ever further."""

    def spoilt(self, second: Tensor, marked: Tensor) -> Tensor:
        return torch.where(marked, 300 * second, second)


PAIR = torch.tensor([[2.0, 0.0, -1.0], [2.0, 0.0, 1.0]])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("net", "schedule"),
    [(Hole(), "default"), (Hole(), "paper"), (Blind(), "paper"), (Steep(), "paper")],
)
def test_a_pair_that_diverges_ends_alone(net: nn.Module, schedule: str) -> None:
    model = Classifier(net)
    both = contrast.explain(model, Identity(), PAIR, 1, schedule=schedule, starts=1).run()
    alone = contrast.explain(model, Identity(), PAIR[:1], 1, schedule=schedule, starts=1).run()
    assert both.converged.tolist() == [True, False]
    assert torch.allclose(both.end[:1], alone.end)
    assert both.gradients[0] == alone.gradients[0]
    assert both.steps[1] < (60 if schedule == "default" else 600)
    assert np.isfinite(both.gap).all() and np.isfinite(both.log_likelihoods).all()
    assert bool(torch.isfinite(both.path).all())


def test_a_lost_gradient_does_not_end_the_others() -> None:
    both = contrast.explain(Classifier(Blind()), Identity(), PAIR, 1, starts=1).run()
    assert torch.allclose(both.end[0, :2], torch.tensor([1.5, 1.5]))


class Moody(Corners):
    sick = False

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * (torch.nan if Moody.sick else 1)


@pytest.mark.parametrize("reports", [1, 2])
def test_a_network_that_is_nan_at_the_start_fails_at_once(
    reports: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = contrast.explain(Classifier(Moody()), VAE((1, 8, 8), latent=4), pictures(3), None)
    for _ in range(reports):
        next(work)
    monkeypatch.setattr(Moody, "sick", True)
    with pytest.raises(ModelError, match="NaN"):
        work.run()
