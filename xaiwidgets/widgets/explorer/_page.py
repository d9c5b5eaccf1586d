"""What the page of an Explorer asks for in words of its own; all else it calls by name."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

from torch import Tensor

from xaiwidgets.algebra import Input, Probes, Source, compute_source, suggestions
from xaiwidgets.errors import InputError, XaiError
from xaiwidgets.images import Window
from xaiwidgets.jobs import Job
from xaiwidgets.prediction import Score
from xaiwidgets.widgets.base import command
from xaiwidgets.widgets.explorer import _projection as project
from xaiwidgets.widgets.explorer._answer import random_partner
from xaiwidgets.widgets.explorer._attacks import Attacks
from xaiwidgets.widgets.explorer._history import History
from xaiwidgets.widgets.explorer._judge import Judge, Showing
from xaiwidgets.widgets.explorer._layers import fit_layers, fitted_note, offer_layers
from xaiwidgets.widgets.explorer._output import edit_arguments, session_outputs
from xaiwidgets.widgets.explorer._partner import Partner
from xaiwidgets.widgets.explorer._prefetch import Prefetch
from xaiwidgets.widgets.explorer._question import Question
from xaiwidgets.widgets.explorer._shown import FitOffer, Fitting, ShownSweep
from xaiwidgets.widgets.explorer._state import ExplorerState
from xaiwidgets.widgets.explorer._sweep import Sweep
from xaiwidgets.widgets.explorer._timeline import Timeline
from xaiwidgets.widgets.pictures import picture_in_text
from xaiwidgets.widgets.run import Problem
from xaiwidgets.widgets.uploads import read_lines, read_upload
from xaiwidgets.work import Progress, Steps

_SELDOM = 0.5  # seconds between two messages with all predictions


class Asking(Showing, Protocol):
    """What the page's commands need of their Explorer."""

    _prefetch: Prefetch
    history: History

    @property
    def state(self) -> ExplorerState: ...
    def run(self) -> Any: ...
    def hold_sync(self) -> AbstractContextManager[None]: ...
    def edit(self, operation: str, *arguments: Any, of: str | None = None) -> None: ...
    def compare(self, operator: str, name: str | Sequence[str]) -> None: ...
    def _turn_to(self, question: Question, timeline: Timeline | None = None) -> None: ...


def add_pictures(
    explorer: Asking, name: str, pictures: Sequence[Any], reference: bool = False
) -> list[Input]:
    """Add pictures of one name, and show that they are there; the question stays."""
    with explorer._lock, explorer.hold_sync():
        question, session = explorer._timeline.now, explorer._session
        like = question.source.shape if reference else None
        added = [session.add(name, picture, like) for picture in pictures]
        explorer._prefetch.begin(question, session.probes)
        explorer.publish(
            **session_outputs(session),
            **project.options(question, session),
            candidates=project.candidates(question, session),
        )
        return added


def current_input(explorer: Asking) -> Steps[Tensor]:
    """Return the network's input (C, H, W) of an Explorer's picture with all its edits."""
    return compute_source(explorer._timeline.now.source)


