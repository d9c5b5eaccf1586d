"""A network under examination, beside a second one of the same weights that only answers."""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.networks.architectures import Architecture
from xaiwidgets import Classifier
from xaiwidgets.methods import Attribution

Doubles = NDArray[np.float64]
Score = Callable[[Tensor], Tensor]

ADDED = ("bias", "running_mean", "cls_token", "dist_token", "distillation_token", "reg_token",
         "pos_embed", "pos_embedding", "class_token", "position_embeddings")  # fmt: skip
"""Ends of names of what is added to what depends on the picture."""


class Subject:
    """A network as its owner has it, the classifier made of it, and what is true of it.

    What is true is computed by a second network, evaluated plainly, in eval mode.
    """

    def __init__(self, name: str, architecture: Architecture) -> None:
        self.name, self.architecture = name, architecture
        self.tolerance = architecture.tolerance
        self.net = architecture.network()
        self.model = Classifier(self.net)
        draw = torch.Generator().manual_seed(1)
        self.pictures = torch.randn(12, *architecture.size, generator=draw)
        self.picture = self.pictures[0]

    @cached_property
    def reference(self) -> nn.Module:
        """The network that only answers."""
        net = self.architecture.network().eval()
        for parameter in net.parameters():
            parameter.requires_grad_(False)
        inner: nn.Module = getattr(net, "_orig_mod", net)
        return inner

    def answer(self, batch: Tensor, net: nn.Module | None = None) -> Tensor:
        """Return logits (B, K) of the reference; with gradients where they are wanted."""
        net = self.reference if net is None else net
        dtype = next((p.dtype for p in net.parameters()), torch.float32)
        # The answer to a picture is the one that it gets alone: batch norms without statistics and
        # dynamic quantisation look at the whole batch.
        size = 1 if self.architecture.alone else len(batch)
        return torch.cat([self._read(net(part.to(dtype))) for part in torch.split(batch, size)])

    def _read(self, answer: Any) -> Tensor:
        scores = answer
        if not isinstance(answer, Tensor):
            scores = answer["logits"] if isinstance(answer, dict) else answer.logits
        scores = scores.double()
        if self.architecture.output == "probabilities":
            return scores.log()
        if self.architecture.output == "label probabilities":
            return scores.logit()
        return scores  # type: ignore[no-any-return]

    @torch.no_grad()
    def logits(self, batch: Tensor, net: nn.Module | None = None) -> Tensor:
        """Return logits (B, K), in double precision."""
        return self.answer(batch, net)

    def log_likelihoods(self, batch: Tensor) -> Tensor:
        """Return the logarithms of the network's own probabilities."""
        logits = self.logits(batch)
        labels = self.architecture.output.startswith("label")
        return nn.functional.logsigmoid(logits) if labels else logits.log_softmax(1)

    def log_odds(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logarithms (B,) of the probability of the class predicted, and of others."""
        logits = self.logits(batch)
        if self.architecture.output.startswith("label"):
            score = logits[:, self.target]
            return nn.functional.logsigmoid(score), nn.functional.logsigmoid(-score)
        likely = logits.log_softmax(1)
        others = [at for at in range(logits.shape[1]) if at != self.target]
        return likely[:, self.target], likely[:, others].logsumexp(1)

    @cached_property
    def spread(self) -> float:
        """The range of the logits, in which deviations are measured."""
        logits = self.logits(self.pictures)
        return float((logits.amax(1) - logits.amin(1)).max())

    @cached_property
    def target(self) -> int:
        """The class predicted for the picture."""
        return int(self.logits(self.picture[None])[0].argmax())

    def score(self, batch: Tensor) -> Tensor:
        """Return the logit of that class (B,)."""
        return self.logits(batch)[:, self.target]

    @cached_property
    def outputs(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what modules give for two pictures that are called once, in that order."""
        with heard(self.reference) as calls, torch.no_grad():
            self.answer(self.pictures[:2])
        once = 2 if self.architecture.alone else 1
        shapes = {name: [tuple(each.shape) for each in one] for name, one in calls.items()}
        return {
            name: (sum(shape[0] for shape in one), *one[0][1:])
            for name, one in shapes.items()
            if len(one) == once and one[0]
        }

    def layer(self, share: float) -> str:
        """Return the layer at a share of the way through the network."""
        layers = [name for name, shape in self.outputs.items() if shape[0] == 2 and len(shape) > 1]
        if not layers:
            # As somebody who does not know that no layer can be heard.
            layers = [name for name, module in self.net.named_children()]
        return layers[int(share * (len(layers) - 1))]

    def near(self, found: Any, expected: Any, scale: float | None = None, what: str = "") -> None:
        """Hold that numbers are equal, up to what the network's precision allows."""
        found, expected = (np.asarray(each, dtype=np.float64) for each in (found, expected))
        assert found.shape == expected.shape, f"{what}: {found.shape}, not {expected.shape}"
        scale = self.spread if scale is None else scale
        worst = float(np.abs(found - expected).max()) / max(scale, 1e-12)
        assert worst <= self.tolerance, f"{what} deviates by {worst:.2g} of the range"

    def without_biases(self) -> nn.Module:
        """Return the network without what is added to what depends on the picture."""
        net = self.architecture.network()
        with torch.no_grad():
            for name, tensor in [*net.named_parameters(), *net.named_buffers()]:
                # A projection of coordinates is a constant, too: XCiT's and EdgeNeXt's encoding.
                if name.rpartition(".")[2].endswith(ADDED) or "token_projection" in name:
                    tensor.zero_()
        return net


@contextmanager
def heard(net: nn.Module) -> Iterator[dict[str, list[Tensor]]]:
    """Fill a dictionary with the tensors of floats that modules answer with, by name.

    Of several the first. The network goes on with copies, so that nobody writes into them.
    """
    calls: dict[str, list[Tensor]] = {}

    def hook(name: str) -> Any:
        def hear(_module: nn.Module, _inputs: Any, output: Any) -> Any:
            several = list(output.values()) if isinstance(output, dict) else output
            first = several[0] if isinstance(several, tuple | list) and several else several
            if not isinstance(first, Tensor) or not first.is_floating_point():
                return None
            calls.setdefault(name, []).append(first)
            return output.clone() if output is first else None

        return hear

    handles = [
        module.register_forward_hook(hook(name))
        for name, module in net.named_modules()
        if name and not isinstance(module, torch.jit.ScriptModule)  # nobody hears these
    ]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def by_hand(map_: Attribution, picture: Tensor, score: Score, absent: float = 0.0) -> Doubles:
    """Return the Shapley values (2, 2) of a map's four cells, by all 16 coalitions."""
    cells = list(itertools.product(itertools.pairwise(map_.row_edges),
                                   itertools.pairwise(map_.column_edges)))  # fmt: skip
    coalitions = list(itertools.product((False, True), repeat=len(cells)))
    batch = torch.full((len(coalitions), *picture.shape), absent)
    for row, coalition in zip(batch, coalitions, strict=True):
        for ((top, bottom), (left, right)), present in zip(cells, coalition, strict=True):
            if present:
                row[:, top:bottom, left:right] = picture[:, top:bottom, left:right]
    worth = dict(zip(coalitions, score(batch).tolist(), strict=True))
    values, players = np.zeros(len(cells)), len(cells)
    for coalition in coalitions:
        for player in (at for at in range(players) if not coalition[at]):
            joined = tuple(at == player or present for at, present in enumerate(coalition))
            # Shapley's formula: |S|! (n - |S| - 1)! / n!.
            share = 1 / (players * math.comb(players - 1, sum(coalition)))
            values[player] += share * (worth[joined] - worth[coalition])
    return values.reshape(2, 2)


def condition(net: nn.Module) -> dict[str, object]:
    """Return all that must be after a question as before it, in a form that can be compared."""
    saved = io.BytesIO()
    torch.save(net.state_dict(), saved)
    modules = list(net.modules())

    def of_each(name: str) -> list[object]:
        return [getattr(module, name, None) for module in modules]

    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks")
    return {
        "weights": hashlib.sha256(saved.getbuffer()).hexdigest(),
        "modes": of_each("training"),
        "hooks": [list(each or ()) for name in hooks for each in of_each(name)],
        "attributes": [sorted(vars(module)) for module in modules],
        "gradients": [(p.requires_grad, p.grad is None) for p in net.parameters()],
        "random numbers": (
            torch.get_rng_state().tolist(),
            repr(np.random.get_state()),
            random.getstate(),
        ),
        "modes of torch": (torch.is_grad_enabled(), torch.get_default_dtype()),
    }


def differences(before: dict[str, object], after: dict[str, object]) -> Sequence[str]:
    """Return what is not as before."""
    return [name for name, value in before.items() if after[name] != value]
