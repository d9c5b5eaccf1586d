"""What a GeneratorLab computes: latents and errors of a picture, effects, and what moving does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from xaiwidgets.contrast import (
    Generator,
    LatentEffects,
    encode_alone,
    eval_mode_of,
    latent_effects,
    reconstruction_errors,
)
from xaiwidgets.fingerprint import fingerprint
from xaiwidgets.network import Network
from xaiwidgets.widgets.generators._state import DIRECTIONS, FILM, GeneratorLabState
from xaiwidgets.work import Progress, Steps, relay

# To stop at the last step that keeps the class gives away a fortieth of the way at most.
_STEPS = 41  # of the way on which the class is held
# Each latent is moved in each of them: of 48 latents over a thousand drawings.
FOR_EFFECTS = 24
"""Pictures over which effects are averaged: the first ones."""


@dataclass(frozen=True, eq=False)
class Encoded:
    """A picture's latents (1, d), what the generator draws of it (1, C, H, W), and its error."""

    latents: Tensor
    drawing: Tensor
    error: float


@dataclass(frozen=True, eq=False)
class LabAnswer:
    """What is known of a picture by the generators.

    Attributes
    ----------
    encoded : mapping from name to Encoded
    effects : LatentEffects
        Of the generator that is chosen.
    film : Tensor (directions, steps, C, H, W)
    film_scores : Tensor (directions, steps, K) or None
        Log-likelihoods along it.
    picture : Tensor (C, H, W)
        Moved as far as is set.
    before, after : Tensor (K,) or None
        Log-likelihoods.
    share : float
        How much of the way that was asked for it is moved; below 1 where the class is held.
    """

    encoded: Mapping[str, Encoded]
    effects: LatentEffects
    film: Tensor
    film_scores: Tensor | None
    picture: Tensor
    before: Tensor | None
    after: Tensor | None
    share: float = 1.0

    def __repr__(self) -> str:
        return f"LabAnswer({', '.join(self.encoded)})"


