"""What can be asked in a TextContrastExplorer, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import Ranking
from xaiwidgets.widgets.schema import setting

_SEARCHED = "How it is searched"


@dataclass(frozen=True)
class TextContrastState:
    """Why is this sentence not of the probe class? And which words must stay."""

    sentence: str = setting("", doc="The sentence that is asked about.")
    probe: int | None = setting(
        None,
        by_name=True,
        doc="The class asked about (a name is taken, too); None is the runner-up.",
    )
    pinned: tuple[int, ...] = setting((), least=0, doc="The places of words that must stay.")
    position: float = setting(
        1.0,
        least=0,
        most=1,
        page_only=True,
        doc="The scrubber: 0: the sentence, 1: the boundary.",
    )
    tolerance: float = setting(
        0.05,
        least=1e-4,
        most=10,
        label="Equal up to",
        unit="nats",
        group=_SEARCHED,
        doc="Tolerance: how near to equally likely is enough, in log-likelihood.",
    )
    max_steps: int | None = setting(
        None,
        least=1,
        label="Most steps",
        empty="automatic",
        group=_SEARCHED,
        doc="max_steps of the search; automatic (None): 60.",
    )


@dataclass(frozen=True)
class ShownWord:
    """A word of the sentence."""

    text: str
    is_known: Annotated[bool, "whether the network knows it"]
    special: Annotated[bool, "whether the tokenizer has added it"]


@dataclass(frozen=True)
class ShownTextContrast:
    """The way from the sentence to the boundary between its class and another."""

    true: int
    probe: int
    true_label: str
    probe_label: str
    # Words have no residual as pictures do: the way may start at a sentence of another class.
    start_label: Annotated[str, "what the network says of the generator's own sentence"]
    positions: Annotated[NDArray[np.float32], "0: the sentence, 1: the boundary"]
    candidates: Annotated[tuple[tuple[str, ...], ...], "of each word, the own one first"]
    weights: Annotated[NDArray[np.float32], "(frames, words, candidates)"]
    log_likelihoods: Annotated[NDArray[np.float32], "(frames, classes), of mixtures of words"]
    sentence: Annotated[str, "of real words"]
    replacements: tuple[str, ...]
    changed: tuple[bool, ...]
    change: Annotated[tuple[float, ...], "how much weight goes over to other words"]
    hard_label: str
    hard_probability: float
    # At the boundary each word is a mixture: what can be written down has to be asked anew.
    holds: Annotated[bool, "whether the sentence of real words is of the probe class"]
    converged: bool
    distance: float
    gradients: int
    seconds: float
    device: str


@dataclass(frozen=True)
class ShownEffects:
    """What each word adds to the class and not to the probe, in log odds."""

    leave_one_out: tuple[float, ...]
    gradient: tuple[float, ...]


@dataclass(frozen=True)
class AskedSentence:
    """A question that was answered."""

    sentence: str
    probe: int
    pinned: tuple[int, ...]
    title: str
    answer: str


@dataclass(frozen=True)
class TextContrastOutput:
    """What a TextContrastExplorer shows."""

    classes: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    sentences: Annotated[tuple[str, ...], "to choose from"] = ()
    words: tuple[ShownWord, ...] = ()
    prediction: Ranking | None = None
    contrast: ShownTextContrast | None = None
    effects: ShownEffects | None = None
    questions: tuple[AskedSentence, ...] = ()
