"""Do people understand better by an explanation? Studies, their logs, and what they say.

Both seeds on explanation end with people: CDeepEx (chapter 5) teaches an unknown symbol with
feedback, i-Algebra (Cases A to C) lets people judge. Where the papers fall short: chance is drawn,
several tests are corrected, the answers of one person are not independent, and n comes first.
"""

from xaiwidgets.study._analysis import StudyResult, analyse, rating_counts
from xaiwidgets.study._answers import AnswerLog, read_answers
from xaiwidgets.study._arms import ArmResult, LearningCurve
from xaiwidgets.study._design import ItemInArm, Study
from xaiwidgets.study._feedback import symbol_feedback
from xaiwidgets.study._items import Arm, Item
from xaiwidgets.study._judges import (
    JudgeScore,
    Vote,
    judge_scores,
    side_by_confidence,
    side_by_maps,
    true_side,
)
from xaiwidgets.study._log import PersonLog, find_person
from xaiwidgets.study._pairs import ArmPair
from xaiwidgets.study._person_file import RATINGS, UNSURE
from xaiwidgets.study._ready import judgement_study, learning_study
from xaiwidgets.study._simulation import simulate
from xaiwidgets.study._statistics import (
    MeanTest,
    f1_of,
    holm,
    mcnemar,
    needed_people,
    one_sample,
    power_of,
    welch,
)
from xaiwidgets.study._views import View, add_captions, as_view

__all__ = [
    "RATINGS",
    "UNSURE",
    "AnswerLog",
    "Arm",
    "ArmPair",
    "ArmResult",
    "Item",
    "ItemInArm",
    "JudgeScore",
    "LearningCurve",
    "MeanTest",
    "PersonLog",
    "Study",
    "StudyResult",
    "View",
    "Vote",
    "add_captions",
    "analyse",
    "as_view",
    "f1_of",
    "find_person",
    "holm",
    "judge_scores",
    "judgement_study",
    "learning_study",
    "mcnemar",
    "needed_people",
    "one_sample",
    "power_of",
    "rating_counts",
    "read_answers",
    "side_by_confidence",
    "side_by_maps",
    "simulate",
    "symbol_feedback",
    "true_side",
    "welch",
]
