"""The script for machines with a GPU runs without one, and without what such a machine may lack."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

SCRIPT = Path(__file__).parents[1] / "scripts/gpu_check.py"

BLOCKED = (
    "PIL",
    "threadpoolctl",
    "xxhash",
    "lark",
    "sklearn",
    "matplotlib",
    "traitlets",
    "ipywidgets",
)

RUN = f"""
import importlib.machinery, runpy, sys

find = importlib.machinery.PathFinder.find_spec

def find_spec(name, path=None, target=None):
    return None if name.partition(".")[0] in {BLOCKED} else find(name, path, target)

importlib.machinery.PathFinder.find_spec = find_spec
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def load() -> Any:
    spec = importlib.util.spec_from_file_location("gpu_check", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gpu_check"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_it_runs_on_a_cpu_with_torch_numpy_scipy_and_safetensors_only(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, SCRIPT, "--device", "cpu", "--quick"]
    done = subprocess.run(
        [*command, "--out", tmp_path / "gpu"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "gpu.json").read_text())
    skipped = {one["check"]: one["why"] for one in report["checks"] if one["status"] == "skipped"}
    assert skipped == {"probes": "without sklearn, lark"}
    assert {one["check"] for one in report["checks"]} == {c.__name__ for c in load().CHECKS}
    assert {one["status"] for one in report["goals"]} == {"measured"}
    assert "| twin_speed |" in (tmp_path / "gpu.md").read_text()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda net: net.eval(), "the network is not as it was found"),
        (lambda net: torch.rand(1), "the random state"),
        (lambda net: net.head, "AttributeError"),
    ],
)
def test_what_is_not_as_it_was_found_is_said(spoil: Any, words: str) -> None:
    script = load()

    def check(bench: Any) -> float:
        model = bench.model(script.chain(), bench.device)
        spoil(model.net)
        return 0.0

    with torch.random.fork_rng():
        came = script.run_check(check, script.Bench(torch.device("cpu"), script.WAYS[0], True))
    assert words in came["why"]


def test_what_deviates_is_said() -> None:
    script = load()
    assert script.near([1.0, 2.0], [1.0, 2.001]) == pytest.approx(5e-4, rel=1e-3)
    for other in ([1.0, 2.1], [1.0, float("nan")], [1.0]):
        with pytest.raises(AssertionError):
            script.near([1.0, 2.0], other)
