"""The TextContrastExplorer: a sentence, what would have to give way in it, and other words."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from xaiwidgets.checks import nearest
from xaiwidgets.contrast import TextContrast, TextGenerator, explain_text, word_effects
from xaiwidgets.errors import InputError
from xaiwidgets.sentences import Sentence, sentences_of
from xaiwidgets.text_network import TextNetwork
from xaiwidgets.widgets.base import Run, Widget, command
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.pictures import ranking
from xaiwidgets.widgets.schema import place
from xaiwidgets.widgets.text._output import (
    TextAnswer,
    shown_effects,
    shown_text_contrast,
    shown_words,
    with_asked,
)
from xaiwidgets.widgets.text._state import AskedSentence, TextContrastOutput, TextContrastState
from xaiwidgets.widgets.uploads import read_lines
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.work import Progress, Steps, relay

_CLASSES = 12  # that are listed: the likeliest


class TextContrastExplorer(Widget[TextContrastState, TextAnswer], output=TextContrastOutput):
    """Ask a network of sentences why it says A and not B, by hand (Feghahati 2020, chapter 4).

    Parameters
    ----------
    model : TextClassifier
    generator : WordField or SentenceAutoEncoder
        Made of the network's words and embeddings.
    sentences : str or sequence of str
        What to ask about at first, and to choose from; others are typed.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError
        At once, if a sentence cannot be read or the generator does not fit the network.
    traitlets.TraitError
        If a state is not allowed; the message says what is.

    Examples
    --------
    >>> from xaiwidgets import contrast, datasets, zoo
    >>> model, corpus = zoo.reviews(), datasets.reviews("train").sentences
    >>> field = contrast.WordField(model.reader, model.embedding, corpus)
    >>> explorer = TextContrastExplorer(model, field, "a very good film")
    >>> explorer.run().wait().contrast
    TextContrast(1 of 1 reached, 1 hold in real words)
    """

    _esm = bundle("text.js")
    _css = bundle("xai.css")

    def __init__(
        self,
        model: TextNetwork,
        generator: TextGenerator,
        sentences: str | Sequence[str],
        **settings: Any,
    ) -> None:
        texts = list(dict.fromkeys(sentences_of(sentences)))  # in their order, each once
        if not texts:
            raise InputError("sentences is empty; give at least one")
        # What does not fit is said at once.
        explain_text(model, generator, texts)
        self._model, self._generator, self._sentences = model, generator, texts
        self._questions: tuple[AskedSentence, ...] = ()
        scores = self._scores(texts[0])
        super().__init__(
            {"sentence": texts[0], **settings},
            classes=[model.label(index) for index in range(len(scores))],
            notes=notes_of(model),
            sentences=texts,
        )
        self.run()

    # State

    def settle(self, state: TextContrastState, changed: Collection[str]) -> TextContrastState:
        """Read the sentence; take the probe by its name, too."""
        sentence, scores = self._model.sentences.read(state.sentence), self._scores(state.sentence)
        # They are places of another sentence.
        if "sentence" in changed and "pinned" not in changed:
            state = replace(state, pinned=())
        for each in state.pinned:
            place("pinned", each, len(sentence), "words")
        if state.probe is None:
            return state
        state = replace(state, probe=self._model.index(state.probe, len(scores)))
        if state.probe != int(scores.argmax()):
            return state
        if "probe" in changed and not self._settling:
            raise InputError(
                f"the sentence is predicted to be {self._model.label(state.probe)!r}, which is "
                "also the probe; ask about another class"
            )
        # The new sentence is predicted to be the probe: then the runner-up is asked about.
        return replace(state, probe=None)

    def _scores(self, text: str) -> Tensor:
        """Return the class scores (K,) of a sentence, which a gesture asks for several times."""
        model = self._model
        # By weights: after training in a cell the sentence is asked about anew.
        scores: Tensor = model.derived("scores", text, lambda: model.logits_of([text])[0])
        return scores

    def python(self, state: TextContrastState) -> str:
        """Return the lines of Python that compute what is shown."""
        names, missing = variables({"model": self._model, "generator": self._generator})
        model = names["model"]
        probe = state.probe
        if probe is None:
            probe = int(self._scores(state.sentence).topk(2).indices[1])
        options = f", pinned=[{list(state.pinned)}]" if state.pinned else ""
        usual = TextContrastState()
        for name in ("tolerance", "max_steps"):
            value = getattr(state, name)
            options += "" if value == getattr(usual, name) else f", {name}={value!r}"
        return "\n".join(
            [
                *assumption(missing, "TextContrastExplorer"),
                "from xaiwidgets import contrast",
                "",
                f"sentence, probe = {state.sentence!r}, {probe}",
                f"effects = contrast.word_effects({model}, sentence, probe).run()",
                f"contrast.explain_text({model}, {names['generator']}, sentence, probe{options})"
                ".run()",
            ]
        )

    # Work

    def run(self) -> Run[TextAnswer]:
        """Answer the question; `.wait()` blocks until it is."""
        with self._lock, self.hold_sync():
            state = self.state
            scores = self._scores(state.sentence)
            target = state.probe
            if target is None:
                target = int(scores.topk(2).indices[1])
            # The page shows none by now, and so does `result`: the last one is of another sentence.
            self._answer = None
            self.publish(
                words=shown_words(self._model.sentences.read(state.sentence)),
                prediction=ranking(self._model, scores, target, _CLASSES),
                contrast=None,
                effects=None,
                code=self.python(state),
            )
            return super().run()

    def steps(self, state: TextContrastState) -> Steps[TextAnswer]:
        """Search the boundary, then ask what each word does by itself."""
        began = time.perf_counter()
        yield Progress(0, 2, "words that could stand there")
        search = explain_text(
            self._model,
            self._generator,
            state.sentence,
            state.probe,
            pinned=[state.pinned],
            tolerance=state.tolerance,
            max_steps=state.max_steps,
        )
        contrast = yield from relay(search, lambda _: Progress(0, 2, "looking for the boundary"))
        answer = TextAnswer(contrast, seconds=time.perf_counter() - began)
        # The answer is shown by now: what stands beside it must not hold it up.
        report = Progress(1, 2, "one word less", answer)
        beside = word_effects(self._model, state.sentence, int(contrast.probe[0]))
        effects = yield from relay(beside, lambda _: report)
        return replace(answer, effects=effects)

    def show(
        self, state: TextContrastState, answer: TextAnswer, final: bool
    ) -> Mapping[str, Any] | None:
        """Return the way to the boundary, and the question among those that were asked."""
        contrast = answer.contrast
        self._questions = with_asked(
            self._questions, self._model, state.sentence, state.pinned, contrast
        )
        return {
            "contrast": shown_text_contrast(self._model, answer),
            "effects": shown_effects(answer.effects),
            "questions": self._questions,
        }

    @property
    def result(self) -> TextContrast | None:
        """The sentence's contrast, as `contrast.explain_text` returns it."""
        answer: TextAnswer | None = super().result
        return None if answer is None else answer.contrast

    # By hand

    @command("ask")
    def ask(self, sentence: str, pinned: Sequence[int] = (), probe: Any = None) -> Run[TextAnswer]:
        """Ask about another sentence, and which words of it must stay.

        Raises
        ------
        InputError
            If it cannot be read; then all stays as it is.
        """
        with self._lock:
            state = replace(self.state, sentence=sentence, pinned=tuple(pinned), probe=probe)
            # As a whole: alone, the pins would be checked against the words of the old sentence.
            self.become(self.settle(state, {"sentence", "pinned"}))
            return self.run()

    @command("add")
    def add_file(self, name: str, buffers: Any) -> dict[str, Any]:
        """Add the sentences of a text file, one a line, to those that can be chosen.

        Raises
        ------
        InputError
            If it is no text, or no line of it can be read.
        """
        new, notes = read_lines(name, buffers, self._model.sentences.read)
        with self._lock:
            self._sentences = list(dict.fromkeys([*self._sentences, *new]))
            self.publish(sentences=self._sentences)
            return {"name": name, "index": self._sentences.index(new[0]), "notes": notes}

    @command("impose")
    def impose(self, place: int, word: str) -> Run[TextAnswer]:
        """Put a word in the place of another, pin it there, and ask again.

        Raises
        ------
        InputError
            If there is no such place, or the network does not know the word.
        """
        with self._lock:
            sentence: Sentence = self._model.sentences.read(self.state.sentence)
            if place not in range(len(sentence)) or place in sentence.special:
                raise InputError(f"place is {place!r}; there are words 0 to {len(sentence) - 1}")
            if word not in self._model.sentences.reader.words:
                similar = nearest(str(word), list(self._model.sentences.reader.words))
                raise InputError(f"the network does not know {word!r}{similar}")
            words = [*sentence.words[:place], word, *sentence.words[place + 1 :]]
            # Pinned, or the next search would be free to change it back.
            pinned = sorted({*self.state.pinned, place})
            return self.ask(self._model.sentences.reader.written(words), pinned, self.state.probe)

    @command("again")
    def ask_again(self, number: int) -> Run[TextAnswer]:
        """Ask one of the questions again that were asked before, counted from the first shown."""
        with self._lock:
            if number not in range(len(self._questions)):
                raise InputError(
                    f"question {number!r} is not among the {len(self._questions)} asked"
                )
            question = self._questions[number]
            return self.ask(question.sentence, question.pinned, question.probe)
