"""`explain_text`: why this class and not that one, in other words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.checks import is_whole, whole
from xaiwidgets.contrast._explain import check_search, explain
from xaiwidgets.contrast._morph import FRAMES, morph
from xaiwidgets.contrast._pairs import check_probes, count_or_default
from xaiwidgets.contrast._soft_words import SentenceGenerator, TextGenerator
from xaiwidgets.contrast._text_result import TextContrast, concatenate_texts
from xaiwidgets.errors import InputError
from xaiwidgets.inference import outside_inference_mode
from xaiwidgets.sentences import Sentence, sentences_of
from xaiwidgets.text_network import TextNetwork
from xaiwidgets.work import Later, Progress, Steps, constantly, relay, work

# A `SentenceAutoEncoder` has all words of the vocabulary at each place, times as many frames.
_MOST = 60  # candidates of a place that a result keeps


@work
def explain_text(
    model: TextNetwork,
    generator: TextGenerator,
    sentences: str | Sequence[str],
    probes: int | str | Sequence[int | str | None] | None = None,
    *,
    pinned: Sequence[Sequence[int]] | None = None,
    frames: int = FRAMES,
    method: str = "cdeepex",
    margin: float = 0.0,
    tolerance: float = 0.05,
    max_steps: int | None = None,
    seed: int = 0,
    schedule: str = "default",
    starts: int | None = None,
) -> Steps[TextContrast]:
    """Answer "why is this sentence A and not B?" by the words that would have to give way.

    CDeepEx for text (Feghahati 2020, eq. 4.4, with the constraint on third classes of eq. 3.2): the
    nearest mixture of words that is as likely B as A, found by `explain` in a generator's latents.
    Nothing is added to what the generator draws: the start is its own sentence.

    Parameters
    ----------
    model : TextClassifier
    generator : WordField, SentenceAutoEncoder
        Anything with ``at(sentence, pinned)``, as `TextGenerator` says.
    sentences : str or sequence of P str
    probes : class, or sequence of P classes
        By number or name; one for all, or one for each sentence. None is the runner-up.
    pinned : sequence of P sequences of int, optional
        The places of words that must stay.
    frames : int
        Of the way from the sentence to the boundary, both included.
    method, margin, tolerance, max_steps, seed, schedule, starts
        As of `explain`. A generator that cannot sample is searched from the sentence alone.

    Yields
    ------
    Progress
        Sentences done; the preview is the `TextContrast` of those.

    Raises
    ------
    InputError
        If a probe is the predicted class, a sentence cannot be read, or a place does not exist.
    ModelError
        If the network or its gradient fails.

    Examples
    --------
    >>> from xaiwidgets import contrast, datasets, zoo
    >>> model = zoo.reviews()
    >>> field = contrast.WordField(
    ...     model.reader, model.embedding, datasets.reviews("train").sentences
    ... )
    >>> found = contrast.explain_text(model, field, "a very good film").run()
    >>> found.replaced()
    {'good': 'bad'}
    """
    texts = sentences_of(sentences)
    if not isinstance(model, TextNetwork):
        raise InputError(f"model is {type(model).__name__}; give a TextClassifier")
    if not callable(getattr(generator, "at", None)):
        kind = type(generator).__name__
        raise InputError(f"the generator is {kind}; give a WordField or a SentenceAutoEncoder")
    if not texts:
        raise InputError("there are no sentences; give at least one")
    _check_embedding(model, generator)
    read = [model.sentences.read(text) for text in texts]
    whole("frames", frames, 2)
    check_search(method, margin, tolerance, seed, schedule)
    for name, value in (("max_steps", max_steps), ("starts", starts)):
        count_or_default(name, value, 1)
    options: dict[str, Any] = {
        "method": method, "margin": margin, "tolerance": tolerance, "max_steps": max_steps,
        "seed": seed, "schedule": schedule, "starts": starts,
    }  # fmt: skip
    check_probes(model, probes, len(read))
    places = _checked_pins(pinned, read)
    listed: Sequence[Any] = probes if _is_list(probes) else [probes] * len(read)  # type: ignore[assignment]
    # Said at once, before the first sentence is searched.
    questions = [
        _Question(model, generator.at(sentence, pins), sentence, probe, frames, options)
        for sentence, pins, probe in zip(read, places, listed, strict=True)
    ]
    _check_predictions(model, questions)
    return outside_inference_mode(_explain_all(questions))


@dataclass(frozen=True)
class _Question:
    """One sentence, what is asked about it, and by which generator."""

    model: TextNetwork
    generator: SentenceGenerator
    sentence: Sentence
    probe: Any
    frames: int
    options: dict[str, Any]

    @property
    def tensor(self) -> Tensor:
        return self.model.sentences.embed(self.sentence.numbers)


def _explain_all(questions: Sequence[_Question]) -> Steps[TextContrast]:
    parts: list[TextContrast] = []
    for at, question in enumerate(questions):
        preview = Later(concatenate_texts, tuple(parts)) if parts else None
        report = Progress(at, len(questions), "looking for the boundary", preview)
        parts.append((yield from relay(_explain_one(question), constantly(report))))
    yield Progress(len(parts), len(parts), "", Later(concatenate_texts, tuple(parts)))
    return concatenate_texts(parts)


# The start is the generator's own sentence, so that Delta is 0, as section 4.3 drops it: embeddings
# plus a residual are no mixture of words. Eq. 4.4 (whose bracket is misplaced) has no third classes
# for want of any; where there are more than two, eq. 3.2's constraint holds here, too.
def _explain_one(question: _Question) -> Steps[TextContrast]:
    """Search the boundary from one sentence, and say in words what is there."""
    model, generator = question.model, question.generator
    first = model.log_probabilities(model.logits(question.tensor[None]).double())[0]
    true, probe = int(first.argmax()), _probe_number(model, question.probe, first)
    z0 = generator.encode(question.tensor[None])
    with torch.no_grad():
        start = generator.decode(z0)
    start_class = int(model.logits(start)[0].argmax())
    facts: dict[str, Any] = {"true": true, "probe": probe, "start_class": start_class}
    if start_class != true:
        # Its sentence is another one, of another class: there is no boundary on the way.
        positions = np.linspace(0, 1, question.frames)
        soft = model.log_probabilities(model.logits(start).double())
        scores = soft.float().numpy()[None].repeat(question.frames, 0)
        latents = z0[None].expand(question.frames, *z0.shape)
        facts |= {"converged": False, "distance": 0.0, "gradients": 0}
        return _answer(question, facts, positions, latents, scores)
    pair = yield from explain(model, generator, start, probe, latents=z0, **question.options)
    way = yield from morph(model, generator, pair, frames=question.frames)
    facts |= {
        name: getattr(pair, name)[0].item() for name in ("converged", "distance", "gradients")
    }
    shares = torch.from_numpy(way.positions).float().reshape(-1, *[1] * pair.start.ndim)
    latents = pair.start + shares * (pair.end - pair.start)
    return _answer(question, facts, way.positions, latents, way.log_likelihoods)


def _answer(
    question: _Question, facts: dict[str, Any], positions: Any, latents: Tensor, scores: Any
) -> TextContrast:
    """Return what was found for one sentence, as a result of one."""
    sentence = question.sentence
    with torch.no_grad():
        weights = question.generator.weights(latents[:, 0]).cpu()  # (F, T, k)
    candidates, weights = _heaviest(question.generator.candidates, weights)
    change = (weights[-1] - weights[0]).abs().sum(-1) / 2  # total variation
    numbers, hard = _real_words(question, candidates, weights, change, facts["probe"])
    words = np.array(question.model.reader.words)
    names = words[candidates.numpy()]
    names[:, 0] = sentence.words  # as written, where the vocabulary does not have it
    changed = (numbers != torch.tensor(sentence.numbers, device="cpu")).numpy()
    replacements = np.where(changed, words[numbers.numpy()], np.array(sentence.words))
    unknown = np.isin(np.arange(len(sentence)), sentence.unknown)
    numeric: dict[str, Any] = {name: np.array([value]) for name, value in facts.items()}
    numeric["distance"] = numeric["distance"].astype(np.float32)
    return TextContrast(
        **numeric,
        words=np.array([sentence.words]),
        candidates=names[None],
        positions=positions,
        weights=weights[:, None].float().numpy(),
        log_likelihoods=scores,
        sentence=(question.model.reader.written(replacements.tolist()),),
        replacements=replacements[None],
        hard_log_likelihoods=hard[None].float().numpy(),
        holds=np.array([int(hard.argmax()) == facts["probe"]]),
        changed=changed[None],
        change=change[None].float().numpy(),
        unknown=unknown[None],
    )


def _heaviest(candidates: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the candidates that weigh most somewhere on the way, the own word first."""
    if candidates.shape[1] <= _MOST:
        return candidates, weights
    most = weights.amax(0)
    most[:, 0] = torch.inf
    heaviest = most.topk(_MOST, dim=1).indices
    index = heaviest[None].expand(len(weights), -1, -1)
    return candidates.gather(1, heaviest), weights.gather(2, index)


