"""The GeneratorLab: what a generator draws, what it misses, and what its latent numbers do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.algebra import Classifier
from xaiwidgets.contrast import Generator, check_kind, check_shape
from xaiwidgets.errors import InputError
from xaiwidgets.images import check_picture, to_tensor
from xaiwidgets.network import Network
from xaiwidgets.pixels import pixels_of
from xaiwidgets.widgets.base import Widget
from xaiwidgets.widgets.commands import commands_of
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.generators._codegen import effects_code
from xaiwidgets.widgets.generators._output import (
    facts_of,
    shown_directions,
    shown_move,
    shown_reconstruction,
)
from xaiwidgets.widgets.generators._session import LabAnswer, LabSession, named_generators
from xaiwidgets.widgets.generators._state import DIRECTIONS, GeneratorLabOutput, GeneratorLabState
from xaiwidgets.widgets.inputs import Pictures
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.pictures import Thumbnails
from xaiwidgets.widgets.schema import place
from xaiwidgets.work import Steps


class GeneratorLab(Widget[GeneratorLabState, LabAnswer], output=GeneratorLabOutput):
    """See what a generator draws of a picture, what it misses, and what its latent numbers do.

    Parameters
    ----------
    generators : Generator, sequence, or mapping from name to Generator
        For the same pictures; latents must be numbers in a row.
    images : picture, sequence, or mapping from name to picture
        Without a network: tensors (C, H, W), or pictures that are divided by 255.
    model : Classifier or nn.Module, optional
        Whose class scores follow.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError, ModelError
        At once, if the pictures or a generator cannot be used.
    traitlets.TraitError
        If a state is not allowed; the message says what is.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> images = datasets.digits("test").images[:5]
    >>> lab = GeneratorLab(zoo.generator("digits"), images, zoo.digits())
    >>> lab.offsets = [1.5]
    >>> lab.run().wait()
    LabAnswer(VAE)
    """

    _esm = bundle("generators.js")
    _css = bundle("xai.css")

    def __init__(
        self,
        generators: Generator | Sequence[Generator] | Mapping[str, Generator],
        images: Pictures,
        model: Network | nn.Module | None = None,
        **settings: Any,
    ) -> None:
        self._model: Network | None = Classifier(model) if isinstance(model, nn.Module) else model
        named = named_generators(generators)
        if not named:
            raise InputError("generators is empty; give at least one")
        pictures = lab_pictures(self._model, images)
        stacked = stacked_pictures(pictures)
        for generator in named.values():
            check_kind(generator, stacked)
            check_shape(generator, stacked)
        self._session = LabSession(named, stacked, self._model)
        self._arguments = {"generators": generators, "images": images, "model": model}
        # One range for all generators, or the same grey would look different from column to column.
        self._limits = getattr(next(iter(named.values())), "limits", None)
        self._shown: LabAnswer | None = None
        self._thumbnails = Thumbnails(
            list(pictures), lambda number: self._pixels(stacked[number][None])[0]
        )
        super().__init__(
            settings,
            classes=self._class_names(stacked),
            notes=[] if self._model is None else notes_of(self._model),
            names=list(named),
            pictures=self._thumbnails.pictures(),
        )
        self._commands |= commands_of(self._thumbnails)
        self.become(self.settle(self.state, set()))
        self.run()

    def _class_names(self, images: Tensor) -> list[str]:
        if self._model is None:
            return []
        count = self._model.logits(images[:1]).shape[1]
        return [self._model.label(number) for number in range(count)]

    def _pixels(self, images: Tensor) -> NDArray[np.uint8]:
        """Return pictures as people see them; black and white are the generator's."""
        if self._model is not None:
            return self._model.pictures(images, self._limits)
        return pixels_of(images, None, self._limits)

    def settle(self, state: GeneratorLabState, changed: Collection[str]) -> GeneratorLabState:
        """Put the sliders back where another picture or generator is chosen."""
        place("index", state.index, len(self._session.images), "pictures")
        if state.generator and state.generator not in self._session.generators:
            names = ", ".join(map(repr, self._session.generators))
            raise InputError(f"no generator {state.generator!r}; there are {names}")
        if len(state.offsets) > DIRECTIONS:
            raise InputError(
                f"offsets has {len(state.offsets)} numbers; {DIRECTIONS} latents can be moved"
            )
        # Offsets that are set together with the picture are meant for it.
        moves = {"index", "generator"} & set(changed) and "offsets" not in changed
        return replace(state, offsets=()) if moves and state.offsets else state

    def python(self, state: GeneratorLabState) -> str:
        """Return the lines of Python that compute what is shown."""
        number = [*self._session.generators].index(self._session.name(state))
        return effects_code(number, **self._arguments)

    def steps(self, state: GeneratorLabState) -> Steps[LabAnswer]:
        """Encode the picture, find what the latents do, and move them."""
        return self._session.answer(state)

    def show(
        self, state: GeneratorLabState, answer: LabAnswer, final: bool
    ) -> Mapping[str, Any] | None:
        """Return the moved picture, and all else where another one is looked at."""
        last, self._shown = self._shown, answer
        new: dict[str, Any] = {"moved": shown_move(answer, self._pixels)}
        # By identity: while a slider moves the film is the same, and only `moved` crosses.
        if last is None or answer.film is not last.film:
            session, pixels = self._session, self._pixels
            new["generators"] = facts_of(session, answer)
            new["reconstruction"] = shown_reconstruction(session, state, answer, pixels)
            new["directions"] = shown_directions(answer, pixels)
        return new

    @property
    def result(self) -> LabAnswer | None:
        """What has been found out; if the last work failed, its error is raised."""
        answer: LabAnswer | None = super().result
        return answer


def lab_pictures(model: Network | None, images: Any) -> dict[str, Tensor]:
    """Return pictures (C, H, W) by name, as the network takes them, or divided by 255."""
    if isinstance(images, Mapping):
        named = {str(name): picture for name, picture in images.items()}
    elif isinstance(images, Tensor | np.ndarray) and images.ndim == (
        3 if isinstance(images, Tensor) else 2
    ):
        # One picture; an array (N, H, W), however, is several grey ones.
        named = {"x": images}
    else:
        try:
            named = {f"x{number}": picture for number, picture in enumerate(images, 1)}
        except TypeError:
            named = {"x": images}  # one picture of PIL
    read = to_tensor if model is None else model.input
    return {name: check_picture(read(picture)) for name, picture in named.items()}


def stacked_pictures(pictures: Mapping[str, Tensor]) -> Tensor:
    """Return pictures (N, C, H, W); InputError if there are none, or of several shapes."""
    shapes = {tuple(picture.shape) for picture in pictures.values()}
    if len(shapes) != 1:
        raise InputError(
            f"the images have {len(shapes)} shapes, {', '.join(map(str, shapes))}; a generator "
            "draws pictures of one shape: give one or more of it"
        )
    return torch.stack(list(pictures.values()))
