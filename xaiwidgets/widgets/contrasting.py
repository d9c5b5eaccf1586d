"""Contrastive questions and what answers them, piece by piece; knows no traits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from xaiwidgets.acceleration import fingerprint
from xaiwidgets.classifier import Classifier
from xaiwidgets.contrast import Contrast, Generator, Morph, Subtraction, explain, morph, subtract
from xaiwidgets.steps import Progress, Steps, relay, run

T = TypeVar("T")

MOST = 12
"""For how many classes "all classes" asks: the likeliest."""

_SKETCH = 9  # frames of a morph while the search is under way
_KEPT = 512  # answers that are remembered
_DRAWN = 64  # pictures that stand in for others where there is one only


@dataclass(frozen=True)
class Settings:
    """How to search: arguments of `contrast.explain`."""

    margin: float = 0.0
    tolerance: float = 0.05
    max_steps: int | None = None
    seed: int = 0
    schedule: str = "default"

    def arguments(self) -> dict[str, Any]:
        """Return them by name."""
        return dict(vars(self))


@dataclass(frozen=True)
class Asked:
    """Why is this picture not of the probe class (-1: the runner-up)? And what beside it."""

    index: int
    probe: int = -1
    everyone: bool = False
    xgems: bool = False
    direct: str = ""
    settings: Settings = Settings()


@dataclass(frozen=True)
class Found:
    """One pair's way to the boundary; `partial` while it is searched, without morph until drawn."""

    contrast: Contrast
    morph: Morph | None = None
    seconds: float = 0.0
    partial: bool = False


@dataclass(frozen=True)
class Answer:
    """What is known so far.

    Attributes
    ----------
    logits : Tensor (K,)
        Of the picture.
    true, probe : int
        The predicted class, and that asked about.
    pair, rival : Found or None
        By CDeepEx, and by xGEMs.
    others : mapping from class to Found
        The same question about every class.
    direct : Subtraction or None
        A direct method's answer.
    """

    logits: Tensor
    true: int
    probe: int
    pair: Found | None = None
    rival: Found | None = None
    others: Mapping[int, Found] = field(default_factory=dict)
    direct: Subtraction | None = None

    @property
    def classes(self) -> list[int]:
        """The classes that "all classes" asks about, the likeliest first."""
        order = self.logits.argsort(descending=True, stable=True).tolist()
        return [index for index in order if index != self.true][:MOST]


