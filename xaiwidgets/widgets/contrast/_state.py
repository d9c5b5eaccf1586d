"""What can be asked in a ContrastExplorer, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.widgets.contrast._history import ShownPair
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import NamedPicture, Ranking, ShownPicture
from xaiwidgets.widgets.schema import setting

DIRECT = {"": "nothing", "gradcam": "Grad-CAM", "lime": "LIME", "lrp": "LRP", "pda": "PDA"}
"""The single-class methods that can be shown beside the answer, with their names."""

CHANNELS = {
    "strongest": "the colour that changes most",
    "rgb": "all three colours",
    "brightness": "brightness",
    "hue": "hue",
    "red": "red",
    "green": "green",
    "blue": "blue",
}
"""What can be shown of a change in colour, with its name."""

_SHOWN, _SEARCHED = "What is shown", "How it is searched"


@dataclass(frozen=True)
class ContrastState:
    """Why is this picture not of the probe class? And what stands beside the answer."""

    index: int = setting(0, doc="Which picture.")
    probe: int | None = setting(
        None,
        by_name=True,
        doc="The class asked about (a name is taken, too); None is the runner-up.",
    )
    position: float = setting(
        1.0,
        least=0,
        most=2,
        page_only=True,
        doc="The scrubber: 0: the picture, 1: the boundary; above 1 past it, as far as that goes.",
    )
    scale: Literal["percent", "log-likelihood"] = setting(
        "percent",
        choices={"percent": "0 to 100 %", "log-likelihood": "log-likelihood"},
        page_only=True,
        label="Curves in",
        group=_SHOWN,
        doc="Probabilities of the classes, or their logarithms, which tell small ones apart.",
    )
    opacity: float = setting(
        0.65,
        least=0,
        most=1,
        page_only=True,
        label="Opacity",
        unit="%",
        scale=100,
        group=_SHOWN,
        doc="Opacity of red (to be brighter) and blue (to be darker).",
    )
    channel: Literal["strongest", "rgb", "brightness", "hue", "red", "green", "blue"] = setting(
        "strongest",
        choices=CHANNELS,
        page_only=True,
        label="Changes of",
        group=_SHOWN,
        doc="Of a coloured picture: what is shown of the change; see `contrast.read_change`.",
    )
    direct: Literal["", "gradcam", "lime", "lrp", "pda"] = setting(
        "",
        choices=DIRECT,
        label="Compare with",
        group=_SHOWN,
        doc="The maps of both classes by a direct method, subtracted.",
    )
    xgems: bool = setting(
        False,
        label="Other classes may win",
        group=_SHOWN,
        doc="xGEMs: the same search without third-class constraints, shown beside it.",
    )
    all_classes: bool = setting(
        False, label="All classes", group=_SHOWN, doc="Ask about the twelve likeliest probes, too."
    )
    margin: float = setting(
        0.0,
        least=0,
        most=100,
        label="Others stay below by",
        unit="nats",
        group=_SEARCHED,
        doc="Margin: how far third classes stay below both, in log-likelihood.",
    )
    tolerance: float = setting(
        0.05,
        least=1e-4,
        most=10,
        label="Equal up to",
        unit="nats",
        group=_SEARCHED,
        doc="Tolerance: how near to equally likely is enough, in log-likelihood.",
    )
    max_steps: int | None = setting(
        None,
        least=1,
        label="Most steps",
        empty="automatic",
        group=_SEARCHED,
        doc="max_steps of the search; automatic (None): as many as the schedule has.",
    )
    seed: int = setting(
        0,
        least=0,
        label="Random start",
        group=_SEARCHED,
        doc="Seed: the same one gives the same answer.",
    )
    schedule: Literal["default", "paper"] = setting(
        "default",
        choices={"default": "default", "paper": "as in the paper"},
        label="Way of searching",
        group=_SEARCHED,
        doc="Schedule: quadratic programs by default; the paper's is gradient descent.",
    )


@dataclass(frozen=True)
class ShownContrast:
    """The way from the picture to the boundary between its class and another."""

    frame: int
    method: Literal["cdeepex", "xgems"]
    true: int
    probe: int
    true_label: str
    probe_label: str
    positions: Annotated[NDArray[np.float32], "0: the picture, 1: the boundary, above 1: past it"]
    frames: Annotated[NDArray[np.uint8], "(frames, height, width, 3)"]
    differences: Annotated[NDArray[np.int8], "from the picture, (frames, height, width)"]
    difference_scale: Annotated[float, "what one step of the differences is worth"]
    log_likelihoods: Annotated[NDArray[np.float32], "(frames, classes)"]
    gap: Annotated[NDArray[np.float32], "of the true class to the probe"]
    third: Annotated[NDArray[np.float32], "the strongest third class, against the middle of both"]
    penalty: NDArray[np.float32]
    intruders: Annotated[tuple[int, ...], "the class that beats both there, else -1"]
    converged: bool
    third_class: Annotated[int, "at the end; -1: none"]
    distance: float
    steps: int
    gap_at_end: float
    reconstruction_error: float
    evaluations: int
    gradients: int
    seconds: float
    seed: int
    device: str
    partial: bool


@dataclass(frozen=True)
class Multiple:
    """The same question about another class."""

    probe: int
    label: str
    probability: float
    picture: Annotated[ShownPicture, "at the boundary"]
    difference: NDArray[np.int8]
    difference_scale: float
    converged: bool
    distance: float
    third_class: int


@dataclass(frozen=True)
class DirectMap:
    """The contrast of a method that makes no picture."""

    method: str
    name: str
    values: NDArray[np.float32]
    kept: Annotated[int, "how many weightings of the two classes work"]
    weights: tuple[float, float] | None
    note: str


@dataclass(frozen=True)
class ContrastOutput:
    """What a ContrastExplorer shows."""

    classes: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    pictures: tuple[NamedPicture, ...] = ()
    picture: ShownPicture | None = None
    prediction: Ranking | None = None
    contrast: ShownContrast | None = None
    rival: ShownContrast | None = None
    others: tuple[Multiple, ...] = ()
    direct_map: DirectMap | None = None
    questions: tuple[ShownPair, ...] = ()
