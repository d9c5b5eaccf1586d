"""`project`: a network's pictures as points, by what a layer has of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.figures import drawable, figure, png
from xaiwidgets.inputs import inputs_of, some_inputs
from xaiwidgets.network import Network
from xaiwidgets.reliability import network_logits
from xaiwidgets.representations import Site, representations, site_of
from xaiwidgets.vectors._plane import LEAST_VECTORS, Plane, check_lay_out, lay_out, shuffled
from xaiwidgets.vectors._quality import (
    Doubles,
    NeighbourAgreement,
    agreement,
    rated_pictures,
    trustworthiness,
)
from xaiwidgets.work import Progress, Steps, relay, work

LEGEND = 20
"""Classes that a figure names, at most."""


@dataclass(frozen=True, eq=False)
class ProjectionSketch:
    """Points of a projection that is still being laid out.

    Attributes
    ----------
    points : (N, 2) float64
    predicted : (N,) ints
    """

    points: Doubles
    predicted: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class NoisePlane:
    """Noise laid out as a projection's vectors were: groups here are the method's own.

    Attributes
    ----------
    points : (N, 2) float64
    trustworthiness, neighbours_agree
        As of `Projection`, but among vectors of noise: agreement is chance, and any group is made.
    """

    points: Doubles
    trustworthiness: float
    neighbours_agree: NeighbourAgreement


@dataclass(frozen=True, eq=False, repr=False)
class Projection:
    """Pictures as points on a plane, and what the plane has lost.

    Attributes
    ----------
    points : (N, 2) float64
    vectors : (N, F) float64
        What the layer has of each picture, from which the points were made.
    predicted : (N,) ints
        The classes that the network predicts.
    classes : (N,) ints
        The classes by which neighbours agree: the labels, or else what is predicted.
    trustworthiness : float
        How few neighbours on the plane are far apart among the vectors, 0 to 1 (Venna and Kaski
        2001); of at most 2,000 pictures. Points at random have about 0.5.
    neighbours_agree : NeighbourAgreement
        How many of the 10 nearest have a picture's class.
    variance : float or None
        The share of the variance that the plane shows; None for t-SNE.
    layer, method : str
    plane : Plane
        Where further vectors lie, the others staying where they are.
    """

    points: Doubles
    vectors: Doubles
    predicted: NDArray[np.int64]
    classes: NDArray[np.int64]
    trustworthiness: float
    neighbours_agree: NeighbourAgreement
    layer: str
    plane: Plane
    _model: Network
    _site: Site
    _shape: tuple[int, ...]

    @property
    def method(self) -> str:
        """How the plane was made."""
        return self.plane.method

    @property
    def variance(self) -> float | None:
        """The share of the variance that the plane shows."""
        return self.plane.variance

    def __repr__(self) -> str:
        return (
            f"<Projection of {len(self.points)} pictures at {self.layer!r} by {self.method}: "
            f"{self.neighbours_agree}>"
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the points, coloured by their classes."""
        canvas = ax.figure if ax is not None else figure(6, 4.5)
        axes = ax if ax is not None else canvas.add_subplot()
        for number in np.unique(self.classes):
            rows = self.points[self.classes == number]
            # Fonts lack letters that class names may have; such a class goes by its number.
            label = drawable(self._model.label(int(number)), f"class {number}")
            axes.scatter(*rows.T, s=9, label=label)
        # A distance along the plane is one length in both directions.
        axes.set_aspect("equal", "datalim")
        axes.set_title(f"{self.layer} by {self.method}", fontsize="medium")
        axes.set_xticks([])
        axes.set_yticks([])
        if len(np.unique(self.classes)) <= LEGEND:
            axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
        return canvas

    def _repr_png_(self) -> bytes:
        return png(self.plot())

    @work
    def place(self, images: Any) -> Steps[Doubles]:
        """Return where further pictures lie, (n, 2): edited ones, or attacked ones.

        Raises
        ------
        InputError
            If one becomes an input of another shape.
        """
        # In the shape of those on the plane: other sizes have other means over places.
        return self._placed(some_inputs(self._model, images, self._shape))

    def _placed(self, batch: Tensor) -> Steps[Doubles]:
        vectors = yield from representations(self._model, batch, self._site)
        return self.plane.place(vectors)

    @work
    def of_noise(self, seed: int = 0) -> Steps[NoisePlane]:
        """Lay out noise by the same method: each unit's numbers, dealt to other pictures.

        Raises
        ------
        InputError
            If the seed is no number.
        """
        check_lay_out(self.method, seed)
        return self._noise(seed)

    def _noise(self, seed: int) -> Steps[NoisePlane]:
        # With the same number of vectors and the same units, so that only their neighbourhoods
        # differ.
        noise = shuffled(self.vectors, seed)
        plane = yield from lay_out(noise, method=self.method, seed=seed)
        yield Progress(0, None, "measuring what is lost")
        rated = rated_pictures(len(noise), seed)
        return NoisePlane(
            points=plane.points,
            trustworthiness=trustworthiness(noise, plane.points, rated),
            neighbours_agree=agreement(noise, plane.points, self.classes),
        )