def _real_words(
    question: _Question, candidates: Tensor, weights: Tensor, change: Tensor, probe: int
) -> tuple[Tensor, Tensor]:
    """Return the numbers of real words (T,), and the log-likelihoods of their sentence.

    Where most weight moves the own word gives way first, to the one that gains most, until the
    prediction is the probe; if it never is, the heaviest word stands at each place.
    """
    model, places = question.model, torch.arange(len(change), device="cpu")
    gain = weights[-1] - weights[0]
    gain[:, 0] = -torch.inf
    best = candidates[places, gain.argmax(1)]
    order = change.argsort(descending=True, stable=True)
    order = order[change[order] > 0]
    heaviest, start = candidates[places, weights[-1].argmax(1)], candidates[:, 0]
    # Row 0 is the fallback, row 1 the sentence as it is, and each after it has one word more.
    rows = [heaviest, start]
    for place in order:
        rows.append(torch.where(places == place, best, rows[-1]))
    scores = model.logits(torch.stack([model.sentences.embed(numbers) for numbers in rows]))
    flipped = (scores[1:].argmax(1) == probe).nonzero().flatten()
    chosen = int(flipped[0]) + 1 if len(flipped) else 0
    return rows[chosen], model.log_probabilities(scores[chosen].double())


def _check_embedding(model: TextNetwork, generator: TextGenerator) -> None:
    """Raise InputError where a generator has other embeddings than the network has now."""
    embedding = getattr(generator, "embedding", None)
    if isinstance(embedding, Tensor) and not (
        embedding.shape == model.embedding.shape and torch.equal(embedding.cpu(), model.embedding)
    ):
        raise InputError(
            "the generator's embeddings are not the network's; make it anew, of model.reader and "
            "model.embedding"
        )


