"""The Explorer's other readings of the coalitions it has paid for."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from .examples import QUADRANTS
from .explorer_page import ExplorerPage, show
from .lab import LabSession
from .widget_page import near

READ = "w = Explorer(model, x, budget=256, grid=4)\nw"


@pytest.fixture
def marks(lab: LabSession) -> Iterator[Locator]:
    """The outlines of a rule's cells."""
    yield lab.page.locator(".xai-after .xai-mark:visible")


def test_readings_are_switched_and_evaluate_nothing(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, READ)
    shapley, ledger = page.map(), page.ledger()
    page.read()
    fits = {name: lab.py(f"w.readings[{name!r}]['r2']") for name in ("linear", "tree")}
    evaluations = lab.py("w.readings['evaluations']")
    calls = lab.py("len(ASKED)")
    seen = [shapley]
    for name in ("linear fit", "tree"):
        page.root.get_by_role("radio", name=name).check()
        page.drawn()
        kind = name.split()[0]
        label = page.root.locator(".xai-reading-choices label", has_text=name).inner_text()
        said = float(label.split("R²")[1].replace("−", "-"))
        assert said == pytest.approx(fits[kind], abs=0.006)
        assert page.legend.inner_text().startswith(
            f"{kind} fit of the map: red adds to the score of “north west”"
        )
        expect(page.root.locator(".xai-doubt")).to_be_hidden()
        assert page.map() not in seen
        seen.append(page.map())
        assert page.redness()["north west"] > 0
    lab.page.keyboard.press("ArrowUp")
    lab.page.keyboard.press("ArrowUp")
    expect(page.root.get_by_role("radio", name="Shapley values")).to_be_checked()
    page.drawn()
    assert page.map() == shapley
    cost = page.root.locator(".xai-reading-cost").inner_text()
    assert cost.startswith(f"0 further trials: read from the {evaluations} there are")
    lab.settle()
    assert lab.py("w.reading") == "shapley" and page.ledger() == ledger
    assert lab.py("len(ASKED)") == calls, "a reading has asked the network"


def test_the_cells_of_a_rule_are_outlined_and_curves_have_areas(
    lab: LabSession, marks: Locator
) -> None:
    page = show(lab, QUADRANTS, READ)
    page.read()
    rules = page.root.get_by_role("list", name="Rules of the tree").get_by_role("listitem")
    known = lab.py("[(r['cells'], r['text'], r['share']) for r in w.readings['tree']['rules']]")
    assert rules.count() == len(known) >= 2
    assert page.root.locator(".xai-tree-rule > span:first-child").all_inner_texts() == [
        re.sub(r"r(\d)c(\d) ", r"row \1, column \2 ", text)
        .replace("present", "shown")
        .replace("absent", "hidden")
        for _, text, _ in known
    ]
    assert abs(sum(share for _, _, share in known) - 1) < 1e-6
    rules.first.hover()
    outlined(page, marks, known[0][0])
    lab.page.mouse.move(0, 0)
    expect(marks).to_have_count(0)

    page.root.get_by_role("radio", name="Shapley values").focus()
    for cells, _, _ in known[:2]:
        lab.page.keyboard.press("Tab")
        outlined(page, marks, cells)
    lab.page.keyboard.press("Shift+Tab")
    lab.page.keyboard.press("Shift+Tab")
    expect(marks).to_have_count(0)

    plot = page.root.locator(".xai-curves")
    expect(plot.locator(".xai-line")).to_have_count(2)
    expect(plot.locator(".xai-band")).to_have_count(2)
    curves = lab.py("w.readings['curves']")
    drawn = plot.get_by_role("img")
    value = lab.py("w.attribution['value']")
    assert curves["deletion"][0] == pytest.approx(value) == pytest.approx(curves["insertion"][-1])
    name = drawn.get_attribute("aria-label") or ""
    assert name.startswith("The score of north west. Insertion: from 0 to ")
    for kind in ("insertion", "deletion"):
        said = plot.locator(f"figcaption .xai-{kind}").inner_text()
        assert float(said.split("area ")[1].replace("−", "-")) == pytest.approx(
            curves[f"{kind}_area"], rel=0.01
        )
    ticks = drawn.locator("text").all_text_contents()
    assert {"0 %", "100 %", "score", "share of cells inserted or deleted"} <= set(ticks)
    for line in plot.locator(".xai-line").all():
        box, frame = line.bounding_box(), drawn.bounding_box()
        assert box and frame and box["width"] > 0.7 * frame["width"]
        assert frame["y"] <= box["y"] and box["height"] <= frame["height"]


def test_readings_wait_for_the_map_and_are_replaced_with_it(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, READ)
    page.read()
    radio = page.root.get_by_role("radio", name="tree")
    radio.check()
    first = lab.py("w.readings['curves']['deletion'][0]")
    lab.py("MOOD.update(delay=0.02)")
    page.draw((0, 0), (0.5, 0.5))
    expect(radio).to_have_attribute("aria-disabled", "true")
    expect(page.root.locator(".xai-reading-cost")).to_have_text("computed once the map is done")
    expect(page.root.locator(".xai-tree-rule")).to_have_count(0)
    linear = page.root.get_by_role("radio", name="linear fit")
    linear.click(force=True)
    expect(linear).not_to_be_checked()
    expect(page.note).to_have_text("computed once the map is done")
    lab.py("MOOD.update(WELL)")
    page.answered()
    page.read()
    expect(radio).to_be_checked()
    assert page.legend.inner_text().startswith("tree fit of")
    assert near(page.painted(), (0, 0, 0.5, 0.5), 0.02)
    second = lab.py("w.readings['curves']['deletion'][0]")
    assert second != first and second == pytest.approx(lab.py("w.attribution['value']"))


def outlined(page: ExplorerPage, marks: Locator, cells: list[list[object]]) -> None:
    """Check that these cells are outlined, and no others, as present or absent."""
    expect(marks).to_have_count(len(cells))
    for mark, (row, column, present) in zip(marks.all(), cells, strict=True):
        assert isinstance(row, int) and isinstance(column, int)
        assert near(page.share(mark), (row / 4, column / 4, 0.25, 0.25), 0.01)
        kind = mark.get_attribute("class") or ""
        assert ("xai-absent" not in kind) == present
