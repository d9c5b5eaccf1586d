"""The ContrastExplorer without a page: state, work, protocol."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import traitlets as t
from PIL import Image
from torch import Tensor

from tests.contrast.models import Identity
from tests.widgets.contrast_hands import IMAGES, explorer
from tests.widgets.hands import MADE, FakeComm, told, until
from xaiwidgets import Classifier, ContrastExplorer, contrast, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.steps import run


def numbers(shown: dict[str, Any], name: str, kind: Any = np.float32) -> Any:
    return np.frombuffer(shown[name], kind)


@pytest.fixture(scope="module")
def answered() -> ContrastExplorer:
    """A widget that has answered, for tests that leave it as it is."""
    widget = explorer()
    widget.run().wait(30)
    widget.comm = FakeComm()
    return widget


def test_the_widget_gives_what_plain_python_gives() -> None:
    widget = explorer(index=1, probe="7", seed=3)
    widget.run().wait(30)
    model, generator = zoo.digits(), zoo.generator("digits")
    found = run(contrast.explain(model, generator, IMAGES[1:2], "7", seed=3))
    assert widget.result is not None
    assert widget.result.distance[0] == pytest.approx(found.distance[0], rel=1e-5)
    assert torch.allclose(widget.result.boundary, found.boundary, atol=1e-5)
    shown = widget.contrast
    assert shown is not None and widget.status["state"] == "done"
    assert (shown["probe_label"], shown["converged"], shown["partial"]) == ("7", True, False)


def test_what_crosses_is_the_morph_as_it_is() -> None:
    widget = explorer(probe=7)
    widget.run().wait(30)
    shown, morph = widget.contrast, widget.morph
    assert shown is not None and morph is not None
    positions = numbers(shown, "positions")
    count = len(positions)
    assert positions[0] == 0 and positions[32] == 1
    frames = numbers(shown, "frames", np.uint8).reshape(count, 8, 8, 3)
    picture = numbers(widget.picture, "data", np.uint8).reshape(8, 8, 3)
    assert np.array_equal(frames[0], picture)
    changes = (
        numbers(shown, "differences", np.int8).reshape(count, 8, 8) * shown["difference_scale"]
    )
    exact = (morph.images[:, 0] - morph.images[0, 0]).mean(1).numpy()
    assert np.abs(changes - exact).max() <= 0.51 * shown["difference_scale"]
    assert not changes[0].any()
    likelihoods = numbers(shown, "log_likelihoods").reshape(count, 10)
    assert np.allclose(np.exp(likelihoods).sum(1), 1, atol=1e-4)
    gap = likelihoods[:, shown["true"]] - likelihoods[:, 7]
    assert np.allclose(gap, numbers(shown, "gap"), atol=1e-4)
    assert abs(gap[32]) <= 0.05
    assert gap[32] == pytest.approx(shown["gap_at_end"], abs=1e-3)


def test_past_the_boundary_the_promised_class_appears() -> None:
    widget = explorer(probe=7)
    widget.run().wait(30)
    morph = widget.morph
    assert morph is not None
    past = morph.positions > 1
    assert past.any() and morph.positions.max() <= 1.5
    likelihoods = morph.log_likelihoods[:, 0]
    assert likelihoods[past][-1].argmax() == 7
    assert np.exp(likelihoods[past][-1, 7]) > 2 * np.exp(likelihoods[~past][0, 7])
    assert widget.contrast is not None
    shown = numbers(widget.contrast, "positions")
    assert shown == pytest.approx(morph.positions)


def test_without_a_probe_it_asks_about_the_runner_up() -> None:
    widget = explorer()
    widget.run().wait(30)
    best = zoo.digits().predict(IMAGES[0], top=2).top
    assert widget.contrast is not None
    assert (widget.contrast["true"], widget.contrast["probe"]) == (best[0].index, best[1].index)
    assert widget.prediction["target"]["index"] == best[1].index


def test_all_classes_are_asked_about_and_then_known() -> None:
    widget = explorer(all_classes=True)
    widget.run().wait(60)
    true = widget.contrast["true"]  # type: ignore[index]
    assert sorted(tile["probe"] for tile in widget.others) == [c for c in range(10) if c != true]
    shares = [tile["probability"] for tile in widget.others]
    assert shares == sorted(shares, reverse=True)
    widget.probe = (tile := widget.others[-1])["probe"]
    answer = widget.run().wait(30)
    assert answer.pair is not None and answer.pair.contrast is answer.others[tile["probe"]].contrast
    assert widget.contrast["distance"] == tile["distance"]  # type: ignore[index]


def test_xgems_stands_beside_it_and_goes_again() -> None:
    widget = explorer(images=IMAGES[:1], probe=7, xgems=True)
    widget.run().wait(30)
    model, generator = zoo.digits(), zoo.generator("digits")
    theirs = run(contrast.explain(model, generator, IMAGES[:1], 7, method="xgems"))
    assert widget.rival is not None
    assert widget.rival["third_class"] == int(theirs.third_class[0])
    assert widget.rival["distance"] == pytest.approx(float(theirs.distance[0]), rel=1e-5)
    widget.xgems = False
    widget.run().wait(30)
    assert widget.rival is None
    assert widget.contrast is not None


def test_a_direct_method_stands_beside_it() -> None:
    widget = explorer(probe=7, direct="gradcam")
    answer = widget.run().wait(60)
    assert answer.direct is not None and widget.direct_map is not None
    values = numbers(widget.direct_map, "values").reshape(8, 8)
    assert np.array_equal(values, answer.direct.values[0])
    assert widget.direct_map["kept"] == int(answer.direct.kept[0])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("index", 3, "index is 3; there are 3 pictures"),
        ("probe", "11", "no class is named '11'"),
        ("probe", 10, "class 10 does not exist"),
        ("direct", "magic", "direct"),
        ("margin", -1, "margin"),
        ("tolerance", 0, "tolerance"),
        ("position", 2.5, "position"),
        ("schedule", "slow", "schedule"),
    ],
)
def test_wrong_values_are_named_and_change_nothing(
    answered: ContrastExplorer, name: str, value: Any, words: str
) -> None:
    before = getattr(answered, name), answered.result
    with pytest.raises(t.TraitError, match=words):
        setattr(answered, name, value)
    assert (getattr(answered, name), answered.result) == before


def test_the_predicted_class_is_no_probe() -> None:
    widget = explorer()
    true = zoo.digits().predict(IMAGES[0]).index
    with pytest.raises(t.TraitError, match="predicted to be"):
        widget.probe = true


def test_a_picture_that_is_of_the_probe_class_asks_about_its_runner_up() -> None:
    model = zoo.digits()
    first, second = (model.predict(image).index for image in IMAGES[:2])
    assert first != second
    widget = explorer(probe=second)
    widget.index = 1
    assert widget.probe is None
    widget.run().wait(30)
    assert widget.contrast is not None and widget.contrast["true"] == second


class Larger(Identity):
    def decode(self, latents: Tensor) -> Tensor:
        return torch.nn.functional.pad(latents, (1, 1, 1, 1))


@pytest.mark.parametrize(
    ("generator", "images", "words"),
    [
        (object(), IMAGES, "needs encode"),
        (Larger(), IMAGES, r"draws pictures of shape \(1, 10, 10\)"),
        (zoo.generator("digits"), torch.rand(2, 1, 8, 8) + 1, "the images go from"),
        (zoo.generator("digits"), [], "images is empty"),
        (zoo.generator("fashion"), IMAGES, "this VAE is for"),
    ],
)
def test_what_does_not_fit_is_said_at_once(generator: Any, images: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        ContrastExplorer(zoo.digits(), generator, images)


def test_an_unknown_trait_is_refused() -> None:
    with pytest.raises(InputError, match="has no colour"):
        explorer(colour="red")


def test_a_pair_that_is_not_reached_says_so() -> None:
    widget = explorer(probe=7, max_steps=1)
    widget.run().wait(30)
    assert widget.contrast is not None
    assert widget.contrast["converged"] is False
    assert widget.contrast["partial"] is False


def test_cancel_keeps_what_is_known_of_the_question(
    contrast_page: tuple[ContrastExplorer, FakeComm],
) -> None:
    widget, comm = contrast_page
    before = widget.contrast
    assert before is not None
    widget.all_classes = True
    assert told(comm, widget, "cancel")["ok"]
    until(lambda: widget.status["state"] != "running", 20)
    assert widget.contrast == before
    assert widget.result is not None


def test_an_answer_asked_for_anew_and_stopped_at_once_is_still_there(
    contrast_page: tuple[ContrastExplorer, FakeComm],
) -> None:
    widget, comm = contrast_page
    before = widget.result
    with widget._lock:  # the first progress cannot be told before the work is stopped
        assert told(comm, widget, "run")["ok"]
        assert widget.contrast is None, "what is asked for anew was not taken away"
        assert told(comm, widget, "cancel")["ok"]
    until(lambda: widget.contrast is not None, 20)
    assert widget.result is before
    widget.schedule = "paper"
    widget.cancel()
    until(lambda: widget.status["state"] == "idle", 20)
    assert widget.contrast is None, "the answer to another question came back"


def test_another_question_takes_the_old_answer_away_at_once(
    contrast_page: tuple[ContrastExplorer, FakeComm],
) -> None:
    widget, comm = contrast_page
    comm.sent.clear()
    widget.schedule = "paper"
    assert widget.contrast is None and widget.result is None
    widget.cancel()
    until(lambda: widget.status["state"] == "idle", 20)
    assert widget.contrast is None
    widget.schedule = "default"
    assert widget.contrast is not None, "what is known was not there at once"
    widget.index = 1
    (state,) = [m["state"] for m in comm.sent if "index" in m.get("state", {})][-1:]
    assert widget.contrast is None or widget.contrast["true"] != state.get("index", -1)
    with pytest.raises(InputError, match="no morph yet"):
        widget.cancel()
        widget.gif()


def test_a_side_dish_takes_nothing_off_the_table(
    contrast_page: tuple[ContrastExplorer, FakeComm],
) -> None:
    widget, comm = contrast_page
    comm.sent.clear()
    widget.xgems = True
    widget.run().wait(30)
    widget.all_classes = True
    widget.run().wait(30)
    tiles = widget.others
    assert None not in comm.updates("contrast")
    comm.sent.clear()
    widget.direct = "gradcam"
    widget.run().wait(60)
    assert None not in comm.updates("contrast")
    assert [] not in comm.updates("others")
    assert widget.others == tiles
    assert widget.rival is not None and widget.direct_map is not None


def test_the_same_pair_is_the_same_alone_and_among_all_classes() -> None:
    together = explorer(all_classes=True)
    together.run().wait(60)
    for tile in together.others[:3]:
        alone = explorer(probe=tile["probe"])
        alone.run().wait(30)
        assert alone.contrast["distance"] == pytest.approx(tile["distance"], rel=0.02)  # type: ignore[index]


class Wrapped:
    """A stranger's generator that is no module, around one."""

    def __init__(self) -> None:
        self.inner = zoo.generator("digits")

    def encode(self, images: Tensor) -> Tensor:
        return self.inner.encode(images)

    def decode(self, latents: Tensor) -> Tensor:
        return self.inner.decode(latents)


