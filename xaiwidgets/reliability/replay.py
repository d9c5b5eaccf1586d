"""Answers of many mutants to the same pictures: what is before the first change is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from xaiwidgets.errors import ModelError
from xaiwidgets.evaluation import EVALUATING, undisturbed
from xaiwidgets.optimize import PreparedNetwork
from xaiwidgets.reliability.mutation import Change
from xaiwidgets.reliability.units import Layer, agree, folded


@dataclass(eq=False)
class Span:
    """One call of a module: when it began and ended, and within which other call."""

    module: nn.Module
    number: int
    begin: int
    parent: Span | None
    end: int = -1
    output: Any = None
    version: int = 0
    overwritten: bool = False


@dataclass(frozen=True)
class Recording:
    """Some pictures, and what finished calls gave for them, by module in the order of its calls."""

    batch: Tensor
    given: dict[Span, Tensor]

    def only(self, rows: Tensor) -> Recording:
        """Return the recording of some of the pictures."""
        # What has no row for each picture, such as a position embedding, is computed again.
        count = len(self.batch)
        given = {span: out[rows] for span, out in self.given.items() if len(out) == count}
        return Recording(self.batch[rows], given)


@dataclass
class _Stub:
    """Stands for a module: answers its first calls from memory, and computes the others."""

    forward: Callable[..., Any]
    given: list[tuple[Tensor, bool]]
    calls: int = field(default=0)

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls > len(self.given):
            return self.forward(*inputs, **named)
        output, overwritten = self.given[self.calls - 1]
        return output.clone() if overwritten else output


class Replay:
    """A private network whose layers can be changed for one pass, and its memory of passes.

    Batch norms are merged into the layers before them, which makes it quicker and a unit one row.
    For each layer it is known which calls are over before it begins; of these, the outermost are
    answered from a recording of the unchanged network.
    """

    def __init__(self, network: PreparedNetwork, layers: Sequence[Layer], image: Tensor) -> None:
        self.layers = tuple(layers)
        self.network = folded(network, layers, image)
        spans = self._observed(image)
        first = {module: span for span in reversed(spans) for module in [span.module]}
        modules = [self.network.net.get_submodule(layer.name) for layer in layers]
        self._before = [_finished(spans, first[module]) for module in modules]
        self._checked: dict[int, bool] = {}
        self._wanted = {span for before in self._before for span in before}

    def record(self, images: Tensor) -> Recording:
        """Evaluate the unchanged network, and keep what mutants can begin with."""
        batch = self.network.prepare(images)
        wanted = {(span.module, span.number): span for span in self._wanted}
        calls: dict[nn.Module, int] = {}
        given: dict[Span, Tensor] = {}

        def heard(module: nn.Module, _inputs: Any, output: Any) -> None:
            calls[module] = calls.get(module, 0) + 1
            span = wanted.get((module, calls[module]))
            if span is not None and isinstance(output, Tensor):
                given[span] = output.clone() if span.overwritten else output

        modules = {span.module for span in self._wanted}
        with EVALUATING, _hooked(*((module.register_forward_hook, heard) for module in modules)):
            self._logits(batch.clone())
        return Recording(batch, given)

    def labels(self, recording: Recording, changes: Sequence[Change]) -> Tensor:
        """Return the classes (B,) that the network predicts with some rows changed."""
        return self.logits(recording, changes).argmax(1).cpu()

    def logits(self, recording: Recording, changes: Sequence[Change]) -> Tensor:
        """Return the scores (B, K) of the network with some rows changed."""
        first = min(change.layer for change in changes)
        shared = self._before[first] if self._bears(first, recording) else []
        # Together, because another thread may ask other mutants of the same network.
        with EVALUATING, self._changed(changes), self._stubbed(shared, recording):
            return self._logits(recording.batch.clone())

    def _bears(self, layer: int, recording: Recording) -> bool:
        """Return whether the network, unchanged, answers from its memory as it does without."""
        if layer not in self._checked:
            with EVALUATING, self._stubbed(self._before[layer], recording):
                found = [self._logits(recording.batch.clone()) for _ in range(2)]
            plain = self._logits(recording.batch.clone())
            self._checked[layer] = all(agree(plain, one) for one in found)
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
                module = self.network.net.get_submodule(self.layers[change.layer].name)
                for name, new in (("weight", change.weight), ("bias", change.bias)):
                    if new is not None:
                        tensor: Tensor = module.get_parameter(name)
                        old = tensor[change.rows]
                        before.append((tensor, change.rows, old))
                        tensor[change.rows] = new.reshape(old.shape)
            yield
        finally:
            for tensor, rows, old in before:
                tensor[rows] = old

    @contextmanager
    def _stubbed(self, spans: Sequence[Span], recording: Recording) -> Iterator[None]:
        given: dict[nn.Module, list[tuple[Tensor, bool]]] = {}
        for span in spans:
            output = recording.given.get(span)
            if output is not None and len(given.get(span.module, [])) == span.number - 1:
                given.setdefault(span.module, []).append((output, span.overwritten))
        try:
            for module, outputs in given.items():
                module.__dict__["forward"] = _Stub(module.forward, outputs)
            yield
        finally:
            for module in given:
                module.__dict__.pop("forward", None)

    def _observed(self, image: Tensor) -> list[Span]:
        """Return the calls of one pass in the order in which they begin."""
        spans: list[Span] = []
        inside: list[Span] = []
        clock = iter(range(2**31))
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
                span.output, span.version = output, output._version

        modules = list(self.network.net.modules())
        pairs: list[tuple[Any, Any]] = [(one.register_forward_pre_hook, enter) for one in modules]
        pairs += [(one.register_forward_hook, leave) for one in modules]
        with EVALUATING, _hooked(*pairs):
            self._logits(self.network.prepare(image))
        for span in spans:
            if span.output is not None:
                span.overwritten = span.output._version != span.version
                span.output = True  # a tensor, not kept
        return spans


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


def chunks(batch: Tensor, network: PreparedNetwork) -> Sequence[Tensor]:
    """Return the places of the pictures that are evaluated together: they stay in the cache."""
    most, numbers = (1024, 2**25) if network.device.type == "cuda" else (64, 2**17)
    return torch.split(torch.arange(len(batch)), max(1, min(most, numbers // batch[0].numel())))
