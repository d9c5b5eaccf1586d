import { sampleOf } from "./scores.js";
import { cutOf, nearestStep, thresholdAt } from "./cuts.js";
import { cheapest } from "./costs.js";

/** @import { DetectorBinding, Rule } from "./types.js" */
/** @import { DetectorState } from "../../schema/detector/state.js" */
/** @import { Cut } from "./cuts.js" */

/** So long the page waits for the threshold that belongs to another method, before it shows the old one. */
const PATIENCE = 250;
const SCORES = /** @type {const} */ (["detectors", "wrong", "labels", "predicted", "confidence", "backup"]);

/** @typedef {Pick<DetectorState, typeof SCORES[number]>} Scores */

/**
 * Keeps in the view's state what is known of the images and where the dial stands; views watch that.
 * @param {DetectorBinding} model
 * @param {AbortSignal} signal
 */
export function followDial(model, signal) {
  let last = /** @type {Scores | null} */ (null);
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  signal.addEventListener("abort", () => clearTimeout(timer));

  function cut() {
    clearTimeout(timer);
    const { sample } = model.view;
    model.setView({ cut: sample && cutOf(sample, model.get("method"), model.get("threshold")) });
  }
  model.watch([...SCORES], () => {
    const state = /** @type {Scores} */ (Object.fromEntries(SCORES.map((name) => [name, model.get(name)])));
    // One message may change several traits, and each is told of.
    if (SCORES.every((name) => last?.[name] === state[name])) return;
    last = state;
    model.setView({ sample: sampleOf(state) });
    cut();
  });
  model.watch(["threshold"], cut);
  model.watch(["method"], () => {
    clearTimeout(timer);
    timer = setTimeout(cut, model.isStatic ? 0 : PATIENCE);
  });
}

/** @param {DetectorBinding} model @param {number} rejected how many there are to be */
export function reject(model, rejected) {
  const { cut } = model.view;
  if (!cut || rejected === cut.rejected) return;
  model.set({ threshold: thresholdAt(cut.scored, rejected), rule: "by_hand" });
}

/**
 * The kernel answers with the threshold of a rule; the least cost the page finds itself.
 * @param {DetectorBinding} model
 * @param {Rule} rule
 */
export function chooseRule(model, rule) {
  const { cut } = model.view;
  model.set(cut && rule === "cost" ? { rule, threshold: cheapestOf(cut, model) } : { rule });
}

/**
 * Where nobody answers, the rules that look at other images than these cannot be followed.
 * @param {DetectorBinding} model
 * @param {string} method
 */
export function chooseMethod(model, method) {
  const { sample, cut } = model.view;
  if (method === model.get("method")) return;
  const other = model.isStatic && sample && cutOf(sample, method, Infinity);
  if (!other || !cut) return model.set({ method });
  if (model.get("rule") === "cost") return model.set({ method, threshold: cheapestOf(other, model) });
  model.set({
    method,
    rule: "by_hand",
    threshold: thresholdAt(other.scored, nearestStep(other.scored.steps, cut.rejected)),
  });
}

/** @param {Cut} cut @param {DetectorBinding} model */
const cheapestOf = ({ scored, errors }, model) =>
  thresholdAt(scored, cheapest(scored, errors, costsOf(model)));

/** @param {DetectorBinding} model */
export const costsOf = (model) => ({
  cost_check: model.get("cost_check"),
  cost_miss: model.get("cost_miss"),
});