def test_a_generator_that_changes_is_asked_anew() -> None:
    generator = Wrapped()
    widget = ContrastExplorer(zoo.digits(), generator, IMAGES, probe=7)
    MADE.append(widget)
    first = widget.run().wait(30)
    assert widget.run().wait(30).pair is first.pair
    with torch.no_grad():
        for weight in generator.inner.parameters():
            weight.mul_(0.7)
    again = widget.run().wait(30).pair
    assert again is not None and first.pair is not None and again is not first.pair
    assert again.contrast.reconstruction_error[0] != first.pair.contrast.reconstruction_error[0]


def test_pictures_are_as_black_and_white_as_the_generators() -> None:
    generator = contrast.VAE((1, 8, 8), latent=4, limits=(-1.0, 1.0))
    model = Classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 3)))
    image = torch.linspace(-1, 1, 64).reshape(1, 1, 8, 8)
    widget = ContrastExplorer(model, generator, image)
    MADE.append(widget)
    shown = numbers(widget.picture, "data", np.uint8).reshape(8, 8, 3)[..., 0]
    assert np.array_equal(shown.ravel(), np.linspace(0, 255, 64).round().astype(np.uint8))


GIVEN = {"several": IMAGES, "one": IMAGES[0], "named": {"one": IMAGES[0], "two": IMAGES[1]}}


