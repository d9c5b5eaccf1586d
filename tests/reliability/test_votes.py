"""Label change rates against a plain loop, and verdicts that take fewer mutants."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models as nets
from tests.reliability import models
from tests.reliability.helpers import made, own_labels, pictures
from xaiwidgets import Classifier, datasets, zoo
from xaiwidgets.errors import InputError
from xaiwidgets.reliability import (
    Votes,
    label_change_rate,
    mutants,
    roc_of,
    verdicts,
    vote_curve,
    votes,
)
from xaiwidgets.reliability._verdicts import SequentialTest
from xaiwidgets.work import Progress, run

OPERATORS = ["NAI", "GF", "WS", "NS"]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("name", ["small", "untidy", "functional", "writing", "branches", "tokens"])
def test_label_change_rate_is_that_of_a_plain_loop(name: str, operator: str) -> None:
    make, shape, _ = models.ODD[name]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = make()
    model, images = Classifier(net), pictures(70, shape)
    found = made(model, images, operator=operator, count=8, rate=0.2)
    before = nets.condition(net)
    rate = label_change_rate(model, found, images)
    assert nets.condition(net) == before
    own = model.logits(images).argmax(1)
    with torch.no_grad():
        loop = [found.network(model, i)(images.clone()).argmax(1) != own for i in range(8)]
    assert np.array_equal(rate, torch.stack(loop).float().mean(0).numpy())
    assert rate.dtype == np.float32


def test_label_change_rates_stream_and_previews_are_of_their_own_step() -> None:
    model, images = Classifier(nets.small()), pictures(130)
    found = made(model, images, count=5)
    work = label_change_rate.work(model, found, images)
    assert repr(work) == "<reliability.label_change_rate: not begun; .run() computes it>"
    reports: list[Progress] = []
    rate = work.run(reports.append)
    assert np.array_equal(rate, label_change_rate(model, found, images))
    every = list(votes(model, found, images))
    # Looked at when all votes are in, a preview has those that were in at its step.
    counts = [int(one.preview.evaluated.sum()) for one in every if one.has_preview]
    assert counts == [one.done for one in every if one.has_preview]
    assert counts[0] < counts[-1] == 5 * 130
    streamed = [one.preview for one in reports if one.has_preview]
    assert np.isnan(streamed[0]).any()
    assert np.array_equal(streamed[-1], rate)


def test_arguments_are_checked_when_work_is_asked_for() -> None:
    model, images = Classifier(nets.small()), pictures(20)
    labelled = own_labels(model, images)
    found = made(model, images, count=2)
    with pytest.raises(InputError, match="count is 0"):
        mutants(model, labelled, rate=0.1, count=0)
    with pytest.raises(InputError, match="class 9 does not exist"):
        mutants(model, (images, [9] * 20), rate=0.1)
    for asking in (votes, label_change_rate.work):
        with pytest.raises(InputError, match=r"\(3, 9, 9\), not \(3, 8, 8\)"):
            asking(model, found, pictures(2, (3, 9, 9)))
    with pytest.raises(InputError, match="threshold is 1"):
        verdicts(model, found, images, 1)
    assert repr(mutants(model, labelled, rate=0.1)).startswith("<reliability.mutants: not begun")


def test_mutants_are_of_the_weights_as_they_are_although_written_unseen() -> None:
    net = nets.small()
    model, images = Classifier(net), pictures(30)
    found = made(model, images, count=4)
    label_change_rate(model, found, images)
    net[8].bias.data.mul_(-1)
    with pytest.raises(InputError, match="these mutants are of another network"):
        label_change_rate(model, found, images)
    with pytest.raises(InputError, match="these mutants are of another network"):
        verdicts(model, found, images, 0.3).run()
    with pytest.raises(InputError, match="these mutants are of another network"):
        found.network(model, 0)
    fresh = Classifier(copy.deepcopy(net))
    again, other = made(model, images, count=4), made(fresh, images, count=4)
    assert again == other
    assert np.array_equal(
        label_change_rate(model, again, images), label_change_rate(fresh, other, images)
    )


def test_votes_stream_in_for_a_wall_of_tiles() -> None:
    model, images = Classifier(nets.small()), pictures(130)
    found = made(model, images, count=5)
    seen: list[Progress] = []
    result = run(votes(model, found, images), seen.append)
    previews = [p.preview for p in seen if p.preview is not None]
    assert seen[-1].done == seen[-1].total == 5 * 130
    assert result.labels.shape == (5, 130)
    assert result.evaluated.all()
    assert all((p.labels[p.evaluated] == result.labels[p.evaluated]).all() for p in previews)
    assert np.array_equal(result.changed, result.labels != result.predicted)


def test_other_networks_and_other_shapes_are_refused() -> None:
    model, images = Classifier(nets.small()), pictures(20)
    found = made(model, images)
    with pytest.raises(InputError, match="of another network"):
        label_change_rate(Classifier(nets.small(seed=1)), found, images)
    with torch.no_grad():
        model.net[0].weight[0] += 1
    with pytest.raises(InputError, match="with other weights"):
        label_change_rate(model, found, images)
    with pytest.raises(InputError, match=r"\(3, 9, 9\).*\(3, 8, 8\)"):
        label_change_rate(model, found, pictures(2, (3, 9, 9)))
    with pytest.raises(InputError, match="at least one"):
        label_change_rate(model, found[:0], images)


# --- verdicts ----------------------------------------------------------------------------------


def test_the_sequential_test_errs_as_rarely_as_it_says() -> None:
    test = SequentialTest(10**6, threshold=0.2, width=0.05, error=0.05)
    random = np.random.default_rng(0)
    for share, unstable in ((0.12, False), (0.28, True)):
        wrong, used = 0, []
        for _ in range(400):
            changed, asked = np.zeros(1, np.int64), 0
            while True:
                asked += 1
                changed += random.random() < share
                over, verdict = test.decided(asked, changed)
                if over[0]:
                    break
            wrong += bool(verdict[0]) != unstable
            used.append(asked)
        assert wrong / 400 <= 0.05 + 0.02
        assert np.mean(used) < 150


@pytest.mark.parametrize("threshold", [0.0, 0.9999])
def test_a_vote_for_another_class_speaks_against_a_prediction_at_any_threshold(
    threshold: float,
) -> None:
    test = SequentialTest(10**6, threshold=threshold, width=5e-5, error=0.05)
    assert test.up > 0 > test.down
    over, verdict = test.decided(2 * 10**5, np.array([0, 2 * 10**5]))
    assert over.all()
    assert verdict.tolist() == [False, True]


def test_what_is_left_may_not_matter_any_more() -> None:
    test = SequentialTest(100, threshold=0.1, width=0.01, error=0.001)
    over, verdict = test.decided(95, np.array([5, 6, 10, 11]))
    assert over.tolist() == [True, False, False, True]
    assert verdict[[0, 3]].tolist() == [False, True]
    over, verdict = test.decided(100, np.array([10, 11]))
    assert over.all()
    assert verdict.tolist() == [False, True]


@pytest.mark.slow
def test_verdicts_agree_with_all_votes_and_ask_fewer() -> None:
    model, data = zoo.digits(), datasets.digits("test")
    train = datasets.digits("train")
    found = run(mutants(model, (train.images[:300], train.labels[:300]), rate=0.06, count=60))
    full = label_change_rate(model, found, data.images)
    early = run(verdicts(model, found, data.images, 0.2))
    assert (early.unstable == (full > 0.2)).mean() >= 0.98
    assert early.used.mean() < 30
    assert early.used.max() <= 60
    exact = run(verdicts(model, found, data.images, 0.2, error=1e-9))
    assert np.array_equal(exact.unstable, full > 0.2)
    for wrong in ({"threshold": 1.0}, {"width": 0}, {"error": 0.5}):
        with pytest.raises(InputError):
            run(verdicts(model, found, data.images, **({"threshold": 0.2} | wrong)))


def test_some_of_the_mutants_were_rejected_as_often_as_all() -> None:
    model, train = zoo.digits(), datasets.digits("train")
    found = run(mutants(model, (train.images[:300], train.labels[:300]), rate=0.06, count=20))
    assert found[:5].rejection_rate == pytest.approx(found.rejection_rate, abs=0.1)
    with pytest.raises(InputError, match="mutants"):
        found[0]  # type: ignore[index]


class Placed(nn.Module):
    """One of its modules has an answer that is not one row a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3, padding=1)
        self.place = nn.Embedding(64, 4)
        self.head = nn.Linear(256, 3)

    def forward(self, x: Tensor) -> Tensor:
        places = self.place(torch.arange(64)).T.reshape(1, 4, 8, 8)
        return self.head((self.first(x).relu() + places).flatten(1))


