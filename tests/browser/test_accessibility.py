"""Widgets for those who see little, or use no mouse: what axe-core says, and what keys reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from . import (
    contrast_page,
    detector_page,
    disagreement_page,
    explorer_page,
    generators_page,
    neuron_page,
    poison_page,
    report_page,
    room_page,
    search_page,
    surrogate_page,
    text_page,
    vectormap_page,
)
from .examples import (
    COLOURED,
    CONTRASTED,
    DETECTED,
    DISAGREED,
    GENERATORS,
    MAPPED,
    NEW,
    POISONED,
    QUADRANTS,
    REPORTED,
    SEARCHED,
    SEVERAL,
    STUDIED,
    WORDED,
)
from .lab import LabSession
from .widget_page import WidgetPage

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
WIDGETS = {
    "explorer": (explorer_page.show, QUADRANTS, SEVERAL),
    "contrast": (contrast_page.show, CONTRASTED, "ContrastExplorer(model, lights, pictures)"),
    "disagreement": (
        disagreement_page.show,
        DISAGREED,
        "DisagreementDesk(f, g, images, labels=labels, grid=2)",
    ),
    "contrast, all that stands beside": (
        contrast_page.show,
        COLOURED,
        "ContrastExplorer(model, colours, pictures, judge=judge, direct='gradient',"
        " direct_two='occlusion', channel='rgb', starts=2, all_pictures=True, stamp=[0, 0, 8, 4],"
        " mask=[0, 1, 8, 9])",
    ),
    "detector": (
        detector_page.show,
        DETECTED,
        "ErrorDetectorPanel(detector, images, labels, training=training, validation=validation,"
        " generator=zoo.generator('digits'))",
    ),
    "generators": (
        generators_page.show,
        GENERATORS,
        "GeneratorLab({'one': one, 'six': all_six}, pictures, model, offsets=[1.0])",
    ),
    "neuron": (
        neuron_page.show,
        neuron_page.UNITS,
        "w = NeuronDesk(model, images, 'corners', generator=Lights(), examples=[1, 5, 9, 13],"
        " selection=[2, 3], profiled=True)\nw.run().wait()\nw.draw(1, images[1, 0].numpy() > 0.5)\n"
        "w.find_concept().wait(); w.move().wait(); w.dissect().wait()\nw",
    ),
    "poison": (
        poison_page.show,
        POISONED,
        "PoisonDesk(model, *data, 'bright', train=train, brush=(0.5, 9), poisoned=[1], grid=4)",
    ),
    "report": (report_page.show, REPORTED, "StudyReport(path)"),
    "room": (room_page.show, STUDIED, "StudyRoom(judging, folder())"),
    "map": (
        vectormap_page.show,
        MAPPED,
        "w = VectorMap(model, images, labels, selection=[1, 5])\nw.run().wait()\n"
        "w.lay_out_noise()\nw",
    ),
    "surrogate": (
        surrogate_page.show,
        surrogate_page.PLANTED,
        "w = SurrogateDesk(model, images, grid=2, depth=2, selection=[0, 1, 2])\nw",
    ),
    "search": (search_page.show, SEARCHED, "AccuracySearch(data, held_out, max_trial=3, **how)"),
    "text": (text_page.show, WORDED, "TextContrastExplorer(model, field, sentences, pinned=[0])"),
}
FAULTS = """async ([root, options]) => {
    root.querySelectorAll('details').forEach(details => { details.open = true; });
    document.body.style.overflow = 'visible';  // else axe-core takes all text for hidden
    const { violations, passes } = await axe.run(root, options);
    document.body.style.overflow = '';
    const faults = violations.flatMap(({ id, impact, nodes }) =>
        nodes.map(({ html, failureSummary }) => [impact, `${id}: ${failureSummary} in ${html}`]));
    const { nodes } = passes.find(({ id }) => id === 'color-contrast');
    return [faults, nodes.length];
}"""
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that another theme may break."""
TALL = 6000
"""So many pixels show a whole widget; what is out of sight is not measured."""


