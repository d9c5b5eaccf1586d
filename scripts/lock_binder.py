"""Pin what Binder's image gets: binder/image.txt and binder/requirements.txt.

python scripts/lock_binder.py

The image of repo2docker comes with Jupyter. What it has is read off repo2docker's own lock
(image.txt), is not installed a second time, and binds the versions of all else
(requirements.txt): the package, the extra "demo", and torch without CUDA, which is a quarter of
the size. Offline, the environment's UV_FIND_LINKS names a folder that has torch's wheel.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"
IMAGE, REQUIREMENTS = BINDER / "image.txt", BINDER / "requirements.txt"
REPO2DOCKER = "jupyter-repo2docker==2026.4.0"
TORCH = "torch==2.13.0+cpu"
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
LEFT_OUT = ("pytorch-ood", "torchvision")
"""Half of "trust" does without, as it says; torchvision would be loaded for nothing else."""

PYPI_NAMES = {
    "brotli-python": "brotli",
    "jupyterhub-base": "jupyterhub",
    "nbconvert-core": "nbconvert",
    "python-fastjsonschema": "fastjsonschema",
}
"""Packages of Python's that conda calls otherwise."""


def main() -> None:
    """Write both files."""
    image = list(image_pins())
    write(IMAGE, [f"# What the image of {REPO2DOCKER} has of Python's packages."], image)
    names = {pin.partition("==")[0] for pin in image}
    pins = [pin for pin in resolved_pins() if pin.partition("==")[0] not in names]
    options = [
        "# What is installed into the image; written by scripts/lock_binder.py.",
        f"--extra-index-url {TORCH_INDEX}",
        "--only-binary :all:",
    ]
    write(REQUIREMENTS, options, pins)


def write(path: Path, head: list[str], pins: list[str]) -> None:
    """Write some lines, then the pins in order."""
    path.write_text("\n".join([*head, *sorted(pins)]) + "\n", encoding="utf-8")


def image_pins() -> Iterator[str]:
    """Yield what conda puts into the image, by the lock in repo2docker's wheel, in pip's words."""
    version = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    with tempfile.TemporaryDirectory() as folder:
        uv("pip", "install", "--quiet", "--no-deps", "--target", folder, REPO2DOCKER)
        conda = Path(folder) / "repo2docker/buildpacks/conda"
        lock = (conda / f"environment.py-{version}-linux-64.lock").read_text(encoding="utf-8")
    # NAME-VERSION-BUILD.conda, whose build begins with "py" where it is a package of Python's
    for name, number in re.findall(r"/([^/]+)-([^-/]+)-py[^-/]*\.conda", lock):
        yield f"{PYPI_NAMES.get(name, name).replace('_', '-')}=={number}"


def resolved_pins() -> list[str]:
    """Return all that the notebooks need, pinned, with what the image has."""
    backend = [] if os.environ.get("UV_FIND_LINKS") else ["--torch-backend", "cpu"]
    options = {
        "--extra": "demo",
        "--constraint": str(IMAGE),
        "--python-version": (BINDER / "runtime.txt").read_text().strip().removeprefix("python-"),
        "--python-platform": "x86_64-manylinux_2_28",
        "--only-binary": ":all:",
    }
    quiet = ["--quiet", "--no-header", "--no-annotate"]
    quiet += [f"--no-emit-package={name}" for name in LEFT_OUT]
    given = [part for option in options.items() for part in option]
    lines = uv("pip", "compile", "pyproject.toml", "-", *given, *quiet, *backend, given=TORCH)
    return [line for line in lines.splitlines() if "==" in line]


def uv(*arguments: str, given: str | None = None) -> str:
    """Run uv and return what it prints."""
    command = [sys.executable, "-m", "uv", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=given, stdout=subprocess.PIPE, text=True)
    done.check_returncode()
    return done.stdout


if __name__ == "__main__":
    main()
