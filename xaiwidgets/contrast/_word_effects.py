"""The trivial answers beside a contrast of text: what a word does by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from xaiwidgets.contrast._latent_objective import Likelihoods, gradient
from xaiwidgets.inference import outside_inference_mode, undisturbed
from xaiwidgets.text_network import TextNetwork
from xaiwidgets.work import Progress, Steps, work


@dataclass(frozen=True, eq=False)
class WordEffects:
    """What each word adds to the gap log-likelihood(true) - log-likelihood(probe) of a sentence.

    Attributes
    ----------
    words : tuple of T str
    leave_one_out : (T,) float32
        The gap, less that without the word. Exact where the network adds up its words.
    gradient : (T,) float32
        The gradient of the gap times the embedding: the same where the network is linear.
    """

    words: tuple[str, ...]
    # The thesis's own classifier (section 4.3.1) adds up its words: there this is exact, and a
    # contrast of text has to say more than it.
    leave_one_out: NDArray[np.float32]
    gradient: NDArray[np.float32]

    @property
    def strongest(self) -> tuple[str, str]:
        """The word that adds most, by either."""
        return (
            self.words[int(self.leave_one_out.argmax())],
            self.words[int(self.gradient.argmax())],
        )


@work
def word_effects(
    model: TextNetwork, sentence: str, probe: int | str | None = None
) -> Steps[WordEffects]:
    """Compute what each word of a sentence adds to its class and not to the probe.

    Parameters
    ----------
    model : TextClassifier
    sentence : str
    probe : class, optional
        By default the runner-up.

    Raises
    ------
    InputError, ModelError

    Examples
    --------
    >>> from xaiwidgets import zoo
    >>> word_effects(zoo.reviews(), "a very good film").run().strongest
    ('good', 'good')
    """
    model.sentences.read(sentence)
    if probe is not None:
        model.index(probe)
    return outside_inference_mode(_effects(model, sentence, probe))


def _effects(model: TextNetwork, text: str, probe: int | str | None) -> Steps[WordEffects]:
    model.weights(anew=True)
    sentences, likelihoods = model.sentences, Likelihoods.of(model)
    sentence = sentences.read(text)
    places = range(len(sentence))
    batch = torch.stack(
        [sentences.embed(sentence.numbers), *(sentences.without(text, [p]) for p in places)]
    )
    scores = model.log_probabilities(model.logits(batch).double())
    true = int(scores[0].argmax())
    other = (
        int(scores[0].topk(2).indices[1]) if probe is None else model.index(probe, len(scores[0]))
    )
    gaps = scores[:, true] - scores[:, other]
    yield Progress(1, 2, "one word less")
    inputs = batch[:1].clone().requires_grad_()
    with undisturbed(likelihoods.network.net), torch.enable_grad():
        answer = likelihoods(inputs)[0]
        slopes = gradient(answer[true] - answer[other], inputs)
    # Of what the word adds to the place without it, as leaving it out is.
    absent = sentences.without(text)
    shares = (slopes[0] * (batch[0] - absent)).sum((0, 1))
    return WordEffects(
        sentence.words,
        (gaps[0] - gaps[1:]).float().numpy(),
        shares.detach().float().numpy(),
    )
