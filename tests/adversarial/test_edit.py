"""An attack as an edit of a query: the same pictures, computed once, on one network."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from xaiwidgets import Classifier, query
from xaiwidgets.adversarial import AttackEdit, attack
from xaiwidgets.datasets import digits
from xaiwidgets.errors import InputError, QueryError
from xaiwidgets.zoo import digits as digit_network

MODEL = digit_network()
X = MODEL.input(digits("test").images[0])
NAMES: dict[str, Any] = {"f": MODEL, "x": X, "attack": AttackEdit(MODEL)}


def test_a_query_attacks_as_python_does() -> None:
    result = attack(MODEL, X[None], method="pgd", target=3, size=0.2).run()
    text = 'select * from f(attack(x, method="pgd", target=3, size=0.2))'
    (term,) = query(text, **NAMES).terms
    assert str(term) == text
    assert torch.equal(term.source.tensor, result.images[0])
    for at in (0, 7, len(result.path) - 1):
        (term,) = query(text.replace("size=0.2", f"size=0.2, at={at}"), **NAMES).terms
        assert torch.equal(term.source.tensor, result.path[at][0])
    assert torch.equal(result.path[0][0], X)


def test_an_attack_is_computed_once_for_all_points_of_its_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edit, evaluations = AttackEdit(MODEL), []
    plain = Classifier.logits

    def heard(self: Classifier, batch: Any) -> Any:
        evaluations.append(len(batch))
        return plain(self, batch)

    monkeypatch.setattr(Classifier, "logits", heard)
    first = edit(X, size=0.2, at=3).run()
    count = len(evaluations)
    assert count > 0
    assert not torch.equal(edit(X, size=0.2).run(), first) and len(evaluations) == count
    edit(X, size=0.1).run()
    assert len(evaluations) > count


def test_a_network_written_past_torch_is_attacked_anew() -> None:
    network = digit_network()
    edit = AttackEdit(network)
    first = edit(X, size=0.2).run()
    for weight in network.net.parameters():
        weight.data.neg_()
    assert not torch.equal(edit(X, size=0.2).run(), first)


def test_settings_are_checked_where_they_are_written() -> None:
    for settings, words in [
        ('method="fgms"', "method is 'fgms'"), ("size=2", "size is 2"), ("steps=0", "steps"),
        ("at=-1", "at"), ("target=11", "11"), ("colour=1", "unexpected keyword"),
        ("window=[0:99, 0:2]", "leaves the picture"),
    ]:  # fmt: skip
        with pytest.raises(QueryError, match=words):
            query(f"select * from f(attack(x, {settings}))", **NAMES)
    with pytest.raises(InputError, match="the path of the attack has 2 points, from 0"):
        AttackEdit(MODEL)(X, method="fgsm", at=2).run()
    predicted = int(MODEL.logits(X[None]).argmax())
    with pytest.raises(InputError, match="give another target"):
        query(f"select * from f(attack(x, target={predicted}))", **NAMES).explain(budget=64, grid=2)


def test_two_networks_are_shown_one_attacked_picture() -> None:
    other = Classifier(MODEL.net, classes=MODEL.classes, preprocess=MODEL.preprocess, name="g")
    text = "select * from f(attack(x)) left join (select * from g(attack(x)))"
    sides = query(text, g=other, **NAMES).terms
    assert sides[0].source == sides[1].source and NAMES["attack"] == AttackEdit(MODEL)


def test_limits_in_a_list_are_limits() -> None:
    edit = AttackEdit(MODEL)
    first = edit(X, method="fgsm", limits=[0, 1]).run()
    assert torch.equal(first, edit(X, method="fgsm", limits=(0, 1)).run())
    assert edit.recall(X, method="fgsm", limits=[0, 1]) is not None
    assert edit.recall(X, method="fgsm", limits=[0, 0.5]) is None