def test_verdicts_of_a_network_with_a_position_embedding() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Classifier(Placed())
    images = torch.rand(60, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    labels = model.logits(images).argmax(1)
    found = run(mutants(model, (images, labels), rate=0.2, count=15, keep=0.3))
    full = label_change_rate(model, found, images)
    early = run(verdicts(model, found, images, 0.3, error=1e-9))
    assert np.array_equal(early.unstable, full > 0.3)


@pytest.mark.parametrize(
    ("threshold", "width", "error"), [(0.2, None, 0.05), (0.0, None, 0.2), (0.29, 0.1, 0.3)]
)
def test_verdicts_are_those_of_walds_test_done_by_hand(
    threshold: float, width: float | None, error: float
) -> None:
    model, images = Classifier(nets.small()), pictures(70)
    found = made(model, images, count=40, rate=0.3)
    changed = votes(model, found, images).run().changed
    verdict = verdicts(model, found, images, threshold, width=width, error=error).run()
    deviation = (threshold * (1 - threshold) / 40) ** 0.5
    side = max(1.5 * deviation, 0.5 / 40) if width is None else width
    low, high = max(threshold - side, 0.001), min(threshold + side, 0.999)
    most = round(threshold * 40 - 0.5 + 1e-6)  # the count that is still not above the threshold
    for at in range(70):
        count, odds, says = 0, 1.0, None
        for used in range(1, 41):
            vote = bool(changed[used - 1, at])
            count += vote
            odds *= high / low if vote else (1 - high) / (1 - low)
            if count > most:
                says = True
            elif count + 40 - used <= most:
                says = False
            elif odds >= (1 - error) / error or odds <= error / (1 - error):
                says = odds > 1
            if says is not None:
                break
        assert (verdict.used[at], verdict.unstable[at]) == (used, says)
        assert verdict.rate[at] == pytest.approx(count / used)
    assert len(set(verdict.used.tolist())) > 2
    assert threshold == 0 or len(set(verdict.unstable.tolist())) == 2
    shown = f"Verdicts({verdict.unstable.sum()} of 70 unstable, {verdict.used.mean():.0f} mutants"
    assert repr(verdict).startswith(shown)


def test_progress_of_verdicts_counts_pictures_that_have_theirs() -> None:
    model, images = Classifier(nets.small()), pictures(130)
    found = made(model, images, count=20, rate=0.3)
    reports: list[Progress] = []
    verdict = verdicts(model, found, images, 0.3).run(reports.append)
    counts = [report.done for report in reports if report.note == "verdicts"]
    assert counts == sorted(counts)
    assert counts[-1] == 130 == reports[-1].total
    chunks = [verdict.used[begin : begin + 64] for begin in (0, 64, 128)]
    assert len(counts) == sum(int(used.max()) for used in chunks)
    assert counts[0] == int((chunks[0] == 1).sum())


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": -0.1}, {"threshold": 1.0}, {"width": 0.0}, {"width": 1.0}, {"error": 0.0},
        {"error": 0.5},
    ],
)  # fmt: skip
def test_settings_of_verdicts_that_cannot_be_used_are_named(wrong: dict[str, float]) -> None:
    model, images = Classifier(nets.small()), pictures(5)
    found = made(model, images, count=2)
    name, value = next(iter(wrong.items()))
    with pytest.raises(InputError, match=f"{name} is {value}"):
        verdicts(model, found, images, **({"threshold": 0.2} | wrong))


