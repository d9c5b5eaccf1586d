"""What a training depends on: the settings, and the weights that each trial starts from."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from xaiwidgets.accountability._trial import TrialId
from xaiwidgets.accountability.initializers import Initializer, draw_weights
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.inference import EVALUATING

Weights = dict[str, Tensor]
"""Parameters and buffers by their names in the network, float32 on the CPU."""

STRATEGIES = ("shift", "reseed", "order", "all")
"""What a trial changes: the initial weights are shifted, or drawn again; or the order of the
examples is; or both are, with whatever a network itself draws."""

_REDRAWN_WEIGHTS, _REDRAWN_ORDER = ("reseed", "all"), ("order", "all")

# What random numbers are for: seeds of different purposes never coincide.
_WEIGHTS, _ORDER, _LAYERS = 0, 1, 2


@dataclass(frozen=True)
class Recipe:
    """All that a training depends on but its data and its `TrialId`."""

    shape: tuple[int, ...]
    classes: int
    hidden: tuple[int, ...]
    batch_size: int
    learning_rate: float
    epochs: int
    kernel_initializer: Initializer
    bias_initializer: Initializer
    strategy: str
    seed: int
    network: Callable[[], nn.Module] | None = None
    device: str | None = None
    draw: int = 0

    @property
    def shares_order(self) -> bool:
        """Whether all trials take the examples in one order, and so can be trained side by side."""
        return self.strategy not in _REDRAWN_ORDER

    def for_trial(self, number: int) -> Recipe:
        """Return the recipe of one trial: its order, where each has its own."""
        return self if self.shares_order else replace(self, draw=number)

    def is_same_search(self, other: Recipe) -> bool:
        """Whether trials of both are trials of one search; the machine does not matter.

        Nor does the factory's identity: a notebook that is run again makes another one.
        """
        ours, theirs = (replace(recipe, network=None, device=None) for recipe in (self, other))
        # By what they say: initialisers are values, of which two with one text draw the same.
        if repr(ours) != repr(theirs) or (self.network is None) != (other.network is None):
            return False
        return self.network is None or self._builds_same_network(other)

    def _builds_same_network(self, other: Recipe) -> bool:
        """Whether both factories make the same network, drawn with the same weights."""
        ours, theirs = self.build_module(), other.build_module()
        first, second = copy_weights(ours), copy_weights(theirs)
        same = str(ours) == str(theirs) and first.keys() == second.keys()
        return same and all(torch.equal(first[name], second[name]) for name in first)

    def training_device(self) -> torch.device:
        """Return where to train: as set, else on CUDA where it is."""
        if self.device is not None:
            return torch.device(self.device)
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def example_order(self, epoch: int, count: int) -> Tensor:
        """Return in which order an epoch takes the examples."""
        generator = torch.Generator().manual_seed(self._seed(epoch, _ORDER, self.draw))
        return torch.randperm(count, generator=generator, device="cpu")

    def layer_seed(self, step: int) -> int:
        """Return the seed of what a network itself draws in a step, dropout for one."""
        return self._seed(step, _LAYERS, self.draw)

    def build_module(self, number: int = 0) -> nn.Module:
        """Return the network, ours or the user's, with the weights drawn for a number."""
        if self.network is not None:
            return build_network(self.network, self._seed(number, _WEIGHTS))
        perceptron = build_perceptron(math.prod(self.shape), self.hidden, self.classes)
        return load_weights(perceptron, self.draw_initial_weights(number))

    def draw_initial_weights(self, number: int = 0) -> Weights:
        """Return the initial weights of a number: 0 for the baseline and all that is shifted."""
        if self.network is not None:
            return copy_weights(self.build_module(number))
        generator = torch.Generator().manual_seed(self._seed(number, _WEIGHTS))
        sizes = [math.prod(self.shape), *self.hidden, self.classes]
        weights: Weights = {}
        for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
            # In Keras's order, kernel before bias and layer by layer: an order of draws is a seed's
            # meaning.
            kernel = draw_weights(self.kernel_initializer, (inputs, outputs), generator)
            # In `build_perceptron` a Flatten or a ReLU stands before each linear layer.
            name = str(2 * layer + 1)
            weights[f"{name}.weight"] = kernel.t().contiguous()
            weights[f"{name}.bias"] = draw_weights(self.bias_initializer, (outputs,), generator)
        return weights

    def initial_weights(self, trials: Sequence[TrialId]) -> list[Weights]:
        """Return the initial weights of trials.

        Algorithm 1, lines 16 and 17, without their accumulation: trial t of a delta is shifted by
        t * delta, computed at once, so that it does not depend on the trials before it.
        """
        if self.strategy in _REDRAWN_WEIGHTS:
            return [self.draw_initial_weights(trial.number) for trial in trials]
        unshifted = self.draw_initial_weights()
        shifted = self.trained_names() if self.network is not None else unshifted.keys()
        shifts = [(trial.delta or 0.0) * trial.number for trial in trials]
        return [
            {name: value + by if name in shifted else value for name, value in unshifted.items()}
            for by in shifts
        ]

    def trained_names(self) -> frozenset[str]:
        """Return the names of what is trained, and shifted."""
        parameters = self.build_module().named_parameters()
        return frozenset(name for name, value in parameters if value.requires_grad)

    def _seed(self, number: int, purpose: int, draw: int = 0) -> int:
        # Always four numbers: SeedSequence takes missing ones for zeros.
        numbers = [self.seed, number, purpose, draw]
        words = np.random.SeedSequence(numbers).generate_state(1, np.uint64)
        return int(words[0])


