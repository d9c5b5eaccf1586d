"""The answers of an Explorer as one page that needs no kernel: maps, numbers, Python."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from typing import Literal

from xaiwidgets.algebra import Attribution, Comparison
from xaiwidgets.figures import png
from xaiwidgets.widgets.explorer._answer import Answer
from xaiwidgets.widgets.explorer._map_sizes import rank_agreement

Look = Literal["cells", "smooth"]


def report_page(title: str, sections: Iterable[str]) -> str:
    """Return sections as one page."""
    return _PAGE.format(title=escape(title), body="".join(sections))


def section(answer: Answer, title: str, query: str, code: str, look: Look) -> str:
    """Return what a report says of an answer; nothing, if it has no map."""
    result = answer.result
    if result is None:
        return ""
    return (
        f"<section><h2>{escape(title)}</h2>"
        f"{_figure(result, title, look)}<p><code>{escape(query)}</code></p>"
        f"{_second_map(answer, look)}"
        f"<details><summary>Python</summary><pre>{escape(code)}</pre></details></section>"
    )


def _figure(result: Attribution | Comparison, title: str, look: Look) -> str:
    maps = result.maps if isinstance(result, Comparison) else (result,)
    # Within the page, which is one file to send to somebody.
    picture = base64.b64encode(png(result.plot(look=look))).decode()
    facts = "".join(f"<li>{escape(_facts(map_))}</li>" for map_ in maps)
    return f'<img alt="{escape(title)}" src="data:image/png;base64,{picture}"><ul>{facts}</ul>'


def _second_map(answer: Answer, look: Look) -> str:
    """Return the map beside, with its name and how alike the two are, or why there is none."""
    method, first = answer.question.beside, answer.after.attribution
    if method is None or first is None:
        return ""
    name = f"<h3>Beside it: {escape(method.label)}</h3>"
    if answer.beside is None:
        return f"{name}<p>There is none: {escape(answer.beside_problem or 'stopped before')}</p>"
    agreement = rank_agreement(first, answer.beside)
    number = agreement.correlation
    words = (
        "not defined, as one of them is the same all over" if number is None else f"{number:.2f}"
    )
    return (
        f"{name}{_figure(answer.beside, method.label, look)}"
        f"<p>Rank correlation of the two maps over {agreement.parts} parts: {words}. "
        "Each has colours of its own.</p>"
    )


def _facts(map_: Attribution) -> str:
    kind = "exact" if map_.exact else "estimate"
    parts = [f"{map_.label}: {map_.output:.3g} ({map_.unit}), {kind}"]
    if map_.error is not None:
        parts.append(f"standard error of a part {map_.error:.2g}")
    if map_.residual is not None:
        parts.append(f"unexplained {map_.residual:.2g}")
    parts.append(f"{map_.evaluations:,} evaluations on {map_.device}")
    return ", ".join(parts)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 2rem auto; max-width: 48rem; padding: 0 1rem; }}
body {{ font: 15px/1.5 system-ui, sans-serif; }}
img {{ max-width: 100%; background: white; }}
section {{ margin-bottom: 3rem; }}
pre {{ overflow: auto; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
