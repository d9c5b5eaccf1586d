"""What follows from a network's weights: kept until they change, and never longer."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from torch import Tensor, nn

from xaiwidgets.fingerprint import stamp, take_fingerprint
from xaiwidgets.optimize import deviation

T = TypeVar("T")

Derived = dict[tuple[str, Hashable], Any]
"""What follows from certain weights, by its kind and what else it depends on."""

_CHANGED = 1e-4
"""By which share of their range logits differ that are not the same but for rounding."""


_LOOKED_AT: ContextVar[dict[Derivation, int] | None] = ContextVar("looked at", default=None)


@contextmanager
def looked_at_once() -> Iterator[None]:
    """Take all weights for what they are when they are first looked at inside.

    For what is done in one go: to look takes as long as a small network's answer.
    """
    token = _LOOKED_AT.set({})
    try:
        yield
    finally:
        _LOOKED_AT.reset(token)


class Derivation:
    """The hash of a network, and all that was derived while it was as it is.

    Called, it is the one memory of such things: the private copy, the twin, layers, probes, ...

    A hash tells whether a network is still the same only if all that it computes with could be
    looked into. Where that is not so (it reads a file, or holds an object of C) it is asked at the
    beginning of each job about a picture whose answer is known, and another answer counts as other
    weights. All other networks are spared that evaluation, so that what is remembered is quick.
    """

    def __init__(self, net: nn.Module) -> None:
        self._net = net
        self._stamp: object = None
        self._code, self._complete = 0, True
        self._changes = 0
        self._witness: tuple[int, Tensor, Tensor] | None = None
        self._derived: tuple[int, Derived] = 0, {}

    @property
    def identity(self) -> object:
        """What stands for this network, and for no other one, as part of a key.

        A `forward` may use what no hash of the weights sees, so that networks never share answers.
        A reference: whoever keeps it does not keep the network alive.
        """
        return weakref.ref(self._net)

    def weights(self, ask: Callable[[], tuple[Tensor, Tensor] | None] | None = None) -> int:
        """Return a hash of what the network computes with, as it is now.

        Taken again only when a tensor, setting or hook has changed visibly, which is looked up in
        a hundredth of the time; or with `ask`, which returns a picture and a new copy's answer.
        """
        looked_at = _LOOKED_AT.get()
        if looked_at is not None and ask is None and self in looked_at:
            return looked_at[self]
        now = stamp(self._net)
        if ask is not None or self._stamp != now:
            self._stamp = now
            self._code, self._complete = take_fingerprint(self._net)
            if ask is not None and not self._complete:
                self._compare(ask())
        code = self._code ^ (self._changes * 0x9E3779B1 & 0xFFFFFFFF)
        if looked_at is not None:
            looked_at[self] = code
        return code

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled and copied: not what can be derived anew."""
        return vars(Derivation(self._net))

    def __call__(self, kind: str, key: Hashable, make: Callable[[], T], *, anew: bool = False) -> T:
        """Return what follows from the weights as they are now, made when it is first needed.

        Parameters
        ----------
        kind, key : str, hashable
            What it is, and what it depends on besides the weights.
        anew : bool
            Make it again although it is there.
        """
        derived = self.now()
        if anew or (kind, key) not in derived:
            derived[kind, key] = make()
        value: T = derived[kind, key]
        return value

    def forget(self) -> None:
        """Drop all that was derived."""
        self._derived = self._derived[0], {}

    def now(self) -> Derived:
        """Return what has been derived from the weights as they are now, which are looked at."""
        weights = self.weights()
        if self._derived[0] != weights:
            self._derived = weights, {}
        return self._derived[1]

    def _compare(self, answer: tuple[Tensor, Tensor] | None) -> None:
        if answer is None:
            return
        picture, logits = answer
        before, self._witness = self._witness, (self._code, picture, logits)
        if before is None or before[0] != self._code or before[1] is not picture:
            return
        same = before[2].shape == logits.shape
        if not same or deviation(logits, before[2]) > _CHANGED:
            self._changes += 1
