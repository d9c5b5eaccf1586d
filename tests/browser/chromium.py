"""The browser: where it is, and how it is started."""

from __future__ import annotations

import functools
import os
import shutil

from playwright.sync_api import Browser, Playwright
from playwright.sync_api import Error as PlaywrightError

FLAGS = [
    "--no-sandbox",  # Chromium refuses to run as root with its sandbox
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--in-process-gpu",  # all is drawn by the processor: another process would only be handed it
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing leaves this machine
]


def launch_chromium(playwright: Playwright, executable: str) -> Browser:
    """Start the browser; once more where it crashes as it starts, which it has done once."""
    launch = functools.partial(playwright.chromium.launch, executable_path=executable, args=FLAGS)
    try:
        return launch()
    except PlaywrightError:
        return launch()


def find_chromium() -> str:
    """Return the path of a Chromium: $CHROMIUM, or the first one on the PATH."""
    # First the one without windows, which is an eighth less work.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    for name in (os.environ.get("CHROMIUM"), *names):
        if name and (path := shutil.which(name)):
            return path
    raise FileNotFoundError(
        "The browser tests need Chromium: install it (on Debian: apt-get install chromium), or set "
        "CHROMIUM to its path, or set XAI_SKIP_BROWSER=1 to leave these tests out."
    )
