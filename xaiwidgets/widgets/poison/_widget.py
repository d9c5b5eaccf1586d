"""The PoisonDesk: brush, lasso and mark what stands out, find the trigger, train again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline, check_picture
from xaiwidgets.inputs import inputs_of
from xaiwidgets.network import Network
from xaiwidgets.poisoning import (
    Cleansed,
    Signature,
    TriggerWindows,
    cleanse,
    signature,
    trigger_windows,
)
from xaiwidgets.widgets.base import Run, Widget, command
from xaiwidgets.widgets.export import bundle
from xaiwidgets.widgets.notes import notes_of
from xaiwidgets.widgets.pictures import small_pictures
from xaiwidgets.widgets.poison._output import (
    shown_cleansing,
    shown_signature,
    shown_trigger,
    shown_truth,
    with_window,
)
from xaiwidgets.widgets.poison._state import PoisonOutput, PoisonState, ShownTruth
from xaiwidgets.widgets.run import start
from xaiwidgets.widgets.schema import place
from xaiwidgets.widgets.selection import check_selection
from xaiwidgets.widgets.variables import assumption, variables
from xaiwidgets.work import Steps

_SIDE = 40  # pixels a side of a small picture, at most
# A rate of so many is known to six points either way, at the worst.
_PASTED = 300  # pictures that a window is pasted into, to measure the trigger by


@dataclass(frozen=True, eq=False)
class Findings:
    """What a PoisonDesk has found out.

    Attributes
    ----------
    signature : Signature
    trigger : TriggerWindows or None
    cleansed : Cleansed or None
    """

    signature: Signature
    trigger: TriggerWindows | None = None
    cleansed: Cleansed | None = None


class PoisonDesk(Widget[PoisonState, Findings], output=PoisonOutput):
    """Look for poisoned pictures in a class by hand (i-Algebra, Case C).

    Parameters
    ----------
    model : Classifier
        Trained on the pictures.
    images : tensor (N, C, H, W), uint8 array (N, H, W) or (N, H, W, C), or sequence of pictures
    labels : sequence of N classes
        As given, by number or name.
    target : class
        Whose pictures are looked at first.
    train : callable, optional
        From images and labels to a network, or to `Work` of one, as `poisoning.Trainer`; without
        it nothing is trained again.
    triggered : pictures, optional
        Test pictures with the trigger, where it is known; by default the first window that is
        found, pasted into pictures of other classes.
    test : (images, labels), optional
        What accuracies are measured on.
    truth : (N,) bools, optional
        Which pictures are poisoned. It is shown when asked for.
    layer : str, optional
        As of `poisoning.signature`.
    grid, budget, baseline
        As of `poisoning.trigger_windows`.
    **settings
        Any of the attributes below.

    Raises
    ------
    InputError
        At once, if images and labels do not fit the network, or the truth does not fit them.
    traitlets.TraitError
        If a state is not allowed; the message says what is.
    """

    _esm = bundle("poison.js")
    _css = bundle("xai.css")

    autorun = False  # only another class asks for another signature

    def __init__(
        self,
        model: Network,
        images: Any,
        labels: Any,
        target: int | str = 0,
        *,
        train: Any = None,
        triggered: Any = None,
        test: tuple[Any, Any] | None = None,
        truth: Any = None,
        layer: str | None = None,
        grid: int | tuple[int, int] = 7,
        budget: int = 256,
        baseline: Baseline = 0.0,
        **settings: Any,
    ) -> None:
        self._model, self._pictures, self._train = model, images, train
        self._label_source = labels
        self._images: Tensor = inputs_of(model, images)
        check_picture(self._images[0])
        self._classes = model.logits(self._images[:1]).shape[1]
        numbers = model.class_numbers(
            labels, len(self._images), self._classes, name="labels", each=True
        )
        self._labels = numbers.numpy()
        self._triggered, self._test, self._layer = triggered, test, layer
        self._truth = checked_truth(truth, len(self._images))
        self._options: dict[str, Any] = {"grid": grid, "budget": budget, "baseline": baseline}
        self._findings: Findings | None = None
        super().__init__(
            {"target": target, **settings},
            network=model.name,
            notes=notes_of(model),
            classes=[model.label(index) for index in range(self._classes)],
            count=len(self._images),
            trains=train is not None,
            has_truth=self._truth is not None,
        )
        self.run()

    # State

    def settle(self, state: PoisonState, changed: Collection[str]) -> PoisonState:
        """Turn a class's name into its number, what is brushed into what is chosen."""
        state = replace(state, target=self._model.index(state.target, self._classes))
        state = replace(
            state,
            selection=check_selection(state.selection, len(self._images)),
            poisoned=self._rows("poisoned", state.poisoned),
            clean=self._rows("clean", state.clean),
        )
        if len(state.brush) != 2 or state.brush[0] > state.brush[1]:
            raise InputError(f"brush is {list(state.brush)}; give where it begins, and its end")
        # A picture is marked as one of both; the later mark counts.
        if "clean" in changed:
            state = replace(state, poisoned=_without(state.poisoned, state.clean))
        else:
            state = replace(state, clean=_without(state.clean, state.poisoned))
        # What was chosen were pictures of the class before.
        if "target" in changed and not self._settling:
            return replace(state, selection=())
        return self._brushed(state) if "brush" in changed else state

    def _rows(self, name: str, rows: Sequence[int]) -> tuple[int, ...]:
        for row in rows:
            place(name, row, len(self._images), "images")
        return tuple(sorted(set(rows)))

    def _brushed(self, state: PoisonState) -> PoisonState:
        result = self._findings.signature if self._findings else None
        if result is None or result.target != state.target:
            return state
        along = result.projections[:, 0] / result.deviation
        inside = (along >= state.brush[0]) & (along <= state.brush[1])
        return replace(state, selection=tuple(result.indices[inside].tolist()))

    def changed(self, name: str) -> None:
        """Look at another class, or show the truth."""
        super().changed(name)
        if name == "target":
            self.run()
        if name == "show_truth":
            self.publish(poisons=self._shown_truth())

    def python(self, state: PoisonState) -> str:
        """Return the lines of Python that compute what is shown."""
        objects = {"model": self._model, "images": self._pictures, "labels": self._label_source}
        names, missing = variables(objects)
        model, images, labels = (names[name] for name in objects)
        layer = "" if self._layer is None else f", {self._layer!r}"
        lines = [
            *assumption(missing, "PoisonDesk"),
            "from xaiwidgets import poisoning",
            f"result = poisoning.signature({model}, {images}, {labels}, {state.target}{layer})"
            ".run()",
        ]
        if state.poisoned:
            lines.append(f"marked = {list(state.poisoned)}")
        return "\n".join(lines)

    # Work

    def steps(self, state: PoisonState) -> Steps[Findings]:
        """Compute the signature of the class."""
        work = signature(self._model, self._images, self._labels, state.target, self._layer)
        return work.map(Findings)

    def show(self, state: PoisonState, answer: Findings, final: bool) -> Mapping[str, Any] | None:
        """Return the signature of a class; what was found out of another one goes."""
        # What was chosen by hand, or at first, is not taken away by another signature.
        by_brush = self._brushed(replace(self.state, selection=())).selection
        follows = self.state.selection in ((), by_brush)
        self._findings = answer
        rows = torch.from_numpy(answer.signature.indices)
        if follows:
            self.become(self._brushed(self.state))
        return {
            "signature": shown_signature(answer.signature),
            "thumbnails": small_pictures(self._model, self._images[rows], _SIDE),
            "trigger": None,
            "cleansing": None,
            "poisons": self._shown_truth(),
        }

    def _shown_truth(self) -> ShownTruth | None:
        if self._truth is None or self._findings is None or not self.state.show_truth:
            return None
        return shown_truth(self._findings.signature, self._truth)

    @command("find_trigger")
    def find_trigger(self) -> Run[Findings]:
        """Propose windows from the maps of what is marked as poisoned, or else of what is chosen.

        Raises
        ------
        InputError
            If nothing is marked or chosen, or everything is.
        """
        with self._lock:
            findings, suspects = self._current(), self._suspects()
            # Of all classes: where a window is pasted into them and turns them, it is the trigger.
            others = np.setdiff1d(np.arange(len(self._images)), suspects)
            pictures = self._images[torch.from_numpy(suspects)]
            work = trigger_windows(
                self._model,
                pictures,
                self._images[torch.from_numpy(others)],
                target=findings.signature.target,
                **self._options,
            )

            def show(answer: Findings, final: bool) -> None:
                self._findings = self._answer = answer
                if answer.trigger is not None:
                    shown = shown_trigger(self._model, answer.trigger, pictures)
                    self.publish(trigger=shown)

            return start(self, work.map(lambda result: replace(findings, trigger=result)), show)

    @command("retrain")
    def retrain(self) -> Run[Findings]:
        """Train again without what is marked as poisoned, and without as many others.

        Raises
        ------
        InputError
            If nothing is marked, or there is neither a recipe nor a trigger.
        """
        with self._lock:
            findings, marked = self._current(), self.state.poisoned
            if self._train is None:
                raise InputError(
                    "there is no recipe to train again; give PoisonDesk(..., train=...), such as "
                    "poisoning.Trainer(make_network)"
                )
            if not marked:
                raise InputError("nothing is marked as poisoned; mark pictures first (key P)")
            work = cleanse(
                self._train,
                # As they were given: a recipe makes its own network's inputs of them.
                self._pictures,
                self._labels,
                list(marked),
                triggered=self._with_trigger(findings),
                target=findings.signature.target,
                test=self._test,
                model=self._model,
            )

            def show(answer: Findings, final: bool) -> None:
                self._findings = self._answer = answer
                if answer.cleansed is not None:
                    self.publish(cleansing=shown_cleansing(answer.cleansed))

            return start(self, work.map(lambda result: replace(findings, cleansed=result)), show)

    def _current(self) -> Findings:
        if self._findings is None or self._findings.signature.target != self.state.target:
            raise InputError("the signature of this class is not there yet; wait for it, or run it")
        return self._findings

    def _suspects(self) -> Any:
        rows = self.state.poisoned or self.state.selection
        if not rows:
            raise InputError("no picture is marked or chosen; brush, lasso or mark some first")
        if len(rows) == len(self._images):
            raise InputError("all pictures are suspected; leave some to compare with")
        return np.array(rows, np.int64)

    def _with_trigger(self, findings: Findings) -> Any:
        """Return pictures with the trigger: as given, or with the first window that was found."""
        if self._triggered is not None:
            return self._triggered
        if findings.trigger is None:
            raise InputError("the trigger is not known; find it first, or give triggered=pictures")
        # Not into pictures of the target: those are called so without any trigger.
        rows = np.flatnonzero(self._labels != findings.signature.target)[:_PASTED]
        window = findings.trigger.windows[0].window
        suspects = self._images[torch.from_numpy(self._suspects())]
        return with_window(self._images[torch.from_numpy(rows)], suspects, window)

    @property
    def result(self) -> Findings | None:
        """What has been found out; if the last work failed, its error is raised."""
        answer: Findings | None = super().result
        return answer


def _without(rows: Sequence[int], others: Sequence[int]) -> tuple[int, ...]:
    return tuple(row for row in rows if row not in set(others))


def checked_truth(truth: Any, count: int) -> Any:
    """Return (N,) bools or None; InputError if it is neither."""
    if truth is None:
        return None
    array = np.asarray(truth)
    if array.dtype != np.bool_ or array.shape != (count,):
        raise InputError(
            f"truth is {array.dtype} {array.shape}; give a bool for each of the {count} images"
        )
    return array
