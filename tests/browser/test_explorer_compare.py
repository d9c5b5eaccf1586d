"""The Explorer's comparisons: join, anti-join, a rival network, pictures from outside."""

from __future__ import annotations

from playwright.sync_api import FilePayload, expect

from .examples import QUADRANTS, SEVERAL
from .explorer_page import ANTI_JOIN, JOIN, file, show, where, window
from .lab import LabSession
from .widget_page import box_of, colour_at, near, painted_part, pixels, redness_of, slide

OVERLAY = ".xai-overlay"


def test_pictures_are_joined_weighed_and_taken_away(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    alone = page.map()
    expect(page.weight).to_be_hidden()
    page.candidate("east").click()
    page.button(JOIN).dblclick()
    page.answered()
    assert page.chips.all_inner_texts() == ["east"], "a double click has compared twice"
    assert page.query.input_value() == "select * from f(x) join (select * from f(east))"
    assert page.captions.all_inner_texts() == ["x · counts 50 %", "east · counts 50 %"]
    joint = page.map()
    assert joint != alone
    assert pixels(page.others.locator(OVERLAY)) == joint, "one map lies over both"
    left, right = box_of(page.stage), box_of(page.others.locator(".xai-stage"))
    assert left[0] + left[2] < right[0] and near(left[1:], right[1:], 1)

    slide(page.weight, 0.9)
    page.answered()
    assert page.query.input_value().endswith("weight 0.9")
    expect(page.weight).to_have_attribute("aria-valuetext", "x 90 % · east 10 %")
    assert page.captions.all_inner_texts() == ["x · counts 90 %", "east · counts 10 %"]
    mostly_x = page.redness()["north west"]
    page.weight.press("Home")
    page.answered()
    assert page.redness()["north west"] < mostly_x
    page.button("equal").click()
    page.answered()
    assert "weight" not in page.query.input_value() and page.map() == joint

    page.compare("pale")
    assert page.query.input_value().count("join (") == 2
    assert page.captions.all_inner_texts() == [f"{n} · counts 33 %" for n in ("x", "east", "pale")]
    expect(page.weight).to_have_attribute("aria-disabled", "true")
    before = page.query.input_value()
    page.weight.press("ArrowRight")
    expect(page.note).to_have_text("more than two count the same; write other weights in the query")
    expect(page.weight).to_have_attribute("aria-valuetext", "x 33 % · east 33 % · pale 33 %")
    lab.settle(0.1)
    assert page.query.input_value() == before

    page.take_away("east")
    assert page.chips.all_inner_texts() == ["pale"]
    assert page.query.input_value() == "select * from f(x) join (select * from f(pale))"
    page.take_away("pale")
    expect(page.others).to_have_count(0)
    assert page.map() == alone and page.query.input_value() == "select * from f(x)"


def test_an_anti_join_explains_each_side_on_one_colour_range(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.compare("east", "anti-join")
    assert page.query.input_value() == "select * from f(x) left join (select * from f(east))"
    other = page.others.locator(OVERLAY)
    assert page.redness()["north west"] > 0 > page.redness()["south east"]
    assert page.map() != pixels(other)
    assert "“north west” / “north east”" in page.legend.inner_text()
    assert redness_of(other)["north east"] > 0 > redness_of(other)["south west"]
    classes = page.root.locator(".xai-classes")
    for place, name in ((classes, "north west"), (page.others, "north east")):
        explained = place.locator(".xai-explained .xai-class-name")
        assert explained.all_inner_texts() == [name]
    expect(page.weight).to_be_hidden()

    opacity = page.root.get_by_role("slider", name="Opacity")
    slider = page.root.get_by_role("slider", name="Colour range")
    seen = page.map(), pixels(other)
    slide(slider, 20)
    page.drawn()
    assert all(a != b for a, b in zip(seen, (page.map(), pixels(other)), strict=True))
    opacity.press("Home")
    page.drawn()
    assert page.colour(0.25, 0.25)[3] == colour_at(other, 0.25, 0.75)[3] == 0

    page.compare("south", "anti-join")
    assert page.captions.all_inner_texts() == ["x", "east", "south"]
    assert page.chips.all_inner_texts() == ["east", "south"]
    left, top, _, _ = page.frame()
    lab.page.mouse.move(left + 20, top + 20)
    expect(page.root.locator(".xai-tip:visible")).to_have_count(3)


def test_what_is_not_defined_is_greyed_and_says_why(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    join, anti = page.button(JOIN), page.button(ANTI_JOIN)
    for button in (join, anti):
        button.focus()
        expect(page.note).to_have_text("choose what to compare with first: a picture, or several")
    page.compare("east")
    expect(join).to_have_attribute(
        "title", "choose what to compare with first: a picture, or several"
    )
    page.candidate("south").click()
    rule = "the composition of join and anti-join is undefined"
    before = page.query.input_value()
    expect(anti).to_have_attribute("aria-disabled", "true")
    assert rule in (anti.get_attribute("title") or "")
    anti.hover()
    expect(page.note).to_contain_text(rule)
    lab.page.mouse.move(0, 0)
    expect(page.note).to_be_hidden()
    anti.focus()
    lab.page.keyboard.press("Enter")
    expect(page.note).to_contain_text(rule)
    lab.settle(0.1)
    assert page.query.input_value() == before and page.chips.count() == 1
    expect(page.alert).to_be_hidden()

    page.take_away("east")
    page.candidate("south").click()
    page.compare("under g", "anti-join")
    for element in (join, anti, page.candidate("south"), page.candidate("under g")):
        expect(element).to_have_attribute("aria-disabled", "true")
    page.candidate("south").click(force=True)
    expect(page.candidate("south")).to_have_attribute("aria-pressed", "false")
    expect(page.note).to_be_visible()


def test_two_networks_are_told_apart_in_two_forms(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.candidate("under g").click()
    page.button(ANTI_JOIN).click()
    page.answered()
    assert page.query.input_value() == "select * from f(x) left join (select * from g(x))"
    assert page.captions.all_inner_texts() == ["x", "x under g"]
    rows = page.others.locator(".xai-predictions .xai-class-name")
    assert rows.first.inner_text() == "south west", "the darkest"
    own, rival = page.map(), pixels(page.others.locator(OVERLAY))
    expect(page.layer).to_have_attribute("aria-disabled", "true")
    form = page.root.get_by_role("checkbox", name="as printed in the paper")
    form.check()
    page.answered()
    assert lab.py("w.printed") is True and "printed=True" in lab.py("w.code")
    assert own != page.map() and rival != pixels(page.others.locator(OVERLAY))
    form.uncheck()
    page.answered()
    assert (own, rival) == (page.map(), pixels(page.others.locator(OVERLAY)))

    page.take_away("g")
    page.compare("east", "anti-join")
    # Two pictures under one network are told apart in one form only.
    expect(form).to_be_hidden()


def test_a_random_picture_of_the_same_or_another_class_is_found(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.button("Random: same class").click()
    expect(page.chips).to_have_text(["pale"])
    page.answered()
    assert "join (select * from f(pale)" in page.query.input_value()
    assert "left join" not in page.query.input_value()
    page.button("Random: same class").click()
    expect(page.alert).to_contain_text("no other picture is predicted the same class")
    assert page.chips.all_inner_texts() == ["pale"]
    page.button("Dismiss").click()
    expect(page.alert).to_be_hidden()

    page.take_away("pale")
    page.button("Random: another class").click()
    expect(page.chips).to_have_count(1)
    page.answered()
    (found,) = page.chips.all_inner_texts()
    assert found in ("east", "south")
    assert f"left join (select * from f({found})" in page.query.input_value()


def test_pictures_to_compare_with_come_from_files(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    with lab.page.expect_file_chooser() as chooser:
        page.button("File…").click()
    chooser.value.set_files([file("my cat.png")])
    expect(page.candidate("my_cat")).to_have_attribute("aria-pressed", "true")
    page.button(JOIN).click()
    page.answered()
    assert page.query.input_value() == "select * from f(x) join (select * from f(my_cat))"
    assert colour_at(page.others.locator(".xai-picture"), 0.25, 0.75)[:3] == (255, 0, 0)

    for wrong, message in [
        (FilePayload(name="no.png", mimeType="image/png", buffer=b"no picture"), "is no picture"),
        (file("large.png", 65), "becomes an input of (3, 65, 65)"),
    ]:
        with lab.page.expect_file_chooser() as chooser:
            page.button("File…").click()
        chooser.value.set_files([wrong])
        expect(page.upload_notice).to_contain_text(message)
    assert page.root.locator(".xai-candidate").count() == 5

    page.query.focus()
    lab.page.evaluate("navigator.clipboard.writeText(' words')")
    page.query.press("End")
    lab.page.keyboard.press("Control+v")
    expect(page.query).to_have_value("select * from f(x) join (select * from f(my_cat)) words")


def test_windows_and_edits_go_on_in_a_comparison(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.compare("east", "anti-join")
    other = page.others.locator(OVERLAY)
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    assert near(window(lab), (0, 0, 32, 32), 1)
    assert page.query.input_value().count("where [0:32, 0:32]") == 2
    assert near(page.painted(), (0, 0, 0.5, 0.5), 0.02)
    assert near(page.painted(page.others), (0, 0, 0.5, 0.5), 0.02)
    expect(page.root.locator(".xai-shade:visible")).to_have_count(2)
    narrow = page.map(), pixels(other)

    page.button("Hide the window").click()
    page.answered()
    query = page.query.input_value()
    erased = 'select * from f(erase(x, [0:32, 0:32])) for class "north west" left join ('
    assert query.startswith(erased)
    expect(page.root.locator(".xai-before")).to_be_visible()
    assert colour_at(page.picture, 0.25, 0.25)[0] < 5
    assert near(painted_part(other), (0, 0, 1, 1), 0.01)
    page.button("Undo").click()
    page.answered()
    assert (page.map(), pixels(other)) == narrow

    page.choose_class("south east")
    page.answered()
    assert page.query.input_value().startswith(
        'select * from f(x) where [0:32, 0:32] for class "south east" left join ('
    )
    page.root.locator(".xai-thumbnail", has_text="south").click()
    page.answered()
    assert page.query.input_value().startswith("select * from f(south)")
    assert page.captions.all_inner_texts() == ["south", "east"]


def test_a_join_stopped_in_the_middle_leaves_its_partial_map(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    lab.py("None", after="MOOD.update(delay=0.005); w.set_trait('budget', 16384)")
    page.candidate("east").click()
    page.button(JOIN).click()
    joint = ["x · counts 50 %", "east · counts 50 %"]
    expect(page.captions).to_have_text(joint)
    expect(page.run_button).to_have_text("Cancel")
    expect(page.root.locator(".xai-ledger")).to_contain_text("partial")
    page.run_button.click()
    expect(page.status).to_have_text("Stopped early: a partial map")
    page.drawn()
    assert page.ledger()["kind"] == "partial"
    assert page.chips.all_inner_texts() == ["east"]
    assert page.captions.all_inner_texts() == joint
    for figure in (None, page.others):
        assert near(page.painted(figure), (0, 0, 0.5, 0.5), 0.02)
    assert where(page.query.input_value()) == window(lab)
    lab.py("None", after="MOOD.update(WELL); w.set_trait('budget', 64)")
    page.answered()
    assert page.ledger()["kind"] != "partial"


def test_what_is_compared_changes_places_and_is_edited(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    edited = page.root.get_by_label("Picture to edit")
    expect(edited).to_be_hidden()
    page.compare("east", "anti-join")
    edited.select_option("edit east")
    page.button(TURN).click()
    page.answered()
    assert lab.py("w.query") == "select * from f(x) left join (select * from f(rotate(east, 15)))"
    assert page.chips.all_inner_texts() == page.captions.all_inner_texts()[1:] == [EDITED]
    expect(edited.locator("option:checked")).to_have_text(f"edit {EDITED}")
    page.button("Swap with rotate(east, 15)").click()
    page.answered()
    query = (
        'select * from f(rotate(east, 15)) for class "north east" left join (select * from f(x))'
    )
    assert lab.py("w.query") == query
    # What it was before the edit stays beside what it is compared with.
    assert page.captions.all_inner_texts() == ["before", "after", "x"]
    page.button("Undo").click()
    page.answered()
    page.take_away(EDITED_QUERY)
    page.button("Ask g instead").click()
    page.answered()
    expect(page.headline).to_contain_text(", under g?")
    assert page.redness()["north west"] > 0 > page.redness()["south west"], "g seeks the dark"
    page.compare("under f", "anti-join")
    assert lab.py("w.query") == "select * from g(x) left join (select * from f(x))"
    page.button("Swap with f").click()
    page.answered()
    assert lab.py("w.query") == "select * from f(x) left join (select * from g(x))"
    expect(page.button("Ask g instead")).to_be_visible()


def test_a_set_of_pictures_is_joined(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.candidate("east").click()
    page.candidate("south").click()
    page.compare("pale")
    query = " join ".join(["select * from f(x)", *(f"(select * from f({n}))" for n in SET)])
    assert lab.py("w.query") == query
    assert page.captions.all_inner_texts() == [f"{n} · counts 25 %" for n in ("x", *SET)]
    expect(page.candidate("pale")).to_have_attribute("aria-pressed", "false")
    joint = page.map()
    page.ask("select * from f(x)")
    page.answered()
    expect(page.others).to_have_count(0)
    page.ask("select * from f({x, east, south, pale})")
    page.answered()
    assert lab.py("w.query") == query and page.map() == joint


SET = ["east", "south", "pale"]
TURN = "Rotate anticlockwise"
EDITED, EDITED_QUERY = "east, rotated by 15°", "rotate(east, 15)"
