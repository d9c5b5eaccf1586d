from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from tests.contrast.models import Circle, Coarse, Corners, Identity, Toy, pictures, toy
from xaiwidgets import Classifier, contrast, datasets, zoo
from xaiwidgets.contrast import VAE, Contrast
from xaiwidgets.contrast._latent_objective import LatentObjective
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.steps import run

START = torch.tensor([[2.0, 0.0]])


def ask(*args: Any, **kwargs: Any) -> Contrast:
    return run(contrast.explain(*args, **kwargs))


@pytest.fixture(scope="module")
def vae() -> VAE:
    return run(VAE((1, 8, 8), latent=4).fit(pictures(256), epochs=25, batch_size=32))


def test_the_toy_ends_where_worked_out_by_hand() -> None:
    ours = ask(toy(), Identity(), START, "b")
    assert torch.equal(ours.end, torch.tensor([[1.5, 1.5]]))
    assert (ours.converged[0], ours.third_class[0], ours.gap[0]) == (True, -1, 0)
    theirs = ask(toy(), Identity(), START, "b", method="xgems")
    assert torch.equal(theirs.end, torch.tensor([[1.0, 1.0]]))
    assert (theirs.converged[0], theirs.third_class[0]) == (True, 2)
    assert theirs.distance[0] == pytest.approx(2**0.5)


def test_the_margin_keeps_third_classes_below() -> None:
    result = ask(toy(), Identity(), START, 1, margin=0.5)
    assert torch.allclose(result.end, torch.tensor([[2.0, 2.0]]), atol=1e-5)


@pytest.mark.parametrize(("method", "end"), [("cdeepex", (1.5, 1.5)), ("xgems", (1.0, 1.0))])
def test_the_papers_schedule_comes_near(method: str, end: tuple[float, float]) -> None:
    result = ask(toy(), Identity(), START, 1, method=method, schedule="paper")
    assert torch.allclose(result.end, torch.tensor([end]), atol=0.05)
    assert result.converged[0]
    assert result.gradients[0] == 600


def test_a_curved_boundary_is_met_where_it_is_nearest() -> None:
    angles = torch.linspace(0, 6, 9)
    start = 0.3 * torch.stack([angles.cos(), angles.sin()], 1)
    result = ask(Classifier(Circle()), Identity(), start, 1)
    assert result.converged.all()
    # within the tolerance of 0.05 in log-likelihood, of slope 2
    assert np.allclose(result.distance, 0.7, atol=0.03)
    direction = nn.functional.cosine_similarity(result.end, start)
    assert float(direction.min()) > 0.999


def test_scale_and_rotation_of_the_latents_do_not_matter() -> None:
    class Scaled(Identity):
        def encode(self, images: Tensor) -> Tensor:
            return images * 1000

        def decode(self, latents: Tensor) -> Tensor:
            return latents / 1000

    assert torch.allclose(ask(toy(), Scaled(), START, 1).boundary, torch.tensor([[1.5, 1.5]]))


def test_the_residual_makes_the_start_the_picture_itself() -> None:
    result = ask(toy(), Coarse(), START, 1)
    assert torch.equal(result.path[0], START)
    assert torch.equal(result.start, START / 2)
    assert result.reconstruction_error[0] == pytest.approx(1 / 2**0.5)
    assert torch.allclose(result.boundary, torch.tensor([[1.5, 1.5]]))


@pytest.mark.slow
def test_the_parts_of_an_answer_fit_together(vae: VAE) -> None:
    model, images = Classifier(Corners()), pictures(8, seed=1)
    probes = (model.logits(images).argmax(1) + 1) % 4
    result = ask(model, vae, images, probes, tolerance=0.02)
    assert result.converged.all()
    assert torch.equal(result.image, images)
    assert torch.equal(result.path[0], images)
    assert torch.equal(result.path[-1], result.boundary)
    assert torch.equal(result.difference, result.boundary - result.image)
    assert torch.equal(result.latents[-1], result.end)
    assert result.path.shape[:2] == result.log_likelihoods.shape[:2] == result.latents.shape[:2]
    found = model.logits(result.boundary).log_softmax(1)
    assert np.allclose(result.log_likelihoods[-1], found, atol=1e-4)
    here = torch.arange(8)
    gap = found[here, result.true] - found[here, result.probe]
    assert np.allclose(gap, result.gap, atol=1e-4)
    assert float(gap.abs().max()) <= 0.02 + 1e-4
    lower = torch.minimum(found[here, result.true], found[here, result.probe])
    others = found.scatter(
        1, torch.from_numpy(np.stack([result.true, result.probe], 1)), -torch.inf
    )
    assert bool((others.amax(1) <= lower + 1e-4).all())
    assert np.allclose(result.distance, (result.end - result.start).norm(dim=1))
    assert (result.gradients_to_reach <= result.gradients).all()


