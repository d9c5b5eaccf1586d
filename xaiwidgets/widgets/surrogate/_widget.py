"""The SurrogateDesk: one tree for a whole network, its depth, and the pictures in its leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from torch import Tensor

from xaiwidgets.contrast import Generator
from xaiwidgets.errors import InputError
from xaiwidgets.images import check_picture
from xaiwidgets.inputs import inputs_of
from xaiwidgets.network import Network
from xaiwidgets.surrogate import SurrogateTree, tree
from xaiwidgets.widgets.base import Widget
from xaiwidgets.widgets.commands import commands_of
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.pictures import thumbnails_of
from xaiwidgets.widgets.selection import check_selection
from xaiwidgets.widgets.surrogate._state import (
    DEEPEST_SHOWN,
    ShownDepth,
    ShownLeaf,
    ShownNode,
    ShownTree,
    SurrogateOutput,
    SurrogateState,
)
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.work import Steps

# Of 56 pixels a side these are 0.9 MB, before base64 makes a third more of it.
_SAVED = 96  # small pictures in a page that is saved


class SurrogateDesk(Widget[SurrogateState, SurrogateTree], output=SurrogateOutput):
    """Read a whole network as a decision tree, by hand (the survey, section 4.3).

    The agreement is with the network, not with labels, on pictures that the tree was not fitted
    to, and stands beside always saying the network's commonest class.

    Parameters
    ----------
    model : Classifier
    images : tensor (N, C, H, W), uint8 array (N, H, W) or (N, H, W, C), or sequence of pictures
        At least 20.
    features : "cells", "latents", "pca", or callable
        What the tree asks about first; a function makes (N, F) of inputs (N, ...).
    generator : Generator, optional
        Has the latents that the tree may ask about.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError
        At once, if the images do not fit the network or are too few, or there is no generator to
        give latents; in the page, if the network says one class of all.
    traitlets.TraitError
        If a state is not allowed; the message says what is.

    Examples
    --------
    >>> from xaiwidgets import datasets, zoo
    >>> desk = SurrogateDesk(zoo.digits(), datasets.digits("test").images, depth=4)
    >>> desk.run().wait().agreement.value > 0.3
    True
    """

    _esm = bundle("surrogate.js")
    _css = bundle("xai.css")

    def __init__(
        self,
        model: Network,
        images: Any,
        features: str | Callable[[Tensor], Any] = "cells",
        *,
        generator: Generator | None = None,
        **settings: Any,
    ) -> None:
        self._model, self._pictures, self._generator = model, images, generator
        self._function = features if callable(features) else None
        self._images = inputs_of(model, images)
        check_picture(self._images[0])
        sources = {"latents": generator, "own": self._function}
        self._offered = [
            name
            for name in ("cells", "latents", "pca", "own")
            if sources.get(name, True) is not None
        ]
        self._tree: SurrogateTree | None = None
        self._fitted_for: SurrogateState  # of that tree
        self._small = thumbnails_of(model, self._images)
        classes = model.logits(self._images[:1]).shape[1]
        super().__init__(
            {"features": "own" if callable(features) else features, **settings},
            network=model.name,
            notes=notes_of(model),
            classes=[model.label(index) for index in range(classes)],
            count=len(self._images),
            offered=self._offered,
        )
        self._commands |= commands_of(self._small)
        self.run()

    # State

    def settle(self, state: SurrogateState, changed: Collection[str]) -> SurrogateState:
        """Check what the tree asks about, and bring what is chosen in order."""
        if state.features not in self._offered:
            names = ", ".join(map(repr, self._offered))
            needed = {"latents": "generator=...", "own": "a function as features"}[state.features]
            raise InputError(
                f"features is {state.features!r}; use one of {names}, or give {needed}"
            )
        side = min(self._images.shape[-2:])
        if state.features == "cells" and state.grid > side:
            raise InputError(f"grid is {state.grid}; the images have {side} pixels a side")
        return replace(state, selection=check_selection(state.selection, len(self._images)))

    def changed(self, name: str) -> None:
        """Show the tree of another depth at once; fit another where other things are asked."""
        if name == "depth" and self._tree is not None:
            self.become(self.settle(self.state, {name}))
            # Of what it was fitted for: other settings may be set already, and not be fitted yet.
            settings = replace(self._fitted_for, depth=self.state.depth)
            self.publish(tree=self._shown(settings, self._tree))
        else:
            super().changed(name)

    def python(self, state: SurrogateState) -> str:
        """Return the lines of Python that fit what is shown."""
        objects = {"model": self._model, "images": self._pictures}
        objects |= {"generator": self._generator} if state.features == "latents" else {}
        objects |= {"features": self._function} if state.features == "own" else {}
        names, missing = variables(objects)
        chosen = names["features"] if state.features == "own" else repr(state.features)
        arguments = [names["model"], names["images"], chosen, f"depth={state.depth}"]
        arguments += [f"grid={state.grid}"] if state.features == "cells" else []
        arguments += [f"generator={names['generator']}"] if "generator" in names else []
        arguments += [f"held_out={state.held_out}", f"seed={state.seed}"]
        return "\n".join(
            [
                *assumption(missing, "SurrogateDesk"),
                "from xaiwidgets import surrogate",
                f"tree = surrogate.tree({', '.join(arguments)}).run()",
            ]
        )

    # Work

    def steps(self, state: SurrogateState) -> Steps[SurrogateTree]:
        """Fit trees of all depths at once, so that the slider waits for none."""
        work = tree(
            self._model,
            self._images,
            self._function if state.features == "own" else state.features,
            DEEPEST_SHOWN,
            grid=state.grid,
            generator=self._generator,
            held_out=state.held_out,
            seed=state.seed,
        )
        # A tree that is cut higher is the one that was grown less deep: each split is chosen by
        # what is above it.
        return work.map(lambda deepest: deepest.at(state.depth))

    def show(self, state: SurrogateState, answer: SurrogateTree, final: bool) -> Mapping[str, Any]:
        """Return the tree of the depth that is set by now."""
        self._tree, self._fitted_for = answer, state
        shown = replace(state, depth=self.state.depth)
        return {"tree": self._shown(shown, answer)}

    @property
    def result(self) -> SurrogateTree | None:
        """The tree of this depth; if the last work failed, its error is raised."""
        answer: SurrogateTree | None = super().result
        return None if answer is None else answer.at(self.state.depth)

    def _shown(self, state: SurrogateState, fitted: SurrogateTree) -> ShownTree:
        cut = fitted.at(state.depth)
        count = len(self._images)
        leaf_of, held_out = np.zeros(count, np.int32), np.zeros(count, np.bool_)
        for number, leaf in enumerate(cut.leaves):
            leaf_of[leaf.pictures] = number
        held_out[cut.held_out] = True
        return ShownTree(
            depth=cut.depth,
            features=state.features,
            grid=state.grid if state.features == "cells" else None,
            nodes=tuple(ShownNode(*node) for node in cut.nodes),
            leaves=tuple(
                ShownLeaf(e.label, e.conditions, len(e.pictures), e.tested, e.agreement)
                for e in cut.leaves
            ),
            leaf_of=leaf_of,
            predicted=cut.predicted.astype(np.int32),
            held_out=held_out,
            agreement=cut.agreement,
            majority=cut.majority,
            depths=tuple(
                ShownDepth(agreement, gain, leaves)
                for (_, agreement), gain, leaves in zip(
                    cut.by_depth, cut.gains, cut.leaf_counts, strict=True
                )
            ),
            per_class=cut.per_class,
            importance=cut.importance,
        )

    # The page

    def html(self) -> str:
        """Return one self-contained page, with the chosen pictures in it."""
        with self._lock:
            # A page without a kernel cannot ask for small pictures any more.
            names = [str(row) for row in self.state.selection[:_SAVED]]
            self.publish(saved={name: self._small.thumbnail(name) for name in names})
            return super().html()
