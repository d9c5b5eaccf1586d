"""The ContrastExplorer: why A and not B? Watch the picture become what is as likely B as A."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import traitlets as t
from numpy.typing import NDArray
from torch import Tensor, nn

from xaiwidgets.algebra import Classifier
from xaiwidgets.contrast import Contrast, Generator, Morph, check_generator, strongest_change
from xaiwidgets.errors import InputError
from xaiwidgets.figures import png
from xaiwidgets.network import Network, Picture
from xaiwidgets.widgets import contrast_wire as wire
from xaiwidgets.widgets.animation import gif
from xaiwidgets.widgets.base import ENGINE, STATIC, Run, Widget
from xaiwidgets.widgets.contrasting import DRAWN, Answer, Asked, Found, Settings, Studio
from xaiwidgets.widgets.script import Pictures, named_inputs
from xaiwidgets.widgets.traits import place_among
from xaiwidgets.widgets.wire import named_picture, picture
from xaiwidgets.work import Progress, Steps

DIRECT = {"": "", "gradcam": "Grad-CAM", "lime": "LIME", "lrp": "LRP", "pda": "PDA"}
"""The direct methods that can be shown beside the answer, with their names."""

_SETTINGS = ("margin", "tolerance", "max_steps", "seed", "schedule")
_ASKED = ("index", "probe", "all_classes", "xgems", "direct", *_SETTINGS)
_BY_HAND: dict[str, Any] = {"sync": True}


class ContrastExplorer(Widget):
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
    **traits
        Any of the state below.

    Attributes
    ----------
    index : int
        Which picture.
    probe : int or None
        The class asked about (a name is taken, too); None is the runner-up.
    all_classes, xgems : bool
        Ask about the twelve likeliest classes, too; show beside it where xGEMs ends, which lets
        third classes win.
    direct : str
        "gradcam", "lime", "lrp" or "pda": what `contrast.subtract` makes of a single-class method,
        to be shown beside the answer.
    position : float
        The scrubber: 0 is the picture, 1 the boundary.
    opacity : float
        Of red (to be added) and blue (to be removed).
    margin, tolerance, max_steps, seed, schedule
        As for `contrast.explain`.

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

    _bundle = "contrast"
    _esm = STATIC / "contrast.js"
    _css = STATIC / "contrast.css"

    index = t.Int(0).tag(**_BY_HAND)
    probe = t.Any(None, allow_none=True).tag(**_BY_HAND)
    all_classes = t.Bool(False).tag(**_BY_HAND)
    xgems = t.Bool(False).tag(**_BY_HAND)
    direct = t.Enum(tuple(DIRECT), "").tag(**_BY_HAND)
    position = t.Float(1.0, min=0, max=1).tag(**_BY_HAND)
    opacity = t.Float(0.65, min=0, max=1).tag(**_BY_HAND)
    margin = t.Float(0.0, min=0, max=100).tag(**_BY_HAND)
    tolerance = t.Float(0.05, min=1e-4, max=10).tag(**_BY_HAND)
    max_steps = t.Int(None, min=1, allow_none=True).tag(**_BY_HAND)
    seed = t.Int(0, min=0).tag(**_BY_HAND)
    schedule = t.Enum(("default", "paper"), "default").tag(**_BY_HAND)

    classes = t.List(t.Unicode(), read_only=True).tag(sync=True)
    pictures: t.List[Any] = t.List(read_only=True).tag(sync=True)
    picture = t.Dict().tag(sync=True)
    prediction = t.Dict().tag(sync=True)
    contrast = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    rival = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    others: t.List[Any] = t.List().tag(sync=True)
    direct_map = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    code = t.Unicode().tag(sync=True)

    def __init__(
        self,
        model: Network | nn.Module,
        generator: Generator,
        images: Pictures,
        references: Sequence[Picture] | None = None,
        **traits: Any,
    ) -> None:
        self._model = model if isinstance(model, Network) else Classifier(model)
        named = named_inputs(self._model, images, "x", "images")
        if not named:
            raise InputError("images is empty; give at least one picture")
        inputs = [given.tensor for given, _ in named.values()]
        self._code = [code for _, code in named.values()]
        self._all = "list(images.values())" if isinstance(images, Mapping) else "list(images)"
        if len(named) == 1 and self._code == ["images"]:
            self._all = "[images]"
        self._referred = references is not None
        others = None if references is None else [self._model.input(r) for r in references]
        self._studio = Studio(self._model, generator, inputs, others)
        self._ends = getattr(generator, "limits", None)
        self._answer: Answer | None = None
        self._shown: dict[str, Any] = {}
        self._settling = True
        self._logits = ENGINE.submit(self._first_look()).wait()
        self._refuse_unknown(traits)
        thumbnails = [
            named_picture(name, self._pixels(given.tensor[None])[0])
            for name, (given, _) in named.items()
        ]
        self.set_trait("classes", [self._model.label(i) for i in range(self._logits.shape[1])])
        self.set_trait("pictures", thumbnails)
        later = {k: traits.pop(k) for k in ("index", "probe") if k in traits}
        super().__init__(**traits)
        for name, value in later.items():
            setattr(self, name, value)
        self._settling = False
        self.run()

    def _first_look(self) -> Steps[Tensor]:
        """Ask network and generator once, so that what does not fit is known at once."""
        yield Progress(0, None, "asking the network")
        images = self._studio.images
        logits = torch.cat([self._model.private_logits(image[None]) for image in images])
        for image in {image.shape: image for image in images}.values():
            yield from check_generator(
                self._model,
                self._studio.generator,
                image[None],
                references=self._studio.references,
            )
        return logits

    @t.validate("index")
    def _valid_index(self, proposal: Any) -> int:
        return place_among(proposal, len(self.pictures), "pictures")

    @t.validate("probe")
    def _valid_probe(self, proposal: Any) -> int | None:
        if proposal.value is None:
            return None
        try:
            probe = self._model.index(proposal.value, len(self.classes))
        except InputError as error:
            raise t.TraitError(str(error)) from error
        if probe == self._predicted():
            raise t.TraitError(
                f"the picture is predicted to be {self._model.label(probe)!r}, which is also the "
                "probe; ask about another class"
            )
        return probe

    def _predicted(self) -> int:
        return int(self._logits[self.index].argmax())

    @t.observe(*_ASKED)
    def _on_state(self, change: Any) -> None:
        with self._lock:
            if self._settling:
                return
            if change.name == "index" and self.probe == self._predicted():
                with self._quietly():
                    self.probe = None
            self.run()

    def _settle(self, asked: Asked) -> None:
        """Show what is known of the question, and nothing of any other."""
        known = self._studio.known(asked, self._logits[asked.index])
        with self.hold_sync():
            pixels = self._pixels(self._studio.images[asked.index][None])[0]
            self.publish(picture=picture(pixels), code=self._python(known.probe))
            self._show(known, asked)

    def _pixels(self, images: Tensor) -> NDArray[np.uint8]:
        """Return pictures as people see them; black and white are the generator's."""
        return self._model.pictures(images, self._ends)

    def _python(self, probe: int) -> str:
        """Return the lines of Python that compute what is shown."""
        usual = Settings()
        how = {name: getattr(self, name) for name in _SETTINGS}
        extra = {name: repr(v) for name, v in how.items() if v != getattr(usual, name)}
        if self._referred:
            extra["references"] = "references"
        elif self._studio.references is not None:
            extra["references"] = self._all
        asked = f"model, generator, image, {probe}"
        options = "".join(f", {name}={value}" for name, value in extra.items())
        lines = [
            "from xaiwidgets import contrast, steps",
            "",
            "# model, generator, images, references: what this ContrastExplorer(...) was given",
            f"image = [{self._code[self.index]}]",
            f"found = steps.run(contrast.explain({asked}{options}))",
        ]
        if self.xgems:
            lines.append(f'steps.run(contrast.explain({asked}{options}, method="xgems"))')
        if self.direct:
            direct = f"method={self.direct!r}, seed={self.seed}{self._neighbours()}"
            lines.append(f"steps.run(contrast.subtract(model, image, {probe}, {direct}))")
        return "\n".join([*lines, "found"])

    def _neighbours(self) -> str:
        """Return the pictures that prediction differences need as an argument in Python."""
        if self.direct != "pda":
            return ""
        if self._referred:
            return ", references=references"
        if len(self._code) > 1 or not hasattr(self._studio.generator, "sample"):
            return f", references={self._all}"
        return f", references=generator.decode(generator.sample({DRAWN}, 0)).detach()"

    # Work

    def run(self) -> Run[Answer]:
        """Answer the question, as far as it is not known; `.wait()` blocks until it is."""
        with self._lock:
            asked = Asked(
                self.index,
                -1 if self.probe is None else self.probe,
                self.all_classes,
                self.xgems,
                self.direct,
                Settings(*(getattr(self, name) for name in _SETTINGS)),
            )
            self._settle(asked)
            return self.start(self._studio.answer(asked), lambda a, _: self._show(a, asked))

    def _show(self, answer: Answer, asked: Asked) -> None:
        """Publish what has changed since it was shown last."""
        self._answer = answer
        self._logits[asked.index] = answer.logits
        prediction = wire.prediction(self._model, answer.logits, answer.probe)
        new: dict[str, Any] = {"prediction": prediction}
        for name, found in (("contrast", answer.pair), ("rival", answer.rival)):
            if found is not self._shown.get(name):
                frame = self.next_frame()
                new[name] = found and wire.contrast(self._model, found, asked, frame, self._pixels)
                self._shown[name] = found
        if answer.others != self._shown.get("others", {}):
            new["others"] = [
                wire.multiple(self._model, answer, probe, self._pixels) for probe in answer.others
            ]
            self._shown["others"] = answer.others
        if answer.direct is not self._shown.get("direct"):
            name = DIRECT[asked.direct]
            new["direct_map"] = answer.direct and wire.direct(answer.direct, name)
            self._shown["direct"] = answer.direct
        self.publish(**new)

    def is_result(self, preview: Any) -> bool:
        """Return whether a preview has a way to the boundary."""
        return isinstance(preview, Answer) and preview.pair is not None

    def outlives_errors(self, preview: Any) -> bool:
        """Return whether a preview has the whole way: what failed was beside it."""
        return self.is_result(preview) and not preview.pair.partial

    @property
    def answer(self) -> Answer | None:
        """All that is on the screen; if the last work failed, its error is raised."""
        if self._error is not None:
            raise self._error
        return self._answer

    @property
    def result(self) -> Contrast | None:
        """The pair's contrast, as `contrast.explain` returns it."""
        return self.answer.pair.contrast if self.answer and self.answer.pair else None

    @property
    def morph(self) -> Morph | None:
        """The way from the picture to the boundary."""
        return self.answer.pair.morph if self.answer and self.answer.pair else None

    # Taking away

    def gif(self) -> bytes:
        """Return the morph as an animated GIF: the picture, and beside it what changes.

        Raises
        ------
        InputError
            If nothing has been found yet.
        """
        found = self._found()
        images, start = found.morph.images[:, 0], found.contrast.image[0]  # type: ignore[union-attr]
        change = strongest_change(images - start).numpy()
        return gif(self._pixels(images), change, self.opacity)

    def save_gif(self, path: str | Path) -> Path:
        """Write `gif()` to a file, and return its path."""
        written = Path(path)
        written.write_bytes(self.gif())
        return written

    def _found(self) -> Found:
        found = self._answer.pair if self._answer else None
        if found is None or found.morph is None:
            raise InputError("there is no morph yet; wait for the first, or run it again")
        return found

    def _command_run(self, _content: dict[str, Any]) -> None:
        self._studio.forget()
        self.run()

    def _command_gif(self, _content: dict[str, Any]) -> dict[str, Any]:
        return {"gif": base64.b64encode(self.gif()).decode()}

    def _still(self) -> bytes | None:
        if self._answer is None or self._answer.pair is None:
            return None
        return png(self._answer.pair.contrast.plot(classes=self.classes))
