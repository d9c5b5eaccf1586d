"""A private JupyterLab: its own folders, a free port, a token, nothing of the user's settings."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from .kernels import offer_kernel

SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    # Every output stays in the page, also when it is scrolled out of sight.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "maxNumberOutputs": 5000},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/lsp-extension:plugin": {"activate": "off"},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}
PAGE = {"buildCheck": False}
"""What the page is told: not to ask for a look by Node, at each load, if a build would be due."""


class JupyterServer:
    """A JupyterLab server on a free port of this machine, over temporary folders.

    Parameters
    ----------
    settings
        JupyterLab settings by plugin, on top of `SETTINGS`.

    Attributes
    ----------
    health
        A path that is answered as soon as the server is up.
    """

    health: ClassVar[str] = "/api/status"

    def __init__(self, settings: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="xai-lab-"))
        self.notebooks = self.folder / "notebooks"
        self.data = self.folder / "data"
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{_free_port()}"
        self._settings = {key: dict(value) for key, value in SETTINGS.items()}
        for plugin, values in (settings or {}).items():
            self._settings.setdefault(plugin, {}).update(values)
        self._log = self.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 90) -> None:
        """Start the server and wait until it answers."""
        self.notebooks.mkdir(exist_ok=True)
        config = self.folder / "config/labconfig"
        config.mkdir(parents=True)
        (config / "default_setting_overrides.json").write_text(json.dumps(self._settings))
        (config / "page_config.json").write_text(json.dumps(PAGE))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                env=self._environment(),
                cwd=self.notebooks,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + timeout
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{type(self).__name__} did not start:\n{self.log()[-3000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server with its kernels, and remove its folders."""
        process = self._process
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if process is not None and process.poll() is None:
                os.killpg(process.pid, sign)
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    continue
        shutil.rmtree(self.folder, ignore_errors=True)

    def end_kernels(self) -> None:
        """End every kernel of this server."""
        for session in self._request("GET", "/api/sessions"):
            self._request("DELETE", f"/api/sessions/{session['id']}")

    def add_kernel(self, name: str) -> None:
        """Offer one of the `KERNELS`."""
        folder = self.data / "kernels" / name
        if not folder.exists():
            offer_kernel(folder, name)

    def log(self) -> str:
        """All that the server and its kernels have written so far."""
        return self._log.read_text(errors="replace")

    def _command(self) -> list[str]:
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.url.rpartition(":")[2],
            "ServerApp.port_retries": "0",
            "ServerApp.root_dir": str(self.notebooks),
            "LabApp.expose_app_in_browser": "True",
            "LabApp.news_url": "None",
            "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "LabApp.extension_manager": "readonly",
        }
        flags = [f"--{name}={value}" for name, value in options.items()]
        return [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *flags]

    def _environment(self) -> dict[str, str]:
        folders = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        private = {name: str(self.folder / folder) for name, folder in folders.items()}
        others = {
            "JUPYTER_TOKEN": self.token,
            "JUPYTER_PREFER_ENV_PATH": "0",  # our kernels before those of the environment
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **private, **others}

    def _answers(self) -> bool:
        try:
            self._open("GET", self.health)
        except OSError:
            return False
        return True

    def _request(self, method: str, path: str) -> Any:
        return json.loads(self._open(method, path) or b"null")

    def _open(self, method: str, path: str) -> bytes:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=15) as response:
            body: bytes = response.read()
            return body


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
