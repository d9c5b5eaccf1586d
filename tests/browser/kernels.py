"""The kernels that the browser tests run on: the newest ipykernel, and an old one.

An older ipykernel is laid over the environment: it is installed alone into a folder that comes
first on the kernel's path, so that torch and all else need not be installed a second time.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEWEST = "python3"
OLD = "ipykernel-6.31"
KERNELS = (NEWEST, OLD)


def environment(kernel: str) -> dict[str, str]:
    """Variables that make this Python run `kernel`; what is missing is installed."""
    if kernel == NEWEST:
        return {}
    return {"PYTHONPATH": str(_overlay(kernel.removeprefix("ipykernel-")))}


def _overlay(version: str) -> Path:
    folder = ROOT / f".venv-ipykernel-{version}"
    folder.mkdir(exist_ok=True)
    finished = folder / ".installed"
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of these tests may be at it
        if not finished.exists():
            install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target"]
            subprocess.run([*install, str(folder), f"ipykernel=={version}.*"], check=True)
            finished.touch()
    return folder
