"""`maximise` and `move`: a picture made to excite a unit, or moved along a concept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from xaiwidgets.checks import whole
from xaiwidgets.contrast import Generator, decode_latents, encode_alone, eval_mode_of
from xaiwidgets.devices import seeded
from xaiwidgets.errors import InputError, ModelError, XaiError
from xaiwidgets.grids import Grid
from xaiwidgets.inference import outside_inference_mode, undisturbed
from xaiwidgets.layers import listening
from xaiwidgets.network import Network, require_network
from xaiwidgets.neurons._activity import check_unit, units_of
from xaiwidgets.neurons._concept import ConceptDirection
from xaiwidgets.pixels import pixel_scale
from xaiwidgets.work import Later, Progress, Steps, work

AscentScore = Callable[[Tensor], Tensor]
"""What is to become large, of the means over places (1, U) of a layer's units."""

START_NOISE = 0.01
"""How far a start is from grey, or from zero latents: some units answer to no even picture."""

FARTHEST = 1.0
"""How long latents may become, in the length that those of pictures usually have."""


@dataclass(frozen=True, eq=False, repr=False)
class MaximisedPicture:
    """A picture that was made to excite a unit, or to have more of a concept.

    Attributes
    ----------
    image : Tensor (C, H, W)
        The network's input.
    value, before : float
        The unit's mean answer, or how far the layer's means lie along the concept; at the end, and
        at the start.
    path : tuple of Tensor (C, H, W)
        The pictures on the way.
    predicted : int
        The class that the network predicts for it.
    judged : int or None
        The class that the judge predicts, if there is one.
    latent : Tensor or None
        What the generator draws it of.
    """

    image: Tensor
    value: float
    before: float
    path: tuple[Tensor, ...]
    predicted: int
    judged: int | None
    latent: Tensor | None

    def __repr__(self) -> str:
        judge = {None: "", True: "; the judge agrees", False: "; the judge does not"}
        opinion = judge[None if self.judged is None else self.judged == self.predicted]
        return (
            f"<MaximisedPicture: {self.before:.3g} to {self.value:.3g}, seen as class "
            f"{self.predicted}{opinion}>"
        )


@work
@torch.inference_mode(False)
def maximise(
    model: Network,
    layer: str,
    unit: int,
    generator: Generator | None = None,
    *,
    like: Any = None,
    steps: int = 64,
    seed: int = 0,
    judge: Network | None = None,
) -> Steps[MaximisedPicture]:
    """Make a picture that excites a unit: activation maximisation (Erhan et al. 2009).

    Without a generator every pixel goes up or down by the sign of its slope, from grey to black or
    white. Such a picture excites the unit, and rarely looks like anything to another network. With
    one, its latents go along the slope, no farther than pictures usually lie (Nguyen et al. 2016).

    Parameters
    ----------
    model : Network
    layer : str
    unit : int
        From 0; of its places the mean counts.
    generator : Generator, optional
        Draws pictures that the network takes.
    like : picture, optional
        What size the picture has; by default, of the last one that the network was given.
    steps : int
    seed : int
        Of the start.
    judge : Network, optional
        Another network that says what it sees in the result.

    Returns
    -------
    Work[MaximisedPicture]

    Raises
    ------
    InputError
        If there is no such layer or unit, or no size is known; later, if nothing that changes in
        the picture reaches the unit.

    Examples
    --------
    >>> model = Network(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2)))
    >>> found = maximise(model, "1", 0, like=torch.zeros(1, 2, 2)).run()
    >>> found.value > found.before, bool(((found.image == 0) | (found.image == 1)).all())
    (True, True)
    """
    example = _example(model, like)
    check_unit(unit, units_of(model, layer, example), layer)
    whole("steps", steps)
    whole("seed", seed, 0)
    model.weights(anew=True)
    # The mean over places: the largest alone would change one spot of the picture.
    ascent = _Ascent(model, layer, model.anatomy(example).grid(layer), lambda means: means[:, unit])
    if generator is None:
        start = _grey(example, seed)
        return outside_inference_mode(_in_pixels(ascent, start, steps, judge))
    # Encoded only for the shape and the device of its latents: the start is near their middle.
    encoding = encode_alone(generator, example[None]).map(partial(_near_zero, seed))
    drawing = _in_latents(ascent, generator, encoding, tuple(example.shape), steps, judge)
    return outside_inference_mode(drawing)


