"""What every method keeps to: `methods.__all__` is the list, and there is no other."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests import models
from xaiwidgets import Window, methods
from xaiwidgets.errors import CompositionError, InputError, ModelError
from xaiwidgets.methods import Attribution, Cache, Task
from xaiwidgets.network import Network
from xaiwidgets.work import Work

KINDS = [
    kind
    for name in methods.__all__
    if isinstance(kind := getattr(methods, name), type)
    and is_dataclass(kind)
    and hasattr(kind, "needs")
]

# Settings with which a method is quick; others have their usual ones.
QUICK: dict[str, dict[str, Any]] = {
    "LIME": {"samples": 40},
    "IntegratedGradients": {"steps": 6},
    "SmoothGrad": {"samples": 3},
    "PredictionDifference": {"samples": 2, "stride": 2},
    "Shapley": {"budget": 64, "grid": 3},
}


class Uneasy(nn.Module):
    """Skip connection, batch norm, dropout, layers in place, mixed modes."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.conv1, self.conv2 = (nn.Conv2d(3, 3, 3, padding=1) for _ in range(2))
            self.norm, self.relu = nn.BatchNorm2d(3), nn.ReLU(inplace=True)
            self.drop, self.head = nn.Dropout(0.5), nn.Linear(3 * 36, 4)
            self.head.weight.data.mul_(20)  # so that LIME's lasso leaves something
        self.train()
        self.norm.eval()
        self.conv2.weight.requires_grad_(False)
        for parameter in self.parameters():
            parameter.grad = torch.ones_like(parameter)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.norm(self.conv1(x))) + x
        x = nn.functional.max_pool2d(self.drop(self.conv2(x)), 2)
        return self.head(x.flatten(1))  # type: ignore[no-any-return]


class Modular(Uneasy):
    """The same with each activation a module, one of them used twice, as DeepLIFT wants it."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(3, 2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.norm(self.conv1(x))) + x
        return self.head(self.relu(self.pool(self.drop(self.conv2(x)))).flatten(1))  # type: ignore[no-any-return]


class Averaging(Uneasy):
    """Ends in the mean of feature maps and a linear layer, as CAM wants it."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(1)  # or the class explained is another in every run
            self.head, self.last = nn.Linear(3, 4), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.last(self.conv2(self.drop(self.relu(self.norm(self.conv1(x)))) + x))
        return self.head(x.mean((2, 3)))  # type: ignore[no-any-return]


class Attentive(Uneasy):
    """A transformer of 3 x 3 patches and a token of its own."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.patches = nn.Conv2d(3, 8, 4, stride=4)
            self.token = nn.Parameter(torch.randn(1, 1, 8))
            self.place = nn.Parameter(torch.randn(1, 10, 8))
            self.blocks = nn.Sequential(
                *(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True) for _ in range(2))
            )
            self.head = nn.Linear(8, 4)
        self.train()
        for parameter in self.parameters():
            parameter.grad = torch.ones_like(parameter)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(x), -1, -1), tokens], 1) + self.place
        return self.head(self.blocks(tokens)[:, 0])  # type: ignore[no-any-return]


NETS: dict[str, type[Uneasy]] = {
    "DeepLift": Modular,
    "CAM": Averaging,
    "AttentionRollout": Attentive,
}
"""For methods that are not valid for the uneasy network, and say so."""

FAILURE = {"calls": 0, "at": 10**9}


def fragile(kind: type) -> nn.Module:
    """Return the method's network, which fails at the call of a given number."""

    class Fragile(NETS.get(kind.__name__, Uneasy)):  # type: ignore[misc]
        def forward(self, x: Tensor) -> Tensor:
            FAILURE["calls"] += 1
            if FAILURE["calls"] >= FAILURE["at"]:
                raise RuntimeError("the sensor is unplugged")
            return super().forward(x)  # type: ignore[no-any-return]

    return Fragile()


PICTURES = torch.rand(8, 3, 12, 12, generator=torch.Generator().manual_seed(1))
REFERENCES = PICTURES[3:]


@dataclass(frozen=True)
class Case:
    """A method, and a network with nothing in its cache."""

    method: Any
    net: nn.Module

    def tasks(self, count: int = 3, **settings: Any) -> list[Task]:
        network = Network(self.net, classes=["a", "b", "c", "d"])
        return [Task(network, x, references=REFERENCES, **settings) for x in PICTURES[:count]]

    def maps(self, tasks: list[Task] | None = None) -> list[Attribution]:
        return self.method.explain(tasks or self.tasks(), Cache()).run()  # type: ignore[no-any-return]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    kind = request.param
    yield Case(kind(**QUICK.get(kind.__name__, {})), NETS.get(kind.__name__, Uneasy)())


