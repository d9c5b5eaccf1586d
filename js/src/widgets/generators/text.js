import { MISSES_MUCH, MISSES_MUCH_TEXT } from "../../lib/fit-error.js";
import { percent, short } from "../../lib/numbers.js";

/** @import { GeneratorFacts, ShownDirection, ShownMove } from "../../schema/generators/output.js" */

/** The generator that is chosen. @param {readonly GeneratorFacts[]} generators @param {string} name empty: the first */
export const chosenOf = (generators, name) =>
  generators.find((each) => each.name === name) ?? generators[0] ?? null;

/** @param {GeneratorFacts | null} facts */
export const isMissed = (facts) => facts !== null && facts.missed !== null && facts.missed > MISSES_MUCH;

/** How the error compares with those of its own pictures. @param {GeneratorFacts} facts */
export function missedText({ missed }) {
  if (missed === null) return "how much it misses of its own pictures is not known";
  if (missed > MISSES_MUCH) return `it ${MISSES_MUCH_TEXT}`;
  return `of ${percent(missed, 0)} of its own pictures it misses less`;
}

/** @param {GeneratorFacts | null} facts */
export function answerText(facts) {
  if (!facts) return "";
  const { latents, error } = facts;
  const numbers = latents === 1 ? "one number" : `${latents} numbers`;
  return `Of this picture, drawn again from ${numbers}, an error of ${short(error)} is left: ${missedText(facts)}.`;
}

/**
 * What the moved picture is.
 * @param {ShownMove} move
 * @param {boolean} residual whether what is missed is added
 * @param {readonly string[]} classes
 */
export function movedText({ share, before }, residual, classes) {
  const text = residual ? "with what is missed" : "without what is missed";
  if (share >= 1) return text;
  const own = classes[before.indexOf(Math.max(...before))];
  return `${text}; held at ${percent(share, 0)} of the way, as far as it is seen as ${own}`;
}

/** What a latent number does, in words. @param {ShownDirection} direction @param {readonly string[]} classes */
export function directionText({ pixels, divergence, raises, by }, classes) {
  const parts = [`changes pixels by ${short(pixels)}`];
  if (raises >= 0) parts.push(`${by < 0 ? "lowers" : "raises"} ${classes[raises]} by ${short(Math.abs(by))}`);
  if (divergence !== null) parts.push(`says ${short(divergence)} nats`);
  return parts.join(", ");
}

/**
 * The classes that matter while moving: the likeliest before and after.
 * @param {ArrayLike<number>} before
 * @param {ArrayLike<number>} after
 * @param {number} count
 */
export function leading(before, after, count) {
  return Array.from(after, (_, k) => k)
    .sort((a, b) => Math.max(before[b], after[b]) - Math.max(before[a], after[a]) || a - b)
    .slice(0, count);
}
