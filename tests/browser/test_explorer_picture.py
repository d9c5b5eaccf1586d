"""The picture of an Explorer: how a map looks, what a window shows, pictures of one's own."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from .examples import NEW, QUADRANTS, SEVERAL
from .explorer_page import ExplorerPage, file, show, window
from .lab import LabSession
from .widget_page import NEXT_FRAME, alone, box_of, colour_at, drop_on, near, pixels

# Noise that depends on every pixel: few coalitions leave doubt about most cells.
NOISY = """
class Noisy(Quadrants):
    def forward(self, x):
        shared = super().forward(x)
        bits = (1e4 * x.sum((1, 2, 3))).sin()
        return shared + torch.outer(3 * bits, torch.tensor([1.0, -1.0, 0.0, 0.0]))
w = Explorer(Classifier(Noisy(), classes=classes), x, budget=64, grid=4)
w
"""


# --- how a map looks ----------------------------------------------------------------------------


def test_a_smooth_map_has_values_between_the_middles_of_cells(
    lab: LabSession, tmp_path: Path
) -> None:
    page = show(lab, QUADRANTS, NEW)
    lab.py("w.set_trait('color_range', 2 * float(abs(w.result.cells).max()))")
    page.drawn()
    patches = page.map()
    page.root.locator("select.xai-look").select_option("smooth")
    page.drawn()
    assert page.map() != patches and lab.until("w.look == 'smooth'")
    alphas = lab.py(
        "[round(float(map_colors(np.float32([v]), w.color_range, opacity=w.opacity)[0, 3]), 3)"
        " for v in smooth[8, ::8]]",
        after="import numpy as np\nfrom xaiwidgets.heatmap import interpolated, map_colors\n"
        "smooth = interpolated(w.result.cells, w.result.window)",
    )
    eight = [(8.5 / 64, (column + 0.5) / 64) for column in range(0, 64, 8)]
    shown = [alpha / 255 for *_, alpha in page.colours(eight)]
    assert shown == pytest.approx(alphas, abs=0.025)

    with lab.page.expect_download() as saved:
        page.button("Save HTML").click()
    saved.value.save_as(tmp_path / "smooth.html")
    with alone(lab, tmp_path / "smooth.html", ".xai-explorer") as root:
        expect(root.locator("select.xai-look")).to_have_value("smooth")
        overlay = root.locator(".xai-after .xai-overlay")
        assert colour_at(overlay, 8.5 / 64, 24.5 / 64)[3] / 255 == pytest.approx(shown[3], abs=0.02)
        smooth = pixels(overlay)
        root.get_by_text("Advanced", exact=True).click()
        root.locator("select.xai-look").select_option("cells")
        root.page.evaluate(NEXT_FRAME)
        assert pixels(overlay) != smooth


def test_doubt_is_hatched_and_the_hatching_can_be_taken_away(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NOISY)
    assert lab.py("bool((abs(w.result.cells) < 2 * w.result.standard_error).any())")
    row, column = lab.py(
        "np.argwhere(abs(w.result.cells) < 2 * w.result.standard_error)[0].tolist()",
        after="import numpy as np",
    )
    doubt = page.root.locator(".xai-doubt")
    expect(doubt).to_contain_text("hatched and faint: not certain")
    # On grey, what is between the dark and the light lines is told from both.
    across = [((row + 0.5) / 4, (column + 0.2 + k / 100) / 4) for k in range(60)]
    along = page.colours(across)
    greys = [c[3] / 255 * sum(c[:3]) / 3 + (1 - c[3] / 255) * 128 for c in along]
    assert max(greys) - min(greys) > 60
    page.root.get_by_role("checkbox", name="Hatch what is not certain").uncheck()
    page.drawn()
    assert len(set(page.colours(across))) == 1
    expect(doubt).to_have_text("faint: not certain, may be nothing or the other way round")
    assert "(not certain)" in page.hover((row + 0.5) / 4, (column + 0.5) / 4)


def test_a_patch_says_in_words_what_it_does(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    assert page.legend.inner_text() == ("red adds to the score of “north west”, blue takes from it")
    values, errors = lab.py("(w.result.cells.tolist(), w.result.standard_error.tolist())")
    largest = np.abs(values).max()
    digits = 2 - int(np.floor(np.log10(largest)))
    adds, takes = page.hover(0.1, 0.1), page.hover(0.9, 0.9)
    expected = f"this patch adds {values[0][0]:.{digits}f}"
    assert adds.startswith(expected) and "to north west" in adds
    assert takes.startswith(f"this patch takes {-values[3][3]:.{digits}f}")
    assert "from north west" in takes
    assert f"± {errors[0][0]:.{digits}f}" in adds
    page.root.locator("select.xai-output").select_option("probability")
    page.answered()
    assert "to the probability of north west" in page.hover(0.1, 0.1)
    assert "probability of “north west”" in page.legend.inner_text()


# --- a window zooms in --------------------------------------------------------------------------


def test_a_window_fills_the_picture_and_goes_back(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    stage = box_of(page.stage)
    expect(page.mini_map).to_be_hidden()
    page.draw((0.25, 0.25), (0.5, 0.5), release=False)
    assert near(page.part(), (0, 0, 1, 1), 0.001), "what one sees stays still under the hand"
    lab.page.mouse.up()
    page.answered()
    assert window(lab) == (16, 16, 16, 16)
    assert box_of(page.stage)[2:] == stage[2:]
    assert near(page.part(), (0.25 - 0.0225, 0.25 - 0.0225, 0.295, 0.295), 0.002)
    assert box_of(page.window)[2] > 0.8 * stage[2]
    expect(page.picture).to_have_class("xai-picture xai-squares")
    expect(page.mini_map).to_be_visible()
    left, top, width, height = box_of(page.mini_map)
    x, y, w, h = box_of(page.mini_map.locator(".xai-mini-window"))
    found = ((y - top) / height, (x - left) / width, h / height, w / width)
    assert near(found, (0.25, 0.25, 0.25, 0.25), 0.03)

    page.stage.scroll_into_view_if_needed()
    lab.drag(page.mini_map, (0.375, 0.375), (0.75, 0.75))
    page.answered()
    assert near(window(lab), (40, 40, 16, 16), 1)
    assert near(page.share(page.window), (0.625, 0.625, 0.25, 0.25), 0.02)
    assert lab.py("w.undoable") == 2, "a drag on the mini-map is one step"

    row, column = (part / 64 for part in window(lab)[:2])
    page.draw((column + 0.05, row + 0.05), (column + 0.15, row + 0.15))
    page.answered()
    assert len(page.levels()) == 3
    for level in (2, 1):
        page.stage.dblclick(position={"x": stage[2] / 3, "y": stage[3] / 3})
        page.answered()
        assert len(page.levels()) == level
    assert window(lab) is None and near(page.part(), (0, 0, 1, 1), 0.001)


def test_partners_and_what_was_before_zoom_alike(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    page.compare("east", "Anti-join")
    page.draw((0, 0), (0.5, 0.5))
    page.answered()
    assert page.part()[2] == pytest.approx(0.59, abs=0.01)
    assert near(page.part(page.others), page.part(), 0.005)
    page.take_away("east")
    page.button("Shift right by a cell").click()
    page.answered()
    before = page.root.locator(".xai-before")
    assert near(page.part(before), page.part(), 0.005)


def test_the_window_stays_on_the_picture_where_one_wants_that(lab: LabSession) -> None:
    page = show(lab, QUADRANTS, NEW)
    page.draw((0.25, 0.25), (0.5, 0.5))
    page.answered()
    narrow = page.map()
    page.root.get_by_role("checkbox", name="Zoom into the window").uncheck()
    page.drawn()
    assert near(page.part(), (0, 0, 1, 1), 0.001) and page.map() != narrow
    expect(page.mini_map).to_be_hidden()
    assert near(page.share(page.window), (0.25, 0.25, 0.25, 0.25), 0.02)
    assert lab.until("not w.zoom")
    page.pull("[data-handle=se]", 0.25, 0.25)
    page.answered()
    assert near(window(lab), (16, 16, 32, 32), 1)


# --- pictures of one's own ----------------------------------------------------------------------


def test_a_file_chosen_dropped_or_pasted_is_explained(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, QUADRANTS, NEW)
    with lab.page.expect_file_chooser() as chooser:
        page.button("Your picture…").click()
    chooser.value.set_files([file("my cat.png")])
    expect(page.query).to_have_value("select * from f(my_cat)")
    page.answered()
    assert colour_at(page.picture, 0.5, 0.5)[:3] == (255, 0, 0)
    assert len(page.classes()) == 4

    dropped = write(tmp_path, "dropped.png", "lime")
    drop(page, [dropped])
    expect(page.query).to_have_value("select * from f(dropped)")
    page.answered()
    assert colour_at(page.picture, 0.5, 0.5)[:3] == (0, 255, 0)
    assert len(lab.page.context.pages) == 1, "the browser opened it"
    expect(page.upload_notice).to_have_count(0)

    page.stage.focus()
    copy_picture(lab, file("copied.png", colour="blue")["buffer"])
    lab.page.keyboard.press("Control+v")
    expect(page.query).to_have_value("select * from f(image)")
    page.answered()
    assert colour_at(page.picture, 0.5, 0.5)[:3] == (0, 0, 255)
    assert page.root.locator(".xai-thumbnail").count() == 4
    page.stage.press("Control+z")
    page.answered()
    assert page.query.input_value() == "select * from f(dropped)"


def test_one_bad_file_keeps_no_other_back(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, QUADRANTS, NEW)
    folder = tmp_path / "holiday"
    folder.mkdir()
    words = tmp_path / "words.png"
    words.write_bytes(b"not a picture")
    text = tmp_path / "list.txt"
    text.write_text("milk")
    good = write(tmp_path, "one.png", "lime"), write(tmp_path, "two.png", "blue")
    left, top, width, height = page.frame()
    drop(page, [good[0], folder, words, text, good[1]], place=(0.3, 0.4))
    expect(page.query).to_have_value("select * from f(two)")
    notice = page.upload_notice
    expect(notice).to_contain_text("2 added, 3 not")
    for said in ("holiday is a folder", "words.png is no picture", "list.txt is no picture"):
        expect(notice).to_contain_text(said)
    x, y, _, _ = box_of(notice)
    assert near((x, y, 0, 0), (left + 0.3 * width, top + 0.4 * height, 0, 0), 40)
    page.answered()
    assert page.root.locator(".xai-thumbnail").count() == 3
    expect(page.alert).to_be_hidden()
    notice.click()
    expect(notice).to_have_count(0)


def test_forty_files_at_once(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, QUADRANTS, NEW)
    drop(page, [write(tmp_path, f"p{i}.png", "lime") for i in range(40)])
    expect(page.query).to_have_value("select * from f(p39)")
    page.answered()
    assert page.root.locator(".xai-thumbnail").count() == 41
    assert lab.py("w.undoable") == 1


def test_where_one_compares_a_file_is_only_compared_with(lab: LabSession, tmp_path: Path) -> None:
    page = show(lab, QUADRANTS, SEVERAL)
    compare = page.root.get_by_role("region", name="Compare")
    compare.scroll_into_view_if_needed()
    drop(page, [write(tmp_path, "other.png", "lime")], on=box_of(compare))
    expect(page.candidate("other")).to_have_attribute("aria-pressed", "true")
    assert page.query.input_value() == "select * from f(x)"


def write(folder: Path, name: str, colour: str) -> Path:
    path = folder / name
    path.write_bytes(file(name, colour=colour)["buffer"])
    return path


def drop(
    page: ExplorerPage,
    paths: list[Path],
    place: tuple[float, float] = (0.5, 0.5),
    on: tuple[float, float, float, float] | None = None,
) -> None:
    """Drop files as the system would, on the picture or on another box of the screen."""
    drop_on(page, paths, on or page.frame(), place)


def copy_picture(lab: LabSession, png: bytes) -> None:
    """Put a picture into the clipboard."""
    data = json.dumps("data:image/png;base64," + base64.b64encode(png).decode())
    lab.page.evaluate(
        f"""async () => {{
            const blob = await (await fetch({data})).blob();
            await navigator.clipboard.write([new ClipboardItem({{ 'image/png': blob }})]);
        }}"""
    )
