"""`trigger_windows`: where the trigger may be, by maps; and what pasting and erasing it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from xaiwidgets.algebra import explain_all
from xaiwidgets.checks import whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Baseline, Window, baseline_picture, check_picture
from xaiwidgets.inputs import inputs_of
from xaiwidgets.intervals import IntervalEstimate, share_interval
from xaiwidgets.methods import Cells, Method
from xaiwidgets.network import Network
from xaiwidgets.reliability import Doubles, network_logits
from xaiwidgets.work import Later, Progress, Steps, relay, work

EXPLAINED = 24
"""Pictures of each kind whose maps are joined, at most."""

PASTED, ERASED = 300, 200
"""Pictures that a window is pasted into, and erased in, at most."""


@dataclass(frozen=True)
class TriggerWindow:
    """A window that may hold the trigger, with what it does to other pictures.

    Attributes
    ----------
    window : Window
    weight : float
        The join of the suspects minus the join of ordinary pictures, summed over the window.
    paste_rate : IntervalEstimate
        Of pictures that are seen as another class, the share seen as the target once the window
        of a suspect is pasted.
    paste_control : IntervalEstimate
        The same of the window of ordinary pictures of the target.
    erase_rate : IntervalEstimate
        Of suspects, the share seen as another class once the window is erased.
    erase_control : IntervalEstimate
        The same of ordinary pictures of the target.
    """

    window: Window
    weight: float
    paste_rate: IntervalEstimate
    paste_control: IntervalEstimate
    erase_rate: IntervalEstimate
    erase_control: IntervalEstimate

    @property
    def suspicious(self) -> bool:
        """Whether both rates are above those of ordinary pictures, interval beside interval."""
        # Intervals that do not overlap are told apart with more than 95 %: on the safe side.
        turns = self.paste_rate.low > self.paste_control.high
        return turns and self.erase_rate.low > self.erase_control.high


@dataclass(frozen=True, eq=False, repr=False)
class TriggerWindows:
    """Windows proposed by maps, and a control.

    Attributes
    ----------
    windows : tuple of TriggerWindow
        In the order of the maps, which know nothing of the rates: intervals hold for each.
    control : TriggerWindow
        Where the maps differ least: a trigger that is in one window does nothing here.
    suspects_join, ordinary_join : (rows, columns) float64
        The maps of some suspects, and of ordinary pictures of the target, joined.
    target : int
    """

    windows: tuple[TriggerWindow, ...]
    control: TriggerWindow
    suspects_join: Doubles
    ordinary_join: Doubles
    target: int

    @property
    def difference(self) -> Doubles:
        """The join of the suspects minus that of ordinary pictures, (rows, columns)."""
        # An anti-join of kinds instead of pictures: what both have speaks for the class, not the
        # trigger.
        difference: Doubles = self.suspects_join - self.ordinary_join
        return difference

    def __repr__(self) -> str:
        if not self.windows:
            return f"<TriggerWindows of class {self.target}: maps only>"
        best = self.windows[0]
        return (
            f"<TriggerWindows of class {self.target}: {best.window} turns {best.paste_rate} "
            f"(ordinary {best.paste_control}), "
            f"frees {best.erase_rate} (ordinary {best.erase_control})>"
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return each window as a row, the control last."""
        return [
            {
                "window": str(each.window),
                "weight": each.weight,
                **{
                    f"{name}{end}": getattr(getattr(each, name), part)
                    for name in ("paste_rate", "paste_control", "erase_rate", "erase_control")
                    for end, part in (("", "value"), (" low", "low"), (" high", "high"))
                },
                "control": each is self.control,
            }
            for each in (*self.windows, self.control)
        ]


