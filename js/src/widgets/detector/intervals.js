import { shareOf } from "../../lib/numbers.js";
import { PARTS } from "./cuts.js";

/** @import { Cut } from "./cuts.js" */

/** What all predictions measure, the least that the text of an end needs, and what is between right and wrong. */
const [WHOLE, SLOT, GAP] = [190, 38, 44];

export const FLOW_HEIGHT = WHOLE + 3 * SLOT + 14;

/** @typedef {{top: number, size: number}} Stretch of the height */
/** @typedef {{from: Stretch, to: Stretch}} Band */

/**
 * Where the flow of the predictions runs: all, then right and wrong, then the four parts.
 * @param {Cut} cut
 */
export function bandsOf({ count, errors, parts }) {
  /** @param {number} number */
  const sized = (number) => WHOLE * shareOf(number, count);
  const sizes = PARTS.map((part) => sized(parts[part]));
  const slots = sizes.map((size) => Math.max(SLOT, size));
  const spare = (FLOW_HEIGHT - slots.reduce((sum, slot) => sum + slot, 0)) / PARTS.length;
  let top = 0;
  const ends = PARTS.map((part, i) => {
    const place = top + spare / 2;
    top += slots[i] + spare;
    return {
      part,
      middle: place + slots[i] / 2,
      to: { top: place + (slots[i] - sizes[i]) / 2, size: sizes[i] },
    };
  });

  const all = { top: (FLOW_HEIGHT - WHOLE) / 2, size: WHOLE };
  const right = { top: (FLOW_HEIGHT - WHOLE - GAP) / 2, size: sized(count - errors) };
  const wrong = { top: right.top + right.size + GAP, size: sized(errors) };
  const sides = {
    right: { from: { top: all.top, size: right.size }, to: right },
    wrong: { from: { top: all.top + right.size, size: wrong.size }, to: wrong },
  };
  const [keptRight, , caught] = sizes;
  const starts = [right.top, right.top + keptRight, wrong.top, wrong.top + caught];
  return { all, sides, ends: ends.map((end, i) => ({ ...end, from: { top: starts[i], size: sizes[i] } })) };
}

/**
 * @param {Band} band
 * @param {number} left
 * @param {number} right
 * @returns {string} for the d of an SVG path; empty where nothing flows
 */
export function bandPath({ from, to }, left, right) {
  if (!from.size) return "";
  const middle = (left + right) / 2;
  const [a, b, c, d] = [from.top, to.top, to.top + to.size, from.top + from.size].map((value) =>
    value.toFixed(1),
  );
  return `M${left} ${a}C${middle} ${a} ${middle} ${b} ${right} ${b}V${c}C${middle} ${c} ${middle} ${d} ${left} ${d}Z`;
}
