"""Many pictures, several methods: the table, its intervals, and what a worker is sent."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from tests import models
from tests.evaluation.helpers import Given, Linear, Sum, picture
from xaiwidgets import Classifier, Window
from xaiwidgets.errors import InputError
from xaiwidgets.evaluation import METRICS, EvaluationTable, PictureJob, compare, measure_picture
from xaiwidgets.evaluation._trivial import TRIVIAL, CentreBump, EdgeMap
from xaiwidgets.intervals import mean_interval
from xaiwidgets.methods import LRP, PredictionDifference, Task
from xaiwidgets.work import Budget

IMAGES = torch.stack([picture(seed=seed) for seed in range(3)])
WINDOW = Window(1, 1, 3, 3)


@pytest.fixture
def model() -> Classifier:
    return Classifier(Sum(), classes=["sum", "minus"])


def test_a_share_of_hits_is_uncertain_even_where_all_are_hits() -> None:
    values = np.array([[[1.0, 1.0, 1.0, 1.0]], [[1.0, 0.5, 0.0, np.nan]]])
    table = EvaluationTable(("LRP", "Edge map"), ("pointing",), values)
    certain, tie = (table[method, "pointing"] for method in table.methods)
    # Wilson's lower end of 4 in 4 is n / (n + z^2).
    assert (certain.value, certain.high) == (1, 1)
    assert certain.low == pytest.approx(4 / (4 + 1.959964**2), abs=1e-5)
    one, two = (binomtest(hits, 3).proportion_ci(method="wilson") for hits in (1, 2))
    assert (tie.value, tie.low, tie.high) == pytest.approx((0.5, one.low, two.high))


def test_all_that_is_known_is_in_the_table(model: Classifier) -> None:
    names = [name for name in METRICS if name != "randomised"]
    table = compare(model, IMAGES, [Given()], names, windows=WINDOW, grid=3).run()
    assert table.methods == ("Given", "Centre bump", "Edge map")
    assert table.metrics == tuple(names)
    assert table.values.shape == (3, len(names), 3)
    assert np.isfinite(table.values).all()
    # The map is the truth.
    for name in ("fidelity", "exact"):
        assert table["Given", name].value == pytest.approx(1, abs=1e-4)
        assert table.difference("Given", "Edge map", name).value > 0
    assert table["Given", "infidelity"].value == pytest.approx(0, abs=1e-4)
    assert table["Given", "deletion"].value > table["Centre bump", "deletion"].value
    assert table["Centre bump", "sensitivity"].value == 0


def test_means_and_differences_are_over_pictures() -> None:
    values = np.array([[[1.0, 2, 3, np.nan]], [[0.0, 1.5, 2, 9]]])
    table = EvaluationTable(("A", "B"), ("exact",), values)
    assert table["A", "exact"] == mean_interval([1, 2, 3])
    assert table.difference("A", "B", "exact") == mean_interval([1, 0.5, 1])
    assert (table.count("A", "exact"), table.count("B", "exact")) == (3, 4)
    text = repr(table)
    assert "A was constant, or nowhere positive, on 1 of 4 pictures" in text
    assert "B was constant" not in text
    assert text.splitlines()[1].startswith("A  2 (-0.484 to 4.48)")
    with pytest.raises(InputError, match="did you mean 'exact'"):
        table["A", "exac"]
    with pytest.raises(InputError, match="no 'C'"):
        table.difference("A", "C", "exact")


def test_it_becomes_a_frame_and_a_figure(model: Classifier) -> None:
    table = compare(model, IMAGES, [Given()], "pointing", windows=[WINDOW] * 3).run()
    frame = table.to_frame()
    assert len(frame) == 3
    assert {"method", "metric", "mean", "low", "high", "pictures", "better"} == set(frame.columns)
    assert frame.loc[0, "better"] == "higher"
    assert table._repr_png_()[1:4] == b"PNG"


def test_a_worker_measures_what_the_table_has(model: Classifier) -> None:
    methods = (Given(), *TRIVIAL)
    table = compare(model, IMAGES, [Given()], ["deletion", "exact"], grid=3).run()
    job = PictureJob(model, IMAGES[1], methods, ("deletion", "exact"), 3, 0.0, 0)
    sent = pickle.loads(pickle.dumps((measure_picture, job)))
    assert sent[0](sent[1]) == pytest.approx(table.values[:, :, 1], abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_pictures_are_measured_on_the_workers_of_an_executor(
    kind: str, request: pytest.FixtureRequest
) -> None:
    model = Classifier(Linear(36, 3))
    method = PredictionDifference(samples=1, stride=3, window=3)  # hides behind the other pictures
    settings = {"metrics": ["deletion", "mass"], "windows": [WINDOW, Window(0, 0, 2, 2), WINDOW]}
    here = compare(model, IMAGES, [method], **settings).run()
    there = compare(
        model, IMAGES, [method], **settings, executor=request.getfixturevalue(kind)
    ).run()
    np.testing.assert_allclose(there.values, here.values, atol=1e-5)
    assert there.methods == here.methods
    assert np.ptp(here.values, axis=-1).min() > 1e-3  # so that another order would be noticed


def test_a_budget_ends_it_with_the_pictures_that_are_done(model: Classifier) -> None:
    table = compare(model, IMAGES, [Given()], ["exact"], budget=Budget(max_trial=2)).run()
    assert table.values.shape[-1] == 2
    with pytest.raises(InputError, match="ended before a picture was done"):
        compare(model, IMAGES, [Given()], ["exact"], budget=Budget(max_time=0)).run()


def test_a_constant_map_is_counted_and_not_measured(model: Classifier) -> None:
    images = torch.cat([IMAGES, torch.ones(1, 1, 6, 6)])
    table = compare(model, images, [Given()], ["deletion"]).run()
    assert np.isnan(table.values[:, 0, 3]).tolist() == [True, False, True]
    assert table.count("Given", "deletion") == 3
    assert "Edge map was constant, or nowhere positive, on 1 of 4 pictures" in repr(table)


def test_a_map_that_points_nowhere_loses_no_other(model: Classifier) -> None:
    # Below nothing in one picture, so that the map is nowhere positive there alone.
    images = torch.cat([IMAGES.abs() + 0.1, -IMAGES[:1].abs() - 0.1])
    table = compare(model, images, [Given()], ["mass", "exact"], windows=WINDOW).run()
    assert (table.count("Given", "mass"), table.count("Given", "exact")) == (3, 4)
    with pytest.raises(InputError, match=r"window \[0:6, 0:6\] is all of its picture"):
        compare(model, images, [Given()], ["mass"], windows=Window(0, 0, 6, 6))


def test_two_of_one_kind_are_told_apart_by_their_settings(model: Classifier) -> None:
    table = compare(model, IMAGES, [Given(), Given(-1.0)], ["exact"]).run()
    assert table.methods[:2] == ("Given(factor=1.0)", "Given(factor=-1.0)")
    assert table["Given(factor=-1.0)", "exact"].value == pytest.approx(-1)


def test_other_pictures_are_the_references_of_methods_that_need_them() -> None:
    model = Classifier(Linear(36))
    method = PredictionDifference(samples=1, stride=3, window=3)
    table = compare(model, IMAGES, [method], ["pointing", "sensitivity"], windows=WINDOW).run()
    assert np.isfinite(table.values[0]).all()


def test_randomisation_is_a_measure_too() -> None:
    net = models.small()
    before = models.condition(net)
    images = torch.stack([picture(6, 3, seed) for seed in range(2)])
    table = compare(Classifier(net), images, LRP(), "randomised").run()
    assert table["Edge map", "randomised"].value == pytest.approx(1)
    assert table["LRP", "randomised"].value < 0.9
    assert models.condition(net) == before


def test_a_preview_is_the_table_so_far(model: Classifier) -> None:
    work = compare(model, IMAGES, [Given()], ["exact"])
    counts = [0 if (shown := report.preview) is None else shown.values.shape[-1] for report in work]
    assert set(counts) == {0, 2, 3}
    assert work.run().values.shape[-1] == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"images": IMAGES[:1]}, "1 pictures are too few; give at least 2"),
        ({"metrics": ["delete"]}, "no metric 'delete'; did you mean 'deletion'"),
        ({"metrics": []}, "metrics is empty"),
        ({"metrics": ["mass"]}, "'mass' needs windows"),
        ({"windows": Window(4, 4, 4, 4)}, "leaves the picture"),
        ({"windows": [WINDOW]}, "windows has 1 for 3"),
        ({"windows": ["left"] * 3}, "a window is 'left'"),
        ({"methods": [3]}, "method is 3"),
        ({"grid": 0}, "grid is 0"),
        ({"baseline": "grey"}, "baseline is 'grey'"),
        ({"seed": -1}, "seed is -1"),
        ({"executor": 4}, "executor is a int"),
        ({"budget": 4}, "budget is 4"),
    ],
)
def test_what_cannot_be_used_is_refused(
    settings: dict[str, Any], message: str, model: Classifier
) -> None:
    with pytest.raises(InputError, match=message):
        compare(model, **{"images": IMAGES, "methods": [Given()], **settings})


@pytest.mark.parametrize("method", TRIVIAL, ids=lambda method: method.label)
def test_trivial_maps_are_methods_like_others(method: Any) -> None:
    network = Classifier(Linear(36, 3), classes=["a", "b", "c"])
    task = Task(network, IMAGES[0], 2, Window(1, 2, 4, 3), output="probability")
    (attribution,) = method.explain([task]).run()
    assert eval(repr(method), {"CentreBump": CentreBump, "EdgeMap": EdgeMap}) == method
    assert attribution.label == "c" and attribution.window == task.window
    seen = task.visible_input
    assert attribution.output == pytest.approx(float(network.logits(seen[None]).softmax(1)[0, 2]))
    (whole,) = method.explain([Task(network, IMAGES[0])]).run()
    assert whole.target == int(network.logits(IMAGES[:1]).argmax())
    assert whole.values.shape == (6, 6)


def test_edges_of_a_channel_are_not_smoothed_by_the_others() -> None:
    image = torch.zeros(3, 6, 6)
    image[0, :, 3:] = 1.0
    heights = EdgeMap().heights(Task(Classifier(Linear(108)), image))
    # Sobel's 4 at the edge of one channel of three, whose neighbours are empty.
    assert heights[:, 2:4] == pytest.approx(4 / np.sqrt(3))


@pytest.mark.parametrize("method", TRIVIAL, ids=lambda method: method.label)
def test_trivial_maps_of_a_window_are_of_the_class_of_the_whole_picture(method: Any) -> None:
    network = Classifier(Linear(36, 3))
    x = picture(seed=3)
    window = Window(0, 0, 2, 2)
    task = Task(network, x, window=window)
    seen = int(network.logits(task.visible_input[None])[0].argmax())
    assert task.predicted() != seen, "the window alone is another class"
    (attribution,) = method.explain([task]).run()
    assert attribution.target == task.predicted()
    assert (attribution.unit, attribution.score) == ("arbitrary", "logit")
    other = Classifier(Linear(36, 3, seed=1))
    chosen = Task(network, x, chooser=other)
    (attribution,) = method.explain([chosen]).run()
    assert attribution.target == int(other.logits(x[None])[0].argmax())


def test_trivial_maps_are_what_they_are_called() -> None:
    network, image = Classifier(Linear(36)), torch.zeros(1, 6, 6)
    image[:, :, 3:] = 1.0
    tasks = [Task(network, image)]
    (edges,), (bump,) = EdgeMap().explain(tasks).run(), CentreBump().explain(tasks).run()
    assert (edges.cells[:, 2:4] > 0).all()
    assert not edges.cells[:, [0, 5]].any()
    assert bump.cells == pytest.approx(bump.cells[::-1, ::-1])
    assert bump.cells == pytest.approx(bump.cells.T)
    assert (np.diff(bump.cells[:, 0])[:2] > 0).all()
    # A Gaussian, a quarter of the side wide.
    assert bump.cells[0, 0] / bump.cells[2, 2] == pytest.approx(
        np.exp(-((2.5 / 6) ** 2 - (0.5 / 6) ** 2) / 0.25**2)
    )
