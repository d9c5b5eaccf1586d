"""What a network's answers mean: found out, told, and read as logits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from xaiwidgets import Classifier
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.output_detection import detect_output
from xaiwidgets.outputs import (
    SCORE_KINDS,
    answer_tensor,
    checked_output,
    probabilities,
    read_logits,
)

LOGITS = torch.tensor([[0.3, 0.9, 0.1], [0.2, 0.4, 0.8]])


def answering(head: Any) -> tuple[Tensor, Any]:
    """Return a network's answer, and the network of larger inputs."""
    return head(LOGITS), lambda factor: head(factor * LOGITS)


@pytest.mark.parametrize(
    ("head", "output"),
    [
        (lambda z: z, "logits"),
        (lambda z: z.softmax(1), "probabilities"),
        (lambda z: z.softmax(1).half(), "probabilities"),
        (lambda z: z.log_softmax(1), "log probabilities"),
        (lambda z: z.sigmoid(), "label probabilities"),
        (lambda z: z[:, :1], "one logit"),
        (lambda z: z[:, 0], "one logit"),
        (lambda z: z[:, :1].sigmoid(), "one probability"),
    ],
)
def test_the_kind_of_answer_is_found_out(head: Any, output: str) -> None:
    assert detect_output(*answering(head)) == output


def test_numbers_between_0_and_1_by_chance_are_logits() -> None:
    assert bool(((LOGITS >= 0) & (LOGITS <= 1)).all())
    assert detect_output(LOGITS, lambda factor: factor * LOGITS) == "logits"
    failing = {30.0: None, -30.0: None, 1000.0: 1000 * LOGITS}
    assert detect_output(LOGITS, failing.get) == "logits"


@pytest.mark.parametrize("answer", [[[0.3, 0.7]], [[-0.693147, -0.693147]]])
def test_logits_that_sum_to_1_by_chance_are_no_probabilities(answer: list[list[float]]) -> None:
    scores = torch.tensor(answer)
    assert detect_output(scores, lambda factor: factor * scores) == "logits"


def test_a_network_that_overflows_is_judged_by_what_it_answers() -> None:
    shares, nothing = LOGITS.softmax(1), torch.full((2, 3), torch.nan)
    answers = {30.0: shares, -30.0: None, 1000.0: nothing}
    assert detect_output(shares, answers.get) == "probabilities"


@pytest.mark.parametrize(
    ("head", "output"),
    [
        (lambda z: z.softmax(1), "probabilities"),
        (lambda z: z.log_softmax(1), "log probabilities"),
        (lambda z: z.sigmoid(), "label probabilities"),
        (lambda z: z, "label logits"),
    ],
)
def test_the_probabilities_shown_are_the_networks_own(head: Any, output: Any) -> None:
    own = LOGITS.sigmoid() if output.startswith("label") else LOGITS.softmax(1)
    assert torch.allclose(probabilities(read_logits(head(LOGITS), output), output), own, atol=1e-5)


def test_one_score_is_a_yes_or_no() -> None:
    score = torch.tensor([[2.0], [-1.0]])
    for answer, output in ((score, "one logit"), (score.sigmoid(), "one probability")):
        read = read_logits(answer, output)  # type: ignore[arg-type]
        assert torch.allclose(read.softmax(1)[:, 1:], score.sigmoid(), atol=1e-6)
    with pytest.raises(ModelError, match=r"one logit.*answers"):
        read_logits(LOGITS, "one logit")


def test_certain_probabilities_stay_finite() -> None:
    for output in ("probabilities", "one probability", "label probabilities"):
        answer = torch.tensor([[0.0], [1.0]]) if output[0] == "o" else torch.tensor([[0.0, 1.0]])
        assert bool(torch.isfinite(read_logits(answer, output)).all())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer",
    [
        LOGITS,
        {"logits": LOGITS},
        SimpleNamespace(logits=LOGITS),
        (LOGITS, torch.zeros(2, 5, 5)),
        [LOGITS],
    ],
)
def test_logits_are_found_in_what_libraries_return(answer: Any) -> None:
    assert answer_tensor(answer) is LOGITS


@pytest.mark.parametrize("answer", [{}, {"boxes": LOGITS}, None, (), (torch.zeros(3),), [{}]])
def test_an_answer_without_logits_is_refused(answer: Any) -> None:
    with pytest.raises(ModelError, match="without logits"):
        answer_tensor(answer)


def test_the_kind_can_be_told() -> None:
    assert checked_output("auto") is None
    assert [checked_output(output) for output in SCORE_KINDS] == list(SCORE_KINDS)
    with pytest.raises(InputError, match="output is 'softmax'; use 'auto' or one of 'logits'"):
        checked_output("softmax")


def test_numbers_of_classes_are_no_scores() -> None:
    for answer in (LOGITS.argmax(1), LOGITS > 0.5, LOGITS.to(torch.complex64)):
        with pytest.raises(ModelError, match="explainers need its scores"):
            answer_tensor(answer)


@pytest.mark.parametrize("answer", [torch.tensor(0.5), torch.tensor([0.5, 1.0, 2.0])])
def test_a_batch_axis_that_was_squeezed_away_is_put_back(answer: Tensor) -> None:
    assert answer_tensor(answer, 1).shape[0] == 1
    assert answer_tensor(answer) is answer
    assert answer_tensor(torch.zeros(2), 2).shape == (2,)


def test_an_output_layer_that_begins_at_0_answers_with_logits() -> None:
    """As of the constant 0, which lies between 0 and 1 whatever the picture."""
    for classes, output in ((1, "one logit"), (5, "logits")):
        zeros = torch.zeros(2, classes)
        assert detect_output(zeros, lambda _, zeros=zeros: zeros) == output


def test_what_was_told_is_held_against_the_first_answer() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 3))
    net[1].bias.data += torch.tensor([5.0, -5.0, 0.0])  # else they may lie in 0 .. 1 by chance
    picture = torch.rand(3, 2, 2)
    for output in ("probabilities", "log probabilities", "label probabilities"):
        with pytest.raises(ModelError, match=f"output is '{output}', but the network answers"):
            Classifier(net, output=output).predict(picture)
    Classifier(nn.Sequential(net, nn.Softmax(1)), output="probabilities").predict(picture)


def test_another_last_layer_is_looked_at_again() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 3))
    model, picture = Classifier(net), torch.rand(3, 2, 2)
    model.predict(picture)
    assert model.output == "logits"
    net.append(nn.Softmax(1))
    with pytest.warns(UserWarning, match="look like probabilities"):
        shown = model.predict(picture).probability
    assert shown == pytest.approx(float(net(picture[None]).max().detach()), abs=1e-5)