@work
@torch.inference_mode(False)
def move(
    model: Network,
    image: Any,
    direction: ConceptDirection,
    generator: Generator,
    *,
    steps: int = 32,
    judge: Network | None = None,
) -> Steps[MaximisedPicture]:
    """Give a picture more of a concept, as far as a generator can draw it.

    Parameters
    ----------
    model : Network
        Whose layer has the concept.
    image : picture
    direction : ConceptDirection
        See `concept`.
    generator : Generator
        Encodes the picture, and draws it changed.
    steps : int
    judge : Network, optional
        Another network that says what it sees in the result.

    Returns
    -------
    Work[MaximisedPicture]
        The first of its path is what the generator makes of the picture unchanged.

    Raises
    ------
    InputError
        If the picture cannot be used; later, if nothing that changes in it reaches the layer.
    """
    example = require_network(model).input(image)
    whole("steps", steps)
    along = torch.from_numpy(direction.direction).float()
    if units_of(model, direction.layer, example) != len(along):
        raise InputError(
            f"the concept has {len(along)} numbers, and layer {direction.layer!r} another count of "
            "units; use the network that it was found in"
        )
    grid = model.anatomy(example).grid(direction.layer)
    model.weights(anew=True)
    ascent = _Ascent(model, direction.layer, grid, lambda means: means @ along.to(means))
    encoding = encode_alone(generator, example[None])
    drawing = _in_latents(ascent, generator, encoding, tuple(example.shape), steps, judge)
    return outside_inference_mode(drawing)


@dataclass(frozen=True)
class _Ascent:
    """What is to become large: a score of the means over places of a layer's units."""

    model: Network
    layer: str
    grid: Grid
    score: AscentScore

    def slopes(self, leaf: Tensor, inputs: Callable[[Tensor], Tensor]) -> tuple[float, Tensor]:
        """Return the score of the picture (1, ...) that `inputs` makes of a leaf, and its slope."""
        prepared = self.model.copies.private()
        scores: list[Tensor] = []

        def hear(_layer: str, answer: Tensor) -> None:
            # Now: a layer after it may overwrite the answer.
            scores.append(self.score(self.grid.places(answer).float().mean(2)).sum())

        try:
            with undisturbed(prepared.net), torch.enable_grad():
                leaf = leaf.detach().requires_grad_()
                # The picture as the generator draws it, still in the graph of the latents.
                picture = inputs(leaf)
                entry = prepared.prepare(picture.detach()).requires_grad_()
                with listening(prepared.net, [self.layer], hear):
                    # A copy, as a network may overwrite its input, which a leaf forbids.
                    prepared.net(entry.clone())
                # In two steps: `prepare` gives a copy of its own, without the graph to the leaf.
                slope = self._slope(scores[0], entry)
                (slope,) = torch.autograd.grad(picture, leaf, slope.to(picture))
        except XaiError:
            raise
        except Exception as error:
            raise ModelError(
                f"the way to a larger answer failed with {type(error).__name__}: {error}"
            ) from error
        return float(scores[0].detach()), slope

    def _slope(self, score: Tensor, entry: Tensor) -> Tensor:
        slope: Tensor | None = None
        if score.requires_grad:
            (slope,) = torch.autograd.grad(score, entry, allow_unused=True)
        return torch.zeros_like(entry) if slope is None else slope

    def check_moves(self, slope: Tensor) -> None:
        """Raise InputError where there is no way up from a start."""
        if not bool(slope.abs().max() > 0):
            raise InputError(
                f"nothing that changes in the picture changes this answer of layer "
                f"{self.layer!r}; it may be silent (a relu at 0): use the layer before it, or "
                "another seed"
            )