def serious_faults(page: WidgetPage, **options: object) -> list[str]:
    """Return what axe-core holds against all that the widget shows, folded parts too."""
    root = page.root.element_handle()
    faults, legible = page.lab.page.evaluate(FAULTS, [root, options])
    # A StudyRoom says one thing at a time.
    assert legible > 5, "the contrast of hardly any text was measured"
    return [fault for impact, fault in faults if impact in ("serious", "critical")]


@pytest.fixture
def tall(lab: LabSession) -> Iterator[LabSession]:
    """JupyterLab in a window that needs no scrolling."""
    usual = lab.page.viewport_size
    assert usual is not None
    lab.page.set_viewport_size({"width": usual["width"], "height": TALL})
    yield lab
    lab.page.set_viewport_size(usual)


@pytest.fixture(scope="module", autouse=True)
def _light_afterwards(lab: LabSession) -> Iterator[None]:
    """Leave JupyterLab in its light theme: a widget may leave it in the dark one."""
    yield
    lab.theme(dark=False)


@pytest.mark.parametrize("widget", WIDGETS)
def test_no_widget_has_a_serious_fault_in_light_or_dark(tall: LabSession, widget: str) -> None:
    show, setup, cell = WIDGETS[widget]
    page: Any = show(tall, setup, cell)
    if isinstance(page, search_page.SearchPage):
        page.start()
        page.ended()
    tall.page.add_script_tag(path=AXE)
    faults = serious_faults(page)
    # To switch takes half a second: the next widget begins in the theme that this one leaves.
    tall.theme(dark=not tall.is_dark)
    page.drawn()
    assert (faults, serious_faults(page, runOnly=COLOURS)) == ([], [])


def test_cells_are_read_one_by_one(lab: LabSession) -> None:
    page = explorer_page.show(lab, QUADRANTS, NEW)
    keyboard, focused = lab.page.keyboard, page.root.locator(":focus")
    page.stage.focus()
    keyboard.press("c")
    expect(focused).to_have_role("gridcell")
    expect(focused).to_have_text(re.compile("^row 1, column 1: "))
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft"):
        keyboard.press(key)
    expect(focused).to_have_text(re.compile("^row 2, column 2: "))
    value = lab.py("float(w.result.cells[1, 1])")
    found = re.search(r": \D*([\d.]+)", focused.inner_text())
    assert found and float(found[1]) == pytest.approx(abs(value), abs=0.006)
    outline = page.share(page.stage.locator(".xai-cell-outline:visible"))
    assert outline == pytest.approx((0.25, 0.25, 0.25, 0.25), abs=0.01)

    keyboard.press("Enter")
    page.answered()
    assert explorer_page.window(lab) == (16, 16, 16, 16)
    expect(focused).to_have_text(re.compile("^row 2, column 2: "))
    keyboard.press("Escape")
    expect(focused).to_have_role("application")


def test_arrow_keys_go_from_button_to_button_of_a_group(lab: LabSession) -> None:
    page = explorer_page.show(lab, QUADRANTS, SEVERAL)
    keyboard, focused = lab.page.keyboard, page.root.locator(":focus")
    pictures = page.root.get_by_role("group", name="Pictures", exact=True).get_by_role("button")
    pictures.first.focus()
    for key, name in (("ArrowRight", "east"), ("End", "south"), ("ArrowLeft", "pale")):
        keyboard.press(key)
        expect(focused).to_have_accessible_name(re.compile(rf"\b{name}\b"))
    keyboard.press("Enter")
    page.answered()
    assert lab.py("w.index") == 2
    keyboard.press("Tab")
    expect(focused).not_to_have_accessible_name(re.compile(r"\bsouth$"))
    keyboard.press("Shift+Tab")
    expect(focused).to_have_accessible_name(re.compile(r"\bpale\b"))
