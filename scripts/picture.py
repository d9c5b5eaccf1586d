"""Take the README's picture: the Explorer in JupyterLab, in a real browser.

Run it with ``make picture`` after a change of the page that people can see.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.explorer_page import ExplorerPage  # noqa: E402
from tests.browser.lab import LabSession  # noqa: E402

CELLS = [
    "from xaiwidgets import Explorer, zoo\n\nphotographs = zoo.photographs()",
    "explorer = Explorer(zoo.efficientnet_lite0(), photographs, budget=2048)\nexplorer",
]


def main() -> None:
    """Draw a window on the cat's eye, wait for the map, and write docs/explorer.png."""
    with LabSession(viewport=(1240, 1240)) as lab:
        lab.open(CELLS)
        lab.run_all()
        page = ExplorerPage(lab)
        page.draw((0.1, 0.12), (0.6, 0.62))
        page.answered()
        page.root.scroll_into_view_if_needed()
        lab.page.mouse.move(5, 5)
        notebook = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook").first
        lab.screenshot(ROOT / "docs" / "explorer.png", notebook)


if __name__ == "__main__":
    main()
