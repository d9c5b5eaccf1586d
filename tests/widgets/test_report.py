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
        assert numbers(arm["mean"]) == pytest.approx(result.curves[each.arm].mean, rel=1e-6)
        assert numbers(arm["times"]).sum() == pytest.approx(1)
        assert arm["above_chance"] == result.above_chance()[each.arm].pvalue
    (pair,) = shown["pairs"]
    assert pair["pvalue"] == result.tests()[0].pvalue < 0.01
    assert shown["power"]["needed"] == result.needed()
    widget.alternative = "two-sided"
    widget.run().wait(30)
    assert widget.report["pairs"][0]["pvalue"] == pytest.approx(2 * pair["pvalue"])
    assert "tests('two-sided')" in widget.code


def test_where_people_saw_all_arms_there_is_no_power_for_two_groups() -> None:
    shown = report(study.simulate(WITHIN, 6, seed=2)).report
    assert shown["power"] is None and shown["pairs"][0]["method"] == "paired"


def test_it_reads_the_folder_again(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are no answers"):
        StudyReport(tmp_path)
    log = study.PersonLog.begin(BETWEEN, tmp_path)
    log.answer(1, 0, 2.0)
    widget = report(tmp_path)
    shown = widget.report
    assert shown["answers"] == 1 and shown["pairs"] == []
    assert shown["arms"][0]["above_chance"] is None
    assert any("have not answered all 20" in note for note in shown["notes"])
    log.answer(2, 0, None)
    widget.run().wait(30)
    assert widget.report["answers"] == 2
    assert widget.result.log.people == (log.code,)