def test_pairs_do_not_disturb_each_other(vae: VAE) -> None:
    model, images = Classifier(Corners()), pictures(6, seed=2)
    probes = ((model.logits(images).argmax(1) + 2) % 4).tolist()
    together = ask(model, vae, images, probes, starts=2)
    for at in (0, 5):
        alone = ask(model, vae, images[at : at + 1], [probes[at]], starts=2)
        assert torch.allclose(alone.end[0], together.end[at], atol=1e-3)
        assert alone.gradients[0] == together.gradients[at]


def test_more_pairs_than_go_together_come_back_in_order() -> None:
    start = torch.stack([torch.linspace(1.6, 4, 70), torch.zeros(70)], 1)
    result = ask(toy(), Identity(), start, 1, starts=1)
    assert torch.equal(result.image, start)
    assert torch.equal(result.path[0], start)
    middle = (start[:, :1] / 2).clamp_min(1.5)
    assert torch.allclose(result.end, middle.expand(-1, 2), atol=1e-5)


def test_the_same_seed_gives_the_same_answer(vae: VAE) -> None:
    model, images = Classifier(Corners()), pictures(2, seed=3)
    probe = [(c + 1) % 4 for c in model.logits(images).argmax(1).tolist()]
    first, second = (ask(model, vae, images, probe, seed=5) for _ in range(2))
    assert torch.equal(first.end, second.end)


def test_references_are_where_starts_come_from(vae: VAE) -> None:
    model, images = Classifier(Corners()), pictures(4, seed=4)
    probes = ((model.logits(images).argmax(1) + 1) % 4).tolist()
    result = ask(model, vae, images, probes, references=pictures(40, seed=5))
    assert result.converged.all()


