/** @import { ShownTextContrast } from "../../schema/text/output.js" */

/**
 * How much each candidate of a word weighs somewhere on the way.
 * @param {ShownTextContrast} contrast
 * @param {number} word its place
 * @param {number} position from 0 to 1
 * @returns {number[]}
 */
export function weightsAt({ weights, positions, candidates }, word, position) {
  const [frames, words, depth] = weights.shape;
  const at = Math.max(0, Math.min(1, position)) * (frames - 1);
  const below = Math.min(Math.floor(at), Math.max(0, frames - 2));
  const share = positions.length > 1 ? at - below : 0;
  /** @param {number} frame @param {number} i */
  const value = (frame, i) => weights[(Math.min(frame, frames - 1) * words + word) * depth + i];
  return candidates[word].map((_, i) => (1 - share) * value(below, i) + share * value(below + 1, i));
}

/**
 * How much of a word has given way: 0 as at the start, 1 all of it.
 * @param {ShownTextContrast} contrast
 * @param {number} word
 * @param {number} position
 */
export function givenWay(contrast, word, position) {
  const start = weightsAt(contrast, word, 0)[0];
  return start > 0 ? Math.max(0, Math.min(1, 1 - weightsAt(contrast, word, position)[0] / start)) : 0;
}

/**
 * The word that comes in where another goes: that of the sentence of real words, or else the one that gains most.
 * @param {ShownTextContrast} contrast
 * @param {number} word
 */
export function incoming(contrast, word) {
  if (contrast.changed[word]) return contrast.replacements[word];
  const [start, end] = [weightsAt(contrast, word, 0), weightsAt(contrast, word, 1)];
  let best = 1;
  for (let i = 2; i < end.length; i += 1) if (end[i] - start[i] > end[best] - start[best]) best = i;
  return contrast.candidates[word][best] ?? "";
}

/**
 * The candidates of a word without itself, the heaviest at this position first.
 * @param {ShownTextContrast} contrast
 * @param {number} word
 * @param {number} position
 * @returns {{name: string, weight: number}[]}
 */
export function ranked(contrast, word, position) {
  const weights = weightsAt(contrast, word, position);
  return contrast.candidates[word]
    .map((name, i) => ({ name, weight: weights[i] }))
    .slice(1)
    .filter(({ name }) => name)
    .sort((one, other) => other.weight - one.weight);
}
