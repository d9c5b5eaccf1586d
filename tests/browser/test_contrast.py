"""The ContrastExplorer by hand: pick a probe, scrub, meet the intruder, cancel, take it away."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from .contrast_page import ContrastPage, show
from .examples import CONTRASTED
from .lab import LabSession
from .widget_page import alone, box_of, eventually, pixels, slide

NEW = 'w = ContrastExplorer(model, lights, pictures, probe="north east")\nw'
BESIDE = 'w = ContrastExplorer(model, lights, pictures, probe="north east", xgems=True)\nw'
FIRST = "pixels_of_first = w._pixels(w.images[0][None])[0]"
SLOW = "MOOD.update(delay=0.02)"


def at(page: ContrastPage, position: float) -> None:
    """Move the scrubber."""
    slide(page.slider, position)
    page.drawn()


def test_why_this_and_not_that_is_answered_as_worked_out_by_hand(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    expect(page.title).to_have_text("Why north west and not north east?")
    ledger = page.ledger()
    assert ledger["kind"] == "reached" and ledger["third class"] == "none"
    assert float(ledger["distance"]) == pytest.approx(0.616, abs=0.01)
    assert abs(float(ledger["gap at the boundary"])) <= 0.05
    red = page.redness()
    assert red["north east"] > 0 > red["north west"] and red["south west"] < 0
    expect(page.figure("original")).to_contain_text("seen as north west")
    expect(page.badge()).to_be_hidden()
    expect(page.intruders).to_have_count(0)
    plots = page.root.locator(".xai-plots svg")
    expect(plots).to_have_count(2)


def test_another_probe_is_picked_in_the_list(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    page.choose_class("south east")
    page.answered()
    expect(page.title).to_have_text("Why north west and not south east?")
    assert lab.py("w.probe") == 3
    assert [name for name, _, chosen in page.classes() if chosen] == ["south east"]
    assert page.redness()["south east"] > 0
    page.button("runner-up (automatic)").click()
    page.answered()
    expect(page.title).to_have_text("Why north west and not south west?")
    assert lab.py("w.probe") is None
    page.root.locator(".xai-class", has_text="north west").click(force=True)
    lab.settle(0.2)
    assert lab.py("w.probe") is None, "the predicted class was asked about"


def test_scrubbing_moves_the_picture_and_asks_nothing(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    picture = page.figure("morph").locator("canvas.xai-picture")
    drawn, end = lab.py("len(DRAWN)"), pixels(picture)
    at(page, 0.5)
    expect(page.figure("morph").locator("figcaption")).to_have_text("on the way, 50 %")
    half = pixels(picture)
    at(page, 0)
    assert len({end, half, pixels(picture)}) == 3
    assert pixels(picture) == pixels(page.figure("original").locator("canvas.xai-picture"))
    assert not any(page.redness().values())
    for key in ("Home", "ArrowRight", "ArrowRight"):
        lab.keys(page.slider, key)
    assert eventually(lab.page, lambda: lab.py("round(w.position, 3)") == 0.02)
    lab.settle()
    assert lab.py("len(DRAWN)") == drawn, "a scrubber has asked the generator"


def test_it_plays_past_the_boundary_to_a_clear_answer(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    at(page, 0.2)
    page.button("Play").click()
    expect(page.button("Pause")).to_be_visible()
    assert eventually(lab.page, lambda: 0.3 < float(page.slider.input_value()) < 1)
    expect(page.button("Play")).to_be_visible()
    end = lab.py("float(w.morph.positions[-1])")
    assert float(page.slider.input_value()) == pytest.approx(end, abs=0.011)
    assert end > 1
    caption = page.figure("morph").locator("figcaption")
    expect(caption).to_have_text(f"past the boundary, {100 * end:.0f} %")
    expect(page.figure("morph")).to_contain_text("seen as north east")
    at(page, 1)
    expect(caption).to_have_text("at the boundary")
    expect(page.figure("morph")).to_contain_text("as likely north east as north west")
    expect(page.root.locator(".xai-contrast-answer")).to_contain_text("it is seen as north east")
    page.slider.focus()
    lab.page.keyboard.press("Space")
    expect(page.button("Pause")).to_be_visible()
    lab.page.keyboard.press("Space")
    expect(page.button("Play")).to_be_visible()


def test_the_intruder_on_the_way_of_xgems_becomes_the_probe(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    page.root.get_by_label("Other classes may win").check()
    page.answered()
    expect(page.intruders).to_have_text(["others may win: south west takes over"])
    expect(page.figure("rival")).to_contain_text("seen as south west")
    assert lab.py("classes[w.rival['third_class']]") == "south west"
    # What takes over on the way of xGEMs does not on ours.
    assert lab.py("max(w.contrast['intruders'])") == -1
    page.intruders.first.click()
    page.answered()
    expect(page.title).to_have_text("Why north west and not south west?")
    assert lab.py("w.probe") == 2
    page.root.get_by_label("Other classes may win").uncheck()
    page.answered()
    expect(page.figure("rival")).to_be_hidden()


def test_a_point_of_the_plot_is_a_point_of_the_morph(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, BESIDE)
    plot = page.root.locator(".xai-plots svg").first
    lab.drag(plot, (0.9, 0.5), (0.5, 0.5))
    page.drawn()
    end = float(page.slider.get_attribute("max") or 1)
    assert 0.35 * end < float(page.slider.input_value()) < 0.6 * end


def test_the_curves_are_shares_unless_their_logarithms_are_wanted(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    plot = page.root.locator(".xai-plots svg").first
    expect(plot).to_contain_text("probability")
    expect(plot).to_contain_text("100 %")
    page.root.get_by_label("Curves in").select_option("log-likelihood")
    expect(page.root.locator(".xai-plots svg").first).to_contain_text("log-likelihood")
    assert eventually(lab.page, lambda: lab.py("w.scale") == "log-likelihood")


def test_all_classes_stand_side_by_side(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    page.root.get_by_role("checkbox", name="All classes").check()
    page.answered()
    expect(page.tiles.locator("strong")).to_have_text(
        ["south west", "north east", "south east", "nowhere"]
    )
    drawn = lab.py("len(DRAWN)")
    page.root.get_by_role("button", name="Why not south east").click()
    page.answered()
    expect(page.title).to_have_text("Why north west and not south east?")
    # It is known: only its way is drawn.
    assert lab.py("len(DRAWN)") - drawn <= 2 * (33 + 8) + 2


def test_a_picture_of_ones_own_is_asked_about(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, CONTRASTED, NEW)
    file = tmp_path / "mine.png"
    height, width = lab.py("pixels_of_first.shape[:2]", after=FIRST)
    Image.new("L", (width, height), 200).save(file)
    page.root.locator("input[type=file]").set_input_files(file)
    strip = page.root.get_by_role("group", name="Pictures")
    expect(strip.get_by_role("button", name="mine")).to_have_attribute("aria-pressed", "true")
    page.answered()
    assert lab.py("w.index") == lab.py("len(w.images) - 1") > 0
    wrong = tmp_path / "diary.jpg"
    wrong.write_text("dear diary")
    page.root.locator("input[type=file]").set_input_files(wrong)
    notice = page.root.locator(".xai-upload-notice")
    expect(notice).to_contain_text("diary.jpg is no picture")
    assert abs(box_of(notice)[1] - box_of(page.button("Your picture…"))[1]) < 120


def test_a_direct_method_is_shown_beside_it(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    page.root.get_by_label("Compare with").select_option("PDA")
    page.answered()
    expect(page.figure("direct").locator("figcaption")).to_have_text("PDA")
    assert lab.py("w.direct_map['method']") == "pda"
    page.root.get_by_label("Compare with").select_option("Grad-CAM")
    expect(page.alert).to_contain_text("feature maps")
    expect(page.status).to_have_text("Failed")
    expect(page.figure("morph")).to_be_visible()
    page.root.get_by_label("Compare with").select_option("nothing")
    page.answered()
    expect(page.figure("direct")).to_be_hidden()
    expect(page.alert).to_be_hidden()


def test_what_is_not_reached_says_so(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW.replace("north east", "nowhere"))
    expect(page.badge()).to_contain_text("not reached")
    assert page.ledger()["kind"] == "not reached"
    page.choose_class("south east")
    page.answered()
    expect(page.badge()).to_be_hidden()


def test_cancel_in_the_middle_keeps_what_was_found(lab: LabSession, kernel: str) -> None:
    page = show(lab, CONTRASTED, NEW, kernel=kernel)
    before = page.ledger()["distance"]
    lab.py("None", after=SLOW)
    page.run_button.click()
    expect(page.run_button).to_have_text("Cancel")
    expect(page.figure("morph")).to_be_visible()  # the first sketch
    page.run_button.click()
    expect(page.run_button).to_have_text("Run")
    assert lab.py("w.status['state']") in ("idle", "partial")
    expect(page.figure("morph")).to_be_visible()
    lab.py("None", after="MOOD.update(WELL)")
    page.run_button.click()
    page.answered()
    assert page.ledger()["distance"] == before
    assert page.ledger()["kind"] == "reached"


def test_a_gesture_replaces_the_work_under_way(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    lab.py("None", after=SLOW)
    page.choose_class("south east")
    expect(page.run_button).to_have_text("Cancel")
    page.root.get_by_role("group", name="Pictures").get_by_role("button", name="right").click()
    lab.py("None", after="MOOD.update(WELL)")
    page.answered()
    expect(page.title).to_have_text("Why north east and not south east?")
    assert (lab.py("w.index"), lab.py("w.probe")) == (1, 3)


def test_a_network_that_fails_is_told_and_nothing_is_lost(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    found = pixels(page.overlay())
    lab.py("None", after="MOOD.update({'answers NaN': True})")
    page.run_button.click()
    expect(page.alert).to_contain_text("NaN")
    expect(page.status).to_have_text("Failed")
    below = box_of(page.alert)[1] - box_of(page.run_button)[1]
    assert 0 < below < 80, "the message is not beside the button"
    page.title.click()
    expect(page.alert).to_be_hidden()
    assert pixels(page.overlay()) == found
    lab.py("None", after="MOOD.update(WELL)")
    page.run_button.click()
    page.answered()
    expect(page.alert).to_be_hidden()


def test_a_saved_page_still_scrubs(lab: LabSession, tmp_path: Path) -> None:
    show(lab, CONTRASTED, BESIDE)
    file = tmp_path / "contrast.html"
    file.write_text(lab.py("w.html()"))
    with alone(lab, file, ".xai-contrast") as root:
        expect(root.locator(".xai-question")).to_have_text("Why north west and not north east?")
        overlay = root.locator(".xai-figure.xai-morph canvas.xai-picture")
        end = pixels(overlay)
        slide(root.get_by_role("slider", name="Morph"), 0.25)
        expect(root.locator(".xai-morph figcaption")).to_have_text("on the way, 25 %")
        assert pixels(overlay) != end
        root.get_by_role("button", name="Play").click()
        expect(root.get_by_role("button", name="Pause")).to_be_visible()
        expect(root.locator(".xai-run")).to_be_hidden()


def test_a_pair_that_was_asked_about_is_asked_again_by_a_click(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    before = pixels(page.overlay())
    page.choose_class("south west")
    page.answered()
    asked = page.root.get_by_role("list", name="Asked so far").get_by_role("listitem")
    expect(asked).to_have_text(
        ["Why north west and not south west? (left)", "Why north west and not north east? (left)"]
    )
    asked.last.get_by_role("button").click()
    page.answered()
    expect(page.title).to_have_text("Why north west and not north east?")
    assert pixels(page.overlay()) == before
    expect(asked.first).to_contain_text("not north east")


def test_a_notebook_that_is_opened_again_shows_the_answer(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, NEW)
    shown = pixels(page.overlay())
    lab.save()
    lab.reload()
    again = ContrastPage(lab)
    expect(again.title).to_have_text("Why north west and not north east?")
    again.drawn()
    assert pixels(again.overlay()) == shown
    slide(again.slider, 0.5)
    again.drawn()
    assert pixels(again.overlay()) != shown


def test_what_is_seen_is_taken_away(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, CONTRASTED, BESIDE)
    for name, kind in (("Save PNG", "PNG"), ("Save GIF", "GIF")):
        with lab.page.expect_download() as waiting:
            page.button(name).click()
        saved = tmp_path / kind
        waiting.value.save_as(saved)
        with Image.open(io.BytesIO(saved.read_bytes())) as picture:
            assert picture.format == kind
            assert getattr(picture, "n_frames", 1) == (1 if kind == "PNG" else 64)
            colours = picture.convert("RGB").getcolors(maxcolors=2**24)
            assert colours is not None and len(colours) > 8, "it is empty"


def test_everything_is_reached_by_keys(lab: LabSession) -> None:
    page = show(lab, CONTRASTED, BESIDE)
    page.root.get_by_role("button", name="left", exact=True).focus()
    wanted = {
        "Play", "Morph", "Ask about south west", "Opacity", "Compare with", "Save PNG",
    }  # fmt: skip
    for _ in range(40):
        # The arrow keys go on from there to the other buttons of a group.
        names = lab.page.evaluate(
            """() => {
                const element = document.activeElement;
                const group = element.closest('[role=group], [role=toolbar]');
                return [element, ...(group?.querySelectorAll('button') ?? [])].map(each =>
                    each.getAttribute('aria-label') ?? each.labels?.[0]?.firstChild.textContent
                        ?? each.textContent);
            }"""
        )
        wanted.difference_update(name.strip() for name in names)
        lab.page.keyboard.press("Tab")
    assert not wanted
