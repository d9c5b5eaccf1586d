"""Which predictions are wrong, told from inside (conductance) and from stability (mutants)."""

from xaiwidgets.reliability.breeding import mutants
from xaiwidgets.reliability.conductance import Conductance, conductance, conductance_steps
from xaiwidgets.reliability.detector import ErrorDetector
from xaiwidgets.reliability.evidence import Evidence
from xaiwidgets.reliability.mutants import Mutants
from xaiwidgets.reliability.profiles import Pattern, Profiles, pattern, profiles, profiles_of
from xaiwidgets.reliability.roc import Roc, compared, delong, roc_of
from xaiwidgets.reliability.verdicts import Verdicts, verdicts
from xaiwidgets.reliability.votes import Votes, label_change_rate, votes

__all__ = [
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
    "conductance_steps",
    "delong",
    "label_change_rate",
    "mutants",
    "pattern",
    "profiles",
    "profiles_of",
    "roc_of",
    "verdicts",
    "votes",
]
