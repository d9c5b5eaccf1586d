"""Every notebook runs from top to bottom without an error, and is committed without outputs."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NAMES = {path.stem for path in NOTEBOOKS}
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    lessons = {"drill-down", "comparative", "what-if", "case-a", "why-not", "planted-bias"}
    assert {"explore", "accountable", "trust", *lessons} <= NAMES


@each_notebook
def test_notebook_is_committed_as_people_should_find_it(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert not cell.get("outputs"), "clear all outputs before you commit"
        assert cell.get("execution_count") is None
    # A home folder or a temporary one is of this machine.
    assert not re.search(r"/(home|root|Users|tmp|work)/", path.read_text())


@each_notebook
def test_notebook_points_only_to_notebooks_that_exist(path: Path) -> None:
    assert {*re.findall(r"([\w-]+)\.ipynb", path.read_text())} <= NAMES


@pytest.mark.notebook
@each_notebook
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
