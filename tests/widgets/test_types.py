"""mypy sees what is wrong in a widget, although it cannot see into ipywidgets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.slow
def test_a_misspelt_method_or_trait_of_a_widget_is_refused(tmp_path: Path) -> None:
    wrong, right = tmp_path / "wrong.py", tmp_path / "right.py"
    wrong.write_text(WIDGET.format(method="cancell", trait="buget"))
    right.write_text(WIDGET.format(method="cancel", trait="budget"))
    # As `make types` does: what it has checked of the package is not checked anew.
    mypy = [sys.executable, "-m", "mypy", "--untyped-calls-exclude", "nbformat", wrong, right]
    done = subprocess.run(mypy, cwd=ROOT, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert '"Mine" has no attribute "cancell"' in said
    assert '"Explorer" has no attribute "buget"' in said
    assert "Found 2 errors in 1 file (checked 2 source files)" in said