@work
def trigger_windows(
    model: Network,
    suspects: Any,
    others: Any,
    *,
    target: int | str | None = None,
    grid: int | tuple[int, int] = 7,
    side: int = 2,
    count: int = 3,
    method: Method | None = None,
    budget: int = 256,
    baseline: Baseline = 0.0,
    seed: int = 0,
) -> Steps[TriggerWindows]:
    """Propose where the trigger of some suspects is, and try it: paste it, and erase it.

    The maps of suspects and of ordinary pictures of the target are joined (i-Algebra, section 3.1:
    the mean); where the first exceeds the second most is proposed.

    Parameters
    ----------
    model : Network
        Trained on the poisoned pictures.
    suspects : tensor (S, C, H, W) or sequence of pictures
        Of these, the ones that the network sees as the target count.
    others : tensor (N, C, H, W) or sequence of pictures
        Not suspected, of all classes: those seen as the target are ordinary pictures of it, the
        rest are what windows are pasted into.
    target : class, optional
        By default what most suspects are seen as.
    grid : int or (int, int)
        Cells of a map.
    side : int
        Rows and columns of cells of a window.
    count : int
        Windows that are proposed, of which no two have a pixel in common.
    method : Method, optional
        Of the maps; Shapley values by default.
    budget : int
        Evaluations of a map of Shapley values.
    baseline : float, str or Tensor
        What is shown where a window is erased, and by maps for what is absent.
    seed : int
        Draws pictures where there are more than are needed, and which window goes where.

    Raises
    ------
    InputError
        If no suspect is seen as the target, or others are not of both kinds.

    Examples
    --------
    >>> from xaiwidgets import Classifier
    >>> class TwoCorners(torch.nn.Module):
    ...     def forward(self, x):
    ...         score = x[:, 0, 0, 0] + x[:, 0, 3, 3] - 0.5
    ...         return torch.stack([score, -score], 1)
    >>> model, pictures = Classifier(TwoCorners(), output="logits"), torch.zeros(6, 1, 4, 4)
    >>> pictures[:2, 0, 3, 3] = pictures[2:4, 0, 0, 0] = 1
    >>> result = trigger_windows(model, pictures[:2], pictures[2:], grid=4, side=1, count=1).run()
    >>> str(result.windows[0].window), result.windows[0].paste_rate.value
    ('[3:4, 3:4]', 1.0)
    """
    chosen = inputs_of(model, suspects, name="suspects")
    check_picture(chosen[0])
    rest = inputs_of(model, others, tuple(chosen.shape[1:]), "others")
    for name, value in (("side", side), ("count", count)):
        whole(name, value)
    whole("seed", seed, 0)
    baseline_picture(chosen[0], baseline)
    whole_picture = Window(0, 0, *chosen.shape[-2:])
    # One grid for all pictures, or maps could not be added up.
    cells = Cells.of((chosen.shape[-2], chosen.shape[-1]), whole_picture, grid)
    if side > min(cells.rows, cells.columns):
        raise InputError(
            f"side is {side}, and maps have {cells.rows} x {cells.columns} cells; use fewer"
        )
    number = None if target is None else model.index(target, model.logits(chosen[:1]).shape[1])
    settings: dict[str, Any] = {"baseline": baseline}
    if method is None:
        settings |= {"grid": (cells.rows, cells.columns), "budget": budget, "seed": seed}
    explain = _Explain(model, cells, method, settings)
    return _trigger_windows(explain, chosen, rest, number, side, count, baseline, seed)


@dataclass(frozen=True)
class _Explain:
    """How pictures are explained, and their maps joined."""

    model: Network
    cells: Cells
    method: Method | None
    settings: dict[str, Any]

    def join(self, images: Tensor, target: int, note: str) -> Steps[Doubles]:
        """Return the mean of the maps of pictures, as (rows, columns) of cells."""
        work = explain_all(self.model, images, self.method, target=target, **self.settings)
        maps = yield from relay(work, lambda p: p.without_preview(note))
        # The join of i-Algebra's eq. 5 with equal weights, which of any number of maps is their
        # mean.
        mean: Doubles = np.mean([each.sums(self.cells) for each in maps], axis=0)
        return mean.reshape(self.cells.rows, self.cells.columns)


def _trigger_windows(
    explain: _Explain,
    suspects: Tensor,
    others: Tensor,
    target: int | None,
    side: int,
    count: int,
    baseline: Baseline,
    seed: int,
) -> Steps[TriggerWindows]:
    model, random = explain.model, np.random.default_rng(seed)
    predicted = (yield from network_logits(model, suspects)).argmax(1)
    target = int(predicted.bincount().argmax()) if target is None else target
    predicted_others = (yield from network_logits(model, others)).argmax(1)
    # A suspect that is seen as another class shows no trigger at work, whatever is in it.
    suspects, ordinary = suspects[predicted == target], others[predicted_others == target]
    rest = others[predicted_others != target]
    # Before any map is computed, which is what takes long.
    _check_kinds(model.label(target), len(suspects), len(ordinary), len(rest))
    draw = _Draw(random)
    joins = []
    for images, note in ((suspects, "maps of suspects"), (ordinary, "maps of ordinary pictures")):
        joins.append((yield from explain.join(draw(images, EXPLAINED), target, note)))
    # What is ordinary for the class speaks for it, too, and goes out in the difference.
    proposed, control = _proposals(joins[0] - joins[1], explain.cells, side, count)
    trial = _Trial(
        model,
        target,
        draw(suspects, ERASED),
        draw(ordinary, ERASED),
        draw(rest, PASTED),
        baseline,
        random,
    )
    measured: list[TriggerWindow] = []
    # The control first, so that a preview always has it.
    for place, (window, weight) in enumerate((control, *proposed)):
        measured.append((yield from trial.measure(window, weight)))
        preview = Later(TriggerWindows, tuple(measured[1:]), measured[0], *joins, target)
        yield Progress(place + 1, len(proposed) + 1, f"window {window}", preview)
    return TriggerWindows(tuple(measured[1:]), measured[0], joins[0], joins[1], target)


