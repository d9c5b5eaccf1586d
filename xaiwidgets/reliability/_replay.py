"""Answers of many mutants to the same pictures: what is before the first change is shared."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from xaiwidgets.devices import in_halves
from xaiwidgets.errors import ModelError
from xaiwidgets.inference import EVALUATING, undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability._mutation_operators import Change
from xaiwidgets.reliability._units import MutableLayer, agree, merge_batch_norms

T = TypeVar("T")


@dataclass(eq=False)
class Span:
    """One call of a module: when it began and ended, and within which other call."""

    module: nn.Module
    number: int
    begin: int
    parent: Span | None
    end: int = -1
    output: Any = None
    version: int | None = 0
    overwritten: bool = False


@dataclass(frozen=True)
class Recording:
    """Some pictures, and what finished calls gave for them."""

    batch: Tensor
    outputs: dict[Span, Tensor]

    def rows(self, which: Tensor) -> Recording:
        """Return the recording of some of the pictures."""
        # What has no row for each picture, such as a position embedding, is computed again.
        count = len(self.batch)
        outputs = {span: out[which] for span, out in self.outputs.items() if len(out) == count}
        return Recording(self.batch[which], outputs)

    def part(self, which: slice) -> Recording:
        """Return the recording of pictures that follow each other; itself for all."""
        if which.stop - which.start == len(self.batch):
            return self
        return self.rows(torch.arange(which.start, which.stop, device=self.batch.device))

    @classmethod
    def joined(cls, parts: Sequence[Recording]) -> Recording:
        """Return the recordings of some pictures and of others as one."""
        if len(parts) == 1:
            return parts[0]
        lengths = [len(part.batch) for part in parts]
        outputs = {
            span: torch.cat([part.outputs[span] for part in parts])
            for span in parts[0].outputs
            if [len(part.outputs.get(span, ())) for part in parts] == lengths
        }
        return cls(torch.cat([part.batch for part in parts]), outputs)


@dataclass
class _Stub:
    """Stands for a module: answers its first calls from memory, and computes the others."""

    forward: Callable[..., Any]
    outputs: list[tuple[Tensor, bool]]
    calls: int = field(default=0)

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls > len(self.outputs):
            return self.forward(*inputs, **named)
        # What the network writes into is handed out as a copy, for the next mutant's sake.
        output, overwritten = self.outputs[self.calls - 1]
        return output.clone() if overwritten else output


class Replay:
    """A private network whose layers can be changed for one pass, and its memory of passes.

    Batch norms are merged into the layers before them, which makes it quicker and a unit one row.
    For each layer it is known which calls are over before it begins; of these, the outermost are
    answered from a recording of the unchanged network.
    """

    def __init__(
        self, network: PreparedNetwork, layers: Sequence[MutableLayer], image: Tensor
    ) -> None:
        self.layers = tuple(layers)
        self.network = merge_batch_norms(network, layers, image)
        spans = self._spans(image)
        users = (self._users(layer) for layer in layers)
        # In the order of their calls, so that the first is the earliest use of the weights.
        firsts = [next(span for span in spans if span.module in modules) for modules in users]
        self._before = [_finished(spans, first) for first in firsts]
        self._checked: dict[int, bool] = {}
        self._together = sys.maxsize  # pictures at once, until memory has run out
        self._wanted = {span for before in self._before for span in before}

    def _users(self, layer: MutableLayer) -> set[nn.Module]:
        """Return the modules that hold what changes with a layer: tied weights have several."""
        net = self.network.net
        names = [(layer.name, "weight"), *((name, "bias") for name, _ in layer.biases)]
        changing = {id(net.get_submodule(name).get_parameter(kind)) for name, kind in names}
        return {
            module
            for module in net.modules()
            if any(id(tensor) in changing for tensor in module._parameters.values())
        }

    def record(self, images: Tensor) -> Recording:
        """Evaluate the unchanged network, and keep what mutants can begin with."""
        return Recording.joined(self._in_halves(len(images), lambda at: self._record(images[at])))

    def _in_halves(self, count: int, ask: Callable[[slice], T]) -> list[T]:
        answers = []
        for attempt in in_halves(count, self._together):
            with attempt as rows:
                answers.append(ask(rows))
            if attempt.failed:  # the next mutant's pictures would not fit either
                self._together = (rows.stop - rows.start) // 2
        return answers

    def _record(self, images: Tensor) -> Recording:
        batch = self.network.prepare(images)
        wanted = {(span.module, span.number): span for span in self._wanted}
        calls: dict[nn.Module, int] = {}
        outputs: dict[Span, Tensor] = {}

        def keep(module: nn.Module, _inputs: Any, output: Any) -> None:
            calls[module] = calls.get(module, 0) + 1
            span = wanted.get((module, calls[module]))
            if span is not None and isinstance(output, Tensor):
                # What is still to be written into has to be kept as it is now.
                outputs[span] = output.clone() if span.overwritten else output

        modules = {span.module for span in self._wanted}
        with EVALUATING, _hooked(*((module.register_forward_hook, keep) for module in modules)):
            self._logits(batch.clone())
        return Recording(batch, outputs)

    def labels(self, recording: Recording, changes: Sequence[Change]) -> Tensor:
        """Return the classes (B,) that the network predicts with some rows changed."""
        return self.logits(recording, changes).argmax(1).cpu()

    def logits(self, recording: Recording, changes: Sequence[Change]) -> Tensor:
        """Return the scores (B, K) of the network with some rows changed."""
        parts = self._in_halves(
            len(recording.batch), lambda at: self._changed_logits(recording.part(at), changes)
        )
        return torch.cat(parts)

    def _changed_logits(self, recording: Recording, changes: Sequence[Change]) -> Tensor:
        # Layers are in the order of their calls: before the first change nothing differs.
        first = min(change.layer for change in changes)
        # Together, because another thread may ask other mutants of the same network.
        with EVALUATING, self._changed(changes):
            # With the change in place: a network that reads the changed weights elsewhere shows it
            # here.
            shared = self._before[first] if self._bears(first, recording) else []
            with self._stubbed(shared, recording):
                return self._logits(recording.batch.clone())

    def _bears(self, layer: int, recording: Recording) -> bool:
        """Return whether the network, changed, answers from its memory as it does without.

        It does not where weights are read without the module that holds them, before that is
        called, or where what a call gave is overwritten in a way that was not noticed.
        """
        if layer not in self._checked:
            with self._stubbed(self._before[layer], recording):
                # Twice: what the first pass overwrites of the memory shows only in the second.
                answers = [self._logits(recording.batch.clone()) for _ in range(2)]
            plain = self._logits(recording.batch.clone())
            self._checked[layer] = all(
                agree(plain, answer, self.network.dtype) for answer in answers
            )
        return self._checked[layer]

    def _logits(self, batch: Tensor) -> Tensor:
        try:
            with undisturbed(self.network.net):
                output: Tensor = self.network.net(batch)
        except Exception as error:
            raise ModelError(
                f"a mutant of the network raised {type(error).__name__} for inputs of shape "
                f"{tuple(batch.shape)}: {error}"
            ) from error
        return output

    @contextmanager
    def _changed(self, changes: Sequence[Change]) -> Iterator[None]:
        before: list[tuple[Tensor, Tensor, Tensor]] = []
        try:
            for change in changes:
                for module, name, new in change.values:
                    tensor: Tensor = self.network.net.get_submodule(module).get_parameter(name)
                    # Indexing by a tensor copies, so that this is not changed with the parameter.
                    old = tensor[change.rows]
                    before.append((tensor, change.rows, old))
                    tensor[change.rows] = new.reshape(old.shape)
            yield
        finally:
            for tensor, rows, old in before:
                tensor[rows] = old

    @contextmanager
    def _stubbed(self, spans: Sequence[Span], recording: Recording) -> Iterator[None]:
        memory: dict[nn.Module, list[tuple[Tensor, bool]]] = {}
        for span in spans:
            output = recording.outputs.get(span)
            # Calls are answered in order, so that one without an answer ends the memory.
            if output is not None and len(memory.get(span.module, [])) == span.number - 1:
                memory.setdefault(span.module, []).append((output, span.overwritten))
        try:
            for module, outputs in memory.items():
                # On the instance, where it goes before the class's; hooks are still called.
                module.__dict__["forward"] = _Stub(module.forward, outputs)
            yield
        finally:
            for module in memory:
                module.__dict__.pop("forward", None)

    def _spans(self, image: Tensor) -> list[Span]:
        """Return the calls of one pass in the order in which they begin."""
        spans: list[Span] = []
        inside: list[Span] = []
        clock = itertools.count()
        # By module and number of the call: a module that is called twice is in two spans, and the
        # second may come after the change that the first one comes before.
        counts: dict[nn.Module, int] = {}

        def enter(module: nn.Module, _inputs: Any) -> None:
            counts[module] = counts.get(module, 0) + 1
            parent = inside[-1] if inside else None
            inside.append(Span(module, counts[module], next(clock), parent))
            spans.append(inside[-1])

        def leave(_module: nn.Module, _inputs: Any, output: Any) -> None:
            span = inside.pop()
            span.end = next(clock)
            if isinstance(output, Tensor):
                span.output, span.version = output, _writes(output)

        modules = list(self.network.net.modules())
        pairs: list[tuple[Any, Any]] = [
            (module.register_forward_pre_hook, enter) for module in modules
        ]
        pairs += [(module.register_forward_hook, leave) for module in modules]
        with EVALUATING, _hooked(*pairs):
            self._logits(self.network.prepare(image))
        for span in spans:
            if span.output is not None:
                writes = _writes(span.output)
                span.overwritten = writes is None or writes != span.version
                span.output = True  # a tensor, not kept
        return spans


def _writes(output: Tensor) -> int | None:
    """Return autograd's counter of writes in place, which views of a tensor share.

    None in inference mode, in which nothing is counted.
    """
    return None if output.is_inference() else output._version


@contextmanager
def _hooked(*pairs: tuple[Any, Any]) -> Iterator[None]:
    """Register each hook with what registers it, and remove all afterwards."""
    handles: list[Any] = []
    try:
        for register, hook in pairs:
            handles.append(register(hook))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _finished(spans: Sequence[Span], call: Span) -> list[Span]:
    """Return the calls that end before `call` begins, while what they are part of does not."""
    return [
        span
        for span in spans
        if span.end < call.begin
        and span.output
        and (span.parent is None or span.parent.end > call.begin)
    ]
