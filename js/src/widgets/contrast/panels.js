import { percent, short } from "../../lib/numbers.js";
import { placeText, seenAt } from "./text.js";
import { differenceAt, pictureAt } from "./frames.js";
import { automaticRange } from "../../lib/colour.js";

/** @import { DirectMap, ShownColumn } from "../../schema/contrast/output.js" */
/** @import { Channel, Difference } from "./colour.js" */
/** @import { Morph } from "./frames.js" */
/** @import { Picture } from "../../lib/types.js" */
/** @import { ContrastBinding } from "./types.js" */

/**
 * @typedef {{title: string, caption: string, badge?: string, told?: string, judge?: string, picture: Picture,
 *   difference?: Difference, range?: number}} Panel
 */

/**
 * What tells columns apart: how large the change is in the picture, as latents of two generators are not comparable.
 * @param {Morph} morph
 */
export function columnText({ contrast }) {
  const { differences, difference_scale: scale, positions, reconstruction_error: missed } = contrast;
  const size = differences.length / positions.length;
  const end = positions.indexOf(1);
  const last = differences.subarray(end * size, (end + 1) * size);
  const change = scale * Math.sqrt(last.reduce((sum, value) => sum + value * value, 0) / size);
  const where = contrast.converged ? "at the boundary" : "at its end";
  return `${where} pixels have changed by ${short(change)} (rms); the generator misses ${short(missed)}`;
}

/**
 * A column whose network finds the picture of another class: there the question is another one.
 * @param {ShownColumn} column
 * @param {Picture} picture
 * @returns {Panel}
 */
export const askedOtherwise = ({ name, label, probability }, picture) => ({
  title: name,
  caption: `sees ${label}, ${percent(probability)}: it is not asked this question`,
  picture,
});

/** @param {ContrastBinding} model */
export function seenFirst(model) {
  const first = model.get("prediction")?.top[0];
  return first ? `seen as ${first.label}, ${percent(first.probability)}` : "";
}

/**
 * @param {Morph} morph
 * @param {number} position
 * @param {number} range
 * @param {boolean} running
 * @param {Channel} channel
 * @param {string} [title]
 * @returns {Panel}
 */
export function panelOf(morph, position, range, running, channel, title) {
  const { converged, partial } = morph.contrast;
  const badge = running || converged ? "" : partial ? "stopped early" : "not reached – the nearest found";
  return {
    title: placeText(morph, position, title),
    caption: seenAt(morph, position),
    badge,
    picture: pictureAt(morph, position),
    difference: differenceAt(morph, position, channel),
    range,
  };
}

/** @param {DirectMap} direct @param {Picture} picture @returns {Panel} */
export function directPanel({ name, values, kept, weights, note }, picture) {
  const [height, width] = values.shape;
  const range = automaticRange([values]);
  const spread =
    weights && weights[0] !== weights[1]
      ? `, weights ${weights.map((weight) => weight.toPrecision(2)).join(" to ")}`
      : "";
  // It is not a change of the picture, so its colours have a range of their own.
  const working = note || `${kept} of 400 weightings work${spread}`;
  const caption = kept ? `${working}; full colour at ±${range.toPrecision(2)}` : working;
  return { title: name, caption, picture, difference: { height, width, values, scale: 1 }, range };
}
