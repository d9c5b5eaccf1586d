"""``python -m xaiwidgets.doctor``: what is there, and what to do about what is not.

Exits with 1 if something is missing that the package needs, else with 0.
"""

from __future__ import annotations

import importlib.metadata
import platform
import site
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import xaiwidgets
from xaiwidgets.errors import DataError

EXTRAS = {
    "demo": "the notebooks in JupyterLab, photographs, and EfficientNet",
    "faces": "drawn faces, which have hair and eyes of any colour",
    "cluster": "Dask, for work on several machines",
    "hosts": "marimo, Notebook 7 and Voila",
}
"""What each extra of the package is for; those of developers are left out."""

LABEXTENSION = "share/jupyter/labextensions/anywidget"


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
        lines = [f"{mark} {self.name:22} {self.state}"]
        lines += textwrap.wrap(self.advice, 72, break_long_words=False, break_on_hyphens=False)
        return f"\n{'':28}".join(lines)


def diagnose(*names: str) -> Iterator[Finding]:
    """Yield what is found, one thing after the other.

    Parameters
    ----------
    *names : str
        Which of `LOOKS`; all, where none is named.

    Examples
    --------
    >>> next(diagnose("packages")).name
    'anywidget'
    """
    for name in names or LOOKS:
        try:
            yield from LOOKS[name]()
        except Exception as error:  # whatever it is, it is said, and the other looks go on
            words = f"{type(error).__name__}: {error}"
            yield Finding(name, words, "write to us with all that stands here", needed=True)


def _installation() -> Iterator[Finding]:
    """Look at the package itself, and at the Python that runs it."""
    try:
        about = importlib.metadata.metadata("xaiwidgets")
    except importlib.metadata.PackageNotFoundError:
        state = f"{xaiwidgets.__version__}, not installed: {Path(__file__).parent}"
        yield Finding("xaiwidgets", state, "pip install -e . in the checkout", needed=True)
        return
    yield Finding("xaiwidgets", f"{about['Version']} in {Path(__file__).parent}")
    version, wanted = platform.python_version(), about["Requires-Python"]
    state = f"{version} on {platform.system()}"
    if SpecifierSet(wanted).contains(version, prereleases=True):
        yield Finding("Python", state)
    else:
        yield Finding("Python", state, f"install a Python that is {wanted}", needed=True)


def _packages() -> Iterator[Finding]:
    """Look for what the package requires, and for what its extras do."""
    try:
        texts = importlib.metadata.requires("xaiwidgets") or ()
    except importlib.metadata.PackageNotFoundError:
        return  # as the installation has said
    requirements = [Requirement(text) for text in texts]
    for requirement in requirements:
        if requirement.marker is None:
            yield _package(requirement)
    for extra, purpose in EXTRAS.items():
        those = [r for r in requirements if r.marker and r.marker.evaluate({"extra": extra})]
        # A marker may be of a Python or a system, too: that is required without the extra as well.
        those = [r for r in those if r.marker and not r.marker.evaluate({"extra": ""})]
        missing = [r.name for r in those if _installed(r) is None]
        advice = f"pip install 'xaiwidgets[{extra}]'; missing: {', '.join(missing)}"
        yield Finding(f"extra {extra}", purpose, advice if missing else "")


def _package(requirement: Requirement) -> Finding:
    version = _installed(requirement)
    # A nightly build is newer than what is asked for, and a specifier refuses it unless told.
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
        reason = "this torch is built without CUDA" if torch.version.cuda is None else "none"
        yield Finding("GPU", f"{reason}; all runs on the CPU")
    yield Finding("torch's threads", f"{torch.get_num_threads()}")


def _pages() -> Iterator[Finding]:
    """Look for the built pages of the widgets, and for what loads them in JupyterLab."""
    from xaiwidgets import widgets
    from xaiwidgets.widgets import export

    pages = [f"{home}.js" for home in sorted(set(widgets._HOMES.values()))]
    built = ["standalone.js", "xai.css", *pages]
    missing = [name for name in built if not (export.STATIC / name).is_file()]
    if missing:
        advice = "pip install --force-reinstall --no-deps xaiwidgets; in a checkout: make js"
        yield Finding("pages", f"{', '.join(missing)} missing", advice, needed=True)
    else:
        yield Finding("pages", f"{len(pages)} widgets, built")
    # Where pip puts it: beside this Python, for one user, or for the whole system.
    folders = [Path(base) / LABEXTENSION for base in (sys.prefix, site.getuserbase(), "/usr/local")]
    folder = next(filter(Path.is_dir, folders), None)
    if folder:
        yield Finding("anywidget for Jupyter", str(folder))
    else:
        advice = f"pip install anywidget in the Python that runs JupyterLab; not in {folders[0]}"
        yield Finding("anywidget for Jupyter", "not there", advice)


def _data() -> Iterator[Finding]:
    """Look for data sets; none is needed, and what lessons do without is said by them."""
    from xaiwidgets import datasets

    loads: dict[str, Callable[[], object]] = {
        "digits": lambda: _count(datasets.digits("test").images),
        "reviews": lambda: f"{len(datasets.reviews('test').sentences)} test sentences",
        "Fashion-MNIST": lambda: _count(datasets.fashion_mnist("test").images),
        "Kannada digits": lambda: f"drawn: {len(datasets.symbols('kannada', count=4).images)} of 4",
        "MNIST": lambda: _count(datasets.mnist("test").images),
        "CIFAR-10": lambda: _count(datasets.cifar10(split="test").images),
    }
    for name, load in loads.items():
        try:
            yield Finding(name, str(load()))
        except DataError as error:
            yield Finding(name, "not there", str(error))


def _count(images: Sized) -> str:
    return f"{len(images)} test pictures"


def _map() -> Iterator[Finding]:
    """Explain one digit and show it: whether all works together, and how long it takes."""
    from xaiwidgets import Explorer, datasets, zoo

    picture = datasets.digits("test").images[0]
    began = time.perf_counter()
    model = zoo.digits()
    attribution = model(picture).explain(grid=4, budget=256)
    seconds = time.perf_counter() - began
    total = float(attribution.cells.sum())
    yield Finding("a map of a digit", f"{seconds:.2f} s; its cells sum to {total:.2f}")
    widget = Explorer(model, picture, budget=64)
    kilobytes = len(widget.html()) / 1000
    widget.close()
    yield Finding("an Explorer", f"made; as a page of its own it has {kilobytes:.0f} kB")


LOOKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "xaiwidgets": _installation,
    "packages": _packages,
    "device": _device,
    "pages": _pages,
    "data": _data,
    "a map of a digit": _map,
}
"""What is looked at, in this order, by the name under which a look that fails is told."""


def main() -> int:
    """Print what is found, and return 1 if something is missing that is needed."""
    failed = []
    for finding in diagnose():
        sys.stdout.write(f"{finding}\n")
        sys.stdout.flush()  # the last ones take a while
        failed += [finding.name] * bool(finding.advice and finding.needed)
    summary = f"needed: {', '.join(failed)}" if failed else "all that is needed is there"
    sys.stdout.write(f"\n{summary}\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
