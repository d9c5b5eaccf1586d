"""What does this layer look at? Its units, what excites them, and the network without them."""

from xaiwidgets.widgets.neuron._state import NeuronState
from xaiwidgets.widgets.neuron._widget import NeuronDesk

__all__ = ["NeuronDesk", "NeuronState"]
