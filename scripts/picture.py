"""Take the pictures of the README and of docs/: the widgets in JupyterLab, in a real browser.

Run it with ``make picture`` after a change of the page that people can see.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.contrast_page import ContrastPage  # noqa: E402
from tests.browser.detector_page import DetectorPage  # noqa: E402
from tests.browser.explorer_page import ExplorerPage  # noqa: E402
from tests.browser.lab import LabSession  # noqa: E402
from tests.browser.search_page import SearchPage  # noqa: E402
from tests.browser.widget_page import WidgetPage, box_of, slide  # noqa: E402

P = TypeVar("P", bound=WidgetPage)

FOLD = "root => root.querySelectorAll('details').forEach(part => { part.open = false; })"

WINDOW = [
    "from xaiwidgets import Explorer, zoo\n\nphotographs = zoo.photographs()",
    "explorer = Explorer(zoo.efficientnet_lite0(), photographs, budget=2048)\nexplorer",
]
COMPARISON = [
    """from xaiwidgets import Explorer, steps, zoo

model, photographs = zoo.efficientnet_lite0(), zoo.photographs()
corners = [(i, j) for i in range(0, 100, 25) for j in range(0, 100, 25)]
crops = [p.crop((i, j, i + 200, j + 200)) for p in photographs.values() for i, j in corners]
layers = ["_blocks.2", "_blocks.4", "_blocks.7", "_blocks.10", "_blocks.14"]
steps.run(model.fit_probes(crops, layers))""",
    """explorer = Explorer(model, photographs)
explorer.compare("left join", "coffee")
explorer""",
]
CONTRAST = [
    """from xaiwidgets import ContrastExplorer, datasets, zoo

images = datasets.fashion_mnist("test").images[:8]""",
    """model, generator = zoo.fashion_mnist(), zoo.generator("fashion")
explorer = ContrastExplorer(model, generator, images, probe="Coat", xgems=True, all_classes=True)
explorer""",
]

SEARCH = [
    """from xaiwidgets import AccuracySearch, datasets

train, test = datasets.fashion_mnist(), datasets.fashion_mnist("test")""",
    """data = train.images[:10_000], train.labels[:10_000]
held_out = test.images[:2_000], test.labels[:2_000]
search = AccuracySearch(data, held_out, deltas=[0.0005, 0.001], max_trial=12, race=True)
search""",
]

DETECTOR = [
    """from xaiwidgets import ErrorDetector, ErrorDetectorPanel, datasets, reliability, zoo

model, data = zoo.fashion_mnist("resnet"), datasets.fashion_mnist("test")

def part(start, stop):
    return data.images[start:stop], data.labels[start:stop]

mutants = reliability.mutants(model, part(0, 1000), rate=0.01, count=50).run()
detector = ErrorDetector(model, "stage3", mutants)
detector.fit(part(0, 3000), part(3000, 5000)).run()""",
    """panel = ErrorDetectorPanel(
    detector, *part(5000, 6000), backup=zoo.fashion_mnist(called="convnet")
)
panel""",
]


def window(lab: LabSession) -> ExplorerPage:
    """Draw a window on the cat's eye."""
    page = shown(lab, WINDOW, ExplorerPage)
    page.draw((0.1, 0.12), (0.6, 0.62))
    page.answered()
    return page


def comparison(lab: LabSession) -> ExplorerPage:
    """Compare the cat with a cup of coffee, along the layers."""
    page = shown(lab, COMPARISON, ExplorerPage)
    lab.until("len(explorer.layer_maps) == 6", 120)
    lab.keys(page.root.get_by_role("slider", name="Layer"), "ArrowLeft")
    page.answered()
    return page


def contrast(lab: LabSession) -> ContrastPage:
    """Look at a boot that becomes a coat, three quarters of the way."""
    page = shown(lab, CONTRAST, ContrastPage)
    slide(page.slider, 0.75)
    return page


def search(lab: LabSession) -> SearchPage:
    """Let two strategies race to the end."""
    lab.open(SEARCH)
    lab.run_all()
    page = SearchPage(lab)
    page.run_button.click()
    lab.until("search.status['state'] == 'done'", 300)
    return page


def detector(lab: LabSession) -> DetectorPage:
    """Look at an error that was caught."""
    page = shown(lab, DETECTOR, DetectorPage)
    page.images.first.click()
    page.answered()
    return page


