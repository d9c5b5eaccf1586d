"""The Explorer's question: gestures, the algebra, text, undo; no widget is needed for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from tests import models
from tests.widgets.hands import CLASSES, SIDE, R, X, Y, model
from xaiwidgets import Classifier, Window
from xaiwidgets.errors import CompositionError, InputError, QueryError, XaiError
from xaiwidgets.widgets.explorer._codegen import python
from xaiwidgets.widgets.explorer._partner import Partner
from xaiwidgets.widgets.explorer._projection import (
    STATE,
    candidates,
    projection,
    read_query,
    refusals,
    with_trait,
)
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._session import Session
from xaiwidgets.widgets.explorer._timeline import STEPS, Timeline
from xaiwidgets.work import run

Gesture = Callable[[Question], Question]

SMALL = torch.rand(3, SIDE + 2, SIDE, generator=torch.Generator().manual_seed(7))
LAYERS = ["0", "4"]


@cache
def session() -> Session:
    """Three pictures, one of another size, a reference, a rival, and two layers with probes."""
    network = model(models.small(seed=11))  # probes are kept, and other tests count on none
    images = torch.rand(60, *X.shape, generator=torch.Generator().manual_seed(1))
    run(network.fit_probes(images, LAYERS))
    rival = Classifier(models.small(seed=5), classes=CLASSES, name="g")
    made = Session(network, {"one": X, "two": Y, "small": SMALL}, {"ref": R}, rival)
    run(made.check())
    return made


def start() -> Question:
    return Question(session().picture_at(0))


def partner(name: str) -> Partner:
    return Partner.named(name, session())


def last_partner(question: Question) -> str:
    return question.partners[-1].name if question.partners else "nobody"


# --- any sequence of gestures ----------------------------------------------------------------

places = st.integers(0, SIDE - 1)
windows = st.builds(
    lambda top, left, bottom, right: Window(
        min(top, bottom), min(left, right), abs(top - bottom) + 1, abs(left - right) + 1
    ),
    places, places, places, places,
)  # fmt: skip
classes = st.none() | st.integers(0, len(CLASSES) - 1)
weights = st.lists(st.sampled_from([None, 0.0, 0.25, 0.5, 2 / 3, 1.0]), max_size=3)
operators = st.sampled_from(["join", "left join"])
pictures = st.sampled_from(["one", "two", "small", "ref"])
names = pictures | st.sampled_from(["f", "g", "layer *", f"layer {LAYERS[0]}", "rotate(two, 15)"])
edits = st.one_of(
    st.tuples(st.just("erase"), windows, st.sampled_from(["zeros", "mean", "blur"])),
    st.tuples(st.sampled_from(["erase", "blur"]), windows),
    st.tuples(st.just("paste"), pictures.map(lambda n: partner(n).source), windows),
    st.tuples(st.just("shift"), st.integers(-3, 3), st.integers(-3, 3)),
    st.tuples(st.just("rotate"), st.sampled_from([15, -15, 0.5, 15.0])),
    st.tuples(st.just("scale"), st.sampled_from([1.25, 0.8])),
    st.tuples(st.just("noise"), st.sampled_from([0.5, 1]), st.integers(0, 2)),
    st.tuples(st.just("brighten"), st.sampled_from([-0.5, 1])),
)
methods = st.fixed_dictionaries(
    {},
    optional={
        "budget": st.sampled_from([64, 128]),
        "grid": st.integers(2, 4),
        "seed": st.integers(0, 2),
        "baseline": st.sampled_from(["zeros", "mean", "ref"]),
        "output": st.sampled_from(["logit", "probability"]),
        "printed": st.booleans(),
    },
)
gestures: st.SearchStrategy[tuple[str, Gesture]] = st.one_of(
    st.integers(0, 2).map(lambda i: ("look", lambda q: q.look_at(session().picture_at(i)))),
    st.lists(windows, max_size=2).map(lambda trail: ("zoom", lambda q: q.zoom(trail))),
    (st.none() | windows).map(lambda window: ("draw", lambda q: q.draw(window))),
    classes.map(lambda target: ("explain", lambda q: q.explain(target))),
    # As the Explorer does: no one can choose a layer that the network asked has no probe for.
    st.sampled_from([None, *LAYERS]).map(
        lambda layer: ("layer", lambda q: with_trait(q, "layer", layer, session()))
    ),
    st.sampled_from(["", "join", "left join"]).map(lambda o: ("operate", lambda q: q.operate(o))),
    st.tuples(operators, names).map(
        lambda pair: ("compare", lambda q: q.compare(pair[0], partner(pair[1])))
    ),
    st.lists(names, max_size=3).map(
        lambda these: ("partners", lambda q: q.compare_with([partner(name) for name in these]))
    ),
    names.map(lambda name: ("uncompare", lambda q: q.uncompare(name))),
    weights.map(lambda these: ("weigh", lambda q: q.weigh(these))),
    st.lists(classes, max_size=3).map(lambda t: ("targets", lambda q: q.explain_partners(t))),
    edits.map(lambda edit: ("edit", lambda q: q.edit(*edit))),
    edits.map(lambda edit: ("edit partner", lambda q: q.edit(*edit, of=last_partner(q)))),
    names.map(lambda name: ("swap", lambda q: q.swap(name, session()))),
    st.just(("swap partner", lambda q: q.swap(last_partner(q), session()))),
    methods.map(lambda these: ("configure", lambda q: q.configure(**these))),
)
sequences = st.lists(gestures, max_size=8)


def line_of(sequence: list[tuple[str, Gesture]]) -> Timeline:
    """Do what can be done of a sequence of gestures, as the Explorer does."""
    line = Timeline(start())
    for _, gesture in sequence:
        try:
            question = gesture(line.now)
            question.expression(session())
        except XaiError:
            continue
        line = line.to(question)
    return line


JOINED: list[tuple[str, Gesture]] = [
    ("compare", lambda q: q.compare("join", partner("two"))),
    ("compare", lambda q: q.compare("join", partner("ref"))),
    ("weigh", lambda q: q.weigh([0.5, 2 / 3])),
]


@given(sequences)
@example(JOINED)
@example([("draw", lambda q: q.draw(Window(0, 0, SIDE, SIDE)))])
@example([("operate", lambda q: q.operate("left join"))])
def test_the_algebra_gives_a_question_back(sequence: list[tuple[str, Gesture]]) -> None:
    question = line_of(sequence).now
    expression = question.expression(session())
    again = Question.of(expression, session(), question.settings)
    assert again == question.normal(session())
    assert again.expression(session()) == expression
    assert question.normal(session()).normal(session()) == question.normal(session())


@given(sequences)
def test_its_text_gives_a_question_back(sequence: list[tuple[str, Gesture]]) -> None:
    question = line_of(sequence).now
    text = str(question.expression(session()))
    assert read_query(text, question, session()) is question
    other = start().configure(budget=4096)
    assert read_query(text, other, session()) == Question.of(
        question.expression(session()), session(), other.settings
    )


@given(sequences)
def test_its_traits_give_a_question_back(sequence: list[tuple[str, Gesture]]) -> None:
    question, again = line_of(sequence).now, start()
    for name, value in projection(question, session()).items():
        if name in STATE:
            again = with_trait(again, name, value, session())
    assert again == question


@given(sequences)
def test_undo_is_the_inverse_of_every_gesture(sequence: list[tuple[str, Gesture]]) -> None:
    line = line_of(sequence)
    for _, gesture in sequence:
        try:
            after = line.to(gesture(line.now))
        except XaiError:
            continue
        if after is line:
            continue
        assert after.undo().now == line.now
        assert after.undo().redo() == after
    back, steps = line, 0
    while back.past:
        back, steps = back.undo(), steps + 1
    assert back.now == start()
    assert back.undo() is back
    for _ in range(steps):
        back = back.redo()
    assert back == line
    assert back.redo() is back


@given(sequences)
@example([("edit", lambda q: q.edit("blur", Window(0, 0, 4, 4)))])
@example([("compare", lambda q: q.compare("left join", partner("g")))])
@example([("look", lambda q: q.look_at(session().picture_at(2)))])
def test_what_is_greyed_is_what_the_algebra_refuses(sequence: list[tuple[str, Gesture]]) -> None:
    question = line_of(sequence).now
    view = session().view(question.swapped)
    greyed = refusals(question, session(), view.probes)

    def reason(gesture: Gesture) -> str:
        try:
            gesture(question).expression(session())
        except XaiError as error:
            return str(error)
        return ""

    here, edited = question.picture.name, bool(question.edits)
    offers = [name for name in candidates(question, session()) if name != here or edited]
    offers.append(str(view.rival_name))
    reasons = {
        operator: {
            name: reason(lambda q, o=operator, n=name: q.compare(o, partner(n))) for name in offers
        }
        for operator in ("join", "left join")
    }
    for name in offers:
        refused = all(reasons[operator][name] for operator in reasons)
        assert greyed.get(f"candidate:{name}", "") == (reasons["join"][name] if refused else "")
    for operator, words in reasons.items():
        if all(words.values()):
            assert greyed[operator] in (*words.values(), NOTHING_ELSE)
        else:
            assert operator not in greyed
    for layer in view.probes:
        assert greyed.get("layer", "") == reason(lambda q, name=layer: q.at_layer(name))
    assert ("weight" in greyed) == (
        question.weigh([0.3]) == question or len(question.partners) != 1
    )
    printed = question.configure(printed=True)
    assert ("printed" in greyed) == (not printed.is_printed)


NOTHING_ELSE = "there is no other picture: choose a file, or give references"


def test_a_picture_that_is_alone_of_its_size_has_only_the_rival() -> None:
    small = start().look_at(session().input("small"))
    assert candidates(small, session()) == ["small"]
    alone = Session(session().model, X)
    run(alone.check())
    question = Question(alone.picture_at(0))
    greyed = refusals(question, alone, alone.probes)
    assert greyed["join"] == greyed["left join"] == NOTHING_ELSE
    assert not [name for name in greyed if name.startswith("candidate")]


# --- single gestures -------------------------------------------------------------------------


def test_another_picture_is_unedited_and_keeps_what_can_be_compared() -> None:
    question = start().edit("erase", Window(0, 0, 4, 4)).draw(Window(2, 2, 8, 8)).explain(1)
    question = question.compare("join", partner("two")).compare("join", partner("ref"))
    question = question.weigh([0.1, 0.2]).look_at(session().input("two"))
    assert question.edits == question.trail == ()
    assert question.target == 1
    assert question.partners == (Partner("ref", session().input("ref"), 1),)


def test_a_join_explains_one_class_and_an_anti_join_each_its_own() -> None:
    joined = start().explain(2).compare("join", partner("two"))
    assert joined.partners[0].target == 2
    assert joined.explain(3).partners[0].target == 3
    apart = start().explain(2).compare("left join", partner("two"))
    assert apart.partners[0].target is None
    assert apart.explain(3).partners[0].target is None


def test_classes_of_partners_may_be_given_for_some() -> None:
    question = start().explain(2).compare("join", partner("two")).compare("join", partner("ref"))
    assert [p.target for p in question.explain_partners([1]).partners] == [1, 2]
    apart = question.operate("left join").explain_partners([1])
    assert [p.target for p in apart.partners] == [1, None]


def test_an_operator_goes_with_the_last_partner_taken_away() -> None:
    question = start().compare("left join", partner("two"))
    assert question.uncompare("two") == start()
    assert question.compare_with([]) == start()
    assert question.operate("") == start()


def test_the_window_looked_through_is_drawn_already() -> None:
    outer, inner = Window(0, 0, 12, 12), Window(2, 2, 4, 4)
    question = start().zoom([outer, inner])
    assert question.draw(inner) == question
    assert with_trait(question, "window", inner, session()) == question
    assert question.draw(outer).trail == (outer,)
    assert question.draw(None).trail == ()


def test_weights_stay_with_the_partners_they_were_given_for() -> None:
    question = start().compare("join", partner("two")).weigh([0.3])
    assert [p.weight for p in question.compare("join", partner("ref")).partners] == [0.3, None]
    assert [p.weight for p in question.compare_with([partner("ref")]).partners] == [None]
    assert [p.weight for p in question.operate("left join").partners] == [None]
    both = question.compare("join", partner("ref"))
    assert [p.weight for p in both.uncompare("two").partners] == [None]
    assert question.operate("left join").weigh([0.3]) == question.operate("left join")


def test_two_networks_are_compared_as_a_whole() -> None:
    question = start().at_layer("4").compare("left join", partner("g"))
    assert question.layer is None
    with pytest.raises(InputError, match="as a whole"):
        question.at_layer("4").expression(session())
    with pytest.raises(CompositionError, match="an anti-join compares"):
        question.compare("left join", partner("two")).expression(session())


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(InputError, match="compared with itself"):
        start().compare("join", partner("one")).expression(session())
    with pytest.raises(InputError, match="different sizes"):
        start().compare("join", partner("small")).expression(session())
    with pytest.raises(CompositionError, match="join and anti-join is undefined"):
        start().compare("join", partner("two")).compare("left join", partner("ref"))
    with pytest.raises(InputError, match="use 'join' or 'left join'"):
        start().compare("outer join", partner("two"))
    with pytest.raises(InputError, match=r"there is no 'three'.*one, two, small, ref, g"):
        partner("three")
    with pytest.raises(InputError, match="not compared with 'two'"):
        start().uncompare("two")


def test_an_edit_of_the_window_shows_in_the_picture_around_it() -> None:
    outer, inner = Window(0, 0, 12, 12), Window(2, 2, 4, 4)
    zoomed = start().zoom([outer, inner])
    assert zoomed.edit("erase", inner).window == outer
    assert zoomed.edit("rotate", 15).window == inner


def test_an_expression_that_is_no_question_here_says_why() -> None:
    other = model()
    other.name = "h"
    with pytest.raises(QueryError, match="h is no network of this Explorer"):
        Question.of(other(X), session())
    with pytest.raises(QueryError, match="h is no network of this Explorer"):
        Question.of(session().model(X, "one").left_join(other(X, "one")), session())


def test_the_python_of_a_question_names_its_settings() -> None:
    question = start().configure(baseline="ref", budget=64)
    code = python(question, question.expression(session()), session())
    assert code == (
        "# assumed: model, pictures, references as Explorer(...) was given\n"
        "model(model.input(pictures['one'])).explain(budget=64, seed=0, grid=7, "
        "baseline=model.input(references['ref']), output='logit')"
    )


# --- undo ------------------------------------------------------------------------------------


def test_a_drag_is_one_step() -> None:
    line = Timeline(start())
    for place in range(1, 5):
        line = line.to(start().draw(Window(0, 0, place, 4)), "drag")
    assert line.undo() == Timeline(start(), (), (line.now,))
    other = line.to(line.now.explain(1), "another drag")
    assert other.undo().now == line.now
    clicked = line.to(line.now.explain(1))
    assert clicked.to(clicked.now.explain(2)).undo().now == clicked.now, "clicks are steps each"
    undone = line.undo().to(start().draw(Window(1, 1, 2, 2)), "drag")
    assert (undone.undo().now, undone.future) == (start(), ())


def test_a_drag_that_returns_to_its_start_is_no_step() -> None:
    first = Timeline(start()).to(start().explain(1))
    moved = first.to(first.now.draw(Window(0, 0, 4, 4)), "drag")
    back = moved.to(first.now, "drag")
    assert back == first
    again = back.to(first.now.draw(Window(0, 0, 5, 5)), "drag")
    assert again.undo().now == first.now, "what is dragged next is a step of its own"


def test_a_timeline_is_bounded() -> None:
    line = Timeline(start())
    for seed in range(STEPS + 5):
        line = line.to(line.now.configure(seed=seed + 1))
    assert len(line.past) == STEPS
    assert line.to(line.now) is line
