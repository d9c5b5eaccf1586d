"""An attack by hand: a class is wanted, a size moved, its way looked along, its end told."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .examples import LAYERED
from .explorer_page import show
from .lab import LabSession
from .widget_page import slide

CELL = "w = Explorer(model, images[0], budget=64, grid=4)\nw"


def test_a_picture_is_attacked_by_hand(lab: LabSession) -> None:
    page = show(lab, LAYERED, CELL)
    size = page.root.get_by_label("Size of the attack")
    words = page.root.locator(".xai-attack-words")
    wanted = page.root.locator(".xai-attack").get_by_text(re.compile("wanted:"))
    expect(wanted).to_have_text("wanted: any other class")
    page.root.locator(".xai-classes").get_by_text("south east").click()
    page.answered()
    expect(wanted).to_have_text("wanted: south east")
    # Too small: it says so, and the picture stands beside what it was.
    slide(size, 0.01)
    page.button("Attack").click()
    expect(words).to_contain_text("The attack failed: the network says north west")
    expect(words).to_contain_text("not south east. A larger size may do it.")
    page.answered()
    assert page.captions.all_inner_texts() == ["before", "after"]
    # The size is live from now on.
    slide(size, 0.3)
    expect(words).to_contain_text("It worked: now the network says south east")
    page.answered()
    text = 'select * from f(attack(x, method="pgd", size=0.3, target=3)) for class "south east"'
    expect(page.query).to_have_value(text)
    assert lab.py("w.code").count("xaiwidgets.adversarial.attack(") == 1
    attacked = page.map()
    along = page.root.get_by_label("Along the attack")
    expect(along).to_have_attribute("aria-valuetext", "step 20 of 20")
    along.press("Home")
    page.answered()
    assert "at=0" in page.query.input_value() and page.map() != attacked
    along.press("End")
    page.answered()
    expect(page.query).to_have_value(text)
    assert page.map() == attacked
    page.button("What tells it from before?").click()
    page.answered()
    expect(page.query).to_have_value(f"{text} left join (select * from f(x))")
    page.button("Undo").click()
    page.answered()
    # Only in the window: nothing else changes.
    inside = page.root.get_by_label("only in the window")
    expect(inside).to_be_disabled()
    page.draw((0.5, 0.5), (1, 1))
    page.answered()
    inside.check()
    page.button("Attack").click()
    lab.until("w.attack['inside'] and not w.attack['running']")
    page.answered()
    assert "window=[16:32, 16:32]" in page.query.input_value()
    assert lab.py("bool((w._timeline.now.source.tensor == images[0])[:, :16].all())")


DIGITS = """
from xaiwidgets import Explorer, datasets, zoo
image = datasets.digits("test").images[0]
"""


def test_a_map_that_shall_stay_counts_as_much_as_its_slider_says(lab: LabSession) -> None:
    page = show(lab, DIGITS, "w = Explorer(zoo.digits(), image, budget=64, grid=4)\nw")
    weight = page.root.get_by_label("How much an unchanged map counts")
    expect(weight).to_be_hidden()
    page.root.get_by_label("How to attack").select_option("adv2")
    expect(weight).to_have_attribute("aria-valuetext", "the map counts 1-fold")
    page.button("Attack").click()
    lab.until("w.attack is not None and not w.attack['running']")
    page.answered()
    slide(weight, 5)
    lab.until("w.attack['weight'] == 5 and not w.attack['running']")
    page.answered()
    expect(page.query).to_have_value(re.compile(r'method="adv2", size=0.03, weight=5'))
    page.root.get_by_label("How to attack").select_option("pgd")
    expect(weight).to_be_hidden()