PICTURES = {
    "explorer": window,
    "comparison": comparison,
    "contrast": contrast,
    "search": search,
    "detector": detector,
}


class Film:
    """A moving picture of a widget: what is on the screen, again and again, with the hand."""

    def __init__(self, page: WidgetPage) -> None:
        self.page = page
        self.hand = (0.0, 0.0)
        self.frames: list[Image.Image] = []

    def shoot(self, count: int = 1, pause: float = 0.0) -> None:
        """Add what is on the screen, `count` times, `pause` seconds apart."""
        for _ in range(count):
            left, top, _, _ = box_of(self.page.root)
            frame = Image.open(io.BytesIO(self.page.root.screenshot())).convert("RGB")
            x, y = self.hand[0] - left, self.hand[1] - top
            outline = (x - 9, y - 9, x + 9, y + 9)
            ImageDraw.Draw(frame).ellipse(outline, outline="black", fill="#ffffff", width=3)
            self.frames.append(frame.crop((0, 0, frame.width, min(frame.height, HEIGHT))))
            self.page.lab.page.wait_for_timeout(pause * 1000)

    def move(self, x: float, y: float, steps: int = 8) -> None:
        """Move the hand in a line, and shoot at each step."""
        (left, top), mouse = self.hand, self.page.lab.page.mouse
        for step in range(1, steps + 1):
            self.hand = left + (x - left) * step / steps, top + (y - top) * step / steps
            mouse.move(*self.hand)
            self.page.drawn()
            self.shoot()

    def save(self, path: Path) -> None:
        """Write the frames as one file that moves."""
        height = max(frame.height for frame in self.frames)
        even = [frame.crop((0, 0, frame.width, height)) for frame in self.frames]
        width = 840
        small = [
            f.resize((width, round(height * width / f.width)), Image.Resampling.LANCZOS)
            for f in even
        ]
        times = [*(110 for _ in small[:-1]), 2500]
        small[0].save(
            path,
            save_all=True,
            append_images=small[1:],
            duration=times,
            loop=0,
            quality=55,
            method=4,
        )


def moving(lab: LabSession) -> Film:
    """Drag a window to the cat's eye while the map follows, and ask about another class."""

    def done() -> None:
        lab.until("explorer.status['state'] == 'done'", 300)
        page.drawn()

    lab.open([WINDOW[0], WINDOW[1].replace("2048", "512")])
    lab.run_all()
    page = ExplorerPage(lab)
    done()
    page.root.evaluate(FOLD)
    page.root.evaluate("root => root.scrollIntoView({ block: 'start' })")
    film, (left, top, width, height) = Film(page), page.frame()
    film.hand = left + 0.05 * width, top + 0.9 * height
    film.shoot(3)
    film.move(left + 0.1 * width, top + 0.12 * height, 5)
    lab.page.mouse.down()
    film.move(left + 0.6 * width, top + 0.62 * height, 10)
    lab.page.mouse.up()
    film.shoot(10, 0.5)
    done()
    film.shoot(4)
    row = page.root.locator(".xai-classes .xai-class", has_text="Egyptian cat")
    x, y, w, h = box_of(row)
    film.move(x + w / 4, y + h / 2, 6)
    row.click()
    film.shoot(8, 0.5)
    done()
    film.shoot(2)
    return film


HEIGHT = 760  # pixels of a widget that the moving picture shows


def main() -> None:
    """Take the pictures that are named, or all."""
    with LabSession(viewport=(1240, 1240)) as lab:
        for name in sys.argv[1:] or [*PICTURES, "moving"]:
            if name == "moving":
                moving(lab).save(ROOT / "docs/explorer.webp")
            else:
                take(lab, PICTURES[name](lab), f"{name}.png")


def shown(lab: LabSession, cells: Sequence[str], page: type[P]) -> P:
    """Run the cells of a notebook, and return the widget when it has answered."""
    lab.open(cells)
    lab.run_all()
    widget = page(lab)
    widget.answered()
    return widget


def take(lab: LabSession, page: WidgetPage, name: str) -> None:
    """Write a picture of the notebook to docs/."""
    page.root.evaluate(FOLD)  # as people meet it; our hands had folded it out
    page.root.evaluate("root => root.scrollIntoView({ block: 'start' })")
    lab.page.mouse.move(5, 5)
    notebook = lab.locate(".jp-Notebook").first
    notebook.screenshot(path=ROOT / "docs" / name)


if __name__ == "__main__":
    main()
