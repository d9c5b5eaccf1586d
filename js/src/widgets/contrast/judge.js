import { MISSES_MUCH, MISSES_MUCH_TEXT } from "../../lib/fit-error.js";
import { percent } from "../../lib/numbers.js";
import { frameAt } from "./frames.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { ClosedShares } from "../../schema/contrast/output.js" */

/** @param {number | null} share */
const shareText = (share) => (share === null ? "no gap" : percent(share, 0));

/**
 * How much of the gap a change closes, of this network and of the judge.
 * @param {ClosedShares | undefined} shares
 */
export const sharesText = (shares) =>
  shares
    ? `gap closed with as much ink: this network ${shareText(shares.network)} / the judge ${shareText(shares.judge)}`
    : "";

/** @param {ContrastBinding} model @param {string} panel */
export const closedText = (model, panel) => sharesText(model.get("judgement")?.closed[panel]);

/**
 * What the judge sees where one looks along the morph.
 * @param {ContrastBinding} model
 * @param {number} position
 */
export function judgeText(model, position) {
  const judgement = model.get("judgement");
  const { morph } = model.view;
  if (!judgement || !morph || morph.contrast.partial) return "";
  const [frames, classes] = judgement.log_likelihoods.shape;
  if (frames !== morph.curves.at.length) return "";
  const frame = frameAt(morph.curves.at, position);
  const row = judgement.log_likelihoods.subarray(frame * classes, (frame + 1) * classes);
  const best = row.indexOf(Math.max(...row));
  return `the judge: ${morph.labels[best]}, ${percent(Math.exp(row[best]))}`;
}

/**
 * A warning where the generator is none for such pictures.
 * @param {number | null} missed the share of its own pictures of which it misses less
 */
export const missedText = (missed) =>
  missed !== null && missed > MISSES_MUCH ? `this generator ${MISSES_MUCH_TEXT}` : "";
