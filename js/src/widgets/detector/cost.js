import { h, setDisabled } from "../../ui/dom.js";

import { chooseRule, costsOf, reject } from "./thresholds.js";
import { percent, shareOf, short } from "../../lib/numbers.js";
import { DETECTOR } from "../../schema/detector/state.js";
import { explainRow } from "../../ui/controls.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { nearestStep } from "./cuts.js";
import { cheapest, costAt, costPaid, costPromised } from "./costs.js";
import { numberField } from "../../ui/number-field.js";

/** @import { DetectorBinding } from "./types.js" */
/** @import { Marks, Plot } from "../../ui/plot/scale.js" */
/** @import { Cut } from "./cuts.js" */
/** @import { Costs } from "./costs.js" */

const HEIGHT = 170;
/** More corners than this nobody sees. */
const CORNERS = 400;

/**
 * What a prediction costs, by how many are checked.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function costView(model, el, signal) {
  const plot = createLinePlot(HEIGHT, signal, (x) => {
    const { cut } = model.view;
    if (cut) reject(model, nearestStep(cut.scored.steps, Math.round(x * cut.count)));
  });
  plot.root.classList.add("xai-cost-plot");
  const fields = h("div.xai-costs", {
    onchange: () => model.get("rule") === "cost" && chooseRule(model, "cost"),
  });
  for (const setting of [DETECTOR.cost_check, DETECTOR.cost_miss]) {
    numberField(model, fields, setting);
    explainRow(fields, setting);
  }
  const best = h("span");
  const go = h("button.xai-button.xai-go-there", { onclick: () => chooseRule(model, "cost") }, "Go there");
  const promise = h("p.xai-cost-promise.xai-label", {
    title: "a prediction each, ± standard error; the threshold was chosen on the validation images",
  });
  el.append(h("h3", "What a prediction costs"), fields, plot.root, h("div.xai-cost-best", best, go), promise);

  function draw() {
    const { cut } = model.view;
    if (!cut) return;
    const costs = costsOf(model);
    const rejected = cheapest(cut.scored, cut.errors, costs);
    plot.show(costPlot(cut, costs, rejected));
    plot.point(shareOf(cut.rejected, cut.count));
    const now = costAt(cut.scored, cut.errors, costs, cut.rejected);
    best.textContent =
      `now ${short(now)} · best: reject ${percent(shareOf(rejected, cut.count))}, ` +
      `${short(costAt(cut.scored, cut.errors, costs, rejected))}`;
    promise.textContent = promiseText(cut, costs);
    setDisabled(go, rejected === cut.rejected && model.get("rule") === "cost");
  }
  model.watchView(["cut"], draw);
  model.watch(["cost_check", "cost_miss", "rule"], draw);
}

/** @param {Cut} cut @param {Costs} costs what the dial promises, and what is paid for it */
function promiseText(cut, costs) {
  const words = (/** @type {{mean: number, error: number}} */ { mean, error }) =>
    `${short(mean)} ± ${short(error)}`;
  const paid = `paid on these images ${words(costPaid(cut, costs))}`;
  const { promised } = cut.scored;
  return promised
    ? `promised on validation ${words(costPromised(promised, cut.threshold, costs))} · ${paid}`
    : paid;
}

/** @param {Cut} cut @param {Costs} costs @param {number} best @returns {Plot & Marks} */
function costPlot({ scored, errors, count, rejected }, costs, best) {
  const every = Math.ceil(scored.steps.length / CORNERS);
  const steps = scored.steps.filter((step, i) => i % every === 0 || step === best || step === count);
  /** @param {number} step */
  const at = (step) => ({ x: shareOf(step, count), y: costAt(scored, errors, costs, step) });
  const points = steps.map(at);
  const top = Math.max(...points.map(({ y }) => y));
  return {
    label: `Cost per prediction, by the share rejected; least where ${percent(shareOf(best, count))} are`,
    x: { name: "predictions rejected", domain: [0, 1], format: (value) => percent(value, 0) },
    y: { name: "cost each", domain: [0, 1.08 * top || 1] },
    lines: [
      { name: scored.name, kind: scored.kind, x: points.map(({ x }) => x), y: points.map(({ y }) => y) },
    ],
    markers: [
      { ...at(best), kind: scored.kind, shape: "triangle" },
      { ...at(rejected), kind: `${scored.kind} xai-dial-point` },
    ],
  };
}
