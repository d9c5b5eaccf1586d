"""The VectorMap by hand: lasso, colours, layers, noise, keys, and what it opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .examples import MAPPED
from .explorer_page import ExplorerPage
from .kernels import on_old_kernel
from .lab import LabSession
from .neuron_page import NeuronPage
from .surrogate_page import SurrogatePage
from .vectormap_page import VectorMapPage, show
from .widget_page import alone, cells, pixels

NEW = "w = VectorMap(model, images, labels, scores={'brightness': images.mean((1, 2))})\nw"
LEFT = ((0.01, 0.01), (0.5, 0.01), (0.5, 0.99), (0.01, 0.99))
RIGHT = ((0.5, 0.01), (0.99, 0.01), (0.99, 0.99), (0.5, 0.99))
# Bright pictures lie on one side: which, is up to the sign of the component.
BRIGHT = "[i for i in range(80) if images[i].mean() > 100]"
DARK = "[i for i in range(80) if images[i].mean() < 100]"


@pytest.fixture(autouse=True)
def _still(lab: LabSession) -> Iterator[None]:
    """Let points be where they are at once."""
    lab.page.emulate_media(reduced_motion="reduce")
    yield
    lab.page.emulate_media(reduced_motion="no-preference")


def sides(lab: LabSession) -> tuple[str, str]:
    """Return what lies to the left, and to the right."""
    bright = lab.py("bool(w.plane['points'][1, 0] > w.plane['points'][0, 0])")
    return (DARK, BRIGHT) if bright else (BRIGHT, DARK)


@on_old_kernel
def test_a_lasso_chooses_and_the_chosen_open_in_an_explorer(lab: LabSession, kernel: str) -> None:
    page = show(lab, MAPPED, NEW, kernel=kernel)
    expect(page.answer).to_contain_text("80 pictures by what layer “penultimate” has of them")
    expect(page.button("Open in the Explorer")).to_have_attribute("aria-disabled", "true")
    left, _ = sides(lab)
    page.lasso(LEFT)
    assert lab.until(f"list(w.selection) == {left}")
    expect(page.answer).to_contain_text("40 are chosen")
    expect(page.pictures).to_have_count(40)
    # With Ctrl, more are chosen; a click chooses one alone, and a drag of no length none.
    lab.page.keyboard.down("Control")
    page.lasso(RIGHT)
    lab.page.keyboard.up("Control")
    assert lab.until("list(w.selection) == [*range(80)]")
    expect(page.chosen).to_contain_text("By label dark: 41 · bright: 39. 1 predicted wrong.")
    expect(page.pictures).to_have_count(60)
    page.chosen.get_by_text("1 to 60 of 80: more").click()
    expect(page.pictures).to_have_count(20)
    page.map.scroll_into_view_if_needed()
    lab.page.mouse.click(*page.place_of(5))
    assert lab.until("list(w.selection) == [5]")
    expect(page.pictures.first).to_have_accessible_name(
        re.compile("picture 5: label “dark”, predicted “bright”")
    )
    assert len(set(pixels(page.pictures.first.locator("canvas")))) > 1

    expect(page.crosses).to_have_count(0)
    page.button("Open in the Explorer").click()
    explorer = ExplorerPage(lab)
    explorer.answered()
    expect(page.crosses).to_have_count(1)
    expect(page.root.locator(".xai-trail")).to_have_count(1)
    placed = page.root.get_by_role("region", name="Crosses", exact=True)
    expect(placed).to_have_text(re.compile("in the Explorer, of picture 5: predicted “bright”"))
    before = page.crosses.get_attribute("d")
    lab.py("None", after="w.opened.edit('erase', Window(0, 0, 8, 8))")
    explorer.answered()
    # What is erased is dark: its cross goes to the other side.
    expect(page.crosses).not_to_have_attribute("d", before or "")
    expect(placed).to_contain_text("of picture 5: predicted “dark”")
    place = "w.crosses[0]['x'] - w.plane['points'][5, 0]"
    side = "w.plane['points'][0, 0] - w.plane['points'][5, 0]"
    assert lab.until(f"({place}) * ({side}) > 0")
    lab.page.locator(".xai-close-opened:visible").click()
    expect(page.crosses).to_have_count(0)


def test_colours_say_what_is_asked_and_classes_are_dimmed(lab: LabSession) -> None:
    page = show(lab, MAPPED, NEW)
    pictures = {}
    for colour in ("label", "prediction", "right or wrong", "brightness"):
        page.colour.select_option(colour)
        assert lab.until(f"w.colour == {colour!r}")
        page.drawn()
        pictures[colour] = pixels(page.points)
    assert len(set(pictures.values())) == 4
    expect(page.root.locator(".xai-map-key")).to_contain_text(re.compile(r"^2\d"))
    page.colour.select_option("label")
    page.drawn()
    assert pixels(page.points) == pictures["label"]

    legend = page.root.get_by_role("group", name="Classes")
    dark = legend.get_by_role("button", name=re.compile("^dark"))
    expect(dark).to_have_attribute("aria-pressed", "true")
    dark.click()
    assert lab.until("list(w.dimmed) == [0]")
    expect(dark).to_have_attribute("aria-pressed", "false")
    page.drawn()
    assert pixels(page.points) != pictures["label"]
    page.button("Show all classes").click()
    assert lab.until("list(w.dimmed) == []")
    page.drawn()
    assert pixels(page.points) == pictures["label"]

    # Another theme has other colours, at once.
    lab.theme(dark=True)
    page.drawn()
    page.lab.page.wait_for_function(
        "([canvas, was]) => canvas.toDataURL() + getComputedStyle(canvas).opacity !== was",
        arg=[page.points.element_handle(), pictures["label"]],
    )
    lab.theme(dark=False)


def test_another_layer_is_another_map_and_the_map_is_zoomed(lab: LabSession) -> None:
    page = show(lab, MAPPED, NEW)
    slider = page.root.locator("input.xai-at-layer")
    assert slider.get_attribute("aria-valuetext") == "penultimate"
    slider.press("Home")
    assert lab.until("w.layer == w.layers[0] == '0'")
    page.answered()
    expect(page.answer).to_contain_text("layer “0”")
    expect(page.root.locator(".xai-map-loss").first).to_contain_text(
        "of the variance is shown here"
    )
    whole = pixels(page.points)
    page.button("+").click()
    page.drawn()
    assert pixels(page.points) != whole
    # By hand: Ctrl and the wheel zoom, a drag with the other tool moves.
    page.map.hover()
    lab.page.keyboard.down("Control")
    lab.page.mouse.wheel(0, -100)
    lab.page.keyboard.up("Control")
    page.button("Move").click()
    page.drawn()
    before = pixels(page.points)
    lab.drag(page.map, (0.5, 0.5), (0.6, 0.6))
    page.drawn()
    assert pixels(page.points) != before
    page.button("All").click()
    lab.page.mouse.move(0, 0)
    page.drawn()
    assert pixels(page.points) == whole
    assert lab.py("list(w.selection)") == []


def test_t_sne_is_watched_and_cancelled(lab: LabSession) -> None:
    page = show(lab, MAPPED, "w = VectorMap(model, many)\nw")
    page.root.locator("select.xai-method").select_option("tsne")
    assert lab.until("w.plane['method'] == 'tsne'")
    first = pixels(page.points)
    assert lab.until("w.plane['frame'] > 4 and w.plane['loss'] is None")
    page.drawn()
    assert pixels(page.points) != first
    expect(page.run_button).to_have_text("Cancel")
    page.run_button.click()
    page.answered("Stopped early: points where they were by then")
    assert lab.py("w.plane['points'].shape") == (1500, 2)
    expect(page.button("The same for noise")).to_have_attribute("aria-disabled", "true")
    # What is cancelled can be chosen from all the same.
    page.drawn()
    page.lasso(LEFT)
    assert lab.until("0 < len(w.selection) < 1500")


def test_noise_is_shown_beside_the_map(lab: LabSession) -> None:
    page = show(lab, MAPPED, NEW)
    expect(page.noise).to_be_hidden()
    page.button("The same for noise").click()
    page.answered()
    expect(page.noise).to_be_visible()
    text = page.root.get_by_role("region", name="Noise", exact=True)
    expect(text).to_contain_text("Neighbours have one class no more often than by chance")
    chance = lab.py("w.noise['loss']['agree']['chance']")
    expect(text).to_contain_text(f"chance {100 * chance:.1f} %")
    page.drawn()
    drawn = page.noise.evaluate(
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
        ".data.some(part => part > 0)"
    )
    assert drawn


def test_points_are_reached_by_keys_and_read_in_a_table(lab: LabSession) -> None:
    page = show(lab, MAPPED, NEW)
    lab.keys(page.map, "ArrowRight")
    expect(page.spoken).to_have_text(re.compile("^picture 0: label “dark”, predicted “dark”"))
    expect(page.tip).to_be_visible()
    expect(page.tip).to_contain_text("picture 0")
    lab.page.keyboard.press("n")
    expect(page.spoken).to_have_text(re.compile("^picture 2: label “dark”"))
    lab.page.keyboard.press("c")
    expect(page.spoken).to_have_text(re.compile("^picture 1: label “bright”"))
    lab.page.keyboard.press("Space")
    assert lab.until("list(w.selection) == [1]")
    expect(page.spoken).to_have_text(re.compile("chosen$"))
    towards = "ArrowLeft" if sides(lab)[0] == DARK else "ArrowRight"
    lab.page.keyboard.press(towards)
    expect(page.spoken).not_to_have_text(re.compile("^picture 1:"))
    lab.page.keyboard.press("a")
    assert lab.until("len(w.selection) in (39, 41)")
    lab.page.keyboard.press("Escape")
    assert lab.until("list(w.selection) == []")

    page.root.get_by_text("As a table").click()
    table = page.root.get_by_role("table")
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(25)
    expect(rows.nth(2)).to_have_text(re.compile("^4darkdark"))
    # The one that is labelled wrongly.
    expect(rows.nth(3)).to_have_text(re.compile("^5darkbright"))
    page.button("Next").click()
    page.button("Next").click()
    expect(rows.first).to_contain_text("bright")
    expect(page.root.get_by_text("51 to 75 of 80")).to_be_visible()


def test_pointing_shows_the_picture(lab: LabSession) -> None:
    page = show(lab, MAPPED, NEW)
    page.map.scroll_into_view_if_needed()
    lab.page.mouse.move(*page.place_of(5))
    expect(page.tip).to_contain_text("label “dark”, predicted “bright”")
    lab.page.wait_for_function(
        "canvas => canvas.width > 1", arg=page.tip.locator("canvas").element_handle()
    )
    lab.page.mouse.move(*page.at(0.5, 0.01))
    expect(page.tip).to_be_hidden()


LINKED = """w = VectorMap(model, images, labels)
e = Explorer(model, list(images), grid=2, budget=64)
s = SurrogateDesk(model, images, grid=2, depth=1)
n = NeuronDesk(model, images)
links = [ipywidgets.jslink((w, 'selection'), (other, 'selection')) for other in (e, s, n)]
ipywidgets.VBox([w, e, s, n])"""


def test_a_selection_is_one_in_linked_widgets(lab: LabSession) -> None:
    cells(lab, MAPPED, LINKED)
    page, explorer = VectorMapPage(lab), ExplorerPage(lab)
    page.answered()
    explorer.answered()
    left, _ = sides(lab)
    page.lasso(LEFT)
    assert lab.until(f"list(w.selection) == list(e.selection) == {left}")
    marked = explorer.root.locator(".xai-thumbnail[data-xai-chosen]")
    expect(marked).to_have_count(40)
    # A tree says where they come, and its leaf is chosen on the map.
    tree = SurrogatePage(lab)
    expect(tree.pictures).to_have_count(40)
    tree.root.locator(".xai-tree-leaf[aria-pressed='false']").first.click()
    assert lab.until(
        f"list(w.selection) != {left}"
        " and len(w.selection) == s.tree['leaves'][s.tree['leaf_of'][w.selection[0]]]['count']"
    )
    expect(page.answer).to_contain_text(f"{lab.py('len(w.selection)')} are chosen")
    # What a unit likes best is, too.
    NeuronPage(lab).root.get_by_role("button", name="Choose them all").click()
    assert lab.until("list(w.selection) == list(e.selection) == sorted(n.favourites['indices'])")
    expect(page.answer).to_contain_text("9 are chosen")
    page.lasso(LEFT)
    assert lab.until(f"list(w.selection) == list(n.selection) == {left}")
    # And from there back: Ctrl and a click take a picture away, and do not look at it.
    explorer.root.locator("select.xai-film-order").select_option("chosen")
    film = explorer.root.locator(".xai-thumbnail")
    film.first.click(modifiers=["Control"])
    assert lab.until(f"list(w.selection) == list(e.selection) == {left}[1:]")
    assert lab.py("e.index") == 0
    lab.keys(film.nth(1), "s")
    assert lab.until(f"list(w.selection) == [{left}[1], *{left}[3:]] or len(w.selection) == 38")
    expect(page.answer).to_contain_text("38 are chosen")


RIVAL = """w = VectorMap(model, images, labels, rival=Classifier(
    nn.Sequential(net, nn.Linear(2, 2)), classes=['dark', 'bright'], name='g'))
