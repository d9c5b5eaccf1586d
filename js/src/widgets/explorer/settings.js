import { h, setAttribute } from "../../ui/dom.js";
import { logScale } from "../../lib/log-scale.js";
import { count, short } from "../../lib/numbers.js";
import { EXPLORER } from "../../schema/explorer/state.js";
import { choice, settingRow } from "../../ui/controls.js";
import { addSetting } from "../../ui/settings.js";
import { colourRange } from "./shown.js";
import { followNumber } from "../../ui/number-field.js";

/** @import { Setting } from "../../ui/settings.js" */
/** @import { ExplorerBinding } from "./types.js" */

/** @type {[number, number]} */
const BUDGETS = [EXPLORER.budget.least, EXPLORER.budget.most];
/** So wide that a step is more than what rounding to two digits takes back. */
const BUDGET_STEP = 2.5;
const RANGE_FACTOR = 8;
/** @type {Record<string, string>} in plain words; others are called as the pictures they are */
const BASELINES = { mean: "mean colour", blur: "blurred" };

/** What says nothing of a sentence, whose parts are its words. @type {Setting[]} */
const OF_PICTURES = [EXPLORER.grid, EXPLORER.players, EXPLORER.look];

/**
 * Controls that are not those of their setting's kind, by its name.
 * @type {Record<string, (model: ExplorerBinding, el: HTMLElement) => void>}
 */
const OWN = { baseline, budget, color_range: colourRangeRow };

/**
 * Settings of one group, each with what it means for whoever points at it.
 * @param {...Setting} rows
 * @returns {(model: ExplorerBinding, el: HTMLElement) => void}
 */
const settings =
  (...rows) =>
  (model, el) => {
    const place = h("div.xai-settings");
    el.append(h("section", h("h3", rows[0].group), place));
    for (const setting of rows) {
      if (model.get("reads_text") && OF_PICTURES.includes(setting)) continue;
      addSetting(model, place, setting, OWN[setting.name]);
      const row = /** @type {HTMLElement} */ (place.lastElementChild);
      // What only the page takes notice of can be set without a kernel.
      if (setting.pageOnly) row.classList.remove("xai-asks");
      else greyUnused(model, row, setting.name);
    }
  };

/** How the question is asked. */
export const askedSettings = settings(
  EXPLORER.baseline,
  EXPLORER.output,
  EXPLORER.budget,
  EXPLORER.grid,
  EXPLORER.players,
  EXPLORER.method,
);
/** How the answer is drawn. */
export const drawnSettings = settings(
  EXPLORER.look,
  EXPLORER.hatching,
  EXPLORER.zoom,
  EXPLORER.opacity,
  EXPLORER.color_range,
);
/** What gives the same map again. */
export const seedSetting = settings(EXPLORER.seed);

/**
 * Takes a setting away while the explainer does not look at it.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} row
 * @param {string} name
 */
function greyUnused(model, row, name) {
  model.watch(["blocked"], () => {
    const reason = model.get("blocked")[`setting:${name}`];
    setAttribute(row, "data-blocked", reason);
    for (const control of row.querySelectorAll("input, select"))
      setAttribute(control, "disabled", Boolean(reason));
  });
}

/** @param {ExplorerBinding} model @param {HTMLElement} el */
function baseline(model, el) {
  const options = () =>
    model.get("baselines").map((name) => /** @type {const} */ ([name, BASELINES[name] ?? name]));
  choice(model, el, EXPLORER.baseline.label, "baseline", options, ["baselines"]);
}

/**
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
function budget(model, el) {
  const scale = logScale(BUDGETS);
  const knob = h("input.xai-budget", {
    type: "range",
    min: 0,
    max: 100,
    step: BUDGET_STEP,
    oninput: () => model.set({ budget: readable(scale.value(knob.valueAsNumber)) }),
  });
  const number = h("input.xai-budget-number", {
    type: "number",
    min: BUDGETS[0],
    max: BUDGETS[1],
    step: 1,
    "aria-label": `${EXPLORER.budget.label}, number`,
  });
  settingRow(el, EXPLORER.budget.label, knob, number).classList.add("xai-asks");
  followNumber(model, number, "budget");
  model.watch(["budget"], () => {
    const value = model.get("budget");
    const position = scale.position(value);
    if (Math.abs(knob.valueAsNumber - position) > BUDGET_STEP / 2) knob.value = String(position);
    setAttribute(knob, "aria-valuetext", `${count(value)} evaluations`);
  });
}

/** @param {number} value rounded to two digits, inside the bounds */
function readable(value) {
  const digit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.max(BUDGETS[0], Math.min(BUDGETS[1], Math.round(value / digit) * digit));
}

/**
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
function colourRangeRow(model, el) {
  const knob = h("input.xai-range", {
    type: "range",
    min: 0,
    max: 100,
    step: 0.5,
    oninput: () => model.set({ color_range: Number(scale().value(knob.valueAsNumber).toPrecision(3)) }),
  });
  const shown = h("output");
  const automatic = h("input.xai-range-automatic", {
    type: "checkbox",
    onchange: () =>
      model.set({ color_range: automatic.checked ? null : Number(colourRange(model).toPrecision(3)) }),
  });
  settingRow(el, EXPLORER.color_range.label, knob, shown, h("label.xai-check", automatic, "auto"));

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
}
