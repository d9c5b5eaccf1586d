"""The repository as a whole: what is published works, what is built is fresh, nothing is loose."""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
import re
import runpy
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from ipywidgets.widgets.widget import _instances

import xaiwidgets
from tests.benchmarks.conftest import BENCHMARKS, CLOSE, HEADLINES, INDEX, OPEN, headlines
from xaiwidgets.widgets.base import Widget

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "xaiwidgets"
JS = ROOT / "js"
LINES = 400
MODULES = [info.name for info in pkgutil.walk_packages(xaiwidgets.__path__, prefix="xaiwidgets.")]


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a program and return what it prints; show all of it when it fails."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def repository_files() -> list[Path]:
    """Every file that is tracked, or would be if it were added."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


# --- the README and the pages of docs/ ---------------------------------------------------------

PAGES = ["README.md", *sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("docs/**/*.md"))]
CODE = [page for page in PAGES if "```python" in (ROOT / page).read_text(encoding="utf-8")]


def page_blocks(page: str) -> Iterator[tuple[str, str]]:
    """Yield the info string and the code of each fenced block: "```python run" is also executed."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for match in re.finditer(r"^```(python\b.*)\n([\s\S]*?)^```$", text, re.MULTILINE):
        yield match[1].strip(), TransformerManager().transform_cell(match[2])


@pytest.mark.parametrize("page", CODE)
def test_the_code_of_a_page_compiles(page: str) -> None:
    blocks = list(page_blocks(page))
    assert blocks, f"{page} shows no Python code"
    for number, (_, code) in enumerate(blocks, start=1):
        compile(code, f"{page}, Python block {number}", "exec")


@pytest.mark.slow
@pytest.mark.parametrize("page", CODE)
def test_the_code_of_a_page_that_is_marked_run_runs(page: str) -> None:
    namespace: dict[str, object] = {"__name__": "page"}
    others = {*_instances}  # of other tests
    for number, (info, code) in enumerate(page_blocks(page), start=1):
        if info == "python run":
            # As in a notebook: our own `from __future__` is none of the page's.
            block = compile(code, f"{page}, Python block {number}", "exec", dont_inherit=True)
            exec(block, namespace)
            stop_widgets({*_instances} - others)


def stop_widgets(names: set[str]) -> None:
    """Fail for a widget that shows an error; let none go on with a map that nobody waits for."""
    for name in names:
        widget = _instances.get(name)
        if isinstance(widget, Widget):
            assert widget.error is None
            widget.cancel()


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page: str) -> None:
    path = ROOT / page
    targets = re.findall(r"\]\(([^)#:]+)(?:#([\w-]+))?\)", path.read_text(encoding="utf-8"))
    for target, heading in targets:
        assert (path.parent / target).exists(), f"{page} links to {target}"
        if heading:
            text = (path.parent / target).read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in headings}
            assert heading in slugs


def test_the_readme_is_one_screen_and_one_picture() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 50
    (picture,) = re.findall(r"!\[.+?\]\((?!https:)(.+?)\)", text)  # all but the badge
    assert (ROOT / picture).stat().st_size < 1_500_000


# --- names -----------------------------------------------------------------------------------


def kind_and_name(name: str) -> tuple[bool, bool, str]:
    """Sort as the linter does: constants, then classes, then the rest."""
    return not name.isupper(), not name[:1].isupper(), name


@pytest.mark.parametrize("name", [xaiwidgets.__name__, *MODULES])
def test_public_names_exist_and_are_sorted(name: str) -> None:
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    missing = [each for each in public if not hasattr(module, each)]
    assert not missing
    assert list(public) == sorted(set(public), key=kind_and_name)


def test_importing_the_package_is_quick() -> None:
    heavy = run(
        sys.executable,
        "-c",
        "import sys, xaiwidgets; print({'torch', 'matplotlib', 'sklearn'} & set(sys.modules))",
    )
    assert heavy.strip() == "set()"


# --- the bundles -----------------------------------------------------------------------------


def source_hash() -> str:
    """Compute what js/build.mjs writes into the banner of each bundle."""
    sources = [path for path in (JS / "src").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for name in [*sorted(path.relative_to(JS).as_posix() for path in sources), "package-lock.json"]:
        digest.update(f"{name}\n".encode())
        digest.update((JS / name).read_bytes())
    return digest.hexdigest()


def test_the_bundles_are_built_from_these_sources() -> None:
    bundles = [path for path in (PACKAGE / "static").iterdir() if path.suffix in {".js", ".css"}]
    assert bundles, "no bundles: run make js"
    expected = f"sources sha256: {source_hash()} "
    stale = [path.name for path in bundles if expected not in path.read_text().partition("\n")[0]]
    assert not stale, "run make js"


def test_each_widget_has_its_bundle() -> None:
    entries = {path.parent.name for path in (JS / "src/widgets").glob("*/index.js")}
    assert entries
    assert entries <= {path.stem for path in (PACKAGE / "static").glob("*.js")}
    modules = {path.stem for path in (PACKAGE / "widgets").iterdir() if path.stem[0] != "_"}
    assert entries <= modules


def test_what_follows_from_the_states_of_the_widgets_is_fresh() -> None:
    script = runpy.run_path(str(ROOT / "scripts/schema.py"))
    assert not script["stale"](), "run python scripts/schema.py"


def test_what_no_widget_gives_any_more_is_stale(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "scripts/schema.py"))
    left = tmp_path / "js/src/schema/gone/state.js"
    left.parent.mkdir(parents=True)
    left.touch()
    script["stale"].__globals__["ROOT"] = tmp_path
    script["stale"].__globals__["files"] = dict
    assert script["stale"]() == [left]


