"""Drive a notebook in a real JupyterLab with a real browser, and see whatever goes wrong there.

    with LabSession() as lab:
        lab.open(["from mine import Dial", "dial = Dial()", "dial"])
        lab.run_all()
        lab.keys(lab.widget(".dial"), "ArrowRight", times=3)
        lab.settle()
        assert lab.py("dial.value") == 3
        assert not lab.report().problems

An error has many ways to stay unseen: an exception in a widget's callback reaches no cell and no
console, one in `render` reaches only the console, one in the kernel's machinery only the server's
log. `LabSession.report` gathers them all, together with every address that the page asked for.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat
from nbformat.sign import NotebookNotary
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    Playwright,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from .chromium import find_chromium, launch_chromium
from .kernels import NEWEST, ROOT
from .report import NOISE, Report, is_failure, is_trouble, logged_errors
from .server import JupyterServer

HELPERS = Path(__file__).with_name("lab.js")
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"

PATIENCE = 120.0
"""Seconds in which a busy machine has done anything that is waited for."""

SHOWN = "document.querySelector('.jp-Notebook').innerText"
FORGET_VISITS = """Object.keys(localStorage)
    .filter(key => key.startsWith("xaiwidgets."))
    .forEach(key => localStorage.removeItem(key))"""
Point = tuple[float, float]


class LabSession:
    """One JupyterLab server and one browser page, for as many notebooks as wanted.

    Attributes
    ----------
    page
        Playwright's page, for all that is not offered here.
    requests
        Every address that the page asked for since the notebook was opened.
    is_sound
        False where the page may have been broken: JupyterLab is loaded anew for the next notebook.
    """

    page: Page

    def __init__(
        self,
        viewport: tuple[int, int] = (1400, 1000),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        beside: LabSession | None = None,
    ) -> None:
        self.server = JupyterServer(settings)
        self.requests: list[str] = []
        self.is_sound = True
        self._viewport = viewport
        self._console: list[str] = []
        self._page_errors: list[str] = []
        self._log, self._log_start = "", 0
        self._notebook = ""
        self._kernel = NEWEST
        self._playwright: Playwright | None = None
        self._browser: Browser | None = beside._browser if beside else None
        self._context: BrowserContext | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # --- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start JupyterLab and the browser."""
        try:
            executable = find_chromium()
            self.server.start()
            if self._browser is None:
                self._playwright = sync_playwright().start()
                self._browser = launch_chromium(self._playwright, executable)
            width, height = self._viewport
            context = self._browser.new_context(viewport={"width": width, "height": height})
            self._context = context
            context.set_default_timeout(PATIENCE * 1000)
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            context.add_init_script(path=HELPERS)
            self._listen(context)
            self.page = context.new_page()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the browser, the server and its kernels."""
        if self._context is not None:
            self._context.close()
        if self._playwright is not None:
            if self._browser is not None:
                self._browser.close()
            self._playwright.stop()
        self.server.stop()

    def _listen(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._page_errors.append(str(error.error)))
        context.on(
            "page",
            lambda page: page.on("websocket", lambda socket: self.requests.append(socket.url)),
        )

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not NOISE.search(message.text):
            self._console.append(f"{message.text} ({message.location['url']})")

    # --- notebooks ----------------------------------------------------------------------------

    def open(self, notebook: Path | Sequence[str], kernel: str = NEWEST) -> None:
        """Open a copy of a notebook, or a notebook made of these cells, with a fresh kernel."""
        self.server.add_kernel(kernel)
        # JupyterLab takes longer to load than a kernel with torch: where it is there, it stays.
        if self._notebook and self.is_sound:
            self._ask("close")
        else:
            self._leave()
        self._notebook, self._kernel = self._write(notebook, kernel), kernel
        self.forget()
        self._end_kernels()
        self._enter()
        if self.is_dark:
            self.theme(dark=False)

    def reload(self) -> None:
        """Load the page anew, and the notebook as it was last saved, with a fresh kernel.

        JupyterLab's widget manager restores a notebook's models, and once more the kernel's when
        that has connected; where a slow kernel has these done first, it says for good that the
        models of the notebook are not there. So it is loaded again where it says so of models
        that were saved.
        """
        saved = "widgets" in nbformat.read(self.server.notebooks / self._notebook, 4).metadata
        for _ in range(3):
            self._leave()
            self._end_kernels()
            self._enter()
            if not saved:
                return
            self._wait(f"() => !{SHOWN}.includes('Loading widget')")
            if not self.page.evaluate(f"{SHOWN}.includes('model not found')"):
                return
            self.forget()

    def _leave(self) -> None:
        """Leave JupyterLab for an empty page, on which nothing misses a kernel."""
        self.page.goto("about:blank")
        self.is_sound = True

    def _end_kernels(self) -> None:
        """End the kernels, and pass over what ipykernel logs when it is ended at work."""
        self._log += self.server.log()[self._log_start :]
        self._log_start = len(self.server.log())
        self.server.end_kernels()
        last_words = self.server.log()[self._log_start :]
        if str(ROOT / "xaiwidgets") in last_words:  # ours has to end in silence
            self._log += last_words
        self._log_start = len(self.server.log())

    def _enter(self) -> None:
        """Show the notebook in JupyterLab, and wait for its kernel."""
        if self.page.url == "about:blank":
            self.page.goto(f"{self.server.url}/lab?reset&token={self.server.token}")
            self._wait("() => Boolean(window.jupyterapp)")
        self._ask("open", self._notebook, self._kernel)
        self._wait("() => xaiLab.ready()")
        self._ask("watch")
        self.settle()
        self._ask("forget")

    def save(self) -> Path:
        """Save the notebook with the state of its widgets; return the file."""
        self._ask("save")
        return self.server.notebooks / self._notebook

    def run_all(self, timeout: float = 300) -> Report:
        """Run all cells, and wait until they have ended and the widgets are there."""
        self._ask("runAll")
        return self.wait(timeout)

    def run_cell(self, index: int, *, wait: bool = True, timeout: float = 300) -> Report:
        """Run one code cell (counted from 0, empty ones left out), and wait for it if asked."""
        self._ask("runCell", index)
        return self.wait(timeout) if wait else self.report()

    def wait(self, timeout: float = 300) -> Report:
        """Wait until the cells that were started have ended and the kernel is idle."""
        self._wait("() => xaiLab.done()", timeout)
        self.page.wait_for_timeout(300)  # for the widgets to draw; the kernel says nothing of that
        return self.report()

    def interrupt(self) -> None:
        """Do what the stop button does."""
        self._ask("interrupt")

    def restart(self) -> None:
        """Do what the restart button does, and wait for the new kernel."""
        self._ask("restart")
        self._wait("() => xaiLab.ready()")

    def _write(self, notebook: Path | Sequence[str], kernel: str) -> str:
        """Put a notebook into the server's folder, trusted, and with its kernel chosen."""
        if isinstance(notebook, Path):
            name, node = notebook.name, nbformat.read(notebook, as_version=4)
        else:
            cells = [nbformat.v4.new_code_cell(source) for source in notebook]
            name, node = "cells.ipynb", nbformat.v4.new_notebook(cells=cells)
        node.metadata.kernelspec = {"name": kernel, "display_name": kernel, "language": "python"}
        nbformat.write(node, self.server.notebooks / name)
        NotebookNotary(data_dir=str(self.server.data)).sign(node)
        return name

    # --- hands --------------------------------------------------------------------------------

    def widget(self, css: str, timeout: float = PATIENCE) -> Locator:
        """Return the first element of the notebook that matches, once it can be seen."""
        element = self.locate(css).first
        element.wait_for(state="visible", timeout=timeout * 1000)
        element.scroll_into_view_if_needed()
        return element

    def locate(self, css: str) -> Locator:
        """Return the notebook's elements that match; shadow trees are not gone through for them."""
        return self.page.locator(f"css:light=.jp-NotebookPanel:not(.lm-mod-hidden) {css}")

    def drag(
        self, element: Locator, start: Point, end: Point, *, steps: int = 3, release: bool = True
    ) -> None:
        """Drag with the mouse between two points, given as fractions of the element's box."""
        element.scroll_into_view_if_needed()
        box = self._box_at_rest(element)

        def at(point: Point) -> Point:
            return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

        self.page.mouse.move(*at(start))
        self.page.mouse.down()
        self.page.mouse.move(*at(end), steps=steps)
        if release:
            self.page.mouse.up()

    def _box_at_rest(self, element: Locator) -> FloatRect:
        """Return where an element is, once what is scrolled or laid out anew moves it no more."""
        box = None
        for _ in range(20):
            before, box = box, element.bounding_box()
            if box is None:
                raise ValueError(f"{element} cannot be seen, so it cannot be dragged in")
            if box == before:
                return box
            self.page.wait_for_timeout(50)
        raise TimeoutError(f"{element} does not come to rest")

    def keys(self, element: Locator, key: str, *, times: int = 1, pause: float = 0) -> None:
        """Focus an element and press a key, once or several times."""
        element.focus()
        for _ in range(times):
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(pause * 1000)

    def theme(self, *, dark: bool) -> None:
        """Switch JupyterLab's theme; `open` goes back to the light one."""
        name = DARK if dark else LIGHT
        self._ask("execute", "apputils:change-theme", {"theme": name})
        self._wait(f"() => document.body.dataset.jpThemeName === {name!r}")
        # The splash over the page makes JupyterLab stumble when the theme changes again under it.
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    @property
    def is_dark(self) -> bool:
        """Whether JupyterLab shows its dark theme."""
        return bool(self.page.evaluate("document.body.dataset.jpThemeName") == DARK)

    # --- eyes ---------------------------------------------------------------------------------

    def settle(self, quiet: float = 0.4, timeout: float = PATIENCE) -> None:
        """Wait until the kernel has answered everything and then said nothing for a while.

        A background job that streams never settles: wait with `until`, or for what it shows.
        """
        self.page.wait_for_timeout(50)
        self._wait(f"() => xaiLab.quiet({quiet * 1000})", timeout)

    def py(self, expression: str, *, after: str = "", timeout: float = PATIENCE) -> Any:
        """Evaluate Python in the kernel: the value of a plain literal, else its repr.

        Statements may go before. A cell that runs keeps both waiting.
        """
        answer = self._ask("evaluate", after, expression, timeout * 1000)
        if answer["status"] != "ok":
            raise RuntimeError(answer["text"])
        text = ast.literal_eval(answer["text"])
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return text

    def until(self, expression: str, timeout: float = PATIENCE) -> Any:
        """Wait until a Python expression is true in the kernel, and return its value."""
        deadline = time.monotonic() + timeout
        while not (value := self.py(expression)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{expression} is {value!r} after {timeout} s\n{self.report()}")
            self.page.wait_for_timeout(100)
        return value

    def report(self) -> Report:
        """Gather what has happened since the notebook was opened."""
        seen = self._ask("report") if self._notebook else {}
        shown, stray = seen.get("output", []), seen.get("stray", [])
        outside = tuple(url for url in self.requests if not self._is_ours(url))
        log = self._log + self.server.log()[self._log_start :]
        problems = [
            *(f"cell {o['cell']}: {o['text']}" for o in shown if is_failure(o)),
            *(f"callback: {o['text']}" for o in stray if is_trouble(o)),
            *(f"console: {text}" for text in self._console),
            *(f"page: {text}" for text in self._page_errors),
            *(f"server log: {text}" for text in logged_errors(log)),
            *(f"request left the server: {url}" for url in outside),
        ]
        return Report(
            cells=seen.get("cells", 0),
            executed=seen.get("executed", 0),
            output=tuple(o["text"] for o in [*shown, *stray] if o["kind"] != "error"),
            outside_requests=outside,
            problems=tuple(problems),
        )

    def forget_visits(self) -> None:
        """Forget what widgets keep in the browser: which parts were folded out, say."""
        if self.page.url != "about:blank":
            self.page.evaluate(FORGET_VISITS)

    def forget(self) -> None:
        """Forget requests and failures seen so far, all but what the cells show."""
        self.requests.clear()
        self._console.clear()
        self._page_errors.clear()
        self._log, self._log_start = "", len(self.server.log())
        self.page.evaluate("window.xaiLab?.forget()")

    def _is_ours(self, url: str) -> bool:
        address = self.server.url.removeprefix("http")
        ours = (f"http{address}/", f"ws{address}/", "data:", "blob:", "about:")
        return url.startswith(ours)

    def _ask(self, function: str, *arguments: object) -> Any:
        """Call one of the helpers in lab.js."""
        return self.page.evaluate(f"given => xaiLab.{function}(...given)", list(arguments))

    def _wait(self, condition: str, timeout: float = PATIENCE) -> None:
        try:
            self.page.wait_for_function(condition, timeout=timeout * 1000, polling=50)
        except PlaywrightTimeout:
            raise TimeoutError(f"not within {timeout} s: {condition}\n{self.report()}") from None
