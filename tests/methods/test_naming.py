"""Methods by name: text becomes a method, and a method its text."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from tests.methods.test_methods import KINDS
from xaiwidgets.errors import InputError
from xaiwidgets.methods import (
    CAM,
    LIME,
    LRP,
    NAMED,
    Cells,
    GradCAM,
    IntegratedGradients,
    Occlusion,
    Shapley,
    SmoothGrad,
    checked_method,
    choose_method,
    method_text,
    read_method,
)
from xaiwidgets.work import Budget


def test_every_method_has_one_name_in_lower_case() -> None:
    assert {*NAMED.values()} == {*KINDS}
    assert list(NAMED) == [
        "shapley", "gradient", "gxi", "ig", "smoothgrad", "deeplift", "guided", "gradcam", "cam",
        "lrp", "occlusion", "lime", "pda", "rollout",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_a_name_is_the_method_with_its_usual_settings(name: str) -> None:
    method = read_method(f" {name} ")
    assert method == NAMED[name]()
    assert read_method(f"{name}()") == method
    assert method_text(method) == name
    assert checked_method(name) == checked_method(method) == method


@pytest.mark.parametrize(
    ("method", "text"),
    [
        (GradCAM(layer="conv2"), 'gradcam(layer="conv2")'),
        (GradCAM(layer='a "b" \\ c'), 'gradcam(layer="a \\"b\\" \\\\ c")'),
        (CAM(layer="a\nb"), "cam(layer='a\\nb')"),
        (IntegratedGradients(steps=9), "ig(steps=9)"),
        (SmoothGrad(noise=1e-3, seed=2), "smoothgrad(noise=0.001, seed=2)"),
        (LRP("gamma", "z+"), 'lrp(convolutions="gamma", dense="z+")'),
        (Shapley(budget=90, grid=(2, 3)), "shapley(budget=90, grid=(2, 3))"),
        (LIME(cells=3), "lime(cells=3)"),
        (Occlusion(window=4, stride=2), "occlusion(window=4, stride=2)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_settings_that_are_not_the_usual_ones_are_written(method: Any, text: str) -> None:
    assert method_text(method) == text
    assert read_method(text) == method


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gradcamm", "no method 'gradcamm'; did you mean 'gradcam'"),
        ("grad", "did you mean 'gradient', 'smoothgrad', 'gradcam'"),
        ("IG", "did you mean 'ig'"),
        ("nothing_like_it", "there are shapley, gradient"),
        ('gradcam(layr="a")', "'gradcam' has no setting 'layr'; did you mean 'layer'"),
        ("ig(colour=3)", "'ig' has no setting 'colour'; it has steps"),
        ("gradient(steps=3)", "'gradient' has no setting 'steps'; it has none"),
        ("ig(steps=0)", "steps is 0"),
        ("ig(steps=many)", "cannot be read"),
        ("ig(50)", "cannot be read"),
        ("ig(**{'steps': 3})", "cannot be read"),
        ("ig(steps=3", "cannot be read"),
        ("ig(steps=3, steps=4)", "cannot be read"),
        ("methods.ig", "cannot be read"),
        ("", "cannot be read"),
        ("ig(steps=" + "9" * 5000 + ")", "cannot be read"),
        ("(" * 9999, "cannot be read"),
        ("__import__('os')", "cannot be read"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_method_is_refused_with_the_nearest_name(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_method(text)
    assert words in str(caught.value)


def test_what_text_cannot_say_is_refused() -> None:
    for method in (Shapley(budget=Budget(max_trial=9)), Shapley(budget=lambda: 9)):
        with pytest.raises(InputError, match=r"budget is .*, for which a query has no text"):
            method_text(method)
    with pytest.raises(InputError, match="has no name in text"):
        method_text(Cells)  # type: ignore[arg-type]
    for wrong in (3, GradCAM, None):
        with pytest.raises(InputError, match=r"use one of xaiwidgets\.methods"):
            checked_method(wrong)  # type: ignore[arg-type]


def test_settings_of_the_usual_method_are_not_for_others() -> None:
    assert choose_method(None, {"budget": 9, "grid": 2}) == Shapley(9, 2)
    assert choose_method("ig", {"budget": 1024}) == IntegratedGradients()
    with pytest.raises(InputError, match="give Integrated gradients its own"):
        choose_method("ig", {"budget": 9})
    assert [field.name for field in fields(Shapley)] == ["budget", "grid", "seed"]
