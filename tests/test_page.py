"""The shape of the page's sources: what stands where, and what a sheet may say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from xaiwidgets import widgets

SOURCES = Path(__file__).parents[1] / "js/src"
SHEETS = sorted(path for path in SOURCES.rglob("*.css") if path.name != "xai.css")
SCRIPTS = {path: path.read_text() for path in sorted(SOURCES.rglob("*.js"))}
ENTRY = 30
"""Lines of a widget's entry but for its imports: it says only what is laid out where."""
LINES = 200
"""Lines of a sheet, which is a part of the page's own, and of a script, which tells one story."""
BUNDLE = 116 * 1024
"""Bytes of a widget's bundle, which crosses with each widget; the Explorer needs most."""

# The tokens stand for all else; what many views use; the page's own class gives a rule weight.
TOKENS, SHARED, PAGE = SOURCES / "ui/tokens.css", SOURCES / "ui/shared.css", "xai-root"


def name_of(path: Path) -> str:
    return path.relative_to(SOURCES).as_posix()


def rules_of(sheet: Path) -> str:
    """Return a sheet without its comments and its conditions."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    return re.sub(r"@(?:media|container)[^{]*", "", text)


def classes_of(sheet: Path) -> set[str]:
    """Return the classes that a sheet's selectors name."""
    selectors = re.findall(r"([^{}]*)\{", rules_of(sheet))
    return set(re.findall(r"\.(xai-[\w-]+)", " ".join(selectors)))


def is_used(name: str, script: str) -> bool:
    """Tell whether a script gives a class: as it is, or as the kind of a line or a part."""
    kind = re.escape(name.removeprefix("xai-"))
    return bool(re.search(rf"(?<![\w-]){name}(?![\w-])|[\"']{kind}[\"']|\b{kind}:", script))


def imports_of(path: Path) -> Iterator[Path]:
    """Yield what a script imports of ours, types included."""
    for target in re.findall(r'(?:from |import\()"(\.[^"]+)"', SCRIPTS[path]):
        yield (path.parent / target).resolve()


def layout_of(entry: str) -> list[str]:
    """Return the lines of an entry that are not imports."""
    return [line for line in entry.splitlines() if line and not line.startswith("import ")]


def test_an_entry_says_only_what_is_laid_out_where() -> None:
    entries = {path: text for path, text in SCRIPTS.items() if path.name == "index.js"}
    assert {path.parent.name for path in entries} == {*widgets._HOMES.values()}
    assert not {name_of(p) for p, text in entries.items() if len(layout_of(text)) > ENTRY}


def test_scripts_are_short() -> None:
    assert not {name_of(path) for path, text in SCRIPTS.items() if text.count("\n") > LINES}


def test_a_bundle_is_small_enough_to_cross_with_each_widget() -> None:
    built = SOURCES.parents[1] / "xaiwidgets/static"
    assert not {p.name: p.stat().st_size for p in built.glob("*.js") if p.stat().st_size > BUNDLE}
    assert f"const limit = {BUNDLE // 1024} * 1024;" in (SOURCES.parent / "build.mjs").read_text()


def test_what_all_share_imports_nothing_of_a_widget() -> None:
    ours = [path for path in SCRIPTS if SOURCES / "widgets" not in path.parents]
    up = {name_of(p): [t for t in imports_of(p) if SOURCES / "widgets" in t.parents] for p in ours}
    assert not {name for name, targets in up.items() if targets}


def test_a_widget_imports_nothing_of_another() -> None:
    across = []
    for path in SCRIPTS:
        if SOURCES / "widgets" in path.parents:
            others = [t for t in imports_of(path) if SOURCES / "widgets" in t.parents]
            across += [name_of(path) for target in others if target.parent != path.parent]
    assert not across


def test_a_widget_knows_its_own_state_alone() -> None:
    schema, foreign = SOURCES / "schema", []
    for path in SCRIPTS:
        home = path.parent.name if SOURCES / "widgets" in path.parents else "schema"
        home = path.parent.name if schema in path.parents else home
        known = [target for target in imports_of(path) if schema in target.parents]
        foreign += [name_of(path) for target in known if target.parent.name not in (home, "schema")]
    assert not foreign


def test_every_sheet_is_in_the_sheet_of_all() -> None:
    imported = re.findall(r'@import "\./([^"]+)";', (SOURCES / "xai.css").read_text())
    assert sorted(imported) == [name_of(path) for path in SHEETS]
    assert imported[:3] == ["ui/tokens.css", "ui/reset.css", "ui/shared.css"]
    kit = [name.startswith("ui/") for name in imported]
    assert kit == sorted(kit, reverse=True), "a widget's rules come after those of the kit"


@pytest.mark.parametrize("sheet", SHEETS, ids=name_of)
def test_a_sheet_is_that_of_the_view_beside_it(sheet: Path) -> None:
    classes = classes_of(sheet) - {PAGE}
    if sheet == SHARED:
        users = {name: sum(is_used(name, text) for text in SCRIPTS.values()) for name in classes}
        assert not {name for name, count in users.items() if not count}
        return
    beside = SCRIPTS.get(sheet.with_suffix(".js"), "")
    assert not {name for name in classes if not is_used(name, beside)}
    assert rules_of(sheet).count("\n") <= LINES


def test_no_rule_of_a_widget_meets_the_elements_of_another() -> None:
    words = {path: set(re.findall(r"[\w-]+", text)) for path, text in SCRIPTS.items()}
    for path, text in SCRIPTS.items():
        # Of figures, whose classes are made of their kinds.
        kinds = re.findall(r'createPanel\("([a-z-]+)"', text)
        for listed in re.findall(r"const kinds = \[(.+?)\]", text):
            kinds += re.findall(r"[a-z-]+", listed)
        words[path] |= {f"xai-{kind}" for kind in kinds}
        # Of settings, whose controls are classes by their names.
        if path.parents[1] == SOURCES / "schema":
            names = set(re.findall(r'"name": "(\w+)"', text))
            home = SOURCES / "widgets" / path.parent.name / "index.js"
            words[home] = words.get(home, set()) | {f"xai-{name}" for name in names}
    met = set()
    for sheet in SHEETS:
        if SOURCES / "widgets" in sheet.parents:
            others = [found for path, found in words.items() if path.parent != sheet.parent]
            met |= (classes_of(sheet) - {PAGE}) & set().union(*others)
    assert not met


@pytest.mark.parametrize("sheet", SHEETS, ids=name_of)
def test_colours_and_lengths_are_tokens_and_no_rule_shouts(sheet: Path) -> None:
    rules = rules_of(sheet)
    assert "!important" not in rules
    assert "@layer" not in rules, "rules of the host that are in no layer would win over all ours"
    if sheet != TOKENS:
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?)\(", rules)
        assert not re.findall(r"(?<![\d.])(?!1px)[\d.]+px", rules)


def test_there_are_few_sizes() -> None:
    tokens = TOKENS.read_text()
    counts = {
        kind: len(re.findall(rf"--{kind}-\d: ", tokens)) for kind in ("space", "text", "radius")
    }
    assert counts == {"space": 5, "text": 5, "radius": 3}