@work
def project(
    model: Network,
    images: Any,
    layer: str | None = None,
    method: str = "pca",
    seed: int = 0,
    *,
    labels: Any = None,
) -> Steps[Projection]:
    """Lay pictures out on a plane by what a layer has of them.

    Parameters
    ----------
    model : Network
    images : tensor (N, ...) or sequence of pictures
    layer : str, optional
        Whose answers represent a picture, the mean over places of each unit; by default what the
        last linear layer is given.
    method : "pca" or "tsne"
        See `lay_out`.
    seed : int
        Of t-SNE, and of which pictures the trustworthiness is measured on.
    labels : N classes, optional
        By number or name, for the agreement of neighbours; by default what the network predicts.

    Returns
    -------
    Work[Projection]
        Its previews are `ProjectionSketch`.

    Raises
    ------
    InputError
        If there are too few pictures, or no such layer or method; later, if all are alike there.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> test = datasets.digits("test")
    >>> found = project(zoo.digits(), test.images[:200], labels=test.labels[:200]).run()
    >>> found.points.shape
    (200, 2)
    >>> found.neighbours_agree.full.value > found.neighbours_agree.chance
    True
    """
    batch = inputs_of(model, images)
    if len(batch) < LEAST_VECTORS:
        raise InputError(
            f"{len(batch)} pictures are too few to lay out; give at least {LEAST_VECTORS}"
        )
    check_lay_out(method, seed)
    site = site_of(model, batch[:1], layer)
    numbers = None
    if labels is not None:
        classes = model.logits(batch[:1]).shape[1]
        # Checked before the first picture is evaluated.
        numbers = model.class_numbers(labels, len(batch), classes, name="labels", each=True).numpy()
    return _projected(model, batch, site, method, seed, numbers)


def _projected(
    model: Network,
    batch: Tensor,
    site: Site,
    method: str,
    seed: int,
    labels: NDArray[np.int64] | None,
) -> Steps[Projection]:
    vectors = yield from representations(model, batch, site)
    predicted = (yield from network_logits(model, batch)).argmax(1).numpy()

    def sketch(points: Doubles) -> ProjectionSketch:
        return ProjectionSketch(points, predicted)

    # By now the layer and the classes are known, so that points on the way can be coloured.
    work = lay_out(vectors, method=method, seed=seed)
    plane = yield from relay(work, lambda progress: progress.map(sketch))
    yield Progress(0, None, "measuring what is lost", sketch(plane.points))
    # The same pictures for any method and layer of this seed, so that two planes compare.
    rated = rated_pictures(len(batch), seed)
    # Without labels it is asked how far the layer has the network's own answer already.
    classes = predicted if labels is None else labels
    return Projection(
        points=plane.points,
        vectors=vectors,
        predicted=predicted,
        classes=classes,
        trustworthiness=trustworthiness(vectors, plane.points, rated),
        neighbours_agree=agreement(vectors, plane.points, classes),
        layer=site.name,
        plane=plane,
        _model=model,
        _site=site,
        _shape=tuple(batch.shape[1:]),
    )
