from __future__ import annotations

import numpy as np
import pytest
import torch
import traitlets as t

from tests import models
from tests.widgets.hands import R, X, explorer, model, until
from xaiwidgets import Explorer
from xaiwidgets.errors import InputError
from xaiwidgets.widgets.explorer._prefetch import Ahead, Prefetched
from xaiwidgets.work import run

IMAGES = torch.rand(60, *X.shape, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def fitted() -> Explorer:
    net = model(models.small(seed=12))  # probes are kept, and other tests count on none
    run(net.fit_probes(IMAGES, ["4", "0"]))
    widget = explorer(net, X, {"ref": R})
    widget.run().wait(20)
    return widget


def test_a_network_without_named_layers_is_explored() -> None:
    class Bare(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.mean((2, 3))

    widget = explorer(Bare(), X)
    widget.run().wait(20)
    assert "layer" in widget.blocked


def test_without_probes_the_layer_says_what_to_press() -> None:
    net = model()
    with torch.no_grad():
        net.net[0].weight += 0.5  # a network that no test has fitted probes for
    widget = explorer(net, X)
    assert widget.layers == []
    assert "Fit layers" in widget.blocked["layer"]
    with pytest.raises(t.TraitError, match=r"has no probe.*fit_probes"):
        widget.layer = "0"
    run(net.fit_probes(IMAGES, ["0"]))
    widget.run().wait(20)
    widget.layer = "0"
    assert [layer["name"] for layer in widget.layers] == ["0"]


def test_all_layers_are_computed_ahead_at_no_evaluation(fitted: Explorer) -> None:
    assert [layer["name"] for layer in fitted.layers] == ["0", "4"]
    assert all(0 <= layer["agreement"] <= 1 for layer in fitted.layers)
    until(lambda: set(fitted.layer_maps) == {"", "0", "4"})
    ahead = fitted.layer_maps["4"][0]
    assert ahead["paid"] == 0
    assert ahead["layer"] == "4"
    fitted.layer = "4"
    fitted.run().wait(20)
    assert fitted.query == "select 4 from f(x)"
    assert np.array_equal(fitted.attribution["cells"], ahead["cells"])  # type: ignore[index]
    plain = fitted._session.model(X).select("4").explain(budget=64, grid=3)
    assert np.allclose(np.frombuffer(ahead["cells"], np.float32), plain.cells.ravel(), atol=1e-5)
    assert set(fitted.layer_maps) == {"", "0", "4"}, "another layer is the same question"


def test_another_question_forgets_what_was_ahead(fitted: Explorer) -> None:
    until(lambda: len(fitted.layer_maps) == 3 and fitted.readings is not None)
    first = fitted.layer_maps["0"][0]["cells"]
    fitted.window = (2, 2, 9, 9)
    assert fitted.layer_maps == {} or "" in fitted.layer_maps
    fitted.run().wait(20)
    until(lambda: len(fitted.layer_maps) == 3)
    assert not np.array_equal(fitted.layer_maps["0"][0]["cells"], first)


def test_layers_of_a_comparison_have_a_map_for_each_side(fitted: Explorer) -> None:
    fitted.compare("left join", "ref")
    fitted.run().wait(20)
    until(lambda: len(fitted.layer_maps) == 3)
    assert all(len(maps) == 2 for maps in fitted.layer_maps.values())
    fitted.layer = "0"
    assert fitted.query == "select 0 from f(x) left join (select 0 from f(ref))"


def test_readings_come_from_the_coalitions_already_asked(fitted: Explorer) -> None:
    until(lambda: fitted.readings is not None)
    read = fitted.readings
    assert read["evaluations"] == fitted.result.evaluations  # type: ignore[index, union-attr]
    assert len(np.frombuffer(read["linear"]["cells"], np.float32)) == 9  # type: ignore[index]
    curves = read["curves"]  # type: ignore[index]
    assert len(curves["share"]) == len(curves["deletion"]) == 10
    assert curves["deletion"][0] == pytest.approx(fitted.attribution["value"])  # type: ignore[index]
    assert read["tree"]["rules"][0]["text"].startswith("if ")  # type: ignore[index]


def test_a_late_step_of_another_question_changes_nothing(fitted: Explorer) -> None:
    until(lambda: len(fitted.layer_maps) == 3 and fitted.readings is not None)
    late = Prefetched(layers={"0": fitted._answer})  # type: ignore[dict-item]
    old = fitted._prefetch._question
    fitted.window = (2, 2, 9, 9)
    fitted.run().wait(20)
    until(lambda: len(fitted.layer_maps) == 3)
    prefetch = fitted._prefetch
    prefetch._ahead = Ahead()
    prefetch._take(late, old)
    assert not prefetch._ahead.maps
    prefetch._take(late, prefetch._question)
    assert fitted.layer_maps.keys() == {"0"}


def test_what_was_computed_ahead_comes_back(fitted: Explorer) -> None:
    until(lambda: len(fitted.layer_maps) == 3 and fitted.readings is not None)
    ahead, read = fitted.layer_maps, fitted.readings
    fitted.target = (fitted.attribution["target"] + 1) % 2  # type: ignore[index]
    fitted.run().wait(20)
    until(lambda: len(fitted.layer_maps) == 3 and fitted.readings is not None)
    assert not np.array_equal(fitted.layer_maps["4"][0]["cells"], ahead["4"][0]["cells"])
    fitted.target = 2
    assert fitted.layer_maps == {} and fitted.readings is None, "not those of another class"
    fitted.target = None
    assert fitted.layer_maps == ahead, "before the answer"
    assert fitted.readings == read
    fitted.edit("rotate", 90)
    fitted.run().wait(20)
    fitted.undo()
    assert fitted.layer_maps == {}, "not on the edited picture, which is still there"
    fitted.run().wait(20)
    assert fitted.layer_maps == ahead


def test_the_page_has_the_maps_of_classes_asked_before(fitted: Explorer) -> None:
    until(lambda: len(fitted.layer_maps) == 3)
    first = fitted.attribution["target"]  # type: ignore[index]
    other = (first + 1) % 3
    assert fitted.class_maps.keys() == {str(first)}
    fitted.target = other
    assert fitted.class_maps.keys() == {str(first)}, "the new one's is not there yet"
    fitted.run().wait(20)
    until(lambda: len(fitted.layer_maps) == 3)
    known = fitted.class_maps
    assert known.keys() == {str(first), str(other)}
    assert known[str(other)] == fitted.layer_maps[""]
    fitted.layer = "4"
    fitted.run().wait(20)
    until(lambda: len(fitted.layer_maps) == 3)
    both = {target: maps[0]["layer"] for target, maps in fitted.class_maps.items()}
    assert both == {str(first): "4", str(other): "4"}, "the other's at this layer, computed ahead"
    fitted.layer, fitted.window = None, (2, 2, 9, 9)
    assert fitted.class_maps == {}, "another part of the picture is another question"
    fitted.window = None
    assert fitted.class_maps == known, "before the answer"
    fitted.seed += 1
    fitted.run().wait(20)
    assert fitted.class_maps.keys() == {str(other)}


def test_what_was_computed_ahead_of_another_network_does_not() -> None:
    net, rival = model(models.small(seed=12)), model(models.small(seed=13))
    widget = explorer(net, X, {"ref": R}, rival=rival)
    widget.compare("left join", "g")
    widget.run().wait(20)
    until(lambda: widget.readings is not None)
    old = widget.readings["linear"]["cells"]  # type: ignore[index]
    widget.window = (2, 2, 9, 9)
    widget.run().wait(20)
    with torch.no_grad():
        rival.net[-1].weight.mul_(-2)
    widget.window = None
    widget.run().wait(20)
    until(lambda: widget.readings is not None)
    assert not np.array_equal(widget.readings["linear"]["cells"], old)  # type: ignore[index]


def test_other_weights_make_everything_anew(fitted: Explorer) -> None:
    until(lambda: len(fitted.layer_maps) == 3 and fitted.readings is not None)
    old, read = fitted.layer_maps["0"][0]["cells"], fitted.readings
    with torch.no_grad():
        for weight in fitted._session.model.net.parameters():
            weight.mul_(-1.5)
    run(fitted._session.model.fit_probes(IMAGES, ["0", "4"]))
    fitted._page.run_anew()
    until(lambda: len(fitted.layer_maps) == 3 and fitted.readings is not None)
    assert not np.array_equal(fitted.layer_maps["0"][0]["cells"], old)
    assert not np.array_equal(fitted.readings["linear"]["cells"], read["linear"]["cells"])  # type: ignore[index]


def test_weights_that_lose_the_probe_of_the_layer_are_an_error(fitted: Explorer) -> None:
    fitted.layer = "4"
    fitted.run().wait(20)
    with torch.no_grad():
        fitted._session.model.net[-1].weight.mul_(2)
    with pytest.raises(InputError, match="no probe"):
        fitted.run().wait(20)
    assert fitted.status["state"] == "error"


def test_too_few_coalitions_to_read_are_said() -> None:
    widget = explorer(model(), X, grid=2)
    widget.run().wait(20)
    until(lambda: "readings" in widget.blocked)
    assert "too few trials" in widget.blocked["readings"]


def test_what_does_not_fit_the_memory_is_not_computed_ahead() -> None:
    net = model(models.small(seed=12))  # probes are kept, and other tests count on none
    run(net.fit_probes(IMAGES, ["4", "0"]))
    widget = explorer(net, X, budget=128, grid=4)
    widget.run().wait(20)
    # What is computed ahead by now has looked up what it is about to use.
    until(lambda: widget._prefetch.channel.job is not None and widget._prefetch.channel.job.done)
    widget._session.cache.clear()
    widget._session.cache.limit = 2000
    widget.seed = 7
    widget.run().wait(20)
    until(lambda: widget._prefetch.channel.job is not None and widget._prefetch.channel.job.done)
    assert set(widget.layer_maps) == {""}
