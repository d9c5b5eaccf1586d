"""Contrastive questions and what answers them, piece by piece; knows no traits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from xaiwidgets.contrast import (
    Contrast,
    Generator,
    Morph,
    encode,
    eval_mode_of,
    explain,
    morph,
)
from xaiwidgets.fingerprint import fingerprint
from xaiwidgets.methods import digest
from xaiwidgets.network import Network
from xaiwidgets.widgets.contrast._answer import BesidePart, ContrastAnswer, PairResult
from xaiwidgets.widgets.contrast._cache import LRUCache
from xaiwidgets.widgets.contrast._state import ContrastState
from xaiwidgets.work import Progress, Steps, relay, run

SAMPLES = 64
"""Pictures that the generator draws where there is only one to compare with."""

EXAMPLES_DRAWN = 512
"""Pictures that the generator draws for the means of classes."""

# Part of every key of the cache as well: with another value it is another answer.
SEARCH = ("margin", "tolerance", "max_steps", "seed", "schedule")
"""The settings that are arguments of `contrast.explain`."""

# Previews come up to four times a second, and each frame is decoded and classified.
_SKETCH = 9  # frames of a morph while the search is under way
_PAST = 8  # frames past the boundary at most: half the way there


class ContrastSession:
    """Answers questions about some pictures, and caches the answers while nothing changes.

    Parameters
    ----------
    model : Classifier
    generator : Generator
    images : sequence of Tensor (C, H, W)
    references : sequence of Tensor, optional
        Where to look for pictures of the probe class; for generators that cannot draw any, `images`
        by default.
    judge : Classifier, optional
        Another network, that is asked about the changes.
    parts : sequence of BesidePart, optional
        What may stand beside an answer, in the order in which it is answered.

    Attributes
    ----------
    columns : mapping from name to ContrastSession
        Of other networks or generators, that are asked the same.
    """

    def __init__(
        self,
        model: Network,
        generator: Generator,
        images: Sequence[Tensor],
        references: Sequence[Tensor] | None = None,
        judge: Network | None = None,
        parts: Sequence[BesidePart] = (),
    ) -> None:
        self.model, self.generator, self.images = model, generator, list(images)
        self.references, self.judge, self._parts = references, judge, parts
        self.columns: Mapping[str, ContrastSession] = {}
        self.has_others = references is not None  # pictures that are not asked about
        if references is None and not hasattr(generator, "sample"):
            self.references = list(self.images)  # without what is added later
        self._cache, self._former = LRUCache(), LRUCache()
        self._weights: object = None

    def clear(self) -> None:
        """Answer everything anew; what was known is kept until `settle`."""
        # Not thrown away: who cancels right after "Run again" gets back what was on the screen.
        self._former, self._cache = self._cache, LRUCache()

    def settle(self, restore: bool) -> None:
        """Let go of what was cleared, or take it back where nothing new has come."""
        if restore:
            self._cache.restore(self._former)
        self._former = LRUCache()

    def lookup(self, state: ContrastState, logits: Tensor) -> ContrastAnswer:
        """Return what is known already of a question about a picture with these logits (K,)."""
        true, runner_up = logits.topk(2).indices.tolist()
        probe = runner_up if state.probe is None else state.probe
        answer = ContrastAnswer(logits, true, probe, pair=self._with_morph(state, probe, "cdeepex"))
        if state.xgems:
            answer = replace(answer, rival=self._with_morph(state, probe, "xgems"))
        if state.all_classes:
            cached = {c: self._cache.get(_key(state, c, "cdeepex")) for c in answer.classes}
            answer = replace(answer, others={c: r for c, r in cached.items() if r is not None})
        for part in self._parts:
            key = part.key(self, state, answer)
            value = None if key is None else self._cache.get(key)
            if value is not None:
                answer = replace(answer, **{part.field: value})
        return answer

    def _with_morph(self, state: ContrastState, probe: int, method: str) -> PairResult | None:
        cached: PairResult | None = self._cache.get(_key(state, probe, method))
        # Asked among all classes a pair has no morph yet: that is drawn when somebody looks at it.
        return cached if cached is not None and cached.morph is not None else None

    def answer(self, state: ContrastState) -> Steps[ContrastAnswer]:
        """Answer the pair first, then what is wanted beside it; previews are answers so far."""
        # First of all: after training in a cell nothing that is cached is of this network.
        self._clear_if_changed()
        yield Progress(0, None, "asking the network")
        logits = self.model.logits(self.images[state.index][None])[0]
        answer = self.lookup(state, logits)
        # Shown before each part begins: nobody waits for the third to see the first.
        for step in (self._pair, self._rival, self._others):
            yield Progress(0, None, "", answer)
            answer = yield from step(state, answer)
        for part in self._parts:
            key = part.key(self, state, answer)
            if key is not None and not getattr(answer, part.field):
                yield Progress(0, None, "", answer)
                value = yield from part.steps(self, state, answer)
                self._cache.store(key, value)
                answer = replace(answer, **{part.field: value})
        return answer

    def _pair(self, state: ContrastState, answer: ContrastAnswer) -> Steps[ContrastAnswer]:
        if answer.pair is not None:
            return answer
        pair = yield from self._solve(state, answer, "cdeepex", lambda r: replace(answer, pair=r))
        return replace(answer, pair=pair)

    def _rival(self, state: ContrastState, answer: ContrastAnswer) -> Steps[ContrastAnswer]:
        if not state.xgems or answer.rival is not None:
            return answer
        rival = yield from self._solve(state, answer, "xgems", lambda r: replace(answer, rival=r))
        return replace(answer, rival=rival)

    def _solve(
        self,
        state: ContrastState,
        answer: ContrastAnswer,
        method: str,
        preview: Callable[[PairResult], ContrastAnswer],
    ) -> Steps[PairResult]:
        """Return the way to the boundary of one pair, with its morph."""
        key = _key(state, answer.probe, method)
        result: PairResult | None = self._cache.get(key)
        if result is None:
            began = time.perf_counter()

            # Made only where a preview is looked at: a search without a page draws no sketches.
            def sketch(contrast: Contrast) -> ContrastAnswer:
                pictures = run(self._morph(contrast, state, _SKETCH))
                seconds = time.perf_counter() - began
                return preview(PairResult(contrast, pictures, seconds, partial=True))

            def sketched(progress: Progress) -> Progress:
                note = f"searching by {method}"
                if progress.done == progress.total:  # the whole morph comes next
                    return progress.without_preview(note)
                return progress.map(sketch).noted(note)

            search = self.search(state, [answer.probe], method)
            contrast = yield from relay(search, sketched)
            result = PairResult(contrast, seconds=time.perf_counter() - began)
        if result.morph is None:
            # Past a boundary that was not reached there is nothing to be clear about.
            past = _PAST if result.contrast.converged[0] else 0
            pictures = yield from self._morph(result.contrast, state, past=past)
            result = replace(result, morph=pictures)
        self._cache.store(key, result)
        return result

    def _others(self, state: ContrastState, answer: ContrastAnswer) -> Steps[ContrastAnswer]:
        """Ask about the other classes; those not known yet are searched together."""
        if not state.all_classes:
            return answer
        others = dict(answer.others)
        unknown = [index for index in answer.classes if index not in others]
        if unknown:
            began = time.perf_counter()
            # Together, as pairs of one picture share batches of the generator and of the network.
            steps = self.search(state, unknown, "cdeepex")
            # The search previews a `Contrast`; what can be shown is the answer so far.
            contrasts = yield from relay(steps, lambda p: replace(p, preview=answer))
            seconds = (time.perf_counter() - began) / len(unknown)
            for at, index in enumerate(unknown):
                # Without a morph, which is drawn only when this class becomes the probe.
                others[index] = PairResult(contrasts[at], seconds=seconds)
                self._cache.store(_key(state, index, "cdeepex"), others[index])
        return replace(answer, others={index: others[index] for index in answer.classes})

    def scores(self, index: int) -> Tensor:
        """Return what the network says of a picture (K,), evaluated once."""
        model, image = self.model, self.images[index]
        scores: Tensor = model.derived(
            "scores of pictures", digest(image), lambda: model.logits(image[None])[0]
        )
        return scores

    def neighbours(self) -> Sequence[Tensor]:
        """Return pictures like these, behind whose windows prediction differences hide."""
        for pictures in (self.references, self.images):
            if pictures is not None and len(pictures) > 1:
                return pictures
        if not hasattr(self.generator, "sample"):
            return self.images
        # Seed 0, as the copied Python draws: the same neighbours give the same map.
        with eval_mode_of(self.generator), torch.no_grad():
            return list(self.generator.decode(self.generator.sample(SAMPLES, 0)).cpu())

    def examples(self, shape: Sequence[int]) -> Tensor:
        """Return pictures of all classes, as far as there are any, for the mean of each."""
        pictures = self.images
        # `Code._examples` decides likewise, or the copied Python would give other means.
        if self.references is not None and len(self.references) > len(self.images):
            pictures = list(self.references)
        elif hasattr(self.generator, "sample"):
            pictures = []
        if pictures:  # those that were added later may have another shape
            return torch.stack([each for each in pictures if each.shape == torch.Size(shape)])
        generator: Any = self.generator
        with eval_mode_of(generator), torch.no_grad():
            drawing: Tensor = generator.decode(generator.sample(EXAMPLES_DRAWN, 0))
            return drawing.cpu()

    def not_of(self, probe: int, images: Sequence[Tensor], shape: Sequence[int]) -> Tensor:
        """Return pictures (P, C, H, W) of a shape that the network does not find of a class."""
        alike = [image for image in images if image.shape == torch.Size(shape)]
        if not alike:
            return torch.empty(0, *shape, device="cpu")
        stacked = torch.stack(alike)
        return stacked[self.model.logits(stacked).argmax(1) != probe]

    def limits_for(self, images: Tensor) -> tuple[float, float] | None:
        """Return the generator's darkest and brightest value, where pictures keep to them."""
        limits: tuple[float, float] | None = getattr(self.generator, "limits", None)
        # Pictures beyond the generator's own range would be cut to it: then each keeps its own.
        if limits is None or float(images.min()) < limits[0] or float(images.max()) > limits[1]:
            return None
        return limits

    def key(self, state: ContrastState, probe: int, method: str) -> tuple[object, ...]:
        """Return under what a search is cached."""
        return _key(state, probe, method)

    def search_all(self, state: ContrastState, images: Tensor, probe: int) -> Steps[Contrast]:
        """Ask all pictures about one class."""
        others = self.references
        if others is not None:
            others = [each for each in others if each.shape == images.shape[1:]]
        settings = {name: getattr(state, name) for name in SEARCH}
        work = explain(self.model, self.generator, images, probe, references=others, **settings)
        return (yield from work)

    def search(self, state: ContrastState, probes: Sequence[int], method: str) -> Steps[Contrast]:
        """Ask one picture about some classes."""
        image = self.images[state.index]
        # They depend on neither probe nor method, and a GAN's take long to search.
        key = ("latents", state.index, state.seed)
        latents: Tensor | None = self._cache.get(key)
        if latents is None:
            latents = yield from encode(self.model, self.generator, image[None], state.seed)
            self._cache.store(key, latents)
        others = self.references
        if others is not None:
            # `explain` takes references of the image's shape only; those of a session may differ.
            others = [each for each in others if each.shape == image.shape]
        return (
            yield from explain(
                self.model,
                self.generator,
                image[None].repeat(len(probes), 1, 1, 1),
                probes,
                method=method,
                references=others,
                latents=latents.repeat_interleave(len(probes), 0),
                **{name: getattr(state, name) for name in SEARCH},
            )
        )

    def _morph(
        self, contrast: Contrast, state: ContrastState, frames: int = 33, past: int = 0
    ) -> Steps[Morph]:
        margin = state.margin
        return morph(self.model, self.generator, contrast, frames=frames, margin=margin, past=past)

    def _clear_if_changed(self) -> None:
        weights = self.weights()
        if weights != self._weights:
            self._cache, self._former = LRUCache(), LRUCache()
            self._weights = weights

    def weights(self) -> list[int]:
        """Return what changes when anything does that is asked."""
        # Anew, as writes through `.data` leave no trace but in the full hash.
        weights = [self.model.weights(anew=True), *self._generator_state()]
        if self.judge is not None:
            weights.append(self.judge.weights(anew=True))
        for column in self.columns.values():
            weights += column.weights()
        return weights

    def _generator_state(self) -> list[int]:
        """Return what changes when the generator does; of a stranger's, what it draws."""
        if isinstance(self.generator, nn.Module):
            return [fingerprint(self.generator)]
        attributes = getattr(self.generator, "__dict__", {}).values()
        modules = [fingerprint(part) for part in attributes if isinstance(part, nn.Module)]
        if modules:
            return modules
        with torch.no_grad():
            pictures = self.generator.decode(self.generator.encode(self.images[0][None]))
        # What nothing is known of is told by what it draws of one picture.
        return [hash(digest(pictures))]


def _key(state: ContrastState, probe: int, method: str) -> tuple[object, ...]:
    """Return under what a search is cached."""
    return state.index, probe, method, *(getattr(state, name) for name in SEARCH)
