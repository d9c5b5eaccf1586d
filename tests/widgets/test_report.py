"""The StudyReport without a page: what is shown is what the analysis says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaiwidgets import StudyReport, study
from xaiwidgets.errors import DataError

PICTURES = np.zeros((20, 2, 2), np.uint8)
BETWEEN = study.learning_study(PICTURES, [0, 1] * 10, {"control": None, "map": PICTURES})
WITHIN = study.judgement_study(
    PICTURES, [0, 1] * 10, {"alone": None, "map": PICTURES}, "Attacked?", ("attacked", "clean")
)


def report(source: Any, **settings: Any) -> StudyReport:
    widget = StudyReport(source, **settings)
    widget.run().wait(30)
    return widget


def numbers(array: Any) -> Any:
    return np.frombuffer(array["data"] if isinstance(array, dict) else array, np.float32)


def test_it_shows_what_the_analysis_says() -> None:
    log = study.simulate(BETWEEN, 20, {"control": 0.5, "map": 0.9}, seed=1)
    widget, result = report(log), study.analyse(log)
    shown = widget.report
    assert (shown["people"], shown["answers"], shown["chance"]) == (20, 400, 0.5)
    for arm, each in zip(shown["arms"], result.arms, strict=True):
        assert arm["accuracy"]["value"] == each.accuracy.value
        assert arm["accuracy"]["low"] == each.accuracy.low
        assert arm["f1"]["value"] == each.f1.value  # type: ignore[union-attr]
        curve = result.curves[each.arm]
        for part in ("mean", "low", "high"):
            assert numbers(arm[part]) == pytest.approx(getattr(curve, part), rel=1e-6)
        counts = np.bincount(each.ratings, minlength=6)[1:]
        assert list(arm["ratings"]) == counts.tolist()
        assert numbers(arm["times"]).sum() == pytest.approx(1)
        assert arm["above_chance"] == result.above_chance()[each.arm].pvalue
    (pair,) = shown["pairs"]
    assert pair["pvalue"] == result.tests()[0].pvalue < 0.01
    assert shown["power"] == {"arm": "map", "other": "control", "needed": result.needed()}
    widget.alternative = "two-sided"
    widget.run().wait(30)
    assert widget.report["pairs"][0]["pvalue"] == pytest.approx(2 * pair["pvalue"])
    assert "tests('two-sided')" in widget.code
    assert widget.code.startswith("# assumed: path as StudyReport(...) was given")
    scope: dict[str, Any] = {"path": widget.result.log}
    exec(widget.code, scope)
    assert scope["result"].tests("two-sided")[0].pvalue == widget.report["pairs"][0]["pvalue"]


def test_where_people_saw_all_arms_there_is_no_power_for_two_groups() -> None:
    shown = report(study.simulate(WITHIN, 6, seed=2)).report
    assert shown["power"] is None and shown["pairs"][0]["method"] == "paired"


def test_what_people_judged_in_every_arm_is_tested_item_by_item() -> None:
    crossed = study.judgement_study(
        PICTURES, [0, 1] * 10, {"alone": None, "map": PICTURES}, "?", ("a", "b"), crossed=True
    )
    log = study.simulate(crossed, 8, {"alone": 0.5, "map": 0.8}, seed=3)
    (row,) = report(log).report["by_item"]
    (pair,) = study.analyse(log).mcnemar()
    assert (row["arm"], row["other"], row["method"]) == ("map", "alone", "McNemar")
    assert (row["pvalue"], row["verdict"]) == (pair.pvalue, pair.verdict)
    assert row["difference"]["low"] == pair.difference.low > 0


def test_times_and_ratings_are_counted_as_they_are(tmp_path: Path) -> None:
    log = study.PersonLog.begin(BETWEEN, tmp_path)
    for trial, seconds in enumerate([1.0, 1.0, 3.0, None, 99.0], 1):
        log.answer(trial, 0, seconds)
    log.rate(4)
    shown = report(tmp_path).report
    (arm,) = shown["arms"]
    edges, times = numbers(shown["time_edges"]), numbers(arm["times"])
    # The longest 2 % are in the last bin, so that one who went for lunch leaves bins for others.
    assert len(times) == 20 and edges[-1] == pytest.approx(np.quantile([1, 1, 3, 99], 0.98))
    assert times[0] == 0.75 and times[-1] == 0.25
    assert arm["ratings"] == [0, 0, 0, 1, 0] and arm["seconds"]["value"] == 2
    assert (arm["unsure"], arm["count"]) == (0, 5)


def test_where_no_time_is_known_none_is_shown(tmp_path: Path) -> None:
    study.PersonLog.begin(BETWEEN, tmp_path).answer(1, 0, None)
    shown = report(tmp_path).report
    (arm,) = shown["arms"]
    assert arm["seconds"] is None and not numbers(arm["times"]).any()
    assert numbers(shown["time_edges"])[[0, -1]].tolist() == [0, 1]
    assert shown["notes"][-1].startswith("1 response time is not known")


def test_it_reads_the_folder_again(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are no answers"):
        StudyReport(tmp_path)
    log = study.PersonLog.begin(BETWEEN, tmp_path)
    log.answer(1, 0, 2.0)
    widget = report(tmp_path)
    shown = widget.report
    assert shown["answers"] == 1 and shown["pairs"] == [] and shown["by_item"] == []
    assert numbers(shown["arms"][0]["times"]).sum() == 1
    assert (widget.status["state"], widget.status["total"]) == ("done", 1)
    assert shown["arms"][0]["above_chance"] is None
    assert any("have not answered all 20" in note for note in shown["notes"])
    log.answer(2, 0, None)
    widget.run().wait(30)
    assert widget.report["answers"] == 2
    assert widget.result.log.people == (log.code,)
