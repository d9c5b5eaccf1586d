import { SERIES } from "../../ui/plot/series.js";
import { shareOf } from "../../lib/numbers.js";

/** @import { ShownDetector, ShownValidation } from "../../schema/detector/output.js" */
/** @import { DetectorState } from "../../schema/detector/state.js" */

/**
 * @typedef {object} Scored a detector's scores, in order; how many are rejected tells the rest
 * @property {string} key
 * @property {string} name
 * @property {number} auroc
 * @property {number} error
 * @property {number | null} validation
 * @property {ShownValidation | null} promised what thresholds do on the validation images
 * @property {number} lead its area beyond that of the largest probability, which is free
 * @property {number} leadError
 * @property {string} doc
 * @property {boolean} trivial
 * @property {string} kind a class that gives its colour
 * @property {Float32Array} values by image
 * @property {Int32Array} order images, the most suspicious first
 * @property {Int32Array} caught by how many are rejected: how many of them are wrong
 * @property {Int32Array} saved by how many are rejected: how many of them the backup gets right
 * @property {number[]} steps numbers that can be rejected: equal scores go together
 *
 * @typedef {object} Sample
 * @property {Scored[]} detectors
 * @property {number} count
 * @property {number} errors
 * @property {Uint8Array} wrong
 * @property {Int32Array} labels
 * @property {Int32Array} predicted
 * @property {Float32Array} confidence
 */

/**
 * @param {Pick<DetectorState, "detectors" | "wrong" | "labels" | "predicted" | "confidence" | "backup">}
 *   state
 * @returns {Sample | null}
 */
export function sampleOf(state) {
  const { wrong, labels, predicted, confidence } = state;
  if (!wrong || !labels || !predicted || !confidence || !Object.keys(state.detectors ?? {}).length)
    return null;
  const backup = state.backup?.right ?? null;
  const all = Object.entries(state.detectors);
  const { length: fitted } = all.filter(([, { trivial }]) => !trivial);
  // The trivial ones come alone at first, and keep their colours when the others come before them.
  const kinds = all.map(
    ([, { trivial }], i) => SERIES.at(trivial ? fitted - i - 1 : i % SERIES.length) ?? "",
  );
  return {
    detectors: all.map(([key, wire], i) => scoredOf(key, wire, kinds[i], wrong, backup)),
    count: wrong.length,
    errors: wrong.reduce((sum, each) => sum + each, 0),
    wrong,
    labels,
    predicted,
    confidence,
  };
}

/**
 * @param {string} key
 * @param {ShownDetector} wire
 * @param {string} kind
 * @param {Uint8Array} wrong
 * @param {Uint8Array | null} backup
 * @returns {Scored}
 */
function scoredOf(
  key,
  {
    name,
    auroc,
    auroc_error: error,
    validation_auroc: validation,
    validation: promised,
    lead,
    lead_error: leadError,
    doc,
    trivial,
    values,
  },
  kind,
  wrong,
  backup,
) {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
  const caught = sums(order, (image) => wrong[image]);
  const saved = sums(order, (image) => backup?.[image] ?? 0);
  const steps = [0];
  order.forEach((image, i) => {
    if (i + 1 === order.length || values[image] !== values[order[i + 1]]) steps.push(i + 1);
  });
  return {
    key,
    name,
    doc,
    auroc,
    error,
    validation,
    promised,
    lead,
    leadError,
    trivial,
    kind,
    values,
    order,
    caught,
    saved,
    steps,
  };
}

/** @param {Int32Array} order @param {(image: number) => number} value */
function sums(order, value) {
  const result = new Int32Array(order.length + 1);
  order.forEach((image, i) => {
    result[i + 1] = result[i] + value(image);
  });
  return result;
}

/** @param {Scored} scored @param {number} score @returns {number} share of all with a lower one */
export const rankOf = ({ values }, score) =>
  shareOf(
    values.reduce((sum, value) => sum + Number(value < score), 0),
    values.length,
  );