class Studio:
    """Answers questions about some pictures; what it has found is kept while nothing changes.

    Parameters
    ----------
    model : Classifier
    generator : Generator
    images : sequence of Tensor (C, H, W)
    references : sequence of Tensor, optional
        Where to look for pictures of the probe class; for generators that cannot draw any, `images`
        by default.
    """

    def __init__(
        self,
        model: Classifier,
        generator: Generator,
        images: Sequence[Tensor],
        references: Sequence[Tensor] | None = None,
    ) -> None:
        self.model, self.generator, self.images = model, generator, list(images)
        self.references = references
        if references is None and not hasattr(generator, "sample"):
            self.references = self.images
        self._known: dict[tuple[object, ...], Any] = {}
        self._weights: object = None

    def forget(self) -> None:
        """Answer everything anew."""
        self._known.clear()

    def answer(self, asked: Asked) -> Steps[Answer]:
        """Answer the pair first, then what is wanted beside it; previews are answers so far."""
        self._forget_if_changed()
        yield Progress(0, None, "asking the network")
        logits = self.model.private_logits(self.images[asked.index][None])[0]
        true, runner_up = logits.topk(2).indices.tolist()
        probe = runner_up if asked.probe < 0 else asked.probe
        answer = Answer(logits, true, probe)
        asked = replace(asked, probe=probe)
        yield Progress(0, None, "encoding", answer)
        pair = yield from self._pair(asked, "cdeepex", lambda f: replace(answer, pair=f))
        answer = replace(answer, pair=pair)
        yield Progress(1, 1, "", answer)
        if asked.xgems:
            rival = yield from self._pair(asked, "xgems", lambda f: replace(answer, rival=f))
            answer = replace(answer, rival=rival)
            yield Progress(1, 1, "", answer)
        if asked.everyone:
            others = yield from self._everyone(asked, answer)
            answer = replace(answer, others=others)
            yield Progress(len(others), len(others), "", answer)
        if asked.direct:
            answer = replace(answer, direct=(yield from self._directly(asked)))
        return answer

    def _pair(self, asked: Asked, method: str, shown: Callable[[Found], Answer]) -> Steps[Found]:
        """Return the way to the boundary of one pair, with its morph."""
        key = (asked.index, asked.probe, method, asked.settings)
        found: Found | None = self._known.get(key)
        if found is None:
            began = time.perf_counter()

            def sketched(progress: Progress) -> Progress:
                note, so_far = f"searching by {method}", progress.preview
                if so_far is None or progress.done == progress.total:
                    return replace(progress, note=note, preview=None)
                drawn = run(self._drawn(so_far, asked, _SKETCH))
                seconds = time.perf_counter() - began
                preview = shown(Found(so_far, drawn, seconds, partial=True))
                return replace(progress, note=note, preview=preview)

            contrast = yield from relay(self._search(asked, [asked.probe], method), sketched)
            found = Found(contrast, seconds=time.perf_counter() - began)
        if found.morph is None:
            found = replace(found, morph=(yield from self._drawn(found.contrast, asked)))
        return self._keep(key, found)

    def _everyone(self, asked: Asked, answer: Answer) -> Steps[dict[int, Found]]:
        """Return what is found for every class; those not known yet are searched together."""
        keys = {c: (asked.index, c, "cdeepex", asked.settings) for c in answer.classes}
        unknown = [index for index in keys if keys[index] not in self._known]
        if unknown:
            began = time.perf_counter()
            steps = self._search(asked, unknown, "cdeepex")
            contrasts = yield from relay(steps, lambda p: replace(p, preview=None))
            seconds = (time.perf_counter() - began) / len(unknown)
            for at, index in enumerate(unknown):
                self._keep(keys[index], Found(contrasts[at], seconds=seconds))
        return {index: self._known[key] for index, key in keys.items()}

    def _directly(self, asked: Asked) -> Steps[Subtraction]:
        """Return the contrast of a direct method."""
        key = (asked.index, asked.probe, asked.direct, asked.settings.seed)

        if key not in self._known:
            image, seed = self.images[asked.index][None], asked.settings.seed
            steps = subtract(
                self.model,
                image,
                asked.probe,
                method=asked.direct,
                seed=seed,
                references=self.neighbours() if asked.direct == "pda" else None,
            )
            noted = f"{asked.direct} of both classes"
            self._keep(
                key,
                (yield from relay(steps, lambda p: replace(p, note=noted, preview=None))),
            )
        found: Subtraction = self._known[key]
        return found

    def neighbours(self) -> Sequence[Tensor]:
        """Return pictures like these, behind whose windows prediction differences hide."""
        if self.references is not None and len(self.references) > 1:
            return self.references
        if len(self.images) > 1 or not hasattr(self.generator, "sample"):
            return self.images
        with torch.no_grad():
            return list(self.generator.decode(self.generator.sample(_DRAWN, 0)))

    def _search(self, asked: Asked, probes: Sequence[int], method: str) -> Steps[Contrast]:
        return explain(
            self.model,
            self.generator,
            self.images[asked.index][None].repeat(len(probes), 1, 1, 1),
            probes,
            method=method,
            references=self.references,
            **asked.settings.arguments(),
        )

    def _drawn(self, contrast: Contrast, asked: Asked, frames: int = 33) -> Steps[Morph]:
        margin = asked.settings.margin
        return morph(self.model, self.generator, contrast, frames=frames, margin=margin)

    def _keep(self, key: tuple[object, ...], found: T) -> T:
        self._known[key] = found
        while len(self._known) > _KEPT:
            self._known.pop(next(iter(self._known)))
        return found

    def _forget_if_changed(self) -> None:
        weights = [fingerprint(self.model.net)]
        if isinstance(self.generator, nn.Module):
            weights.append(fingerprint(self.generator))
        if weights != self._weights:
            self.forget()
            self._weights = weights