@pytest.mark.slow
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("given", GIVEN)
def test_the_copied_python_runs_as_it_is(given: str, wrapped: bool) -> None:
    direct = ["pda", "lime"][([*GIVEN].index(given) + wrapped) % 2]  # each with each of both
    images: Any = GIVEN[given]
    generator: Any = Wrapped() if wrapped else zoo.generator("digits")
    widget = ContrastExplorer(zoo.digits(), generator, images, probe=7)
    MADE.append(widget)
    first = widget.run().wait(30)
    widget.direct = direct
    names: dict[str, Any] = {"model": zoo.digits(), "generator": generator, "images": images}
    exec(widget.code, names)
    assert first.pair is not None
    assert names["found"].distance == pytest.approx(first.pair.contrast.distance, rel=1e-4)


def test_more_classes_than_tiles_have_the_probe_among_them() -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 40))
    widget = ContrastExplorer(
        Classifier(net), zoo.generator("digits"), torch.from_numpy(IMAGES[0])[None, None] / 255
    )
    MADE.append(widget)
    last = int(widget._logits[0].argmin())
    widget.probe = last
    widget.all_classes = True
    widget.run().wait(60)
    assert len(widget.others) == 12
    assert last in [tile["probe"] for tile in widget.others]


def test_changed_weights_are_answered_anew() -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 3))
    widget = ContrastExplorer(Classifier(net), zoo.generator("digits"), torch.rand(1, 1, 8, 8))
    MADE.append(widget)
    first = widget.run().wait(30)
    assert widget.run().wait(30).pair is first.pair
    with torch.no_grad():
        net[1].weight.mul_(0.5)
    assert widget.run().wait(30).pair is not first.pair


