"""What the patches of a picture attend to: by layer and head, each one asked by a click."""

from __future__ import annotations

from playwright.sync_api import expect

from .examples import ATTENTIVE
from .explorer_page import show
from .lab import LabSession

CELL = "w = Explorer(model, images[0], budget=128)\nw"


def test_patches_are_asked_what_they_attend_to(lab: LabSession) -> None:
    page = show(lab, ATTENTIVE, CELL)
    layer, head = (page.root.get_by_label(f"{name} of attention") for name in ("Layer", "Head"))
    expect(layer).to_be_hidden()
    page.root.get_by_label("Explained by").select_option("rollout")
    page.answered()
    expect(layer.locator("option")).to_have_text(["all layers", "layer 1", "layer 2"])
    expect(page.sentence).to_contain_text("attention is not importance")
    expect(page.legend).to_contain_text("the same for every class")
    rolled = page.map()
    layer.select_option("layer 2")
    head.select_option("head 1")
    page.answered()
    expect(page.query).to_have_value("select * from f(x) using rollout(layer=2, head=1)")
    assert page.map() != rolled
    left, top, width, height = page.frame()
    lab.page.mouse.click(left + 0.6 * width, top + 0.3 * height)
    page.answered()
    query = "select * from f(x) using rollout(layer=2, head=1, patch=(2, 3))"
    expect(page.query).to_have_value(query)
    expect(page.root.get_by_text("Asked: the patch in row 2, column 3.")).to_be_visible()
    asked = page.share(page.stage.locator(".xai-asked-patch"))
    assert all(abs(a - b) < 0.02 for a, b in zip(asked, (0.25, 0.5, 0.25, 0.25), strict=True))
    assert "% of the attention goes to this patch" in page.hover(0.1, 0.1)
    # The Shapley values of the same patches stand beside, with the rank agreement.
    page.root.get_by_label("Beside it").select_option("shapley")
    expect(page.root.get_by_text("The two order the 16 parts")).to_be_visible()
    page.button("ask the answer").click()
    page.answered()
    expect(page.query).to_have_value("select * from f(x) using rollout(layer=2, head=1)")
    expect(page.stage.locator(".xai-asked-patch")).to_be_hidden()
    page.button("Undo").click()
    page.answered()
    expect(page.query).to_have_value(query)
    # By keys: C goes to the cells, arrows from one to the next, and A asks.
    page.stage.focus()
    for key in ("c", "End", "ArrowDown", "a"):
        lab.page.keyboard.press(key)
    page.answered()
    by_keys = query.replace("(2, 3)", "(2, 4)")
    expect(page.query).to_have_value(by_keys)
    expect(page.root.locator(".xai-cell-grid :focus")).to_contain_text("row 2, column 4")
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("a")
    page.answered()
    expect(page.query).to_have_value(query)
    # A drag still draws a window, and asks nothing.
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    assert "patch=(2, 3)" in page.query.input_value() and "where [0:16" in page.query.input_value()
