"""What can this generator draw? Move its latent numbers, and see what it misses."""

from xaiwidgets.widgets.generators._state import GeneratorLabState
from xaiwidgets.widgets.generators._widget import GeneratorLab

__all__ = ["GeneratorLab", "GeneratorLabState"]
