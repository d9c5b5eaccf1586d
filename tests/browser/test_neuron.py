"""The NeuronDesk by hand: units, favourites, silencing, a picture made, a concept with controls."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .lab import LabSession
from .neuron_page import UNITS, NeuronPage, show
from .widget_page import box_of, pixels, slide

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
    page.unfold()
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


def test_the_watched_picture_is_moved_along_a_concept(lab: LabSession, page: NeuronPage) -> None:
    page.unfold()
    button = page.root.get_by_role("button", name="Move the watched picture along it")
    expect(button).to_be_hidden()
    # Chosen in a widget beside, or here by Ctrl and a click.
    lab.py("None", after="w.selection = [1, 5, 9, 13, 17, 21, 25]")
    page.examples.nth(29).click(modifiers=["Control"])
    page.root.get_by_role("button", name="Take the chosen pictures").click()
    assert lab.until("list(w.examples) == [1, 5, 9, 13, 17, 21, 25, 29]")
    page.root.get_by_label("Class").select_option("north east")
    page.root.get_by_role("button", name="Does the class follow it?").click()
    expect(page.direction).to_be_visible()
    button.click()
    expect(page.move_caption).to_contain_text("Step 16: seen as “north east”")
    expect(page.move_verdict).to_contain_text("along 10 random directions, in as many steps, by")
    expect(page.move_verdict).to_contain_text("At the end the judge sees “north east”.")
    assert lab.py("w.watched['before'][0]['label']") == "north west"
    picture = page.root.locator(".xai-moved-picture .xai-picture")
    last = pixels(picture)
    slide(page.move_step, 0)
    expect(page.move_caption).to_contain_text("As the generator draws it: seen as “north west”")
    assert pixels(picture) != last


def test_a_concept_is_painted_and_units_are_active_there(lab: LabSession, page: NeuronPage) -> None:
    page.unfold()
    page.root.get_by_label("Layer").select_option("corners")
    page.answered()
    button = page.root.get_by_role("button", name="Which units are active there?")
    expect(button).to_have_attribute("aria-disabled", "true")
    page.mask_stage.scroll_into_view_if_needed()
    left, top, width, height = box_of(page.mask_stage)
    mouse = lab.page.mouse
    mouse.move(left + 0.05 * width, top + 0.05 * height)
    mouse.down()
    mouse.move(left + 0.45 * width, top + 0.05 * height, steps=4)
    mouse.up()
    assert lab.until("[each['picture'] for each in w.paintings] == [0]")
    cells = lab.py("w.paintings[0]['cells'].tolist()")
    assert {0, 1, 2, 3} <= set(cells) and max(cells) < 16
    expect(page.painted).to_have_count(1)
    # By keys: the brush is moved, and a cell painted and erased.
    lab.keys(page.mask_stage, "ArrowDown")
    for _ in range(7):
        lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("Space")
    assert lab.until("56 in w.paintings[0]['cells']")
    lab.page.keyboard.press("Space")
    assert lab.until("56 not in w.paintings[0]['cells']")
    lab.py(
        "None",
        after="import numpy as np; half = np.zeros((8, 8), bool); half[:4, :4] = True; "
        "[w.draw(4 * i, half) for i in range(8)]",
    )
    expect(page.painted).to_have_count(8)
    active = page.root.get_by_label("Active places in percent")
    active.fill("25")
    active.press("Tab")
    button.click()
    expect(page.dissection).to_contain_text("Painted on 8 pictures;")
    expect(page.dissection).to_contain_text("the 25.0 % of places")
    expect(page.root.locator(".xai-neuron-iou")).to_contain_text("masks exchanged")
    iou = lab.py("float(w.dissection['iou'][0])")
    expect(page.root.locator(".xai-neuron-iou")).to_contain_text(f"{100 * iou:.1f} %")
    # Erased, it is gone, and so is the answer.
    page.root.get_by_role("button", name="Clear this picture").click()
    expect(page.painted).to_have_count(7)
    expect(page.dissection).to_be_hidden()


def test_conductances_stand_class_by_class(lab: LabSession, page: NeuronPage) -> None:
    page.root.get_by_role("button", name="Choose them all").click()
    assert lab.until("list(w.selection) == sorted(w.favourites['indices'].tolist())")
    page.root.get_by_role("button", name="Find its conductances").click()
    expect(page.profile).to_contain_text("the chosen (9)")
    expect(page.profile).to_contain_text("north west (15)")
    # All that the unit does is for its own corner.
    best = lab.py("w.profile['specific'][0]['unit']")
    assert best == 0
    page.profile.get_by_role("button").nth(1).click()
    assert lab.until("w.profile['unit'] == w.unit == w.profile['specific'][1]['unit']")


def test_another_layer_has_other_units(lab: LabSession, page: NeuronPage) -> None:
    page.silence.click()
    assert lab.until("w.silenced == [0]")
    page.root.get_by_label("Layer").select_option("head")
    expect(page.answer).to_contain_text("in layer head")
    assert lab.until("w.silenced == [] and w.layer == 'head'")
    expect(page.units).to_have_count(4)
