import { count, rateText } from "../../lib/numbers.js";

/** @import { ShownCleansing, ShownTruth } from "../../schema/poison/output.js" */
/** @import { PoisonState } from "../../schema/poison/state.js" */

/** @param {Pick<PoisonState, "signature" | "classes" | "target" | "selection" | "poisoned" | "clean">} state */
export function answerText({ signature, classes, target, selection, poisoned, clean }) {
  if (!signature) return "There is no signature yet.";
  const name = classes[target] ?? String(target);
  return (
    `${count(signature.indices.length)} pictures are labelled “${name}”; ${count(selection.length)} are chosen, ` +
    `${count(poisoned.length)} marked as poisoned, ${count(clean.length)} as clean.`
  );
}

/** @param {ShownTruth | null} poisons */
export function truthText(poisons) {
  if (!poisons) return "";
  const known = poisons.poisoned.reduce((sum, each) => sum + each, 0);
  const areas = Object.entries(poisons.areas).map(
    ([name, { value, low, high }]) => `${name} ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
  );
  const told = areas.length ? ` Areas under the ROC curve, 0.5 by chance: ${areas.join(", ")}.` : "";
  return `Of this class ${count(known)} of ${count(poisons.poisoned.length)} are poisoned.${told}`;
}

/** Says no more than the intervals: apart, or not told apart. @param {ShownCleansing | null} cleansing */
export function cleansingText(cleansing) {
  if (!cleansing) return "";
  const { removed, before, after, control } = cleansing;
  const pictures = `${count(removed)} ${removed === 1 ? "picture" : "pictures"}`;
  if (!after) return `The trigger succeeds on ${rateText(before)}; training again without ${pictures}.`;
  const change = `Without ${pictures} the trigger succeeds on ${rateText(after)} instead of ${rateText(before)}`;
  const other = control ? `; without as many others on ${rateText(control)}` : "";
  const closed = after.high < before.low && (!control || after.high < control.low);
  const verdict = closed ? "The marked have taught it the trigger." : "That is not told from what it was.";
  return `${change}${other}. ${verdict}`;
}