class LabSession:
    """Answers what the lab asks, and keeps what does not change while sliders move.

    Parameters
    ----------
    generators : mapping from name to Generator
    images : Tensor (N, C, H, W)
    model : Network, optional
    """

    def __init__(
        self, generators: Mapping[str, Generator], images: Tensor, model: Network | None
    ) -> None:
        self.generators, self.images, self.model = dict(generators), images, model
        self._encoded: dict[tuple[str, int], Encoded] = {}
        self._effects: dict[str, LatentEffects] = {}
        self._weights: dict[str, object] = {}
        # The last alone, which is all that a slider asks for: each has 40 drawings.
        self._film_of: tuple[tuple[object, ...], LabAnswer] | None = None

    def answer(self, state: GeneratorLabState) -> Steps[LabAnswer]:
        """Encode the picture by all generators, and move what one of them draws."""
        self._forget_changed()
        name = self.name(state)
        encoded = {}
        for each in self.generators:
            encoded[each] = yield from self._encode(each, state.index)
        effects = yield from self._effect(name)
        # While a slider moves, the films and all else stay as they are.
        key = name, state.index, state.residual
        if self._film_of is None or self._film_of[0] != key:
            yield Progress(0, 1, "moving")
            self._film_of = key, self._film(state, name, encoded, effects)
        return self.moved(state, self._film_of[1])

    def name(self, state: GeneratorLabState) -> str:
        """Return the name of the generator that is chosen."""
        return state.generator or next(iter(self.generators))

    def moved(self, state: GeneratorLabState, answer: LabAnswer) -> LabAnswer:
        """Return the answer with the latents moved as far as is set; one evaluation.

        Where the class is held, as far as no step on the straight way there has another.
        """
        name = self.name(state)
        here = answer.encoded[name]
        way = torch.zeros_like(here.latents)
        for latent, offset in zip(answer.effects.order.tolist(), state.offsets, strict=False):
            way[0, latent] = offset * float(answer.effects.deviations[latent])
        holds = state.hold and self.model is not None
        # One batch decodes and scores the whole way, so that a slider needs one evaluation either
        # way.
        shares = (
            torch.linspace(0, 1, _STEPS, device="cpu") if holds else torch.ones(1, device="cpu")
        )
        picture = self.images[state.index][None]
        drawings = self._decode(name, here.latents + shares.to(way)[:, None] * way)
        if state.residual:
            drawings = drawings + picture - here.drawing
        before, after = (self._scores(each) for each in (picture, drawings))
        at = len(shares) - 1
        if holds and before is not None and after is not None:
            leaves = (after.argmax(1) != before.argmax(1)).nonzero()
            # The last point before the first with another class: behind it the class may come back.
            at = max(0, int(leaves[0]) - 1) if len(leaves) else at
        return replace(
            answer,
            picture=drawings[at],
            before=None if before is None else before[0],
            after=None if after is None else after[at],
            share=float(shares[at]),
        )

    def _film(
        self,
        state: GeneratorLabState,
        name: str,
        encoded: Mapping[str, Encoded],
        effects: LatentEffects,
    ) -> LabAnswer:
        here, picture = encoded[name], self.images[state.index][None]
        order = effects.order[:DIRECTIONS].tolist()
        steps = []
        for latent in order:
            for offset in FILM:
                moved = here.latents.clone()
                moved[0, latent] += offset * float(effects.deviations[latent])
                steps.append(moved)
        drawing = self._decode(name, torch.cat(steps))
        if state.residual:
            # With the residual: what the generator misses stays as it is, so that only the latent's
            # doing is seen.
            drawing = drawing + picture - here.drawing
        scores = self._scores(drawing)
        shape = (len(order), len(FILM))
        return LabAnswer(
            encoded=encoded,
            effects=effects,
            film=drawing.reshape(*shape, *drawing.shape[1:]),
            film_scores=None if scores is None else scores.reshape(*shape, -1),
            picture=picture[0],
            before=None,
            after=None,
        )

    def _encode(self, name: str, index: int) -> Steps[Encoded]:
        if (name, index) not in self._encoded:
            picture = self.images[index][None]
            work = encode_alone(self.generators[name], picture)
            latents = yield from relay(work, lambda p: p.without_preview(f"{name}: {p.note}"))
            drawing = self._decode(name, latents)
            error = float(reconstruction_errors(picture, drawing)[0])
            self._encoded[name, index] = Encoded(latents, drawing, error)
        return self._encoded[name, index]

    def _effect(self, name: str) -> Steps[LatentEffects]:
        if name not in self._effects:
            pictures = self.images[:FOR_EFFECTS]
            self._effects[name] = yield from relay(
                latent_effects(self.generators[name], pictures, self.model),
                lambda p: p.without_preview(f"{name}: {p.note}"),
            )
        return self._effects[name]

    def _decode(self, name: str, latents: Tensor) -> Tensor:
        generator = self.generators[name]
        with eval_mode_of(generator), torch.no_grad():
            return generator.decode(latents).detach().to(self.images)

    def _scores(self, pictures: Tensor) -> Tensor | None:
        if self.model is None:
            return None
        # In doubles: along a film a sure network changes by less than float32 tells.
        return self.model.log_probabilities(self.model.logits(pictures).double())

    def _forget_changed(self) -> None:
        """Forget what followed from weights that are others now."""
        for name, generator in self.generators.items():
            weights: list[object] = []
            if isinstance(generator, torch.nn.Module):
                weights.append(fingerprint(generator))
            if self.model is not None:
                weights.append(self.model.weights(anew=True))
            # A generator that is seen for the first time has nothing to be forgotten.
            if self._weights.get(name, weights) != weights:
                self._effects.pop(name, None)
                self._film_of = None
                for key in [key for key in self._encoded if key[0] == name]:
                    del self._encoded[key]
            self._weights[name] = weights


def named_generators(generators: object) -> dict[str, Generator]:
    """Return generators by name: those of a mapping, or each by its kind."""
    if isinstance(generators, Mapping):
        return {str(name): generator for name, generator in generators.items()}
    several: Sequence[Generator] = (
        list(generators) if isinstance(generators, list | tuple) else [generators]  # type: ignore[list-item]
    )
    named: dict[str, Generator] = {}
    for generator in several:
        kind, number = type(generator).__name__, 1
        # "VAE", then "VAE 2", past names that are taken.
        while (name := kind if number == 1 else f"{kind} {number}") in named:
            number += 1
        named[name] = generator
    return named
