"""i-Algebra: operators that explain a network, and a language for them (see `i-Algebra`, 2021)."""

from xaiwidgets.algebra.classifier import Classifier
from xaiwidgets.algebra.combine import Comparison
from xaiwidgets.algebra.disagreements import Disagreement, disagreements
from xaiwidgets.algebra.expression import AntiJoin, Interpretation, Join, Term
from xaiwidgets.algebra.fitting import fit_probes
from xaiwidgets.algebra.language import query
from xaiwidgets.algebra.plan import Plan
from xaiwidgets.algebra.readings import Readings, readings
from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._estimation import Estimate, shapley
from xaiwidgets.probes import Probe, Probes

__all__ = [
    "AntiJoin",
    "Attribution",
    "Classifier",
    "Comparison",
    "Disagreement",
    "Estimate",
    "Interpretation",
    "Join",
    "Plan",
    "Probe",
    "Probes",
    "Readings",
    "Term",
    "disagreements",
    "fit_probes",
    "query",
    "readings",
    "shapley",
]