with torch.no_grad():
    w._rival.net[1].weight[:] = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    w._rival.net[1].bias.zero_()
w"""


def test_the_chosen_are_disagreed_about_or_profiled_as_a_class(lab: LabSession) -> None:
    page = show(lab, MAPPED, RIVAL)
    for name in ("Their disagreements", "Profile them as a class"):
        expect(page.button(name)).to_have_attribute("aria-disabled", "true")
    left, _ = sides(lab)
    page.lasso(LEFT)
    assert lab.until(f"list(w.selection) == {left}")
    lab.py("None", after="w.selection = w.selection[:3]")
    expect(page.answer).to_contain_text("3 are chosen")
    page.button("Their disagreements").click()
    # The rival says the opposite of all.
    desk = lab.page.locator(".xai-disagreement-answer")
    expect(desk).to_contain_text("The networks disagree about 3 of 3 pictures")
    lab.page.locator(".xai-opened").get_by_role("button", name="Close").click()
    expect(desk).to_have_count(0)
    page.button("Profile them as a class").click()
    profile = lab.page.locator(".xai-neuron-profile")
    expect(profile).to_contain_text("the chosen (3)")
    expect(profile).to_contain_text("Chosen because they are the highest")
    assert lab.until(f"list(w.opened.selection) == {left}[:3]")
    lab.page.locator(".xai-opened").get_by_role("button", name="Close").click()
    expect(profile).to_have_count(0)
    assert lab.until("w.opened is None")


def test_a_page_that_is_saved_can_be_lassoed(lab: LabSession, tmp_path: Path) -> None:
    show(lab, MAPPED, NEW.replace("\nw", "\nw.selection = [5]\nw"))
    saved = tmp_path / "map.html"
    lab.py(f"str(w.to_html({str(saved)!r}))")
    with alone(lab, saved, ".xai-vectormap", ".xai-points") as root:
        tile = root.get_by_role("group", name="Chosen pictures").get_by_role("button")
        expect(tile).to_have_count(1)
        assert tile.locator("canvas").evaluate("canvas => canvas.width") == 8
        box = root.locator(".xai-map").bounding_box()
        assert box is not None
        mouse = root.page.mouse
        x, y = box["x"], box["y"]
        mouse.move(x + 5, y + 5)
        mouse.down()
        for across, down in ((0.99, 0.01), (0.99, 0.99), (0.01, 0.99)):
            mouse.move(x + across * box["width"], y + down * box["height"], steps=3)
        mouse.up()
        expect(root.locator(".xai-vectormap-answer")).to_contain_text("80 are chosen")
        expect(root.get_by_text("Open in the Explorer")).to_be_hidden()
