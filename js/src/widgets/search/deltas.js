import { fillList, h, isDisabled, setAttribute, setDisabled } from "../../ui/dom.js";
import { ACCURACY } from "../../schema/search/state.js";
import { nearest } from "../../ui/plot/scale.js";
import { deltaText } from "./text.js";
import { roundValues, seriesOf } from "./trials.js";

/** @import { SearchBinding } from "./types.js" */

const MOST = 8;
const VALUES = roundValues(0.0005, 0.02);
const FIRST = 0.004;

/**
 * How far each next start is shifted: chips to remove, and a place to add one.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function deltasView(model, el) {
  const chips = h("div.xai-deltas", { role: "group", "aria-label": "Shifts" });
  const slider = h("input.xai-delta-slider", {
    type: "range",
    min: 0,
    max: VALUES.length - 1,
    step: 1,
    "aria-label": "New shift, slider",
    oninput: () => {
      number.value = String(VALUES[slider.valueAsNumber]);
    },
  });
  const number = h("input.xai-delta-number", {
    type: "number",
    min: 0,
    max: 1,
    step: "any",
    "aria-label": "New shift",
    oninput: () => {
      if (number.valueAsNumber > 0) slider.value = String(nearest(VALUES, number.valueAsNumber));
    },
    onkeydown: ({ key }) => {
      if (key === "Enter") enter();
    },
  });
  const add = h("button.xai-button.xai-add-delta", { onclick: enter }, "Add");
  const root = h(
    "div.xai-delta-setting",
    h("h3", { title: ACCURACY.deltas.doc }, ACCURACY.deltas.label),
    chips,
    h("div.xai-new-delta", slider, number, add),
  );
  el.append(root);
  number.value = String(FIRST);
  slider.value = String(nearest(VALUES, FIRST));

  function create() {
    const remove = h(
      "button.xai-remove-delta",
      {
        onclick: () => {
          const left = model.get("deltas").filter((delta) => String(delta) !== remove.dataset.delta);
          model.set({ deltas: left });
          if (!remove.isConnected) number.focus();
        },
      },
      "×",
    );
    return h("span.xai-delta", h("span.xai-dot"), h("span"), remove);
  }

  function show() {
    const deltas = model.get("deltas");
    fillList(chips, deltas, create, (chip, delta) => {
      const [, text, remove] = /** @type {HTMLElement[]} */ ([...chip.children]);
      chip.className = `xai-delta xai-${seriesOf(model.view.series, delta)}`;
      text.textContent = deltaText(delta);
      remove.dataset.delta = String(delta);
      setAttribute(remove, "aria-label", `Remove shift ${deltaText(delta)}`);
      setDisabled(remove, deltas.length < 2);
    });
    setDisabled(add, deltas.length >= MOST);
    setAttribute(add, "title", deltas.length >= MOST ? `${MOST} at most` : null);
  }
  model.watch(["deltas"], show);
  model.watch(["strategy", "race"], () => {
    root.hidden = model.get("strategy") === "reseed" && !model.get("race");
  });

  function enter() {
    const delta = number.valueAsNumber;
    const deltas = model.get("deltas");
    if (!(delta > 0 && delta < 1) || isDisabled(add)) return;
    const known = deltas.includes(delta);
    model.setView({ notice: known ? `Shift ${deltaText(delta)} is there already` : "" });
    if (!known) model.set({ deltas: [...deltas, delta] });
  }
}
