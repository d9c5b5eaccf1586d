"""The rules of the house that no linter knows: names, the shape of objects, contracts of wings.

Each rule has a list of what still breaks it. A list may only shrink: what is new fails, and so does
an entry that is no longer needed, with the words that say what to delete.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "xaiwidgets"
Function = ast.FunctionDef | ast.AsyncFunctionDef

TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
"""The syntax of each module, by its path in the package."""


def compare(present: set[str], allowed: set[str], rule: str) -> None:
    """Hold that exactly what is allowed breaks a rule."""
    assert not present - allowed, f"{rule}: {sorted(present - allowed)}"
    assert not allowed - present, f"no longer needed, delete it: {sorted(allowed - present)}"


# --- names -------------------------------------------------------------------------------------

TWINS = {"digits", "fashion_mnist", "load_ipython_extension", "reviews"}
"""Data and the network trained on it have one name in `datasets` and `zoo`; IPython asks for its
own by name."""

DUPLICATES = {
    "ARGUMENTS",  # algebra/_source.py, magic.py
    "Doubles",  # algebra, methods, reliability, widgets: four modules
    "Flags",  # reliability/_arrays.py, widgets/detector/_result.py
    "Floats",  # algebra, methods: seven modules
    "Masks",  # algebra, methods: five modules
}
"""Names that several modules still define; they are being renamed."""


def defined_names(tree: ast.Module) -> Iterator[str]:
    """Yield the public functions, classes and constants of a module."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign) and not is_type_variable(node.value):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        else:
            names = []
        yield from (name for name in names if not name.startswith("_"))


def is_type_variable(value: ast.expr) -> bool:
    """Whether a value is a TypeVar: they have no meaning beyond their module."""
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in ("TypeVar", "ParamSpec")


def test_no_two_modules_define_one_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path, tree in TREES.items():
        for name in {*defined_names(tree)}:
            homes[name].append(path)
    twice = {name for name, paths in homes.items() if len(paths) > 1}
    compare(twice - TWINS, DUPLICATES, "a name has one meaning, but several modules define")


SHADOWED = {
    "xaiwidgets.zoo.digits",
}
"""Functions that hide the module of their name; modules of a wing become private."""


def test_no_public_name_hides_a_module() -> None:
    hidden = set()
    for path, tree in TREES.items():
        folder = (PACKAGE / path).parent
        if not path.endswith("__init__.py") or folder == PACKAGE:
            continue  # the package itself is lazy
        package = ".".join(folder.relative_to(ROOT).parts)
        modules = {each.stem for each in folder.glob("*.py")}
        modules |= {each.parent.name for each in folder.glob("*/__init__.py")}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module != package:
                names = {alias.asname or alias.name for alias in node.names}
                hidden |= {f"{package}.{name}" for name in names & modules}
    compare(hidden, SHADOWED, "a function hides the module of its name")


VAGUE = set(
    """found one own asked some few made drawn seen how kept given known told put called lost turned
    tried""".split()  # noqa: SIM905  a list of words is read more easily than a list of strings
)
"""Words that say that something happened, and not what the result is."""

VAGUE_NAMES = {
    "algebra": 39,
    "contrast": 2,
    "inference": 1,
    "files": 1,
    "magic": 2,
    "methods": 1,
    "network": 1,
    "optimize": 13,
    "widgets": 1,
    "zoo": 2,
}
"""How many names of a room (a folder or a module of the package) are vague, at most."""


