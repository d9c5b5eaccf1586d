"""The Python that an Explorer copies is run."""

from __future__ import annotations

from typing import Any

import numpy as np
from IPython.core.interactiveshell import InteractiveShell

from tests import models
from tests.widgets.hands import R, X, Y, explorer, model
from xaiwidgets import Explorer, Window


def test_the_copied_python_gives_the_same_numbers() -> None:
    net = model()
    widget = explorer(net, {"one": X, "two": Y}, {"ref": R}, window=(2, 2, 8, 8), baseline="ref")
    widget.index = 1
    widget.window = (1, 1, 9, 9)
    for edit in (
        ("paste", "ref", Window(0, 0, 4, 4)),
        ("erase", Window(5, 5, 3, 3)),
        ("shift", 1, -2),
        ("rotate", 30),
        ("noise", 0.1, 2),
        ("brighten", -0.2),
    ):
        widget.edit(*edit)
    widget.run().wait(20)
    names: dict[str, Any] = {
        "model": net,
        "pictures": {"one": X, "two": Y},
        "references": {"ref": R},
    }
    assert np.allclose(run_copied(widget, names).cells, widget.result.cells, atol=1e-5)  # type: ignore[union-attr]


def test_the_copied_python_calls_things_as_the_notebook_does() -> None:
    shell = InteractiveShell.instance()
    net, mine, held, other = models.small(), {"one": X, "two": Y}, {"ref": R}, models.small()
    try:
        shell.user_ns.update(fm=net, images=mine, _2=held)
        widget = explorer(net, mine, held, rival=other, window=(2, 2, 8, 8), grid=2)
        widget.edit("paste", "ref", Window(0, 0, 4, 4))
        assert widget.code.startswith("# assumed: references as Explorer(...) was given\n")
        shell.user_ns.update(held=held, more=widget)
        widget.index = 1
        widget.edit("paste", "ref", Window(0, 0, 4, 4))
        assert "assumed" not in widget.code
        names: dict[str, Any] = {"fm": net, "images": mine, "held": held, "more": widget}
        widget.run().wait(20)
        assert widget.result is not None
        assert np.allclose(run_copied(widget, names).cells, widget.result.cells, atol=1e-5)
        assert names["images"] is mine
        added = widget.add_picture("late", R)
        widget.compare("join", "g")
        assert widget.code.startswith("# assumed: rival as Explorer(...) was given\n")
        assert f"more.input({added!r})" in widget.code
        widget.run().wait(20)
        found = run_copied(widget, {**names, "rival": other})
        assert np.allclose(found.cells, widget.result.cells, atol=1e-5)
    finally:
        InteractiveShell.clear_instance()


def run_copied(widget: Explorer, names: dict[str, Any]) -> Any:
    *lines, last = widget.code.splitlines()
    exec("\n".join([*lines, f"found = {last}"]), names)
    return names["found"]
