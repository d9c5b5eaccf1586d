"""The words of all public names, and pages that there must be; test_site.py builds the site."""

from __future__ import annotations

import importlib
import json
import re
import warnings
from pathlib import Path

import nbformat
import pytest
from numpydoc.validate import validate

from scripts.docs import MODULES, is_documented, public_names
from scripts.lessons import execute, write_lesson
from xaiwidgets import errors

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
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


FOREIGN = {"pdb", "UV_DEFAULT_INDEX", "embed_minimal_html"}
"""Names of others that our pages speak of; those of coming-from.md are not looked up."""

SPOKEN_OF = [
    *("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"),
    *sorted(f"docs/{p.relative_to(DOCS)}" for p in DOCS.rglob("*.md") if p.stem != "coming-from"),
]


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Return all words of the code, and all parts of the names of its files."""
    roots = [ROOT / name for name in ("xaiwidgets", "tests", "scripts", "js/src", "js/test")]
    kinds = {".py", ".js", ".css", ".lark", ".pyi"}
    files = [p for root in roots for p in root.rglob("*") if p.suffix in kinds]
    files += [p for name in ("", "binder", "js") for p in (ROOT / name).glob("*") if p.is_file()]
    found = {word for path in files for word in re.findall(r"\w+", str(path.relative_to(ROOT)))}
    code = [path for path in files if path.suffix not in {".md", ".ipynb"}]
    text = "\n".join(path.read_text(encoding="utf-8", errors="ignore") for path in code)
    return found | set(re.findall(r"\w+", text)) | FOREIGN


@pytest.mark.parametrize("page", SPOKEN_OF)
def test_what_a_page_names_there_is(page: str, words: set[str]) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", text)
    missing = {word for span in spans for word in re.findall(r"[A-Za-z_]\w{2,}", span)} - words
    assert not missing
    targets = {match[1] for span in spans if (match := re.match(r"make ([a-z-]+)", span))}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not {name for name in targets if f"\n{name}:" not in makefile}


def test_the_map_of_the_package_names_each_module() -> None:
    chart = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("```")[1]
    named = set(re.findall(r"\w+", chart))
    as_a_whole = {"datasets", "optimize", "zoo"}  # whose modules are one each of their things
    paths = [path.relative_to(ROOT / "xaiwidgets") for path in (ROOT / "xaiwidgets").rglob("*.py")]
    modules = [p for p in paths if p.parts[0] not in as_a_whole and not p.stem.startswith("__")]
    assert not [str(path) for path in modules if path.stem not in named]


BOX = """
import ipywidgets
from xaiwidgets import StudyReport, datasets, study
symbols = datasets.symbols(seed=1)
arms = {"control": None, "all": symbols.stroke * 1.0}
plan = study.learning_study(symbols.images, symbols.labels, arms)
reports = [StudyReport(study.simulate(plan, 4, seed=seed)) for seed in range(2)]
ipywidgets.HBox([ipywidgets.VBox(reports[:1]), reports[1]])
"""


@pytest.mark.slow
def test_each_widget_of_a_box_lives_on_the_page_of_its_lesson(tmp_path: Path) -> None:
    path = tmp_path / "boxed.ipynb"
    cells = [nbformat.v4.new_markdown_cell("# Boxed"), nbformat.v4.new_code_cell(BOX)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    folder = tmp_path / "kept"
    folder.mkdir()
    outputs = execute(path, folder, quick=True)
    (folder / "outputs.json").write_text(json.dumps(outputs))
    write_lesson(path, folder, tmp_path / "source")
    page = (tmp_path / "source/lessons/boxed.md").read_text(encoding="utf-8")
    assert "small budgets" in page
    for name in ("1.html", "1-2.html"):
        assert f'<iframe src="boxed/{name}" title="StudyReport"' in page
        assert "xaiScheme" in (tmp_path / "source/extra/lessons/boxed" / name).read_text()
