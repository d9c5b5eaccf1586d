"""Layers are fitted by hand, from the pictures that there are."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.widgets.hands import FakeComm, X, Y, explorer, model, told, until
from xaiwidgets import Explorer, images
from xaiwidgets.errors import InputError
from xaiwidgets.images import crops
from xaiwidgets.widgets.explorer._layers import IMAGES, fitting_images, offer_layers
from xaiwidgets.work import run


def fitted(widget: Explorer, **fields: object) -> dict[str, object]:
    comm = FakeComm()
    widget.comm = comm
    assert told(comm, widget, "fit", **fields)["ok"]
    until(lambda: widget.fitting is not None and not widget.fitting["running"], 30)
    return dict(widget.fitting)


def test_the_layers_wake_by_themselves(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XAIWIDGETS_CACHE", str(tmp_path))
    widget = explorer(model(), {"one": X, "two": Y})
    widget.run().wait(20)
    assert not widget.layers and "layer" in widget.blocked
    note = str(fitted(widget)["note"])
    until(lambda: bool(widget.layers))
    assert note.startswith(f"{len(widget.layers)} layers fitted on 2 pictures and 58 parts of them")
    assert "flatters" in note
    until(lambda: "layer" not in widget.blocked)
    names = [layer["name"] for layer in widget.layers]
    assert names == list(widget._session.probes)
    widget.layer = names[0]
    assert widget.run().wait(20).result.layer == names[0]  # type: ignore[union-attr]


def test_the_layers_that_are_ticked_are_fitted_and_no_others(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XAIWIDGETS_CACHE", str(tmp_path))
    net = torch.nn.Sequential(
        torch.nn.ZeroPad2d(1),
        torch.nn.Conv2d(3, 4, 3),
        torch.nn.BatchNorm2d(4),
        torch.nn.ReLU(),
        torch.nn.AvgPool2d(16),
        torch.nn.Flatten(),
        torch.nn.Linear(4, 4),
    )
    widget = explorer(model(net), {"one": X, "two": Y})
    widget.run().wait(20)
    comm = FakeComm()
    widget.comm = comm
    assert told(comm, widget, "offer")["ok"]
    until(lambda: widget.fit_offer is not None)
    offer = widget.fit_offer
    assert offer is not None
    modules = {layer["name"]: layer["module"] for layer in offer["layers"]}
    assert modules["1"] == "Conv2d" and [*modules] == sorted(modules)
    chosen = {layer["module"] for layer in offer["layers"] if layer["chosen"]}
    assert chosen and not chosen & {"ZeroPad2d", "BatchNorm2d"}
    assert offer["images"] == "2 pictures and 58 parts of them"
    assert "below 100 pictures" in offer["warning"]

    assert fitted(widget, layers=["3", "1"])["note"].startswith("2 layers")  # type: ignore[attr-defined]
    until(lambda: [layer["name"] for layer in widget.layers] == ["1", "3"])
    assert "no layer 'nine'" in str(fitted(widget, layers=["nine"])["note"])
    assert "layers is []" in str(fitted(widget, layers=[])["note"])


def test_agreements_come_as_layers_are_fitted(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XAIWIDGETS_CACHE", str(tmp_path))
    widget = explorer(model(), {"one": X, "two": Y})
    widget.run().wait(20)
    states: list[dict[str, Any]] = []
    widget.observe(lambda change: states.append(dict(change["new"])), "fitting")
    fitted(widget, layers=["0", "4"])
    shown = [state["agreements"] for state in states if state["running"] and state["agreements"]]
    assert [*shown[-1]] == ["0"], "the last is told by the layers"
    until(lambda: bool(widget.layers))
    assert (
        shown[-1]["0"] == next(each for each in widget.layers if each["name"] == "0")["agreement"]
    )


@pytest.mark.parametrize(("count", "warned"), [(99, True), (100, False)])
def test_a_hundred_pictures_are_enough(count: int, warned: bool) -> None:
    pictures = torch.rand(count, *X.shape, generator=torch.Generator().manual_seed(2))
    session = explorer(model(), [*pictures])._session
    offer = run(offer_layers(session, session.picture_at(0)))
    assert offer.images == f"{count} pictures"
    assert offer.warning == ("below 100 pictures it is a rough estimate" if warned else "")


class Channels(torch.nn.Module):
    """A network without layers: the mean of each channel, and the red one once more."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        means = batch.mean((2, 3))
        return torch.cat([means, means[:, :1]], 1)


def test_what_has_no_layers_says_so() -> None:
    widget = explorer(model(Channels()), X)
    widget.run().wait(20)
    note = str(fitted(widget)["note"])
    assert "layer" in note
    assert widget.error is not None and widget.error["message"] == note
    assert not widget.layers


def test_a_fit_is_stopped_and_the_explorer_goes_on() -> None:
    widget = explorer(model(), {"one": X, "two": Y})
    widget.run().wait(20)
    widget._page.fit()
    widget.cancel()
    until(lambda: not widget.fitting["running"], 30)
    assert widget.fitting["note"].startswith("stopped")
    assert widget.run().wait(20).result is not None


def test_what_is_fitted_from_is_the_pictures_and_parts_of_them() -> None:
    session = explorer(model(), {"one": X, "two": Y}, {"small": X[:, :8]})._session
    batch = fitting_images(session, session.picture_at(0))
    assert batch.shape == (IMAGES, *X.shape)
    assert torch.equal(batch[0], X) and torch.equal(batch[1], Y)
    assert torch.equal(batch, fitting_images(session, session.picture_at(0)))


def test_crops_are_parts_of_their_pictures() -> None:
    rows = torch.arange(12.0)[None, :, None].expand(1, 12, 9)
    parts = crops([rows, rows + 100], 10, seed=3)
    assert parts.shape == (10, 1, 12, 9)
    for number, part in enumerate(parts):
        low = 100 * (number % 2)
        assert low - 1e-4 < part.min() and part.max() < low + 11 + 1e-4
        assert part.diff(dim=1).min() > -1e-4 and part.diff(dim=2).abs().max() < 1e-4
        assert float(part.max() - part.min()) >= 2
    columns = rows.transpose(1, 2)
    slopes = [float(part[0, 0].diff().mean()) > 0 for part in crops([columns], 40)]
    assert {True, False} == set(slopes), "some are mirrored"
    assert not torch.equal(crops([rows], 3), crops([rows], 3, seed=1))


@pytest.mark.parametrize("wrong", [([], 3), ([X], 0), ([X], 1.5)])
def test_what_cannot_be_cropped_is_refused(wrong: tuple[list[torch.Tensor], int]) -> None:
    with pytest.raises(InputError, match="give one of each at least"):
        images.crops(*wrong)
