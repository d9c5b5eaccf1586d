"""What a hand feels: from a gesture to the painted picture, in JupyterLab, in Chromium."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator

import xaiwidgets
from tests.benchmarks.conftest import Table
from tests.browser.explorer_page import UNFOLD, ExplorerPage
from tests.browser.lab import LabSession

pytestmark = pytest.mark.browser

SETUP = """
from xaiwidgets import Explorer, Window, steps, zoo
model = zoo.efficientnet_lite0()
photographs = zoo.photographs()
photograph = photographs["chelsea"]
crops = [photograph.crop((i, i, i + 200, i + 200)) for i in range(0, 80, 4)]
steps.run(model.fit_probes(crops, ["_blocks.2", "_blocks.7", "_blocks.14"]))
w = Explorer(model, photographs["chelsea"], budget=256)
"""
# Kernels of the tests are forked from a process that has loaded matplotlib for no notebook.
INTERACT = """
%matplotlib inline
import matplotlib.pyplot as plt
from ipywidgets import IntSlider, interact

@interact(opacity=IntSlider(50, 0, 100))
def draw(opacity):
    plt.figure(figsize=({inches}, {inches}))
    plt.imshow(picture)
    plt.imshow(w.result.values, cmap="RdBu_r", alpha=opacity / 100)
    plt.show()
