"""What an Explorer has at hand: the network, its rival, the pictures, what has been computed."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.algebra import Classifier, Input
from xaiwidgets.errors import InputError
from xaiwidgets.images import BASELINES, check_picture
from xaiwidgets.methods import Cache, digest
from xaiwidgets.network import Network, Picture
from xaiwidgets.probes import Probes, probes_of
from xaiwidgets.widgets.inputs import Pictures, named_inputs
from xaiwidgets.widgets.pictures import NamedPicture, thumbnail_of
from xaiwidgets.work import Progress, Steps


class Session:
    """Everything that a `Question` can be about; it only ever grows, by `add`.

    Attributes
    ----------
    model, rival, rival_name : Network, Network or None, str or None
        The networks; a query calls the rival by its own name, unless something else has it.
    pictures, references : dict of Input
        By name; questions are about pictures, references serve to compare with and to paste from.
    inputs : dict of Input
        Both.
    code : dict of str
        The Python that gives each of them.
    cache : Cache
        What the networks answered.
    classes : list of str
        Known after `check`.
    """

    def __init__(
        self,
        model: Network | nn.Module,
        images: Pictures,
        references: Pictures = (),
        rival: Network | nn.Module | None = None,
    ) -> None:
        self.model = model if isinstance(model, Network) else Classifier(model)
        self.rival = Classifier(rival) if isinstance(rival, nn.Module) else rival
        pictures = named_inputs(self.model, images, "x", "pictures")
        others = named_inputs(self.model, references, "r", "references")
        if not pictures or pictures.keys() & others.keys():
            raise InputError("give at least one picture, and references of other names")
        self.pictures = {name: picture for name, (picture, _) in pictures.items()}
        self.references = {name: picture for name, (picture, _) in others.items()}
        self.inputs = self.pictures | self.references
        self.code = {name: code for name, (_, code) in (pictures | others).items()}
        self.cache = Cache()
        self.classes: list[str] = []
        self.rival_name: str | None = None
        if self.rival is not None:
            self.rival_name = self._free(self.rival.name, "g")
        # Kept by name, and by shape, so that no gesture looks at every picture for every other.
        self._places = {name: place for place, name in enumerate(self.pictures)}
        self._alike: dict[tuple[int, ...], list[Input]] = {}
        for picture in self.inputs.values():
            self._alike.setdefault(picture.shape, []).append(picture)
        self._thumbnails: dict[str, NamedPicture] = {}

    def check(self) -> Steps[Tensor]:
        """Show each network one picture of every shape; return the logits (K,) of the first.

        Raises
        ------
        ModelError, InputError
            If one does not answer, or the rival has other classes.
        """
        yield Progress(0, 1, "asking the network")
        networks = [self.model] if self.rival is None else [self.model, self.rival]
        for example, *_ in self._alike.values():
            counts = {network.logits(example.tensor[None]).shape for network in networks}
            names = {network.classes for network in networks if network.classes is not None}
            if len(counts) > 1 or len(names) > 1:
                raise InputError("the rival must be a network for the same classes")
        first = self.logits(self.model, self.picture_at(0).tensor)
        self.classes = [self.model.label(index) for index in range(len(first))]
        return first

    @property
    def probes(self) -> Probes:
        """Those of the layers at which the network can be truncated, as its weights are now."""
        return probes_of(self.model)

    @cached_property
    def fitting(self) -> str:
        """The Python that fits probes to half a dozen layers; all would take much memory."""
        names = self.model.layers[:-1] or self.model.layers
        some = names[:: max(1, -(-len(names) // 6))]
        return f"from xaiwidgets import steps; steps.run(model.fit_probes(images, {some}))"

    @property
    def baselines(self) -> list[str]:
        """What an absent cell may show."""
        return [*BASELINES, *self.references]

    @property
    def names(self) -> dict[str, Any]:
        """What a query can refer to."""
        networks: dict[str, Any] = {self.model.name: self.model}
        if self.rival_name is not None:
            networks[self.rival_name] = self.rival
        return networks | {name: picture.tensor for name, picture in self.inputs.items()}

    def input(self, name: str) -> Input:
        """Return a picture or a reference."""
        if name not in self.inputs:
            raise InputError(f"no picture is called {name!r}; there are {', '.join(self.inputs)}")
        return self.inputs[name]

    def picture_at(self, index: int) -> Input:
        """Return a picture by its place."""
        if not 0 <= index < len(self.pictures):
            raise InputError(f"index is {index}; there are {len(self.pictures)} pictures, from 0")
        return list(self.pictures.values())[index]

    def place(self, picture: Input) -> int:
        """Return the place of a picture."""
        return self._places[picture.name]

    def others(self, picture: Input) -> list[Input]:
        """Return all that has the shape of a picture, but itself."""
        return [other for other in self._alike[picture.shape] if other.name != picture.name]

    def class_index(self, target: int | str | None) -> int | None:
        """Return the number of a class; None, for the predicted one, stays None."""
        return None if target is None else self.model.index(target, len(self.classes))

    def logits(self, model: Network, tensor: Tensor) -> Tensor:
        """Return the logits (K,) of a picture, remembered per picture and weights."""
        key = ("logits", model.identity, model.weights(), digest(tensor))
        logits: Tensor | None = self.cache.get(key)
        if logits is None:
            logits = self.cache.keep(key, model.logits(tensor[None])[0])
        return logits

    def pixels(self, model: Network, tensor: Tensor) -> NDArray[np.uint8]:
        """Return a picture (H, W, 3) as people see it, remembered: preprocessing is undone."""
        key = ("pixels", model, digest(tensor))
        pixels: NDArray[np.uint8] | None = self.cache.get(key)
        return self.cache.keep(key, model.picture(tensor)) if pixels is None else pixels

    def thumbnail(self, picture: Input) -> NamedPicture:
        """Return a small picture with its name."""
        if picture.name not in self._thumbnails:
            pixels = self.model.picture(picture.tensor)
            self._thumbnails[picture.name] = thumbnail_of(picture.name, pixels)
        return self._thumbnails[picture.name]

    def add(self, name: str, picture: Picture, like: tuple[int, ...]) -> Input:
        """Add a reference, under a free name, that becomes an input of the shape `like`."""
        tensor = check_picture(self.model.input(picture))
        if tuple(tensor.shape) != like:
            raise InputError(f"{name} becomes an input of {tuple(tensor.shape)}, not {like}")
        start = re.sub(r"\W", "_", name, flags=re.ASCII).lstrip("_0123456789") or "picture"
        reference = Input(self._free(start), tensor)
        self.references[reference.name] = self.inputs[reference.name] = reference
        self._alike[like].append(reference)
        self.code[reference.name] = f"explorer.input({reference.name!r})"
        return reference

    def _free(self, *names: str) -> str:
        """Return the first of these names that nothing has, else the last with a number."""
        taken = {self.model.name, self.rival_name, *self.inputs, *BASELINES}
        number, candidates = 1, list(names)
        while candidates[0] in taken:
            number += len(candidates) == 1
            candidates = candidates[1:] or [f"{names[-1]}{number}"]
        return candidates[0]
