"""A state declared once: what may be set, what is said, what crosses."""

from __future__ import annotations

import enum
import inspect
import math
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, replace
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import numpy as np
import pytest
import torch
import traitlets as t
from numpy.typing import NDArray

from tests.widgets.hands import FakeComm, said, told, until
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.base import Run, Widget, command
from xaiwidgets.widgets.schema import panel, place, setting, settings_of
from xaiwidgets.widgets.serialize import plain, to_wire
from xaiwidgets.work import Progress, Steps

NUMBERS = {"one": 1}


@dataclass(frozen=True)
class State:
    """What is counted."""

    count: int = setting(3, least=1, most=10, label="Count", doc="How many.")
    share: float | None = setting(None, least=0, most=1, label="Share", unit="points", scale=100)
    kind: Literal["a", "b"] = setting("a", choices={"b": "The other"}, label="Kind")
    race: bool = setting(False)
    first: int = setting(0, by_name=True)
    name: str = setting("x", doc="Its name.")
    times: tuple[float, ...] = setting((0.5, 1.5), least=0)
    opacity: float = setting(1.0, least=0, most=1, page_only=True)


@dataclass(frozen=True)
class Part:
    """A part of what is shown."""

    values: Annotated[NDArray[np.float32], "one each"]
    kind: str


@dataclass(frozen=True)
class Output:
    """What is shown."""

    part: Part | None = None
    parts: tuple[Part, ...] = ()


class Counter(Widget[State, int], output=Output):
    """Count.

    Raises
    ------
    InputError
        If it cannot.
    """

    _esm = "export default {}"

    def settle(self, state: State, changed: Any) -> State:
        state = replace(state, first=NUMBERS.get(str(state.first), state.first))
        if state.count == 4 and state.race:
            raise InputError("four cannot race")
        return replace(state, name=f"{state.count} of {state.kind}") if "kind" in changed else state

    def steps(self, state: State) -> Steps[int]:
        for number in range(state.count):
            yield Progress(number, state.count, "counting", number)
        return state.count

    def show(self, state: State, answer: int, final: bool) -> Mapping[str, Any]:
        return {"part": Part(np.full(2, answer, np.float32), state.kind)}

    def python(self, state: State) -> str:
        return f"count({state.count})"

    @command("add")
    def add(self, number: int = 1) -> dict[str, Any]:
        self.count += number
        return {"count": self.count}

    @command("word")
    def word(self) -> str:
        return self.name

    def secret(self) -> str:
        return "not for the page"


# --- what may be set -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("count", np.int64(4), 4),
        ("share", 1, 1.0),
        ("share", None, None),
        ("share", np.float32(0.5), 0.5),
        ("kind", "b", "b"),
        ("race", np.True_, True),
        ("times", (1, 2), [1.0, 2.0]),
        ("times", np.array([0.0]), [0.0]),
    ],
)
def test_a_value_that_is_allowed_is_kept_in_its_own_type(name: str, value: Any, kept: Any) -> None:
    found = settings_of(State)[name].check(value)
    assert found == kept and type(found) is type(kept)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("count", 11, "count is 11; use a whole number from 1 to 10"),
        ("count", 2.0, "count is 2.0; use a whole number from 1 to 10"),
        ("count", True, "count is True; use a whole number from 1 to 10"),
        ("count", None, "count is None; use a whole number from 1 to 10"),
        ("share", -0.1, "share is -0.1; use a number from 0 to 1, or None"),
        ("share", math.nan, "share is nan; use a number from 0 to 1, or None"),
        ("share", "1", "share is '1'; use a number from 0 to 1, or None"),
        ("kind", "c", "kind is 'c'; use one of 'a', 'b'"),
        ("kind", [], r"kind is \[\]; use one of"),
        ("race", 1, "race is 1; use True or False"),
        ("name", 3, "name is 3; use text"),
        ("times", [-1.0], r"times is \[-1.0\]; use a list of numbers of at least 0"),
        ("times", "12", "times is '12'; use a list of numbers of at least 0"),
        ("times", 1.0, "times is 1.0; use a list"),
    ],
)
def test_a_value_that_is_not_is_named_with_what_is(name: str, value: Any, words: str) -> None:
    widget = Counter()
    before = widget.state
    with pytest.raises(t.TraitError, match=words):
        setattr(widget, name, value)
    with pytest.raises(InputError, match=words):
        Counter(**{name: value})
    assert widget.state == before and widget.error is None


