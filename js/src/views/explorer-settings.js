import { h, setAttribute } from "../lib/dom.js";
import { colourRange } from "../lib/maps.js";
import { logScale } from "../lib/log-scale.js";
import { count, short } from "../lib/numbers.js";
import { EXPLORER } from "../lib/schema.js";
import { choice, followNumber, numberField, settingRow, slider } from "./controls.js";

/** @import { ExplorerBinding } from "../lib/explorer-types.js" */

/** @type {[number, number]} */
const BUDGETS = [EXPLORER.budget.least, EXPLORER.budget.most];
/** So wide that a step is more than what rounding to two digits takes back. */
const BUDGET_STEP = 2.5;
const RANGE_FACTOR = 8;

/**
 * How the question is asked, and how the answer is drawn.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function settingsView(model, el, signal) {
  const grid = h("div.xai-settings");
  const { baseline, output, grid: cells, seed, opacity } = EXPLORER;
  el.append(h("h3", opacity.group), grid);
  if (!model.isStatic) {
    choice(model, grid, signal, baseline.label, "baseline", () => model.get("baselines").map((name) => [name, name]), ["baselines"]);
    choice(model, grid, signal, output.label, "output", () => /** @type {[string, string][]} */ (output.choices));
    budget(model, grid, signal);
    for (const setting of [cells, seed]) numberField(model, grid, signal, setting);
  }
  slider(model, grid, signal, opacity);
  range(model, grid, signal);
}

/**
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function budget(model, el, signal) {
  const scale = logScale(BUDGETS);
  const knob = h("input.xai-budget", { type: "range", min: 0, max: 100, step: BUDGET_STEP });
  const number = h("input.xai-budget-number", { type: "number", min: BUDGETS[0], max: BUDGETS[1], step: 1, "aria-label": "Budget, number" });
  settingRow(el, EXPLORER.budget.label, knob, number);
  followNumber(model, number, "budget", signal);
  model.watch(["budget"], () => {
    const value = model.get("budget");
    const position = scale.position(value);
    if (Math.abs(knob.valueAsNumber - position) > BUDGET_STEP / 2) knob.value = String(position);
    setAttribute(knob, "aria-valuetext", `${count(value)} evaluations`);
  });
  knob.addEventListener("input", () => model.set({ budget: readable(scale.value(knob.valueAsNumber)) }), { signal });
}

/** @param {number} value rounded to two digits, inside the bounds */
function readable(value) {
  const digit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.max(BUDGETS[0], Math.min(BUDGETS[1], Math.round(value / digit) * digit));
}

/**
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function range(model, el, signal) {
  const knob = h("input.xai-range", { type: "range", min: 0, max: 100, step: 0.5 });
  const shown = h("output");
  const automatic = h("input.xai-range-automatic", { type: "checkbox" });
  settingRow(el, "Colour range", knob, shown, h("label.xai-check", automatic, "auto"));

  const scale = () => {
    const middle = model.view.shown.range;
    return logScale([middle / RANGE_FACTOR, middle * RANGE_FACTOR]);
  };
  const show = () => {
    const value = colourRange(model);
    automatic.checked = model.get("color_range") === null;
    if (document.activeElement !== knob || automatic.checked) knob.value = String(scale().position(value));
    shown.textContent = `±${short(value)}`;
    setAttribute(knob, "aria-valuetext", `plus or minus ${short(value)}`);
  };
  model.watch(["color_range"], show);
  model.watchView(["shown"], show);
  knob.addEventListener("input", () => model.set({ color_range: Number(scale().value(knob.valueAsNumber).toPrecision(3)) }), { signal });
  automatic.addEventListener("change", () => model.set({ color_range: automatic.checked ? null : Number(colourRange(model).toPrecision(3)) }), { signal });
}
