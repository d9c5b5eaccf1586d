"""What is evaluated instead of the user's own module: a private copy of it, and faster twins."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from xaiwidgets.anatomy import Anatomy
from xaiwidgets.chain import read_chain
from xaiwidgets.crop import crop_twin, untapped
from xaiwidgets.derivation import Derivation, Derived
from xaiwidgets.images import Window
from xaiwidgets.inference import outside_inference_mode
from xaiwidgets.layers import Tap, Tapped
from xaiwidgets.optimize import (
    PreparedNetwork,
    Twin,
    accelerate,
    accelerate_gradients,
    is_divisible,
    private_copy,
)
from xaiwidgets.output_detection import check_law, obeys_a_law
from xaiwidgets.outputs import ScoreKind, describe_output
from xaiwidgets.pictures import outside
from xaiwidgets.work import Progress, Steps, run, work


class Copies:
    """The copies of a network as it is now: made when first needed, and anew if it changes.

    Attributes
    ----------
    net : nn.Module
        The user's own.
    output : ScoreKind or None
        What its answers mean; None until the first one has been looked at.
    example : Tensor or None
        A picture that was given: what the network does is looked up with it, not with zeros, which
        many a network refuses.
    """

    def __init__(
        self,
        net: nn.Module,
        device: torch.device,
        output: ScoreKind | None,
        derivation: Derivation,
    ) -> None:
        self.net, self.output, self._declared = net, output, output
        self.example: Tensor | None = None
        self._device, self._derivation = device, derivation

    def remember(self, example: Tensor) -> None:
        """Keep a picture that was given, unless one of its shape is there."""
        if self.example is None or self.example.shape != example.shape:
            # A copy: a view of the first of a batch would keep the whole batch in memory.
            self.example = example.detach().clone()

    def private(self, examples: Tensor | None = None) -> PreparedNetwork:
        """Return a copy of the network as it is now; itself where it cannot be copied.

        It answers with logits (B, K), whatever the network itself does. With examples (B, ...) it
        is known, as `divisible`, whether several inputs like them can be evaluated at once.
        """
        derived = self._derivation.now()
        prepared = self._plain(derived)
        if examples is None:
            return prepared
        key = ("divisible", (self._device, self.output, tuple(examples.shape[1:])))
        if key not in derived:
            # One at a time, by which it is defined what the network answers to an input.
            alone = replace(prepared, divisible=False)(examples)
            divisible, _ = run(is_divisible(prepared, examples, alone, len(examples) + 1))
            derived[key] = replace(prepared, divisible=divisible)
        checked: PreparedNetwork = derived[key]
        return checked

    @work
    def differentiable(self, example: Tensor) -> Steps[PreparedNetwork]:
        """Return a copy for many gradients by inputs like an example (1, ...), if there is one.

        As `private`, but that layers may answer otherwise. To make it takes some ten passes.
        """
        return self._differentiable(example)

    def _differentiable(self, example: Tensor) -> Steps[PreparedNetwork]:
        derived = self._derivation.now()
        key = self._differentiable_key(example)
        if key not in derived:
            steps = accelerate_gradients(self._plain(derived), example)
            derived[key] = yield from outside_inference_mode(steps)
        prepared: PreparedNetwork = derived[key]
        return prepared

    def for_one_gradient(self, example: Tensor) -> PreparedNetwork:
        """Return the differentiable copy if somebody has needed many gradients, else `private`."""
        derived = self._derivation.now()
        prepared: PreparedNetwork | None = derived.get(self._differentiable_key(example))
        return prepared or self._plain(derived)

    def _differentiable_key(self, example: Tensor) -> tuple[str, Hashable]:
        return "differentiable", (self._device, self.output, tuple(example.shape[1:]))

    @work
    def twin(self, examples: Tensor, taps: Sequence[Tap] = ()) -> Steps[Twin]:
        """Return the fast copy, checked on `examples` (B, ...), and made anew if they differ.

        With `taps`, it answers as a `Tapped` network does.
        """
        return self._twin(examples, tuple(taps))

    def _twin(self, examples: Tensor, taps: tuple[Tap, ...]) -> Steps[Twin]:
        # Of the weights as they are now: what is made of them is not kept for other ones, should
        # the network be trained on between two steps.
        derived = self._derivation.now()
        key = ("twin", (taps, tuple(examples.shape[1:]), self._device))
        prepared = self._plain(derived)
        twin: Twin
        if key in derived:
            twin = derived[key]
            checks = examples[::2]  # what is there, and a mixture
            yield Progress(0, None, "checking the network")
            if twin.agrees(checks, replace(prepared, divisible=twin.divisible)(checks)):
                return twin
        # Layers are heard inside the twin: a pass for their features would cost as much again.
        net = Tapped(prepared.net, taps) if taps else prepared.net
        sizes = [tap.size for tap in taps]
        twin = yield from accelerate(net, examples, device=self._device, tail=sizes)
        derived[key] = twin
        return twin

    @work
    def crop(
        self, twin: Twin, anatomy: Anatomy, window: Window, background: Tensor, examples: Tensor
    ) -> Steps[Twin]:
        """Return what answers as a twin, or it itself; see `xaiwidgets.crop.crop_twin`."""
        return self._crop(twin, anatomy, window, background, examples)

    def _crop(
        self, twin: Twin, anatomy: Anatomy, window: Window, background: Tensor, examples: Tensor
    ) -> Steps[Twin]:
        derived = self._derivation.now()
        plain = self._plain(derived)
        if not plain.private:  # then the layers are the user's, who may be using them
            return twin
        net, taps = untapped(twin.network.net)
        # The rewrites of a twin say which layers it has.
        key = ("chain", (tuple(background.shape), self._device, twin.network.steps, tuple(taps)))
        if key not in derived:
            names = {name for name, _ in net.named_modules()}
            derived[key] = yield from read_chain(plain, anatomy, background, names, taps)
        return (yield from crop_twin(twin, derived[key], window, background, examples))

    def _plain(self, derived: Derived) -> PreparedNetwork:
        plain = None
        if self.example is not None and ("output", None) not in derived:
            # Looked at again when the network has changed: it may have got another last layer.
            plain = private_copy(self.net, self._device)
            self.output = derived["output", None] = self._meaning(plain, self.example[None].cpu())
        output = self.output or "logits"
        key = ("copy", (self._device, output))
        if key not in derived:
            # The copy that was looked at is the one that is kept: copying takes a while.
            plain = plain or private_copy(self.net, self._device)
            derived[key] = plain.reading(output)
        prepared: PreparedNetwork = derived[key]
        return prepared

    def _meaning(self, plain: PreparedNetwork, example: Tensor) -> ScoreKind:
        """Return what an answer means; ModelError if it is not what was told."""
        if self._declared is not None:
            if obeys_a_law(self._declared):
                check_law(plain.answer(example), self._declared)
            return self._declared
        output = plain.kind_of_answers(example)
        # Said once if it is not what everybody expects.
        if output not in ("logits", self.output):
            warnings.warn(describe_output(output), stacklevel=outside())
        return output

    def fresh_answer(self) -> tuple[Tensor, Tensor] | None:
        """Return the example, and a new copy's answer to it: an old copy may hold what was."""
        if self.example is None:
            return None
        fresh = private_copy(self.net, self._device, self.output or "logits")
        answer = fresh.try_answer(self.example[None])
        return None if answer is None else (self.example, answer)
