import { percent } from "../../lib/numbers.js";

/** @import { ShownTextContrast, ShownWord } from "../../schema/text/output.js" */

/**
 * @param {ShownTextContrast} contrast
 * @returns {string} which words give way to which, in the sentence of real words
 */
export function replacedText({ replacements, changed }, /** @type {readonly ShownWord[]} */ words) {
  const pairs = words.flatMap(({ text }, i) => (changed[i] ? [`“${replacements[i]}” for “${text}”`] : []));
  if (pairs.length < 2) return pairs.join("");
  return `${pairs.slice(0, -1).join(", ")} and ${pairs[pairs.length - 1]}`;
}

/**
 * What came of the question.
 * @param {ShownTextContrast} contrast
 * @param {readonly ShownWord[]} words
 * @param {number} [pinned] how many of them must stay
 * @returns {string}
 */
export function answerText(contrast, words, pinned = 0) {
  const { true_label: truth, probe_label: probe, start_label: start, converged } = contrast;
  if (start !== truth) {
    return (
      `The generator's own version of the sentence is ${start}, and not ${truth}: it is another sentence, ` +
      "from which there is no way to explain this one. Try a generator that keeps more of the words."
    );
  }
  if (!converged) {
    const none = `No mixture of words was found that is as likely ${probe} as ${truth}`;
    return pinned >= words.length
      ? `${none}: all words are pinned.`
      : `${none}. A generator that weighs the words less at the start, such as WordField(keep=0.6), may find one.`;
  }
  const replaced = replacedText(contrast, words);
  const boundary = `Between the words there is a mixture as likely ${probe} as ${truth}.`;
  return replaced ? `${boundary} In real words: ${replaced}.` : boundary;
}

/** @param {ShownTextContrast} contrast @returns {string} whether real words hold what mixtures of them promise */
export function badgeText({
  holds,
  true_label: truth,
  hard_label: label,
  hard_probability: share,
  converged,
}) {
  if (holds) return `real words: ${label}, ${percent(share)}`;
  return converged || label === truth ? `real words: still ${label}` : `real words: ${label}`;
}

/** @param {readonly ShownWord[]} words @returns {string} which of them the network does not know */
export function unknownText(words) {
  const unknown = words.filter(({ is_known }) => !is_known).map(({ text }) => `“${text}”`);
  if (!unknown.length) return "";
  const [it, are] = unknown.length === 1 ? ["counts", "is"] : ["count", "are"];
  return `${unknown.join(", ")} ${are} not in the network's vocabulary, and ${it} as “an unknown word”.`;
}
