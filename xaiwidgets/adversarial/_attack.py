"""`attack`: pictures changed so little that a person hardly sees it, until the network is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from xaiwidgets.adversarial._gradient import ascend, deceiving_slopes, plain_slopes
from xaiwidgets.adversarial._interpreters import check_interpreter
from xaiwidgets.adversarial._objective import Changes, Limits, Objective
from xaiwidgets.adversarial._pixel import best_pixel
from xaiwidgets.adversarial._smallest import smallest_change
from xaiwidgets.checks import is_number, nearest, whole
from xaiwidgets.errors import InputError
from xaiwidgets.images import Window, check_picture, checked_window
from xaiwidgets.inference import outside_inference_mode
from xaiwidgets.network import Network, require_network
from xaiwidgets.work import Later, Progress, Steps, relay, work

ATTACKS = ("fgsm", "pgd", "lbfgs", "pixel", "adv2")
NORMS = ("inf", "2")


@dataclass(frozen=True, repr=False)
class AttackSize:
    """How much pictures were changed, in the units of pixels: from black to white is 1.

    Attributes
    ----------
    linf, l2 : Tensor (B,)
        The largest change of a pixel's channel, and the length of all together.
    l0 : Tensor (B,)
        How many pixels were changed at all.
    """

    linf: Tensor
    l2: Tensor
    l0: Tensor

    def __repr__(self) -> str:
        return (
            f"<at most {float(self.linf.max()):.3g} of the range in a pixel, "
            f"length {float(self.l2.max()):.3g}, {int(self.l0.max())} pixels>"
        )


@dataclass(frozen=True, repr=False)
class Attack:
    """Attacked pictures, and whether the attack reached what it wanted.

    Attributes
    ----------
    images : Tensor (B, C, H, W)
        The attacked inputs.
    difference : Tensor (B, C, H, W)
        What was added to the inputs.
    reached : Tensor (B,) of bool
        Whether the network now says the target, or without one anything but what it said before.
    predicted, before : Tensor (B,)
        The classes predicted now, and before.
    target : Tensor (B,), or None
        The classes that were wanted.
    size : AttackSize
    evaluations : int
        Passes through the network for each picture; one back counts as one forth.
    path : tuple of Tensor (B, C, H, W)
        The inputs on the way, the first unchanged, the last attacked.
    method : str
    """

    images: Tensor
    difference: Tensor
    reached: Tensor
    predicted: Tensor
    before: Tensor
    target: Tensor | None
    size: AttackSize
    evaluations: int
    path: tuple[Tensor, ...]
    method: str

    def __repr__(self) -> str:
        reached, count = int(self.reached.sum()), len(self.reached)
        goal = "another class" if self.target is None else "the target"
        failed = "" if reached else ": the attack failed"
        return (
            f"<Attack by {self.method}: {reached} of {count} reached {goal}{failed}; {self.size}>"
        )


@work
@torch.inference_mode(False)
def attack(
    model: Network,
    images: Any,
    *,
    method: str = "pgd",
    target: Any = None,
    size: float = 0.03,
    norm: str = "inf",
    window: Window | None = None,
    limits: Limits | None = None,
    steps: int = 20,
    interpreter: str = "gradcam",
    weight: float = 1.0,
) -> Steps[Attack]:
    """Change pictures a little, so that the network sees another class in them.

    Parameters
    ----------
    model : Network
    images : tensor (B, C, H, W) or sequence of pictures
    method : str
        "fgsm" (Goodfellow et al. 2015, one step), "pgd" (Madry et al. 2018), "lbfgs" (Szegedy et
        al. 2014, the smallest change), "pixel" (one pixel, to an end of its range) or "adv2" (Zhang
        et al. 2020, under a map that stays as it was).
    target : class, or sequence of B classes, optional
        The class wanted, by number or name; by default, any but the one predicted.
    size : float
        How large the change may be, as a share of what lies between black and white: of each
        pixel by the norm "inf", of the length of all of them by "2". "pixel" does not ask.
    norm : "inf" or "2"
    window : Window, optional
        Change this part only: with a size of 1 a sticker.
    limits : (low, high), optional
        Where a pixel may go; by default black and white, 0 and 1. Inputs without a preprocessing
        that leave these have no limits.
    steps : int
        Of the gradient; "fgsm" takes one.
    interpreter : "gradcam" or "gradient"
        What "adv2" deceives besides.
    weight : float
        How much that counts; with 0 it is "pgd".

    Returns
    -------
    Work[Attack]
        Previews are attacks that go on. An attack that failed says so in `reached`.

    Raises
    ------
    InputError
        If a setting is not allowed, or a picture is predicted to be the target already.
    ModelError
        If no gradient reaches the picture.

    Examples
    --------
    >>> from xaiwidgets import adversarial, datasets, zoo
    >>> model, digits = zoo.digits(), datasets.digits("test")
    >>> adversarial.attack(model, digits.images[:1], size=0.3).run().reached
    tensor([True])
    """
    settings = _Settings.checked(method, size, norm, steps, interpreter, weight)
    inputs = require_network(model).batch(images)
    check_picture(inputs[0])
    if limits is not None:
        limits = checked_limits(limits)
    logits = model.logits(inputs)
    before = logits.argmax(1)
    wanted = None
    if target is not None:
        wanted = model.class_numbers(target, len(inputs), logits.shape[1])
        _check_target(model, wanted, before)
    classes = before if wanted is None else wanted
    objective = Objective.of(model, inputs, classes, wanted is not None, window, limits)
    return outside_inference_mode(_attack_steps(objective, settings, before))


@dataclass(frozen=True)
class _Settings:
    method: str
    size: float
    norm: str
    steps: int
    interpreter: str
    weight: float

    @classmethod
    def checked(
        cls, method: str, size: float, norm: str, steps: int, interpreter: str, weight: float
    ) -> _Settings:
        if method not in ATTACKS:
            raise InputError(
                f"method is {method!r}; use one of {', '.join(ATTACKS)}"
                f"{nearest(str(method), ATTACKS)}"
            )
        if norm not in NORMS:
            raise InputError(f"norm is {norm!r}; use 'inf' or '2'")
        size = checked_size(size, norm)
        if not is_number(weight) or not 0 <= weight < torch.inf:
            raise InputError(f"weight is {weight!r}; use a number of at least 0")
        check_interpreter(interpreter)
        return cls(method, size, norm, whole("steps", steps), interpreter, float(weight))

    def begin(self, part: Objective) -> Steps[Changes]:
        """Return the work of attacking some pictures."""
        if self.method == "pixel":
            return best_pixel(part)
        if self.method == "lbfgs":
            return smallest_change(part, self.size, self.norm, self.steps)
        # FGSM is the first step of PGD from the picture itself (Madry et al. 2018 begin at random;
        # here the same settings give the same picture).
        steps = 1 if self.method == "fgsm" else self.steps
        return self._ascend(part, steps)

    def _ascend(self, part: Objective, steps: int) -> Steps[Changes]:
        if self.method == "adv2" and self.weight > 0:
            slopes = deceiving_slopes(part, self.interpreter, self.weight)
        else:
            slopes = yield from plain_slopes(part, steps)
        return (yield from ascend(part, self.size, self.norm, steps, slopes, self.method))


def check_settings(
    picture: Tensor,
    method: str = "pgd",
    target: Any = None,
    size: float = 0.03,
    norm: str = "inf",
    window: Window | None = None,
    limits: Limits | None = None,
    steps: int = 20,
    interpreter: str = "gradcam",
    weight: float = 1.0,
) -> None:
    """Raise InputError if `attack` does not take these of a picture (C, H, W)."""
    _Settings.checked(method, size, norm, steps, interpreter, weight)
    check_picture(picture)
    if limits is not None:
        checked_limits(limits)
    if window is not None:
        checked_window(window).inside(picture.shape)


def checked_size(size: Any, norm: str) -> float:
    """Return the size of a change; InputError if it is none."""
    most = 1.0 if norm == "inf" else torch.inf
    if not is_number(size) or not 0 <= size <= most:
        more = "" if norm == "inf" else ", or more by the norm 2"
        raise InputError(
            f"size is {size!r}; it is a share of the range from black to white: use a number from "
            f"0 to 1 (8/255 is 0.031){more}"
        )
    return float(size)


def checked_limits(limits: Any) -> Limits:
    """Return (low, high); InputError if they are none."""
    pair = tuple(limits) if isinstance(limits, tuple | list) else ()
    if len(pair) != 2 or not all(map(is_number, pair)) or not pair[0] < pair[1]:
        raise InputError(f"limits are {limits!r}; give (low, high) in pixels, such as (0, 1)")
    return float(pair[0]), float(pair[1])


def _check_target(model: Network, wanted: Tensor, before: Tensor) -> None:
    already = (wanted == before).nonzero().flatten().tolist()
    if already:
        label = model.label(int(wanted[already[0]]))
        raise InputError(
            f"picture {already[0]} is {label!r} to the network already; give another target"
        )


def _attack_steps(objective: Objective, settings: _Settings, before: Tensor) -> Steps[Attack]:
    """Attack some pictures after others; a preview has the rest of them unchanged."""
    count = len(objective.images)
    rows = _rows_at_once(objective, settings.method)
    finished: list[Changes] = []
    for start in range(0, count, rows):

        def report(progress: Progress, start: int = start) -> Progress:
            if progress.total is None:  # a copy is made: no picture has been begun
                return Progress(start, None, progress.note)
            under_way: Changes | None = progress.preview
            parts = [*finished, under_way] if under_way else list(finished)
            preview = Later(_result, objective, settings, before, parts)
            done = start + rows * progress.done / progress.total
            return Progress(min(int(done), count), count, progress.note, preview)

        part = objective.part(slice(start, start + rows))
        finished.append((yield from relay(settings.begin(part), report)))
    return _result(objective, settings, before, finished)


def _rows_at_once(objective: Objective, method: str) -> int:
    """Return how many pictures go together: one, where each is a search of its own."""
    return 1 if method in ("lbfgs", "pixel") else objective.rows_at_once


def _result(
    objective: Objective, settings: _Settings, before: Tensor, parts: Sequence[Changes]
) -> Attack:
    rest = len(objective.images) - sum(len(part.path[0]) for part in parts)
    # Pictures that are still to come stand in a preview as they are.
    untouched = torch.zeros_like(objective.images[len(objective.images) - rest :])
    longest = max((len(part.path) for part in parts), default=1)
    changes = [
        # Searches end after different numbers of steps: who has arrived stays where it is.
        torch.cat([*(part.path[min(step, len(part.path) - 1)] for part in parts), untouched])
        for step in range(longest)
    ]
    path = tuple(map(objective.inputs, changes))
    # Asked once more, about the inputs as they are handed back: what rounding has undone is not
    # reached.
    predicted = objective.network.logits(path[-1]).argmax(1)
    last = changes[-1]
    return Attack(
        images=path[-1],
        difference=path[-1] - objective.images,
        reached=objective.reached(predicted),
        predicted=predicted,
        before=before,
        target=objective.classes if objective.targeted else None,
        size=AttackSize(
            linf=last.abs().amax((1, 2, 3)),
            l2=last.flatten(1).norm(dim=1),
            # Pixels and not channels: one pixel in another colour is one change.
            l0=(last != 0).any(1).sum((1, 2)),
        ),
        # For each picture: parts are different pictures, so that costs do not add up.
        evaluations=max((part.evaluations for part in parts), default=0),
        path=path,
        method=settings.method,
    )
