"""ADNN: how accurate is this network, really? (see `Towards Building Accountable Deep ...`, 2020).

Where the paper is wrong or silent: at most `max_trial` trainings for each delta, each delta from
the same initial weights, a gain that counts from the start, and accuracy on the training data and
on what is held out apart.
"""

from xaiwidgets.accountability import initializers
from xaiwidgets.accountability._comparison import MeanDifference, mean_difference
from xaiwidgets.accountability._data import check_data
from xaiwidgets.accountability._race import LaneVerdict, Optimism, Race, optimism, race
from xaiwidgets.accountability._recipe import STRATEGIES
from xaiwidgets.accountability._result import SearchResult, load
from xaiwidgets.accountability._search import retrain, search
from xaiwidgets.accountability._trial import Trial

__all__ = [
    "STRATEGIES",
    "LaneVerdict",
    "MeanDifference",
    "Optimism",
    "Race",
    "SearchResult",
    "Trial",
    "check_data",
    "initializers",
    "load",
    "mean_difference",
    "optimism",
    "race",
    "retrain",
    "search",
]
