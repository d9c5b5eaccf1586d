"""The error detector: what it learns, its thresholds, its files, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from torch import Tensor

from tests import models as nets
from xaiwidgets import Classifier, datasets, files, zoo
from xaiwidgets.errors import DataError, InputError
from xaiwidgets.reliability import (
    ErrorDetector,
    Mutants,
    _detector_training,
    mutants,
    overlap_of,
)
from xaiwidgets.reliability._combiners import COMBINERS
from xaiwidgets.reliability._detector_training import _rows_to_vote_on, _split
from xaiwidgets.reliability._discriminant import Discriminant
from xaiwidgets.reliability._fitted_detector import Features
from xaiwidgets.reliability._forest import Forest
from xaiwidgets.reliability._mlp import MLP
from xaiwidgets.reliability._scores import ENTROPY, LARGEST, trivial_scores
from xaiwidgets.steps import run

Labelled = tuple[Tensor, NDArray[np.int64]]
TRIVIAL = {LARGEST, ENTROPY}


def noisy(split: str, seed: int) -> Labelled:
    """Digits under noise, so that the network is often wrong."""
    data = datasets.digits(split)
    noise = torch.randn(data.images.shape, generator=torch.Generator().manual_seed(seed))
    return (torch.from_numpy(data.images) / 255 + 0.35 * noise)[:, None].clamp(0, 1), data.labels


@pytest.fixture(scope="module")
def work() -> dict[str, Any]:
    model = zoo.digits()
    images, labels = noisy("train", 0)
    training, validation = (images[:300], labels[:300]), (images[300:600], labels[300:600])
    made: Mutants = run(mutants(model, training, rate=0.05, count=12))
    detector = ErrorDetector(model, "conv2", made, trivial=True)
    before = nets.condition(model.net)
    run(detector.fit(training, validation))
    assert nets.condition(model.net) == before
    return {
        "model": model, "training": training, "validation": validation,
        "test": noisy("test", 1), "mutants": made, "detector": detector,
    }  # fmt: skip


@pytest.mark.slow
def test_images_to_learn_from_are_not_those_to_check_with(work: dict[str, Any]) -> None:
    images, labels = noisy("train", 0)
    early, late = (images[:200], labels[:200]), (images[190:400], labels[190:400])
    detector, count = ErrorDetector(work["model"], "conv2"), len(late[1])
    with pytest.raises(InputError, match=f"10 of the {count} validation images are among the"):
        detector.fit(early, late)
    with pytest.raises(InputError, match="overlap is 'so what'; use 'refuse' or 'allow'"):
        detector.fit(work["training"], work["validation"], overlap="so what")
    run(detector.fit(early, late, overlap="allow"))
    assert len(detector.fitted.wrong) == count
    assert overlap_of(images[:20], images[19:]) == 1 and overlap_of(images[:20], images[20:]) == 0


@pytest.mark.slow
def test_scores_are_higher_for_wrong_predictions(work: dict[str, Any]) -> None:
    images, labels = work["test"]
    detector = work["detector"]
    wrong = work["model"].logits(images).argmax(1).numpy() != labels
    score, roc = detector.score(images), detector.roc(images, labels)
    assert score.shape == (len(images),)
    assert roc.area == pytest.approx(roc_auc_score(wrong, score))
    assert roc.area > 0.7
    names = {"conductance", "label change rate", *TRIVIAL, *COMBINERS}
    assert {roc.name, *roc.beside} == names
    assert all(other.area > 0.6 for other in roc.beside.values())


@pytest.mark.slow
def test_trivial_detectors_stand_beside_it_and_are_right(work: dict[str, Any]) -> None:
    images, labels = work["test"]
    detector = run(ErrorDetector(work["model"], "conv2").fit(work["training"], work["validation"]))
    assert detector.name == "conductance"
    roc = detector.roc(images, labels)
    assert set(roc.beside) == TRIVIAL
    shares = work["model"].logits(images).double().softmax(1)
    found = trivial_scores(work["model"], work["model"].logits(images))
    assert np.allclose(found[LARGEST], 1 - shares.amax(1).numpy(), atol=1e-9)
    assert np.allclose(found[ENTROPY], -(shares * shares.log()).sum(1).numpy(), atol=1e-9)
    logits = torch.tensor([[90.0, 0.0], [80.0, 0.0], [700.0, 0.0]])
    sure = trivial_scores(work["model"], logits)[LARGEST]
    assert sure[1] > sure[0] > sure[2] > 0


def test_thresholds_reach_the_recall_that_is_wanted_on_the_validation_images(
    work: dict[str, Any],
) -> None:
    detector, (images, labels) = work["detector"], work["validation"]
    wrong = work["model"].logits(images).argmax(1).numpy() != labels
    score = detector.score(images)
    for share in (0.5, 0.9, 0.99):
        assert (score[~wrong] < detector.threshold(correct_recall=share)).mean() >= share
        assert (score[wrong] >= detector.threshold(wrong_recall=share)).mean() >= share
    called = score >= detector.threshold("balanced")
    assert abs((~called[~wrong]).mean() - called[wrong].mean()) < 0.05


def test_a_table_as_in_the_paper(work: dict[str, Any]) -> None:
    rows = work["detector"].table(*work["test"])
    assert {row["detector"] for row in rows} >= {"conductance", "label change rate", "lda"}
    for row in rows:
        for part in ("validation", "test"):
            assert set(row[part]) == {"auroc", "error", "correct", "wrong"}
            assert all(0 <= value <= 1 for value in row[part].values())


def test_evidence_for_a_wall_of_tiles(work: dict[str, Any]) -> None:
    images = work["test"][0][:5]
    found = run(work["detector"].examine(images))
    assert found.predicted.tolist() == work["model"].logits(images).argmax(1).tolist()
    assert found.conductances.shape == (5, 32)
    assert found.votes.labels.shape == (12, 5)
    assert np.allclose(found.scores["label change rate"], found.votes.rate)


@pytest.mark.slow
def test_it_is_the_same_when_fitted_again(work: dict[str, Any]) -> None:
    images = work["test"][0][:50]
    state = torch.get_rng_state()
    again = ErrorDetector(work["model"], "conv2", work["mutants"], trivial=True)
    run(again.fit(work["training"], work["validation"]))
    assert torch.equal(state, torch.get_rng_state())
    assert np.allclose(again.score(images), work["detector"].score(images), atol=1e-4)


@pytest.mark.parametrize("combine", COMBINERS)
def test_files(work: dict[str, Any], tmp_path: Path, combine: str) -> None:
    detector, images = work["detector"], work["test"][0][:40]
    detector.combine = combine
    loaded = ErrorDetector.load(detector.save(tmp_path / "detector.safetensors"), zoo.digits())
    assert np.allclose(loaded.score(images), detector.score(images), atol=1e-6)
    assert loaded.threshold() == detector.threshold()
    assert loaded.mutants == detector.mutants
    assert repr(loaded) == repr(detector)
    assert list(loaded.validation.beside) == list(detector.validation.beside)
    detector.combine = "network"


def test_files_of_other_things(work: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "detector.safetensors"
    with pytest.raises(InputError, match="learnt nothing yet"):
        ErrorDetector(work["model"], "conv2").save(path)
    for content in (b"", b"\x80\x04pickle"):
        path.write_bytes(content)
        with pytest.raises(DataError, match="cannot be read"):
            ErrorDetector.load(path, work["model"])
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(DataError, match="cannot be read as error detector"):
        ErrorDetector.load(path, work["model"])
    work["mutants"].save(path)
    with pytest.raises(DataError, match="holds mutants, not error detector"):
        ErrorDetector.load(path, work["model"])
    work["detector"].save(path)
    with pytest.raises(InputError, match="another network"):
        ErrorDetector.load(path, Classifier(nets.small()))
    tensors, about = files.read(path, "error detector")
    for part in ("scores/qda", "forest/left", "conductance/0", "wrong"):
        rest = {name: tensor for name, tensor in tensors.items() if name != part}
        files.write(path, "error detector", rest, about)
        with pytest.raises(DataError, match="has no"):
            ErrorDetector.load(path, work["model"])
    for key in about:
        files.write(path, "error detector", tensors, {k: v for k, v in about.items() if k != key})
        with pytest.raises(DataError, match=f"has no .*{key}"):
            ErrorDetector.load(path, work["model"])


def test_a_detector_is_refused_with_another_preprocessing(
    work: dict[str, Any], tmp_path: Path
) -> None:
    path = work["detector"].save(tmp_path / "detector.safetensors")
    model = zoo.digits()
    usual = model.preprocess
    model.preprocess = lambda picture: usual(picture) * 2 - 1  # type: ignore[misc]
    with pytest.raises(InputError, match="with another preprocessing"):
        ErrorDetector.load(path, model)
    model.preprocess = lambda picture: usual(picture)  # type: ignore[misc]
    loaded = ErrorDetector.load(path, model)
    images = work["test"][0][:5]
    assert np.allclose(loaded.score(images), work["detector"].score(images), atol=1e-6)
    model.preprocess = lambda picture: usual(picture).flip(-1)  # type: ignore[misc]
    with pytest.raises(InputError, match="preprocessing has changed"):
        loaded.score(images)


def test_too_few_wrong_predictions_are_counted(work: dict[str, Any]) -> None:
    model, data = work["model"], datasets.digits("train")
    right = data.images[:200], model.logits(model.batch(data.images[:200])).argmax(1)
    detector = ErrorDetector(model, "conv2")
    with pytest.raises(InputError, match=r"training has 0 wrong .* 200 images, and at least 30"):
        run(detector.fit(right, work["validation"]))
    few = tuple(part[:8] for part in work["validation"])
    with pytest.raises(InputError, match=r"validation has \d wrong .* at least 10 .* give about"):
        run(detector.fit(work["training"], few))  # type: ignore[arg-type]


def test_arguments_of_fit_are_checked_when_it_is_called(work: dict[str, Any]) -> None:
    detector, (images, labels) = ErrorDetector(work["model"], "conv2"), work["training"]
    for pair, message in (
        (images, "training must be a pair"),
        ((images, labels[:5]), "5 labels for 300 images"),
        ((images, np.full(300, 10)), "class 10 does not exist"),
    ):
        with pytest.raises(InputError, match=message):
            detector.fit(pair, work["validation"])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="validation must be a pair"):
        detector.fit(work["training"], None)  # type: ignore[arg-type]
    for baseline in ("blurr", float("nan")):
        with pytest.raises(InputError, match=f"baseline is {baseline!r}"):
            ErrorDetector(work["model"], "conv2", baseline=baseline).fit(
                work["training"], work["validation"]
            )
    with pytest.raises(InputError, match="learnt nothing yet"):
        detector.examine(images)
    assert repr(detector.fit(work["training"], work["validation"])) == (
        "<ErrorDetector.fit: not begun; .run() computes it>"
    )


def test_wrong_values_are_named(work: dict[str, Any]) -> None:
    model, detector = work["model"], work["detector"]
    for settings, message in (
        ({"layer": "conv9"}, "no layer 'conv9'"),
        ({"layer": ["conv2"]}, "name of one layer"),
        ({"combine": "vote"}, "'network', 'forest', 'lda', 'qda'"),
        ({"mutants": 3}, "what reliability.mutants made"),
        ({"steps": 0}, "steps is 0"),
        ({"seed": 0.5}, "seed is 0.5"),
    ):
        with pytest.raises(InputError, match=message):
            ErrorDetector(model, **({"layer": "conv2"} | settings))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"\(1, 9, 9\).*\(1, 8, 8\)"):
        detector.score(torch.zeros(1, 1, 9, 9))
    with pytest.raises(InputError, match="2 labels for 3 images"):
        detector.roc(torch.zeros(3, 1, 8, 8), [0, 1])
    with pytest.raises(InputError, match="learnt nothing yet"):
        ErrorDetector(model, "conv2").score(torch.zeros(1, 1, 8, 8))


def test_closing_early_leaves_the_network_as_it_was(work: dict[str, Any]) -> None:
    net = work["model"].net
    before = nets.condition(net)
    steps = ErrorDetector(work["model"], "conv2", work["mutants"]).fit(
        work["training"], work["validation"]
    )
    for _ in range(40):
        next(steps)
        assert nets.condition(net) == before
    steps.close()
    assert nets.condition(net) == before


# --- its parts ---------------------------------------------------------------------------------


def test_what_is_combined_depends_on_what_there_is(work: dict[str, Any]) -> None:
    scores = trivial_scores(work["model"], torch.tensor([[2.0, 1.0], [0.0, 3.0]]))
    scores |= {"conductance": np.ones(2), "label change rate": np.zeros(2)}
    odds = np.log(scores[LARGEST] / (1 - scores[LARGEST]))
    wanted = {
        (True, True): [np.ones(2), np.zeros(2), odds, scores[ENTROPY]],
        (True, False): [np.ones(2), np.zeros(2)],
        (False, True): [np.ones(2), odds, scores[ENTROPY]],
        (False, False): [np.ones(2)],
    }
    for (rate, trivial), columns in wanted.items():
        features = Features(rate, trivial)
        assert np.allclose(features.columns(scores), np.stack(columns, 1))
        assert bool(features) == (len(columns) > 1)


@pytest.mark.slow
@pytest.mark.parametrize("with_mutants", [True, False])
def test_one_more_score_is_enough_to_combine(work: dict[str, Any], with_mutants: bool) -> None:
    (images, labels), model = work["training"], work["model"]
    made = work["mutants"][:2] if with_mutants else None
    detector = ErrorDetector(model, "conv2", made, combine="lda", trivial=not with_mutants, steps=1)
    assert detector.name == "lda"
    detector.fit((images[:200], labels[:200]), (images[200:300], labels[200:300])).run()
    rate = {"label change rate"} if with_mutants else set()
    names = {"conductance", *rate, *TRIVIAL, *COMBINERS} - {"lda"}
    assert (detector.validation.name, set(detector.validation.beside)) == ("lda", names)


def test_a_quarter_of_each_kind_is_set_aside() -> None:
    wrong = np.arange(100) % 5 == 0
    inner, aside = _split(wrong, seed=3)
    assert sorted([*inner, *aside]) == list(range(100))
    assert (wrong[aside].sum(), (~wrong[aside]).sum()) == (5, 20)
    assert not np.array_equal(aside, _split(wrong, seed=4)[1])


def test_mutants_are_asked_about_so_many_half_of_them_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_detector_training, "_VOTED", 20)
    wrong, places = np.arange(100) < 30, np.arange(0, 100, 2)
    rows = _rows_to_vote_on(places, wrong, seed=0)
    assert (len(set(rows)), wrong[rows].sum()) == (20, 10)
    assert set(rows) <= set(places)
    few = np.arange(98) < 4  # two of the places
    rows = _rows_to_vote_on(places[:49], few, seed=0)
    assert (len(set(rows)), few[rows].sum()) == (20, 2)
    assert _rows_to_vote_on(places[:20], wrong, seed=0).tolist() == places[:20].tolist()


def clouds(seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    random = np.random.default_rng(seed)
    wrong = random.random(800) < 0.3
    return random.normal(size=(800, 3)) * (1 + wrong[:, None]) + wrong[:, None], wrong


@pytest.mark.parametrize("quadratic", [False, True])
def test_discriminants_are_scikit_learns(quadratic: bool) -> None:
    features, wrong = clouds()
    ours = run(Discriminant(quadratic).fit(features, wrong, (features, wrong)))
    kind = QuadraticDiscriminantAnalysis if quadratic else LinearDiscriminantAnalysis
    theirs = kind().fit(features, wrong).decision_function(features)
    assert np.corrcoef(ours.score(features), theirs)[0, 1] > 0.9999
    # As log-odds, too, but for the denominators of covariances, of which there are two customs.
    assert np.abs(ours.score(features) - theirs).max() < 0.05


def test_a_forest_of_arrays_is_scikit_learns() -> None:
    features, wrong = clouds()
    ours = run(Forest(seed=3, trees=20).fit(features, wrong, (features, wrong)))
    theirs = RandomForestClassifier(
        20, min_samples_leaf=20, class_weight="balanced", random_state=3
    ).fit(features, wrong)
    assert np.allclose(ours.score(features), theirs.predict_proba(features)[:, 1])
    again = Forest().restore(ours.arrays())
    assert np.array_equal(again.score(features), ours.score(features))


def test_the_network_learns_what_no_line_parts() -> None:
    features = np.random.default_rng(0).normal(size=(1500, 2))
    wrong = features.prod(1) > 0.4
    few, rest = slice(0, 1000), slice(1000, None)
    ours = MLP((20, 20), seed=1)
    run(ours.fit(features[few], wrong[few], (features[few], wrong[few])))
    assert roc_auc_score(wrong[rest], ours.score(features[rest])) > 0.97
    constant = np.c_[features, np.ones(1500)]
    run(ours.fit(constant[few], wrong[few], (constant[few], wrong[few])))
    assert np.isfinite(ours.score(constant)).all()


@pytest.mark.slow
def test_few_pictures_are_enough_for_the_small_network_that_combines() -> None:
    draw = np.random.default_rng(0)
    wrong = draw.random(200) < 0.3
    features = np.stack([draw.normal(2 * wrong), draw.normal(wrong)], 1)
    fresh = draw.random(2000) < 0.3
    others = np.stack([draw.normal(2 * fresh), draw.normal(fresh)], 1)
    alone = roc_auc_score(fresh, others[:, 0])
    for seed in range(4):
        made = run(MLP((10, 10), seed=seed).fit(features, wrong, (features, wrong)))
        assert roc_auc_score(fresh, made.score(others)) > alone - 0.02


def test_a_network_that_has_changed_is_not_answered_for(tmp_path: Path) -> None:
    model = zoo.digits()
    detector = ErrorDetector(model, "conv2")
    images, labels = noisy("train", 0)
    run(detector.fit((images[:150], labels[:150]), (images[150:300], labels[150:300])))
    detector.score(images[:5])
    with torch.no_grad():
        model.net.fc2.weight.mul_(1.5)  # type: ignore[union-attr,operator]
    for use in (lambda: detector.score(images[:5]), lambda: detector.save(tmp_path / "d")):
        with pytest.raises(InputError, match="have changed since the detector was fitted"):
            use()
