"""The same question to other networks, or through other generators: columns beside the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from xaiwidgets.algebra import Classifier
from xaiwidgets.contrast import Generator, check_generator
from xaiwidgets.errors import InputError, ModelError
from xaiwidgets.network import Network
from xaiwidgets.widgets.contrast._answer import BesidePart, Column, ContrastAnswer, Key
from xaiwidgets.widgets.contrast._session import ContrastSession
from xaiwidgets.widgets.contrast._state import ContrastState
from xaiwidgets.work import Progress, Steps, relay

Columns = Mapping[str, Any]
"""By name a network, a generator, or a pair of both."""


def columns_of(
    columns: Columns, first: ContrastSession, classes: Sequence[str]
) -> dict[str, ContrastSession]:
    """Return a session for each column; InputError if one cannot be asked the same."""
    if not isinstance(columns, Mapping):
        raise InputError("columns must be a mapping from a name to a network or a generator")
    sessions = {}
    for name, value in columns.items():
        model, generator = both(name, value, first.model, first.generator)
        if model is not first.model:
            check_same_classes(model, first.images[0], classes, f"columns[{name!r}]")
        # Only what was given: what the first session has made up need not suit another generator.
        others = first.references if first.has_others else None
        session = ContrastSession(model, generator, first.images, others)
        session.images = first.images  # the very list, to which pictures are added later
        sessions[str(name)] = session
    return sessions


def check_session(session: ContrastSession) -> Steps[None]:
    """Raise InputError if a generator does not fit its network, or the pictures."""
    # Generators refuse shapes, not pictures: one of each shape is enough.
    for image in {image.shape: image for image in session.images}.values():
        yield from check_generator(
            session.model, session.generator, image[None], references=session.references
        )


def both(name: str, value: Any, model: Network, generator: Generator) -> tuple[Network, Generator]:
    """Return network and generator of a column: what it does not name is the first one's."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], Network):
        return value[0], both(name, value[1], model, generator)[1]
    if isinstance(value, Network):
        return value, generator
    if isinstance(value, Generator):  # ours are modules, too
        return model, value
    if isinstance(value, nn.Module):
        return Classifier(value), generator
    raise InputError(
        f"columns[{name!r}] is {type(value).__name__}; give a network, a generator (encode and "
        "decode), or (Classifier, generator)"
    )


def check_same_classes(other: Network, image: Tensor, classes: Sequence[str], role: str) -> None:
    """Raise InputError unless another network takes such pictures, and has the same classes."""
    try:
        count = other.logits(image[None]).shape[1]
    except ModelError as error:
        shape = tuple(image.shape)
        raise InputError(
            f"{role} cannot be asked about the network's inputs of {shape}: {error}"
        ) from error
    names = [other.label(number) for number in range(count)]
    # A bare module has no names: as many numbers are taken for the same classes.
    unnamed = other.classes is None and count == len(classes)
    if not unnamed and names != list(classes):
        raise InputError(
            f"{role} has the classes {', '.join(names[:8])}, but the network "
            f"{', '.join(classes[:8])}; it must have the same, in the same order"
        )


def _key(session: ContrastSession, state: ContrastState, answer: ContrastAnswer) -> Key | None:
    if not session.columns or answer.pair is None or answer.pair.partial:
        return None
    return ("columns", session.key(state, answer.probe, "cdeepex"))


def _steps(
    session: ContrastSession, state: ContrastState, answer: ContrastAnswer
) -> Steps[tuple[Column, ...]]:
    """Ask each column why the picture is of this class, and not of the probe."""
    columns = []
    # The first one's probe, also where this network has another runner-up: one question for all.
    alone = replace(state, probe=answer.probe, xgems=False, all_classes=False)
    for name, column in session.columns.items():
        yield Progress(0, None, name, answer)
        logits = column.scores(state.index)
        pair = None
        # Of a picture that it finds of another class it would answer another question.
        if int(logits.argmax()) == answer.true:
            search = relay(
                column.answer(alone),
                lambda p, name=name: replace(p, note=name, preview=answer),  # type: ignore[misc]
            )
            pair = (yield from search).pair
        columns.append(Column(name, column.model, column.generator, logits, pair))
    return tuple(columns)


COLUMNS = BesidePart("columns", _key, _steps)
