"""What follows from a network's weights: kept until they change, and never longer."""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

from torch import Tensor, nn

from xaiwidgets.fingerprint import Traversal, stamp, take_fingerprint
from xaiwidgets.optimize import deviation
from xaiwidgets.work import Steps, each_step_inside

T = TypeVar("T")

Derived = dict[tuple[str, Hashable], Any]
"""What follows from certain weights, by its kind and what else it depends on."""

# Rewritten networks differed by less than 2e-6 in single precision, and by 2e-3 in bfloat16.
_CHANGED = 1e-4
"""By which share of their range logits differ that are not the same but for rounding."""

_STEADY_SECONDS = 0.2
"""For how long one piece of work takes weights for unchanged that it has looked at."""


class Looks:
    """When a piece of work has last looked at each network, and when at every number of it."""

    def __init__(self) -> None:
        self._times: dict[tuple[Derivation, bool], float] = {}

    def add(self, derivation: Derivation, *, thorough: bool) -> None:
        """Note that it has been looked at now."""
        self._times[derivation, thorough] = time.perf_counter()

    def are_fresh(self, derivation: Derivation, *, thorough: bool) -> bool:
        """Return whether it has been looked at, and as thoroughly, a moment ago."""
        earliest = time.perf_counter() - _STEADY_SECONDS
        return self._times.get((derivation, True), -math.inf) > earliest or (
            not thorough and self._times.get((derivation, False), -math.inf) > earliest
        )


_looks: ContextVar[Looks | None] = ContextVar("looks", default=None)


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
        self._traversal: Traversal | None = None
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
        Of steady weights (`steady_weights`) it is what it was a moment ago.
        """
        looks = _looks.get()
        if looks is not None and looks.are_fresh(self, thorough=ask is not None):
            return self._hash
        traversal = self._traversal
        if traversal is None or not traversal.is_current():
            traversal = self._traversal = Traversal(self._net)
        now = stamp(self._net, traversal)
        if ask is not None or self._stamp != now:
            self._code, self._complete = take_fingerprint(self._net, traversal, now)
            self._stamp = now  # last: another thread would take the former code for this one's
            if ask is not None and not self._complete:
                self._compare(ask())
        if looks is not None:
            looks.add(self, thorough=ask is not None)
        return self._hash

    @property
    def _hash(self) -> int:
        # Spread over all bits (2^64 divided by the golden ratio): counted changes never look like a
        # hash's own.
        return self._code ^ (self._changes * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)

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


class steady_weights:  # noqa: N801  a context, as contextlib names its own
    """Look at most five times a second whether weights have changed, on this thread.

    A gesture asks some thirty times, at 8 ms each for an EfficientNet. What changes them meanwhile
    does so beside it, and might as well have come later. Another piece of work, with `looks` of its
    own, looks anew; a part of this one does not.
    """

    def __init__(self, looks: Looks | None = None) -> None:
        self.looks = looks or _looks.get() or Looks()

    def __enter__(self) -> Looks:
        self._token = _looks.set(self.looks)
        return self.looks

    def __exit__(self, *_error: object) -> None:
        _looks.reset(self._token)


def current_looks() -> Looks | None:
    """Return those of the piece of work that is being done, if its weights are steady."""
    return _looks.get()


def with_steady_weights(steps: Steps[T], looks: Looks | None = None) -> Steps[T]:
    """Do work for which weights are steady, as `steady_weights` says, from step to step."""
    new = Looks()
    return each_step_inside(steps, lambda: steady_weights(looks or _looks.get() or new))