def test_the_state_is_one_value_that_does_not_change() -> None:
    widget = Counter(count=2, times=[3])
    state = widget.state
    assert state == State(count=2, times=(3.0,))
    with pytest.raises(FrozenInstanceError):
        state.count = 5  # type: ignore[misc]
    widget.count = 5
    assert (state.count, widget.state.count) == (2, 5)


def test_two_widgets_do_not_share_a_default() -> None:
    first, second = Counter(), Counter()
    first.times.append(9.0)
    assert second.times == [0.5, 1.5] and State().times == (0.5, 1.5)


def test_settings_are_checked_together_whatever_their_order() -> None:
    assert Counter(race=True, count=5).race
    with pytest.raises(InputError, match="four cannot race"):
        Counter(race=True, count=4)
    widget = Counter(race=True)
    with pytest.raises(t.TraitError, match="four cannot race"):
        widget.count = 4
    assert widget.count == 3
    with widget.hold_trait_notifications():
        widget.count = 4
        widget.race = False
    assert (widget.count, widget.race) == (4, False)


def test_what_follows_from_a_setting_is_set_with_it_and_starts_the_work_once() -> None:
    widget = Counter()
    runs: list[Run[int]] = []
    widget.run, run = lambda: runs.append(run()) or runs[-1], widget.run  # type: ignore
    widget.kind = "b"
    assert (widget.name, widget.code, len(runs)) == ("3 of b", "count(3)", 1)
    runs[0].wait(10)
    widget.opacity = 0.5
    assert len(runs) == 1, "what only the page draws started the work"


def test_a_name_becomes_the_number_that_it_stands_for() -> None:
    widget = Counter(first="one")
    assert widget.first == 1
    widget.first = 2
    widget.first = "one"
    assert widget.first == widget.state.first == 1


# --- what there is not -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hint"), [("oppacity", "did you mean 'opacity'"), ("zzz", "no zzz$")]
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    widget = Counter()
    with pytest.raises(AttributeError, match=f"Counter has no {name}.*") as refused:
        setattr(widget, name, 1)
    with pytest.raises(InputError, match=f"Counter has no {name}.*"):
        Counter(**{name: 1})
    assert isinstance(refused.value, InputError)
    assert refused.match(hint)
    assert not hasattr(widget, name)


def test_what_every_widget_of_a_notebook_has_can_be_set() -> None:
    widget = Counter()
    widget.layout = {"width": "50%"}
    widget._mine = 3
    assert widget.layout.width == "50%" and widget._mine == 3


# --- what follows for people and page --------------------------------------------------------


def test_the_documentation_has_the_settings() -> None:
    text = inspect.getdoc(Counter) or ""
    section = text[text.index("Attributes\n----------") : text.index("Raises\n------")]
    assert "count : a whole number from 1 to 10\n    How many.\n" in section
    assert "kind : one of 'a', 'b'\n" in section
    assert text.startswith("Count.\n") and text.endswith("If it cannot.")


def test_a_row_of_the_panel_for_each_setting_that_has_a_label() -> None:
    rows = {row["name"]: row for row in panel(State)}
    assert list(rows) == ["count", "share", "kind"]
    assert (rows["count"]["kind"], rows["count"]["least"], rows["count"]["most"]) == ("int", 1, 10)
    assert rows["kind"]["choices"] == [["a", "a"], ["b", "The other"]]
    assert (rows["share"]["optional"], rows["share"]["scale"]) == (True, 100)


class Colour(enum.Enum):
    """Something that JSON has not."""

    RED = "red"


def test_results_cross_as_json_and_arrays_that_know_their_shape() -> None:
    part = Part(np.arange(6, dtype=np.float32).reshape(2, 3).T, "a")
    wire = to_wire({"part": part, 1: (Colour.RED, math.inf, np.int8(3)), "none": None})
    assert wire["1"] == ["red", None, 3] and wire["none"] is None
    values = wire["part"]["values"]
    assert (values["$array"], values["shape"]) == ("float32", [3, 2])
    assert np.frombuffer(values["data"], np.float32).tolist() == [0, 3, 1, 4, 2, 5]
    assert to_wire(torch.tensor([True, False]))["$array"] == "uint8"
    assert to_wire(np.array([1]))["$array"] == "int32"
    assert plain(part)["values"] is not None and plain(part)["kind"] == "a"


