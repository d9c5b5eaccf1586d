"""Where widgets are shown beside JupyterLab: Notebook 7, Voila and marimo, on free ports."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from typing import ClassVar

import nbformat

from .kernels import HOSTS, NEWEST, overlay
from .server import JupyterServer

APPLICATION = "import marimo\n\napp = marimo.App()\n"


class NotebookServer(JupyterServer):
    """Jupyter Notebook 7 with one notebook of these cells.

    Attributes
    ----------
    runs_cells
        Whether the page runs them by itself.
    """

    runs_cells: ClassVar[bool] = False

    def __init__(self, cells: Sequence[str], *, dark: bool) -> None:
        theme = f"JupyterLab {'Dark' if dark else 'Light'}"
        super().__init__({"@jupyterlab/apputils-extension:themes": {"theme": theme}})
        self.dark = dark
        self._cells = cells

    @property
    def page(self) -> str:
        """The address that shows the cells."""
        return f"{self.url}/notebooks/cells.ipynb?token={self.token}"

    def start(self, timeout: float = 90) -> None:
        """Write the cells, start the server and wait until it answers."""
        self.notebooks.mkdir()
        self._write()
        self.add_kernel(NEWEST)
        super().start(timeout)

    def _write(self) -> None:
        kernel = {"name": NEWEST, "display_name": "Python 3", "language": "python"}
        cells = [nbformat.v4.new_code_cell(source) for source in self._cells]
        node = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(node, self.notebooks / "cells.ipynb")

    def _command(self) -> list[str]:
        shown = "--JupyterNotebookApp.expose_app_in_browser=True"
        return [sys.executable, "-m", "notebook", shown, *super()._command()[3:]]

    def _environment(self) -> dict[str, str]:
        folder = overlay("hosts", HOSTS)
        paths = {
            "PYTHONPATH": folder,
            # Our kernel before that of the folder.
            "JUPYTER_PATH": f"{self.data}{os.pathsep}{folder / 'share/jupyter'}",
            "JUPYTERLAB_DIR": folder / "share/jupyter/lab",
        }
        joined = {name: f"{path}{os.pathsep}{os.environ.get(name, '')}".rstrip(os.pathsep)
                  for name, path in paths.items()}  # fmt: skip
        return {**super()._environment(), **joined}


class VoilaServer(NotebookServer):
    """A notebook of these cells as a page of Voila's, without its code."""

    runs_cells = True
    health = "/voila/static/voila.js"

    @property
    def page(self) -> str:
        return self.url

    def _command(self) -> list[str]:
        options = {
            "Voila.ip": "127.0.0.1",
            "Voila.port": self.url.rpartition(":")[2],
            "VoilaConfiguration.theme": "dark" if self.dark else "light",
            # Part of Notebook 7, which lies over the same environment.
            "VoilaConfiguration.extension_denylist": "@jupyter-notebook/lab-extension",
        }
        flags = [f"--{name}={value}" for name, value in options.items()]
        return [sys.executable, "-m", "voila", "cells.ipynb", "--no-browser", *flags]


class MarimoServer(NotebookServer):
    """An application of marimo's with a cell for each of these."""

    runs_cells = True
    health = "/health"

    @property
    def page(self) -> str:
        return self.url

    def choose_theme(self, *, dark: bool) -> None:
        """Write the settings, which are read at each load of the page."""
        settings = self.folder / "config/marimo/marimo.toml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f'[display]\ntheme = "{"dark" if dark else "light"}"\n')

    def _write(self) -> None:
        self.choose_theme(dark=self.dark)
        # One cell, since marimo's cells would have to say which names each takes of the others.
        body = textwrap.indent("\n".join(self._cells), "    ")
        source = f"{APPLICATION}\n@app.cell\ndef _():\n{body}\n    return\n"
        (self.notebooks / "cells.py").write_text(source)

    def _command(self) -> list[str]:
        port = self.url.rpartition(":")[2]
        flags = ["--headless", "--no-token", "--host=127.0.0.1", f"--port={port}"]
        return [sys.executable, "-m", "marimo", "--yes", "run", "cells.py", *flags]

    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), "XDG_CONFIG_HOME": str(self.folder / "config")}