def assigned_names(tree: ast.AST) -> Iterator[str]:
    """Yield what a module gives names to: variables, attributes, functions, arguments, fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, Function):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg


def test_vague_names_become_fewer() -> None:
    counts: Counter[str] = Counter()
    for path, tree in TREES.items():
        room = path.partition("/")[0].removesuffix(".py")
        counts[room] += sum(name.strip("_") in VAGUE for name in assigned_names(tree))
    above = {room: n for room, n in counts.items() if n > VAGUE_NAMES.get(room, 0)}
    assert not above, f"say what it is: more of {sorted(VAGUE)} than the budget allows in {above}"
    below = {room: counts[room] for room, n in VAGUE_NAMES.items() if counts[room] < n}
    if below:
        warnings.warn(f"VAGUE_NAMES of tests/test_house.py can be lowered: {below}", stacklevel=1)


def test_the_glossary_has_a_line_a_term_in_order() -> None:
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").partition("## Terms\n")[2]
    terms = []
    for line in filter(None, lines.splitlines()):
        match = re.fullmatch(r"- \*\*(.+?)\*\*( \(.+?\))?: .+\.", line)
        assert match, line
        terms.append(match[1].casefold())
    assert terms == sorted(set(terms)) and len(terms) > 40
    assert "docs/glossary.md" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


# --- objects -----------------------------------------------------------------------------------

KEEPERS = {"network.py", "inference.py"}
"""Modules that may remember something for each network; others ask `Network.derived`."""

OTHER_KEEPERS: set[str] = set()
"""Modules that still do; they are being moved to `Network.derived`."""


def test_what_follows_from_weights_is_kept_in_one_place() -> None:
    keepers = set()
    for path, tree in TREES.items():
        for node in tree.body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if value is not None and "WeakKeyDictionary(" in ast.unparse(value):
                keepers.add(path)
    compare(keepers - KEEPERS, OTHER_KEEPERS, "use Network.derived instead of a WeakKeyDictionary")


METHODS = 30

STILL: dict[str, tuple[int, int]] = {}
"""Classes of widgets that are still too large: their methods, and their bases of our own."""


def sizes_of_classes() -> dict[str, tuple[int, int]]:
    """Return the methods and the own bases of each class in widgets, bases of bases included."""
    classes = {
        node.name: node
        for path, tree in TREES.items()
        if path.startswith("widgets/")
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }

    def ancestors(name: str) -> set[str]:
        # A generic base is subscripted: Widget[State].
        names = [re.split(r"[\[.]", ast.unparse(base))[0] for base in classes[name].bases]
        own = {base for base in names if base in classes and base != name}
        return own.union(*map(ancestors, own))

    def methods(name: str) -> set[str]:
        return {node.name for node in classes[name].body if isinstance(node, Function)}

    return {
        name: (len(methods(name).union(*map(methods, ancestors(name)))), len(ancestors(name)))
        for name in classes
    }


def test_widgets_are_small_objects() -> None:
    sizes = sizes_of_classes()
    large = {name for name, (methods, bases) in sizes.items() if methods > METHODS or bases > 1}
    compare(large, set(STILL), f"more than {METHODS} methods, or more than one base of our own")
    grown = {
        name: sizes[name]
        for name, (methods, bases) in STILL.items()
        if sizes[name][0] > methods or sizes[name][1] > bases
    }
    assert not grown, "a class that is too large may not grow"


# --- contracts ---------------------------------------------------------------------------------

WINGS = (
    "accountability",
    "adversarial",
    "algebra",
    "contrast",
    "evaluation",
    "methods",
    "poisoning",
    "reliability",
    "study",
)

QUICK = {"algebra.class_text", "methods.blaming_baseline", "reliability.trivial_scores"}
"""Functions that take a network and evaluate it not once."""

BARE: set[str] = set()
"""Functions that take a network and do not return `Work` yet."""


def long_functions() -> list[str]:
    """Return the public functions of wings that take a network, or say that they take steps."""
    names = []
    for wing in WINGS:
        module = importlib.import_module(f"xaiwidgets.{wing}")
        for name in module.__all__:
            function = getattr(module, name)
            if inspect.isfunction(function):
                signature = inspect.signature(function)
                annotations = [p.annotation for p in signature.parameters.values()]
                takes = any(re.search(r"\b(Network|Classifier)\b", str(a)) for a in annotations)
                if f"{wing}.{name}" in QUICK:
                    continue
                if takes or re.match(r"(Steps|Work)\b", str(signature.return_annotation)):
                    names.append(f"{wing}.{name}")
    return names


def test_the_list_of_bare_functions_is_up_to_date() -> None:
    assert set(long_functions()) >= BARE, "no longer there: delete it"


@pytest.mark.parametrize("name", long_functions())
def test_long_work_is_asked_for_by_work(name: str, request: pytest.FixtureRequest) -> None:
    if name in BARE:
        request.applymarker(pytest.mark.xfail(reason="returns no Work yet", strict=True))
    wing, _, exported = name.partition(".")
    function: Any = getattr(importlib.import_module(f"xaiwidgets.{wing}"), exported)
    # `work` and `immediate` of this module wrap the function; the second adds `.work`.
    made_by = Path(function.__code__.co_filename)
    is_work = made_by == PACKAGE / "work.py"
    returns = str(inspect.signature(function).return_annotation)
    assert is_work or returns.startswith("Work") or hasattr(function, "work")


# --- history -----------------------------------------------------------------------------------

SUBJECTS_SINCE = "3871b4c"
SUBJECT = 72

LONG_SUBJECTS = {
    "Give Grad-CAM, LIME, LRP and PDA as methods that anything can be explained by",
    "The page calls the Explorer's methods by name; pictures cross as everywhere",
}
"""What was published before the rule was held."""


def git(*arguments: str) -> str:
    """Return what git prints, or skip where there is no history to look at."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("git is not here")
    if done.returncode != 0:
        pytest.skip(f"no history here: {done.stderr.strip()}")
    return done.stdout


def test_subjects_of_commits_are_short() -> None:
    if git("rev-parse", "--is-shallow-repository").strip() == "true":
        pytest.skip("a shallow clone")
    git("merge-base", "--is-ancestor", SUBJECTS_SINCE, "HEAD")
    subjects = git("log", "--no-merges", "--format=%s", f"{SUBJECTS_SINCE}..HEAD").splitlines()
    assert {subject for subject in subjects if len(subject) > SUBJECT} <= LONG_SUBJECTS
