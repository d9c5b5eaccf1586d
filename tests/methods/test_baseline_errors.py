"""Networks that answer for a picture, but not at the baseline: who is blamed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier, Explorer, evaluation, reliability
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.methods import LIME, IntegratedGradients, Occlusion, Shapley, Task

PICTURE = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(0)) + 0.1


class Normalised(nn.Module):
    """Divides by the brightest pixel, which is 0 / 0 of a black picture."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 3))

    def forward(self, batch: Tensor) -> Tensor:
        scores: Tensor = self.body(batch / batch.amax((1, 2, 3), keepdim=True))
        return scores


class Refusing(Normalised):
    """Raises for a black picture."""

    def forward(self, batch: Tensor) -> Tensor:
        if bool((batch.amax((1, 2, 3)) == 0).any()):
            raise ValueError("an empty picture")
        return super().forward(batch)


@pytest.mark.parametrize("make", [Normalised, Refusing])
def test_every_method_with_a_baseline_blames_it(make: Any) -> None:
    model = Classifier(make(), output="logits")
    for method in (Shapley(budget=16, grid=2), LIME(4, 16), Occlusion(4, 4), IntegratedGradients()):
        try:
            method.explain([Task(model, PICTURE)]).run()
        except ModelError as error:
            assert "but not with parts of it at the baseline" in str(error)
        else:  # some never ask about a black picture
            assert not isinstance(method, Shapley | Occlusion)
        method.explain([Task(model, PICTURE, baseline=0.5)]).run()
    asked: list[Any] = [
        lambda baseline: reliability.conductance(model, PICTURE[None], "body.0", baseline=baseline),
        lambda baseline: evaluation.deletion(
            model, PICTURE, "gradient", grid=2, baseline=baseline
        ).run(),
    ]
    for ask in asked:
        with pytest.raises(ModelError, match="at the baseline"):
            ask(0.0)
        ask(0.5)
    explorer = Explorer(model, PICTURE, budget=64, grid=2)
    with pytest.raises(ModelError, match="at the baseline"):
        explorer.run().wait()


def test_what_fails_anyway_is_not_blamed_on_the_baseline() -> None:
    class Cut(Normalised):
        def forward(self, batch: Tensor) -> Tensor:
            return self.body(batch.detach())  # type: ignore[no-any-return]

    with pytest.raises(ModelError, match="no gradient") as caught:
        IntegratedGradients().explain([Task(Classifier(Cut()), PICTURE)]).run()
    assert "baseline" not in str(caught.value)


def test_an_array_is_no_baseline() -> None:
    model = Classifier(Normalised(), output="logits")
    with pytest.raises(InputError, match="the baseline is an array"):
        evaluation.deletion(model, PICTURE, "gradient", grid=2, baseline=np.ones((3, 8, 8))).run()
