import { SERIES } from "../../ui/plot/series.js";

/** @import { Part } from "./types.js" */
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
 *
 * @typedef {object} Cut
 * @property {Scored} scored
 * @property {number} threshold
 * @property {number} count
 * @property {number} errors
 * @property {number} rejected
 * @property {Record<Part, number>} parts
 */

/** From top to bottom: those that are rejected stand together. @type {readonly Part[]} */
export const PARTS = ["kept right", "false alarm", "caught", "missed"];

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

/** @param {number} part @param {number} whole */
export const share = (part, whole) => (whole ? part / whole : 0);

/**
 * How many scores are as high as the threshold or higher.
 * @param {Scored} scored
 * @param {number} threshold
 */
export function rejectedAt({ values, order }, threshold) {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[order[middle]] >= threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Between two scores, so that rounding does not matter.
 * @param {Scored} scored
 * @param {number} rejected
 */
export function thresholdAt({ values, order }, rejected) {
  const above = values[order[rejected - 1]];
  const below = values[order[rejected]];
  if (rejected <= 0) return below + 1;
  return rejected >= order.length ? above - 1 : (above + below) / 2;
}

/**
 * @param {Sample} sample
 * @param {string} method
 * @param {number} threshold
 * @returns {Cut | null} null: the method has no scores yet
 */
export function cutOf({ detectors, count, errors }, method, threshold) {
  const scored = detectors.find(({ key }) => key === method);
  if (!scored) return null;
  const rejected = rejectedAt(scored, threshold);
  const caught = scored.caught[rejected];
  const missed = errors - caught;
  const parts = { "kept right": count - rejected - missed, "false alarm": rejected - caught, caught, missed };
  return { scored, threshold, count, errors, rejected, parts };
}

/**
 * @param {Cut} cut
 * @param {Uint8Array} wrong
 * @param {Part} part
 * @returns {number[]} its images, the most suspicious first
 */
export function imagesOf({ scored, rejected }, wrong, part) {
  const kept = part === "kept right" || part === "missed";
  const bad = part === "missed" || part === "caught";
  const images = kept ? scored.order.subarray(rejected) : scored.order.subarray(0, rejected);
  return Array.from(images).filter((image) => Boolean(wrong[image]) === bad);
}

/**
 * @param {Scored} scored
 * @param {number} count
 * @param {number} errors
 * @param {number} rejected
 * @returns {{x: number, y: number}} false alarms, caught
 */
export function rocPoint({ caught }, count, errors, rejected) {
  return { x: share(rejected - caught[rejected], count - errors), y: share(caught[rejected], errors) };
}

/**
 * The corners of a ROC curve: what lies on a straight line between them is left out.
 * @param {Scored} scored
 * @param {number} count
 * @param {number} errors
 */
export function rocOf(scored, count, errors) {
  const points = scored.steps.map((rejected) => rocPoint(scored, count, errors, rejected));
  const corners = points.filter((point, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (!before || !after) return true;
    return (
      Math.abs((point.x - before.x) * (after.y - point.y) - (point.y - before.y) * (after.x - point.x)) >
      1e-12
    );
  });
  return { x: corners.map(({ x }) => x), y: corners.map(({ y }) => y) };
}

/**
 * @param {Scored} scored
 * @param {number} count
 * @param {number} errors
 * @param {{x: number, y: number}} at
 * @returns {number} how many are rejected at the point of the curve nearest to it
 */
export function nearestOnRoc(scored, count, errors, at) {
  return least(scored.steps, (rejected) => {
    const { x, y } = rocPoint(scored, count, errors, rejected);
    return (x - at.x) ** 2 + (y - at.y) ** 2;
  });
}

/** @param {readonly number[]} steps @param {number} rejected */
export const nearestStep = (steps, rejected) => least(steps, (step) => Math.abs(step - rejected));

/** @typedef {{cost_check: number, cost_miss: number}} Costs */

/**
 * @param {Scored} scored
 * @param {number} errors
 * @param {Costs} costs
 * @param {number} rejected
 * @returns {number} per prediction
 */
export function costAt({ caught, order }, errors, { cost_check, cost_miss }, rejected) {
  return share(cost_check * rejected + cost_miss * (errors - caught[rejected]), order.length);
}

/**
 * What a prediction costs at a threshold on the validation images, and with which standard error.
 * @param {ShownValidation} validation
 * @param {number} threshold
 * @param {Costs} costs
 */
export function costPromised({ count, scores, rejected, missed }, threshold, costs) {
  const above = scores.findIndex((score) => score < threshold);
  const place = above < 0 ? scores.length : above;
  return costOf(count, rejected[place], missed[place], costs);
}

/** @param {Cut} cut @param {Costs} costs what a prediction costs here, and with which standard error */
export const costPaid = ({ count, rejected, parts }, costs) => costOf(count, rejected, parts.missed, costs);

/** @param {number} count @param {number} rejected @param {number} missed @param {Costs} costs */
function costOf(count, rejected, missed, { cost_check, cost_miss }) {
  const mean = share(cost_check * rejected + cost_miss * missed, count);
  const squares = share(cost_check ** 2 * rejected + cost_miss ** 2 * missed, count);
  return { mean, error: Math.sqrt(share(Math.max(0, squares - mean ** 2), count - 1)) };
}

/**
 * @param {Scored} scored
 * @param {number} errors
 * @param {Costs} costs
 * @returns {number} how many to reject at the least cost
 */
export const cheapest = (scored, errors, costs) =>
  least(scored.steps, (rejected) => costAt(scored, errors, costs, rejected));

/** @param {Scored} scored @param {number} score @returns {number} share of all with a lower one */
export const rankOf = ({ values }, score) =>
  share(
    values.reduce((sum, value) => sum + Number(value < score), 0),
    values.length,
  );

/**
 * @param {readonly number[]} steps
 * @param {(step: number) => number} value
 * @returns {number} the first with the least
 */
function least(steps, value) {
  let best = steps[0];
  let lowest = Infinity;
  for (const step of steps) {
    const found = value(step);
    if (found < lowest) [best, lowest] = [step, found];
  }
  return best;
}
