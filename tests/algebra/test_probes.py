"""Probes are kept: under the network's weights, in a file, for the next session."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.algebra.helpers import IMAGES, fitted, wide
from xaiwidgets import Classifier, files
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.probes import Probes, network_key, probe_of, probes_of
from xaiwidgets.steps import run

X = IMAGES[0]


def file_of(model: Classifier, cache: Path) -> Path:
    return cache / "probes" / f"{network_key(model.net)}.safetensors"


def same(one: Probes, other: Probes) -> bool:
    return list(one) == list(other) and all(
        torch.equal(a.weight, b.weight) and torch.equal(a.bias, b.bias)
        and (a.tap, a.agreement, a.images) == (b.tap, b.agreement, b.images)
        for a, b in zip(one.values(), other.values(), strict=True)
    )  # fmt: skip


def test_probes_survive_saving_and_loading(tmp_path: Path) -> None:
    probes = probes_of(fitted(wide(), ["0", "4"]))
    again = Probes.load(probes.save(tmp_path / "deep" / "down.probes"))
    assert same(again, probes)
    assert again.network == probes.network
    assert list((tmp_path / "deep").iterdir()) == [tmp_path / "deep" / "down.probes"]


def test_probes_serve_another_model_of_the_same_weights() -> None:
    model = fitted(wide(), ["4"])
    found = model(X).select("4").explain(budget=16, grid=2, target=1)
    for net in (model.net, copy.deepcopy(model.net), wide()):
        again = Classifier(net)(X).select("4").explain(budget=16, grid=2, target=1)
        np.testing.assert_allclose(again.cells, found.cells, atol=1e-5)


def test_the_key_of_a_network_is_that_of_its_weights_and_layers() -> None:
    assert network_key(wide(1)) == network_key(wide(1).double().float().train())
    assert network_key(wide(1)) != network_key(wide(2))
    assert network_key(torch.nn.Sequential(torch.nn.ReLU())) != network_key(
        torch.nn.Sequential(torch.nn.Tanh())
    )


def test_a_network_with_a_state_that_is_no_tensor_has_a_key() -> None:
    class Stateful(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.steps = wide(), {"seen": 3}

        def get_extra_state(self) -> object:
            return self.steps

        def set_extra_state(self, state: object) -> None:
            self.steps = state

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.body(x)

    assert list(probes_of(fitted(Stateful(), ["body.4"]))) == ["body.4"]


def test_retrained_weights_lose_their_probes_and_old_ones_find_them_again() -> None:
    model = fitted(wide(), ["4"])
    expression = model(X).select("4")
    with torch.no_grad():
        model.net[0].bias.add_(1)
    with pytest.raises(InputError, match="has no probe"):
        expression.explain()
    with torch.no_grad():
        model.net[0].bias.copy_(wide()[0].bias)
    assert expression.explain(budget=16, grid=2).layer == "4"


def test_layers_fitted_later_join_those_fitted_before() -> None:
    model = fitted(wide(), ["4"])
    before = probe_of(model, "4").key
    run(model.fit_probes(IMAGES, ["0"]))
    assert list(probes_of(model)) == list(probes_of(Classifier(wide()))) == ["0", "4"]
    assert probe_of(model, "4").key == before


def test_what_was_fitted_is_named_where_a_probe_is_missing() -> None:
    with pytest.raises(InputError, match=r"'0' has no probe; fitted are 2, 4\. Run: "):
        probe_of(fitted(wide(), ["2", "4"]), "0")


@pytest.mark.parametrize("spoilt", [b"", b"nonsense", b"\xff" * 500, "half", "stranger", "shape"])
def test_a_spoilt_file_is_no_crash_and_fitting_mends_it(spoilt: object, cache: Path) -> None:
    model = fitted(wide(), ["4"])
    file = file_of(model, cache)
    if spoilt == "half":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif spoilt == "stranger":
        fitted(wide(1), ["0"])
        file_of(Classifier(wide(1)), cache).replace(file)
    elif spoilt == "shape":
        probe = probe_of(model, "4")
        object.__setattr__(probe, "weight", probe.weight[:, :5].contiguous())
        probes_of(model).save(file)
    else:
        file.write_bytes(spoilt)  # type: ignore[arg-type]
    again = Classifier(wide())
    with pytest.raises(InputError, match="has no probe"):
        again(X).select("4").explain()
    run(again.fit_probes(IMAGES, ["4"]))
    assert list(probes_of(Classifier(wide()))) == ["4"]


@pytest.mark.parametrize("content", [b"", b"{}", None])
def test_loading_what_holds_no_probes_is_explained(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "no.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"no\.safetensors cannot be read as probes"):
        Probes.load(path)


@pytest.mark.parametrize("about", [{}, {"network": "a", "probes": [{"tap": ["4", 0, 3]}]}])
def test_a_file_that_lacks_a_probes_numbers_is_explained(about: dict, tmp_path: Path) -> None:
    path = files.write(tmp_path / "no.safetensors", "probes", {"4": torch.zeros(1)}, about)
    with pytest.raises(DataError, match=r"no\.safetensors does not hold probes.*fit them again"):
        Probes.load(path)


def test_a_cache_that_cannot_be_written_is_explained_and_the_session_has_the_probes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XAIWIDGETS_CACHE", str(tmp_path / "file"))
    model = Classifier(wide())
    with pytest.warns(UserWarning, match=r"serve this session.*XAIWIDGETS_CACHE"):
        run(model.fit_probes(IMAGES, ["4"]))
    assert model(X).select("4").explain(budget=16, grid=2).layer == "4"


def test_the_users_cache_is_used_without_a_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XAIWIDGETS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = fitted(wide(), ["4"])
    assert file_of(model, tmp_path / "xaiwidgets").exists()


def test_probes_say_how_well_they_agree() -> None:
    probes = probes_of(fitted(wide(), ["0", "4"]))
    words = [f"{layer} {agreement:.0%}" for layer, agreement in probes.agreement.items()]
    assert repr(probes) == f"Probes({', '.join(words)})"