def test_what_cannot_be_reached_is_said_to_be_so() -> None:
    class Never(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.stack([x[:, 0].square() + 1, -x[:, 1].square(), x[:, 0] * 0 - 9], 1)

    result = ask(Classifier(Never()), Identity(), START, 1)
    assert not result.converged[0]
    assert result.gradients_to_reach[0] == -1
    # the nearest is shown: there the gap is 1, at the start it is 5
    assert result.gap[0] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("net", [Corners(), models.Restless()], ids=["corners", "restless"])
@pytest.mark.parametrize("copied", [True, False])
def test_the_network_is_left_as_it_was_found(net: nn.Module, copied: bool) -> None:
    channels, side = (1, 8) if isinstance(net, Corners) else (3, 8)
    generator = VAE((channels, side, side), latent=3)
    net.train()
    if not copied:
        net.__deepcopy__ = lambda memo: net  # type: ignore[assignment]
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    model, images = Classifier(net), torch.rand(3, channels, side, side)
    probes = [(c + 1) % 3 for c in model.logits(images).argmax(1).tolist()]
    before, theirs = models.condition(net), models.condition(generator.train())
    steps = contrast.explain(model, generator, images, probes, max_steps=4)
    for _ in range(6):
        next(steps)
        assert models.condition(net) == before
        assert models.condition(generator) == theirs
    steps.close()
    assert models.condition(net) == before


def test_it_reports_often_and_shows_what_it_has(vae: VAE) -> None:
    model, images = Classifier(Corners()), pictures(4, seed=6)
    probes = ((model.logits(images).argmax(1) + 1) % 4).tolist()
    reports = list(contrast.explain(model, vae, images, probes))
    previews = [progress.preview for progress in reports if progress.preview is not None]
    assert len(reports) > 5
    assert isinstance(previews[0], Contrast)
    assert len(previews[0]) == 4


def test_a_preview_is_of_its_step_and_costs_nothing_until_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    explain = sys.modules["xaiwidgets.contrast._explain"]
    monkeypatch.setattr(explain, "_TOGETHER", 1)
    monkeypatch.setattr(explain, "_WAITING", 1)
    built, real = [], explain.build_contrast  # type: ignore[attr-defined]
    monkeypatch.setattr(explain, "build_contrast", lambda *a: built.append(a) or real(*a))
    start = torch.stack([torch.linspace(1.6, 4, 60), torch.zeros(60)], 1)
    work = contrast.explain(Classifier(Circle()), Identity(), start / 5, 1, starts=1)
    reports = []
    with pytest.raises(StopIteration) as stop:
        while True:
            reports.append(next(work))
    result = stop.value.value
    assert len(built) == 60, "one for each result, none for a preview"
    shown = [report for report in reports if report.has_preview]
    assert len(shown[0].preview) == 1, "the first comes as soon as there is one"
    first = [report.preview for report in shown if report.done == 0]
    steps = [int(preview.steps[0]) for preview in first]
    assert steps == sorted(set(steps)), "each of its own step, also when read at the end"
    assert first[-1].distance[0] == result.distance[0]
    assert first[0].evaluations[0] < first[-1].evaluations[0] == result.evaluations[0]
    assert (reports[-1].done, reports[-1].total, reports[-1].preview) == (60, 60, None)


def test_where_a_pair_ends_one_that_waits_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    explain = sys.modules["xaiwidgets.contrast._explain"]
    start = torch.stack([torch.linspace(1.6, 4, 12), torch.zeros(12)], 1)
    model = Classifier(Circle())
    alone = [run(contrast.explain(model, Identity(), s[None] / 5, 1, starts=1)) for s in start]
    sizes, evaluate = [], LatentObjective.evaluate

    def counted(self: LatentObjective, z: Tensor, rows: Tensor) -> Any:
        sizes.append(len(rows))
        return evaluate(self, z, rows)

    monkeypatch.setattr(LatentObjective, "evaluate", counted)
    monkeypatch.setattr(explain, "_TOGETHER", 3)
    found = run(contrast.explain(model, Identity(), start / 5, 1, starts=1))
    assert max(sizes) == 3, "a step stays short"
    assert sizes.count(3) > len(sizes) * 0.7, "and full while there are pairs that wait"
    assert found.evaluations.tolist() == [int(one.evaluations[0]) for one in alone]
    assert found.distance == pytest.approx([one.distance[0] for one in alone], abs=1e-4)
    few = run(contrast.explain(model, Identity(), start / 5, 1, starts=1, max_steps=2))
    assert few.evaluations.tolist() == [2] * 12, "each pair has its own steps"


@pytest.mark.parametrize(
    "wrong",
    [
        {"probes": "z"},
        {"probes": [1, None]},
        {"method": "gems"},
        {"margin": -1},
        {"max_steps": 0},
        {"latents": torch.zeros(3, 2)},
        {"references": START[:0]},
        {"generator": object()},
        {"images": START[:0]},
    ],
)
def test_wrong_arguments_are_refused_before_any_work(wrong: dict[str, Any]) -> None:
    class Unasked(Toy):
        def forward(self, x: Tensor) -> Tensor:
            raise AssertionError("nothing is computed when it is only called")

    model = Classifier(Unasked(), classes=["a", "b", "c"])
    given = {"generator": Identity(), "images": START, "probes": "b"}
    contrast.explain(model, **given)
    with pytest.raises(InputError):
        contrast.explain(model, **{**given, **wrong})


def test_the_care_for_the_network_is_taken_once_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    landscape = sys.modules["xaiwidgets.contrast._latent_objective"]
    entered, real = [], landscape.undisturbed  # type: ignore[attr-defined]
    monkeypatch.setattr(landscape, "undisturbed", lambda net: entered.append(net) or real(net))
    work = contrast.explain(Classifier(Circle()), Identity(), START / 9, 1, starts=1)
    next(work)
    next(work)
    before = len(entered)
    next(work)
    assert len(entered) - before == 1


def test_weights_written_behind_our_back_are_seen() -> None:
    net = Corners()
    model, image = Classifier(net), pictures(1)
    before = ask(model, Identity(), image, None, max_steps=5)
    net.scale.data.mul_(3)  # no version of a tensor tells
    after = ask(model, Identity(), image, None, max_steps=5)
    assert not np.allclose(before.log_likelihoods[0], after.log_likelihoods[0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"probes": "a"}, "image 0 is predicted to be 'a', which is also its probe"),
        ({"probes": "z"}, "no class is named 'z'"),
        ({"probes": 3}, "class 3 does not exist"),
        ({"probes": [1, 2]}, "2 probes for 1 images"),
        ({"method": "gems"}, "method is 'gems'; use 'cdeepex' or 'xgems'"),
        ({"schedule": "fast"}, "schedule is 'fast'"),
        ({"tolerance": 0}, "tolerance is 0; use a number above 0"),
        ({"margin": -1}, "margin is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"max_steps": 0}, "max_steps is 0"),
        ({"starts": 1.5}, r"starts is 1\.5"),
        ({"images": START[:0]}, "images is empty"),
        ({"images": START * torch.nan}, "NaN"),
    ],
)
def test_wrong_input_is_explained(change: dict[str, Any], words: str) -> None:
    given = {"images": START, "probes": "b", **change}
    with pytest.raises(InputError, match=words):
        ask(toy(), Identity(), **given)


