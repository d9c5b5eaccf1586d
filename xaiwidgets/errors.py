"""The exceptions of xaiwidgets, one tree.

::

    XaiError                     everything that xaiwidgets raises on purpose
    ├── InputError (ValueError)      a value that cannot be used: named, with what is allowed
    ├── ModelError (RuntimeError)    the network threw, or answered in a form we cannot read
    ├── QueryError (ValueError)      a query that cannot be read; `.column` points at the place
    ├── CompositionError (ValueError)  operators that do not go together; `.rule` says why
    │   └── QueryCompositionError      the same in a query: also a QueryError
    ├── DataError (RuntimeError)     data or weights that are not on this machine
    └── Cancelled                    long work was stopped before it had a result
"""

from __future__ import annotations


class XaiError(Exception):
    """Base of all errors raised on purpose."""


class InputError(XaiError, ValueError):
    """A value that cannot be used; the message names it, what is allowed and what to do."""


class ModelError(XaiError, RuntimeError):
    """The network raised, or its output is not (batch, classes) of finite numbers."""


class QueryError(XaiError, ValueError):
    """A query that cannot be read.

    Attributes
    ----------
    text : str
        The query.
    column : int
        Offset into `text`, from 0, of the first character that does not fit.
    """

    def __init__(self, message: str, text: str, column: int) -> None:
        self.message, self.text, self.column = message, text, column
        # In one line, or the caret would stand under another one.
        line = text.replace("\n", " ").replace("\t", " ")
        # Not super(): the parents of a QueryCompositionError take different arguments.
        ValueError.__init__(self, f"{message}\n  {line}\n  {' ' * column}^")

    def __reduce__(self) -> tuple[type, tuple[str, str, int]]:
        # By its parts: an error of a worker is pickled, and made anew of the message alone it would
        # have neither place nor rule.
        return type(self), (self.message, self.text, self.column)


class CompositionError(XaiError, ValueError):
    """Operators that do not go together.

    Attributes
    ----------
    rule : str
        The rule of i-Algebra ("Compositions") that is broken.
    """

    def __init__(self, message: str, rule: str) -> None:
        self.message, self.rule = message, rule
        super().__init__(f"{message} ({rule})")

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.message, self.rule)


class QueryCompositionError(QueryError, CompositionError):
    """A query whose operators do not go together: both of its parents at once."""

    def __init__(self, message: str, rule: str, text: str, column: int) -> None:
        self.rule = rule
        QueryError.__init__(self, f"{message} ({rule})", text, column)

    def __reduce__(self) -> tuple[type, tuple[str, str, str, int]]:  # type: ignore[override]
        message = self.message.removesuffix(f" ({self.rule})")
        return type(self), (message, self.rule, self.text, self.column)


class DataError(XaiError, RuntimeError):
    """Data or weights that are not on this machine; the message says how to get them."""


class Cancelled(XaiError):  # noqa: N818  to be stopped on request is no error
    """Long work was stopped before it had a result; raised by those who wait for it."""
