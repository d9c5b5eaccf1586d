"""The kernels that the browser tests run on: the newest ipykernel, and an old one.

An older ipykernel is laid over the environment: it is installed alone into a folder that comes
first on the kernel's path, so that torch and all else need not be installed a second time.
"""

from __future__ import annotations

import fcntl
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from ipykernel.kernelspec import RESOURCES

ROOT = Path(__file__).parents[2]
TEMPLATE = Path(__file__).with_name("template.py")
NEWEST = "python3"
OLD = "ipykernel-6.31"
KERNELS = (NEWEST, OLD)
on_old_kernel = pytest.mark.parametrize("kernel", [OLD])
"""For a test that a new kernel makes no harder: one that answers while a cell runs."""
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
OWNER = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
"""The process that lives as long as these tests do."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HOSTS: list[str] = PROJECT["optional-dependencies"]["hosts"]
"""The other pages that show notebooks, laid over the environment as an old ipykernel is."""


def environment(kernel: str) -> dict[str, str]:
    """Variables that make this Python run `kernel`; what is missing is installed."""
    if kernel == NEWEST:
        return {}
    # Before what is there: the package under test need not be the one that is installed.
    version = kernel.removeprefix("ipykernel-")
    folder = overlay(kernel, [f"ipykernel=={version}.*"])
    folders = [str(folder), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, folders))}


def offer_kernel(folder: Path, kernel: str) -> None:
    """Describe a kernel in `folder`: one that is forked from the `template` of its kind."""
    shutil.copytree(RESOURCES, folder)  # its pictures
    spec = {
        "argv": [sys.executable, str(TEMPLATE), template(kernel), "-f", "{connection_file}"],
        "display_name": folder.name,
        "language": "python",
        "env": environment(kernel),
    }
    (folder / "kernel.json").write_text(json.dumps(spec))


@functools.cache
def template(kernel: str) -> str:
    """Start what kernels are forked from; return the socket at which it is called.

    One for all processes of these tests, since it loads torch. It ends when they do.
    """
    folder = Path(tempfile.gettempdir()) / f"xai-template-{RUN}"
    folder.mkdir(exist_ok=True)
    address = folder / f"{kernel}.socket"
    try:
        (folder / kernel).touch(exist_ok=False)
    except FileExistsError:  # another process has started it
        return str(address)
    ours = ["--ours"] if kernel == NEWEST else []
    subprocess.Popen(
        [sys.executable, "-Xfrozen_modules=off", str(TEMPLATE), str(address), str(OWNER), *ours],
        env={**os.environ, **environment(kernel)},
        stdin=subprocess.DEVNULL,
    )
    return str(address)


def overlay(name: str, requirements: Sequence[str]) -> Path:
    """Return a folder with these packages and what they need, installed the first time."""
    folder = ROOT / f".venv-{name}"
    finished = folder / ".installed"
    # Beside the folder: inside it uv holds a lock of its own, and each would wait for the other.
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of these tests may be at it
        if not finished.exists():
            install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target"]
            subprocess.run([*install, str(folder), *requirements], check=True)
            finished.touch()
    return folder
