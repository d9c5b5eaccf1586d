"""Which predictions are wrong, told from inside (conductance) and from stability (mutants)."""

from xaiwidgets.reliability.combiners import COMBINERS
from xaiwidgets.reliability.conductance import Conductance, conductance
from xaiwidgets.reliability.detector import ErrorDetector
from xaiwidgets.reliability.mlp import MLP
from xaiwidgets.reliability.mutant_sampling import mutants
from xaiwidgets.reliability.mutants import Mutants
from xaiwidgets.reliability.profiles import Pattern, Profiles, pattern, profiles, profiles_of
from xaiwidgets.reliability.roc import Roc, compared, delong, roc_of
from xaiwidgets.reliability.scores import ENTROPY, SOFTMAX, Evidence, trivial_scores
from xaiwidgets.reliability.verdicts import Verdicts, verdicts
from xaiwidgets.reliability.votes import Votes, label_change_rate, votes

__all__ = [
    "COMBINERS",
    "ENTROPY",
    "MLP",
    "SOFTMAX",
    "Conductance",
    "ErrorDetector",
    "Evidence",
    "Mutants",
    "Pattern",
    "Profiles",
    "Roc",
    "Verdicts",
    "Votes",
    "compared",
    "conductance",
    "delong",
    "label_change_rate",
    "mutants",
    "pattern",
    "profiles",
    "profiles_of",
    "roc_of",
    "trivial_scores",
    "verdicts",
    "votes",
]