def test_python_sees_dictionaries_with_arrays_and_the_page_buffers() -> None:
    widget = Counter()
    comm = widget.comm = FakeComm()
    assert widget.run().wait(10) == 3
    assert widget.part["kind"] == "a" and widget.part["values"].tolist() == [3, 3]
    state = widget.get_state("part")["part"]
    assert state["values"]["shape"] == [2]
    sent = next(m for m in reversed(comm.sent) if "part" in m.get("state", {}))
    assert ["part", "values", "data"] in sent["buffer_paths"]


# --- commands --------------------------------------------------------------------------------


def test_only_methods_that_are_marked_can_be_called_and_with_their_arguments() -> None:
    widget = Counter()
    comm = widget.comm = FakeComm()
    assert told(comm, widget, "add", number=2)["count"] == 5
    assert told(comm, widget, "word")["word"] == "x"
    for name in ("secret", "close", "python", "_on_any", "no_such"):
        answer = told(comm, widget, name)
        assert not answer["ok"] and f"there is no command '{name}'" in answer["error"]["message"]
    answer = told(comm, widget, "add", amount=2)
    assert not answer["ok"] and "amount" in answer["error"]["message"]
    assert told(comm, widget, "run")["ok"] and told(comm, widget, "cancel")["ok"]


def test_a_value_of_the_page_that_is_not_allowed_is_said_and_sent_back() -> None:
    widget = Counter()
    comm = widget.comm = FakeComm()
    data = {"method": "update", "state": {"count": 99}, "buffer_paths": []}
    widget._handle_msg({"content": {"data": data}, "buffers": []})
    assert widget.count == 3
    assert "count is 99" in comm.updates("error")[-1]["message"]
    assert comm.updates("count")[-1] == 3


def test_a_mistake_of_ours_in_a_command_is_answered_too() -> None:
    widget = Counter()
    comm = widget.comm = FakeComm()
    said(widget, {"id": 7, "command": "add", "number": "two"})  # ipywidgets logs what it raises
    (answer,) = comm.answers()
    assert (answer["id"], answer["ok"]) == (7, False)
    assert answer["error"]["message"].startswith("TypeError: ")


def test_a_setting_that_would_hide_a_method_is_refused() -> None:
    @dataclass(frozen=True)
    class Bad:
        steps: int = setting(3)

    with pytest.raises(TypeError, match="steps"):

        class Broken(Widget[Bad, int]):
            pass


def test_a_run_waits_for_its_end() -> None:
    widget = Counter(count=10)
    assert widget.run().wait(10) == 10
    until(lambda: widget.status["state"] == "done")
    assert widget.status["note"] == "" and widget.result == 10


# --- runs, and the end of a widget ------------------------------------------------------------


def test_the_picture_of_a_result_is_added_where_there_is_one() -> None:
    widget = Counter()
    assert "image/png" not in widget._repr_mimebundle_()[0]
    widget.run().wait(10)
    assert "image/png" not in widget._repr_mimebundle_()[0], "a number has no picture"
    widget._answer = SimpleNamespace(_repr_png_=lambda: b"png")  # type: ignore[assignment]
    assert widget._repr_mimebundle_()[0]["image/png"] == b"png"


@pytest.mark.parametrize("message", [None, "run", {}, {"command": 3}, {"id": 1}, ["command"]])
def test_what_is_no_command_is_not_answered(message: Any) -> None:
    widget = Counter()
    comm = widget.comm = FakeComm()
    said(widget, message)
    assert comm.answers() == []


def test_a_widget_of_no_state_has_its_own_traits() -> None:
    class Plain(Widget[Any, Any]):
        _esm = "export default {}"
        number = t.Int(3)

    assert Plain(number=4).number == 4
    with pytest.raises(AttributeError, match="did you mean 'number'"):
        Plain().numbr = 5


def test_a_place_is_among_what_there_is() -> None:
    assert [place("index", value, 3, "pictures") for value in (0, 2, "no number")] == [
        0,
        2,
        "no number",
    ]
    for value in (-1, 3):
        with pytest.raises(InputError, match=f"index is {value}; there are 3 pictures, from 0"):
            place("index", value, 3, "pictures")


def test_a_long_wrong_value_is_not_repeated_whole() -> None:
    with pytest.raises(InputError, match=r"^times is \[\[0, 0, .*…; use a list") as told:
        settings_of(State)["times"].check([[0] * 64] * 64)
    assert len(str(told.value)) < 150