def _in_pixels(
    ascent: _Ascent, start: Tensor, steps: int, judge: Network | None
) -> Steps[MaximisedPicture]:
    """Go by the sign of the slope, in pixels, from grey to the ends of the range."""
    # Pixels from 0 to 1, whatever the preprocessing: the range that a picture can have.
    black, unit = pixel_scale(ascent.model.preprocess, start.shape[1])
    pixels, path, values = start, [start], list[float]()
    for step in range(steps):
        value, slope = ascent.slopes(pixels, lambda leaf: black + leaf * unit)
        values.append(value)
        if step == 0:
            ascent.check_moves(slope)
        # As far as black or white in half of the steps, so that a pixel may change its mind.
        pixels = (pixels + slope.sign() * (1 / steps)).clamp(0, 1)
        # As pixels, and made inputs at the end: the path is kept in the range that people see.
        path.append(pixels)
        yield Progress(step + 1, steps, "exciting the unit", Later(_picture, black, unit, pixels))
    # Once more at the end: each step has told the value before it.
    value, _ = ascent.slopes(pixels, lambda leaf: black + leaf * unit)
    pictures = tuple(_picture(black, unit, each) for each in path)
    return _result(ascent, pictures, value, values[0], None, judge)


def _near_zero(seed: int, latents: Tensor) -> Tensor:
    """Return a start like these latents, near the middle of all."""
    # On the CPU, so that a seed means the same start on every device.
    generator = seeded(seed)
    noise = torch.randn(latents.shape, generator=generator, device="cpu")
    return (START_NOISE * noise).to(latents)


def _drawn_picture(generator: Generator, latents: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return the picture (1, C, H, W) of latents, with its graph where one is being made."""
    # `eval_mode_of` turns gradients off, which are wanted where the slope is asked for.
    follows = torch.is_grad_enabled()
    with eval_mode_of(generator), torch.set_grad_enabled(follows):
        return decode_latents(generator, latents, shape)


def _picture(black: Tensor, unit: Tensor, pixels: Tensor) -> Tensor:
    return (black + pixels * unit)[0]


def _in_latents(
    ascent: _Ascent,
    generator: Generator,
    encoding: Steps[Tensor],
    shape: tuple[int, ...],
    steps: int,
    judge: Network | None,
) -> Steps[MaximisedPicture]:
    """Go along the slope of the latents, no farther out than pictures usually lie."""
    start = yield from encoding
    # The length of d numbers that are standard normal is about the root of d.
    radius = max(FARTHEST * start.numel() ** 0.5, float(start.norm()))
    latents, path, values = start, list[Tensor](), list[float]()
    for step in range(steps + 1):
        # Drawn apart from the slope, without a graph: pictures of the path must not keep one alive.
        path.append(_drawn_picture(generator, latents, shape).detach().cpu()[0])
        value, slope = ascent.slopes(latents, lambda leaf: _drawn_picture(generator, leaf, shape))
        values.append(value)
        if step == 0:
            ascent.check_moves(slope)
        if step == steps:
            break
        yield Progress(step, steps, "exciting the unit", path[-1])
        # Steps of one length: twice the radius in all, so that the far side is within reach.
        latents = latents + slope / slope.norm().clamp_min(1e-30) * (2 * radius / steps)
        # Farther out than pictures usually lie a generator draws anything.
        latents = latents * min(1.0, radius / float(latents.norm()))
    return _result(ascent, tuple(path), values[-1], values[0], latents[0], judge)


def _result(
    ascent: _Ascent,
    path: tuple[Tensor, ...],
    value: float,
    before: float,
    latent: Tensor | None,
    judge: Network | None,
) -> MaximisedPicture:
    image = path[-1][None]
    return MaximisedPicture(
        image[0],
        value,
        before,
        path,
        int(ascent.model.logits(image).argmax()),
        None if judge is None else int(judge.logits(image).argmax()),
        latent,
    )


def _example(model: Network, like: Any) -> Tensor:
    if like is not None:
        return require_network(model).input(like)
    if (example := require_network(model).copies.example) is None:
        raise InputError("no size is known; give a picture: maximise(..., like=picture)")
    return example


def _grey(example: Tensor, seed: int) -> Tensor:
    """Return a grey start in pixels (1, C, H, W), with a little noise."""
    if example.ndim != 3:
        raise InputError(f"the network takes {tuple(example.shape)}; a picture (C, H, W) is needed")
    generator = seeded(seed)
    noise = torch.randn(example.shape, generator=generator, device="cpu")
    return (0.5 + START_NOISE * noise)[None].clamp(0, 1)
