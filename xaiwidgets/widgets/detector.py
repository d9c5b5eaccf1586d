"""The ErrorDetectorPanel: can I trust this prediction? A dial between checking and missing."""

from __future__ import annotations

import contextvars
import threading
from typing import Any

import numpy as np
import traitlets as t
from ipywidgets import widget_serialization
from numpy.typing import NDArray

from xaiwidgets.contrast import Generator
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.figures import png
from xaiwidgets.network import Network
from xaiwidgets.reliability import ErrorDetector, Roc
from xaiwidgets.widgets import detector_wire as wire
from xaiwidgets.widgets.base import STATIC, Run, Widget
from xaiwidgets.widgets.contrast import ContrastExplorer
from xaiwidgets.widgets.examining import Examined, cheapest, examine
from xaiwidgets.widgets.explorer import Explorer
from xaiwidgets.widgets.traits import place_among

RULES = ("balanced", "correct_recall", "wrong_recall", "cost", "by_hand")
PARTS = ("kept right", "missed", "false alarm", "caught")

_BY_RULE = ("method", "rule", "recall", "cost_check", "cost_miss")
_BY_HAND: dict[str, Any] = {"sync": True}


class ErrorDetectorPanel(Widget):
    """Watch what an error detector keeps, misses, rejects and catches, by hand.

    Parameters
    ----------
    detector : ErrorDetector
        Fitted.
    images : tensor (N, C, H, W) or sequence of pictures
        Other ones than it was fitted and validated on.
    labels : sequence of N classes
        The true ones, by number or name.
    backup : Classifier, optional
        A bigger network that could answer what is rejected.
    generator : Generator, optional
        With it, "why not the true class?" can be asked of a picture (`ContrastExplorer`).
    **traits
        Any of the state below.

    Attributes
    ----------
    method : str
        Which detector turns the dial: a key of `detectors`.
    threshold : float
        A prediction whose score is at least that is rejected: somebody checks it.
    rule : str
        Where the threshold comes from: "balanced", "correct_recall" or "wrong_recall" on the
        validation images of the detector (with `recall`), "cost" on these, or "by_hand".
    recall : float
        The share of right predictions to be kept, or of wrong ones to be caught.
    cost_check, cost_miss : float
        What a check costs, and a wrong prediction that was kept.
    specialist : float
        How often whoever checks is right.
    part : str
        Which pictures are shown: "kept right", "missed", "false alarm" or "caught".
    picked : int or None
        The picture that is looked at.

    Raises
    ------
    InputError
        At once, if the detector is not fitted, or images and labels do not fit it.
    traitlets.TraitError
        If a state is not allowed; the message says what is.
    """

    _bundle = "detector"
    _esm = STATIC / "detector.js"
    _css = STATIC / "detector.css"

    method = t.Unicode().tag(**_BY_HAND)
    threshold = t.Float(0.0).tag(**_BY_HAND)
    rule = t.Enum(RULES, "balanced").tag(**_BY_HAND)
    recall = t.Float(0.9, min=0, max=1).tag(**_BY_HAND)
    cost_check = t.Float(1.0, min=0).tag(**_BY_HAND)
    cost_miss = t.Float(10.0, min=0).tag(**_BY_HAND)
    specialist = t.Float(1.0, min=0, max=1).tag(**_BY_HAND)
    part = t.Enum(PARTS, "caught").tag(**_BY_HAND)
    picked = t.Int(None, allow_none=True).tag(**_BY_HAND)

    network = t.Unicode(read_only=True).tag(sync=True)
    layer = t.Unicode(read_only=True).tag(sync=True)
    classes = t.List(t.Unicode(), read_only=True).tag(sync=True)
    explorers = t.Dict(read_only=True).tag(sync=True)
    count = t.Int(0).tag(sync=True)
    detectors = t.Dict().tag(sync=True)
    wrong = t.Any(b"").tag(sync=True)
    labels = t.Any(b"").tag(sync=True)
    predicted = t.Any(b"").tag(sync=True)
    confidence = t.Any(b"").tag(sync=True)
    thumbnails = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    backup = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    detail = t.Dict(default_value=None, allow_none=True).tag(sync=True)
    opened = t.Instance(Widget, allow_none=True).tag(sync=True, **widget_serialization)
    code = t.Unicode().tag(sync=True)

    def __init__(
        self,
        detector: ErrorDetector,
        images: Any,
        labels: Any,
        *,
        backup: Network | None = None,
        generator: Generator | None = None,
        **traits: Any,
    ) -> None:
        model = detector.model
        self._detector, self._backup, self._generator = detector, backup, generator
        self._validation = detector.validation  # says at once if it is not fitted
        self._images = model.batch(images, detector.shape)
        if self._images.ndim != 4:
            raise InputError(f"images become {tuple(self._images.shape)}; the panel needs pictures")
        classes = model.private_logits(self._images[:1]).shape[1]
        self._labels: NDArray[np.int64] = model.class_numbers(
            labels, len(self._images), classes, name="labels", each=True
        ).numpy()
        self._examined: Examined | None = None
        self._by_method: dict[str, float] = {}
        self._opened_by_page: Widget | None = None
        self._settling = True
        self._refuse_unknown(traits)
        fixed = {
            "network": model.name,
            "layer": detector.layer,
            "classes": [model.label(index) for index in range(classes)],
            "explorers": {"explorer": True, "contrast": generator is not None},
        }
        for name, value in fixed.items():
            self.set_trait(name, value)
        self.thumbnails = wire.thumbnails(model, self._images)
        self.count = len(self._images)
        super().__init__(**{"method": detector.name, **traits})
        if "threshold" in traits:
            self.rule = "by_hand"
        self._settling = False
        if self.rule != "cost":
            self._settle("rule")
        self.run()

    # State

    @t.validate("method")
    def _valid_method(self, proposal: Any) -> str:
        if proposal.value not in self._curves():
            raise t.TraitError(
                f"method is {proposal.value!r}; use one of {', '.join(self._curves())}"
            )
        return str(proposal.value)

    @t.validate("picked")
    def _valid_picked(self, proposal: Any) -> int:
        return place_among(proposal, len(self._images), "images")

    @t.observe("threshold", *_BY_RULE)
    def _on_dial(self, change: Any) -> None:
        with self._lock:
            if not self._settling:
                self._settle(change.name)

    @t.observe("picked")
    def _on_picked(self, _change: Any) -> None:
        with self._lock:
            if not self._settling:
                self._show_detail()

    def _settle(self, name: str) -> None:
        """Bring rule and threshold in line with what was set."""
        with self._quietly():
            if name == "threshold":
                if self.rule != "by_hand" and not self._follows_rule():
                    self.rule = "by_hand"
            elif self.rule != "by_hand":
                self.threshold = self._by_rule()
            elif name == "method":
                self.threshold = self._by_method.get(
                    self.method, self._curves()[self.method].threshold()
                )
            self._by_method[self.method] = self.threshold
            self.code = self._python()

    def _curves(self) -> dict[str, Roc]:
        return {self._validation.name: self._validation, **self._validation.beside}

    def _by_rule(self) -> float:
        """Return the threshold that the rule gives."""
        if self.rule == "cost":
            found = self._examined
            if found is None or self.method not in found.scores:
                return self._curves()[self.method].threshold()
            scores = found.scores[self.method]
            return cheapest(scores, found.wrong, self.cost_check, self.cost_miss)
        curve = self._curves()[self.method]
        if self.rule == "correct_recall":
            return curve.threshold(correct_recall=self.recall)
        if self.rule == "wrong_recall":
            return curve.threshold(wrong_recall=self.recall)
        return curve.threshold()

    def _follows_rule(self) -> bool:
        """Return whether the threshold is what the rule gives, up to what the page rounds."""
        wanted, found = self._by_rule(), self._examined
        if self.rule != "cost" or found is None or self.method not in found.scores:
            return bool(np.isclose(self.threshold, wanted, rtol=1e-6, atol=0))

        def cost(threshold: float) -> float:
            rejected = found.scores[self.method] >= threshold
            missed = (found.wrong & ~rejected).sum()
            return float(self.cost_check * rejected.sum() + self.cost_miss * missed)

        return cost(self.threshold) <= cost(wanted) * (1 + 1e-9)

    def _python(self) -> str:
        """Return the lines of Python that decide as this dial does."""
        if self.method == self._detector.name:
            scores = "detector.score(images)"
        else:
            scores = f"detector.examine(images).run().scores[{self.method!r}]"
        return "\n".join(
            [
                "# detector, images: what this ErrorDetectorPanel(...) was given",
                f"scores = {scores}",
                f"rejected = scores >= {self.threshold!r}",
            ]
        )

    # Work

    def run(self) -> Run[Examined]:
        """Examine the pictures anew; `.wait()` blocks until that is done."""
        with self._lock:
            steps = examine(self._detector, self._images, self._labels, self._backup)
            return self.start(steps, self._show)

    def _show(self, found: Examined, final: bool) -> None:
        if not final and self._examined is not None and self._examined.evidence is not None:
            return  # what is there says more
        self._examined, self._validation = found, self._detector.validation
        backup = None
        if found.backup is not None and self._backup is not None:
            right = found.backup.astype(np.uint8).tobytes()
            backup = {"name": self._backup.name, "right": right}
        self.publish(
            **wire.predictions(found),
            detectors=wire.detectors(found, self._validation),
            backup=backup,
        )
        if final and self.rule != "by_hand":
            self._settle("rule")
        self._show_detail()

    def _show_detail(self) -> None:
        found, index = self._examined, self.picked
        if index is None or found is None:
            self.publish(detail=None)
        else:
            self.publish(detail=wire.detail(self._detector, found, self._images, index))

    def is_result(self, preview: Any) -> bool:
        """Return whether anything is known."""
        return isinstance(preview, Examined)

    @property
    def result(self) -> Examined | None:
        """What has been found out; if the last work failed, its error is raised."""
        if self._error is not None:
            raise self._error
        return self._examined

    # Other widgets

    def open_explorer(self, index: int | None = None) -> Explorer:
        """Return an Explorer of a picture, by default the picked one, shown below, too."""
        image = self._images[self._index() if index is None else index]
        explorer = Explorer(self._detector.model, image)
        self.publish(opened=explorer)
        return explorer

    def open_contrast(self, index: int | None = None) -> ContrastExplorer:
        """Return a ContrastExplorer of a picture, by default the picked one, shown below, too.

        If the prediction is wrong, it asks why it is not the true class.
        """
        if self._generator is None:
            raise InputError("there is no generator; give ErrorDetectorPanel(..., generator=...)")
        index = self._index() if index is None else index
        logits = self._detector.model.private_logits(self._images[index : index + 1])
        true = int(self._labels[index])
        probe = None if true == int(logits.argmax()) else true
        image = self._images[index]
        contrast = ContrastExplorer(self._detector.model, self._generator, image, probe=probe)
        self.publish(opened=contrast)
        return contrast

    def _index(self) -> int:
        if self.picked is None:
            raise InputError("no picture is picked; pick one first")
        return int(self.picked)

    def _command_run(self, _content: dict[str, Any]) -> None:
        self.run()

    def _command_rule(self, _content: dict[str, Any]) -> None:
        self._settle("rule")

    def _command_open(self, content: dict[str, Any]) -> None:
        opening = {"explorer": self.open_explorer, "contrast": self.open_contrast}
        what = content.get("what")
        if what not in opening:
            raise InputError(f"what is {what!r}; use {' or '.join(map(repr, opening))}")
        index = self._index()

        def work() -> None:
            before = self._opened_by_page
            try:
                self._opened_by_page = opening[what](index)
            except Exception as error:
                self.publish(error={"message": str(error), "column": None})
                if not isinstance(error, XaiError | t.TraitError):
                    raise
            else:
                if before is not None:
                    before.close()  # nobody else has it

        # A widget's constructor waits for the compute thread, which may wait for our lock.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(work,), daemon=True).start()

    def _command_close(self, _content: dict[str, Any]) -> None:
        self.publish(opened=None)
        if self._opened_by_page is not None:
            self._opened_by_page.close()
            self._opened_by_page = None

    def close(self) -> None:
        """Close what the page has opened below, too."""
        opened = getattr(self, "_opened_by_page", None)
        if opened is not None:
            opened.close()
        super().close()

    def _still(self) -> bytes | None:
        return None if self._examined is None else png(self._examined.curves().plot())
