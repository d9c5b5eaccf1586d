"""The SurrogateDesk by hand: depth, leaves and their pictures, what it asks about."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from .kernels import on_old_kernel
from .lab import LabSession
from .surrogate_page import PLANTED, show
from .widget_page import alone, slide

NEW = "w = SurrogateDesk(model, images, depth=1, grid=2)\nw"


@on_old_kernel
def test_a_tree_is_made_deeper_and_its_leaves_are_opened(
    lab: LabSession, kernel: str, tmp_path: Path
) -> None:
    page = show(lab, PLANTED, NEW, kernel)
    # One question is not enough for a network that asks two.
    expect(page.questions).to_have_count(1)
    expect(page.leaves).to_have_count(2)
    expect(page.answer).to_contain_text("A tree of depth 1 with 2 leaves")
    expect(page.depths).to_contain_text("One question more: 3 leaves to read instead of 2")
    slide(page.depth, 2)
    expect(page.leaves).to_have_count(3)
    assert lab.until("w.depth == 2 and w.result.agreement.value == 1")
    expect(page.answer).to_contain_text(
        re.compile(r"says what the network says of 100.0 % \(.* to 100.0 %\) of 36 held-out")
    )
    expect(page.answer).to_contain_text("Always saying the commonest class does of")
    expect(page.depths).to_contain_text("agreement 0 points")
    expect(page.depths).to_contain_text("not told from none")

    # A leaf opens its pictures, and hands them on.
    right = "[i for i, b in enumerate(bits[:, 0]) if not b[0, 0] and b[1, 1]]"
    page.leaf("right").click()
    assert lab.until(f"list(w.selection) == {right}")
    expect(page.leaf("right")).to_have_attribute("aria-pressed", "true")
    expect(page.chosen).to_contain_text(
        "If row 1, column 1 is at most as bright as 0.5 and row 2, column 2 is brighter than 0.5"
    )
    expect(page.chosen).to_contain_text("the network agrees in 100.0 %")
    expect(page.pictures).to_have_count(lab.py(f"len({right})"))
    expect(page.pictures.first).to_have_attribute("title", re.compile("and so does the tree"))
    expect(page.root.locator(".xai-tree-edges > .xai-on-way")).to_have_count(2)
    # At depth 1 the tree takes some of them for others.
    lab.keys(page.depth, "ArrowLeft")
    expect(page.leaves).to_have_count(2)
    expect(page.root.locator(".xai-tree-chosen", has_text="chosen")).to_have_count(1)
    lab.keys(page.depth, "ArrowRight")
    expect(page.leaves).to_have_count(3)
    # What is chosen elsewhere is shown where it comes in the tree.
    lab.py("None", after="w.selection = [0, 1, 2, 3, 4, 5, 6, 7]")
    expect(page.chosen).to_contain_text(re.compile(r"8 chosen, in \d leaves; the tree says “"))
    page.button("Choose none").click()
    assert lab.until("list(w.selection) == []")

    page.root.get_by_text("All rules in words").click()
    rules = page.root.locator(".xai-surrogate-rules > li")
    expect(rules).to_have_count(3)
    expect(rules.first).to_have_text(
        re.compile("^If row 1, column 1 is brighter than 0.5: “left”.")
    )
    page.root.locator("select.xai-features").select_option("pca")
    page.answered()
    assert lab.py("w.features") == "pca"
    expect(page.answer).to_contain_text("which asks about principal components")
    expect(page.questions.first).to_contain_text("component")

    # By keys, and in a page that is saved.
    lab.keys(page.leaves.first, "Enter")
    assert lab.until("len(w.selection) > 0")
    saved = tmp_path / "tree.html"
    lab.py(f"str(w.to_html({str(saved)!r}))")
    with alone(lab, saved, ".xai-surrogate", ".xai-tree-leaf") as root:
        expect(root.locator("figure canvas").first).to_be_visible()
        root.locator("button.xai-tree-leaf").last.click()
        expect(root.locator("button.xai-tree-leaf").last).to_have_attribute("aria-pressed", "true")
