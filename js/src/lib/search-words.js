/** @import { ShownSearch } from "./schema.js" */
/** @import { Strategy } from "./search-types.js" */
/** @import { Search } from "./trials.js" */

/** @type {Record<Strategy, string>} */
export const STRATEGIES = { shift: "Shift", reseed: "Reseed" };

/** @type {Record<ShownSearch["stopped_by"], string>} */
const STOPPED = {
  "": "",
  max_time: "stopped by: time",
  max_trial: "stopped by: most trials",
  max_gain: "stopped by: gain",
  completed: "nothing left to try",
  cancelled: "stopped by hand",
};

/** @param {Search} search @param {boolean} running @param {boolean} paused */
export function stateText({ stopped_by }, running, paused) {
  if (stopped_by && stopped_by !== "cancelled") return STOPPED[stopped_by];
  return paused ? "paused" : running ? "running" : STOPPED[stopped_by];
}

/** @param {number} share @param {number} digits */
const digitsOf = (share, digits) => (100 * share).toFixed(digits);

/** @param {readonly [least: number, most: number]} spread with digits enough to tell them apart */
export function spreadText([least, most]) {
  const digits = most > least && most - least < 0.002 ? 2 : 1;
  const [from, to] = [digitsOf(least, digits), digitsOf(most, digits)];
  return from === to ? `${to} %` : `${from} – ${to} %`;
}

/** @param {number} gain @param {number} [digits] in points, with its sign */
export function pointsText(gain, digits = 1) {
  if (!Number.isFinite(gain)) return "–";
  const text = digitsOf(Math.abs(gain), digits);
  return Number(text) ? `${gain < 0 ? "−" : "+"}${text}` : text;
}

/** @param {number | null} delta */
export const deltaText = (delta) => (delta === null ? "re-drawn" : String(delta));

/**
 * Who is ahead in a race.
 * @param {readonly Search[]} searches
 */
export function raceText(searches) {
  const [one, other] = searches;
  if (!one || !other) return "";
  const ahead = digitsOf(Math.abs(one.best.accuracy - other.best.accuracy), 1);
  if (!Number(ahead)) return "No difference";
  return `${STRATEGIES[(one.best.accuracy > other.best.accuracy ? one : other).strategy]} is ahead by ${ahead} points`;
}
