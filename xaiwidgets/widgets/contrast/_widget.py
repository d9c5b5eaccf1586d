"""The ContrastExplorer: a question, its answer as a morph, and what stands beside it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.algebra import Classifier
from xaiwidgets.contrast import Contrast, Generator, Morph, check_generator
from xaiwidgets.errors import InputError
from xaiwidgets.figures import png
from xaiwidgets.images import Window, check_picture
from xaiwidgets.network import Network, Picture
from xaiwidgets.widgets.base import ENGINE, Run, Widget, command
from xaiwidgets.widgets.commands import commands_of
from xaiwidgets.widgets.contrast._animation import gif
from xaiwidgets.widgets.contrast._answer import MAX_CLASSES, ContrastAnswer
from xaiwidgets.widgets.contrast._beside import PARTS
from xaiwidgets.widgets.contrast._codegen import Code
from xaiwidgets.widgets.contrast._columns import (
    Columns,
    check_same_classes,
    check_session,
    columns_of,
)
from xaiwidgets.widgets.contrast._history import ShownPair, with_pair
from xaiwidgets.widgets.contrast._output import (
    film_change,
    multiple,
    shown_beside,
    shown_contrast,
    shown_pair,
)
from xaiwidgets.widgets.contrast._session import ContrastSession
from xaiwidgets.widgets.contrast._state import ContrastOutput, ContrastState
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.inputs import Pictures, named_inputs
from xaiwidgets.widgets.masks import check_cells, mask_grid
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.pictures import (
    Thumbnails,
    picture_of,
    ranking,
)
from xaiwidgets.widgets.schema import place
from xaiwidgets.widgets.selection import check_selection
from xaiwidgets.widgets.uploads import read_upload
from xaiwidgets.work import Progress, Steps, run


class ContrastExplorer(Widget[ContrastState, ContrastAnswer], output=ContrastOutput):
    """Ask a network why it says A and not B, by hand (CDeepEx, Feghahati 2020).

    Parameters
    ----------
    model : Classifier or nn.Module
    generator : Generator
        A `VAE`, `AutoEncoder` or `GAN` of `xaiwidgets.contrast`, one of `zoo.generator`, or
        anything with ``encode(images)`` and a differentiable ``decode(latents)``.
    images : picture, sequence, or mapping from name to picture
        What to ask about.
    references : sequence of pictures, optional
        As for `contrast.explain`; by default what the generator draws, else `images`.
    judge : Classifier, optional
        Another network with the same classes: of every change that is shown, it is asked how much
        of its own gap it closes, with as much ink.
    columns : mapping from name to Classifier or Generator, optional
        Other networks with the same classes, other generators, or pairs of both: each is asked the
        same about the same picture, and stands beside the answer, at the same position.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError, ModelError
        At once, if the pictures cannot be used or the generator does not fit the network.
    traitlets.TraitError
        If a state is not allowed; the message says what is.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> images = datasets.digits("test").images[:5]
    >>> explorer = ContrastExplorer(zoo.digits(), zoo.generator("digits"), images)
    >>> explorer.probe = "7"
    >>> explorer.run().wait().pair.contrast
    Contrast(cdeepex, 1 of 1 reached)
    """

    _esm = bundle("contrast.js")
    _css = bundle("xai.css")

    def __init__(
        self,
        model: Network | nn.Module,
        generator: Generator,
        images: Pictures,
        references: Sequence[Picture] | None = None,
        judge: Network | nn.Module | None = None,
        columns: Columns | None = None,
        **settings: Any,
    ) -> None:
        self._model = model if isinstance(model, Network) else Classifier(model)
        named = named_inputs(self._model, images, "x", "images")
        if not named:
            raise InputError("images is empty; give at least one picture")
        inputs = [picture.tensor for picture, _ in named.values()]
        arguments = {"model": model, "generator": generator, "images": images}
        further = {"references": references, "columns": columns}
        self._code = Code(
            {**arguments, **{name: each for name, each in further.items() if each is not None}},
            tuple(code.removeprefix("images") for _, code in named.values()),
        )
        others = None if references is None else [self._model.input(r) for r in references]
        other = judge if judge is None or isinstance(judge, Network) else Classifier(judge)
        self._session = ContrastSession(self._model, generator, inputs, others, other, PARTS)
        self._limits = getattr(generator, "limits", None)
        self._shown: ContrastAnswer | None = None
        self._pairs: tuple[ShownPair, ...] = ()
        # On the compute thread, so that no network is raced on; waited for, as errors belong here.
        self._logits = ENGINE.call(self._probe_model())
        self._classes = [self._model.label(i) for i in range(self._logits.shape[1])]
        if other is not None:
            check_same_classes(other, inputs[0], self._classes, "the judge")
        if columns is not None:
            self._session.columns = columns_of(columns, self._session, self._classes)
            for column in self._session.columns.values():
                ENGINE.call(check_session(column))
        images_of = self._session.images
        self._thumbnails = Thumbnails(
            list(named), lambda place: self._pixels(images_of[place][None])[0]
        )
        super().__init__(
            settings,
            classes=self._classes,
            notes=notes_of(self._model),
            pictures=self._thumbnails.pictures(),
            judge="" if other is None else "the judge",
        )
        self._commands |= commands_of(self._thumbnails)
        self.run()

    def _probe_model(self) -> Steps[Tensor]:
        """Ask network and generator once, so that what does not fit is known at once."""
        yield Progress(0, None, "asking the network")
        images = self._session.images
        logits = torch.cat([self._model.logits(image[None]) for image in images])
        yield from check_session(self._session)
        return logits

    def _pixels(self, images: Tensor) -> NDArray[np.uint8]:
        """Return pictures as people see them; black and white are the generator's."""
        return self._model.pictures(images, self._limits)

    # State

    def settle(self, state: ContrastState, changed: Collection[str]) -> ContrastState:
        """Take the probe by its name, too; of the picture's own class becomes the runner-up."""
        place("index", state.index, len(self._session.images), "pictures")
        height, width = self._session.images[state.index].shape[-2:]
        state = replace(
            state,
            mask=checked_mask(state.mask, height, width, "index" in changed),
            selection=check_selection(state.selection, len(self._session.images)),
        )
        if state.stamp:
            check_stamp(state.stamp, height, width)
        if state.probe is None:
            return state
        state = replace(state, probe=self._model.index(state.probe, self._logits.shape[1]))
        if state.probe != int(self._logits[state.index].argmax()):
            return state
        if "probe" in changed:
            raise InputError(
                f"the picture is predicted to be {self._model.label(state.probe)!r}, which is also "
                "the probe; ask about another class"
            )
        # Of a picture that one turns to the runner-up is asked about instead: that must not fail.
        return replace(state, probe=None)

    def python(self, state: ContrastState) -> str:
        """Return the lines of Python that compute what is shown."""
        probe = self._session.lookup(state, self._logits[state.index]).probe
        return self._code.lines(state, self._session, probe, self)

    # Work

    def run(self) -> Run[ContrastAnswer]:
        """Answer the question, as far as it is not known; `.wait()` blocks until it is.

        What is known is shown at once, and nothing of any other question.
        """
        # As one message, or the page would paint the new picture beside the old answer.
        with self._lock, self.hold_sync():
            state = self.state
            self._answer = self._session.lookup(state, self._logits[state.index])
            pixels = self._pixels(self._session.images[state.index][None])[0]
            shown = self.show(state, self._answer, False)
            self.publish(picture=picture_of(pixels), code=self.python(state), **shown)
            return super().run()

    def steps(self, state: ContrastState) -> Steps[ContrastAnswer]:
        """Answer the pair first, then what is wanted beside it."""
        return self._session.answer(state)

    def show(self, state: ContrastState, answer: ContrastAnswer, final: bool) -> Mapping[str, Any]:
        """Return what has changed since it was shown last: a morph is large."""
        model, pixels = self._model, self._pixels
        # The network may have been trained on, and the prediction says which probes there are.
        self._logits[state.index] = answer.logits
        last, self._shown = self._shown, answer
        new: dict[str, Any] = {
            "prediction": ranking(model, answer.logits, answer.probe, MAX_CLASSES)
        }
        for name, pair, before in (
            ("contrast", answer.pair, last and last.pair),
            ("rival", answer.rival, last and last.rival),
        ):
            if pair is not before:
                frame = self._frames.next()
                generator = self._session.generator
                new[name] = pair and shown_contrast(
                    model, generator, pair, state.seed, frame, pixels
                )
        if answer.others != (last.others if last else {}):
            new["others"] = [multiple(model, answer, probe, pixels) for probe in answer.others]
        apart = self._session.has_others
        new |= shown_beside(model, answer, last, apart, pixels)
        pair = answer.pair
        if pair is not None and not pair.partial and pair is not (last and last.pair):
            name = self._thumbnails.names[state.index]
            self._pairs = with_pair(self._pairs, shown_pair(model, state.index, name, pair, pixels))
            new["questions"] = self._pairs
        return new

    def on_end(self) -> None:
        """Show the way to the boundary if only what is beside it failed, or if nothing new came."""
        stopped = self._answer is not None and self._answer.pair is None
        self._session.settle(restore=stopped)
        if self._error is not None or stopped:
            state = self.state
            finished = self._session.lookup(state, self._logits[state.index])
            if finished.pair is not None:
                self._answer = finished
                self.publish(**self.show(state, finished, False))

    @property
    def answer(self) -> ContrastAnswer | None:
        """All that is on the screen; if the last work failed, its error is raised."""
        answer: ContrastAnswer | None = super().result
        return answer

    @property
    def result(self) -> Contrast | None:
        """The pair's contrast, as `contrast.explain` returns it."""
        return self.answer.pair.contrast if self.answer and self.answer.pair else None

    @property
    def morph(self) -> Morph | None:
        """The way from the picture to the boundary."""
        return self.answer.pair.morph if self.answer and self.answer.pair else None

    def add_picture(self, name: str, picture: Picture) -> int:
        """Add a picture to those that can be asked about, and return its index.

        Raises
        ------
        InputError, ModelError
            If it cannot be used; then all stays as it is.
        """
        tensor = check_picture(self._model.input(picture))
        if tensor.shape not in {image.shape for image in self._session.images}:
            references = self._session.references
            work = check_generator(
                self._model, self._session.generator, tensor[None], references=references
            )
            run(work)  # here: the compute thread may wait for the lock that a command holds
        logits = self._model.logits(tensor[None])
        with self._lock:
            index = len(self._session.images)
            # Appended, never replaced: the sessions of columns have the very list.
            self._session.images.append(tensor)
            self._logits = torch.cat([self._logits, logits])
            self._thumbnails.names.append(distinct(name, self._thumbnails.names))
            self.publish(pictures=self._thumbnails.pictures())
        return index

    @property
    def images(self) -> list[Tensor]:
        """The pictures that can be asked about, as the network takes them."""
        return list(self._session.images)

    @command("add")
    def add_file(self, name: str, buffers: Any) -> dict[str, Any]:
        """Add a picture from the bytes of its file."""
        stem, picture, notes = read_upload(name, buffers, self._session.images[0].shape[0])
        index = self.add_picture(stem, picture)
        return {"name": self._thumbnails.names[index], "index": index, "notes": notes}

    @command("run")
    def run_anew(self) -> None:
        """Answer the question from scratch."""
        self._session.clear()
        self.run()

    # Taking away

    @command("gif")
    def gif(self) -> bytes:
        """Return the morph as an animated GIF: the picture, and beside it what changes.

        Raises
        ------
        InputError
            If nothing has been found yet.
        """
        pair = self._answer.pair if self._answer else None
        if pair is None or pair.morph is None:
            raise InputError("there is no morph yet; wait for the first, or run it again")
        # A film has no words to say what lies past the boundary.
        way = torch.from_numpy(pair.morph.positions <= 1)
        images, start = pair.morph.images[way, 0], pair.contrast.image[0]
        return gif(
            self._pixels(images), film_change(images, start, self.state.channel), self.state.opacity
        )

    def save_gif(self, path: str | Path) -> Path:
        """Write `gif()` to a file, and return its path."""
        written = Path(path)
        written.write_bytes(self.gif())
        return written

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Call the classes by their names in the still picture."""
        bundle = super()._repr_mimebundle_(**options)
        pair = self._answer.pair if self._answer else None
        if bundle is not None and pair is not None:
            shown = self.state.channel
            # All three colours have no sign that red and blue could stand for.
            reading = shown if shown != "rgb" and pair.contrast.image.shape[1] == 3 else "strongest"
            bundle[0]["image/png"] = png(pair.contrast.plot(classes=self._classes, reading=reading))
        return bundle


def checked_mask(mask: Sequence[int], height: int, width: int, forget: bool) -> tuple[int, ...]:
    """Return painted cells in order; those of another picture are forgotten where it has fewer."""
    count = math.prod(mask_grid(height, width))
    if forget and any(cell >= count for cell in mask):
        return ()
    return check_cells("mask", mask, height, width)


def check_stamp(stamp: Sequence[int], height: int, width: int) -> None:
    """Raise InputError unless a stamp is a window of the picture."""
    if len(stamp) != 4:
        raise InputError(f"stamp is {list(stamp)}; give top, left, height and width, or nothing")
    Window(*stamp).inside((height, width))


def distinct(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken: with a number behind it if need be."""
    number = 1
    while (unused := name if number == 1 else f"{name} {number}") in taken:
        number += 1
    return unused
