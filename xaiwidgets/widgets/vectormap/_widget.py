"""The VectorMap: pictures as points, a lasso around them, and what the plane has lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from xaiwidgets.algebra import ExplainableNetwork
from xaiwidgets.checks import nearest
from xaiwidgets.errors import InputError
from xaiwidgets.images import check_picture
from xaiwidgets.inputs import inputs_of, some_inputs
from xaiwidgets.jobs import Job
from xaiwidgets.network import Network, require_network
from xaiwidgets.representations import site_of
from xaiwidgets.vectors import NoisePlane, Projection, ProjectionSketch, project
from xaiwidgets.widgets.base import Run, Widget, command
from xaiwidgets.widgets.commands import commands_of
from xaiwidgets.widgets.disagreement import DisagreementDesk
from xaiwidgets.widgets.explorer import Explorer
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.neuron import NeuronDesk
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.opening import Opening, opened_trait
from xaiwidgets.widgets.pictures import thumbnails_of
from xaiwidgets.widgets.run import start
from xaiwidgets.widgets.schema import place as check_place
from xaiwidgets.widgets.selection import check_selection
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.widgets.vectormap._crosses import Crosses, PlacedPicture
from xaiwidgets.widgets.vectormap._openers import Openers
from xaiwidgets.widgets.vectormap._output import (
    checked_scores,
    colourings,
    has_units,
    shown_noise,
    shown_plane,
    site_names,
)
from xaiwidgets.widgets.vectormap._state import ShownCross, VectorMapOutput, VectorMapState
from xaiwidgets.work import Steps

_REMEMBERED = 6  # maps that are known again when one goes back to them
_SAVED = 96  # small pictures in a page that is saved
_JOINED = 4  # pictures in a join that the page asks for


class VectorMap(Widget[VectorMapState, Projection | ProjectionSketch], output=VectorMapOutput):
    """Look at pictures as points, by what a layer has of them, and draw around some.

    Parameters
    ----------
    model : Classifier
    images : tensor (N, C, H, W), uint8 array (N, H, W) or (N, H, W, C), or sequence of pictures
        At least three; ten thousand stay fluent.
    labels : sequence of N classes, optional
        The true ones, by number or name.
    layer : str, optional
        By default "penultimate", what the last linear layer is given.
    method : "pca" or "tsne"
    scores : mapping from name to N numbers, optional
        What points can be coloured by besides, such as ``{"poison suspicion": ...}``; NaN where one
        is not known.
    rival : Classifier, optional
        Another network for the same classes: which of them is right about the chosen pictures can
        be asked in a `DisagreementDesk`.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError
        At once, if images, labels or scores do not fit, or there is no such layer.
    traitlets.TraitError
        If a state is not allowed; the message says what is.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> test = datasets.digits("test")
    >>> map_ = VectorMap(zoo.digits(), test.images[:60], test.labels[:60], selection=[3, 1])
    >>> map_.selection
    [1, 3]
    """

    _esm = bundle("vectormap.js")
    _css = bundle("xai.css")

    opened = opened_trait()

    def __init__(
        self,
        model: Network,
        images: Any,
        labels: Any = None,
        layer: str | None = None,
        method: str = "pca",
        *,
        scores: Mapping[str, Any] | None = None,
        rival: ExplainableNetwork | None = None,
        **settings: Any,
    ) -> None:
        self._model, self._pictures, self._label_source = model, images, labels
        self._rival = rival
        if rival is not None:
            require_network(rival, "rival")
        self._images: Tensor = inputs_of(model, images)
        check_picture(self._images[0])
        count, classes = len(self._images), model.logits(self._images[:1]).shape[1]
        self._labels: Any = None
        if labels is not None:
            numbers = model.class_numbers(labels, count, classes, name="labels", each=True)
            self._labels = numbers.numpy()
        self._columns = checked_scores(scores, count)
        site = site_of(model, self._images[:1], layer).name
        self._layers = site_names(model, self._images[:1])
        self._projection: Projection | None = None
        self._projections: dict[tuple[Any, ...], Projection] = {}
        self._crosses, self._opening = Crosses(self), Opening(self)
        self._openers = Openers(self)
        self._small = thumbnails_of(model, self._images)
        self._colourings = colourings(labels, self._columns)
        super().__init__(
            {"layer": site, "method": method, "colour": self._colourings[0], **settings},
            network=model.name,
            notes=notes_of(model),
            classes=[model.label(index) for index in range(classes)],
            count=count,
            layers=self._layers,
            labels=self._labels,
            scores=self._columns,
            has_rival=rival is not None,
        )
        self._commands |= commands_of(self._small) | commands_of(self._openers)
        self.run()

    # State

    def settle(self, state: VectorMapState, changed: Collection[str]) -> VectorMapState:
        """Check names, and bring what is chosen in order."""
        for name, value, allowed in (
            ("layer", state.layer, self._layers),
            ("colour", state.colour, self._colourings),
        ):
            if value not in allowed:
                names = ", ".join(map(repr, allowed))
                hint = nearest(value, list(allowed))
                raise InputError(f"{name} is {value!r}; use one of {names}{hint}")
        return replace(state, selection=check_selection(state.selection, len(self._images)))

    def python(self, state: VectorMapState) -> str:
        """Return the lines of Python that lay out what is shown."""
        objects = {"model": self._model, "images": self._pictures}
        objects |= {} if self._label_source is None else {"labels": self._label_source}
        names, missing = variables(objects)
        arguments = [names["model"], names["images"], repr(state.layer), repr(state.method)]
        arguments += [] if state.seed == 0 else [f"seed={state.seed}"]
        arguments += [f"labels={names['labels']}"] if "labels" in names else []
        return "\n".join(
            [
                *assumption(missing, "VectorMap"),
                "from xaiwidgets import vectors",
                f"projection = vectors.project({', '.join(arguments)}).run()",
            ]
        )

    # Work

    def steps(self, state: VectorMapState) -> Steps[Projection | ProjectionSketch]:
        """Lay the pictures out, or know again how they were."""
        settings = state.layer, state.method, state.seed
        options = {"method": state.method, "seed": state.seed, "labels": self._labels}
        work = project(self._model, self._images, state.layer, **options)
        return remembered(self._projections, self._model, settings, work)

    def show(
        self, state: VectorMapState, answer: Projection | ProjectionSketch, final: bool
    ) -> Mapping[str, Any]:
        """Return the points; crosses and noise of another map go."""
        # On a sketch, whose points still move, nothing is placed.
        self._projection = answer if isinstance(answer, Projection) else None
        self._crosses.update()
        return {
            "predicted": answer.predicted,
            "plane": shown_plane(answer, state, self._frames.next()),
            "noise": None,
            "crosses": (),  # until they are placed here
        }

    @property
    def projection(self) -> Projection | None:
        """How the pictures are laid out; None while they are not."""
        return self._projection

    @command("lay_out_noise")
    def lay_out_noise(self) -> Run[NoisePlane]:
        """Show noise that is laid out by the same method, beside the map.

        Raises
        ------
        InputError
            If the map itself is not laid out yet.
        """
        with self._lock:
            projection = self._projection
            if projection is None:
                raise InputError("the map is not laid out yet; wait for it, or run it")

            def show(noise: Any, final: bool) -> None:
                self.publish(noise=shown_noise(noise, projection, self._frames.next()))

            return start(self, projection.of_noise(self.state.seed), show)

    # Other pictures

    def place(
        self, images: Any, of: int | Sequence[int] | None = None, name: str = "placed"
    ) -> Job[list[ShownCross]] | None:
        """Put further pictures on the map as crosses: edited ones, or attacked ones.

        Parameters
        ----------
        images : image, tensor (C, H, W) or (n, C, H, W), or sequence of pictures
        of : int or n ints, optional
            Which pictures of the map they are made of; a line leads from there.
        name : str
            What they are called, with a number where there are several. Placed under a name again,
            a cross moves.

        Returns
        -------
        Job or None
            `.wait()` waits until they are there; None while the map is not laid out: they follow.

        Raises
        ------
        InputError
            If one becomes an input of another shape, or is of no picture.
        """
        batch = some_inputs(self._model, images, self._images.shape[1:])
        sources = [of] * len(batch) if of is None or isinstance(of, int) else list(of)
        if len(sources) != len(batch):
            raise InputError(f"of has {len(sources)} numbers for {len(batch)} images")
        for source in sources:
            check_place("of", source, len(self._images), "images")
        names = [name] if len(batch) == 1 else [f"{name} {n + 1}" for n in range(len(batch))]
        placed = map(PlacedPicture, names, batch, sources)
        return self._crosses.add(list(placed))

    def follow(self, explorer: Explorer) -> None:
        """Keep a cross where an Explorer's picture is, edited as it is there.

        It moves with each edit, and a line leads to it from the picture that is edited, where that
        is one of the map's.
        """
        self._crosses.follow(explorer)

    @command("clear_crosses")
    def clear_crosses(self) -> None:
        """Take all crosses away, and follow no Explorer any more."""
        self._crosses.clear()

    # Other widgets

    def explore(self, indices: Sequence[int] | None = None, **settings: Any) -> Explorer:
        """Return an Explorer of pictures, by default the chosen ones, shown below and followed.

        Raises
        ------
        InputError
            If none is chosen.
        """
        rows = self._openers.chosen(indices)
        # Called by their numbers here, so that a query says which point it is of.
        explorer = Explorer(self._model, {f"x{row}": self._images[row] for row in rows}, **settings)
        self.publish(opened=explorer)
        self.follow(explorer)
        return explorer

    def join(self, indices: Sequence[int] | None = None) -> Explorer:
        """Return an Explorer in which pictures are joined, by default the first few chosen."""
        rows = self._openers.chosen(indices)
        rows = rows if indices is not None else rows[:_JOINED]
        if len(rows) < 2:
            raise InputError("a join needs two pictures; choose more")
        return self.explore(rows, operator="join", partners=[f"x{row}" for row in rows[1:]])

    def disagreements(
        self, indices: Sequence[int] | None = None, **settings: Any
    ) -> DisagreementDesk:
        """Return a desk of what the network and its rival disagree about, of the chosen pictures.

        Raises
        ------
        InputError
            If none is chosen, or there is no rival.
        """
        rows = self._openers.chosen(indices)
        if self._rival is None:
            raise InputError("there is no rival to disagree; give VectorMap(..., rival=...)")
        if not isinstance(self._model, ExplainableNetwork):
            raise InputError("networks are compared as Classifiers; give the map a Classifier")
        desk = DisagreementDesk(
            self._model,
            self._rival,
            self._images[list(rows)],
            labels=None if self._labels is None else self._labels[list(rows)],
            **settings,
        )
        self.publish(opened=desk)
        return desk

    def profile(self, indices: Sequence[int] | None = None, **settings: Any) -> NeuronDesk:
        """Return a NeuronDesk in which the chosen pictures are a class: which units it uses most.

        It has all pictures, by the same numbers.

        Raises
        ------
        InputError
            If none is chosen.
        """
        rows = self._openers.chosen(indices)
        # Conductance is of units: where this layer has none, the desk takes its usual one.
        layer = self.state.layer if has_units(self._model, self._images[0], self.state) else None
        options = {"layer": layer, "selection": rows, "examples": rows, **settings}
        desk = NeuronDesk(self._model, self._images, profiled=True, **options)
        self.publish(opened=desk)
        return desk

    @command("close")
    def close_opened(self) -> None:
        """Show nothing below, and follow it no more."""
        self._opening.close_opened()
        self._crosses.unfollow()

    # The page

    def html(self) -> str:
        """Return one self-contained page, with the chosen pictures in it."""
        with self._lock:
            names = [str(row) for row in self.state.selection[:_SAVED]]
            self.publish(saved={name: self._small.thumbnail(name) for name in names})
            return super().html()


def remembered(
    projections: dict[tuple[Any, ...], Projection],
    model: Network,
    settings: tuple[Any, ...],
    work: Steps[Projection],
) -> Steps[Projection]:
    """Do what makes a projection, unless it is among the last few of the weights as they are.

    t-SNE takes seconds: back at a layer, its map comes from memory.
    """
    # Anew, as writes through `.data` are not seen otherwise.
    key = model.weights(anew=True), *settings
    projection = projections.pop(key, None) or (yield from work)
    projections[key] = projection  # the last of all
    if len(projections) > _REMEMBERED:
        del projections[next(iter(projections))]
    return projection