class PageCommands:
    """Commands that stand on what is drawn on the page, or on what its file dialog gives."""

    def __init__(self, explorer: Asking) -> None:
        self._explorer = explorer
        # One each, as a job is silenced by the next one on its channel.
        open_channel = explorer._channels.open
        self.fitting, self.offering, self.searching = (open_channel() for _ in range(3))
        self.sweeping, self.predicting = open_channel(), open_channel()
        self.judge = Judge(explorer)
        self.attacks = Attacks(explorer)
        self._copied: tuple[Source, Window] | None = None
        self._sweep: Sweep | None = None
        self._shown_sweep: ShownSweep | None = None

    def begin(self, question: Question) -> None:
        """Forget a sweep of another picture; of this one, show where the question is in it."""
        self.attacks.follow(question)
        sweep, source = self._sweep, question.source
        if sweep is None:
            return
        elsewhere = source != sweep.source and sweep.value_of(source) is None
        if elsewhere or question.target != sweep.target:
            self.sweeping.cancel()
            self._show_sweep(None, None)
        elif self._shown_sweep is not None:
            self._show_sweep(sweep, replace(self._shown_sweep, value=sweep.value_of(source)))

    def cancel(self) -> None:
        """Stop what the page has asked for besides maps."""
        channels = (self.fitting, self.offering, self.searching, self.sweeping, self.predicting)
        for channel in (*channels, self.judge.channel, self.attacks.channel):
            channel.cancel()
        # One on its way is taken away, one that is there stays.
        if self._shown_sweep is not None and not self._shown_sweep.classes:
            self._show_sweep(None, None)

    def _show_sweep(self, sweep: Sweep | None, shown: ShownSweep | None) -> None:
        self._sweep = sweep
        if shown != self._shown_sweep:
            self._shown_sweep = shown
            self._explorer.publish(sweep=shown)

    @command("sweep")
    def sweep(self, edit: str) -> None:
        """Ask the network about the picture under one edit in many sizes."""
        explorer = self._explorer
        question = explorer._timeline.now
        last = self._sweep
        # Of a picture that a sweep has led to, the other edits start where that sweep did.
        led = last is not None and last.value_of(question.source) is not None
        source = last.source if last is not None and led else question.source
        sweep = Sweep.of(source, edit, question.target)
        self._show_sweep(sweep, sweep.shown(question.source))

        def on_end(job: Job[ShownSweep]) -> None:
            with explorer._lock:
                if job.error is not None or job.cancelled:
                    self._show_sweep(None, None)
                elif self._sweep is sweep:
                    value = sweep.value_of(explorer._timeline.now.source)
                    self._show_sweep(sweep, replace(job.outcome, value=value))
                if job.error is not None:
                    explorer.publish(error=Problem.of(job.error))

        self.sweeping.submit(sweep.ask(question, explorer._session), lambda progress: None, on_end)

    @command("sweep_to")
    def sweep_to(self, value: float) -> None:
        """Edit the picture as it is at one point of the sweep."""
        explorer = self._explorer
        if self._sweep is None:
            raise InputError("nothing is swept; sweep the picture first")
        now = explorer._timeline.now
        explorer._turn_to(replace(now, source=self._sweep.edited(value)))

    @command("run")
    def run_anew(self) -> None:
        """Compute the map from scratch."""
        # All would be known otherwise: the same seed draws the same coalitions.
        self._explorer._session.forget()
        self._show_sweep(None, None)
        self._explorer.run()

    @command("complete")
    def complete(self, text: str) -> dict[str, Any]:
        """Return what may come next in a query, of which this is the text up to the caret."""
        start, offered = suggestions(text, self._explorer._session.names)
        return {"start": start, "options": [suggestion._asdict() for suggestion in offered]}

    @command("thumbnails")
    def thumbnails(self, names: list[str]) -> dict[str, Any]:
        """Return the small pictures that have come into sight, each with its pixels in base64."""
        session = self._explorer._session
        small = {name: session.thumbnail(session.input(name)) for name in names}
        return {"thumbnails": {n: picture_in_text(picture) for n, picture in small.items()}}

    @command("predict")
    def predict(self) -> None:
        """Ask the network about all pictures, so that they can be put in order."""
        explorer = self._explorer
        published = time.monotonic()

        def on_progress(progress: Progress) -> None:
            nonlocal published
            if time.monotonic() - published > _SELDOM:
                published = time.monotonic()
                explorer.publish(predictions=explorer._session.known_predictions())

        def on_end(job: Job[dict[str, Score]]) -> None:
            problem = {} if job.error is None else {"error": Problem.of(job.error)}
            explorer.publish(predictions=explorer._session.known_predictions(), **problem)

        self.predicting.submit(explorer._session.predict(), on_progress, on_end)

    @command("edit")
    def edit_as_shown(self, operation: str, of: str | None = None, **details: Any) -> None:
        """Edit the picture, or a partner, in the window that is drawn."""
        question, session = self._explorer._timeline.now, self._explorer._session
        self._explorer.edit(*edit_arguments(operation, details, question, session), of=of)

    @command("copy")
    def copy_window(self) -> None:
        """Keep the window that is drawn, of the picture as it is, to be pasted into any picture."""
        question = self._explorer._timeline.now
        if question.window is None:
            raise InputError("copy acts on a window; draw one first")
        # Which picture and where, not its pixels: so the query says what is pasted, and from where.
        self._copied = question.source, question.window
        self._explorer.publish(copied=f"{question.source} {question.window}")

    @command("paste_copied")
    def paste_copied(self) -> None:
        """Paste what was copied where the window is, and look at the picture around it."""
        explorer = self._explorer
        question = explorer._timeline.now
        if self._copied is None or question.window is None:
            raise InputError("copy a window first, then draw one where it shall be pasted")
        source, part = self._copied
        place = _moved(part, question.window, question.source.shape)
        around = question.zoom(question.trail[:-1])
        explorer._turn_to(around.edit("paste", source, place, part))

    @command("add")
    def add_file(
        self, name: str = "picture", buffers: Any = (), reference: bool = False
    ) -> dict[str, Any]:
        """Add a picture from the bytes of its file, to compare with or to choose in the strip.

        Of a network that reads text, the sentences of a file, one a line.
        """
        explorer = self._explorer
        model = explorer._session.owner
        if model.reads_text:
            sentences, notes = read_lines(name, buffers, model.input)
            added = add_pictures(explorer, "sentence", sentences)[-1]
            return {"name": added.name, "index": explorer._session.place(added), "notes": notes}
        channels = explorer._timeline.now.source.shape[0]
        stem, picture, notes = read_upload(name, buffers, channels)
        (added,) = add_pictures(explorer, stem, [picture], reference)
        index = None if reference else explorer._session.place(added)
        return {"name": added.name, "index": index, "notes": notes}

    @command("offer")
    def offer(self) -> None:
        """Look which layers may be fitted, and show them to choose from."""
        explorer = self._explorer

        def on_end(job: Job[FitOffer]) -> None:
            if job.error is not None:
                explorer.publish(error=Problem.of(job.error))
            elif not job.cancelled:
                explorer.publish(fit_offer=job.outcome)

        steps = offer_layers(explorer._session, explorer._timeline.now.picture)
        self.offering.submit(steps, lambda progress: None, on_end)

    @command("fit")
    def fit(self, layers: list[str] | None = None) -> None:
        """Fit layers from the pictures that there are, by default the ends of stages."""
        explorer = self._explorer
        picture = explorer._timeline.now.picture
        work = fit_layers(explorer._session, picture, layers)
        explorer.publish(fitting=Fitting(True, note="asking the network"))

        def on_progress(progress: Progress) -> None:
            probes: Probes | None = progress.preview
            agreements = {} if probes is None else probes.agreement
            fitting = Fitting(True, progress.done, progress.total, progress.note, agreements)
            explorer.publish(fitting=fitting)

        def on_end(job: Job[Probes]) -> None:
            if job.error is not None:
                problem = Problem.of(job.error)
                explorer.publish(fitting=Fitting(False, note=problem.message), error=problem)
                return
            probes = explorer._session.probes
            note = fitted_note(probes, explorer._session, picture)
            note = f"stopped; {note}" if job.cancelled else note
            explorer.publish(fitting=Fitting(False, note=note))
            explorer.run()  # which looks up the layers, and maps them ahead

        self.fitting.submit(work, on_progress, on_end)

    @command("judge")
    def judge_map(self) -> None:
        """Check how good the map on the screen is."""
        self.judge.begin()

    @command("stop")
    def stop(self, work: str) -> None:
        """Stop the checks of a map ("judge"), the fit of layers ("fit") or an attack ("attack").

        What is done stays.
        """
        channels = {
            "judge": self.judge.channel, "fit": self.fitting, "attack": self.attacks.channel
        }  # fmt: skip
        if work not in channels:
            raise InputError(f"work is {work!r}; there are {', '.join(channels)}")
        channels[work].cancel()

    @command("pin")
    def pin(self, query: str, pinned: bool = True, beside: str | None = None) -> None:
        """Pin an answer, so that it goes into the report, or loosen it."""
        explorer = self._explorer
        with explorer._lock:
            explorer.history = explorer.history.pin(query, pinned, beside)
            explorer.publish(questions=[entry.shown for entry in explorer.history.entries])

    @command("report")
    def report(self) -> str:
        """Return the report of what is pinned, as a page of its own, in the look of the page."""
        return self._explorer.history.html(self._explorer.state.look)

    @command("uncompare")
    def uncompare(self, name: str) -> None:
        """Take a partner away again."""
        explorer = self._explorer
        with explorer._lock:
            explorer._turn_to(explorer._timeline.now.uncompare(name))

    @command("swap")
    def swap(self, name: str) -> None:
        """Let the picture and a partner change places, or the two networks, by the other's name."""
        explorer = self._explorer
        with explorer._lock:
            explorer._turn_to(explorer._timeline.now.swap(name, explorer._session))

    @command("random")
    def compare_randomly(self, operator: str, same: bool = False) -> None:
        """Compare with a random picture that is predicted to be of the same class, or another."""
        explorer = self._explorer
        question = explorer._timeline.now

        def on_end(job: Job[Partner]) -> None:
            with explorer._lock:
                error = job.error
                # The search may have ended after the picture was left: what is like it tells
                # nothing of another one.
                is_current = explorer._timeline.now.source == question.source
                if error is None and not job.cancelled and is_current:
                    try:
                        explorer.compare(operator, job.outcome.name)
                    except XaiError as refusal:
                        error = refusal
                if error is not None:
                    explorer.publish(error=Problem.of(error))

        steps = random_partner(question, explorer._session, bool(same))
        self.searching.submit(steps, lambda progress: None, on_end)


def _moved(part: Window, place: Window, shape: Sequence[int]) -> Window:
    """Return a part with its corner at that of another window, or as near as the picture allows."""
    height, width = shape[-2:]
    top = max(0, min(place.top, height - part.height))
    left = max(0, min(place.left, width - part.width))
    return Window(top, left, part.height, part.width)
