"""The NeuronDesk by hand: units, favourites, silencing, a picture made, a concept with controls."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .lab import LabSession
from .neuron_page import UNITS, NeuronPage, show

NEW = """w = NeuronDesk(
    model, images, 'units.1', generator=Lights(), judge=judge, examples=[1, 5]
)
w"""


@pytest.fixture
def page(lab: LabSession) -> NeuronPage:
    return show(lab, UNITS, NEW)


def test_a_unit_is_looked_at_silenced_and_heard_again(lab: LabSession, page: NeuronPage) -> None:
    expect(page.units).to_have_count(4)
    expect(page.answer).to_contain_text("Unit 0 of 4 in layer units.1, among 60 pictures.")
    expect(page.answer).to_contain_text("The network sees “north west” in all 9 of its favourites.")
    page.units.nth(2).click()
    expect(page.answer).to_contain_text("“south west” in all 9")
    assert lab.until("w.unit == 2")
    best = lab.py("[each.picture for each in w.result.activity.top(2)]")
    assert (
        page.favourites.evaluate_all("tiles => tiles.map(t => Number(t.dataset.picture))") == best
    )

    page.favourites.nth(1).click()
    expect(page.watched).to_have_text(re.compile(r"^Seen as “south west” \(\d"))
    page.silence.click()
    # Nothing else says "south west": fifteen pictures have lost what told their class.
    expect(page.watched).to_have_text(
        re.compile(r"^Without the unit now seen as “.*” .*; 15 of 60 pictures are seen otherwise")
    )
    assert lab.py("w.silenced") == [2]
    expect(page.silence).to_have_text("Hear unit 2 again")
    page.units.nth(0).click()
    page.silence.click()
    expect(page.watched).to_contain_text("Without 2 units")
    page.root.get_by_role("button", name="Hear all again").click()
    expect(page.watched).to_have_text(re.compile("^Seen as “south west”"))
    assert lab.py("w.silenced") == []


def test_a_picture_is_made_and_judged(lab: LabSession, page: NeuronPage) -> None:
    page.units.nth(3).click()
    assert lab.until("w.unit == 3")
    page.root.get_by_role("button", name="Make a picture that excites it").click()
    expect(page.maximised).to_have_count(2)
    expect(page.maximised.nth(0)).to_have_text(
        "Pixel by pixel: answer 1, seen as “south east”, by the judge as “south east”."
    )
    expect(page.maximised.nth(1)).to_contain_text("Drawn by the generator")
    # White where the unit looks, black or grey elsewhere.
    pixel = "canvas => [...canvas.getContext('2d').getImageData(6, 6, 1, 1).data].slice(0, 3)"
    assert page.maximised.nth(0).locator("canvas").evaluate(pixel) == [255, 255, 255]
    # Another unit has none yet.
    page.units.nth(1).click()
    expect(page.maximised).to_have_count(0)


def test_a_concept_is_chosen_by_clicks_and_stands_beside_controls(
    lab: LabSession, page: NeuronPage
) -> None:
    # It is as the page before was left.
    page.root.locator("details").evaluate("fold => { fold.open = true; }")
    button = page.root.get_by_role("button", name="Does the class follow it?")
    expect(button).to_have_attribute("aria-disabled", "true")
    for picture in (9, 13, 17, 21, 25, 29, 33, 1, 1):  # 1 is taken away, and chosen again
        page.examples.nth(picture).click()
    assert lab.until("w.examples == [1, 5, 9, 13, 17, 21, 25, 29, 33]")
    page.root.get_by_label("Class").select_option("north east")
    button.click()
    expect(page.direction).to_contain_text("A straight line tells the 9 examples from the others")
    expect(page.direction).to_contain_text("Along it the score of “north east” rises by")
    found = lab.py("w.result.concept.verdict")
    expect(page.direction).to_contain_text(
        "No verdict." if found.startswith("no verdict") else "More than along any of them."
    )


def test_another_layer_has_other_units(lab: LabSession, page: NeuronPage) -> None:
    page.silence.click()
    assert lab.until("w.silenced == [0]")
    page.root.get_by_label("Layer").select_option("head")
    expect(page.answer).to_contain_text("in layer head")
    assert lab.until("w.silenced == [] and w.layer == 'head'")
    expect(page.units).to_have_count(4)
