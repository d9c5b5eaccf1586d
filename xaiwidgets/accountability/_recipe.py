"""What a training depends on: the settings, and the weights that each trial starts from."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from xaiwidgets.accountability.initializers import Initializer, drawn
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.evaluation import EVALUATING

Weights = dict[str, Tensor]
"""Parameters and buffers by their names in the network, float32 on the CPU."""

STRATEGIES = ("shift", "reseed")
"""Where a trial starts: at the shifted initial weights, or at others, drawn again."""

_WEIGHTS, _ORDER, _LAYERS = 0, 1, 2  # what random numbers are for


class Start(NamedTuple):
    """Where a training starts: trial `number` of `delta`; number 0 is the baseline.

    Re-drawn starts have no delta.
    """

    delta: float | None
    number: int


BASELINE = Start(0.0, 0)


@dataclass(frozen=True)
class Recipe:
    """All that a training depends on but its data and its `Start`."""

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

    def same(self, other: Recipe) -> bool:
        """Whether trials of both are trials of one search; the machine does not matter.

        Nor does the factory's identity: a notebook that is run again makes another one.
        """
        both = (replace(each, network=None, device=None) for each in (self, other))
        if len(set(map(repr, both))) != 1 or (self.network is None) != (other.network is None):
            return False
        return self.network is None or self._alike(other)

    def _alike(self, other: Recipe) -> bool:
        """Whether both factories make the same network, drawn with the same weights."""
        mine, theirs = self.module(), other.module()
        first, second = weights_of(mine), weights_of(theirs)
        same = str(mine) == str(theirs) and first.keys() == second.keys()
        return same and all(torch.equal(first[name], second[name]) for name in first)

    def home(self) -> torch.device:
        """Return where to train: as asked, else on CUDA where it is."""
        if self.device is not None:
            return torch.device(self.device)
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def order(self, epoch: int, count: int) -> Tensor:
        """Return in which order an epoch takes the examples: the same for all trials."""
        draw = torch.Generator().manual_seed(self._seed(epoch, _ORDER))
        return torch.randperm(count, generator=draw, device="cpu")

    def layer_seed(self, step: int) -> int:
        """Return the seed of what a network itself draws in a step, dropout for one."""
        return self._seed(step, _LAYERS)

    def module(self, number: int = 0) -> nn.Module:
        """Return the network, ours or the user's, with the weights drawn for a number."""
        if self.network is None:
            return put(mlp(math.prod(self.shape), self.hidden, self.classes), self.drawn(number))
        return made(self.network, self._seed(number, _WEIGHTS))

    def drawn(self, number: int = 0) -> Weights:
        """Return the initial weights of a number: 0 for the baseline and all that is shifted."""
        if self.network is not None:
            return weights_of(self.module(number))
        draw = torch.Generator().manual_seed(self._seed(number, _WEIGHTS))
        sizes = [math.prod(self.shape), *self.hidden, self.classes]
        weights: Weights = {}
        for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
            kernel = drawn(self.kernel_initializer, (inputs, outputs), draw)
            weights[f"{2 * layer + 1}.weight"] = kernel.t().contiguous()
            weights[f"{2 * layer + 1}.bias"] = drawn(self.bias_initializer, (outputs,), draw)
        return weights

    def starts(self, trials: Sequence[Start]) -> list[Weights]:
        """Return the initial weights of trials (Algorithm 1, without its accumulation)."""
        if self.strategy == "reseed":
            return [self.drawn(trial.number) for trial in trials]
        base = self.drawn()
        moved = self.trainable() if self.network is not None else base.keys()
        shifts = [(trial.delta or 0.0) * trial.number for trial in trials]
        return [
            {name: value + by if name in moved else value for name, value in base.items()}
            for by in shifts
        ]

    def trainable(self) -> frozenset[str]:
        """Return the names of what is trained, and shifted."""
        named = self.module().named_parameters()
        return frozenset(name for name, value in named if value.requires_grad)

    def _seed(self, number: int, purpose: int) -> int:
        # Always three numbers: SeedSequence takes missing ones for zeros.
        words = np.random.SeedSequence([self.seed, number, purpose]).generate_state(1, np.uint64)
        return int(words[0])


def mlp(inputs: int, hidden: Sequence[int], classes: int) -> nn.Sequential:
    """Return a perceptron with ReLUs that flattens its inputs; its weights are not yet set.

    Examples
    --------
    >>> mlp(784, (256,), 10)[1]
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


def weights_of(net: nn.Module) -> Weights:
    """Return copies of parameters and buffers; what is used twice is there once."""
    held = [*net.named_parameters(), *net.named_buffers()]
    return {name: value.detach().cpu().clone() for name, value in held}


def put(net: nn.Module, weights: Weights) -> nn.Module:
    """Return `net` with these weights."""
    with torch.no_grad():
        for name, value in [*net.named_parameters(), *net.named_buffers()]:
            value.copy_(weights[name])
    return net


@contextmanager
def own_random_state(seed: int) -> Iterator[None]:
    """Let torch draw with a seed, and put its global random state back.

    CUDA's is touched only where CUDA is in use.
    """
    on_cuda = torch.cuda.is_available() and torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    devices = list(range(torch.cuda.device_count())) if on_cuda else []
    with EVALUATING, torch.random.fork_rng(devices=devices):
        torch.default_generator.manual_seed(seed)
        for device in devices:
            torch.cuda.default_generators[device].manual_seed(seed)
        yield


def made(factory: Callable[[], nn.Module], seed: int) -> nn.Module:
    """Return a private network of a user's factory, drawn with a seed; nobody else's is moved."""
    with own_random_state(seed):
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
