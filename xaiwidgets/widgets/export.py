"""A widget as one page that opens offline, without a kernel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xaiwidgets.widgets.serialize import json_text

STATIC = Path(__file__).parent.parent / "static"


def bundle(name: str) -> str:
    """Return a built page or sheet.

    As text: anywidget would watch a path for changes, and the watcher keep the widget for ever.
    """
    return (STATIC / name).read_text(encoding="utf-8")


# What the page of a notebook decides, or the frame of the widget.
_NOT_OURS = ("layout", "tabbable", "tooltip")


def page(title: str, state: Mapping[str, Any], script: str, sheet: str) -> str:
    """Return a page that runs a widget's module on its state; see `js/src/ui/standalone.js`."""
    # Names with an underscore are ipywidgets' and anywidget's: models, views, module and styles.
    ours = {k: v for k, v in state.items() if not k.startswith("_") and k not in _NOT_OURS}
    return _PAGE.format(
        title=title,
        css=sheet,
        state=json_text(ours),
        widget=json_text(script),
        boot=bundle("standalone.js"),
    )


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>body {{ margin: 1rem; font: 14px system-ui, sans-serif; }}</style>
<style>{css}</style>
</head>
<body>
<div id="xai-root"></div>
<script type="application/json" id="xai-state">{state}</script>
<script type="application/json" id="xai-widget">{widget}</script>
<script type="module">{boot}</script>
</body>
</html>
"""
