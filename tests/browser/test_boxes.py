"""Widgets inside of ipywidgets' boxes: each has a width to work with, and none leaves the cell."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .examples import CONTRASTED, DETECTED, QUADRANTS, SEARCHED
from .lab import LabSession
from .widget_page import box_of

MAKE = """
import ipywidgets as W
def made(picture=x):
    return Explorer(model, picture, budget=64, grid=4)
one, two = made(), made(1 - x)
def shown(widget):
    output = W.Output()
    output.append_display_data(widget)
    return output
"""
HALF, WHOLE = 320, 500
"""The least pixels of a widget beside another one, and of one that is alone in its row."""

BOXES = {
    "W.HBox([one, two])": (HALF, HALF),
    "W.HBox([W.VBox([W.IntSlider(), W.Button(description='go')]), one])": (WHOLE,),
    "W.HBox([one])": (WHOLE,),
    "W.VBox([W.IntSlider(), one])": (WHOLE,),
    "W.HBox([W.VBox([one]), W.VBox([two])])": (HALF, HALF),
    "W.Tab([one, W.IntSlider()])": (WHOLE,),
    "W.Accordion([one, W.IntSlider()], selected_index=0)": (WHOLE,),
    "shown(one)": (WHOLE,),
    "W.HBox([shown(one), shown(two)])": (HALF, HALF),
    "W.VBox([shown(one), W.HBox([W.VBox([W.IntSlider(), shown(two)])])])": (WHOLE, WHOLE),
    "W.Tab([W.HBox([one, two])])": (HALF, HALF),
    "W.GridBox([one, two])": (WHOLE, WHOLE),
    "W.GridBox([one, two], layout=W.Layout(grid_template_columns='1fr 1fr'))": (
        HALF, HALF,
    ),
    "W.AppLayout(left_sidebar=W.IntSlider(), center=made(), pane_widths=['200px', 1, 0])": (WHOLE,),
}  # fmt: skip
TABS = "W.Tab([one, two], titles=['one', 'two'])"
OTHERS = """
import ipywidgets as W
panel = ErrorDetectorPanel(detector, images, labels)
asking = ContrastExplorer(seen, lights, pictures)
search = AccuracySearch(data, held_out, **how)
"""


def shown_by(lab: LabSession, cell: int) -> Locator:
    """Return what a cell shows."""
    panel = lab.locate(".jp-CodeCell").nth(cell)
    return panel.locator(".jp-OutputArea-output", has=lab.page.locator(".xai-root")).first


def widths(lab: LabSession, cell: int, count: int = 1) -> list[float]:
    """Return the widths of the widgets that a cell shows; none may leave its output."""
    output = shown_by(lab, cell)
    roots = output.locator(".xai-root:visible")
    expect(roots).to_have_count(count)
    left, _, width, _ = box_of(output)
    boxes = [box_of(roots.nth(number)) for number in range(roots.count())]
    for x, _, own, _ in boxes:
        assert x >= left - 1 and x + own <= left + width + 1, (boxes, left, width)
    return [own for _, _, own, _ in boxes]


@pytest.fixture(scope="module")
def boxes(lab: LabSession) -> LabSession:
    """A notebook with each of the boxes in a cell of its own, and the tabs in the last one."""
    lab.open([QUADRANTS, MAKE, *BOXES, TABS])
    lab.run_all()
    lab.settle()
    return lab


@pytest.mark.parametrize("box", BOXES)
def test_an_explorer_has_a_usable_width_in_any_box(boxes: LabSession, box: str) -> None:
    found = widths(boxes, list(BOXES).index(box) + 2, len(BOXES[box]))
    assert len(found) == len(BOXES[box])
    assert all(own >= least for own, least in zip(found, BOXES[box], strict=True)), found


def test_a_tab_that_is_opened_later_is_as_wide(boxes: LabSession) -> None:
    cell = len(BOXES) + 2
    (first,) = widths(boxes, cell)
    boxes.page.get_by_role("tab", name="two").click()
    boxes.settle()
    assert widths(boxes, cell) == pytest.approx([first], abs=1)


def test_the_other_widgets_share_a_row_too(lab: LabSession) -> None:
    contrasted = CONTRASTED.replace("model = ", "seen = ")
    cells = [
        "W.HBox([asking, search])",
        "W.HBox([W.IntSlider(), panel])",
        "W.HBox([asking, panel])",
    ]
    lab.open([SEARCHED, DETECTED, contrasted, OTHERS, *cells])
    lab.run_all()
    lab.settle()
    for number, least in enumerate(((HALF, HALF), (WHOLE,), (HALF, HALF))):
        found = widths(lab, number + 4, len(least))
        assert len(found) == len(least)
        assert all(own >= wanted for own, wanted in zip(found, least, strict=True)), found