def test_the_gif_moves_there_and_back(answered: ContrastExplorer, tmp_path: Path) -> None:
    answer = told(answered.comm, answered, "gif")
    with Image.open(io.BytesIO(base64.b64decode(answer["gif"]))) as moving:
        assert moving.n_frames > 32  # type: ignore[attr-defined]
        assert moving.size == (480, 240)
        moving.seek(0)
        first = np.asarray(moving.convert("RGB"))
        moving.seek(32)
        assert np.abs(np.asarray(moving.convert("RGB")).astype(int) - first).max() > 50
    assert answered.save_gif(tmp_path / "m.gif").read_bytes() == base64.b64decode(answer["gif"])


def test_a_page_without_a_kernel_has_the_whole_morph(answered: ContrastExplorer) -> None:
    html = told(answered.comm, answered, "html")["html"]
    assert base64.b64encode(answered.contrast["frames"]).decode() in html  # type: ignore[index]


def test_scrubbing_computes_nothing(contrast_page: tuple[ContrastExplorer, FakeComm]) -> None:
    widget, comm = contrast_page
    comm.sent.clear()
    widget.position = 0.3
    widget.opacity = 0.2
    assert widget.status["state"] == "done"
    assert not comm.updates("contrast")


def test_a_saved_notebook_shows_a_still_picture(answered: ContrastExplorer) -> None:
    bundle = answered._repr_mimebundle_()
    assert bundle[0]["image/png"].startswith(b"\x89PNG")
