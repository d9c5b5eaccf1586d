"""A faster private twin of a network, checked against the network itself.

Perturbation methods ask one network thousands of questions about nearly the same picture. A twin
answers them in less time: batch norms are merged into the layers before them, activations are
computed where convolutions write, weights are stored as the CPU's kernels want them, and the batch
is as large as this machine likes it. A twin is used only if it gives the network's own logits on
the example; the network is never touched.
"""

from xaiwidgets.optimize._batching import Batching
from xaiwidgets.optimize._copying import copied, deep_copy
from xaiwidgets.optimize._differentiable import (
    MANY_GRADIENTS,
    accelerate_gradients,
    same_answers,
)
from xaiwidgets.optimize._measuring import deviation, evaluate_timed, is_divisible
from xaiwidgets.optimize._observation import Observation
from xaiwidgets.optimize._prepared import Opaque, PreparedNetwork, private_copy
from xaiwidgets.optimize._rewrites import bears_channels_last, fold_batch_norms, scale_and_shift
from xaiwidgets.optimize._twin import Twin, accelerate

__all__ = [
    "MANY_GRADIENTS",
    "Batching",
    "Observation",
    "Opaque",
    "PreparedNetwork",
    "Twin",
    "accelerate",
    "accelerate_gradients",
    "bears_channels_last",
    "copied",
    "deep_copy",
    "deviation",
    "evaluate_timed",
    "fold_batch_norms",
    "is_divisible",
    "private_copy",
    "same_answers",
    "scale_and_shift",
]