def test_of_some_mutants_the_rate_is_that_of_those() -> None:
    votes_so_far = Votes(np.array([0, 1, 2]), np.array([[0, 0, -1], [1, -1, -1], [0, 1, -1]]))
    assert votes_so_far.evaluated.tolist() == [
        [True, True, False], [True, False, False], [True, True, False]
    ]  # fmt: skip
    assert votes_so_far.changed.sum(0).tolist() == [1, 1, 0]
    assert votes_so_far.rate[:2].tolist() == [np.float32(1 / 3), 0.5]
    assert np.isnan(votes_so_far.rate[2])
    assert repr(votes_so_far) == "Votes(3 mutants, 3 pictures, 56% evaluated)"


# --- how many mutants are enough ---------------------------------------------------------------

# Four predictions of class 0, the first two wrong; two mutants. By the first alone a wrong one is
# above all right ones and the other as high: (2 + 1) / 4. Both: rates 1, .5 against 0, .5.
FOUR = Votes(np.zeros(4, int), np.array([[1, 0, 0, 0], [1, 1, 0, 1]]))
FIRST_TWO = np.array([True, True, False, False])


def test_more_mutants_tell_better_as_worked_out_by_hand() -> None:
    curve = vote_curve(FOUR, FIRST_TWO)
    assert curve is not None
    assert curve.counts.tolist() == [1, 2] and curve.areas.tolist() == [0.75, 0.875]
    assert curve.right == (0.25, 0.25) and curve.wrong == (0.75, 0.25) and curve.pictures == 4


def test_a_curve_of_all_mutants_is_that_of_their_rate() -> None:
    random = np.random.default_rng(0)
    voted = Votes(np.zeros(300, int), random.integers(0, 2, (40, 300)))
    wrong = random.random(300) < 0.5 * voted.rate
    curve = vote_curve(voted, wrong)
    assert curve is not None
    counts = curve.counts.tolist()
    assert counts[0] == 1 and counts[-1] == 40 and len(counts) <= 16 and counts == sorted(counts)
    for count, area, error in zip(counts, curve.areas, curve.standard_errors, strict=True):
        roc = roc_of("", voted.labels[:count].mean(0), wrong)
        assert (area, error) == pytest.approx((roc.area, roc.standard_error))


def test_pictures_on_which_a_mutant_has_not_voted_do_not_count() -> None:
    labels = np.concatenate([FOUR.labels, [[1, 1], [0, -1]]], 1)
    voted = Votes(np.zeros(6, int), labels)
    curve = vote_curve(voted, np.concatenate([FIRST_TWO, [False, True]]))
    assert curve is not None and curve.pictures == 5 and curve.right[0] == pytest.approx(1 / 3)
    none_yet = Votes(FOUR.predicted, np.full((2, 4), -1))
    assert vote_curve(none_yet, FIRST_TWO) is None
    assert vote_curve(FOUR, np.array([True, False, False, False])) is None, "one says nothing"
    with pytest.raises(InputError, match="a flag for each"):
        vote_curve(FOUR, FIRST_TWO[:3])
