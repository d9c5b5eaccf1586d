import { leastBy } from "../../lib/arrays.js";

/** @import { Sample, Scored } from "./scores.js" */
/** @import { Part } from "./types.js" */

/**
 * @typedef {object} Cut what a threshold keeps and rejects
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

/** @param {readonly number[]} steps @param {number} rejected */
export const nearestStep = (steps, rejected) => leastBy(steps, (step) => Math.abs(step - rejected));
