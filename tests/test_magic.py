from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from tests import models
from xaiwidgets import Attribution, Classifier, Comparison, Window, query
from xaiwidgets.algebra import Plan, suggestions
from xaiwidgets.errors import InputError, QueryError
from xaiwidgets.magic import nameable

CLASSES = ["cat", "tiger cat", "dog", "bird"]
X = torch.rand(3, 12, 12, generator=torch.Generator().manual_seed(0))
NAMES = {
    "f": Classifier(models.small(seed=111), classes=CLASSES), "x": X, "y": 1 - X,
    "w": Window(1, 2, 6, 7), "number": 3, "_hidden": X,
}  # fmt: skip


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "xaiwidgets")
    shell.push(NAMES)
    yield shell
    shell.run_line_magic("unload_ext", "xaiwidgets")
    InteractiveShell.clear_instance()


def test_a_cell_is_a_query(shell: InteractiveShell) -> None:
    text = 'select * from f(x) where w for class "tiger cat"'
    found = shell.run_cell_magic("xai", "budget=512 seed=1 grid=3 into=kept", text + "\n")
    assert isinstance(found, Attribution)
    expected = query(text, **NAMES).explain(budget=512, seed=1, grid=3)
    assert (found.cells == expected.cells).all()
    assert shell.user_ns["kept"] is found
    assert found._repr_png_()[:4] == b"\x89PNG"


def test_arguments_may_be_names_of_the_notebook(shell: InteractiveShell) -> None:
    other = shell.run_cell_magic("xai", "grid=3 budget=512 baseline=y", "select * from f(x)")
    assert (other.cells == NAMES["f"](X).explain(grid=3, budget=512, baseline=1 - X).cells).all()
    text = "select * from f(x)\nleft join (select * from f(y))"
    comparison = shell.run_cell_magic("xai", "grid=3 output=probability", text)
    assert isinstance(comparison, Comparison)


def test_sets_and_functions_of_the_notebook_are_named(shell: InteractiveShell) -> None:
    shell.run_cell("def mirror(picture): return picture.flip(-1)")
    shell.push({"both": [X, 1 - X], "words": ["a"], "nothing": []})
    known = nameable(shell.user_ns)
    assert {"both", "mirror"} <= known.keys()
    assert not {"words", "nothing", "In", "get_ipython", "open"} & known.keys()
    joined = shell.run_cell_magic("xai", "grid=2 budget=16", "select * from f(both)")
    model = NAMES["f"]
    assert np.allclose(
        joined.cells, model(X).join(model(1 - X, "y")).explain(grid=2, budget=16).cells
    )
    flipped = shell.run_cell_magic("xai", "grid=2 budget=16", "select * from f(mirror(x))")
    assert (flipped.cells == model(X.flip(-1)).explain(grid=2, budget=16).cells).all()
    for name in ("both", "words", "nothing", "mirror"):
        del shell.user_ns[name]


def test_the_plan_is_shown_before_it_is_paid(shell: InteractiveShell) -> None:
    plan = shell.run_cell_magic("xai", "plan budget=300 grid=5 seed=9", "select * from f(y)")
    assert isinstance(plan, Plan)
    assert "evaluations" in repr(plan)


@pytest.mark.parametrize(
    ("line", "cell", "kind", "words"),
    [
        ("", "select * from f(z)", QueryError, "the name z is not bound; known names: f, "),
        ("budget=few", "select * from f(x)", InputError, "budget is 'few'"),
        ("speed=3", "select * from f(x)", InputError, "does not know 'speed=3'"),
        ("into=3x", "select * from f(x)", InputError, "does not know 'into=3x'"),
        ("'", "select * from f(x)", InputError, "No closing quotation"),
    ],
)
def test_errors_are_told_without_a_traceback(
    shell: InteractiveShell, line: str, cell: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        shell.run_cell_magic("xai", line, cell)
    told = caught.value._render_traceback_()  # type: ignore[attr-defined]
    assert told[0].startswith(kind.__name__)
    assert not any("Traceback" in part or "File" in part for part in told)


def completed(shell: InteractiveShell, cell: str) -> list[str]:
    with provisionalcompleter():
        return [c.text for c in shell.Completer.completions(cell, len(cell))]


def test_names_are_completed_in_the_cell_and_only_there(shell: InteractiveShell) -> None:
    assert completed(shell, "%%xai\nselect * from ") == ["f"]
    assert completed(shell, "%%xai budget=3\nselect * fr") == ["from"]
    assert {"x", "y", "erase"} <= set(completed(shell, "%%xai\nselect *\nfrom f("))
    assert "f" not in completed(shell, "select * from ")


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("", 0, ["select"]),
        ("select ", 7, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "*"]),
        ("select * from ", 14, ["f"]),
        ("select * from f(x) ", 19, ["for", "join", "left join", "using", "where"]),
        ("select * from f(x) using occ", 25, ["occlusion"]),
        ("select * from f(x) where ", 25, ["w"]),
        ("select * from f(x) for class ca", 29, ["cat", '"tiger cat"']),
        ('select * from f(x) for class "ti', 29, ['"tiger cat"']),
        ("select * from f(er", 16, ["erase"]),
        ("select * from f(erase(x, me", 25, ["mean"]),
        ("select * from f(x) join (sel", 25, ["select"]),
        ("select * from f(x) join (select * from f(y)) we", 45, ["weight"]),
        ("nonsense here ", 14, []),
        ("select * from f(x) where [1:", 28, []),
    ],
)
def test_what_may_come_next_is_suggested(text: str, start: int, expected: list[str]) -> None:
    at, found = suggestions(text, {k: v for k, v in NAMES.items() if k != "_hidden"})
    assert at == start
    assert sorted(s.text for s in found) == sorted(expected)
