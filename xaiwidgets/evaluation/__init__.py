"""How good is an explanation? The survey's ways to tell (Dao and Lee, section 5), as numbers.

Faithful to the network: `deletion`, `insertion`, `infidelity`, `against_exact`. About this network
and this picture: `randomised`, `sensitivity`. On another task: `localised`, `substitute`. Of the
network itself: `bias`. Many pictures and methods at once: `compare`.
"""

from xaiwidgets.evaluation._bias import Bias, GroupDifference, bias
from xaiwidgets.evaluation._cell_map import ConstantMapError
from xaiwidgets.evaluation._compare import PictureJob, compare, measure_picture
from xaiwidgets.evaluation._curves import Curve, deletion, insertion
from xaiwidgets.evaluation._exact import ExactAgreement, against_exact
from xaiwidgets.evaluation._infidelity import Infidelity, infidelity
from xaiwidgets.evaluation._localisation import Localisation, MassInside, localised, mass_inside
from xaiwidgets.evaluation._metrics import METRICS, Metric
from xaiwidgets.evaluation._randomisation import Randomisation, randomised
from xaiwidgets.evaluation._sensitivity import Sensitivity, sensitivity
from xaiwidgets.evaluation._substitute import SubstituteTask, substitute
from xaiwidgets.evaluation._table import EvaluationTable
from xaiwidgets.evaluation._trivial import CentreBump, EdgeMap
from xaiwidgets.intervals import IntervalEstimate

__all__ = [
    "METRICS",
    "Bias",
    "CentreBump",
    "ConstantMapError",
    "Curve",
    "EdgeMap",
    "EvaluationTable",
    "ExactAgreement",
    "GroupDifference",
    "Infidelity",
    "IntervalEstimate",
    "Localisation",
    "MassInside",
    "Metric",
    "PictureJob",
    "Randomisation",
    "Sensitivity",
    "SubstituteTask",
    "against_exact",
    "bias",
    "compare",
    "deletion",
    "infidelity",
    "insertion",
    "localised",
    "mass_inside",
    "measure_picture",
    "randomised",
    "sensitivity",
    "substitute",
]
