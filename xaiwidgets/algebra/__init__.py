"""i-Algebra: operators that explain a network, and a language for them (see `i-Algebra`, 2021)."""

from xaiwidgets.algebra.attribution import Attribution
from xaiwidgets.algebra.expression import Interpretation
from xaiwidgets.algebra.language import query
from xaiwidgets.algebra.shapley import Estimate, shapley

__all__ = ["Attribution", "Estimate", "Interpretation", "query", "shapley"]
