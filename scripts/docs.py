"""Build the documentation: docs/, the lessons with what they show, and all names, as one site.

``make docs`` calls it, ``make docs QUICK=0`` for a release. Whatever is not as it should be (a link
to nothing, a lesson without a place in the gallery, a heading that is skipped) ends it.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from sphinx.cmd.build import main as sphinx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import xaiwidgets  # noqa: E402
from scripts.lessons import EXTRA, NOTEBOOKS, executed, living, write, write_lesson  # noqa: E402

PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
MODULES = [
    "xaiwidgets",
    *sorted(f"xaiwidgets.{name}" for name in (*xaiwidgets._MODULES, "methods")),
]
HEAD = re.compile(r"\*Runs for ([^*]+)\.\*\s+(You\s+learn\s+.+?\.)(?:\n\n|$)", re.DOTALL)
"""How the head of a lesson says how long it runs, and what one learns."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site, and return 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="lessons as readers run them")
    parser.add_argument("--lessons", nargs="*", help="run only these, show others as they are")
    parser.add_argument("--target", type=Path, default=ROOT / "build/site")
    chosen = parser.parse_args(arguments)
    source, trees = (
        chosen.target.with_name(f"{chosen.target.name}-{of}") for of in ("source", "trees")
    )
    stage(source)
    write_lessons(source, chosen.lessons, quick=not chosen.full)
    write_reference(source / "reference")
    # Of what Sphinx has read, in `trees`, only what is new is read again.
    options = ["-W", "--keep-going", "-q", "-b", "html", "-d", str(trees)]
    return sphinx([*options, str(source), str(chosen.target)])


def stage(source: Path) -> None:
    """Copy the pages, with links to other parts of the repository turned into links of the site."""
    for path in [*(ROOT / "docs").rglob("*"), *map(ROOT.joinpath, PAGES)]:
        target = source / path.relative_to(ROOT / "docs" if path.parent != ROOT else ROOT)
        if path.suffix == ".md":
            write(target, of_the_site(path.read_text(encoding="utf-8")))
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def of_the_site(text: str) -> str:
    """Turn links as they are in the repository into those of the site."""
    text = re.sub(r"\]\((?:\.\./)*notebooks/([\w-]+)\.ipynb", r"](/lessons/\1.md", text)
    text = re.sub(r"\]\((?:\.\./)+([A-Z]+\.md)", r"](/\1", text)
    return re.sub(r"\]\(docs/", r"](/", text)


# --- the lessons -------------------------------------------------------------------------------


def write_lessons(source: Path, chosen: Sequence[str] | None, *, quick: bool) -> None:
    """Write each lesson, and the gallery where they are found, in its order."""
    gallery = (ROOT / "docs/gallery.md").read_text(encoding="utf-8")
    names = re.findall(r"<!-- lesson ([\w-]+) -->", gallery)
    if missing := {path.stem for path in NOTEBOOKS.glob("*.ipynb")} - {*names}:
        raise SystemExit(f"docs/gallery.md does not name {sorted(missing)}")
    for name in names:
        path = NOTEBOOKS / f"{name}.ipynb"
        is_run = chosen is None or name in chosen
        folder = executed(path, quick=quick) if is_run else None
        picture = write_lesson(path, folder, source)
        gallery = gallery.replace(f"<!-- lesson {name} -->", card(path, picture))
    index = (source / "index.md").read_text(encoding="utf-8")
    page = next((source / EXTRA / "lessons/explore").glob("1.html"), None)
    frame = living("lessons/explore/1.html", "An Explorer") if page else ""
    write(source / "index.md", index.replace("<!-- living explore -->", frame))
    toc = "\n".join(f"lessons/{name}" for name in names)
    write(source / "gallery.md", f"{gallery}\n```{{toctree}}\n:hidden:\n\n{toc}\n```\n")


def card(path: Path, picture: str | None) -> str:
    """Return a lesson's entry of the gallery: a picture, what one learns, how long it runs."""
    head: str = nbformat.read(path, 4).cells[0].source
    title = head.splitlines()[0].removeprefix("# ")
    match = HEAD.search(head)
    if match is None:
        raise SystemExit(
            f"{path.name} does not say at its head how long it runs, and what one learns"
        )
    lines = [f"**[{title}](lessons/{path.stem}.md)**", match[2], f"*Runs for {match[1]}.*"]
    if picture:
        lines.insert(0, f"![](/{picture})")
    return ":::{container} lesson\n" + "\n\n".join(lines) + "\n:::"


# --- the names ---------------------------------------------------------------------------------


def public_names(module: str) -> list[str]:
    """Return the public names of a module, modules left out."""
    home = importlib.import_module(module)
    own = [name for name, value in vars(home).items() if getattr(value, "__module__", "") == module]
    names = getattr(home, "__all__", [name for name in own if not name.startswith("_")])
    return [name for name in names if not inspect.ismodule(getattr(home, name))]


def write_reference(folder: Path) -> None:
    """Write a page a module: what it is for, and each of its names."""
    homes: dict[int, str] = {}
    for module in MODULES:
        write(folder / f"{module}.rst", "\n".join(reference_page(module, homes)) + "\n")
    write(
        folder.parent / "names.json", json.dumps({f.rpartition(".")[2]: f for f in homes.values()})
    )
    toc = "\n".join(MODULES)
    index = (ROOT / "docs/reference/index.md").read_text(encoding="utf-8")
    write(folder / "index.md", index + f"\n```{{toctree}}\n:maxdepth: 1\n\n{toc}\n```\n")


def reference_page(module: str, homes: dict[int, str]) -> Iterator[str]:
    """Yield the lines of a module's page; a name with a home before it has a link to that."""
    home = importlib.import_module(module)
    yield from (module, "=" * len(module), "", f".. automodule:: {module}", "   :no-members:", "")
    for name in public_names(module):
        value, full = getattr(home, name), f"{module}.{name}"
        yield from ("", name, "-" * len(name), "")
        first = homes.setdefault(id(value), full) if is_documented(value) else full
        if first != full:
            yield from (f".. py:data:: {name}", "", f"   The same as :py:obj:`{first}`.", "")
        elif inspect.isclass(value):
            yield from (f".. autoclass:: {full}", "   :members:", "")
        elif is_documented(value):
            yield from (f".. autofunction:: {full}", "")
        else:
            text = textwrap.shorten(repr(value), 300).replace("`", "'")
            yield from (f".. py:data:: {name}", "", f"   ``{text}``", "")


def is_documented(value: Any) -> bool:
    """Whether a value has words of its own: constants and types of arrays have not."""
    return inspect.isclass(value) or inspect.isroutine(value)


if __name__ == "__main__":
    sys.exit(main())
