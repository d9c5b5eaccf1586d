"""Contrastive questions and what answers them, piece by piece; knows no traits."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from xaiwidgets.contrast import (
    METHODS,
    Contrast,
    Generator,
    Morph,
    Subtraction,
    encode,
    eval_mode_of,
    explain,
    morph,
    subtract,
)
from xaiwidgets.network import Network
from xaiwidgets.optimize import fingerprint, raw
from xaiwidgets.widgets.keeping import Kept
from xaiwidgets.work import Progress, Steps, relay, run

MOST = 12
"""For how many classes "all classes" asks: the likeliest, and the probe."""

DRAWN = 64
"""Pictures that the generator draws where there is only one to compare with."""

_SKETCH = 9  # frames of a morph while the search is under way


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
        The same question about other classes.
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
        likeliest = [index for index in order if index != self.true][:MOST]
        return likeliest if self.probe in likeliest else [*likeliest[:-1], self.probe]


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
        model: Network,
        generator: Generator,
        images: Sequence[Tensor],
        references: Sequence[Tensor] | None = None,
    ) -> None:
        self.model, self.generator, self.images = model, generator, list(images)
        self.references = references
        if references is None and not hasattr(generator, "sample"):
            self.references = self.images
        self._kept = Kept()
        self._weights: object = None

    def forget(self) -> None:
        """Answer everything anew."""
        self._kept.clear()

    def known(self, asked: Asked, logits: Tensor) -> Answer:
        """Return what is known already of a question about a picture with these logits (K,)."""
        true, runner_up = logits.topk(2).indices.tolist()
        asked = replace(asked, probe=runner_up if asked.probe < 0 else asked.probe)
        answer = Answer(logits, true, asked.probe, pair=self._whole(asked, "cdeepex"))
        if asked.xgems:
            answer = replace(answer, rival=self._whole(asked, "xgems"))
        if asked.everyone:
            found = {c: self._kept.get(_key(asked, "cdeepex", c)) for c in answer.classes}
            answer = replace(answer, others={c: f for c, f in found.items() if f is not None})
        if asked.direct:
            answer = replace(answer, direct=self._kept.get(_key(asked, asked.direct)))
        return answer

    def _whole(self, asked: Asked, method: str) -> Found | None:
        found: Found | None = self._kept.get(_key(asked, method))
        return found if found is not None and found.morph is not None else None

    def answer(self, asked: Asked) -> Steps[Answer]:
        """Answer the pair first, then what is wanted beside it; previews are answers so far."""
        self._forget_if_changed()
        yield Progress(0, None, "asking the network")
        logits = self.model.private_logits(self.images[asked.index][None])[0]
        answer = self.known(asked, logits)
        asked = replace(asked, probe=answer.probe)
        for work in (self._pair, self._rival, self._everyone, self._directly):
            yield Progress(0, None, "", answer)
            answer = yield from work(asked, answer)
        return answer

    def _pair(self, asked: Asked, answer: Answer) -> Steps[Answer]:
        if answer.pair is not None:
            return answer
        found = yield from self._way(asked, "cdeepex", lambda f: replace(answer, pair=f))
        return replace(answer, pair=found)

    def _rival(self, asked: Asked, answer: Answer) -> Steps[Answer]:
        if not asked.xgems or answer.rival is not None:
            return answer
        found = yield from self._way(asked, "xgems", lambda f: replace(answer, rival=f))
        return replace(answer, rival=found)

    def _way(self, asked: Asked, method: str, shown: Callable[[Found], Answer]) -> Steps[Found]:
        """Return the way to the boundary of one pair, with its morph."""
        key = _key(asked, method)
        found: Found | None = self._kept.get(key)
        if found is None:
            began = time.perf_counter()

            def sketched(progress: Progress) -> Progress:
                seconds = time.perf_counter() - began

                def sketch(so_far: Contrast) -> Answer:
                    drawn = run(self._drawn(so_far, asked, _SKETCH))
                    return shown(Found(so_far, drawn, seconds, partial=True))

                return progress.map(sketch).noted(f"searching by {method}")

            search = self._search(asked, [asked.probe], method)
            contrast = yield from relay(search, sketched)
            found = Found(contrast, seconds=time.perf_counter() - began)
        if found.morph is None:
            found = replace(found, morph=(yield from self._drawn(found.contrast, asked)))
        self._kept.keep(key, found)
        return found

    def _everyone(self, asked: Asked, answer: Answer) -> Steps[Answer]:
        """Ask about the other classes; those not known yet are searched together."""
        if not asked.everyone:
            return answer
        found = dict(answer.others)
        unknown = [index for index in answer.classes if index not in found]
        if unknown:
            began = time.perf_counter()
            steps = self._search(asked, unknown, "cdeepex")
            contrasts = yield from relay(steps, lambda p: replace(p, preview=answer))
            seconds = (time.perf_counter() - began) / len(unknown)
            for at, index in enumerate(unknown):
                found[index] = Found(contrasts[at], seconds=seconds)
                self._kept.keep(_key(asked, "cdeepex", index), found[index])
        return replace(answer, others={index: found[index] for index in answer.classes})

    def _directly(self, asked: Asked, answer: Answer) -> Steps[Answer]:
        """Ask a direct method."""
        if not asked.direct or answer.direct is not None:
            return answer
        note = f"{asked.direct} of both classes"
        steps = subtract(
            self.model,
            self.images[asked.index][None],
            asked.probe,
            method=asked.direct,
            seed=asked.settings.seed,
            references=self.neighbours() if asked.direct == "pda" else None,
        )
        found = yield from relay(steps, lambda p: replace(p, note=note, preview=answer))
        self._kept.keep(_key(asked, asked.direct), found)
        return replace(answer, direct=found)

    def neighbours(self) -> Sequence[Tensor]:
        """Return pictures like these, behind whose windows prediction differences hide."""
        for some in (self.references, self.images):
            if some is not None and len(some) > 1:
                return some
        if not hasattr(self.generator, "sample"):
            return self.images
        with eval_mode_of(self.generator), torch.no_grad():
            return list(self.generator.decode(self.generator.sample(DRAWN, 0)).cpu())

    def _search(self, asked: Asked, probes: Sequence[int], method: str) -> Steps[Contrast]:
        image, seed = self.images[asked.index], asked.settings.seed
        key = ("latents", asked.index, seed)
        latents: Tensor | None = self._kept.get(key)
        if latents is None:
            latents = yield from encode(self.model, self.generator, image[None], seed)
            self._kept.keep(key, latents)
        others = self.references
        if others is not None:
            others = [one for one in others if one.shape == image.shape]
        return (
            yield from explain(
                self.model,
                self.generator,
                image[None].repeat(len(probes), 1, 1, 1),
                probes,
                method=method,
                references=others,
                latents=latents.repeat_interleave(len(probes), 0),
                **asked.settings.arguments(),
            )
        )

    def _drawn(self, contrast: Contrast, asked: Asked, frames: int = 33) -> Steps[Morph]:
        margin = asked.settings.margin
        return morph(self.model, self.generator, contrast, frames=frames, margin=margin)

    def _forget_if_changed(self) -> None:
        weights = [fingerprint(self.model.net), *self._generator_state()]
        if weights != self._weights:
            self.forget()
            self._weights = weights

    def _generator_state(self) -> list[int]:
        """Return what changes when the generator does; of a stranger's, what it draws."""
        if isinstance(self.generator, nn.Module):
            return [fingerprint(self.generator)]
        own = getattr(self.generator, "__dict__", {}).values()
        modules = [fingerprint(part) for part in own if isinstance(part, nn.Module)]
        if modules:
            return modules
        with torch.no_grad():
            drawn = self.generator.decode(self.generator.encode(self.images[0][None]))
        return [zlib.crc32(raw(drawn))]


def _key(asked: Asked, method: str, probe: int | None = None) -> tuple[object, ...]:
    """Return under what an answer is kept; a direct method knows of the settings the seed alone."""
    own = asked.settings if method in METHODS else asked.settings.seed
    return asked.index, asked.probe if probe is None else probe, method, own
