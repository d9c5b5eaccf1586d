# Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
from typing import Any, Literal

from numpy.typing import NDArray

from xaiwidgets.widgets.detector._state import DetectorState
from xaiwidgets.widgets.detector._widget import ErrorDetectorPanel as _ErrorDetectorPanel

__all__ = ["DetectorState", "ErrorDetectorPanel"]

class ErrorDetectorPanel(_ErrorDetectorPanel):
    method: str
    threshold: float
    rule: Literal["balanced", "correct_recall", "wrong_recall", "cost", "by_hand"]
    recall: float
    cost_check: float
    cost_miss: float
    specialist: float
    test_set: Literal["given", "noise", "blur", "contrast", "shift", "rotation", "pgd"]
    test_strength: int
    part: Literal["kept right", "missed", "false alarm", "caught"]
    selection: list[int]
    picked: int | None
    new_layer: str
    new_operator: Literal["NAI", "GF", "WS", "NS", "none"]
    new_rate: float | None
    new_count: int
    new_keep: float
    new_steps: int
    new_combine: Literal["network", "forest", "lda", "qda"]
    new_trivial: bool
    network: str
    notes: list[dict[str, Any]]
    layer: str
    layers: list[str]
    fit: dict[str, Any]
    votings: dict[str, Any]
    classes: list[str]
    explorers: dict[str, Any]
    count: int
    detectors: dict[str, Any]
    wrong: NDArray[Any] | None
    labels: NDArray[Any] | None
    predicted: NDArray[Any] | None
    confidence: NDArray[Any] | None
    thumbnails: dict[str, Any] | None
    backup: dict[str, Any] | None
    detail: dict[str, Any] | None
    upload: dict[str, Any] | None
