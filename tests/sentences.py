"""A network of sentences so small that all can be worked out by hand."""

from __future__ import annotations

from typing import Any

import torch

from xaiwidgets import TextClassifier
from xaiwidgets.zoo import BagOfWords

WORDS = ["<pad>", "<unk>", "a", "very", "good", "bad", "film", "rather", "plot"]
SCORES = {"very": 0.5, "good": 2.0, "bad": -2.0, "rather": -0.25}
"""What each word adds to the log odds of "positive"; the others nothing."""

CORPUS = [
    "a very good film", "a rather bad film", "a good plot", "a bad plot", "a very bad film",
    "a rather good plot",
]  # fmt: skip


def linear_bag(**options: Any) -> TextClassifier:
    """Return a bag of words whose log odds are the sum of `SCORES`."""
    net = BagOfWords(len(WORDS), size=2)
    with torch.no_grad():
        net.embedding.weight.zero_()
        for word, score in SCORES.items():
            net.embedding.weight[WORDS.index(word), 0] = score
        # So that all words are told apart, by what the network does not look at.
        net.embedding.weight[1:, 1] = torch.arange(1.0, len(WORDS))
        net.linear.weight.copy_(torch.tensor([[-0.5, 0.0], [0.5, 0.0]]))
        net.linear.bias.zero_()
    return TextClassifier(net, WORDS, classes=["negative", "positive"], **options)
