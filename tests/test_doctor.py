"""What the doctor says of what is there, and of what is not."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from xaiwidgets import datasets, doctor, widgets, zoo
from xaiwidgets.errors import DataError
from xaiwidgets.widgets import export


def by_name(*looks: str) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.diagnose(*looks)}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the doctor look at packages only."""
    monkeypatch.setattr(doctor, "LOOKS", {"packages": doctor.LOOKS["packages"]})


def requires(monkeypatch: pytest.MonkeyPatch, *requirements: str) -> None:
    monkeypatch.setattr(importlib.metadata, "requires", lambda _name: list(requirements))


@pytest.mark.slow
def test_all_is_well_where_the_tests_run() -> None:
    output = subprocess.run(
        [sys.executable, "-m", "xaiwidgets.doctor"], capture_output=True, text=True, check=True
    ).stdout
    assert "FAIL" not in output
    assert f"ok   torch                  {importlib.metadata.version('torch')}" in output
    assert "360 test pictures" in output
    assert "its cells sum to" in output
    assert f"ok   pages                  {len(widgets.__all__)} widgets, built" in output
    assert output.splitlines()[-1] == "all that is needed is there"


@pytest.mark.usefixtures("quick")
def test_what_is_missing_or_too_old_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    requires(monkeypatch, "nowhere-to-be-found>=2", "torch>=99", "numpy>=1")
    findings = by_name()
    assert findings["nowhere-to-be-found"].state == "missing"
    assert findings["nowhere-to-be-found"].advice == "pip install 'nowhere-to-be-found>=2'"
    assert findings["torch"].state.endswith("and >=99 is needed")
    assert findings["numpy"].advice == ""
    assert doctor.main() == 1
    assert capsys.readouterr().out.splitlines()[-1] == "needed: nowhere-to-be-found, torch"
    sys.stdout.write(f"{findings['nowhere-to-be-found']}\n")
    lines = capsys.readouterr().out.splitlines()
    assert "FAIL nowhere-to-be-found    missing" in lines
    assert lines[lines.index("FAIL nowhere-to-be-found    missing") + 1].split() == [
        "pip", "install", "'nowhere-to-be-found>=2'",
    ]  # fmt: skip


@pytest.mark.usefixtures("quick")
def test_an_extra_that_is_not_there_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    requires(
        monkeypatch,
        'nowhere-to-be-found>=2; extra == "hosts"',
        'numpy; extra == "cluster"',
    )
    findings = by_name()
    advice = "pip install 'xaiwidgets[hosts]'; missing: nowhere-to-be-found"
    assert findings["extra hosts"].advice == advice
    assert not findings["extra hosts"].needed
    assert findings["extra cluster"].advice == ""
    assert doctor.main() == 0


def test_data_that_are_not_there_say_where_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_split: str) -> None:
        raise DataError("fetch it")

    monkeypatch.setattr(datasets, "fashion_mnist", fail)
    finding = by_name("data")["Fashion-MNIST"]
    assert (finding.state, finding.advice, finding.needed) == ("not there", "fetch it", False)


def test_a_map_that_fails_is_said_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("the sensor is unplugged")

    monkeypatch.setattr(zoo, "digits", fail)
    monkeypatch.setattr(doctor, "LOOKS", {"a map of a digit": doctor.LOOKS["a map of a digit"]})
    finding = by_name("a map of a digit")["a map of a digit"]
    assert finding.state == "RuntimeError: the sensor is unplugged"
    assert doctor.main() == 1


def test_each_extra_but_that_of_developers_is_looked_at() -> None:
    about = importlib.metadata.metadata("xaiwidgets")
    assert set(doctor.EXTRAS) == {*about.get_all("Provides-Extra", [])} - {"dev", "docs"}


def test_a_package_that_does_not_load_is_said_and_the_other_looks_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # `import torch` fails now
    findings = by_name("device", "pages", "data")
    assert findings["device"].state.startswith("ModuleNotFoundError: import of torch")
    assert findings["device"].needed
    assert findings["pages"].advice == "" and findings["reviews"].advice == ""


def test_pages_that_were_not_packed_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for page in export.STATIC.iterdir():
        (tmp_path / page.name).touch()
    (tmp_path / "explorer.js").unlink()
    monkeypatch.setattr(export, "STATIC", tmp_path)
    monkeypatch.setattr(doctor, "LABEXTENSION", "nowhere")
    findings = by_name("pages")
    assert findings["pages"].state == "explorer.js missing" and findings["pages"].needed
    assert findings["anywidget for Jupyter"].state == "not there"
    assert not findings["anywidget for Jupyter"].needed


def test_a_checkout_that_is_not_installed_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "metadata", fail)
    monkeypatch.setattr(importlib.metadata, "requires", fail)
    finding = by_name("xaiwidgets", "packages")["xaiwidgets"]
    assert finding.needed and finding.advice == "pip install -e . in the checkout"
