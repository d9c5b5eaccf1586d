"""Every notebook runs from top to bottom without an error."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert FOLDER / "explore.ipynb" in NOTEBOOKS


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": FOLDER}},
    )
    client.execute()  # raises at the first cell that fails

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs, "a notebook that shows nothing tests nothing"
    assert not [output for output in outputs if output.output_type == "error"]
