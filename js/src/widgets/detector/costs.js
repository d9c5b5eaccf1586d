import { shareOf } from "../../lib/numbers.js";
import { leastBy } from "../../lib/arrays.js";

/** @import { Cut } from "./cuts.js" */
/** @import { Scored } from "./scores.js" */
/** @import { ShownValidation } from "../../schema/detector/output.js" */

/** @typedef {{cost_check: number, cost_miss: number}} Costs */

/**
 * @param {Scored} scored
 * @param {number} errors
 * @param {Costs} costs
 * @param {number} rejected
 * @returns {number} per prediction
 */
export function costAt({ caught, order }, errors, { cost_check, cost_miss }, rejected) {
  return shareOf(cost_check * rejected + cost_miss * (errors - caught[rejected]), order.length);
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
  const mean = shareOf(cost_check * rejected + cost_miss * missed, count);
  const squares = shareOf(cost_check ** 2 * rejected + cost_miss ** 2 * missed, count);
  return { mean, error: Math.sqrt(shareOf(Math.max(0, squares - mean ** 2), count - 1)) };
}

/**
 * @param {Scored} scored
 * @param {number} errors
 * @param {Costs} costs
 * @returns {number} how many to reject at the least cost
 */
export const cheapest = (scored, errors, costs) =>
  leastBy(scored.steps, (rejected) => costAt(scored, errors, costs, rejected));
