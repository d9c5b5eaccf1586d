import { h, setAttribute } from "../../ui/dom.js";
import { logScale } from "../../lib/log-scale.js";
import { count, short } from "../../lib/numbers.js";
import { EXPLORER } from "../../schema/explorer/state.js";
import {
  checkbox,
  choice,
  explainRow,
  followNumber,
  numberField,
  settingRow,
  slider,
  textField,
  untyped,
} from "../../ui/controls.js";
import { colourRange } from "./shown.js";

/** @import { Setting } from "../../ui/settings.js" */
/** @import { ExplorerBinding } from "./types.js" */

/** @type {[number, number]} */
const BUDGETS = [EXPLORER.budget.least, EXPLORER.budget.most];
/** So wide that a step is more than what rounding to two digits takes back. */
const BUDGET_STEP = 2.5;
const RANGE_FACTOR = 8;
/** @type {Record<string, string>} in plain words; others are called as the pictures they are */
const BASELINES = { mean: "mean colour", blur: "blurred" };

/** @typedef {(model: ExplorerBinding, place: HTMLElement, signal: AbortSignal) => void} Row */

/** @type {[setting: Setting, row: Row][]} */
const ASKED = [
  [
    EXPLORER.baseline,
    (...at) =>
      choice(
        ...at,
        EXPLORER.baseline.label,
        "baseline",
        () => at[0].get("baselines").map((name) => [name, BASELINES[name] ?? name]),
        ["baselines"],
      ),
  ],
  [
    EXPLORER.output,
    (...at) =>
      choice(
        ...at,
        EXPLORER.output.label,
        "output",
        () => /** @type {[string, string][]} */ (EXPLORER.output.choices),
      ),
  ],
  [EXPLORER.budget, budget],
  [EXPLORER.grid, (...at) => numberField(...at, EXPLORER.grid)],
  [
    EXPLORER.players,
    (...at) =>
      choice(
        ...at,
        EXPLORER.players.label,
        "players",
        () => /** @type {[string, string][]} */ (EXPLORER.players.choices),
      ),
  ],
  [
    EXPLORER.method,
    (model, place, signal) =>
      textField(untyped(model), place, signal, EXPLORER.method.label, "method", "str"),
  ],
];
/** @type {[setting: Setting, row: Row][]} */
const DRAWN = [
  [
    EXPLORER.look,
    (...at) =>
      choice(
        ...at,
        EXPLORER.look.label,
        "look",
        () => /** @type {[string, string][]} */ (EXPLORER.look.choices),
      ),
  ],
  ...[EXPLORER.hatching, EXPLORER.zoom].map(
    (setting) =>
      /** @type {[Setting, Row]} */ ([
        setting,
        (model, place, signal) => checkbox(untyped(model), place, signal, setting.label, setting.name),
      ]),
  ),
  [EXPLORER.opacity, (...at) => slider(...at, EXPLORER.opacity)],
  [EXPLORER.color_range, range],
];
/** What says nothing of a sentence, whose parts are its words. */
const OF_PICTURES = [EXPLORER.grid, EXPLORER.players, EXPLORER.look].map(({ name }) => name);
/** @type {[setting: Setting, row: Row][]} */
const REPEATED = [[EXPLORER.seed, (...at) => numberField(...at, EXPLORER.seed)]];

/**
 * Settings, each with what it means for whoever points at it.
 * @param {[setting: Setting, row: Row][]} rows
 * @returns {(model: ExplorerBinding, el: HTMLElement, signal: AbortSignal) => void}
 */
const settings = (rows) => (model, el, signal) => {
  const place = h("div.xai-settings");
  el.append(h("section", h("h3", rows[0][0].group), place));
  for (const [setting, row] of rows) {
    if (model.get("reads_text") && OF_PICTURES.includes(setting.name)) continue;
    row(model, place, signal);
    explainRow(place, setting);
    // What only the page takes notice of can be set without a kernel.
    if (setting.pageOnly) place.lastElementChild?.classList.remove("xai-asks");
    else greyUnused(model, /** @type {HTMLElement} */ (place.lastElementChild), setting.name);
  }
};

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

/** How the question is asked. */
export const askedSettings = settings(ASKED);
/** How the answer is drawn. */
export const drawnSettings = settings(DRAWN);
/** What gives the same map again. */
export const seedSetting = settings(REPEATED);

/**
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function budget(model, el, signal) {
  const scale = logScale(BUDGETS);
  const knob = h("input.xai-budget", { type: "range", min: 0, max: 100, step: BUDGET_STEP });
  const number = h("input.xai-budget-number", {
    type: "number",
    min: BUDGETS[0],
    max: BUDGETS[1],
    step: 1,
    "aria-label": `${EXPLORER.budget.label}, number`,
  });
  settingRow(el, EXPLORER.budget.label, knob, number).classList.add("xai-asks");
  followNumber(model, number, "budget", signal);
  model.watch(["budget"], () => {
    const value = model.get("budget");
    const position = scale.position(value);
    if (Math.abs(knob.valueAsNumber - position) > BUDGET_STEP / 2) knob.value = String(position);
    setAttribute(knob, "aria-valuetext", `${count(value)} evaluations`);
  });
  knob.addEventListener("input", () => model.set({ budget: readable(scale.value(knob.valueAsNumber)) }), {
    signal,
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
 * @param {AbortSignal} signal
 */
function range(model, el, signal) {
  const knob = h("input.xai-range", { type: "range", min: 0, max: 100, step: 0.5 });
  const shown = h("output");
  const automatic = h("input.xai-range-automatic", { type: "checkbox" });
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
  knob.addEventListener(
    "input",
    () => model.set({ color_range: Number(scale().value(knob.valueAsNumber).toPrecision(3)) }),
    { signal },
  );
  automatic.addEventListener(
    "change",
    () => model.set({ color_range: automatic.checked ? null : Number(colourRange(model).toPrecision(3)) }),
    { signal },
  );
}
