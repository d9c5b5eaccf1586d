"""The lines of Python that compute what a ContrastExplorer shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xaiwidgets.contrast import Generator
from xaiwidgets.network import Network
from xaiwidgets.widgets.contrast._session import EXAMPLES_DRAWN, SAMPLES, SEARCH, ContrastSession
from xaiwidgets.widgets.contrast._state import ContrastState
from xaiwidgets.widgets.masks import mask_grid
from xaiwidgets.widgets.variables import assumption, variables

_DEFAULTS = ContrastState()


@dataclass(frozen=True)
class Code:
    """What a ContrastExplorer was made of, and how to say it.

    Attributes
    ----------
    arguments : mapping
        model, generator, images and maybe references, as they were handed in.
    places : tuple of str
        What follows the name of all images for each: "[3]", "['left']", or nothing for one alone.
    """

    arguments: Mapping[str, Any]
    places: tuple[str, ...]

    def lines(
        self, state: ContrastState, session: ContrastSession, probe: int, widget: object
    ) -> str:
        """Return the Python of an answer; `widget` has the pictures that came from files."""
        uploaded = state.index >= len(self.places)
        things = {**self.arguments, **({"explorer": widget} if uploaded else {})}
        names, missing = variables(things)
        if uploaded:
            # A file that was dropped on the page is in no variable: only the widget has it.
            image = f"{names['explorer']}.images[{state.index}]"
        else:
            image = f"{names['images']}{self.places[state.index]}"
        wrapped = not isinstance(self.arguments["model"], Network)
        model = "classifier" if wrapped else names["model"]
        options = self._options(state, session, names)
        # The probe by its number, also where none is set: trained on, another may be the runner-up.
        pair = f"{model}, {names['generator']}, image, {probe}{options}"
        modules = wrapped or any(map(is_plain_network, self.arguments.get("columns", {}).values()))
        lines = [
            *assumption(missing, "ContrastExplorer"),
            f"from xaiwidgets import {'Classifier, ' if modules else ''}contrast, steps",
            *(["import numpy as np"] if state.mask else []),
            "",
            *([f"classifier = Classifier({names['model']})"] if wrapped else []),
            f"image = [{image}]",
            f"found = steps.run(contrast.explain({pair}))",
        ]
        if state.xgems:
            lines.append(f'steps.run(contrast.explain({pair}, method="xgems"))')
        for name, column in session.columns.items():
            # Of a picture that it finds of another class it is not asked.
            if column.scores(state.index).argmax() == session.scores(state.index).argmax():
                arguments = f"{self._column(name, model, names)}, image, {probe}{options}"
                lines.append(f"steps.run({arguments}))")
        for method in filter(None, (state.direct, state.direct_two)):
            direct = f"method={method!r}, seed={state.seed}"
            direct += self._own_options(method, state, session, names)
            lines.append(f"steps.run(contrast.subtract({model}, image, {probe}, {direct}))")
        if state.mask:
            lines += mask_lines(state, session, model)
        return "\n".join([*lines, "found"])

    def _column(self, name: str, model: str, names: Mapping[str, str]) -> str:
        """Return the beginning of a column's question: its network and its generator."""
        value, code = self.arguments["columns"][name], f"{names['columns']}[{name!r}]"
        if isinstance(value, tuple):
            return f"contrast.explain(*{code}"
        if isinstance(value, Generator):
            return f"contrast.explain({model}, {code}"
        other = f"Classifier({code})" if is_plain_network(value) else code
        return f"contrast.explain({other}, {names['generator']}"

    def _options(
        self, state: ContrastState, session: ContrastSession, names: Mapping[str, str]
    ) -> str:
        """Return the arguments that are not the usual ones."""
        settings = {name: getattr(state, name) for name in SEARCH}
        extra = {name: repr(v) for name, v in settings.items() if v != getattr(_DEFAULTS, name)}
        if "references" in names:
            extra["references"] = names["references"]
        elif session.references is not None:
            # Where the generator draws nothing the session has taken its own pictures, of which
            # `explain` alone would not know.
            extra["references"] = self._all(names["images"])
        return "".join(f", {name}={value}" for name, value in extra.items())

    def _all(self, images: str) -> str:
        """Return the Python of a list of all pictures, which are called `images`."""
        if isinstance(self.arguments["images"], Mapping):
            return f"list({images}.values())"
        return f"[{images}]" if self.places == ("",) else f"list({images})"

    def _own_options(
        self,
        method: str,
        state: ContrastState,
        session: ContrastSession,
        names: Mapping[str, str],
    ) -> str:
        """Return the arguments that one direct method has of its own."""
        if method == "occlusion":
            window = "" if state.direct_window is None else f", window={state.direct_window}"
            return f"{window}, fill={state.direct_fill!r}"
        if method == "class means":
            return self._examples(session, names)
        return self._neighbours(method, session, names)

    def _examples(self, session: ContrastSession, names: Mapping[str, str]) -> str:
        if "references" in names and len(session.references or ()) > len(session.images):
            return f", references={names['references']}"
        if not hasattr(session.generator, "sample"):
            return f", references={self._all(names['images'])}"
        generator = names["generator"]
        samples = f"{generator}.decode({generator}.sample({EXAMPLES_DRAWN}, 0)).detach()"
        return f", references={samples}"

    def _neighbours(self, method: str, session: ContrastSession, names: Mapping[str, str]) -> str:
        """Return the pictures that prediction differences need as an argument in Python."""
        if method != "pda":
            return ""
        if "references" in names:
            return f", references={names['references']}"
        if len(self.places) > 1 or not hasattr(session.generator, "sample"):
            return f", references={self._all(names['images'])}"
        generator = names["generator"]
        return f", references={generator}.decode({generator}.sample({SAMPLES}, 0)).detach()"


def is_plain_network(value: object) -> bool:
    """Return whether a column is a network that has to be made a Classifier first."""
    return not isinstance(value, tuple | Network | Generator)


def mask_lines(state: ContrastState, session: ContrastSession, model: str) -> list[str]:
    """Return the Python that imposes the change inside the painted mask."""
    height, width = session.images[state.index].shape[-2:]
    # `masks.painted` written out, division by division: copied code has the cells, not the mask.
    rows, columns = mask_grid(height, width)
    return [
        f"cells = np.isin(np.arange({rows * columns}), {list(state.mask)})"
        f".reshape({rows}, {columns})",
        f"mask = cells[np.arange({height}) * {rows} // {height}]"
        f"[:, np.arange({width}) * {columns} // {width}]",
        f"contrast.impose({model}, image, found.difference, mask).run()",
    ]
