"""Methods of attribution: what of an input made a network answer as it did."""

from xaiwidgets.methods._attribution import Attribution
from xaiwidgets.methods._estimation import Estimate, shapley

__all__ = ["Attribution", "Estimate", "shapley"]
