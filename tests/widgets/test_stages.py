"""What each layer says: from the rows of the map, beside it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests import models
from tests.algebra.helpers import Ear
from tests.widgets.hands import CLASSES, R, X, Y, explorer, model, until
from xaiwidgets import Classifier, Comparison, Explorer
from xaiwidgets.copies import Copies
from xaiwidgets.errors import InputError
from xaiwidgets.work import run

IMAGES = torch.rand(60, *X.shape, generator=torch.Generator().manual_seed(1))


def fitted(**traits: object) -> tuple[Classifier, Explorer]:
    net = model(models.small(seed=31))  # probes are kept, and other tests count on none
    run(net.fit_probes(IMAGES, ["4", "0"]))
    widget = explorer(net, {"one": X, "two": Y}, {"ref": R}, **traits)
    widget.run().wait(20)
    until(lambda: len(widget.layer_maps) == 3 and bool(widget.stages))
    return net, widget


def test_stages_are_those_of_plain_python_with_the_rank_of_the_class_explained() -> None:
    net, widget = fitted(target="bird")
    plain = net.stages(X)
    assert [stage["layer"] for stage in widget.stages] == ["0", "4", None]
    for stage, prediction in zip(widget.stages, plain.values(), strict=True):
        labels = [score.label for score in prediction.top]
        shown = stage["prediction"]
        assert [score["label"] for score in shown["top"]] == labels
        assert labels[stage["rank"] - 1] == "bird" == shown["target"]["label"]
        logits = [score["logit"] for score in shown["top"]]
        assert np.allclose(logits, [score.logit for score in prediction.top], atol=1e-5)
    assert {stage["rank"] for stage in widget.stages} != {1}
    assert sorted(CLASSES) == sorted(labels)


def test_beside_a_map_no_network_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    _, widget = fitted()
    ear, made = Ear(), Copies.twin
    monkeypatch.setattr(
        Copies, "twin", lambda self, *args: made(self, *args).map(lambda twin: ear.at(twin, 0))
    )
    widget.index = 1
    widget.run().wait(20)
    until(lambda: len(widget.layer_maps) == 3 and bool(widget.stages))
    assert widget.attribution is not None
    assert len(ear.pictures) == widget.attribution["paid"] > 0


def test_another_window_or_class_keeps_them_and_another_picture_or_edit_does_not() -> None:
    net, widget = fitted()
    first = widget.stages
    widget.window = (2, 2, 9, 9)
    assert widget.stages == first
    widget.target = "bird"
    widget.run().wait(20)
    until(lambda: widget.stages[0]["prediction"]["target"]["label"] == "bird")
    widget.edit("erase", widget._timeline.now.window)
    assert not widget.stages or widget.stages != first
    widget.run().wait(20)
    until(lambda: bool(widget.stages))
    edited = widget._timeline.now.source.tensor
    assert not torch.equal(edited, X)
    label = net.stages(edited)["0"].top[0].label
    assert widget.stages[0]["prediction"]["top"][0]["label"] == label


def test_without_layers_there_are_none() -> None:
    net = model(models.small(seed=32))
    widget = explorer(net, X)
    widget.run().wait(20)
    job = widget._prefetch.channel.job
    until(lambda: job is not None and job.done)
    assert not widget.stages


def test_two_layers_are_told_apart_as_plain_python_does() -> None:
    net, widget = fitted()
    widget.compare("left join", "layer 4")
    widget.run().wait(20)
    assert widget.query == "select * from f(one) left join (select 4 from f(one))"
    plain = net(X).left_join(net(X).select("4")).explain(budget=64, grid=3)
    assert isinstance(widget.result, Comparison)
    for shown, wanted in zip(widget.result.maps, plain.maps, strict=True):
        assert np.allclose(shown.cells, wanted.cells, atol=1e-5)
    assert widget.partners == ["layer 4"]
    assert [partner["label"] for partner in widget.others] == ["one at layer 4"]
    widget.layer = "0"
    assert widget.query == "select 0 from f(one) left join (select 4 from f(one))"
    widget.layer = "4"
    assert (widget.query, widget.operator) == ("select 4 from f(one)", "")


def test_a_layer_is_told_from_the_whole_network_also_of_an_edited_picture_and_in_python() -> None:
    _, widget = fitted()
    widget.edit("brighten", 0.25)
    widget.layer = "0"
    widget.compare("left join", "layer *")
    widget.run().wait(20)
    text = widget.query
    assert text.startswith("select 0 from f(brighten(one, 0.25))") and "select * from" in text
    assert widget.others[0]["label"] == "brighten(one, 0.25), whole network"
    assert ".select('0').for_class(" in widget.code and ".left_join(model(edited)" in widget.code
    widget.query = "select * from f(one)"
    widget.query = text
    assert widget.partners == ["layer *"] and widget.layer == "0"


def test_what_cannot_be_told_apart_by_layers_is_refused() -> None:
    _, widget = fitted()
    assert "other layer" not in widget.blocked
    with pytest.raises(InputError, match="no 'layer 9' to compare with"):
        widget.compare("left join", "layer 9")
    with pytest.raises(InputError, match="one is compared with itself"):
        widget.compare("left join", "layer *")
    widget.compare("left join", "ref")
    widget.run().wait(20)
    assert "other layer" in widget.blocked


def test_without_probes_there_is_no_other_layer() -> None:
    widget = explorer(model(models.small(seed=33)), X)
    assert "other layer" not in widget.blocked
    with pytest.raises(InputError, match="to compare with"):
        widget.compare("left join", "layer 4")
