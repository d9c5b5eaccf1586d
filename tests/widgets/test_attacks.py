"""Attacks by hand in an Explorer: asked, looked along, stopped, compared with what was before."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests import models
from tests.widgets.hands import CLASSES, FakeComm, X, Y, explorer, model, told, until
from xaiwidgets import Classifier, Explorer, Window, datasets, query, zoo
from xaiwidgets.adversarial import attack

Page = tuple[Explorer, FakeComm]
RIVAL = Classifier(models.small(seed=5), classes=CLASSES, name="g")


@pytest.fixture
def page() -> Page:
    widget = explorer(model(), {"one": X, "two": Y}, rival=RIVAL)
    widget.run().wait(20)
    widget.comm = comm = FakeComm()
    return widget, comm


def attacked(page: Page, **fields: Any) -> dict[str, Any]:
    widget, comm = page
    assert told(comm, widget, "attack", **fields)["ok"]
    until(lambda: widget.attack is not None and not widget.attack["running"])
    widget.run().wait(20)
    return dict(widget.attack)  # type: ignore[arg-type]


def test_an_attack_is_an_edit_with_its_query_and_its_python(page: Page) -> None:
    widget, _ = page
    target = 2
    shown = attacked(page, method="pgd", size=1.0, target=target)
    net = widget._session.model
    expected = attack(net, X[None], method="pgd", size=1.0, target=target).run()
    assert widget.query.startswith(
        f'select * from f(attack(one, method="pgd", size=1, target={target})) for class '
    )
    source = widget._timeline.now.source
    assert torch.equal(source.tensor, expected.images[0])
    assert (shown["points"], shown["at"]) == (len(expected.path), len(expected.path) - 1)
    assert shown["reached"] and shown["words"].startswith("It worked: now the network says ")
    assert net.label(target) in shown["words"] and shown["target"] == net.label(target)
    assert widget.edits == [f"attack method pgd size 1 target {target}"]
    scope = {"model": net, "pictures": {"one": X, "two": Y}}
    exec("\n".join(widget.code.splitlines()[:-1]), scope)
    assert torch.equal(scope["edited"], expected.images[0])  # type: ignore[arg-type]
    assert query(widget.query, **widget._session.names).terms[0].source == source
    # What it was stands beside, and the anti-join with it is a step away.
    assert widget.original is not None and widget.result_before is not None
    widget.compare("left join", "one")
    assert widget.query.endswith("left join (select * from f(one))")
    widget.undo()
    widget.undo()
    assert widget.query == "select * from f(one)" and widget.attack is None
    widget.redo()
    assert widget.attack == shown


def test_its_path_is_looked_along(page: Page) -> None:
    widget, comm = page
    shown = attacked(page, size=0.3)
    path = attack(widget._session.model, X[None], size=0.3).run().path
    last = len(path) - 1
    past = widget.undoable
    widget.set_state({"gesture": 7})
    for at in (3, last - 1, 0):
        assert told(comm, widget, "attack_at", at=at)["ok"]
        assert torch.equal(widget._timeline.now.source.tensor, path[at][0])
        assert f"at={at}" in widget.query and widget.attack["at"] == at  # type: ignore[index]
        assert f"path[{at}]" in widget.code
    assert widget.undoable == past + 1, "the moves of one drag are one step"
    told(comm, widget, "attack_at", at=last)
    assert "at=" not in widget.query and widget.attack == shown
    error = told(comm, widget, "attack_at", at=last + 1)["error"]["message"]
    assert f"the path has {last + 1} points, from 0" in error


def test_a_size_that_moves_attacks_anew_from_the_picture(page: Page) -> None:
    widget, _ = page
    for size in (0.1, 0.2):
        attacked(page, size=size)
        assert widget.query.count("attack(") == 1 and f"size={size}" in widget.query
    shown = attacked(page, size=0)
    assert torch.equal(widget._timeline.now.source.tensor, X)
    assert not shown["reached"] and shown["words"].startswith("The attack failed: the network says")
    assert "A larger size may do it." in shown["words"]


def test_its_map_counts_as_much_as_the_slider_says() -> None:
    net = zoo.digits()
    image = net.input(datasets.digits("test").images[0])
    widget = explorer(net, {"one": image})
    widget.run().wait(20)
    widget.comm = comm = FakeComm()
    settings: dict[str, Any] = {"method": "adv2", "size": 0.1}
    shown = attacked((widget, comm), weight=4.5, **settings)
    assert shown["weight"] == 4.5 and 'method="adv2", size=0.1, weight=4.5' in widget.query
    expected = attack(net, image[None], weight=4.5, **settings).run().images[0]
    assert torch.equal(widget._timeline.now.source.tensor, expected)
    assert not torch.equal(expected, attack(net, image[None], **settings).run().images[0])
    # What deceives no map has no weight, whatever the slider says.
    shown = attacked((widget, comm), method="pgd", size=0.1, weight=4.5)
    assert "weight" not in widget.query and shown["weight"] == 1
    answer = told(comm, widget, "attack", method="adv2", weight=-1)
    assert "weight is -1" in answer["error"]["message"]


def test_it_stays_in_the_window(page: Page) -> None:
    widget, comm = page
    error = told(comm, widget, "attack", inside=True)["error"]["message"]
    assert "draw a window first" in error
    window = Window(2, 2, 5, 6)
    widget.window = window
    attacked(page, size=0.4, inside=True)
    assert widget.window is None, "what is done to it shows in the picture around it"
    attacked(page, size=0.5, inside=True)
    assert f"size=0.5, window={window}" in widget.query
    changed = (widget._timeline.now.source.tensor != X).any(0)
    rows, columns = window.slices
    assert changed[rows, columns].any()
    changed[rows, columns] = False
    assert not changed.any()


def test_what_it_cannot_do_is_said_and_leaves_the_picture(page: Page) -> None:
    widget, comm = page
    best = int(widget._session.model.logits(X[None]).argmax())
    assert told(comm, widget, "attack", target=best)["ok"]
    until(lambda: widget.error is not None)
    assert "give another target" in widget.error["message"]  # type: ignore[index]
    assert widget.attack is None and widget.query == "select * from f(one)"
    for fields, words in [({"method": "fgms"}, "fgms"), ({"size": 2}, "size is 2")]:
        assert words in told(comm, widget, "attack", **fields)["error"]["message"]
    assert "attack the picture first" in told(comm, widget, "attack_at", at=0)["error"]["message"]


@pytest.mark.parametrize(("reports", "steps"), [(2, 0), (1, 1), (4, 4)])
def test_cancel_keeps_what_there_is(
    page: Page, monkeypatch: pytest.MonkeyPatch, reports: int, steps: int
) -> None:
    widget, comm = page
    attacks = widget._page.attacks
    show, heard = attacks._show, []

    def stop_after_some(shown: Any) -> None:
        show(shown)
        # Without steps: at the first report, which comes before the attack has begun.
        if shown is not None and shown.running and (shown.total or not steps):
            heard.append(shown.done)
            if len(heard) == reports:
                widget.cancel()

    monkeypatch.setattr(attacks, "_show", stop_after_some)
    assert told(comm, widget, "attack", method="pgd", size=0.3)["ok"]
    until(lambda: len(heard) >= reports)
    until(lambda: widget.attack is None or not widget.attack["running"])
    if not steps:
        assert widget.attack is None and widget.query == "select * from f(one)"
        return
    at = widget.attack["at"]  # type: ignore[index]
    assert at == steps and f"at={at}" in widget.query
    assert widget.attack["words"].startswith(f"Stopped after {at} steps")  # type: ignore[index]
    path = attack(widget._session.model, X[None], size=0.3).run().path
    assert torch.equal(widget._timeline.now.source.tensor, path[at][0]), "as its text says"
    widget.run().wait(20)
    assert widget.result is not None


def test_a_query_attacks_and_each_network_under_a_name_of_its_own(page: Page) -> None:
    widget, comm = page
    text = 'select * from f(attack(two, method="fgsm", size=0.3))'
    assert told(comm, widget, "ask", text=text)["ok"]
    widget.run().wait(20)
    until(lambda: widget.attack is not None)
    assert widget.attack["points"] == 2  # type: ignore[index]
    assert told(comm, widget, "swap", name="g")["ok"]
    widget.edit("rotate", 15)
    assert widget.run().wait(20).before is not None and widget.attack is None
    widget.index = 0
    attacked(page, size=0.2)
    assert widget.query.startswith('select * from g(attack_g(one, method="pgd", size=0.2))')
    expected = attack(RIVAL, X[None], size=0.2).run().images[0]
    assert torch.equal(widget._timeline.now.source.tensor, expected)
    assert "xaiwidgets.adversarial.attack(rival, " in widget.code
    assert explorer(model(), {"attack": X})._session.attack[0] == "attack2"
