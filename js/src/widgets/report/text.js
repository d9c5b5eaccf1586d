import { count, percent, short } from "../../lib/numbers.js";

/** @import { ShownArm, ShownPower, ShownReport } from "../../schema/report/output.js" */
/** @import { IntervalEstimate } from "../../schema/shared.js" */

/** @param {number | null} value @param {(value: number) => string} format */
const end = (value, format) => (value === null ? "?" : format(value));

/** A share with its interval; one that says nothing is said to. @param {IntervalEstimate | null} estimate */
export function shareText(estimate) {
  if (!estimate) return "none";
  const { value, low, high } = estimate;
  const share = (/** @type {number} */ each) => percent(each, 0);
  return low === null ? `${share(value)} (no interval)` : `${share(value)} (${share(low)} to ${share(high)})`;
}

/** @param {IntervalEstimate | null} estimate */
export function secondsText(estimate) {
  if (!estimate) return "not known";
  const { value, low, high } = estimate;
  return low === null ? `${short(value)} s` : `${short(value)} s (${short(low)} to ${short(high)})`;
}

/** n and intervals first. @param {ShownReport} report */
export function answerText({ people, answers, arms, chance }) {
  const told = arms.map((arm) => `${arm.arm} ${shareText(arm.accuracy)} of ${count(arm.count)}`);
  return (
    `${count(people)} ${people === 1 ? "person" : "people"}, ${count(answers)} answers. Right: ` +
    `${told.join("; ")}. By guessing it would be ${percent(chance, 0)}.`
  );
}

/** @param {ShownArm} arm */
export function chanceText({ arm, above_chance: p }) {
  if (p === null) return `${arm}: no verdict, too few people or none who differ`;
  return `${arm}: ${p < 0.05 ? "above chance" : "not told from guessing"} (p = ${short(p)})`;
}

/** @param {ShownPower | null} power */
export function powerText(power) {
  if (!power) return "";
  const { arm, other, needed } = power;
  return needed === null
    ? `${arm} is not ahead of ${other}: there is no such difference to show.`
    : `If the difference between ${arm} and ${other} is truly what was seen, ${count(needed)} people in ` +
        `each show it in 80 % of studies.`;
}

/** @param {IntervalEstimate} estimate @param {boolean} isShare */
export function differenceText({ value, low, high }, isShare) {
  const format = (/** @type {number} */ each) => (isShare ? short(100 * each) : short(each));
  const unit = isShare ? "points" : "s";
  return `${format(value)} ${unit} (${end(low, format)} to ${end(high, format)})`;
}
