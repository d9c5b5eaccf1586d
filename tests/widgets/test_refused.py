"""What a widget refuses, and in which words: to be pickled, and to be made of something else."""

from __future__ import annotations

import gc
import pickle
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
import traitlets

from tests import models
from tests.widgets.hands import X, explorer, model
from xaiwidgets import (
    DisagreementDesk,
    ErrorDetectorPanel,
    Explorer,
    NeuronDesk,
    StudyReport,
    VectorMap,
)
from xaiwidgets.errors import InputError


def test_a_widget_says_what_to_keep_instead_of_itself() -> None:
    with pytest.raises(InputError, match=r"the Explorer cannot be pickled.*to_html"):
        pickle.dumps(explorer())


IMAGES = torch.rand(12, 3, 8, 8)
MADE_OF_ELSE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "DisagreementDesk": (lambda f: DisagreementDesk(f, f, IMAGES), "f is a Sequential"),
    "VectorMap": (lambda f: VectorMap(f, IMAGES), "model is a Sequential"),
    "NeuronDesk": (lambda f: NeuronDesk(f, IMAGES), "model is a Sequential"),
    "ErrorDetectorPanel": (lambda f: ErrorDetectorPanel(f, IMAGES, [0] * 12), "detector is a Seq"),
    "StudyReport": (lambda f: StudyReport(f), "path is Sequential"),
}


@pytest.mark.parametrize("widget", MADE_OF_ELSE)
def test_a_widget_says_what_it_is_made_of(widget: str) -> None:
    make, words = MADE_OF_ELSE[widget]
    with pytest.raises(InputError, match=words):
        make(models.small())


def test_an_explorer_that_was_not_made_ends_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    with pytest.raises(traitlets.TraitError):
        Explorer(model(), X, layout=3)
    gc.collect()
    assert not ignored