"""
PICTURE = "picture = model.picture(model.input(photographs['chelsea']))"

# From the press of the mouse (a slider moves then; a button acts when the mouse is let go) to the
# end of the frame in which what `probe` sees has changed.
TIMED = """async ([element, probe, begin = "pointerdown"]) => {
    const look = new Function("element", `return ${probe}`);
    const before = look(element);
    let start = 0;
    const pressed = () => { start = performance.now(); };
    addEventListener(begin, pressed, { capture: true, once: true });
    window.xaiTimed = new Promise((done) => {
        // Looks at the end of each frame, after all that is painted in it.
        const watch = () => requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
                if (look(element) === before) watch();
                else done(performance.now() - start);
            };
            port2.postMessage(null);
        });
        watch();
        setTimeout(() => done(NaN), 5000);
    });
}"""
# A key is a press, too.
KEYED = """() => addEventListener(
    "keydown", () => dispatchEvent(new PointerEvent("pointerdown")), { capture: true, once: true }
)"""
# One row of the map's pixels.
MAP = "element.getContext('2d').getImageData(0, element.height >> 2, element.width, 1).data.join()"
OPACITY = "getComputedStyle(element).opacity"
# As people meet it; our hands had folded it out.
FOLD = "root => root.querySelectorAll('details').forEach(part => { part.open = false; })"
# Where the window is in every frame of a drag.
FOLLOWED = """element => {
    window.xaiSeen = new Set();
    const watch = () => {
        const { x, y, width, height } = element.getBoundingClientRect();
        window.xaiSeen.add([x, y, width, height].map(Math.round).join());
        if (window.xaiSeen) requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
}"""


@pytest.fixture(scope="module")
def page(lab: LabSession) -> Iterator[ExplorerPage]:
    cells = [SETUP + "w", PICTURE + INTERACT.format(inches=6.4), INTERACT.format(inches=5.8)]
    lab.open(cells)
    lab.run_cell(0)
    found = ExplorerPage(lab)
    found.answered()
    yield found


def settle(page: ExplorerPage) -> None:
    page.lab.settle(0.1)


def pause(page: ExplorerPage) -> None:
    """Give the page a moment; nothing settles while a job streams."""
    page.lab.page.wait_for_timeout(100)


def clicked(
    page: ExplorerPage,
    slider: Locator,
    probe: str,
    watched: Locator,
    rest: Callable[[ExplorerPage], None] = settle,
) -> float:
    """Median milliseconds from a click on a slider to the painted change."""
    times = []
    for i in range(15):
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()  # which moves as long as more is known of the map above it
        assert box is not None
        page.lab.page.evaluate(TIMED, [watched.element_handle(), probe])
        x = box["x"] + box["width"] * (0.2 + 0.04 * ((i * 7) % 15))
        page.lab.page.mouse.click(x, box["y"] + box["height"] / 2)
        times.append(float(page.lab.page.evaluate("() => window.xaiTimed")))
        rest(page)
    return statistics.median(times[3:])


def interact_time(page: ExplorerPage, cell: int) -> float:
    """The same for `interact` and matplotlib."""
    page.lab.run_cell(cell)
    output = page.lab.page.locator(".jp-CodeCell").nth(cell)
    output.locator("img").wait_for()
    area = output.locator(".jp-OutputArea").first
    probe = "element.querySelector('img')?.src ?? ''"
    return clicked(page, output.locator(".noUi-target, input[type=range]").first, probe, area)


def test_a_change_in_the_page_and_one_from_the_cache(
    page: ExplorerPage, table: Table, benchmark: Callable[..., object]
) -> None:
    found: dict[str, float] = {}

    def measure() -> None:
        page.root.evaluate(FOLD)
        found["known class"] = by_turns(page, *known_classes(page))
        page.root.evaluate(UNFOLD)
        found["known class, unfolded"] = by_turns(page, *known_classes(page))
        page.lab.settle()  # layers' maps of the last class are computed ahead
        found["cached"] = by_turns(page, *(page.button(name) for name in ("Undo", "Redo")))
        slider = page.root.get_by_label("Opacity")
        found["opacity"] = clicked(page, slider, OPACITY, page.overlay)
        # Last, as their figures are laid out with the page at every later gesture.
        found["default figure"] = interact_time(page, 1)
        found["same figure"] = interact_time(page, 2)

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    table.add(
        "opacity, painted, against `interact` with matplotlib",
        f"{found['default figure'] / found['opacity']:.0f} times faster "
        f"({found['opacity']:.0f} against {found['default figure']:.0f} ms)",
        "25",
    )
    table.add(
        "a map from the kernel's cache, painted, against a figure of the same size",
        f"{found['same figure'] / found['cached']:.1f} times faster "
        f"({found['cached']:.0f} against {found['same figure']:.0f} ms)",
        "3.5",
    )
    table.add(
        "a click on a class asked before, painted",
        f"{found['known class']:.0f} ms ({found['known class, unfolded']:.0f} with all unfolded)",
        "20 ms",
    )


def test_sliding_along_the_layers(
    page: ExplorerPage, table: Table, benchmark: Callable[..., object]
) -> None:
    page.lab.until("len(w.layer_maps) == 4", 120)
    times: list[float] = []

    def slide() -> None:
        page.root.locator(".xai-layer-range").focus()
        for i in range(12):
            page.lab.page.evaluate(TIMED, [page.overlay.element_handle(), MAP])
            page.lab.page.evaluate(KEYED)
            page.lab.page.keyboard.press("ArrowLeft" if i % 6 < 3 else "ArrowRight")
            times.append(float(page.lab.page.evaluate("() => window.xaiTimed")))
            page.answered()

    benchmark.pedantic(slide, rounds=1)  # type: ignore[attr-defined]
    table.add(
        "another layer's map, painted, after a key on the layer slider",
        f"{statistics.median(times[2:]):.0f} ms",
        "as opacity",
    )


def known_classes(page: ExplorerPage) -> tuple[Locator, Locator]:
    """Ask about two classes, and return their rows."""
    rows = page.root.locator(".xai-classes .xai-class")
    for i in (0, 1, 0, 1):
        rows.nth(i).click()
        page.answered()
    return rows.nth(0), rows.nth(1)


def by_turns(page: ExplorerPage, first: Locator, second: Locator) -> float:
    """Median milliseconds from a click to the painted map, of two gestures that are known."""
    times = []
    for i in range(12):
        page.lab.page.evaluate(TIMED, [page.overlay.element_handle(), MAP, "pointerup"])
        (second if i % 2 else first).click()
        times.append(float(page.lab.page.evaluate("() => window.xaiTimed")))
        page.answered()
    return statistics.median(times[2:])


def drag(page: ExplorerPage, moves: int = 60) -> int:
    """Drag the window by its grip, 30 events a second; return how many positions were seen.

    A window moves by pixels of the picture: so does the mouse.
    """
    mouse = page.lab.page.mouse
    picture = page.picture.bounding_box()
    assert picture is not None
    pixel = picture["width"] / 224
    grip = page.window.locator(".xai-grip").bounding_box()
    assert grip is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    mouse.move(x, y)
    mouse.down()
    page.window.evaluate(FOLLOWED)
    for i in range(1, moves + 1):
        mouse.move(x + pixel * i, y + pixel * (i % 2))
        page.lab.page.wait_for_timeout(1000 / 30)
    mouse.up()
    seen: int = page.lab.page.evaluate(
        "() => { const { size } = window.xaiSeen; window.xaiSeen = null; return size; }"
    )
    return seen


def test_dragging_a_window(
    page: ExplorerPage, table: Table, benchmark: Callable[..., object]
) -> None:
    page.lab.py("None", after="w.zoom = False")  # else the picture would move, and not the window
    page.draw((0.1, 0.3), (0.4, 0.6))
    page.answered()
    seen: list[int] = []
    benchmark.pedantic(lambda: seen.append(drag(page)), rounds=1)  # type: ignore[attr-defined]
    page.answered()
    table.add("positions of a dragged window that are seen, 30 a second", f"{seen[0]} of 60", "55")


def test_gestures_during_a_job(
    page: ExplorerPage, table: Table, benchmark: Callable[..., object]
) -> None:
    slider = page.root.get_by_label("Opacity")
    found: dict[str, float] = {}
    page.lab.py("None", after="w.window = None")
    page.answered()

    def measure() -> None:
        found["idle"] = clicked(page, slider, OPACITY, page.overlay)
        page.lab.py("None", after="w.budget = 16384; w.seed += 1")
        page.run_button.get_by_text("Cancel").wait_for()
        found["busy"] = clicked(page, slider, OPACITY, page.overlay, rest=pause)
        page.lab.page.evaluate(
            TIMED, [page.status.element_handle(), "/Stopped/.test(element.textContent)"]
        )
        page.run_button.click()
        found["cancel"] = float(page.lab.page.evaluate("() => window.xaiTimed"))

    benchmark.pedantic(measure, rounds=1)  # type: ignore[attr-defined]
    table.add(
        "a gesture during a job, against when idle",
        f"{found['busy'] / found['idle']:.1f} times",
        "at most 2",
    )
    table.add("Cancel, until it is shown that all has stopped", f"{found['cancel']:.0f} ms",
              "one step + 250 ms")  # fmt: skip


def test_the_bundle_is_small(table: Table, benchmark: Callable[..., object]) -> None:
    bundle = Path(xaiwidgets.__file__).parent / "static" / "explorer.js"
    size: list[int] = []
    benchmark.pedantic(lambda: size.append(bundle.stat().st_size), rounds=1)  # type: ignore[attr-defined]
    table.add("the page's bundle, minified", f"{size[0] / 1024:.0f} KB", "under 100 KB")
