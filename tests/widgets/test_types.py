"""mypy sees what is wrong in a widget, although it cannot see into ipywidgets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WIDGET = """
from xaiwidgets import Explorer
from xaiwidgets.widgets.base import Widget

class Mine(Widget[None, None]):
    def go(self) -> None:
        self.{method}()

def print_budget(explorer: Explorer) -> None:
    print(explorer.{trait})
"""


def checked(source: str, folder: Path) -> str:
    """Return what mypy says of a module; its cache is in the folder of the test."""
    (folder / "mine.py").write_text(source)
    mypy = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml"]
    options = ["--cache-dir", folder / "cache", "--follow-imports", "silent", "mine.py"]
    environment = {"MYPYPATH": str(ROOT)}
    done = subprocess.run(
        [*mypy, *options], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_a_misspelt_method_or_trait_of_a_widget_is_refused(tmp_path: Path) -> None:
    said = checked(WIDGET.format(method="cancell", trait="buget"), tmp_path)
    assert '"Mine" has no attribute "cancell"' in said
    assert '"Explorer" has no attribute "buget"' in said
    assert "Found 2 errors" in said
    assert checked(WIDGET.format(method="cancel", trait="budget"), tmp_path).startswith("Success")
