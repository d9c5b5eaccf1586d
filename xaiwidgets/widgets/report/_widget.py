"""The StudyReport: what the answers in a folder say, read again whenever it is asked to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xaiwidgets.files import path_of
from xaiwidgets.study import AnswerLog, StudyResult, analyse
from xaiwidgets.widgets.base import Widget
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.report._output import shown_report
from xaiwidgets.widgets.report._state import ReportOutput, ReportState
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.work import Progress, Steps


class StudyReport(Widget[ReportState, StudyResult], output=ReportOutput):
    """Show what people answered: accuracy, curves, response times, ratings, tests, with intervals.

    Parameters
    ----------
    path : path or AnswerLog
        The folder that people answer into, or what `study.simulate` returns.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError, DataError
        At once, if it is neither, there are no answers, or those of several studies.
    """

    _esm = bundle("report.js")
    _css = bundle("xai.css")

    def __init__(self, path: str | Path | AnswerLog, **settings: Any) -> None:
        self._source = path if isinstance(path, AnswerLog) else path_of("path", path)
        first = analyse(self._source)  # what is wrong with it is said now
        # So that nobody takes answers for people's that no person gave.
        shown = "simulated" if isinstance(path, AnswerLog) else str(path)
        super().__init__(settings, path=shown)
        self._answer = first
        self.publish(report=shown_report(first, self.state.alternative))
        self.run()

    def steps(self, state: ReportState) -> Steps[StudyResult]:
        """Read the answers, and analyse them."""
        yield Progress(0, 1, "reading the answers")
        return analyse(self._source)

    def show(self, state: ReportState, answer: StudyResult, final: bool) -> Mapping[str, Any]:
        """Return all figures."""
        return {"report": shown_report(answer, state.alternative)}

    def python(self, state: ReportState) -> str:
        """Return the lines of Python that compute what is shown."""
        simulated = isinstance(self._source, AnswerLog)
        names, missing = variables({"path": self._source} if simulated else {})
        source = names.get("path", repr(str(self._source)))
        return "\n".join(
            [
                *assumption(missing, "StudyReport"),
                "from xaiwidgets import study",
                f"result = study.analyse({source})",
                f"result.table(), result.tests({state.alternative!r}), result.above_chance()",
            ]
        )
