"""Labels that are each a yes or no of their own: no softmax anywhere, by hand on a linear network.

Of a sigmoid of a linear score the logarithm of the odds is that score, so that weights of evidence
are differences of pixels; and where two labels are equally likely is a plane.
"""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.contrast.models import Identity
from xaiwidgets import Classifier, ContrastExplorer, Explorer, contrast
from xaiwidgets.errors import InputError
from xaiwidgets.methods import LIME, GradCAM, PredictionDifference, Shapley, Task
from xaiwidgets.outputs import independent, log_complements, log_probabilities, probabilities
from xaiwidgets.reliability import ENTROPY, LARGEST, trivial_scores
from xaiwidgets.widgets.detector._output import predictions
from xaiwidgets.widgets.detector._result import Examination

WEIGHTS = torch.tensor([[2.0, -1, 0, 1], [-1, 2, 1, 0], [0, 0, -3, 0.5]])
BIASES = torch.tensor([1.0, 0.5, -1])
NAMES = ["cat", "dog", "night"]
PICTURE = torch.tensor([1.0, 0.2, 0.4, 0.8]).reshape(1, 2, 2)
LOGITS = WEIGHTS @ PICTURE.flatten() + BIASES


class Labels(nn.Module):
    """Answers for each label with the probability that it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.copy, self.flat = nn.Conv2d(1, 1, 1, bias=False), nn.Flatten()
        self.linear = nn.Linear(4, 3)
        with torch.no_grad():
            self.copy.weight.fill_(1)
            self.linear.weight.copy_(WEIGHTS)
            self.linear.bias.copy_(BIASES)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.flat(self.copy(x))).sigmoid()


@pytest.fixture
def model() -> Classifier:
    return Classifier(Labels(), classes=NAMES, output="label probabilities")


def probability(coalition: tuple[bool, ...], label: int) -> float:
    """Return what the network says of a label, of a picture with these pixels alone."""
    shown = PICTURE.flatten() * torch.tensor(coalition)
    return float((WEIGHTS[label] @ shown + BIASES[label]).sigmoid())


def test_the_kind_is_found_out_and_the_labels_are_independent() -> None:
    model = Classifier(Labels())
    assert not independent(model.output), "nothing has been asked yet"
    with pytest.warns(UserWarning, match="look like label probabilities"):
        model.logits(PICTURE[None])
    assert independent(model.output)


def test_logarithms_are_right_where_probabilities_are_rounded() -> None:
    logits = torch.tensor([[0.3, -1.2, 2.0], [60.0, -50.0, 0.0]], dtype=torch.double)
    for kind in ("logits", "label logits"):
        shares = probabilities(logits, kind)  # type: ignore[arg-type]
        found = log_probabilities(logits, kind), log_complements(logits, kind)  # type: ignore[arg-type]
        assert torch.allclose(found[0][0].exp(), shares[0])
        assert torch.allclose(found[1][0].exp(), 1 - shares[0])
        assert found[0][1, 1] == pytest.approx(-50.0 if kind == "label logits" else -110.0)
        assert found[1][1, 0] == pytest.approx(-60.0, abs=1e-9)


def test_a_prediction_has_the_networks_own_probabilities(model: Classifier) -> None:
    top = model.predict(PICTURE).top
    assert [score.label for score in top] == ["cat", "dog", "night"]
    own = Labels()(PICTURE[None])[0].tolist()
    assert [score.probability for score in top] == pytest.approx(own, abs=1e-5)
    assert sum(own) > 1.5


def test_shapley_values_of_a_probability_are_those_of_the_sigmoid(model: Classifier) -> None:
    task = Task(model, PICTURE, 1, output="probability")
    (found,) = Shapley(budget=16, grid=2).explain([task]).run()
    wanted = np.zeros(4)
    for order in itertools.permutations(range(4)):
        present = [False] * 4
        for cell in order:
            before = probability(tuple(present), 1)
            present[cell] = True
            wanted[cell] += (probability(tuple(present), 1) - before) / math.factorial(4)
    assert found.exact
    assert found.cells.flatten() == pytest.approx(wanted, abs=1e-5)
    assert found.output == pytest.approx(float(LOGITS[1].sigmoid()), abs=1e-5)


@pytest.mark.parametrize("method", [LIME(cells=2, samples=20), GradCAM()])
def test_other_methods_explain_the_same_probability(
    model: Classifier, method: LIME | GradCAM
) -> None:
    (found,) = method.explain([Task(model, PICTURE, 0, output="probability")]).run()
    assert found.output == pytest.approx(float(LOGITS[0].sigmoid()), abs=1e-5)


def test_the_slopes_of_a_probability_are_those_of_the_sigmoid(model: Classifier) -> None:
    (found,) = GradCAM(layer="copy").explain([Task(model, PICTURE, 0, output="probability")]).run()
    share = LOGITS[0].sigmoid()
    weight = (share * (1 - share) * WEIGHTS[0]).mean()
    assert torch.allclose(torch.from_numpy(found.values), weight * PICTURE[0], atol=1e-6)


def test_the_weight_of_evidence_is_the_difference_of_the_scores(model: Classifier) -> None:
    other = torch.tensor([0.1, 0.9, 0.3, 0.2]).reshape(1, 1, 2, 2)
    method = PredictionDifference(window=1, samples=1, sampling="marginal")
    tasks = [Task(model, PICTURE, label, references=other) for label in range(3)]
    for label, found in enumerate(method.explain(tasks).run()):
        moved = (PICTURE - other[0]).flatten() * WEIGHTS[label] / math.log(2)
        assert found.values.flatten() == pytest.approx(moved.numpy(), abs=1e-5)
        assert found.output == pytest.approx(float(LOGITS[label]) / math.log(2), abs=1e-5)


def test_why_one_label_and_not_another_ends_on_their_plane(model: Classifier) -> None:
    found = contrast.explain(
        model, Identity(), PICTURE[None], "dog", tolerance=1e-4, starts=1
    ).run()
    likely = nn.functional.logsigmoid(LOGITS)
    assert found.log_likelihoods[0, 0] == pytest.approx(likely.numpy(), abs=1e-4)
    between = WEIGHTS[0] - WEIGHTS[1]
    distance = float((LOGITS[0] - LOGITS[1]) / between.norm())
    assert (found.converged[0], found.third_class[0]) == (True, -1)
    assert found.distance[0] == pytest.approx(distance, rel=1e-3)
    step = (found.end - PICTURE).flatten()
    assert torch.allclose(step, -distance * between / between.norm(), atol=1e-2)


def test_the_margin_of_a_third_label_is_of_its_own_likelihood(model: Classifier) -> None:
    # With a margin above what "night" is below the others on the plane, it becomes a constraint.
    found = contrast.explain(
        model, Identity(), PICTURE[None], 1, margin=6.0, tolerance=1e-4, starts=1
    ).run()
    end = WEIGHTS @ found.end.flatten() + BIASES
    likely = nn.functional.logsigmoid(end)
    assert found.converged[0]
    assert float(likely[2] - likely[:2].mean()) == pytest.approx(-6.0, abs=0.05)
    assert float(end[2] - end[:2].mean()) < -6.5, "it is not of a softmax"


def test_a_subtraction_keeps_what_moves_each_label_by_itself(model: Classifier) -> None:
    found = contrast.subtract(model, PICTURE[None], "dog", method=GradCAM(layer="copy")).run()
    maps = torch.from_numpy(np.stack([found.true_map[0], found.probe_map[0]]))
    low, high = float(PICTURE.min()), float(PICTURE.max())
    kept = []
    for weight in contrast._subtraction.PROBE_WEIGHTS.tolist():
        changed = (PICTURE + (weight * maps[1] - maps[0]) * (high - low)).clamp(low, high)
        cat, dog = (WEIGHTS @ changed.flatten() + BIASES)[:2]
        kept.append(bool(cat < LOGITS[0]) and bool(dog > LOGITS[1]))
    assert 0 < sum(kept) < len(kept)
    assert found.kept[0] == sum(kept)


def test_what_costs_nothing_is_of_the_labels_own_probabilities(model: Classifier) -> None:
    logits = model.logits(PICTURE[None])
    shares = logits.double().sigmoid()[0]
    found = trivial_scores(model, logits)
    assert found[LARGEST][0] == pytest.approx(float(1 - shares.max()), abs=1e-9)
    entropy = -(shares * shares.log() + (1 - shares) * (1 - shares).log()).sum()
    assert found[ENTROPY][0] == pytest.approx(float(entropy), abs=1e-9)
    shown = predictions(model, Examination(PICTURE[None], logits, np.array([0]), found), None)
    assert shown["confidence"][0] == pytest.approx(float(shares.max()), abs=1e-6)


def test_probes_cannot_learn_one_label_for_each_picture(model: Classifier) -> None:
    images = torch.rand(20, 1, 2, 2)
    with pytest.raises(InputError, match="several may hold; leave them out"):
        model.fit_probes(images, ["copy"], [0, 1] * 10).run()
    assert "copy" in model.fit_probes(images, ["copy"]).run()


def test_widgets_show_each_label_by_itself_and_say_so(model: Classifier) -> None:
    explorer = Explorer(model, PICTURE, budget=64, grid=2)
    own = LOGITS.sigmoid().tolist()
    assert explorer.prediction is not None
    assert [score["probability"] for score in explorer.prediction["top"]] == pytest.approx(
        own, abs=1e-5
    )
    assert [note["text"] for note in explorer.notes] == ["labels: each on its own"]
    widget = ContrastExplorer(model, Identity(), PICTURE, all_classes=True)
    widget.run().wait(60)
    assert widget.prediction is not None
    assert widget.prediction["top"][0]["probability"] == pytest.approx(own[0], abs=1e-5)
    shares = {other["label"]: other["probability"] for other in widget.others}
    assert shares == pytest.approx({"dog": own[1], "night": own[2]}, abs=1e-5)
    assert [note["text"] for note in widget.notes] == ["labels: each on its own"]


def test_classes_that_exclude_each_other_are_as_before() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(4, 3)), output="logits")
        logits = model.logits(PICTURE[None])
    assert not independent(model.output)
    assert torch.equal(model.log_probabilities(logits), logits.log_softmax(1))
