"""i-Algebra: operators that explain a network, and a language for them (see `i-Algebra`, 2021)."""

from xaiwidgets.algebra._classifier import Classifier, ExplainableNetwork
from xaiwidgets.algebra._combine import Comparison
from xaiwidgets.algebra._completion import Suggestion, is_set_of_pictures, suggestions
from xaiwidgets.algebra._disagreements import Disagreement, disagreements
from xaiwidgets.algebra._expression import AntiJoin, Interpretation, Join, Term
from xaiwidgets.algebra._fitting import fit_probes, fittable_layers
from xaiwidgets.algebra._language import query
from xaiwidgets.algebra._many import explain_all
from xaiwidgets.algebra._plan import Plan
from xaiwidgets.algebra._quoting import class_text, label_text, layer_text
from xaiwidgets.algebra._row_classifier import RowClassifier
from xaiwidgets.algebra._rules import (
    ALIKE,
    EARLIER,
    HAS_BASELINE,
    NOT_BOTH,
    ONE_DIFFERENCE,
    ONE_METHOD,
)
from xaiwidgets.algebra._source import Edited, FunctionEdit, Input, Source, compute_source
from xaiwidgets.algebra._stages import stage_logits
from xaiwidgets.algebra._surrogates import MIN_COALITIONS, Surrogates, surrogates
from xaiwidgets.algebra._text_classifier import TextClassifier
from xaiwidgets.methods import Attribution, Estimate, shapley
from xaiwidgets.probes import Probe, Probes

__all__ = [
    "ALIKE",
    "EARLIER",
    "HAS_BASELINE",
    "MIN_COALITIONS",
    "NOT_BOTH",
    "ONE_DIFFERENCE",
    "ONE_METHOD",
    "AntiJoin",
    "Attribution",
    "Classifier",
    "Comparison",
    "Disagreement",
    "Edited",
    "Estimate",
    "ExplainableNetwork",
    "FunctionEdit",
    "Input",
    "Interpretation",
    "Join",
    "Plan",
    "Probe",
    "Probes",
    "RowClassifier",
    "Source",
    "Suggestion",
    "Surrogates",
    "Term",
    "TextClassifier",
    "class_text",
    "compute_source",
    "disagreements",
    "explain_all",
    "fit_probes",
    "fittable_layers",
    "is_set_of_pictures",
    "label_text",
    "layer_text",
    "query",
    "shapley",
    "stage_logits",
    "suggestions",
    "surrogates",
]