def _check_kinds(label: str, suspects: int, ordinary: int, rest: int) -> None:
    if suspects == 0:
        raise InputError(
            f"no suspect is seen as {label!r}; give the target that they were made for"
        )
    if ordinary == 0 or rest == 0:
        kind = "as other classes" if rest == 0 else f"as {label!r}"
        raise InputError(
            f"others has no picture that is seen {kind}; give pictures of all classes, so that "
            "there is something to compare with"
        )


@dataclass(frozen=True)
class _Draw:
    random: np.random.Generator

    def __call__(self, images: Tensor, most: int) -> Tensor:
        """Return pictures, or so many of them."""
        if len(images) <= most:
            return images
        return images[torch.from_numpy(self.random.choice(len(images), most, replace=False))]


Weighted = tuple[Window, float]


def _proposals(
    difference: Doubles, cells: Cells, side: int, count: int
) -> tuple[list[Weighted], Weighted]:
    """Return where a map is largest, windows apart from each other, and where it is least."""
    # Greedily: the largest, then the largest of those that it does not overlap.
    every = sorted(_weighted(difference, cells, side), key=lambda each: -each[1])
    proposed: list[Weighted] = []
    for window, weight in every:
        if len(proposed) < count and not any(_touch(window, other) for other, _ in proposed):
            proposed.append((window, weight))
    # The control must not have a corner of the trigger in it, or it would turn pictures as well.
    apart = [each for each in every if not any(_touch(each[0], w) for w, _ in proposed)]
    return proposed, min(apart or every, key=lambda each: abs(each[1]))


def _weighted(difference: Doubles, cells: Cells, side: int) -> Iterator[Weighted]:
    rows, columns = cells.row_edges, cells.column_edges
    for row in range(cells.rows - side + 1):
        for column in range(cells.columns - side + 1):
            height = rows[row + side] - rows[row]
            width = columns[column + side] - columns[column]
            part = difference[row : row + side, column : column + side]
            yield Window(rows[row], columns[column], height, width), float(part.sum())


def _touch(first: Window, second: Window) -> bool:
    rows = first.top < second.bottom and second.top < first.bottom
    return rows and first.left < second.right and second.left < first.right


@dataclass(frozen=True)
class _Trial:
    """What windows are tried on: suspects, ordinary pictures of the target, and the rest."""

    model: Network
    target: int
    suspects: Tensor
    ordinary: Tensor
    rest: Tensor
    baseline: Baseline
    random: np.random.Generator

    def measure(self, window: Window, weight: float) -> Steps[TriggerWindow]:
        """Paste and erase a window, of suspects and of ordinary pictures."""
        pasted, erased = [], []
        # Of ordinary pictures as well: pasting any part of the class turns some pictures, and
        # erasing any part frees some.
        for source in (self.suspects, self.ordinary):
            # Drawn with repetition: there may be fewer suspects than pictures to paste into.
            part = source[torch.from_numpy(self.random.integers(len(source), size=len(self.rest)))]
            # The part of the suspect goes where it was: a trigger at one place is learnt at that
            # place.
            as_target = yield from self._share(_in_window(self.rest, part, window), True)
            pasted.append(as_target)
            absent = torch.stack([baseline_picture(picture, self.baseline) for picture in source])
            erased.append((yield from self._share(_in_window(source, absent, window), False)))
        return TriggerWindow(window, weight, pasted[0], pasted[1], erased[0], erased[1])

    def _share(self, images: Tensor, as_target: bool) -> Steps[IntervalEstimate]:
        logits = yield from network_logits(self.model, images)
        hits = (logits.argmax(1) == self.target) == as_target
        return share_interval(int(hits.sum()), len(hits))


def _in_window(images: Tensor, others: Tensor, window: Window) -> Tensor:
    """Return pictures (B, C, H, W) with a window of others."""
    rows, columns = window.slices
    changed = images.clone()
    changed[..., rows, columns] = others[..., rows, columns]
    return changed
