"""`accelerate`: climb the ladder of rewrites, check each rung, and compare what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from xaiwidgets.devices import is_out_of_memory
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.optimize._batching import PATIENCE, Batching
from xaiwidgets.optimize._measuring import (
    TimedLogits,
    deviation,
    evaluate_timed,
    is_divisible,
    measure,
)
from xaiwidgets.optimize._prepared import PreparedNetwork, private_copy
from xaiwidgets.optimize._rewrites import LADDER, Step, rewritten
from xaiwidgets.work import Progress, Steps, work


class Twin:
    """A private, faster copy of a network, for inputs of one shape; made by `accelerate`.

    Attributes
    ----------
    batch : int
        The number of inputs evaluated at once. It follows what the batches cost that are played.
    width : int
        How many numbers it answers with: K.
    divisible : bool
        Whether an answer is the same in whatever company; else inputs are evaluated one at a time.
    description : str
        What was done, for people.
    deviation : float
        Largest difference from the network's own logits on the example, as a share of their range.
    device : torch.device
        Where the logits are.

    Notes
    -----
    A network whose answer for one input depends on the others in the batch (batch norm without
    running statistics) is asked one input at a time, as by `Classifier.predict`. A network that
    draws random numbers draws the same ones for every input of a call, and the global random state
    stays as it was.
    """

    def __init__(
        self,
        network: PreparedNetwork,
        shape: Sequence[int],
        width: int,
        batching: Batching,
        error: float,
    ) -> None:
        self.batching = batching
        self.network = network
        self._shape = tuple(shape)
        self.width = width
        self.deviation = error
        self.device = network.device

    @property
    def batch(self) -> int:
        """The number of inputs evaluated at once."""
        return self.batching.size

    @property
    def divisible(self) -> bool:
        """Whether an answer is the same in whatever company."""
        return self.network.divisible

    @property
    def description(self) -> str:
        """What was done, for people."""
        size = f"batches of {self.batch}" if self.batch > 1 else "one at a time"
        return ", ".join((*self.network.steps, "float32", size))

    def __call__(self, batch: Tensor) -> Tensor:
        """Return logits (B, K), float32, without gradients."""
        if tuple(batch.shape[1:]) != self._shape or len(batch) == 0:
            wanted = ", ".join(map(str, self._shape))
            raise InputError(f"batch is {tuple(batch.shape)}; this twin answers (B, {wanted})")
        rows: list[Tensor] = []
        done = 0
        while done < len(batch):
            part = batch[done : done + self.batch]
            try:
                logits, cost, elapsed = evaluate_timed(self.network, part)
            except ModelError as error:
                if len(part) == 1 or not is_out_of_memory(error):
                    raise
                self.batching = self.batching.without_memory(len(part))
                continue
            self.batching = self.batching.after(len(part), cost, elapsed)
            rows.append(logits)
            done += len(part)
        return torch.cat(rows)

    def evaluate(self, count: int, compose: Callable[[int, int], Tensor]) -> Steps[Tensor]:
        """Return logits (count, K), on the CPU, of inputs that are made when they are evaluated.

        Every batch is a step; `compose(begin, end)` returns its inputs.
        """
        rows: list[Tensor] = []
        done = 0
        while done < count:
            end = min(count, done + self.batch)
            rows.append(self(compose(done, end)).cpu())
            done = end
            yield Progress(done, count, "evaluating")
        return torch.cat(rows)

    def agrees(self, example: Tensor, logits: Tensor, tolerance: float = 1e-3) -> bool:
        """Return whether the network's own logits of an example are the twin's, too.

        Where a twin answers with more than logits, they come first.
        """
        ours = self(example)[:, : logits.shape[1]]
        return deviation(ours, logits.to(self.device)) <= tolerance


@work
def accelerate(
    net: nn.Module,
    example: Tensor,
    *,
    device: torch.device,
    tolerance: float = 1e-3,
    tail: Sequence[int] = (),
) -> Steps[Twin]:
    """Build a faster twin of `net` that agrees with it on `example`.

    Every evaluation is a step. Of a network that takes long, less is tried.

    Parameters
    ----------
    net : nn.Module
        Any network that maps (B, ...) to logits (B, K). It is evaluated in eval mode.
    example : Tensor (B, ...)
        What the twin will be asked about: the input, the baseline and a few mixtures of both.
    device : torch.device
        Where the twin lives.
    tolerance : float
        The largest accepted deviation of a logit, as a share of the range of the logits (largest
        minus smallest over the classes, for the input where that is widest).
    tail : sequence of int
        Sizes of what the network answers with after its logits; each is held to its own range.

    Raises
    ------
    ModelError
        If the network itself fails on the example.
    """
    if example.dim() < 2 or len(example) == 0:
        raise InputError(f"example is {tuple(example.shape)}; it must be a non-empty (B, ...)")
    return _accelerate(net, example, torch.device(device), tolerance, tuple(tail))


@dataclass(frozen=True)
class _Check:
    """What a rung has to answer to, how many examples go together, and what plain ones cost."""

    example: Tensor
    tail: tuple[int, ...]
    tolerance: float
    size: int
    plain: TimedLogits
    logits: Tensor

    def error(self, logits: Tensor) -> float:
        return deviation(logits, self.logits, self.tail)


def _accelerate(
    net: nn.Module, example: Tensor, device: torch.device, tolerance: float, tail: tuple[int, ...]
) -> Steps[Twin]:
    yield Progress(0, None, "preparing the network")
    plain = private_copy(net, device)
    first = yield from measure(plain, example[:1], 1)
    # What takes long is looked at less: the first map is waited for.
    slow = first.elapsed > PATIENCE
    example = example[::2] if slow else example
    alone = yield from measure(plain, example, 1)
    batching, size, measured = Batching.beginning(alone.elapsed), 1, alone
    divisible, company = False, None
    # By its cost: on a machine that is less busy later, two might fit where one hardly does now.
    if 2 * alone.cost <= PATIENCE:
        size = max(2, batching.size)
        divisible, company = yield from is_divisible(plain, example, alone.logits, size, tail)
    if not divisible:
        # Then the network's answer to an input is the one that it gives to it alone.
        plain, batching, size = replace(plain, divisible=False), Batching(1, settled=True), 1
    elif company is not None and len(example) > 1:
        measured = company
    check = _Check(example, tail, tolerance, size, measured, alone.logits)
    best, error = plain, 0.0
    # Rewrites change a network's modules: never the user's own.
    if plain.private:
        best, error = yield from _climb(plain, LADDER[:1] if slow else LADDER, check)
    return Twin(best, example.shape[1:], alone.logits.shape[1], batching, error)


def _climb(
    plain: PreparedNetwork, ladder: Sequence[Sequence[Step]], check: _Check
) -> Steps[tuple[PreparedNetwork, float]]:
    """Return the first rung that agrees, with its error; the plain network if that is quicker."""
    for steps in ladder:
        rung = yield from rewritten(plain, steps, check.example)
        if rung is None or rung.steps == plain.steps:
            continue
        try:
            measured = yield from measure(rung, check.example, check.size)
        except ModelError:
            continue
        error = check.error(measured.logits)
        if error <= check.tolerance:
            slower = yield from _is_slower(rung, measured, plain, check)
            # The rungs below do less of the same: they would not be quicker either.
            return (plain, 0.0) if slower else (rung, error)
    return plain, 0.0


def _is_slower(
    rung: PreparedNetwork, measured: TimedLogits, plain: PreparedNetwork, check: _Check
) -> Steps[bool]:
    if measured.cost <= check.plain.cost or check.size == 1:
        return measured.cost > check.plain.cost
    # Both once more: other work may have come between.
    again = yield from measure(rung, check.example, check.size)
    plainly = yield from measure(plain, check.example, check.size)
    return min(measured.cost, again.cost) > min(check.plain.cost, plainly.cost)
