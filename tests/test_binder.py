"""Binder gets what the package and its lessons need, pinned, and nothing that must be built."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LEFT_OUT = {"pytorch-ood"}
"""What lessons use only where it is there."""


def pins_of(name: str) -> dict[str, str]:
    """Return the versions in a file of pins by package."""
    lines = (BINDER / name).read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith(("#", "--"))]
    return {str(canonicalize_name(package)): version for package, version in pins}


IMAGE, ADDED = pins_of("image.txt"), pins_of("requirements.txt")
PINS = IMAGE | ADDED


def test_what_the_image_has_is_not_installed_again() -> None:
    assert {"jupyterlab", "ipykernel", "ipywidgets", "jupyterhub", "pip"} <= IMAGE.keys()
    assert not IMAGE.keys() & ADDED.keys()


NEEDS = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["demo"]]


@pytest.mark.parametrize("line", NEEDS)
def test_a_pin_is_a_version_that_the_package_allows(line: str) -> None:
    requirement = Requirement(line)
    name = canonicalize_name(requirement.name)
    if name in LEFT_OUT:
        assert name not in PINS
    else:
        assert requirement.specifier.contains(PINS[name], prereleases=True), "lock_binder.py, anew"


def test_torch_comes_without_cuda_and_nothing_is_built() -> None:
    text = (BINDER / "requirements.txt").read_text(encoding="utf-8")
    assert ADDED["torch"].endswith("+cpu")
    assert not [name for name in PINS if name.startswith(("nvidia", "triton", "cuda"))]
    assert "--only-binary :all:" in text.splitlines()


def test_python_is_one_that_the_package_allows() -> None:
    name, version = (BINDER / "runtime.txt").read_text().strip().split("-")
    assert name == "python"
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)


def test_data_of_the_system_are_those_of_the_tests() -> None:
    script = (ROOT / "scripts/system-packages.sh").read_text(encoding="utf-8")
    installed = set(re.findall(r'apt-install.sh" ([\w-]+)', script))
    browsers = {"chromium", "chromium-headless-shell"}
    assert {*(BINDER / "apt.txt").read_text().split()} == installed - browsers


def test_a_server_starts_with_few_threads() -> None:
    assert os.access(BINDER / "postBuild", os.X_OK)
    done = subprocess.run([BINDER / "start", "env"], capture_output=True, text=True, check=True)
    assert "OMP_NUM_THREADS=2" in done.stdout.splitlines()


def imports_of(notebook: Path) -> set[str]:
    """Return the top-level modules that a lesson imports, those under an `if` left out."""
    names: set[str] = set()
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code":
            for node in ast.parse(TransformerManager().transform_cell(cell.source)).body:
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


def test_each_lesson_finds_what_it_imports() -> None:
    homes = importlib.metadata.packages_distributions()
    needed = set().union(*map(imports_of, (ROOT / "notebooks").glob("*.ipynb")))
    others = needed - {*sys.stdlib_module_names, "xaiwidgets"}
    assert {"numpy", "torch"} <= others
    missing = {m for m in others if not PINS.keys() & {*map(canonicalize_name, homes[m])}}
    assert not missing


def test_the_badge_opens_a_lesson_of_this_repository() -> None:
    badge = r"\[!\[Binder\]\([^)]+\)\]\(https://mybinder\.org/v2/gh/([^)]+)\)"
    (address,) = re.findall(badge, (ROOT / "README.md").read_text(encoding="utf-8"))
    repository, _, lesson = address.partition("/HEAD?urlpath=lab/tree/")
    assert PROJECT["urls"]["Source"] == f"https://github.com/{repository}"
    assert (ROOT / lesson).is_file()
