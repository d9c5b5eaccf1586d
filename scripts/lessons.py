"""The notebooks as pages of the documentation: executed once and kept, their widgets living.

What a notebook shows is kept under all that it follows from: its code, the package, and whether it
was quick. A second build executes nothing, and an edit of a text does not either.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import resource
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
KEPT = ROOT / "build/lessons"
PATIENCE = 1800  # seconds a cell may take: a release runs the lessons in full

VIEW = "application/vnd.jupyter.widget-view+json"
IMAGE = "```{{image}} /{}\n:class: output\n:alt: what the cell shows\n```"
QUICK = """:::{note}
What this lesson shows was computed with small budgets; the numbers in its text are of a full run.
:::"""
"""What a lesson that was run quickly says below its head."""

EXTRA = "extra"  # what Sphinx copies as it is
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}

EXPORT = """
import json, pathlib, time
from ipywidgets.widgets.widget import _instances

def parts(widget):  # of a box, each widget has a page of its own
    if hasattr(widget, "to_html"):
        return [widget]
    return [part for child in widget.children for part in parts(child)]

folder, shown = pathlib.Path({folder!r}), []
for number, name in enumerate({names}, 1):
    shown.append([])
    for part, widget in enumerate(parts(_instances[name]), 1):
        for _ in range(1200):
            if widget.status["state"] != "running":
                break
            time.sleep(0.1)
        page = f"{{number}}.html" if part == 1 else f"{{number}}-{{part}}.html"
        widget.to_html(folder / page)
        shown[-1].append([page, type(widget).__name__])
(folder / "frames.json").write_text(json.dumps(shown))
time.sleep(1.5)  # a widget draws the picture that its cell keeps when it has rested for a second
"""
"""What a kernel does when a lesson has run: it writes a page a widget that is shown, and a list."""

FRAME = """<script>
  if (parent !== window) document.body.style.margin = "0";
  const tell = () => parent.postMessage({ xaiHeight: document.body.scrollHeight + 2 }, "*");
  addEventListener("message", ({ data }) => {
    if (data.xaiScheme) document.documentElement.style.colorScheme = data.xaiScheme;
  });
  new ResizeObserver(tell).observe(document.body);
</script>
</body>"""
"""What a widget's page says to the page around it, which may not look inside, and hears from it."""


def package_hash() -> str:
    """Hash all files of the package: another package may give other outputs."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "xaiwidgets").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def executed(path: Path, *, quick: bool) -> Path:
    """Execute a notebook unless that is known; return the folder of its outputs and frames."""
    code = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    made_of = json.dumps([code, quick, EXPORT, package_hash()])
    folder = KEPT / f"{path.stem}-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}"
    if not (folder / "outputs.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for old in KEPT.glob(f"{path.stem}-*/outputs.json"):
            if json.loads(old.read_text())["quick"] == quick:
                old.unlink()
        outputs = execute(path, folder, quick=quick)
        (folder / "outputs.json").write_text(json.dumps(outputs))
    return folder


def execute(path: Path, folder: Path, *, quick: bool) -> dict[str, Any]:
    """Run all cells of a notebook, and write its widgets as pages into `folder`."""
    notebook = nbformat.read(path, 4)
    client = NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": NOTEBOOKS}})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with client.setup_kernel(env={**os.environ, "XAI_QUICK": str(int(quick))}):
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
        cells = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
        outputs = [output for outputs in cells for output in outputs]
        views = [view for output in outputs if (view := output.get("data", {}).get(VIEW))]
        names = [view["model_id"] for view in views]
        export = EXPORT.format(folder=str(folder), names=names)
        notebook.cells.append(nbformat.v4.new_code_cell(export))
        client.execute_cell(notebook.cells[-1], len(notebook.cells) - 1)
        frames = json.loads((folder / "frames.json").read_text())
        for view, pages in zip(views, frames, strict=True):
            view["frames"] = pages
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # a kernel counts when it has ended
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"quick": quick, "seconds": seconds, "cells": cells}


def write(path: Path, content: str | bytes) -> None:
    """Write a file unless it says that already: Sphinx reads again what is newer."""
    content = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def write_lesson(path: Path, folder: Path | None, source: Path) -> str | None:
    """Write a notebook as a page of the site's source, and return its first picture.

    Without a folder of outputs it is written as it is committed.
    """
    kept = json.loads((folder / "outputs.json").read_text()) if folder else {"cells": []}
    parts, outputs, pictures = ["---\nhide-toc: true\n---"], iter(kept["cells"]), []
    for number, cell in enumerate(nbformat.read(path, 4).cells):
        if number == 1 and kept.get("quick"):
            parts.append(QUICK)  # below the head
        if cell.cell_type == "markdown":
            parts.append(re.sub(r"\(([\w-]+)\.ipynb(#[\w-]+)?\)", r"(\1.md\2)", cell.source))
            continue
        language = "text" if cell.source.startswith("%%") else "python"
        parts.append(f"```{language}\n{cell.source}\n```")
        for output in joined(next(outputs, [])):
            data = output.get("data", {})
            if VIEW in data and folder:
                for name, title in data[VIEW]["frames"]:
                    address = f"{path.stem}/{name}"
                    page = (folder / name).read_text(encoding="utf-8")
                    write(source / EXTRA / "lessons" / address, page.replace("</body>", FRAME))
                    parts.append(living(address, title))
            elif kind := next((kind for kind in PICTURES if kind in data), None):
                name = hashlib.sha256(data[kind].encode()).hexdigest()[:12]
                pictures.append(f"lessons/{path.stem}/{name}.{PICTURES[kind]}")
                write(source / pictures[-1], base64.b64decode(data[kind]))
                if "text/html" not in data:  # which has the name of the widget that it stands for
                    parts.append(IMAGE.format(pictures[-1]))
            else:
                text = escape(output.get("text") or data.get("text/plain", ""))
                parts.append(raw(data.get("text/html", f"<pre>{text}</pre>"), "output"))
    write(source / f"lessons/{path.stem}.md", "\n\n".join(parts) + "\n")
    return next(iter(pictures), None)


def joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join what a cell has printed piece by piece."""
    streams = [output for output in outputs if output["output_type"] == "stream"]
    text = "".join(output["text"] for output in streams)
    others = [output for output in outputs if output["output_type"] != "stream"]
    return [{"text": text}, *others] if text else others


def raw(html: str, kind: str) -> str:
    """Return the Markdown of what is HTML."""
    return f"````{{raw}} html\n<div class='{kind}'>{html}</div>\n````"


def living(address: str, title: str) -> str:
    """Return the Markdown of a living widget: its own page in a frame, and a way to it alone."""
    return raw(
        f'<iframe src="{address}" title="{escape(title)}" loading="lazy"></iframe>\n'
        f'<a href="{address}" target="_blank">This widget alone, as wide as the window</a>',
        "living",
    )
