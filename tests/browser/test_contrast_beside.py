"""Colours, a judge, a painted mask and a stamp in the ContrastExplorer, by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .contrast_page import ContrastPage, show
from .examples import COLOURED
from .lab import LabSession
from .widget_page import box_of, colour_at, eventually, slide

NEW = "w = ContrastExplorer(model, colours, pictures, judge=judge)\nw"


def unfold(page: ContrastPage) -> None:
    """Fold out where changes are made by hand."""
    fold = page.root.locator("details.xai-fold", has_text="Make the change by hand")
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()


def test_a_change_of_hue_is_seen_in_its_colours(lab: LabSession) -> None:
    page = show(lab, COLOURED, NEW)
    choice = page.root.get_by_label("Changes of")
    expect(choice).to_be_visible()
    # What changes most: red is taken away where the network looks, nothing elsewhere.
    seen = {}
    for channel in ("rgb", "red", "blue", "green", "hue"):
        choice.select_option(channel)
        assert eventually(lab.page, lambda c=channel: lab.py("w.channel") == c)
        page.drawn()
        seen[channel] = [colour_at(page.overlay(), 0.5, x) for x in (0.25, 0.75)]
    assert not any(right[3] for _, right in seen.values()), "the right half has not changed"
    red, _, blue, alpha = seen["rgb"][0]
    assert alpha > 100 and blue > 200 and red < 60, "what is added is blue"
    (red, _, blue, alpha) = seen["red"][0]
    assert alpha > 100 and blue > red, "red is taken away"
    (red, _, blue, alpha) = seen["blue"][0]
    assert alpha > 100 and red > blue, "blue is added"
    assert seen["green"][0][3] == 0
    assert seen["hue"][0][3] > 0
    expect(page.root.locator(".xai-legend-title")).to_contain_text("hue")


def test_a_judge_stands_under_every_panel(lab: LabSession) -> None:
    page = show(lab, COLOURED, NEW)
    page.root.get_by_label("Compare with").select_option("gradient")
    page.answered()
    page.root.get_by_label("and with").select_option("class means")
    page.answered()
    under = {kind: page.figure(kind).locator(".xai-closed") for kind in ("morph", "direct")}
    expect(under["morph"]).to_contain_text("this network 100 % / the judge")
    expect(under["direct"]).to_contain_text("this network")
    expect(page.figure("other-direct").locator("figcaption")).to_have_text("Class means")
    expect(page.figure("morph")).to_contain_text("the judge: ")
    shares = lab.py("w.judgement['closed']['morph']")
    assert shares["judge"] == pytest.approx(1, abs=0.1), "of a green right half it says nothing"
    page.root.locator(".xai-thumbnail", has_text="red_and_red").click()
    page.answered()
    # Of two red halves only one has changed: half of the judge's gap is left.
    assert lab.py("w.judgement['closed']['morph']['judge']") == pytest.approx(0.5, abs=0.1)
    expect(under["morph"]).to_contain_text("the judge 5")


def test_a_change_is_imposed_where_one_paints(lab: LabSession) -> None:
    page = show(lab, COLOURED, NEW)
    unfold(page)
    stage = page.root.locator(".xai-impose .xai-stage").last
    stage.scroll_into_view_if_needed()
    expect(page.root.locator(".xai-imposed")).to_be_hidden()
    lab.drag(stage, (0.1, 0.1), (0.1, 0.9))
    page.answered()
    painted = lab.py("list(w.mask)")
    assert painted and all(cell % 8 < 4 for cell in painted), "only the left was painted"
    slider = page.root.get_by_role("slider", name="Impose")
    caption = page.root.locator(".xai-imposed .xai-caption")
    expect(caption).to_contain_text("100 % of the change")
    slide(slider, 2)
    expect(caption).to_contain_text("200 % of the change inside of what is painted: seen as")
    picture = stage.locator("canvas.xai-picture")
    twice = colour_at(picture, 0.5, 0.06)
    slide(slider, 0)
    expect(caption).to_contain_text("0 % of the change")
    page.drawn()
    none = colour_at(picture, 0.5, 0.06)
    assert none[0] > twice[0] and twice[2] > none[2], "red becomes blue"
    assert eventually(lab.page, lambda: lab.py("w.strength") == 0)
    expect(page.root.locator(".xai-imposed svg")).to_contain_text("how much of the change")
    page.root.get_by_role("checkbox", name="Erase").check()
    lab.drag(stage, (0.1, 0.1), (0.1, 0.5))
    page.answered()
    assert 0 < len(lab.py("list(w.mask)")) < len(painted)
    page.button("Clear").click()
    page.answered()
    expect(page.root.locator(".xai-imposed")).to_be_hidden()


def test_a_window_of_the_mean_is_stamped_on_all_pictures(lab: LabSession) -> None:
    page = show(lab, COLOURED, NEW)
    page.root.get_by_label("All pictures").check()
    page.answered()
    overall = page.root.locator(".xai-overall")
    expect(overall).to_contain_text("the mean change to cold of 3 pictures, 3 at the boundary")
    stage = overall.locator(".xai-stage")
    stage.scroll_into_view_if_needed()
    lab.drag(stage, (0.02, 0.02), (0.48, 0.98))
    page.answered()
    assert lab.py("list(w.stamp)") == [0, 0, 8, 4]
    result = overall.locator(".xai-stamp-result")
    expect(result).to_contain_text("100.0 % (43.9 % to 100.0 %) of 3 pictures, those of the mean,")
    left, _, width, _ = box_of(stage)
    x, _, w, _ = box_of(overall.locator(".xai-stamp-window"))
    assert (x - left) / width == pytest.approx(0, abs=0.03)
    assert w / width == pytest.approx(0.5, abs=0.05)
    overall.get_by_role("button", name="No window").click()
    page.answered()
    expect(overall.locator(".xai-stamp-result")).to_contain_text("Drag a window")


def test_several_starts_stand_in_a_row(lab: LabSession) -> None:
    page = show(lab, COLOURED, NEW)
    page.root.locator("details.xai-folded", has_text="How it is searched").locator(
        "summary"
    ).click()
    field = page.root.get_by_role("spinbutton", name="Random starts")
    field.fill("3")
    field.press("Enter")
    page.answered()
    starts = page.root.locator(".xai-starts .xai-multiple")
    expect(starts).to_have_count(3)
    expect(starts.first).to_contain_text("start 0")


def test_all_that_stands_beside_fits_a_narrow_window(lab: LabSession) -> None:
    everything = NEW.replace(
        "judge=judge", "judge=judge, direct='gradient', direct_two='occlusion', channel='rgb',"
        " all_pictures=True, starts=2, mask=[0, 1, 8, 9, 16, 17], stamp=[0, 0, 8, 4]",
    )  # fmt: skip
    usual = lab.page.viewport_size
    lab.page.set_viewport_size({"width": 700, "height": 3000})
    page = show(lab, COLOURED, everything)
    unfold(page)
    page.drawn()
    assert box_of(page.root)[2] > 0
    assert page.root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
    assert usual is not None
    lab.page.set_viewport_size(usual)


def test_another_network_and_another_generator_are_columns_at_one_position(
    lab: LabSession,
) -> None:
    page = show(
        lab, COLOURED, NEW.replace("judge=judge", 'columns={"both halves": judge, "grey": grey}')
    )
    columns = page.root.locator(".xai-figure.xai-column")
    expect(columns).to_have_count(2)
    expect(columns.first.locator("figcaption")).to_have_text("both halves, 100 %")
    expect(columns.first).to_contain_text("as likely cold as warm")
    expect(columns.first).to_contain_text("at the boundary pixels have changed by")
    expect(page.figure("morph")).to_contain_text("at the boundary pixels have changed by")
    overlay = columns.first.locator("canvas.xai-overlay")
    ends = [colour_at(overlay, 0.5, x) for x in (0.25, 0.75)]
    assert all(alpha > 20 for *_, alpha in ends), "this network looks at the right half, too"
    assert colour_at(page.overlay(), 0.5, 0.75)[3] == 0, "the first one does not"
    # One scrubber for all.
    slide(page.slider, 0)
    expect(columns.first.locator("figcaption")).to_have_text("both halves, 0 %")
    page.drawn()
    assert colour_at(overlay, 0.5, 0.25)[3] == 0
    expect(columns.nth(1)).to_contain_text("the generator misses 0.289")
    # Of a picture that the other network finds cold it is not asked why it is warm.
    lab.py("None", after="w.index = w.add_picture('deep', halves(RED, (0.0, 0.0, 1.0)))")
    page.answered()
    expect(columns.first).to_contain_text("sees cold, ")
    expect(columns.first).to_contain_text("it is not asked this question")
    expect(page.figure("morph").locator("figcaption")).to_contain_text("on the way, 0 %")
