"""`docs/networks.md`: which network can be asked what, as the tests have last seen it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.networks.architectures import ARCHITECTURES
from tests.networks.capabilities import CAPABILITIES

PATH = Path(__file__).parents[2] / "docs/networks.md"
MARKS = {"right": "✓", "refused": "–", "open": "?"}
Cell = tuple[str, str]
"""A network and a capability."""

TEXT = """\
# Any network

Written by `make networks`, which asks {networks} networks, small ones of the architectures that
people use with random weights, for all that there is. ✓ is right: held against brute force on the
network itself, or another library. – is refused, in words that say what stands in the way{open}.
After each of them the network is byte for byte as it was found.

{rows}

## What is refused

{refusals}
"""


@cache
def read() -> dict[Cell, str]:
    """Return the cells of the table as it is committed."""
    if not PATH.exists():
        return {}
    words = {mark: word for word, mark in MARKS.items()}
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PATH.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    return {
        (name, check): words[mark]
        for name, *marks in rows[2:]
        for check, mark in zip(rows[0][1:], marks, strict=True)
        if mark in words
    }


def write(cells: Mapping[Cell, str], refusals: Mapping[Cell, str]) -> None:
    """Write the table anew: of what was not asked, what is there."""
    cells, former = {**read(), **cells}, examples()
    rows = [["network", *CAPABILITIES], ["---", *[":-:"] * len(CAPABILITIES)]]
    for name in ARCHITECTURES:
        marks = [MARKS[cells.get((name, check), "open")] for check in CAPABILITIES]
        rows.append([name, *marks])
    lines = []
    for check in CAPABILITIES:
        refused = [name for name in ARCHITECTURES if cells.get((name, check)) == "refused"]
        texts = [(name, refusals[name, check]) for name in refused if (name, check) in refusals]
        if refused:
            name, text = (texts or [former[check]])[0]
            short = text if len(text) < 300 else f"{text[:300]} ..."
            lines.append(f"- **{check}**: {len(refused)}, as {name}: {short}")
    is_open = any(MARKS["open"] in row for row in rows)
    text = TEXT.format(
        networks=len(ARCHITECTURES),
        open=", and ? is open: a fault, or not asked yet" if is_open else "",
        rows="\n".join(f"| {' | '.join(row)} |" for row in rows),
        refusals="\n".join(lines),
    )
    PATH.write_text(text, encoding="utf-8")


def examples() -> dict[str, Cell]:
    """Return by capability a network that is refused, and in which words, as it is committed."""
    text = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
    found = re.findall(r"^- \*\*(\w+)\*\*: \d+, as (.+?): (.+)$", text, re.MULTILINE)
    return {check: (name, words) for check, name, words in found}
