"""What front ends that cannot be opened here ask of a widget: VS Code's and Colab's written rules.

VS Code shows an output in a webview, Colab in a frame of another origin, a saved page in whatever
frame people put it. None of them has a loader of modules, a folder beside the page or the page of
the notebook around it, and some have no network: a widget is one module and one sheet, which cross
as its state does, and whose element is all that they touch.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import anywidget._util
import pytest
from ipywidgets.embed import dependency_state, embed_data

from tests.widgets.hands import explorer
from xaiwidgets import widgets

STATIC = Path(widgets.__file__).parents[1] / "static"
PAGES = sorted(set(widgets._HOMES.values()))
FORBIDDEN = {
    "another module": r"(?<![\w$.])import(?:\s*[\"'{*(]|\s+[\w$])|\bexport\s*[*{][^}]*\}?\s*from\b",
    "a loader of modules": r"(?<![\w$.])(?:require|define|importScripts)\(|\brequirejs\b",
    "the network": r"(?<![\w$.])fetch\(|\b(?:XMLHttpRequest|WebSocket|EventSource|sendBeacon)\b",
    "a worker, which is a file": r"\bnew (?:Shared)?Worker\b",
    "code as text": r"(?<![\w$.])eval\(|\bnew Function\b",
    "a front end of one kind": r"\bjupyterapp\b|\bIPython\b|google\.colab|acquireVsCodeApi",
    "the page around": r"\b(?:window|self)\.(?:parent|top)\b|\bdocument\.(?:cookie|write|domain)\b"
    r"|\bdocument\.(?:querySelector|getElement)",
}
NAMESPACE = "http://www.w3.org/2000/svg"


def code_of(page: str) -> str:
    """Return a built page without its comments, which are the licences of what is in it."""
    text = (STATIC / f"{page}.js").read_text(encoding="utf-8")
    return re.sub(r"^/\*[\s\S]*?\*/$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_one_module_that_asks_for_nothing(page: str) -> None:
    code = code_of(page)
    met = {what: m[0] for what, rule in FORBIDDEN.items() if (m := re.search(rule, code))}
    assert not met
    assert {*re.findall(r"(?:https?|wss?|file)://[^\"'`\s)]+", code)} <= {NAMESPACE}
    assert re.findall(r"\bexport\s*\{([^}]*)\}", code)[-1].endswith(" as default")
    assert len(re.findall(r"\bexport\b\s*[{*d]", code)) == 1


@pytest.mark.parametrize(("what", "code"), [
    ("another module", 'import{a}from"https://a.b/c.js";'), ("another module", "await import(x)"),
    ("another module", 'import a from"./a.js"'), ("another module", 'export*from"./a.js"'),
    ("a loader of modules", 'require(["a"])'), ("the network", 'x=fetch("a")'),
    ("code as text", "new Function(a)"), ("the page around", 'document.querySelector("a")'),
    ("a front end of one kind", "window.jupyterapp"),
    ("a worker, which is a file", "new Worker(a)"),
])  # fmt: skip
def test_the_rules_see_what_breaks_them(what: str, code: str) -> None:
    assert re.search(FORBIDDEN[what], code)


def test_the_sheet_asks_for_nothing() -> None:
    sheet = (STATIC / "xai.css").read_text(encoding="utf-8")
    assert not re.findall(r"@import|@font-face|url\((?![\"']?data:)", sheet)


@pytest.mark.parametrize("name", widgets.__all__)
def test_page_and_sheet_cross_as_text(name: str) -> None:
    kind = getattr(widgets, name)
    assert kind._esm == (STATIC / f"{widgets._HOMES[name]}.js").read_text(encoding="utf-8")
    assert kind._css == (STATIC / "xai.css").read_text(encoding="utf-8")


def test_all_that_a_page_shows_is_in_its_state() -> None:
    """What VS Code and Colab keep in a notebook is each model's state, as ipywidgets writes it."""
    widget = explorer()
    widget.run().wait(30)
    state = dependency_state([widget], drop_defaults=False)
    models = embed_data(views=[widget], state=state)["manager_state"]["state"]
    kept = models[widget.model_id]
    assert (kept["model_name"], kept["model_module"]) == ("AnyModel", "anywidget")
    assert kept["state"]["_esm"] == widget._esm and kept["state"]["_css"] == widget._css
    assert kept["state"]["status"]["state"] == "done"
    assert kept["state"]["prediction"] and kept["state"]["query"] == widget.query
    # arrays lie beside the JSON, each with its place in it
    names = {buffer["path"][0] for buffer in kept["buffers"]}
    assert {"attribution", "picture"} <= names
    # and nothing of it is another widget, which would have to be found first
    assert len(models) == 2, "the widget and its layout"


@pytest.fixture
def colab(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let Python look like Colab's; what is asked of it is noted."""
    calls: list[str] = []
    output: Any = ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: calls.append("enabled")
    output._widgets = SimpleNamespace(_installed_url="the manager's address")
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    once: Any = anywidget._util.enable_custom_widget_manager_once
    once.cache_clear()
    yield calls
    once.cache_clear()


def test_in_colab_widgets_of_others_are_allowed_and_their_manager_is_named(
    colab: list[str],
) -> None:
    data, metadata = explorer()._repr_mimebundle_()
    assert colab == ["enabled"], "nobody has to call it by hand"
    kind = "application/vnd.jupyter.widget-view+json"
    assert data[kind]["model_id"]
    assert metadata[kind]["colab"]["custom_widget_manager"]["url"] == "the manager's address"
