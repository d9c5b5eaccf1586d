"""What each layer says: the strip under the slider."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from .examples import BLOCK, LAYERED
from .explorer_page import show
from .kernels import on_old_kernel
from .lab import LabSession
from .widget_page import alone, blocked

CELL = """
w = Explorer(fitted, {"x": images[0], "y": images[1]}, budget=64, grid=4)
w
"""
# The first layer's probe says nothing but "south east".
WRONG = """
import dataclasses
from xaiwidgets.probes import Probes, remember
probes = dict(model.fit_probes(images, ["0", "2.0"]).run())
bias = torch.tensor([0.0, 0.0, 0.0, 99.0])
probes["0"] = dataclasses.replace(probes["0"], weight=0 * probes["0"].weight, bias=bias)
remember(model, Probes([*probes.values()], model.fit_probes(images, ["2.0"]).run().network))
"""
READY = "len(w.stages) == 3 and len(w.layer_maps) == 3"


def columns(root: Locator) -> list[list[str]]:
    """Return the words in each column of the strip."""
    items = root.get_by_role("list", name="What each layer says").get_by_role("button")
    return [text.split("\n") for text in items.all_inner_texts()]


@on_old_kernel
def test_a_layer_that_says_another_class_is_marked_and_gone_to_without_a_kernel(
    lab: LabSession, kernel: str, tmp_path: Path
) -> None:
    page = show(lab, LAYERED + WRONG, CELL, BLOCK, kernel=kernel)
    lab.until(READY)
    whole = lab.py("w.stages[-1]['prediction']['top'][0]")
    first, second, last = columns(page.root)
    assert [*first] == ["0", "south east", "score 99", "≠ differs"]
    assert last[:2] == ["whole network", "north west"] == ["whole network", whole["label"]]
    assert last[2] == f"{100 * whole['probability']:.1f} %" and len(last) == 3
    assert second[0] == "2.0" and ("≠ differs" in second) == (second[1] != "north west")

    heading = page.root.locator(".xai-beside h3").first
    expect(heading).to_have_text("What it sees")
    strip = page.root.get_by_role("list", name="What each layer says")
    with blocked(lab, 2):
        strip.get_by_role("button").first.click()
        expect(heading).to_have_text("Ranks at layer 0")
        rows = page.root.locator(".xai-classes .xai-class")
        expect(rows.first).to_contain_text("1. south east")
        expect(rows.first).to_contain_text("score 99")
        assert not any("%" in text for text in rows.all_inner_texts())
        assert page.layer.input_value() == "0"
    page.answered()
    assert lab.py("w.layer") == "0"
    strip.get_by_role("button").last.click()
    page.answered()
    expect(heading).to_have_text("What it sees")
    assert lab.py("w.layer") is None

    with lab.page.expect_download() as saved:
        page.button("Save HTML").click()
    saved.value.save_as(tmp_path / "explanation.html")
    with alone(lab, tmp_path / "explanation.html", ".xai-explorer") as root:
        assert columns(root) == [first, second, last]
        root.get_by_role("slider", name="Layer").press("Home")
        expect(root.locator(".xai-beside h3").first).to_have_text("Ranks at layer 0")
        expect(root.locator(".xai-classes .xai-class").first).to_contain_text("1. south east")


def test_layers_are_chosen_fitted_and_said(lab: LabSession) -> None:
    cell = "torch.manual_seed(9); fresh = Classifier(network(), classes=classes)\n"
    page = show(lab, LAYERED, f"{cell}w = Explorer(fresh, images[0], budget=64, grid=4)\nw")
    assert columns(page.root) == []
    page.root.get_by_text("Choose layers to fit…").click()
    boxes = page.root.get_by_role("list", name="Layers to fit").get_by_role("checkbox")
    first = boxes.first
    expect(first).to_be_visible()
    expect(page.root.get_by_role("note").filter(has_text="below 100 pictures")).to_be_visible()
    for box in boxes.all():
        box.uncheck()
    start = page.root.locator(".xai-fit-choice > button")
    expect(start).to_have_attribute("aria-disabled", "true")
    first.check()
    expect(start).to_have_text("Fit this layer")
    start.click()
    row = page.root.get_by_role("list", name="Layers to fit").get_by_role("listitem").first
    expect(row).to_contain_text("agrees on")
    page.answered()
    lab.until("len(w.stages) == 2")
    assert [words[0] for words in columns(page.root)] == ["0", "whole network"]


def test_two_layers_are_told_apart_by_hand(lab: LabSession) -> None:
    page = show(lab, LAYERED, CELL)
    other = page.root.get_by_role("combobox", name="Another layer to tell it from")
    assert other.locator("option").all_inner_texts() == ["Another layer…", "0", "2.0"]
    other.select_option("2.0")
    page.answered()
    assert page.query.input_value() == "select * from f(x) left join (select 2.0 from f(x))"
    expect(page.others).to_have_count(1)
    expect(page.others.first).to_contain_text("x at layer 2.0")
    expect(other).to_be_disabled()
    page.take_away("layer 2.0")
    assert page.query.input_value() == "select * from f(x)"
    expect(other).to_be_enabled()
