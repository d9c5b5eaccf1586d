"""An attack as a what-if edit of a query: a function of one picture."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from xaiwidgets.adversarial._attack import Attack, attack, check_settings
from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.methods import Cache, digest
from xaiwidgets.network import Network
from xaiwidgets.work import Progress, Steps, work


@dataclass(frozen=True)
class AttackEdit:
    """Attacks on a network, as what-if edits: bound to a name, queries apply it to a picture.

    Parameters
    ----------
    network : Network
        What is attacked, whichever network then looks at the picture.

    Examples
    --------
    >>> from xaiwidgets import adversarial, datasets, query, zoo
    >>> names = {"f": zoo.digits(), "x": datasets.digits("test").images[0]}
    >>> text = 'select * from f(attack(x, method="fgsm", size=0.2))'
    >>> attacked = query(text, attack=adversarial.AttackEdit(names["f"]), **names)
    >>> attacked.explain(budget=64, grid=2).cells.shape
    (2, 2)
    """

    network: Network
    _cache: Cache = field(default_factory=Cache, repr=False, compare=False)

    def check(self, picture: Tensor, *, at: int | None = None, **settings: Any) -> None:
        """Raise InputError if a setting is not allowed; that evaluates nothing."""
        if at is not None:
            whole("at", at, least=0)
        try:
            bound = inspect.signature(check_settings).bind(picture, **settings)
        except TypeError as error:
            raise InputError(f"attack: {error}") from error
        check_settings(*bound.args, **bound.kwargs)
        if settings.get("target") is not None:
            self.network.index(settings["target"])

    @work
    def __call__(self, picture: Tensor, *, at: int | None = None, **settings: Any) -> Steps[Tensor]:
        """Return a picture (C, H, W) attacked.

        Parameters
        ----------
        at : int, optional
            Which point of the path, from 0, which is the picture itself; by default the last.
        **settings
            As for `adversarial.attack`.

        Raises
        ------
        InputError
            If a setting is not allowed (at the call), or the path is shorter.
        """
        self.check(picture, at=at, **settings)
        return self._steps(picture, at, settings)

    def _steps(self, picture: Tensor, at: int | None, settings: dict[str, Any]) -> Steps[Tensor]:
        path = (yield from self.attack(picture, **settings)).path
        if at is not None and at >= len(path):
            raise InputError(f"at is {at}; the path of the attack has {len(path)} points, from 0")
        return path[-1 if at is None else at][0]

    @work
    def attack(self, picture: Tensor, **settings: Any) -> Steps[Attack]:
        """Attack a picture (C, H, W), or return what is known of the attack."""
        self.check(picture, **settings)
        return self._attack(picture, settings)

    def recall(self, picture: Tensor, **settings: Any) -> Attack | None:
        """Return the attack, if these weights have been attacked so; nothing is evaluated."""
        attacked: Attack | None = self._cache.get(self._key(picture, settings))
        return attacked

    def _key(self, picture: Tensor, settings: dict[str, Any]) -> object:
        # As text, because limits may be a list, of which there is no hash.
        return digest(picture), self.network.weights(), repr(sorted(settings.items()))

    def _attack(self, picture: Tensor, settings: dict[str, Any]) -> Steps[Attack]:
        yield Progress(0, None, "attack")
        # Before the cache is looked up: writes through `.data` are not seen otherwise.
        self.network.weights(anew=True)
        result = self.recall(picture, **settings)
        if result is None:
            result = yield from attack(self.network, picture[None], **settings)
            self._cache.keep(self._key(picture, settings), result)
        return result
