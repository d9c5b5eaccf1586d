"""What can be asked in a ContrastExplorer, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.images import Window
from xaiwidgets.intervals import IntervalEstimate
from xaiwidgets.widgets.contrast._history import ShownPair
from xaiwidgets.widgets.notes import Note
from xaiwidgets.widgets.pictures import NamedPicture, Ranking, ShownPicture
from xaiwidgets.widgets.schema import setting
from xaiwidgets.widgets.selection import selection_setting

Direct = Literal["", "gradient", "occlusion", "class means", "gradcam", "lime", "lrp", "pda"]
DIRECT = {
    "": "nothing",
    "gradient": "Gradient",
    "occlusion": "Occlusion",
    "class means": "Class means",
    "gradcam": "Grad-CAM",
    "lime": "LIME",
    "lrp": "LRP",
    "pda": "PDA",
}
"""The direct methods that can be shown beside the answer, with their names: simple ones first."""

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
    selection: tuple[int, ...] = selection_setting()
    # The runner-up is what the paper asks about, too (fig. 3.3).
    probe: int | None = setting(
        None,
        by_name=True,
        doc="The class asked about (a name is taken, too); None is the runner-up.",
    )
    # First the boundary, which is the answer; the picture one knows already.
    position: float = setting(
        1.0,
        least=0,
        most=2,
        page_only=True,
        doc="The scrubber: 0: the picture, 1: the boundary; above 1 past it, as far as that goes.",
    )
    # Searched in log-likelihood, but shown from 0 to 100 %, which needs no explanation.
    scale: Literal["percent", "log-likelihood"] = setting(
        "percent",
        choices={"percent": "0 to 100 %", "log-likelihood": "log-likelihood"},
        page_only=True,
        label="Curves in",
        group=_SHOWN,
        doc="Probabilities of the classes, or their logarithms, which tell small ones apart.",
    )
    # `heatmap.OPACITY`, so that a change looks the same in a figure that Python makes.
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
    # Nothing at first: on two cores LIME and PDA took four seconds a digit, unasked.
    direct: Direct = setting(
        "",
        choices=DIRECT,
        label="Compare with",
        group=_SHOWN,
        doc="The maps of both classes by a direct method, subtracted.",
    )
    direct_two: Direct = setting(
        "",
        choices=DIRECT,
        label="and with",
        group=_SHOWN,
        doc="Another direct method, beside the first.",
    )
    # In the lesson of the planted square white windows find it in 40 of 40 pictures, black in 0.
    direct_fill: Literal["dark", "bright", "mean"] = setting(
        "bright",
        choices={"dark": "dark", "bright": "bright", "mean": "the mean colour"},
        label="Occlude with",
        group=_SHOWN,
        doc="What occlusion hides windows behind; dark cannot tell what is missing.",
    )
    direct_window: int | None = setting(
        None,
        least=1,
        label="Window",
        unit="pixels",
        empty="auto",
        group=_SHOWN,
        doc="The side of occlusion's window; automatic (None): an eighth of the shorter side.",
    )
    # Off, as it is a whole search more, to show what the constraints are for (figs. 3.4 and 3.5).
    xgems: bool = setting(
        False,
        label="Other classes may win",
        group=_SHOWN,
        doc="xGEMs: the same search without third-class constraints, shown beside it.",
    )
    all_classes: bool = setting(
        False, label="All classes", group=_SHOWN, doc="Ask about the twelve likeliest probes, too."
    )
    all_pictures: bool = setting(
        False,
        label="All pictures",
        group=_SHOWN,
        doc="Ask the same of all pictures, and show the mean change, each counting the same.",
    )
    # Without a label there is no row among the settings: stamp and mask are drawn on pictures.
    stamp: tuple[int, ...] = setting(
        (),
        least=0,
        doc="A window of the mean change (top, left, height, width) that is stamped on other "
        "pictures; none where it is empty.",
    )
    mask: tuple[int, ...] = setting(
        (),
        least=0,
        doc="The painted cells in which the change is imposed by degrees, row by row of a grid of "
        "at most 32 x 32.",
    )
    # Both ways: in fig. 3.10 the change of xGEMs is the opposite of that of CDeepEx, and each is
    # put to the test. The page's alone, as all degrees cross at once.
    strength: float = setting(
        1.0,
        least=-1,
        most=2,
        page_only=True,
        doc="How much of the change is imposed inside the mask: 0 none, 1 all, -1 its opposite.",
    )
    # At 0 a third class may come level with both, but not above them.
    margin: float = setting(
        0.0,
        least=0,
        most=100,
        label="Others stay below by",
        unit="nats",
        group=_SEARCHED,
        doc="Margin: how far third classes stay below both, in log-likelihood.",
    )
    # exp(0.05): neither of the two is more than 5 % likelier than the other.
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
    starts: int = setting(
        1,
        least=1,
        most=5,
        label="Random starts",
        group=_SEARCHED,
        doc="So many searches from other random starts, side by side: how stable is the answer?",
    )
    # The paper's takes three times as many gradients, or more, to get to the same boundary.
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

    # The page answers with it when it has painted (`js/src/ui/frames.js`): previews that would come
    # more than two ahead are not made.
    frame: int
    method: Literal["cdeepex", "xgems"]
    true: int
    probe: int
    true_label: str
    probe_label: str
    positions: Annotated[NDArray[np.float32], "0: the picture, 1: the boundary, above 1: past it"]
    # Bytes: 33 frames of 224 x 224 pixels are 5 MB and their changes as much, as floats 20 MB each.
    frames: Annotated[NDArray[np.uint8], "(frames, height, width, 3)"]
    differences: Annotated[
        NDArray[np.int8], "from the picture, (frames, height, width, 3), or 1 if it has no colours"
    ]
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
    missed: Annotated[float | None, "of how many of its own pictures the generator misses less"]
    evaluations: int
    gradients: int
    seconds: float
    seed: int
    device: str
    partial: bool


@dataclass(frozen=True)
class ShownColumn:
    """What another network, or the same through another generator, answers."""

    name: str
    contrast: Annotated[ShownContrast | None, "null: it finds the picture of another class"]
    label: Annotated[str, "what its network sees in the picture"]
    probability: float


@dataclass(frozen=True)
class Multiple:
    """The same question about another class."""

    probe: int
    label: str
    probability: float
    picture: Annotated[ShownPicture, "at the boundary"]
    difference: Annotated[NDArray[np.int8], "(height, width, 3), or 1"]
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
class ShownImposed:
    """The change inside the painted mask, by degrees."""

    strengths: NDArray[np.float32]
    frames: Annotated[NDArray[np.uint8], "(strengths, height, width, 3)"]
    log_likelihoods: Annotated[NDArray[np.float32], "(strengths, classes)"]


@dataclass(frozen=True)
class ClosedShares:
    """Which share of the gap a change closes; null where there is none."""

    network: float | None
    judge: float | None


@dataclass(frozen=True)
class ShownJudgement:
    """What another network says of the changes."""

    closed: Annotated[Mapping[str, ClosedShares], "by panel, all with as much ink"]
    log_likelihoods: Annotated[NDArray[np.float32], "(frames, classes), along the morph"]


@dataclass(frozen=True)
class ShownOverall:
    """What the changes of all pictures have in common."""

    picture: Annotated[ShownPicture, "the mean of them"]
    difference: Annotated[NDArray[np.int8], "(height, width, 3), or 1"]
    difference_scale: float
    count: int
    reached: int
    probe_label: str


@dataclass(frozen=True)
class ShownStamp:
    """How many pictures become the probe by a window."""

    window: Window
    elsewhere: Window
    before: IntervalEstimate
    after: IntervalEstimate
    control: IntervalEstimate
    count: int
    apart: Annotated[bool, "whether they are others than those of the mean map"]


@dataclass(frozen=True)
class ContrastOutput:
    """What a ContrastExplorer shows."""

    classes: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    pictures: tuple[NamedPicture, ...] = ()
    # Apart from the morph, as it stands there before anything has been searched.
    picture: ShownPicture | None = None
    prediction: Ranking | None = None
    contrast: ShownContrast | None = None
    rival: ShownContrast | None = None
    others: tuple[Multiple, ...] = ()
    direct_map: DirectMap | None = None
    second_map: DirectMap | None = None
    other_starts: tuple[Multiple, ...] = ()
    imposed: ShownImposed | None = None
    overall: ShownOverall | None = None
    stamped: ShownStamp | None = None
    columns: Annotated[tuple[ShownColumn, ...], "other networks or generators, asked the same"] = ()
    judge: Annotated[str, "the name of the other network, if there is one"] = ""
    judgement: ShownJudgement | None = None
    questions: tuple[ShownPair, ...] = ()
