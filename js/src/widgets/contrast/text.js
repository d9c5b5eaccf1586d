import { percent } from "../../lib/numbers.js";
import { between, frameAt } from "./frames.js";

/** @import { Morph } from "./frames.js" */

/** So far apart two probabilities may be and still be called the same. */
const ALIKE = 0.03;

/** @param {number} value the same digits wherever it stands */
export const distanceText = (value) => value.toFixed(2);

/** @param {Morph} morph @param {number} position @returns {string} what the network sees there */
export function seenAt({ contrast, curves, labels }, position) {
  const frame = frameAt(curves.at, position);
  const [own, other] = [curves.truth, curves.probe].map((values) => Math.exp(values[frame]));
  const { true_label: truth, probe_label: probe } = contrast;
  const boundary =
    curves.at[frame] === 1 &&
    contrast.converged &&
    [contrast.true, contrast.probe].includes(curves.seen[frame]);
  if (boundary && Math.abs(own - other) < ALIKE)
    return `as likely ${probe} as ${truth}, ${percent(other)} and ${percent(own)}`;
  return `seen as ${labels[curves.seen[frame]]}, ${percent(curves.probability[frame])}`;
}

/**
 * @param {Morph} morph
 * @param {number} position
 * @param {string} [what] whose way it is
 * @returns {string} where one looks
 */
export function placeText({ curves, contrast }, position, what = "") {
  const { below, share } = between(curves.at, position);
  const at = curves.at[below] + share * ((curves.at[below + 1] ?? curves.at[below]) - curves.at[below]);
  if (what) return `${what}, ${percent(at, 0)}`;
  if (at > 1) return `past the boundary, ${percent(at, 0)}`;
  return at === 1 && contrast.converged ? "at the boundary" : `on the way, ${percent(at, 0)}`;
}

/** @param {Morph} morph @returns {string} what came of the question */
export function answerText(morph) {
  const { contrast, curves, labels } = morph;
  const { probe_label: probe, true_label: truth, converged, partial } = contrast;
  if (partial) return "";
  const last = curves.at.length - 1;
  const end = `it is seen as ${labels[curves.seen[last]]}, ${percent(curves.probability[last])}`;
  if (!converged) return `No way to ${probe} was found: at the nearest that was, ${end}.`;
  const boundary = `With the changes in colour it is as likely ${probe} as ${truth}`;
  if (curves.at[last] <= 1) return `${boundary}.`;
  const clear = curves.seen[last] === contrast.probe ? "" : " (no search has checked what lies there)";
  return `${boundary}; further the same way ${end}${clear}.`;
}
