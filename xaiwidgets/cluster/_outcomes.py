"""What comes of an item on a worker."""

from __future__ import annotations

import pickle
import traceback
from dataclasses import dataclass
from typing import Generic, TypeVar

from xaiwidgets.errors import XaiError

R = TypeVar("R")


@dataclass(frozen=True)
class Done(Generic[R]):
    """The item's result."""

    result: R


@dataclass(frozen=True)
class Failed:
    """What the function has raised for the item."""

    error: BaseException

    @classmethod
    def of(cls, error: Exception) -> Failed:
        """Return an error as it can travel: as it is, or its words where it cannot be pickled."""
        if not isinstance(error, XaiError):
            # Where in the function it was raised would be lost on the way.
            error.add_note("".join(traceback.format_exception(error)))
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # as many kinds as there are ways to write an exception
            return cls(XaiError(f"{type(error).__name__}: {error}"))
        return cls(error)


@dataclass(frozen=True)
class Undone:
    """The item is to be done again, or no more: its worker was stopped, or lost."""

    reason: str


Outcome = Done[R] | Failed | Undone
