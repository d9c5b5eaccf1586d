import { count, percent, shareOf, short } from "../../lib/numbers.js";

/** @import { Sample, Scored } from "./scores.js" */
/** @import { Part, Rule } from "./types.js" */
/** @import { Cut } from "./cuts.js" */

/** @type {Record<Part, string>} */
export const MEANINGS = {
  "kept right": "right, and kept",
  "false alarm": "right, but rejected",
  caught: "wrong, and rejected",
  missed: "wrong, but kept",
};

/** @type {Record<Part, string>} classes that give their colours */
export const PART_KINDS = {
  "kept right": "xai-kept-right",
  "false alarm": "xai-false-alarm",
  caught: "xai-caught",
  missed: "xai-missed",
};

/** How far to believe a difference of areas. */
export const FREE =
  "Areas under the ROC curves (AUROC) on these images, with their paired difference ± one standard error " +
  "(DeLong); more than two errors apart is a difference";

/** @param {Cut} cut */
export const keptOf = (cut) => cut.count - cut.rejected;

/** @param {Cut} cut */
export function verdictText(cut) {
  const { count: all, errors, rejected, parts } = cut;
  const kept = keptOf(cut);
  const right = kept ? `, ${percent(shareOf(parts["kept right"], kept))} of them right` : "";
  const [are, errs] = [rejected === 1 ? "is" : "are", errors === 1 ? "error" : "errors"];
  return (
    `Of ${count(all)} predictions ${count(kept)} ${kept === 1 ? "is" : "are"} kept${right}; ` +
    `${count(rejected)} ${are} checked, ` +
    `and ${count(parts.caught)} of the ${count(errors)} ${errs} ${errors === 1 ? "is" : "are"} caught.`
  );
}

/**
 * Whether the detector is worth more than what needs nothing but the network's own answer.
 * @param {Pick<Scored, "key" | "name" | "auroc" | "lead" | "leadError">} scored whose score drives the dial
 * @param {Pick<Scored, "key" | "name" | "auroc"> | undefined} free the largest probability
 */
export function freeText({ key, name, auroc, lead, leadError }, free) {
  if (!free) return "";
  if (key === free.key)
    return `This score is free: it is how sure the network itself is (${auroc.toFixed(3)}).`;
  const areas = `${auroc.toFixed(3)} against ${free.auroc.toFixed(3)}`;
  const difference = `difference ${lead < 0 ? "−" : "+"}${Math.abs(lead).toFixed(3)} ± ${leadError.toFixed(3)}`;
  if (lead > 2 * leadError)
    return `“${name}” is better than the free score, how sure the network is: ${areas}, ${difference}.`;
  const well = lead < -2 * leadError ? "better" : "as well";
  return `The free score, how sure the network is, does ${well}: “${name}” has ${areas}, ${difference}.`;
}

/** @param {Rule} rule @param {number} recall @returns {string} where the threshold comes from */
export function ruleText(rule, recall) {
  const wanted = percent(recall, 0);
  return {
    balanced:
      "The dial stands where, on the validation images, as large a share of the right is kept as of the " +
      "wrong is caught.",
    correct_recall: `The dial stands where, on the validation images, at least ${wanted} of the right are kept.`,
    wrong_recall: `The dial stands where, on the validation images, at least ${wanted} of the wrong are caught.`,
    cost: "The dial stands where checks and misses together cost least on these images.",
    by_hand: "The dial was set by hand.",
  }[rule];
}

/** @param {number} rank share of all with a lower score @param {number} all */
export function rankText(rank, all) {
  // Whoever is above nearly all is not above all.
  return rank >= (all - 1) / all ? "all" : `${Math.floor(100 * rank + 1e-9)} %`;
}

/**
 * @param {Pick<Cut, "threshold" | "count">} cut
 * @param {number} score
 * @param {number} rank share of all with a lower score
 */
export const scoreText = ({ threshold, count: all }, score, rank) =>
  `${score >= threshold ? "Rejected" : "Kept"}: score ${short(score)}, more suspicious than ` +
  `${rankText(rank, all).replace("%", "% of all")}`;

/** @param {Sample} sample before the chosen method has its scores */
export const waitingText = ({ count: all, errors }) =>
  `Of ${count(all)} predictions ${count(errors)} are wrong; the detector has not yet said which.`;

/** @param {readonly string[]} classes @param {number} index */
export const classText = (classes, index) => classes[index] ?? String(index);

/** @param {Sample} sample @param {readonly string[]} classes @param {number} image */
export function imageText({ predicted, labels }, classes, image) {
  return `image ${image}: predicted ${classText(classes, predicted[image])}, is ${classText(classes, labels[image])}`;
}