def test_the_list_of_methods_is_what_the_room_exports() -> None:
    assert {"GradCAM", "LIME", "LRP", "PredictionDifference"} <= {k.__name__ for k in KINDS}


def test_it_has_a_label_needs_and_a_docstring_that_runs(case: Case) -> None:
    kind = type(case.method)
    assert isinstance(case.method, methods.Method)
    assert kind.label
    assert kind.needs <= {"feature maps", "copy", "references", "generator", "attention"}
    assert isinstance(kind.has_baseline, bool)
    (test,) = doctest.DocTestFinder(recurse=False).find(kind, kind.__name__)
    assert test.examples, "the docstring has no example"
    assert doctest.DocTestRunner().run(test).failed == 0


def test_its_repr_is_the_python_that_makes_it(case: Case) -> None:
    names = {kind.__name__: kind for kind in KINDS}
    assert eval(repr(case.method), names) == case.method
    assert hash(case.method) == hash(eval(repr(case.method), names))
    with pytest.raises(AttributeError):
        setattr(case.method, next((field.name for field in fields(case.method)), "label"), 1)


def test_maps_have_the_shape_of_the_input_and_are_finite(case: Case) -> None:
    tasks = case.tasks()
    work = case.method.explain(tasks)
    assert isinstance(work, Work)
    maps = work.run()
    logits = tasks[0].network.logits(PICTURES[:3])
    for found, row in zip(maps, logits, strict=True):
        assert found.values.shape == (12, 12)
        assert np.isfinite(found.values).all()
        assert np.abs(found.values).max() > 0
        assert found.target == int(row.argmax()), "no target: the class predicted"
        assert found.label == "abcd"[found.target]
        names = {kind.__name__: kind for kind in KINDS}
        assert eval(found.method, names) == case.method
        assert Attribution.from_json(found.to_json()) == found
        assert found.plot() is not None
        if "logit" in (found.unit, found.score):
            assert found.output == pytest.approx(float(row.max()), abs=1e-4)


def test_a_target_is_honoured(case: Case) -> None:
    one, other = (case.maps(case.tasks(target=c)) for c in (0, 1))
    for a, b in zip(one, other, strict=True):
        assert (a.target, b.target) == (0, 1)
        if isinstance(case.method, methods.AttentionRollout):  # the same for every class
            assert np.array_equal(a.values, b.values)
            continue
        assert not np.allclose(a.values, b.values)


def test_a_target_that_does_not_exist_is_refused(case: Case) -> None:
    network = Network(case.net)  # whose classes have no names: only the network can tell
    task = Task(network, PICTURES[0], 4, references=REFERENCES)
    with pytest.raises(InputError, match="class 4 does not exist"):
        case.method.explain([task]).run()


def test_a_window_is_explained_with_all_else_at_the_baseline(case: Case) -> None:
    window = Window(2, 3, 8, 6)
    try:
        found = case.maps(case.tasks(window=window, baseline=0.25, target=2))
    except CompositionError:
        return
    shown = torch.full((3, 12, 12), 0.25)
    for at, one in enumerate(found):
        assert one.window == window
        assert one.values.shape == (12, 12)
        outside = one.values.copy()
        outside[window.slices] = 0
        assert not outside.any()
        assert one.values.any()
        shown[:, 2:10, 3:9] = PICTURES[at, :, 2:10, 3:9]
        if "logit" in (one.unit, one.score):
            logit = case.tasks()[0].network.logits(shown[None])[0, 2]
            assert one.output == pytest.approx(float(logit), abs=1e-4)
    # What is outside of the window cannot matter.
    changed = PICTURES[0].clone()
    changed[:, :2] = 0
    task = Task(Network(case.net), changed, 2, window, baseline=0.25, references=REFERENCES)
    assert np.allclose(case.maps([task])[0].values, found[0].values, atol=1e-5)


def test_a_probability_is_explained_or_refused(case: Case) -> None:
    try:
        found = case.maps(case.tasks(output="probability", target=1))
    except CompositionError as error:
        assert type(case.method).label in str(error)
        return
    chances = case.tasks()[0].network.logits(PICTURES[:3]).softmax(1)[:, 1]
    assert [one.output for one in found] == pytest.approx(chances.tolist(), abs=1e-5)
    assert {one.score or one.unit for one in found} == {"probability"}


