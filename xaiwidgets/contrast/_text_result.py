"""`TextContrast`: which words must give way, and to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.figures import figure, png

# Their first axis is the frame, and the second the sentence.
_FRAMED = ("weights", "log_likelihoods")


@dataclass(frozen=True, eq=False, repr=False)
class TextContrast:
    """Why not the probe class? For P sentences of at most T words, with k candidates each.

    Shorter sentences are filled up with "" and weights of 0.

    Attributes
    ----------
    true, probe : (P,) ints
        The class predicted for the sentence, and that asked about.
    start_class : (P,) ints
        That predicted where the generator begins. Where it is not `true`, the generator's sentence
        is another one, and there is no way to the boundary.
    words : (P, T) str
        Of the sentences.
    candidates : (P, T, k) str
        What may stand in their places; the first is the sentence's own word.
    positions : (F,) float64
        How far along the way each frame is: 0 the start, 1 the boundary.
    weights : (F, P, T, k) float32
        How much each candidate weighs at each frame.
    log_likelihoods : (F, P, K) float32
        Of all classes, for the mixtures of words.
    sentence : tuple of P str
        Real words: places that change most take the word that gains most, one after the other,
        until the prediction is the probe. Where it never is, the heaviest word at each place.
    replacements : (P, T) str
        The words of that sentence.
    hard_log_likelihoods : (P, K) float32
        Of all classes, for the sentence of real words.
    holds : (P,) bool
        Whether the sentence of real words is predicted to be the probe.
    changed : (P, T) bool
        Which words differ in it.
    change : (P, T) float32
        How much weight goes over to other words on the way to the boundary, from 0 to 1.
    converged : (P,) bool
        Whether the boundary was reached.
    distance : (P,) float32
        From start to end in the generator's latents.
    gradients : (P,) ints
        Gradients of the network that were asked for.
    unknown : (P, T) bool
        Which words the network does not know: all are one word to it.
    """

    true: NDArray[np.int64]
    probe: NDArray[np.int64]
    start_class: NDArray[np.int64]
    words: NDArray[np.str_]
    candidates: NDArray[np.str_]
    positions: NDArray[np.float64]
    weights: NDArray[np.float32]
    log_likelihoods: NDArray[np.float32]
    sentence: tuple[str, ...]
    replacements: NDArray[np.str_]
    hard_log_likelihoods: NDArray[np.float32]
    holds: NDArray[np.bool_]
    changed: NDArray[np.bool_]
    change: NDArray[np.float32]
    converged: NDArray[np.bool_]
    distance: NDArray[np.float32]
    gradients: NDArray[np.int64]
    unknown: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.probe)

    def __repr__(self) -> str:
        reached, held = int(self.converged.sum()), int(self.holds.sum())
        return f"TextContrast({reached} of {len(self)} reached, {held} hold in real words)"

    def __getitem__(self, pair: int) -> TextContrast:
        """Return one sentence, as a TextContrast of one."""
        at = range(len(self))[pair]  # IndexError where there is none
        pairs = slice(at, at + 1)
        parts: dict[str, Any] = {}
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if name != "positions":
                value = value[:, pairs] if name in _FRAMED else value[pairs]
            parts[name] = value
        return TextContrast(**parts)

    @property
    def most_changed(self) -> tuple[str, ...]:
        """The word of each sentence that gives way most."""
        places = self.change.argmax(1)
        return tuple(str(words[at]) for words, at in zip(self.words, places, strict=True))

    def replaced(self, pair: int = 0) -> dict[str, str]:
        """Return the words that differ in the sentence of real words, and what stands there."""
        where = self.changed[pair]
        pairs = zip(self.words[pair][where], self.replacements[pair][where], strict=True)
        return {str(old): str(new) for old, new in pairs}

    def plot(self, pairs: int = 4, classes: Sequence[str] | None = None) -> Any:
        """Draw how much of each word gives way in the first sentences, and to which word."""
        count = min(pairs, len(self))
        canvas = figure(7.5, 1.9 * count)
        for row, axes in enumerate(canvas.subplots(count, 1, squeeze=False)[:, 0]):
            length = int((self.words[row] != "").sum())
            axes.bar(range(length), self.change[row, :length], color="#3b6fb6")
            labels = [
                f"{old}\n→ {new}" if changed else f"{old}\n"
                for old, new, changed in zip(
                    self.words[row], self.replacements[row], self.changed[row], strict=True
                )
            ][:length]
            axes.set_xticks(range(length), labels, fontsize="small")
            axes.set(ylim=(0, 1), ylabel="gives way")
            true, probe = (
                f"class {number}" if classes is None else classes[number]
                for number in (self.true[row], self.probe[row])
            )
            end = "" if self.holds[row] else f"; in real words still {true}"
            axes.set_title(f"{true}: why not {probe}?{end}", fontsize="medium")
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())


def concatenate_texts(parts: Sequence[TextContrast]) -> TextContrast:
    """Return the sentences of several results of equally many frames as one."""
    length = max(part.words.shape[1] for part in parts)
    depth = max(part.weights.shape[3] for part in parts)

    def filled(array: NDArray[Any], axes: dict[int, int]) -> NDArray[Any]:
        spaces = [(0, axes.get(axis, size) - size) for axis, size in enumerate(array.shape)]
        # No word, and no weight: sums over places and candidates stay what they are.
        nothing: Any = "" if array.dtype.kind == "U" else 0
        return np.pad(array, spaces, constant_values=nothing)

    values: dict[str, Any] = {"positions": parts[0].positions}
    sizes: dict[str, dict[int, int]] = {
        name: {1: length} for name in ("words", "replacements", "changed", "change", "unknown")
    }
    sizes |= {"candidates": {1: length, 2: depth}, "weights": {2: length, 3: depth}}
    for name in (field.name for field in fields(TextContrast) if field.name != "positions"):
        pieces = [getattr(part, name) for part in parts]
        if name == "sentence":
            values[name] = tuple(text for piece in pieces for text in piece)
            continue
        pieces = [filled(piece, sizes.get(name, {})) for piece in pieces]
        values[name] = np.concatenate(pieces, axis=1 if name in _FRAMED else 0)
    return TextContrast(**values)
