"""A network of ours for rated sentences: a bag of words, as the thesis has it."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from xaiwidgets import files
from xaiwidgets.algebra import TextClassifier
from xaiwidgets.checks import whole
from xaiwidgets.datasets import RatedSentences
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError
from xaiwidgets.words import Vocabulary, words_of
from xaiwidgets.work import Progress, Steps, work
from xaiwidgets.zoo import shipped

_BATCH, _RATE, _DECAY, _UNREAD = 128, 3e-3, 0.3, 0.5


class BagOfWords(nn.Module):
    """The sum of the words' embeddings, then a linear layer (Feghahati 2020, 4.3.1).

    It is linear in the words: what leaving one out does is exactly what it has added.
    """

    def __init__(self, words: int, size: int = 32, classes: int = 2) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, size, padding_idx=0)
        self.linear = nn.Linear(size, classes)

    def forward(self, numbers: Tensor) -> Tensor:
        """Return logits (B, classes) of word numbers (B, T)."""
        # Padding has the number 0, whose embedding is 0: a longer batch changes no sentence.
        return cast(Tensor, self.linear(self.embedding(numbers).sum(1)))


def reviews(*, device: str | None = None, name: str = "f") -> TextClassifier:
    """Return a network that tells positive from negative sentences; its weights come along.

    The JSON file beside the weights has how it was trained on `datasets.reviews`, and its accuracy
    on the test sentences.

    Parameters
    ----------
    device : str, optional
        Where to evaluate, as for `Classifier`.
    name : str
        What queries call it.

    Examples
    --------
    >>> reviews().predict("a very good film").label
    'positive'
    """
    weights, about = files.read(shipped.WEIGHTS / "reviews.safetensors", BagOfWords.__name__)
    net = BagOfWords(len(about["words"]))
    net.load_state_dict(weights)
    vocabulary = Vocabulary(about["words"])
    return TextClassifier(
        net.eval(), vocabulary, classes=about["classes"], device=device, name=name
    )


@work
def fit_bag_of_words(
    data: RatedSentences, *, epochs: int = 10, least: int = 2, seed: int = 0
) -> Steps[TextClassifier]:
    """Train a `BagOfWords` on sentences; half of the words are unread at each step.

    Parameters
    ----------
    data : RatedSentences
    epochs : int
    least : int
        How often a word must come to be in the vocabulary.
    seed : int
        Draws the first weights, the order, and what is unread.

    Raises
    ------
    InputError
        If a setting cannot be used.

    Examples
    --------
    >>> from xaiwidgets import datasets
    >>> fit_bag_of_words(datasets.reviews("validation"), epochs=1).run()
    TextClassifier(EmbeddedNet, classes=2, device=cpu)
    """
    if not isinstance(data, RatedSentences) or len(data) == 0:
        raise InputError("data must be RatedSentences, such as datasets.reviews('train')")
    whole("epochs", epochs)
    whole("seed", seed, 0)
    vocabulary = Vocabulary.of_sentences(data.sentences, whole("least", least))
    return _fit(data, vocabulary, epochs, seed)


def _fit(
    data: RatedSentences, vocabulary: Vocabulary, epochs: int, seed: int
) -> Steps[TextClassifier]:
    # The user's random numbers go on as if none had been drawn.
    with torch.random.fork_rng(devices=[]), torch.device("cpu"):
        torch.default_generator.manual_seed(int(seed))
        net = BagOfWords(len(vocabulary))
    lines = [
        torch.tensor(vocabulary.numbers(words_of(text)), device="cpu") for text in data.sentences
    ]
    numbers = nn.utils.rnn.pad_sequence(lines, batch_first=True)
    labels = torch.from_numpy(data.labels)
    generator = seeded(seed)
    optimizer = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=_DECAY)
    for epoch in range(epochs):
        order = torch.randperm(len(labels), generator=generator, device="cpu")
        for rows in torch.split(order, _BATCH):
            shape = numbers[rows].shape
            # A word that is not read becomes padding, number 0, which the network leaves out: so it
            # must not lean on single words.
            read = torch.rand(shape, generator=generator, device="cpu") >= _UNREAD
            with torch.enable_grad():
                loss = nn.functional.cross_entropy(net(numbers[rows] * read), labels[rows])
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        yield Progress(epoch + 1, epochs, f"loss {float(loss.detach()):.3f}")
    optimizer.zero_grad()
    return TextClassifier(net.eval(), vocabulary, classes=data.classes)
