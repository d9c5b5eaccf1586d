import { automaticRange } from "../../lib/colour.js";
import { readChange } from "./colour.js";

/** @import { Multiple, ShownContrast } from "../../schema/contrast/output.js" */
/** @import { Picture } from "../../lib/types.js" */

/**
 * A contrast ready to draw.
 * @typedef {object} Morph
 * @property {ShownContrast} contrast
 * @property {Curves} curves
 * @property {readonly string[]} labels of all classes
 *
 * @typedef {object} Curves along the morph
 * @property {number[]} at positions: 0 the picture, 1 the boundary, above 1 past it
 * @property {Float32Array} truth log-likelihood of the picture's own class
 * @property {Float32Array} probe
 * @property {Float32Array} third the strongest of the others
 * @property {number[]} thirdClass which that is; -1: there is none
 * @property {number[]} seen the class that the network sees
 * @property {number[]} probability of that class
 * @property {Float32Array} gap
 * @property {Float32Array} violation
 * @property {Float32Array} penalty
 */

/** @import { Channel, Difference } from "./colour.js" */

/**
 * @param {ShownContrast | null} contrast
 * @param {readonly string[]} labels
 * @returns {Morph | null} null while there is nothing to draw
 */
export function morphOf(contrast, labels) {
  return contrast && { contrast, curves: curvesOf(contrast), labels };
}

/** @param {ShownContrast} contrast @returns {Curves} */
function curvesOf({ positions, log_likelihoods: all, true: truth, probe, gap, third, penalty }) {
  const [length, classes] = all.shape;
  const rows = Array.from({ length }, (_, t) => all.subarray(t * classes, (t + 1) * classes));
  const thirdClass = rows.map((row) => largest(row, (k) => k !== truth && k !== probe));
  const seen = rows.map((row) => largest(row));
  return {
    at: Array.from(positions),
    truth: Float32Array.from(rows, (row) => row[truth]),
    probe: Float32Array.from(rows, (row) => row[probe]),
    third: Float32Array.from(rows, (row, t) => row[thirdClass[t]] ?? NaN),
    thirdClass,
    seen,
    probability: rows.map((row, t) => Math.exp(row[seen[t]])),
    gap,
    violation: third,
    penalty,
  };
}

/**
 * @param {Float32Array} row
 * @param {(index: number) => boolean} [counts]
 */
function largest(row, counts = () => true) {
  let best = -1;
  for (let k = 0; k < row.length; k += 1) if (counts(k) && (best < 0 || row[k] > row[best])) best = k;
  return best;
}

/**
 * @param {ArrayLike<number>} at growing
 * @param {number} position
 * @returns {{below: number, share: number}} between two frames: how much of the upper one there is
 */
export function between(at, position) {
  let below = 0;
  while (below < at.length - 2 && at[below + 1] <= position) below += 1;
  const share = (position - at[below]) / (at[below + 1] - at[below]);
  return { below, share: Math.max(0, Math.min(1, share || 0)) };
}

/** @param {ArrayLike<number>} at @param {number} position @returns {number} the frame nearest to it */
export function frameAt(at, position) {
  const { below, share } = between(at, position);
  return share < 0.5 ? below : below + 1;
}

/**
 * @template {Uint8Array | Int8Array} A
 * @param {A} all frames one after the other
 * @param {Float32Array} at where these are
 * @param {number} position
 * @returns {A}
 */
function blend(all, at, position) {
  const { below, share } = between(at, position);
  const size = all.length / at.length;
  const start = below * size;
  if (!share) return /** @type {A} */ (all.subarray(start, start + size));
  const blended = /** @type {A} */ (all.slice(start, start + size));
  for (let i = 0; i < size; i += 1)
    blended[i] = Math.round(blended[i] + share * (all[start + size + i] - blended[i]));
  return blended;
}

/** @param {Morph} morph @param {number} position @returns {Picture} */
export function pictureAt({ contrast: { frames, positions } }, position) {
  const [, height, width] = frames.shape;
  return { height, width, data: blend(frames, positions, position) };
}

/**
 * @param {Morph} morph
 * @param {number} position
 * @param {Channel} [channel] what is shown of a change in colour
 * @returns {Difference}
 */
export function differenceAt(morph, position, channel = "strongest") {
  const { differences, difference_scale: scale, positions } = morph.contrast;
  const [, height, width, channels] = differences.shape;
  const values = blend(differences, positions, position);
  const change = { height, width, values, scale, colours: channels === 3 };
  return readChange(change, channel, pictureAt(morph, 0), pictureAt(morph, position));
}

/** Whether the picture has colours. @param {Morph | null} morph */
export const isColoured = (morph) => morph?.contrast.differences.shape[3] === 3;

/**
 * @param {Pick<Multiple, "picture" | "difference" | "difference_scale">} other
 * @param {Channel} [channel] of a hue nothing is known here, as the picture before is not
 * @returns {Difference}
 */
export function differenceOf({ picture, difference, difference_scale: scale }, channel = "strongest") {
  const { height, width } = picture;
  const change = { height, width, values: difference, scale, colours: difference.shape[2] === 3 };
  return readChange(change, channel === "hue" ? "strongest" : channel, picture, picture);
}

/**
 * The range that all differences share. What is left as it was does not count: it would make the rest loud.
 * @param {Difference[]} differences
 */
export const rangeOf = (differences) =>
  automaticRange(
    differences.map(({ values, scale }) =>
      Float32Array.from(values, (value) => value * scale).filter(Boolean),
    ),
  );

/**
 * Where third classes take over: a stretch lasts from the middle before its first frame to the middle after its last.
 * @param {readonly number[]} intruders
 * @param {readonly number[]} at where the frames are
 * @returns {{index: number, from: number, to: number}[]} in positions
 */
export function takeovers(intruders, at) {
  /** @param {number} t @param {number} side */
  const middle = (t, side) => (at[t] + (at[t + side] ?? at[t])) / 2;
  /** @type {{index: number, from: number, to: number}[]} */
  const found = [];
  intruders.forEach((index, t) => {
    if (index < 0) return;
    if (t && intruders[t - 1] === index) found[found.length - 1].to = middle(t, 1);
    else found.push({ index, from: middle(t, -1), to: middle(t, 1) });
  });
  return found;
}
