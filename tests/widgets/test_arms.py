"""Any widget, as it is or as it was saved, is an arm of a study."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from tests import models
from tests.widgets.every import every_widget
from tests.widgets.hands import X
from xaiwidgets import Classifier, Explorer, StudyRoom, study, widgets
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.commands import respond

PICTURE = np.zeros((8, 8), np.uint8)


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return every_widget(tmp_path_factory.mktemp("answers"))


@pytest.mark.slow
def test_every_widget_can_be_an_arm_as_it_is_or_as_a_file(
    every: dict[str, Any], tmp_path: Path
) -> None:
    assert sorted(every) == sorted(widgets.__all__)
    files = [widget.to_html(tmp_path / f"{name}.html") for name, widget in every.items()]
    items, truth = [PICTURE] * len(every), [n % 2 for n in range(len(every))]
    design = study.judgement_study(
        items, truth, {"saved": files, "shown": list(every.values())}, "Right?", ("yes", "no")
    )
    saved, shown = (arm.views for arm in design.arms)
    assert saved is not None and shown is not None
    for name, one, other in zip(every, saved, shown, strict=True):
        assert one.kind == other.kind == "page"
        assert f"<title>{name}</title>" in one.page and one.page == other.page


@pytest.mark.slow
def test_the_room_shows_the_page_that_was_saved(every: dict[str, Any], tmp_path: Path) -> None:
    widget = every["Explorer"]
    design = study.judgement_study([PICTURE], [0], {"page": [widget]}, "Right?", ("yes", "no"))
    room = StudyRoom(design, tmp_path)
    for command in ("begin", "next"):
        respond(room, {"command": command, "id": 1}, [])
    assert room.view["kind"] == "page" and room.view["page"] == widget.html()
    # In the page, what is shown waits for no kernel.
    assert re.search(r'"state": "(done|idle)"', room.view["page"])


def test_a_widget_at_work_is_no_view_yet() -> None:
    net: nn.Module = models.Answers(lambda x: (time.sleep(0.05 * len(x)), x.mean((2, 3)))[1])
    widget = Explorer(Classifier(net, classes=["a", "b", "c"]), X, budget=4096, grid=7)
    with pytest.raises(InputError, match=r"the Explorer is still at work; wait for it, as by"):
        study.as_view(widget)
    widget.cancel()
