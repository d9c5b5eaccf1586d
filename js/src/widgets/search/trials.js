import { SERIES } from "../../ui/plot/series.js";

/** @import { ShownSearch } from "../../schema/search/output.js" */
/** @import { SearchBinding, Strategy } from "./types.js" */

/**
 * @typedef {object} Trial one training
 * @property {Strategy} strategy
 * @property {number | null} delta null: not shifted
 * @property {number} number 0: the start itself
 * @property {number} accuracy NaN if it has diverged
 * @property {number} heldOut NaN if nothing is held out
 * @property {number} gain
 * @property {number} loss
 * @property {number} took seconds
 * @property {number} finished seconds since the start of the search; NaN for the start
 * @property {boolean} diverged
 * @property {boolean} counted false: of deltas that are not set now, or after the one that gained enough
 *
 * @typedef {ShownSearch & {trials: Trial[], start: Trial}} Search
 * @typedef {{key: "delta" | "number" | "accuracy" | "heldOut" | "gain" | "loss" | "took" | "finished",
 *   down: boolean}} Sorting
 */

/** Colours of lines, before they come again. */
const DELTA_DIGITS = 6;

/** @param {number} delta as it was before it crossed as a float32 */
const readable = (delta) => (Number.isFinite(delta) ? Number(delta.toPrecision(DELTA_DIGITS)) : null);

/**
 * Keeps the searches in the view's state; views watch that.
 * @param {SearchBinding} model
 */
export function followSearches(model) {
  // The first to be asked for a colour gets the first, so those that are set come before those that were tried.
  for (const delta of model.get("deltas")) seriesOf(model.view.series, delta);
  model.watch(["searches"], () => model.setView({ searches: model.get("searches").map(readSearch) }));
}

/** @param {ShownSearch} wire @returns {Search} */
export function readSearch(wire) {
  const { strategy, baseline } = wire;
  const { delta, accuracy, held_out_accuracy: heldOut, gain, loss, took, finished, number, diverged } = wire;
  const trials = Array.from({ length: wire.count }, (_, i) => {
    // What has diverged is 0 % accurate in the books, which is no point of a curve.
    const known = (/** @type {number} */ value) => (diverged[i] ? NaN : value);
    return {
      strategy,
      delta: readable(delta[i]),
      number: number[i],
      accuracy: known(accuracy[i]),
      heldOut: known(heldOut[i]),
      gain: known(gain[i]),
      loss: loss[i],
      took: took[i],
      finished: finished[i],
      diverged: Boolean(diverged[i]),
      counted: i < wire.counted,
    };
  });
  const failed = baseline.loss === null;
  const start = {
    strategy,
    delta: null,
    number: 0,
    accuracy: failed ? NaN : baseline.accuracy,
    heldOut: failed ? NaN : (baseline.held_out_accuracy ?? NaN),
    gain: 0,
    loss: baseline.loss ?? NaN,
    took: NaN,
    finished: NaN,
    diverged: failed,
    counted: true,
  };
  return { ...wire, trials, start };
}

/** @param {Trial} trial @param {Search} search */
export function isBest({ strategy, delta, number }, { strategy: searched, best }) {
  return (
    strategy === searched && number === best.number && (!number || delta === readable(best.delta ?? NaN))
  );
}

/**
 * The trials of each delta, by number.
 * @param {readonly Trial[]} trials
 * @returns {{delta: number | null, trials: Trial[]}[]}
 */
export function byDelta(trials) {
  /** @type {Map<number | null, Trial[]>} */
  const groups = new Map();
  for (const trial of trials) {
    const group = groups.get(trial.delta);
    if (group) group.push(trial);
    else groups.set(trial.delta, [trial]);
  }
  const found = Array.from(groups, ([delta, group]) => ({
    delta,
    trials: group.sort((a, b) => a.number - b.number),
  }));
  return found.sort((a, b) => (a.delta ?? 0) - (b.delta ?? 0));
}

/**
 * @param {readonly Trial[]} trials
 * @returns {Trial | undefined} the one that gains most
 */
export function mostGained(trials) {
  /** @type {Trial | undefined} */
  let most;
  for (const trial of trials)
    if (Number.isFinite(trial.gain) && !(most && most.gain >= trial.gain)) most = trial;
  return most;
}

/**
 * The steps of the best gain so far.
 * @param {Search} search
 * @param {number} until seconds
 */
export function bestSoFar({ trials }, until) {
  const [x, y] = [[0], [0]];
  let best = 0;
  for (const { counted, finished, gain } of [...trials].sort((a, b) => a.finished - b.finished)) {
    if (!counted || !(gain > best)) continue;
    x.push(finished, finished);
    y.push(best, gain);
    best = gain;
  }
  x.push(Math.max(until, x[x.length - 1]));
  y.push(best);
  return { x, y };
}

/**
 * What is not known comes last, whichever way.
 * @param {readonly Trial[]} trials
 * @param {Sorting} sorting
 * @returns {Trial[]}
 */
export function sorted(trials, { key, down }) {
  const side = down ? -1 : 1;
  return [...trials].sort((a, b) => {
    const [one, other] = [a[key] ?? NaN, b[key] ?? NaN];
    if (Number.isNaN(one) || Number.isNaN(other))
      return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    return side * (one - other);
  });
}

/**
 * The colour of a delta, which stays its own while others come and go.
 * @param {Map<number, number>} series
 * @param {number | null} delta null: drawn again
 * @returns {string} a kind of line
 */
export function seriesOf(series, delta) {
  if (delta === null) return "reseed";
  if (!series.has(delta)) series.set(delta, series.size % SERIES.length);
  return SERIES[series.get(delta) ?? 0];
}

/**
 * Values that a person would name, growing.
 * @param {number} low
 * @param {number} high
 * @param {boolean} [whole] only whole numbers
 */
export function roundValues(low, high, whole = false) {
  const values = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
    for (const digits of [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]) values.push(Number(`${digits}e${power}`));
  }
  return values.filter((value) => value >= low && value <= high && !(whole && value % 1));
}
