"""The gradient map that is shown before there are Shapley values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Classifier, Window
from xaiwidgets.methods import Attribution, Cache, Shapley, Task
from xaiwidgets.steps import run
from xaiwidgets.widgets.explorer._output import shown_attribution

X = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(0))
LINEAR = Classifier(models.linear())
QUICK = Shapley(64, grid=3)


class CutOff(nn.Module):
    """Cuts its input off, so that no gradient passes."""

    def forward(self, x: Tensor) -> Tensor:
        mean = x.detach().mean((1, 2, 3))
        return torch.stack([mean, -mean], 1)


def looks(task: Task, method: Shapley = QUICK) -> tuple[list[Any], Attribution]:
    """Return all previews of a map, and the map."""
    work = method.explain([task], Cache())
    previews = [progress.preview for progress in work if progress.has_preview]
    return previews, run(work)[0]


@pytest.mark.parametrize("window", [None, Window(1, 2, 5, 6)], ids=str)
@pytest.mark.parametrize("output", ["logit", "probability"])
def test_of_a_linear_network_it_is_the_map_itself(window: Any, output: Any) -> None:
    task = Task(LINEAR, X, window=window, baseline="mean", output=output)
    previews, final = looks(task)
    (look,) = previews[0]
    assert look.first_look and not final.first_look
    assert not previews[-1][0].first_look
    assert (look.target, look.layout) == (final.target, final.layout)
    assert look.output == pytest.approx(final.output, abs=1e-6)
    expected = final.cells
    if output == "probability":
        # d p_t = p_t (d z_t - sum_k p_k d z_k), of logits z that are linear in the cells.
        p = LINEAR.logits(task.visible_input[None])[0].softmax(0).numpy()
        each = [run(QUICK.explain([replace(task, target=k, output="logit")]))[0] for k in range(3)]
        mean = sum(share * one.cells for share, one in zip(p, each, strict=True))
        expected = p[final.target] * (each[final.target].cells - mean)
    assert look.cells == pytest.approx(expected, abs=1e-6)
    assert look.standard_error is look.residual is look.samples is None
    assert (look.evaluations, look.paid, look.exact) == (2, 2, False)
    assert 0 < look.seconds < final.seconds
    assert Attribution.from_json(look.to_json()) == look
    assert [shown_attribution(each, 0, 64, False).partial for each in (look, final)] == [
        True,
        False,
    ]


def test_in_a_window_it_explains_the_class_of_the_whole_picture() -> None:
    net, picture = LINEAR, X
    window = next(
        Window(top, left, 2, 2)
        for top in range(7)
        for left in range(7)
        if net.predict(Task(net, picture, window=Window(top, left, 2, 2)).visible_input).index
        != net.predict(picture).index
    )
    previews, final = looks(Task(net, picture, window=window))
    assert previews[0][0].target == final.target == net.predict(picture).index
    other = Classifier(models.linear(seed=1))
    task = Task(net, picture, chooser=other)
    assert looks(task)[0][0][0].target == other.predict(picture).index


def test_it_is_not_made_unless_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr("xaiwidgets.methods._first_look._gradient_map", made.append)
    run(QUICK.explain([Task(LINEAR, X)], Cache()))
    assert not made


def test_a_finished_map_has_none() -> None:
    cache, task = Cache(), Task(LINEAR, X)
    run(QUICK.explain([task], cache))
    again = QUICK.explain([task], cache)
    assert not any(progress.has_preview for progress in again)


def test_where_no_gradient_passes_there_is_none() -> None:
    previews, final = looks(Task(Classifier(CutOff()), X))
    assert previews[0] is None
    assert not final.first_look


def test_at_a_layer_it_is_that_of_the_truncated_network() -> None:
    net = models.small()
    with torch.no_grad():
        next(net.parameters()).add_(0.01)  # other weights than other tests', whose probes are kept
    model = Classifier(net)
    run(model.fit_probes(torch.rand(20, 3, 8, 8), ["0"]))
    previews, final = looks(Task(model, X, layer="0"))
    # A ridge regression on means over places behind one convolution: nearly linear.
    assert previews[0][0].first_look
    assert np.corrcoef(previews[0][0].cells.ravel(), final.cells.ravel())[0, 1] > 0.95


def test_it_leaves_the_network_as_it_was_also_in_inference_mode() -> None:
    net = models.Untidy()
    modes = [module.training for module in net.modules()]
    with torch.inference_mode():
        previews, _ = looks(Task(Classifier(net), torch.rand(3, 8, 8), target=1))
    assert previews[0][0].first_look
    assert [module.training for module in net.modules()] == modes
    assert all(parameter.grad is None for parameter in net.parameters())


def test_sides_of_a_join_have_a_joint_first_look() -> None:
    x, y = LINEAR(X), LINEAR(X.flip(1), name="y")
    work = x.join(y).steps(budget=64, grid=3, target=1)
    first = next(progress.preview for progress in work if progress.has_preview)
    assert first.first_look
    alone = [one.explain(budget=64, grid=3, target=1).cells for one in (x, y)]
    assert first.cells == pytest.approx(np.mean(alone, axis=0), abs=1e-6)
    assert replace(first, first_look=False) != first
