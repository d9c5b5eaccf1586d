"""Take the README's pictures: the Explorer in JupyterLab, in a real browser.

Run it with ``make picture`` after a change of the page that people can see.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.explorer_page import ExplorerPage  # noqa: E402
from tests.browser.lab import LabSession  # noqa: E402

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


def main() -> None:
    """Draw a window on the cat's eye; compare the cat with a cup of coffee, along the layers."""
    with LabSession(viewport=(1240, 1240)) as lab:
        lab.open(WINDOW)
        lab.run_all()
        page = ExplorerPage(lab)
        page.draw((0.1, 0.12), (0.6, 0.62))
        page.answered()
        take(lab, page, "explorer.png")
        lab.open(COMPARISON)
        lab.run_all()
        page = ExplorerPage(lab)
        page.answered()
        lab.until("len(explorer.layer_maps) == 6", 120)
        lab.keys(page.root.get_by_role("slider", name="Layer"), "ArrowLeft")
        page.answered()
        page.root.locator(".xai-readings summary").click()
        take(lab, page, "comparison.png")


def take(lab: LabSession, page: ExplorerPage, name: str) -> None:
    """Write a picture of the notebook to docs/."""
    page.root.scroll_into_view_if_needed()
    lab.page.mouse.move(5, 5)
    notebook = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook").first
    lab.screenshot(ROOT / "docs" / name, notebook)


if __name__ == "__main__":
    main()
