"""What a widget has assumed of its networks, said on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from xaiwidgets.network import Network
from xaiwidgets.outputs import independent


@dataclass(frozen=True)
class Note:
    """Something that was assumed, because nobody has said it."""

    text: str
    hint: Annotated[str, "what follows from it, or what to say if it is not so"]


def notes_of(*networks: Network) -> tuple[Note, ...]:
    """Return what is assumed of networks that have answered, each note once."""
    # A rival that was given as a bare module as well says the same.
    return tuple(dict.fromkeys(note for network in networks for note in _notes(network)))


def _notes(network: Network) -> Iterator[Note]:
    if network.divides_pixels:
        yield Note(
            "no preprocessing given: pixels / 255, uncropped, not normalised",
            "If the network was trained on other inputs, give Classifier(net, preprocess=...).",
        )
    if network.output_assumed and (network.divides_pixels or network.output != "logits"):
        yield Note(
            f"scores taken for {network.output}",
            "Found out from the first answer; if they are something else, say it: "
            "Classifier(net, output=...).",
        )
    if independent(network.output):
        yield Note(
            "labels: each on its own",
            "Each label is a yes or no of its own, several may hold: their probabilities need not "
            "sum to 100 %.",
        )