def build_perceptron(inputs: int, hidden: Sequence[int], classes: int) -> nn.Sequential:
    """Return a perceptron with ReLUs that flattens its inputs; its weights are not yet set.

    Examples
    --------
    >>> build_perceptron(784, (256,), 10)[1]
    Linear(in_features=784, out_features=256, bias=True)
    """
    sizes = [inputs, *hidden, classes]
    layers: list[nn.Module] = [nn.Flatten()]
    for before, after in pairwise(sizes):
        if len(layers) > 1:
            layers.append(nn.ReLU())
        # Without drawing weights: those would come from the global random state.
        layers.append(
            nn.utils.skip_init(  # type: ignore[no-untyped-call]
                nn.Linear, before, after, device="cpu", dtype=torch.float32
            )
        )
    return nn.Sequential(*layers)


def copy_weights(net: nn.Module) -> Weights:
    """Return copies of parameters and buffers; what is used twice is there once."""
    state = [*net.named_parameters(), *net.named_buffers()]
    return {name: value.detach().cpu().clone() for name, value in state}


def load_weights(net: nn.Module, weights: Weights) -> nn.Module:
    """Return `net` with these weights."""
    with torch.no_grad():
        for name, value in [*net.named_parameters(), *net.named_buffers()]:
            value.copy_(weights[name])
    return net


@contextmanager
def seeded_random_state(seed: int) -> Iterator[None]:
    """Let torch draw with a seed, and restore its global random state.

    CUDA's is touched only where CUDA is in use.
    """
    on_cuda = torch.cuda.is_available() and torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    devices = list(range(torch.cuda.device_count())) if on_cuda else []
    with EVALUATING, torch.random.fork_rng(devices=devices):
        torch.default_generator.manual_seed(seed)
        for device in devices:
            torch.cuda.default_generators[device].manual_seed(seed)
        yield


def check_network(network: Callable[[], nn.Module] | None) -> None:
    """Raise InputError if it makes no network."""
    if network is not None and (isinstance(network, nn.Module) or not callable(network)):
        raise InputError(
            f"network is a {type(network).__name__}; give a function that makes a new network "
            "each time, such as lambda: MyNetwork()"
        )


def build_network(factory: Callable[[], nn.Module], seed: int) -> nn.Module:
    """Return a copy of what a user's factory returns, drawn with a seed.

    A copy, as a factory may return one module again and again, which is the user's and not ours
    to train.

    Raises
    ------
    ModelError
        If the factory raises.
    InputError
        If it returns no module, or one that cannot be trained.
    """
    with seeded_random_state(seed):
        try:
            net = factory()
        except Exception as error:
            raise ModelError(f"network() raised {type(error).__name__}: {error}") from error
    if not isinstance(net, nn.Module):
        raise InputError(f"network() returned a {type(net).__name__}; it must return a nn.Module")
    net = copy.deepcopy(net).to("cpu")
    if any(is_lazy(value) for value in net.parameters()):
        raise InputError("network() returned lazy layers; show it one input before returning it")
    if not any(value.requires_grad for value in net.parameters()):
        raise InputError("network() returned a module without parameters to train")
    return net