# --- the wheel -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build what is published: the source distribution, and of that the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", folder, ROOT)
    return next(folder.glob("*.whl"))


@pytest.mark.wheel
def test_the_wheel_holds_the_whole_package(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        path.relative_to(ROOT).as_posix() for path in repository_files() if PACKAGE in path.parents
    }
    assert ours
    assert ours <= packed
    assert not [name for name in packed if name.startswith(("tests/", "js/"))]


@pytest.mark.wheel
def test_what_the_index_shows_of_the_wheel_is_right(wheel: Path) -> None:
    from packaging.metadata import Metadata  # which the oldest allowed packaging has not

    with zipfile.ZipFile(wheel) as packed:
        (name,) = [name for name in packed.namelist() if name.endswith(".dist-info/METADATA")]
        about = Metadata.from_email(packed.read(name))
    assert str(about.version) == xaiwidgets.__version__
    assert about.description_content_type == "text/markdown"
    # Around the README there is no repository: what it links to there is somewhere in ours.
    links = re.findall(r"\]\(([^)#]+)", about.description or "")
    assert len(links) > 10
    assert not [link for link in links if not link.startswith("https://")]
    source = (about.project_urls or {})["Source"]
    raw = source.replace("github.com", "raw.githubusercontent.com")
    places = [re.fullmatch(rf"(?:{source}/blob|{raw})/main/(.+)", link) for link in links]
    ours = [match[1] for match in places if match]
    assert {"docs/explorer.webp", "docs/tour.md"} <= set(ours)
    assert not [path for path in ours if not (ROOT / path).exists()]


@pytest.mark.wheel
def test_the_wheel_works_without_node_and_without_the_extras(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, venv)
    python = venv / "bin/python"
    run(sys.executable, "-m", "uv", "pip", "install", "--python", python, "--no-deps", wheel)
    # The rest is borrowed from the environment of the tests, after the wheel on the path. Python
    # does not follow the .pth files there, so the editable installation stays out of sight.
    borrowed = next(venv.glob("lib/python*/site-packages")) / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib"))

    script = f"""
import importlib, sys
class Hidden:
    def find_spec(self, name, *others):
        if name.partition(".")[0] in {sorted(extra_modules())}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden())
import xaiwidgets
for name in xaiwidgets.__all__:
    getattr(xaiwidgets, name)
for name in {MODULES}:
    importlib.import_module(name)
from xaiwidgets import Explorer, datasets, doctor, zoo
model, picture = zoo.digits(), datasets.digits("test").images[0]
attribution = model(picture).explain(grid=3)
assert attribution.exact and abs(attribution.residual) < 1e-3
assert "xai-widget" in Explorer(model, picture, budget=64).html()
assert not [str(each) for each in doctor.diagnose() if each.needed and each.advice]
print(xaiwidgets.__file__)
"""
    environment = {**os.environ, "PATH": str(venv / "bin")}
    environment.pop("PYTHONPATH", None)
    installed = Path(run(python, "-c", script, cwd=tmp_path, env=environment).strip())
    assert venv in installed.parents
    assert {path.name for path in (installed.parent / "static").iterdir()} == {
        path.name for path in (PACKAGE / "static").iterdir()
    }


def extra_modules() -> set[str]:
    """Top-level modules that come with an extra but not with the package itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    names = {re.split(r"[^\w.-]", line)[0].replace("-", "_") for line in extras}
    # ipykernel comes with ipywidgets on many machines, and is what a notebook runs on
    return (names | {"skimage"}) - {"scikit_image", "ipykernel"}


# --- the files -------------------------------------------------------------------------------


def test_nothing_is_loaded_from_a_delivery_network() -> None:
    address = re.compile(r"https?://[^\s\"'`]*(?:unpkg|jsdelivr|\bcdn\.|\bcdnjs\.)")
    found = {}
    for path in repository_files():
        text = path.read_bytes().decode(errors="replace")
        if match := address.search(text):
            found[path.relative_to(ROOT).as_posix()] = match[0]
    assert not found


def test_modules_are_short() -> None:
    sources = [path for path in repository_files() if path.suffix in {".py", ".js"}]
    # It is one script because it is carried to a machine alone.
    carried = ROOT / "scripts/gpu_check.py"
    ours = [p for p in sources if PACKAGE / "static" not in p.parents and p != carried]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in ours}
    assert not {path.name: length for path, length in lengths.items() if length > LINES}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(p.stem for p in ROOT.glob("tests/benchmarks/test_*.py")))
def test_benchmarks_that_nobody_has_asked_for_can_be_loaded(name: str) -> None:
    module = importlib.import_module(f"tests.benchmarks.{name}")
    assert any(name.startswith("test_") for name in vars(module))


def test_the_first_page_shows_rows_of_the_benchmarks() -> None:
    shown, rows = (
        page.read_text(encoding="utf-8").split(OPEN)[1].split(CLOSE)[0]
        for page in (INDEX, BENCHMARKS)
    )
    assert shown == headlines(rows)
    assert all(what in rows for what in HEADLINES)
