"""What is compared is edited, and changes places: pictures, layers, networks."""

from __future__ import annotations

import pytest

from tests.widgets.hands import X
from tests.widgets.test_question import partner, session, start
from xaiwidgets import Window
from xaiwidgets.errors import InputError, QueryError
from xaiwidgets.widgets.explorer._partner import Partner
from xaiwidgets.widgets.explorer._projection import read_query
from xaiwidgets.widgets.explorer._session import Session


def test_a_partner_is_edited_where_it_stands() -> None:
    question = start().compare("join", partner("two")).compare("join", partner("ref"))
    question = question.weigh([0.3]).explain_partners([2]).edit("rotate", 15, of="ref")
    assert [p.name for p in question.partners] == ["two", "rotate(ref, 15)"]
    assert question.partners[0].weight == 0.3 and not question.edits
    assert question.partners[1] == partner("rotate(ref, 15)")
    window = Window(2, 2, 4, 4)
    erased = question.draw(window).edit("erase", window, of="two")
    assert (erased.partners[0].target, erased.window) == (2, None)
    with pytest.raises(InputError, match="not compared with 'three'"):
        question.edit("rotate", 15, of="three")
    with pytest.raises(InputError, match="no picture of its own"):
        start().compare("left join", partner("g")).edit("rotate", 15, of="g")
    with pytest.raises(QueryError, match="rotate takes"):
        partner("rotate(two)")


def test_picture_and_partner_change_places() -> None:
    apart = start().explain(1).compare("left join", partner("two")).explain_partners([2])
    question = apart.edit("rotate", 15, of="two")
    swapped = question.swap("rotate(two, 15)", session())
    assert (swapped.picture.name, len(swapped.edits), swapped.target) == ("two", 1, 2)
    assert swapped.partners == (Partner("one", session().input("one"), 1),)
    assert swapped.swap("one", session()) == question
    with pytest.raises(InputError, match="ref is a reference; add it"):
        start().compare("join", partner("ref")).swap("ref", session())


def test_layers_change_places() -> None:
    question = start().at_layer("4").compare("left join", partner("layer *"))
    swapped = question.swap("layer *", session())
    assert (swapped.layer, swapped.partners) == (None, (partner("layer 4"),))
    assert swapped.swap("layer 4", session()) == question


def test_networks_change_places_whether_they_are_compared_or_not() -> None:
    alone = start().at_layer("4").swap("g", session())
    assert str(alone.expression(session())) == "select * from g(one)"
    assert alone.swap("g", session()) == alone
    assert alone.swap("f", session()) == start()
    apart = start().explain(1).compare("left join", partner("g")).explain_partners([2])
    swapped = apart.swap("g", session())
    text = "select * from g(one) for class bird left join (select * from f(one) for class dog)"
    assert str(swapped.expression(session())) == text
    assert read_query(text, start(), session()) == swapped
    assert swapped.swap("f", session()) == apart
    with pytest.raises(InputError, match="compared with itself"):
        start().compare("left join", partner("f")).expression(session())


def test_networks_that_change_places_keep_their_own_predictions() -> None:
    other = session().view(True)
    assert other.view(False) is session() and other.view(True) is other
    assert other.inputs is session().inputs and other.cache is session().cache
    best = [int(s.model.logits(X[None]).argmax()) for s in (session(), other)]
    assert [s.predicted(s.input("one")) for s in (session(), other)] == best
    without = Session(session().model, X)
    assert without.view(True) is without
