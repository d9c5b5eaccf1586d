"""``python -m xaiwidgets.doctor``: what is there, and what to do about what is not."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import Requirement

from xaiwidgets.errors import DataError

EXTRAS = {
    "demo": "the notebooks in JupyterLab, photographs, and EfficientNet",
    "cluster": "Dask, for work on several machines",
    "hosts": "marimo, Notebook 7 and Voila",
}
"""What each extra of the package is for; those of developers are left out."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name, state : str
    advice : str
        What to do, where something is missing; empty where nothing is.
    needed : bool
        Whether the package does not work without.
    """

    name: str
    state: str
    advice: str = ""
    needed: bool = False

    def __str__(self) -> str:
        mark = "ok  " if not self.advice else "FAIL" if self.needed else "--  "
        line = f"{mark} {self.name:22} {self.state}"
        return f"{line}\n     {'':22} {self.advice}" if self.advice else line


def diagnose() -> Iterator[Finding]:
    """Yield what is found, one thing after the other.

    Examples
    --------
    >>> next(iter(diagnose())).name
    'Python'
    """
    yield Finding("Python", f"{platform.python_version()} on {platform.system()}")
    yield from _packages()
    yield from _device()
    yield from _data()
    yield _map()


def _packages() -> Iterator[Finding]:
    """Look for what the package requires, and for what its extras do."""
    requirements = [Requirement(text) for text in importlib.metadata.requires("xaiwidgets") or ()]
    for requirement in requirements:
        if requirement.marker is None:
            yield _package(requirement)
    for extra, purpose in EXTRAS.items():
        those = [r for r in requirements if r.marker and r.marker.evaluate({"extra": extra})]
        those = [r for r in those if r.marker and not r.marker.evaluate({"extra": ""})]
        missing = [r.name for r in those if _installed(r) is None]
        yield Finding(
            f"extra {extra}",
            purpose if not missing else f"{', '.join(missing)} missing: {purpose}",
            f"pip install 'xaiwidgets[{extra}]'" if missing else "",
        )


def _package(requirement: Requirement) -> Finding:
    version = _installed(requirement)
    if version is not None and requirement.specifier.contains(version, prereleases=True):
        return Finding(requirement.name, version)
    state = "missing" if version is None else f"{version}, and {requirement.specifier} is needed"
    return Finding(requirement.name, state, f"pip install '{requirement}'", needed=True)


def _installed(requirement: Requirement) -> str | None:
    try:
        return importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _device() -> Iterator[Finding]:
    import torch

    if torch.cuda.is_available():
        memory = torch.cuda.get_device_properties(0).total_memory / 2**30
        yield Finding("GPU", f"{torch.cuda.get_device_name(0)}, {memory:.0f} GiB: used by default")
    else:
        yield Finding("GPU", "none that torch can use; all runs on the CPU")
    yield Finding("torch's threads", f"{torch.get_num_threads()}")


def _data() -> Iterator[Finding]:
    from xaiwidgets import datasets

    sets = {"digits": datasets.digits, "Fashion-MNIST": datasets.fashion_mnist}
    for name, load in sets.items():
        try:
            yield Finding(name, f"{len(load('test').images)} test pictures")
        except DataError as error:
            yield Finding(name, "not there", str(error))


def _map() -> Finding:
    """Explain one digit: whether all works together, and how long it takes."""
    from xaiwidgets import datasets, zoo

    picture = datasets.digits("test").images[0]
    began = time.perf_counter()
    try:
        attribution = zoo.digits()(picture).explain(grid=4, budget=256)
    except Exception as error:  # whatever it is, it is said, and what was found before stands
        words = f"{type(error).__name__}: {error}"
        return Finding("a map of a digit", words, "write to us with what stands above", needed=True)
    seconds = time.perf_counter() - began
    total = float(attribution.cells.sum())
    return Finding("a map of a digit", f"{seconds:.2f} s; its cells sum to {total:.2f}")


def main() -> int:
    """Print what is found, and return 1 if something is missing that is needed."""
    failed = False
    for finding in diagnose():
        sys.stdout.write(f"{finding}\n")
        sys.stdout.flush()  # the last one takes a while
        failed = failed or bool(finding.advice and finding.needed)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
