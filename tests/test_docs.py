"""The words of all public names, and pages that there must be; test_site.py builds the site."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path

import pytest
from numpydoc.validate import validate

from scripts.docs import MODULES, is_documented, public_names
from xaiwidgets import errors

DOCS = Path(__file__).parents[1] / "docs"
OURS = {
    *("ES01", "EX01", "SA01"),  # more words, an example, others to see: not of everything
    *("PR01", "RT01", "YD01"),  # what one line says is not said again below it
    *("PR03", "PR04", "PR07", "RT03"),  # "as for `deletion`", of several parameters at once
    "GL02",  # of docstrings that a function has written
}
"""What numpydoc asks for and we do not."""


@pytest.mark.parametrize("module", MODULES)
def test_docstrings_are_as_numpydoc_reads_them(module: str) -> None:
    home = importlib.import_module(module)
    names = [name for name in public_names(module) if is_documented(getattr(home, name))]
    assert names
    wrong = {
        name: found
        for name in names
        if (found := [error for error in errors_of(f"{module}.{name}") if error[0] not in OURS])
    }
    assert not wrong


def errors_of(name: str) -> list[tuple[str, str]]:
    """Return what numpydoc finds in the docstring of a name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of ipywidgets, which looks at all
        found: list[tuple[str, str]] = validate(name)["errors"]
    return found


def test_each_error_has_a_page_with_cause_and_cure() -> None:
    classes = {n for n in public_names("xaiwidgets.errors") if n != "XaiError"}
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (DOCS / "errors").glob("*.md")}
    assert classes == {*pages} - {"index"}
    for name in classes:
        assert issubclass(getattr(errors, name), errors.XaiError)
        assert f"# {name}\n" in pages[name] and "```python run" in pages[name]


def test_pages_of_the_papers_and_of_other_tools_are_whole() -> None:
    papers = (DOCS / "papers.md").read_text(encoding="utf-8")
    for words in ("**Here.**", "**Departs.**", "**Came out"):
        assert papers.count(words) == 5
    others = (DOCS / "coming-from.md").read_text(encoding="utf-8")
    assert all(f"## {name}" in others for name in ("Captum", "LIT", "shap"))
