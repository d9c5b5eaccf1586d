"""Which predictions are wrong, told from inside (conductance) and from stability (mutants)."""

from xaiwidgets.reliability._arrays import Doubles
from xaiwidgets.reliability._calibration import Temperature, temperature
from xaiwidgets.reliability._combiners import COMBINERS
from xaiwidgets.reliability._comparison import (
    OtherScores,
    ScoreRow,
    ScoreTable,
    compare_scores,
    other_scores,
)
from xaiwidgets.reliability._conductance import Conductance, conductance
from xaiwidgets.reliability._conformal import Conformal, conformal
from xaiwidgets.reliability._detector import ErrorDetector
from xaiwidgets.reliability._inputs import network_logits, overlap_of
from xaiwidgets.reliability._mlp import MLP
from xaiwidgets.reliability._mutant_sampling import mutants
from xaiwidgets.reliability._mutants import Mutants
from xaiwidgets.reliability._profiles import Pattern, Profiles, pattern, profiles, profiles_of
from xaiwidgets.reliability._risk_coverage import RiskCoverage, aurc, risk_coverage_of
from xaiwidgets.reliability._roc import Roc, auroc_difference, delong, roc_of
from xaiwidgets.reliability._scores import (
    CONDUCTANCE,
    ENTROPY,
    LARGEST,
    LCR,
    Evidence,
    trivial_scores,
)
from xaiwidgets.reliability._test_sets import CORRUPTIONS, TestSet, attacked, corrupted
from xaiwidgets.reliability._verdicts import Verdicts, verdicts
from xaiwidgets.reliability._vote_curve import VoteCurve, vote_curve
from xaiwidgets.reliability._votes import Votes, label_change_rate, votes

__all__ = [
    "COMBINERS",
    "CONDUCTANCE",
    "CORRUPTIONS",
    "ENTROPY",
    "LARGEST",
    "LCR",
    "MLP",
    "Conductance",
    "Conformal",
    "Doubles",
    "ErrorDetector",
    "Evidence",
    "Mutants",
    "OtherScores",
    "Pattern",
    "Profiles",
    "RiskCoverage",
    "Roc",
    "ScoreRow",
    "ScoreTable",
    "Temperature",
    "TestSet",
    "Verdicts",
    "VoteCurve",
    "Votes",
    "attacked",
    "aurc",
    "auroc_difference",
    "compare_scores",
    "conductance",
    "conformal",
    "corrupted",
    "delong",
    "label_change_rate",
    "mutants",
    "network_logits",
    "other_scores",
    "overlap_of",
    "pattern",
    "profiles",
    "profiles_of",
    "risk_coverage_of",
    "roc_of",
    "temperature",
    "trivial_scores",
    "verdicts",
    "vote_curve",
    "votes",
]
