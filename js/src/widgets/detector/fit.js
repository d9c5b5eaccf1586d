import { h } from "../../ui/dom.js";
import { checkbox, choice, explainRow } from "../../ui/controls.js";
import { createTable } from "../../ui/table.js";
import { count } from "../../lib/numbers.js";
import { DETECTOR } from "../../schema/detector/state.js";
import { numberField } from "../../ui/number-field.js";

/** @import { DetectorBinding } from "./types.js" */
/** @import { ShownFit } from "../../schema/detector/output.js" */
/** @import { Scored } from "./scores.js" */

const NOTHING =
  "There is nothing to learn from here. Give ErrorDetectorPanel(detector, images, labels, training=(images, labels), " +
  "validation=(images, labels)): pictures with their true classes, of which none is among the others.";

const HEADS = [
  ["score", "which tells wrong predictions from right ones"],
  ["AUROC", "area under its curve on these images ± standard error"],
  ["validation", "the area on the images that its threshold was chosen with"],
  [
    "lead",
    "its area beyond that of the largest probability (softmax), which is free ± standard error of paired " +
      "predictions; bold beyond two of them",
  ],
];

/**
 * How another detector is made, and how far it is.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function fitView(model, el) {
  if (model.isStatic) return;
  const rows = h("div.xai-settings");
  const button = h("button.xai-button.xai-detector-fit-start", {
    onclick: () => void model.command(model.get("fit").running ? "stop_fit" : "fit"),
  });
  const fill = h("div.xai-progress-fill");
  const bar = h("div.xai-progress", { role: "progressbar", "aria-label": "Fitting" }, fill);
  const words = h("p.xai-label", { role: "status" });
  const inside = h("div", rows, button, bar, words);
  const nothing = h("p.xai-detector-fit-nothing", NOTHING);
  el.append(h("section.xai-detector-fit", { "aria-label": "Another detector" }, nothing, inside));
  settingRows(model, rows);

  model.watch(["fit"], () => {
    const fit = model.get("fit");
    [nothing.hidden, inside.hidden, bar.hidden] = [fit.possible, !fit.possible, !fit.running];
    button.textContent = fit.running ? "Stop" : "Fit";
    fill.style.width = `${fit.total ? Math.min(100, (100 * fit.done) / fit.total) : 0}%`;
    bar.classList.toggle("xai-running", fit.running);
    const text = fitText(fit);
    if (words.textContent !== text) words.textContent = text;
  });
}

/** @param {ShownFit} fit */
function fitText({ running, note, done, total }) {
  if (!running) return "";
  const amount = total ? `: ${count(done)} of ${count(total)}` : "";
  return `Fitting, ${note || "waiting"}${amount}`;
}

/** @param {DetectorBinding} model @param {HTMLElement} el */
function settingRows(model, el) {
  const { new_layer, new_operator, new_rate, new_count, new_keep, new_steps } = DETECTOR;
  const { new_combine, new_trivial } = DETECTOR;
  const layers = () => model.get("layers").map((name) => /** @type {const} */ ([name, name]));
  /** @param {{doc: string}} setting @returns {HTMLElement} the row just made */
  function explained(setting) {
    explainRow(el, setting);
    return /** @type {HTMLElement} */ (el.lastElementChild);
  }
  /** @param {"new_operator" | "new_combine"} name @param {{label: string, doc: string, choices: string[][]}} setting */
  function chosen(name, setting) {
    const options = /** @type {[string, string][]} */ (setting.choices);
    choice(model, el, setting.label, name, () => options);
    return explained(setting);
  }
  choice(model, el, new_layer.label, "new_layer", layers, ["layers"]);
  explained(new_layer);
  numberField(model, el, new_steps);
  explained(new_steps);
  chosen("new_operator", new_operator);
  const ofMutants = [new_rate, new_count, new_keep].map((setting) => {
    numberField(model, el, setting);
    return explained(setting);
  });
  checkbox(model, el, new_trivial.label, "new_trivial");
  explained(new_trivial);
  const combined = chosen("new_combine", new_combine);
  model.watch(["new_operator", "new_trivial"], () => {
    const alone = model.get("new_operator") === "none";
    for (const row of ofMutants) row.hidden = alone;
    combined.hidden = alone && !model.get("new_trivial");
  });
}

/**
 * All scores side by side: what was given, what has been set up, what is free.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function scoreTable(model, el) {
  const table = createTable(
    "xai-score-table",
    "Scores side by side",
    HEADS.map(([name, title]) => h("span", { title }, name)),
  );
  table.root.dataset.export = "";
  el.append(table.root);
  model.watchView(["sample"], () => {
    table.show(model.view.sample?.detectors ?? [], textsOf, ({ lead, leadError }) => lead > 2 * leadError);
  });
}

/** @param {Scored} scored */
function textsOf({ name, auroc, error, validation, lead, leadError }) {
  const signed = `${lead < 0 ? "−" : "+"}${Math.abs(lead).toFixed(3)} ± ${leadError.toFixed(3)}`;
  return [
    name,
    `${auroc.toFixed(3)} ± ${error.toFixed(3)}`,
    validation === null ? "–" : validation.toFixed(3),
    lead || leadError ? signed : "–",
  ];
}
