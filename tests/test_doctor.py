"""What the doctor says of what is there, and of what is not."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest

from xaiwidgets import datasets, doctor, zoo
from xaiwidgets.errors import DataError


def by_name() -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.diagnose()}


def requires(monkeypatch: pytest.MonkeyPatch, *requirements: str) -> None:
    monkeypatch.setattr(importlib.metadata, "requires", lambda _name: list(requirements))


def test_all_is_well_where_the_tests_run() -> None:
    output = subprocess.run(
        [sys.executable, "-m", "xaiwidgets.doctor"], capture_output=True, text=True, check=True
    ).stdout
    assert "FAIL" not in output
    assert f"ok   torch                  {importlib.metadata.version('torch')}" in output
    assert "360 test pictures" in output
    assert "its cells sum to" in output.splitlines()[-1]


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
    lines = capsys.readouterr().out.splitlines()
    assert "FAIL nowhere-to-be-found    missing" in lines
    assert lines[lines.index("FAIL nowhere-to-be-found    missing") + 1].split() == [
        "pip", "install", "'nowhere-to-be-found>=2'",
    ]  # fmt: skip


def test_an_extra_that_is_not_there_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    requires(
        monkeypatch,
        'nowhere-to-be-found>=2; extra == "hosts"',
        'numpy; extra == "cluster"',
    )
    findings = by_name()
    assert findings["extra hosts"].advice == "pip install 'xaiwidgets[hosts]'"
    assert "nowhere-to-be-found missing" in findings["extra hosts"].state
    assert not findings["extra hosts"].needed
    assert findings["extra cluster"].advice == ""
    assert doctor.main() == 0


def test_data_that_are_not_there_say_where_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_split: str) -> None:
        raise DataError("fetch it")

    monkeypatch.setattr(datasets, "fashion_mnist", fail)
    finding = by_name()["Fashion-MNIST"]
    assert (finding.state, finding.advice, finding.needed) == ("not there", "fetch it", False)


def test_a_map_that_fails_is_said_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("the sensor is unplugged")

    monkeypatch.setattr(zoo, "digits", fail)
    assert by_name()["a map of a digit"].state == "RuntimeError: the sensor is unplugged"
    assert doctor.main() == 1