def test_the_same_seed_gives_the_same_map(case: Case) -> None:
    first, again = (case.maps(case.tasks()) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        # Up to rounding: the batches of a twin grow while it is used.
        np.testing.assert_allclose(a.values, b.values, rtol=1e-4, atol=1e-5)
    if hasattr(case.method, "seed"):
        kind = type(case.method)
        other = kind(**{**QUICK.get(kind.__name__, {}), "seed": 9})
        moved = other.explain(case.tasks(), Cache()).run()
        assert not np.allclose(first[0].values, moved[0].values, rtol=1e-3)


def test_tasks_do_not_disturb_each_other(case: Case) -> None:
    together = case.maps(case.tasks())
    for at, task in enumerate(case.tasks()):
        alone = case.maps([task])
        assert np.allclose(alone[0].values, together[at].values, atol=1e-4)


def test_pictures_of_different_sizes_and_networks_may_come_together(case: Case) -> None:
    first, second = case.tasks(1)[0], Case(case.method, fragile(type(case.method))).tasks(2)[1]
    mixed = case.maps([first, second, first])
    for found, task in zip(mixed, (first, second, first), strict=True):
        assert np.allclose(found.values, case.maps([task])[0].values, atol=1e-5)


def test_what_the_cache_holds_is_not_computed_again(case: Case) -> None:
    cache, tasks = Cache(), case.tasks()
    first = case.method.explain(tasks, cache).run()
    logits = tasks[0].network.logits
    tasks[0].network.logits = None  # type: ignore[assignment, method-assign]
    again = case.method.explain(tasks, cache).run()
    tasks[0].network.logits = logits  # type: ignore[method-assign]
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a.values, b.values)
        assert b.paid == 0
    # Another class, or weights, is another map.
    other = [Task(t.network, t.input, 3, references=REFERENCES) for t in tasks]
    if isinstance(case.method, methods.AttentionRollout):
        case.net.patches.weight.data.mul_(-1)  # type: ignore[operator, union-attr]
        changed = case.method.explain(tasks, cache).run()
        assert not np.allclose(first[0].values, changed[0].values)
        return
    assert any(not np.array_equal(a.values, b.values) for a, b in
               zip(first, case.method.explain(other, cache).run(), strict=True))  # fmt: skip
    case.net.head.weight.data.mul_(-1)  # type: ignore[operator, union-attr]
    changed = case.method.explain(tasks, cache).run()
    assert not np.allclose(first[0].values, changed[0].values)


def test_sums_are_what_is_said(case: Case) -> None:
    for found in case.maps(case.tasks()):
        if found.residual is not None:
            assert found.baseline_output is not None
            total = found.baseline_output + float(found.cells.sum()) + found.residual
            assert total == pytest.approx(found.output, abs=1e-4)


@pytest.mark.parametrize("copied", [True, False])
def test_the_network_is_untouched_after_success_and_cancel(case: Case, copied: bool) -> None:
    net, given = case.net, PICTURES.clone()
    if not copied:
        if "copy" in type(case.method).needs:
            pytest.skip("it needs a copy, and says so")
        net.__deepcopy__ = lambda memo: net  # type: ignore[assignment]
    before = models.condition(net)
    for _ in case.method.explain(case.tasks()):
        assert models.condition(net) == before
    assert models.condition(net) == before
    work = case.method.explain(case.tasks())
    next(work)
    next(work)
    work.close()
    assert models.condition(net) == before
    assert torch.equal(PICTURES, given)


@pytest.mark.parametrize("call", [2, 3])
def test_the_network_is_untouched_after_an_error(case: Case, call: int) -> None:
    net = fragile(type(case.method))
    if "copy" not in type(case.method).needs:
        net.__deepcopy__ = lambda memo: net  # type: ignore[assignment]
    failing = Case(case.method, net)
    tasks = failing.tasks()
    before = models.condition(net)
    FAILURE.update(calls=0, at=call)
    try:
        with pytest.raises(ModelError, match="the sensor is unplugged"):
            failing.maps(tasks)
    finally:
        FAILURE["at"] = 10**9
    assert models.condition(net) == before


def test_it_works_inside_of_inference_mode(case: Case) -> None:
    expected = case.maps(case.tasks())
    with torch.inference_mode():
        pictures = PICTURES.clone()
        network = Network(case.net)
        network.logits(pictures)
        tasks = [Task(network, x, references=pictures[3:]) for x in pictures[:3]]
        inside = case.maps(tasks)
        assert torch.is_inference_mode_enabled()
    for a, b in zip(expected, inside, strict=True):
        assert np.allclose(a.values, b.values, atol=1e-5)


def test_no_tasks_are_no_question(case: Case) -> None:
    with pytest.raises(InputError, match="there are no tasks"):
        case.method.explain([])


def test_what_is_no_list_of_tasks_is_refused(case: Case) -> None:
    (alone,) = case.tasks(1)
    for wrong in (alone, [case.net], None):
        with pytest.raises(InputError, match=r"give a list of methods\.Task"):
            case.method.explain(wrong)
