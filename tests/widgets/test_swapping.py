"""What is compared is edited, and changes places: pictures, layers, networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t

from tests import models
from tests.widgets.hands import CLASSES, FakeComm, R, X, Y, explorer, model, told
from tests.widgets.test_question import partner, session, start
from xaiwidgets import Classifier, Explorer, Window, images, query
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


# --- in the widget ---------------------------------------------------------------------------

RIVAL = Classifier(models.small(seed=5), classes=CLASSES, name="g")


@pytest.fixture
def page() -> Iterator[tuple[Explorer, FakeComm]]:
    widget = explorer(model(), {"one": X, "two": Y}, {"ref": R}, RIVAL)
    widget.run().wait(20)
    comm = FakeComm()
    widget.comm = comm
    yield widget, comm
    widget.cancel()


def names(widget: Explorer) -> dict[str, Any]:
    return {"f": widget._session.model, "g": RIVAL, "one": X, "two": Y, "ref": R}


def test_a_partner_is_edited_and_changes_places_with_the_picture(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, comm = page
    assert told(comm, widget, "compare", operator="left join", name="two")["ok"]
    assert told(comm, widget, "edit", operation="rotate", degrees=15, of="two")["ok"]
    assert (widget.partners, widget.edits) == (["rotate(two, 15)"], [])
    (shown,) = widget.run().wait(20).sides[1:]
    rotated = images.rotate(Y, 15)
    assert torch.equal(shown.term.source.tensor, rotated)
    assert widget.original is None, "the picture itself is as it was"
    found = widget._session.model(X).left_join(widget._session.model(rotated))
    expected = found.explain(budget=64, grid=3).maps
    for shown_map, map_ in zip(widget.result.maps, expected, strict=True):  # type: ignore[union-attr]
        assert np.allclose(shown_map.cells, map_.cells, atol=1e-5)
    text = widget.query
    assert told(comm, widget, "swap", name="rotate(two, 15)")["ok"]
    assert (widget.index, widget.edits, widget.partners) == (1, ["rotate 15"], ["one"])
    widget.undo()
    assert widget.query == text
    again = explorer(
        widget._session.model, {"one": X, "two": Y}, operator="left join", partners=widget.partners
    )
    assert again.query == text
    refused = told(comm, widget, "swap", name="nobody")
    assert "not compared with 'nobody'" in refused["error"]["message"]


def test_several_are_compared_at_once(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    assert told(comm, widget, "compare", operator="join", name=["two", "ref"])["ok"]
    assert widget.partners == ["two", "ref"]
    widget.query = "select * from f(pictures)"
    assert widget.query == "select * from f(one) join (select * from f(two))"
    assert widget.partners == ["two"]
    many = explorer(model(), {f"p{i}": X for i in range(17)})
    with pytest.raises(t.TraitError, match="17 pictures beside each other; 16 fit here"):
        many.query = "select * from f(pictures)"


def test_the_rival_is_asked_alone(page: tuple[Explorer, FakeComm]) -> None:
    widget, comm = page
    known = dict(widget.predictions)
    assert told(comm, widget, "swap", name="g")["ok"]
    assert (widget.swapped, widget.networks, widget.rival) == (True, ["g", "f"], "f")
    answer = widget.run().wait(20)
    assert np.allclose(answer.result.cells, RIVAL(X).explain(budget=64, grid=3).cells, atol=1e-5)
    assert widget.history.entries[-1].title.endswith(", under g?")
    assert widget.predictions["one"] != known["one"], "each network has its own predictions"
    exec(widget.code.splitlines()[-1], {"rival": RIVAL, "model": model(), "pictures": {"one": X}})
    assert told(comm, widget, "compare", operator="left join", name="f")["ok"]
    assert widget.query == "select * from g(one) left join (select * from f(one))"
    widget.swapped = False
    assert widget.query == "select * from f(one) left join (select * from g(one))"
    with pytest.raises(t.TraitError, match="there is no rival to ask"):
        explorer(model(), X, swapped=True)


def test_before_stays_beside_what_the_edited_picture_is_compared_with(
    page: tuple[Explorer, FakeComm],
) -> None:
    widget, _ = page
    widget.compare("left join", "two")
    apart = widget.run().wait(20)
    widget.edit("rotate", 15)
    answer = widget.run().wait(20)
    assert answer.before is not None and answer.before.attribution is not None
    assert np.array_equal(answer.before.attribution.cells, apart.result.maps[0].cells)
    assert answer.before.attribution.paid == 0, "it was known from before the edit"
    assert widget.original is not None and len(widget.others) == 1
    widget.operator = "join"
    answer = widget.run().wait(20)
    text = f"select * from f(one) for class {answer.target} join (select * from f(two))"
    expected = query(text, **names(widget)).explain(budget=64, grid=3)
    assert np.allclose(answer.before.attribution.cells, expected.cells, atol=1e-5)
    widget.operator = ""
    widget.compare("left join", "one")
    answer = widget.run().wait(20)
    assert answer.before is None and widget.original is None, "it is the partner already"