def _probe_number(model: TextNetwork, probe: Any, scores: Tensor) -> int:
    if probe is None:
        return int(scores.topk(2).indices[1])
    return model.index(probe, len(scores))


def _check_predictions(model: TextNetwork, questions: Sequence[_Question]) -> None:
    """Raise InputError where the class asked about is the predicted one."""
    for at, question in enumerate(questions):
        if question.probe is None:
            continue
        scores = model.logits(question.tensor[None])[0]
        if int(scores.argmax()) == _probe_number(model, question.probe, scores):
            text = model.reader.written(question.sentence.words)
            raise InputError(
                f"sentence {at}, {text!r}, is predicted to be {model.label(int(scores.argmax()))!r}"
                ", which is also its probe; ask about another class"
            )


def _checked_pins(
    pinned: Sequence[Sequence[int]] | None, sentences: Sequence[Sentence]
) -> list[tuple[int, ...]]:
    if pinned is None:
        return [()] * len(sentences)
    if (
        not _is_list(pinned)
        or len(pinned) != len(sentences)
        or not all(isinstance(places, Iterable) for places in pinned)
    ):
        raise InputError(
            f"pinned is {pinned!r}; give a list of places for each of {len(sentences)} sentences, "
            "such as [[0]] for the first word of one"
        )
    for places, sentence in zip(pinned, sentences, strict=True):
        for place in places:
            if not is_whole(place) or place >= len(sentence):
                raise InputError(
                    f"pinned has {place!r}; the sentence has words 0 to {len(sentence) - 1}"
                )
    return [tuple(places) for places in pinned]


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
