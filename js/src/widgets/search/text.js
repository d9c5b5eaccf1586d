/** @import { ShownComparison, ShownLane, ShownSearch } from "../../schema/search/output.js" */
/** @import { IntervalEstimate } from "../../schema/shared.js" */
/** @import { Strategy } from "./types.js" */
/** @import { Search } from "./trials.js" */

/** @type {Record<Strategy, string>} */
export const STRATEGIES = {
  shift: "Shifted starts",
  reseed: "Redrawn starts",
  order: "Other orders",
  all: "All redrawn",
};

/** @type {Record<Strategy, string>} the field's words */
export const STRATEGY_TERMS = {
  shift: "shift: all initial weights are moved by the number of the trial × delta",
  reseed: "reseed: the initial weights are drawn again, from another seed",
  order: "order: the initial weights stay, the order of the examples is drawn again",
  all: "all: weights, order, and what the network itself draws are drawn again",
};

/** @type {Record<ShownSearch["stopped_by"], string>} */
const STOPPED = {
  "": "",
  max_time: "stopped by: time",
  max_trial: "stopped by: most trainings",
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
export const deltaText = (delta) => (delta === null ? "redrawn" : String(delta));

/** @param {{delta: number | null, number: number}} training @returns {string} what it is called in a sentence */
export const trainingName = ({ delta, number }) =>
  number === 0
    ? "the start"
    : `trial ${number} of ${delta === null ? "the redrawn starts" : `shift ${delta}`}`;

/** Why one training more or less is no verdict. */
export const NO_VERDICT = "No verdict before two trials are finished on either side";

/**
 * Which way to start is better in a race, as far as that is sure.
 * @param {readonly Strategy[]} strategies
 * @param {ShownComparison | null} comparison
 */
export function verdictText([one, other], comparison) {
  if (!comparison) return NO_VERDICT;
  const { difference, error, counts, held_out } = comparison;
  // An interval of one digit more than its centre could round to nothing.
  const digits = error < 0.0005 ? 2 : 1;
  const interval = `${pointsText(Math.abs(difference), digits).replace("+", "")} ± ${digitsOf(error, digits)} points`;
  const better = STRATEGIES[difference > 0 ? one : other];
  const worse = STRATEGIES[difference > 0 ? other : one].toLowerCase();
  const mean = `mean of ${counts[0]} and ${counts[1]} trials on ${held_out ? "held-out data" : "the training data"}`;
  // Judged by what is read: 1.64 ± 1.61 would claim a difference of 1.6 ± 1.6.
  if (Number(digitsOf(Math.abs(difference), digits)) > Number(digitsOf(error, digits))) {
    return `${better} are better than ${worse} by ${interval} (${mean})`;
  }
  const lead = difference
    ? `${better.toLowerCase()} are ahead by ${interval}, which may be nothing`
    : `both are level, ${interval}`;
  return `No verdict: ${lead} (${mean})`;
}

/**
 * The answer of a search, or of the two of a race.
 * @param {readonly Pick<Search, "strategy" | "spread" | "counted">[]} searches
 * @param {ShownComparison | null} comparison
 */
export function sentence(searches, comparison) {
  const [first] = searches;
  if (!first) return "";
  if (searches.length > 1)
    return verdictText(
      searches.map(({ strategy }) => strategy),
      comparison,
    );
  if (!first.counted) return "One training says nothing of how accurate it is from another start";
  return `Between ${spreadText(first.spread).replace(" – ", " and ")}, by where the training starts`;
}

/**
 * What stands in the place of a plot that has nothing to draw.
 * @param {readonly Pick<Search, "start" | "trials">[]} searches
 * @param {boolean} running
 */
export function emptyText(searches, running) {
  if (searches.some(({ trials }) => trials.length)) return "";
  const [first] = searches;
  if (!first)
    return running
      ? "The start is being trained."
      : "Nothing has been trained yet. After Start, each training is a point here: what it gains over the first.";
  const start = Number.isFinite(first.start.accuracy)
    ? `The start is ${digitsOf(first.start.accuracy, 1)} % accurate`
    : "The start has diverged";
  return `${start}; no other training has finished${running ? " yet" : ""}.`;
}

/** @type {import("../../ui/run.js").Words} */
export const WORK = {
  work: "Progress",
  unit: "trainings",
  partial: "the trainings so far",
  start: (model) => (model.get("searches").length ? "Start anew" : "Start"),
  stop: "Stop",
  stopping: "Stopping…",
  // A search that has ended by itself can be resumed, too, once a setting gives it more to do.
  instead: (model) => (model.get("paused") && model.get("status").state !== "done" ? "Paused" : ""),
  watch: (model, refresh) => model.watch(["paused", "searches"], refresh),
};

/** @type {Readonly<Record<string, string>>} */
const LANES = { ...STRATEGIES, longer: "One, trained twice as long", start: "The start alone" };

/** @param {string} lane */
export const laneText = (lane) => LANES[lane] ?? lane;

/** @param {IntervalEstimate} estimate of an accuracy @returns {string} */
export function accuracyText({ value, low, high }) {
  const range = low === null ? "one seed" : `${digitsOf(low, 1)} to ${digitsOf(high, 1)}`;
  return `${digitsOf(value, 1)} % (${range})`;
}

/** With a true minus sign. @param {string} verdict */
export const signedVerdict = (verdict) => verdict.replace(/-(?=\d)/g, "−");

/**
 * What choosing the best shown promises, and what it keeps.
 * @param {ShownLane} lane
 * @returns {{name: string, estimate: IntervalEstimate}[]}
 */
export function optimismOf({ name, chosen, read }) {
  if (!chosen || !read) return [];
  return [
    { name: `${laneText(name)}: on the half that chose`, estimate: chosen },
    { name: `${laneText(name)}: on the other half`, estimate: read },
  ];
}
