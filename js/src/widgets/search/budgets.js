import { h, setAttribute } from "../../ui/dom.js";
import { count, short } from "../../lib/numbers.js";
import { nearest } from "../../ui/plot/scale.js";
import { roundValues } from "./trials.js";
import { ACCURACY } from "../../schema/search/state.js";
import { followNumber } from "../../ui/number-field.js";

/** @import { Limit, SearchBinding } from "./types.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} Budget
 * @property {Limit} trait
 * @property {[low: number, high: number]} slider as shown
 * @property {number} usual as shown, when a limit is set for the first time
 */

/** @type {Budget[]} */
const BUDGETS = [
  { trait: "max_time", slider: [1, 3000], usual: 60 },
  { trait: "max_trial", slider: [1, 1000], usual: 50 },
  { trait: "max_gain", slider: [0.05, 20], usual: 1 },
];

/**
 * What ends the search; all act while it runs.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function budgetsView(model, el) {
  el.append(h("h3", ACCURACY.max_time.group));
  for (const budget of BUDGETS) budgetRow(model, el, budget);
}

/** @param {SearchBinding} model @param {HTMLElement} el @param {Budget} budget */
function budgetRow(model, el, { trait, slider: [low, high], usual }) {
  const {
    label: name,
    unit,
    doc,
    scale: factor = 1,
    kind,
    least = 0,
    most = Number.MAX_SAFE_INTEGER,
    empty = "",
  } = /** @type {Setting} */ (ACCURACY[trait]);
  const whole = kind === "int";
  const values = roundValues(low, high, whole);
  const slider = h("input.xai-limit", {
    type: "range",
    min: 0,
    max: values.length - 1,
    step: 1,
    "aria-label": name,
    oninput: () => set(values[slider.valueAsNumber]),
    onpointerdown: () => {
      held = true;
    },
  });
  const number = h("input.xai-limit-number", {
    type: "number",
    min: factor * least,
    max: factor * most,
    step: whole ? 1 : "any",
    "aria-label": `${name}, ${unit}`,
  });
  const unlimited = h("input.xai-no-limit", { type: "checkbox", "aria-label": `${name}: ${empty}` });
  const stopper = h("span.xai-stopper", "ended it");
  const head = h(
    "div.xai-budget-head",
    h("span.xai-budget-name", name, stopper),
    number,
    h("span.xai-label.xai-limit-unit", unit),
  );
  const row = h(
    "div.xai-budget-row.xai-asks",
    { role: "group", "aria-label": name, title: doc },
    head,
    h("div.xai-budget-line", slider, h("label.xai-check", unlimited, empty)),
  );
  el.append(row);
  followNumber(model, number, trait, factor);

  let last = usual;
  let held = false;
  function show() {
    const value = model.get(trait);
    if (value !== null) last = factor * value;
    row.classList.toggle("xai-unlimited", value === null);
    unlimited.checked = value === null;
    // What the kernel sends back is late, and must not draw the thumb from under a hand.
    if (!held) slider.value = String(nearest(values, last));
    setAttribute(
      slider,
      "aria-valuetext",
      value === null ? empty : `${whole ? count(last) : short(last)} ${unit}`,
    );
  }
  model.watch([trait], show);
  model.watchView(["searches"], () => {
    const ended = model.view.searches.some(({ stopped_by }) => stopped_by === trait);
    row.classList.toggle("xai-ended", ended);
    stopper.hidden = !ended;
  });

  /** @param {number | null} shown */
  const set = (shown) =>
    model.set({ [trait]: shown === null ? null : Number((shown / factor).toPrecision(12)) });
  for (const type of ["pointerup", "pointercancel", "change"]) {
    slider.addEventListener(type, () => {
      held = false;
    });
  }
  unlimited.addEventListener("change", () => {
    const others = BUDGETS.some((other) => other.trait !== trait && model.get(other.trait) !== null);
    if (unlimited.checked && !others)
      model.setView({
        problem: { message: "One limit has to stay, or the search would not end", column: null },
      });
    else set(unlimited.checked ? null : last);
    show();
  });
}