def test_generators_that_do_not_fit_are_explained(vae: VAE) -> None:
    class Wrong(Identity):
        def decode(self, latents: Tensor) -> Tensor:
            return latents[:, :1]

    class Few(Identity):
        def encode(self, images: Tensor) -> Tensor:
            return images[:0]

    class Cut(Identity):
        def decode(self, latents: Tensor) -> Tensor:
            return latents.detach()

    with pytest.raises(InputError, match=r"shape \(1,\), but the images are \(2,\)"):
        ask(toy(), Wrong(), START, 1)
    with pytest.raises(InputError, match="one latent for each"):
        ask(toy(), Few(), START, 1)
    with pytest.raises(ModelError, match="no gradient reaches the latents"):
        ask(toy(), Cut(), START, 1)
    with pytest.raises(InputError, match=r"images go from .* to 2; .* from 0 to 1"):
        ask(Classifier(Corners()), vae, 2 * pictures(1) / pictures(1).max(), 1)


def test_a_network_on_the_way_may_fail() -> None:
    net = Toy()
    model = Classifier(net)
    steps = contrast.explain(model, Identity(), START, 1)
    next(steps)
    steps.close()
    with pytest.raises(ModelError, match="IndexError"):
        ask(Classifier(net), Identity(), START[:, :1], 1)


def test_without_a_probe_the_runner_up_is_asked_about(vae: VAE) -> None:
    model, images = Classifier(Corners()), pictures(6)
    runners_up = model.logits(images).topk(2, dim=1).indices[:, 1].tolist()
    assert ask(model, vae, images, None).probe.tolist() == runners_up
    some = [None, runners_up[1], *[None] * 4]
    assert ask(model, vae, images, some).probe.tolist() == runners_up
    with pytest.raises(InputError, match="there are 2 probes for 6 images"):
        ask(model, vae, images, [None, None])


def test_it_says_how_often_a_third_class_wins() -> None:
    theirs = ask(toy(), Identity(), START, "b", method="xgems")
    assert repr(theirs) == "Contrast(xgems, 1 of 1 reached, 1 with a third class on top)"


def test_it_works_inside_of_inference_mode(vae: VAE) -> None:
    images = pictures(2, seed=7)
    expected = ask(Classifier(Corners()), vae, images, None)
    with torch.inference_mode():
        model, inside = Classifier(Corners()), images.clone()
        model.logits(inside)
        work = contrast.explain(model, vae, inside, None)
        next(work)
        assert torch.is_inference_mode_enabled()
        found = work.run()
        run(contrast.check_generator(model, vae, inside))
        frames = run(contrast.morph(model, vae, found, frames=3))
        latents = run(contrast.encode(model, vae, inside))
    assert torch.allclose(found.end, expected.end, atol=1e-5)
    assert torch.allclose(frames.images[-1], expected.boundary, atol=1e-5)
    assert torch.allclose(latents, expected.start, atol=1e-5)


@pytest.mark.slow
def test_the_boundary_is_reached_by_few_gradients_for_nearly_all_classes() -> None:
    model, generator = zoo.digits(), zoo.generator("digits")
    images = torch.from_numpy(datasets.digits("test").images[:40])[:, None].float() / 255
    top = model.logits(images).argmax(1).tolist()
    pairs = [(row, probe) for row in range(40) for probe in range(10) if probe != top[row]]
    rows, probes = [row for row, _ in pairs], [probe for _, probe in pairs]
    found = contrast.explain(model, generator, images[rows], probes, starts=1).run()
    assert found.converged.mean() > 0.97
    # 16; with as much weight on nearness all the way 22
    assert np.percentile(found.gradients_to_reach[found.converged], 95) <= 19
