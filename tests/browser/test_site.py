"""The documentation is built strictly, and opens from the file system with widgets that live."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from scripts.docs import MODULES, ROOT, public_names

from .lab import LabSession

LESSON = "case-a"
"""One that runs for a few seconds; the others are shown as they are committed."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the built site."""
    target = tmp_path_factory.mktemp("docs") / "site"
    script = [sys.executable, ROOT / "scripts/docs.py", "--target", target, "--lessons", LESSON]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture
def page(lab: LabSession) -> Iterator[Page]:
    """Return a page of its own, in the browser of all tests."""
    browser = lab.page.context.browser
    assert browser is not None
    context = browser.new_context(color_scheme="light", viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()


def test_each_public_name_has_its_place_in_the_reference(site: Path) -> None:
    missing = []
    for module in MODULES:
        html = (site / f"reference/{module}.html").read_text(encoding="utf-8")
        missing += [
            f"{module}.{n}" for n in public_names(module) if f'id="{module}.{n}"' not in html
        ]
    assert not missing


def test_links_of_the_site_lead_somewhere(site: Path) -> None:
    lost = set()
    for path in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?]+)[^"]*"', path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", link) and not (path.parent / link).exists():
                lost.add(f"{path.relative_to(site)}: {link}")
    assert not lost


def test_a_lesson_opens_from_a_file_and_its_widget_lives(site: Path, page: Page) -> None:
    requests, problems = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((site / "gallery.html").as_uri())
    page.get_by_role("link", name="Two networks disagree").last.click()
    frame = page.locator(".living iframe")
    frame.scroll_into_view_if_needed()
    widget = page.frame_locator(".living iframe")
    picture = widget.locator("canvas:visible").first
    picture.wait_for()

    # It is as high as what is in it: nothing has to be scrolled.
    root = widget.locator(".xai-root")
    page.wait_for_function("() => document.querySelector('.living iframe').style.height")
    low = root.evaluate("root => root.getBoundingClientRect().bottom")
    assert low <= frame.evaluate("frame => frame.clientHeight") <= low + 40

    # Fold something out, and drag: the map becomes fainter under the hand.
    widget.get_by_text("Advanced", exact=True).click()
    opacity = widget.get_by_role("slider", name="Opacity")
    before, opaque = picture.screenshot(), float(opacity.input_value())
    page.wait_for_timeout(500)  # the frame grows with what was folded out
    opacity.scroll_into_view_if_needed()
    box = opacity.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    assert float(opacity.input_value()) < opaque / 2
    assert picture.screenshot() != before

    # The page's switch of light and dark is the widget's, too.
    colour = "root => getComputedStyle(root).backgroundColor"
    light = root.evaluate(colour)
    page.evaluate("document.body.dataset.theme = 'dark'")
    page.wait_for_timeout(300)
    assert root.evaluate(colour) != light

    # The search of the site works from a file as well, and nothing has left the machine.
    page.goto((site / "search.html").as_uri() + "?q=anti-join")
    page.locator("#search-results li").first.wait_for()
    assert not [url for url in requests if not url.startswith(("file:", "blob:", "data:"))]
    assert not problems


@pytest.mark.parametrize("width", [1440, 700])
def test_no_page_is_wider_than_its_window(site: Path, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    pages = [path for path in site.rglob("*.html") if (path.parent / "_static").exists()]
    pages += [path for folder in ("howto", "lessons") for path in (site / folder).glob("*.html")]
    wide = {}
    for path in pages:
        page.goto(path.as_uri(), wait_until="domcontentloaded")
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[path.name] = over
    assert not wide
