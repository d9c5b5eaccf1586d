import { shareOf } from "../../lib/numbers.js";
import { leastBy } from "../../lib/arrays.js";

/** @import { Scored } from "./scores.js" */

/**
 * @param {Scored} scored
 * @param {number} count
 * @param {number} errors
 * @param {number} rejected
 * @returns {{x: number, y: number}} false alarms, caught
 */
export function rocPoint({ caught }, count, errors, rejected) {
  return { x: shareOf(rejected - caught[rejected], count - errors), y: shareOf(caught[rejected], errors) };
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
  return leastBy(scored.steps, (rejected) => {
    const { x, y } = rocPoint(scored, count, errors, rejected);
    return (x - at.x) ** 2 + (y - at.y) ** 2;
  });
}
