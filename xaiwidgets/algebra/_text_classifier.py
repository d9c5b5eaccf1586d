"""`TextClassifier`: a network of sentences that can be asked why."""

from __future__ import annotations

from typing import Any

from xaiwidgets.adapters import load_text_transformer
from xaiwidgets.algebra._classifier import ExplainableNetwork
from xaiwidgets.text_network import TextNetwork


class TextClassifier(TextNetwork, ExplainableNetwork):
    """A network of sentences; calling it with one asks a question of i-Algebra.

    Players are words, windows ``[0:1, first:last]`` are spans of words, and what is absent or
    erased is an embedding of zeros: the padding of most networks. For others, give
    ``baseline=model.sentences.without(sentence)``, which has masks. What it takes is said at
    `TextNetwork`.

    Examples
    --------
    >>> from xaiwidgets import zoo
    >>> model = zoo.reviews()
    >>> found = model("a very good film").explain()
    >>> found.words[int(found.cells.argmax())]
    'good'
    """

    @classmethod
    def from_transformers(cls, name: str, /, **options: Any) -> TextClassifier:
        """Return a sentence classifier of transformers by name or folder, with its tokenizer."""
        net, tokenizer = load_text_transformer(name)
        return cls(net, tokenizer, **options)
