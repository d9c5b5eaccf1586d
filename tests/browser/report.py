"""What has gone wrong in a notebook, and what only looks as if it had."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

# What a bare JupyterLab writes to the console, which says nothing about a widget.
NOISE = re.compile(r"favicon|preloaded using link preload|\[Violation\]")
# Lab's manager, to a kernel without widgets: once for each widget that the page remembers.
GREETINGS = re.compile(r"(?:No such comm: [0-9a-f-]+\s*)+")
LOGGED_ERROR = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Interrupt)\b.*$", re.MULTILINE)

# asyncio's, where a request to the server's own kernel manager ends while it is given up.
GIVEN_UP = re.compile(
    r"^Exception in callback _chain_future(?:(?!xaiwidgets)[\s\S])*?^AssertionError$", re.MULTILINE
)


@dataclass(frozen=True)
class Report:
    """What has happened since the notebook was opened.

    Attributes
    ----------
    cells, executed
        How many code cells there are, and how many of them have run.
    output
        What the kernel wrote to standard output and standard error, in cells and in callbacks.
    outside_requests
        Addresses outside of the Jupyter server that the page asked for (and did not get).
    problems
        Every failure, one line or traceback each; empty when all is well.
    """

    cells: int
    executed: int
    output: tuple[str, ...]
    outside_requests: tuple[str, ...]
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.executed} of {self.cells} cells run", *self.problems])


def logged_errors(log: str) -> list[str]:
    """Return the lines of a server's log that name an error."""
    return LOGGED_ERROR.findall(GIVEN_UP.sub("", log))


def is_trouble(output: dict[str, Any]) -> bool:
    """Tell whether a callback's output is an error, or a complaint but for the greeting's."""
    greeting = GREETINGS.fullmatch(output["text"].strip())
    return output["kind"] == "error" or (output["kind"] == "stderr" and not greeting)


def is_failure(output: dict[str, Any]) -> bool:
    """Tell whether a cell's output is an error, or the traceback of some other thread."""
    traceback = output["kind"] == "stderr" and "Traceback" in output["text"]
    return output["kind"] == "error" or traceback
