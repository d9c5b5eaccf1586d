"""A whole widget, as small as one can be: its state, its work and its page."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xaiwidgets.widgets.base import Widget
from xaiwidgets.widgets.schema import panel, setting
from xaiwidgets.work import Progress, Steps


@dataclass(frozen=True)
class State:
    """Which numbers are looked at."""

    limit: int = setting(200, least=10, most=100_000, label="Up to", doc="The largest of them.")
    kind: Literal["primes", "squares"] = setting("primes", label="Kind")
    opacity: float = setting(1.0, least=0, most=1, label="Opacity", page_only=True)


@dataclass(frozen=True)
class Output:
    """What is shown."""

    numbers: NDArray[np.int32] | None = None


class Numbers(Widget[State, list[int]], output=Output):
    """Look for numbers of a kind, a few at a time."""

    def steps(self, state: State) -> Steps[list[int]]:
        """Look at one number after the other; a preview has those found so far."""
        found: list[int] = []
        for number in range(2, state.limit + 1):
            root = int(number**0.5)
            square = root * root == number
            prime = all(number % divisor for divisor in range(2, root + 1))
            found = [*found, number] if (square if state.kind == "squares" else prime) else found
            time.sleep(0.002)
            yield Progress(number, state.limit, "looking", found)
        return found

    def show(self, state: State, answer: list[int], final: bool) -> Mapping[str, Any]:
        """Return what has been found."""
        return {"numbers": np.array(answer, np.int32)}

    def python(self, state: State) -> str:
        """Return a line that says what is asked."""
        return f"{state.kind} up to {state.limit}"

    _esm = (
        f"const ROWS = {json.dumps(panel(State))};"
        + """
const make = (tag, values, ...inside) => {
  const element = Object.assign(document.createElement(tag), values);
  element.append(...inside);
  return element;
};

function render({ model, el }) {
  const [bar, numbers, error] = ["progress", "output", "p"].map((tag) => make(tag, {}));
  const button = make("button", { onclick() {
    model.send({ command: model.get("status").state === "unfinished" ? "cancel" : "run" });
  } });
  const rows = ROWS.map(({ name, label, kind, least, most, choices, pageOnly }) => {
    const options = (choices ?? []).map(([value, text]) => make("option", { value }, text));
    const field = kind === "choice" ? make("select", {}, ...options)
      : make("input", { type: pageOnly ? "range" : "number", min: least, max: most, step: "any" });
    const show = () => (field.value = model.get(name));
    field.onchange = () => {
      model.set(name, kind === "choice" ? field.value : field.valueAsNumber);
      model.save_changes();
    };
    model.on(`change:${name}`, show);
    show();
    return make("label", {}, label, " ", field);
  });
  function show() {
    const { state, done, total } = model.get("status");
    Object.assign(bar, { value: done, max: total ?? 1 });
    button.textContent = state === "unfinished" ? "Cancel" : "Run";
    const { data, shape } = model.get("numbers") ?? { shape: [0] };
    const last = shape[0] ? data.getInt32(data.byteLength - 4, true) : "";
    numbers.textContent = `${state}: ${shape[0]} found, the last is ${last}`;
    error.textContent = model.get("error")?.message ?? "";
  }
  for (const name of ["status", "numbers", "error"]) model.on(`change:${name}`, show);
  show();
  el.append(make("div", { className: "numbers" }, ...rows, button, bar, numbers, error));
}
export default { render };
"""
    )
