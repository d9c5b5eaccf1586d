import { h, setAttribute } from "../lib/dom.js";
import { colourRange } from "../lib/maps.js";
import { logScale } from "../lib/log-scale.js";
import { count, percent, short } from "../lib/numbers.js";

/** @import { Binding } from "../lib/binding.js" */

/** @type {[number, number]} */
const BUDGETS = [64, 16384];
/** So wide that a step is more than what rounding to two digits takes back. */
const BUDGET_STEP = 2.5;
const RANGE_FACTOR = 8;

/**
 * How the question is asked, and how the answer is drawn.
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function settingsView(model, el, signal) {
  const grid = h("div", { class: "xai-settings" });
  el.append(h("h3", {}, "How it is asked and drawn"), grid);
  if (!model.isStatic) {
    choice(model, grid, signal, "Baseline", "baseline", () => model.get("baselines"));
    choice(model, grid, signal, "Value", "output", () => ["logit", "probability"]);
    budget(model, grid, signal);
    wholeNumber(model, grid, signal, "Cells per side", "grid", 2, 16);
    wholeNumber(model, grid, signal, "Seed", "seed", 0, 2 ** 31 - 1);
  }
  opacity(model, grid, signal);
  range(model, grid, signal);
}

/**
 * A row of the settings: the label names its first control.
 * @param {HTMLElement} el
 * @param {string} name
 * @param {...HTMLElement} controls
 */
function row(el, name, ...controls) {
  const [first, ...rest] = controls;
  const label = h("label", { class: "xai-setting" }, h("span", { class: "xai-label" }, name), first);
  el.append(h("div", { class: "xai-setting-row" }, label, ...rest));
}

/**
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @param {string} name
 * @param {"baseline" | "output"} trait
 * @param {() => string[]} options
 */
function choice(model, el, signal, name, trait, options) {
  const select = h("select", { class: `xai-${trait}` });
  row(el, name, select);
  model.watch([trait, "baselines"], () => {
    const names = options();
    const shown = Array.from(select.options, ({ value }) => value);
    if (names.length !== shown.length || names.some((option, i) => option !== shown[i])) {
      select.replaceChildren(...names.map((option) => h("option", { value: option }, option)));
    }
    select.value = model.get(trait);
  });
  select.addEventListener("change", () => model.set({ [trait]: select.value }), { signal });
}

/**
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @param {string} name
 * @param {"grid" | "seed"} trait
 * @param {number} least
 * @param {number} most
 */
function wholeNumber(model, el, signal, name, trait, least, most) {
  const input = h("input", { type: "number", class: `xai-${trait}`, min: least, max: most, step: 1 });
  row(el, name, input);
  followNumber(model, input, trait, signal, least, most);
}

/**
 * Ties a number field to a trait; what is being typed is left alone until it is finished.
 * @param {Binding} model
 * @param {HTMLInputElement} input
 * @param {"grid" | "seed" | "budget"} trait
 * @param {AbortSignal} signal
 * @param {number} least
 * @param {number} most
 */
function followNumber(model, input, trait, signal, least, most) {
  const show = () => {
    input.value = String(model.get(trait));
  };
  model.watch([trait], () => {
    if (document.activeElement !== input) show();
  });
  input.addEventListener(
    "change",
    () => {
      const value = Math.round(input.valueAsNumber);
      if (Number.isFinite(value)) model.set({ [trait]: Math.max(least, Math.min(most, value)) });
      show();
    },
    { signal },
  );
  input.addEventListener("blur", show, { signal });
}

/**
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function budget(model, el, signal) {
  const scale = logScale(BUDGETS);
  const slider = h("input", { type: "range", class: "xai-budget", min: 0, max: 100, step: BUDGET_STEP });
  const number = h("input", { type: "number", class: "xai-budget-number", min: BUDGETS[0], max: BUDGETS[1], step: 1, "aria-label": "Budget, number" });
  row(el, "Budget", slider, number);
  followNumber(model, number, "budget", signal, BUDGETS[0], BUDGETS[1]);
  model.watch(["budget"], () => {
    const value = model.get("budget");
    const position = scale.position(value);
    if (Math.abs(slider.valueAsNumber - position) > BUDGET_STEP / 2) slider.value = String(position);
    setAttribute(slider, "aria-valuetext", `${count(value)} evaluations`);
  });
  slider.addEventListener("input", () => model.set({ budget: readable(scale.value(slider.valueAsNumber)) }), { signal });
}

/** @param {number} value rounded to two digits, inside the bounds */
function readable(value) {
  const digit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.max(BUDGETS[0], Math.min(BUDGETS[1], Math.round(value / digit) * digit));
}

/**
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function opacity(model, el, signal) {
  const slider = h("input", { type: "range", class: "xai-opacity", min: 0, max: 1, step: 0.01 });
  const shown = h("output");
  row(el, "Opacity", slider, shown);
  model.watch(["opacity"], () => {
    slider.value = String(model.get("opacity"));
    shown.textContent = percent(model.get("opacity")).replace(".0", "");
  });
  slider.addEventListener("input", () => model.set({ opacity: slider.valueAsNumber }), { signal });
}

/**
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function range(model, el, signal) {
  const slider = h("input", { type: "range", class: "xai-range", min: 0, max: 100, step: 0.5 });
  const shown = h("output");
  const automatic = h("input", { type: "checkbox", class: "xai-range-automatic" });
  row(el, "Colour range", slider, shown, h("label", { class: "xai-check" }, automatic, "auto"));

  const scale = () => {
    const middle = model.view.shown.range;
    return logScale([middle / RANGE_FACTOR, middle * RANGE_FACTOR]);
  };
  const show = () => {
    const value = colourRange(model);
    automatic.checked = model.get("color_range") === null;
    if (document.activeElement !== slider || automatic.checked) slider.value = String(scale().position(value));
    shown.textContent = `±${short(value)}`;
    setAttribute(slider, "aria-valuetext", `plus or minus ${short(value)}`);
  };
  model.watch(["color_range"], show);
  model.watchView(["shown"], show);
  slider.addEventListener(
    "input",
    () => model.set({ color_range: Number(scale().value(slider.valueAsNumber).toPrecision(3)) }),
    { signal },
  );
  automatic.addEventListener(
    "change",
    () => model.set({ color_range: automatic.checked ? null : Number(colourRange(model).toPrecision(3)) }),
    { signal },
  );
}
