"""Glyphs: drawn strokes, digits of a font, and how a hand distorts them; arrays, no data sets."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Grey = NDArray[np.float64]
Stroke = NDArray[np.float64]
"""Points (n, 2) of a line, x and y from 0 to 1."""

_FINER = 8  # drawn so much larger, and averaged
_THICK = 0.075  # of the side
_CURVE = 24  # points of a curved stroke
_COMMON = 3  # strokes that both glyphs have

# Of the distortion, in shares of the side where they are lengths (Simard 2003, smoothed less for
# small pictures).
_WOBBLE, _SMOOTH = 0.035, 0.14
_TURN, _SCALE, _SHIFT = math.radians(9), 0.08, 0.04


def stroke_pair(seed: int) -> tuple[list[Stroke], list[Stroke]]:
    """Return the strokes that two made-up glyphs share, and the last one of each.

    The last ones are mirror images of each other in one place, so that ink tells nothing.
    """
    generator = np.random.default_rng([seed, 0])
    anchors = np.array([(x, y) for x in (0.2, 0.5, 0.8) for y in (0.18, 0.5, 0.82)])
    common = []
    for _ in range(_COMMON):
        begin, bend, end = anchors[generator.permutation(len(anchors))[:3]]
        along = np.linspace(0, 1, _CURVE)[:, None]
        common.append((1 - along) ** 2 * begin + 2 * along * (1 - along) * bend + along**2 * end)
    middles = [np.array([x, y]) for x in (0.25, 0.75) for y in (0.25, 0.75)]
    reach = 0.15
    # Where the other strokes leave most room, so that it can be seen.
    points = np.concatenate(common)
    middle = min(middles, key=lambda each: (np.abs(points - each).max(1) < 1.5 * reach).sum())
    rising = middle + np.array([[-reach, reach], [reach, -reach]])
    falling = middle + np.array([[-reach, -reach], [reach, reach]])
    return common, [rising, falling]


def draw_strokes(strokes: list[Stroke], size: int) -> Grey:
    """Return strokes as white lines on black (size, size), from 0 to 1."""
    large = size * _FINER
    image = Image.new("L", (large, large))
    draw = ImageDraw.Draw(image)
    radius = _THICK * large / 2
    for stroke in strokes:
        points = [(x * large, y * large) for x, y in stroke]
        draw.line(points, 255, round(2 * radius), joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
    return np.asarray(image.resize((size, size), Image.Resampling.BOX), np.float64) / 255


def draw_character(character: str, font: Path, size: int) -> Grey:
    """Return a character of a font, in the middle of a black picture (size, size), 0 to 1."""
    large = size * _FINER
    face = ImageFont.truetype(str(font), round(0.7 * large))
    left, top, right, bottom = face.getbbox(character)
    # All as high as each other: fonts leave more or less air around a digit.
    face = ImageFont.truetype(str(font), round(0.7 * large * 0.62 * large / max(bottom - top, 1)))
    left, top, right, bottom = face.getbbox(character)
    image = Image.new("L", (large, large))
    at = (large - left - right) / 2, (large - top - bottom) / 2
    ImageDraw.Draw(image).text(at, character, 255, face)
    return np.asarray(image.resize((size, size), Image.Resampling.BOX), np.float64) / 255


def distort(pictures: list[Grey], generator: np.random.Generator) -> list[Grey]:
    """Return pictures of one size, all distorted alike as by a hand: turned, scaled, wobbled."""
    from scipy.ndimage import gaussian_filter, map_coordinates

    size = len(pictures[0])
    angle, scale = generator.uniform(-_TURN, _TURN), 1 + generator.uniform(-_SCALE, _SCALE)
    shift = generator.uniform(-_SHIFT, _SHIFT, 2) * size
    wobble = gaussian_filter(
        generator.normal(size=(2, size, size)), (0, _SMOOTH * size, _SMOOTH * size)
    )
    wobble *= _WOBBLE * size / wobble.std()
    middle = (size - 1) / 2
    rows, columns = np.mgrid[:size, :size] - middle
    cosine, sine = math.cos(angle) / scale, math.sin(angle) / scale
    # From each pixel of the result back to where its grey comes from, as scipy asks for it: hence
    # divided by the scale.
    places = np.stack([cosine * rows - sine * columns, sine * rows + cosine * columns])
    places += middle + shift[:, None, None] + wobble
    return [np.clip(map_coordinates(each, places, order=1), 0, 1) for each in pictures]
