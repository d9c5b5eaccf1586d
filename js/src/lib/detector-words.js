import { count, percent } from "./numbers.js";
import { share } from "./detector.js";

/** @import { Cut, Sample } from "./detector.js" */
/** @import { Part } from "./detector-types.js" */

/** @type {Record<Part, string>} */
export const MEANINGS = {
  "kept right": "right, and kept",
  "false alarm": "right, but rejected",
  caught: "wrong, and rejected",
  missed: "wrong, but kept",
};

/** @param {Part} part a class that gives its colour */
export const partKind = (part) => `xai-${part.replace(" ", "-")}`;

/** @param {Cut} cut */
export const keptOf = (cut) => cut.count - cut.rejected;

/** @param {Cut} cut */
export function verdictText(cut) {
  const { count: all, errors, rejected, parts } = cut;
  const kept = keptOf(cut);
  const right = kept ? `, ${percent(share(parts["kept right"], kept))} of them right` : "";
  const [are, errs] = [rejected === 1 ? "is" : "are", errors === 1 ? "error" : "errors"];
  return (
    `Of ${count(all)} predictions ${count(kept)} ${kept === 1 ? "is" : "are"} kept${right}; ${count(rejected)} ${are} checked, ` +
    `and ${count(parts.caught)} of the ${count(errors)} ${errs} ${errors === 1 ? "is" : "are"} caught.`
  );
}

/** @param {number} rank share of all with a lower score @param {number} all */
export function rankText(rank, all) {
  // Whoever is above nearly all is not above all.
  return rank >= (all - 1) / all ? "all" : `${Math.floor(100 * rank + 1e-9)} %`;
}

/** @param {Sample} sample before the chosen method has its scores */
export const waitingText = ({ count: all, errors }) => `Of ${count(all)} predictions ${count(errors)} are wrong; the detector has not yet said which.`;

/** @param {readonly string[]} classes @param {number} index */
export const classText = (classes, index) => classes[index] ?? String(index);

/** @param {Sample} sample @param {readonly string[]} classes @param {number} image */
export function imageText({ predicted, labels }, classes, image) {
  return `image ${image}: predicted ${classText(classes, predicted[image])}, is ${classText(classes, labels[image])}`;
}
