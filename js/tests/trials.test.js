import assert from "node:assert/strict";
import { test } from "node:test";
import {
  emptyText,
  optimismOf,
  pointsText,
  sentence,
  signedVerdict,
  spreadText,
  stateText,
  trainingName,
  verdictText,
} from "../src/widgets/search/text.js";
import {
  bestSoFar,
  byDelta,
  isBest,
  mostGained,
  readSearch,
  roundValues,
  seriesOf,
  sorted,
} from "../src/widgets/search/trials.js";
import { arrayOf } from "../src/ui/wire.js";

/** @import { ShownSearch } from "../src/schema/search/output.js" */

/** @param {number[]} values */
const floats = (values) =>
  arrayOf({ $array: "float32", shape: [values.length], data: new Float32Array(values).buffer });

/** Three trials of two deltas as they come in, of which the second has diverged. */
const wire = /** @type {ShownSearch} */ ({
  strategy: "shift",
  baseline: { accuracy: 0.8, held_out_accuracy: null, loss: 0.5 },
  count: 4,
  counted: 4,
  delta: floats([0.003, 0.0025, 0.0025, 0.003]),
  accuracy: floats([0.82, 0, 0.81, 0.79]),
  held_out_accuracy: floats([NaN, NaN, NaN, NaN]),
  gain: floats([0.02, -0.8, 0.01, -0.01]),
  loss: floats([0.4, NaN, 0.45, 0.55]),
  took: floats([1, 1, 1, 1]),
  finished: floats([2, 1, 4, 3]),
  number: arrayOf({ $array: "int32", shape: [4], data: new Int32Array([2, 2, 1, 1]).buffer }),
  diverged: arrayOf({ $array: "uint8", shape: [4], data: new Uint8Array([0, 1, 0, 0]) }),
  best: { delta: 0.003, number: 2, accuracy: 0.82, held_out_accuracy: null, gain: 0.02 },
  spread: [0.79, 0.82],
  held_out_spread: null,
  stopped_by: "",
  seconds: 5,
  frame: 1,
});
const search = readSearch(wire);

test("columns become trials; deltas are those that were set, and what diverged is no point", () => {
  assert.deepEqual(
    search.trials.map(({ delta }) => delta),
    [0.003, 0.0025, 0.0025, 0.003],
  );
  assert.equal(search.trials[1].diverged, true);
  assert.ok(Number.isNaN(search.trials[1].gain));
  assert.deepEqual(
    search.trials.filter((trial) => isBest(trial, search)),
    [search.trials[0]],
  );
  assert.equal(isBest(search.start, search), false);
});

test("each delta has its trials by number, and its own best", () => {
  const groups = byDelta(search.trials);
  assert.deepEqual(
    groups.map(({ delta, trials }) => [delta, ...trials.map(({ number }) => number)]),
    [
      [0.0025, 1, 2],
      [0.003, 1, 2],
    ],
  );
  assert.deepEqual(
    groups.map(({ trials }) => mostGained(trials)?.number),
    [1, 2],
  );
  assert.equal(mostGained([]), undefined);
});

test("the best gain so far rises in steps and lasts until now", () => {
  const { x, y } = bestSoFar(search, 5);
  assert.deepEqual(x, [0, 2, 2, 5]);
  assert.deepEqual(
    y.map((gain) => Math.round(1000 * gain)),
    [0, 0, 20, 20],
  );
});

test("what does not count is no step of the best gain", () => {
  const changed = readSearch({ ...wire, counted: 0 });
  assert.deepEqual(
    changed.trials.map(({ counted }) => counted),
    [false, false, false, false],
  );
  assert.deepEqual(bestSoFar(changed, 5), { x: [0, 5], y: [0, 0] });
  assert.ok(search.trials.every(({ counted }) => counted) && search.start.counted);
});

test("what is not known is sorted last, whichever way", () => {
  const numbers = (/** @type {boolean} */ down) =>
    sorted([...search.trials, search.start], { key: "finished", down }).map(({ finished }) => finished);
  assert.deepEqual(numbers(true), [4, 3, 2, 1, NaN]);
  assert.deepEqual(numbers(false), [1, 2, 3, 4, NaN]);
});

test("a delta keeps its colour while others come and go", () => {
  const series = new Map();
  assert.deepEqual(
    [0.003, 0.002, 0.003].map((delta) => seriesOf(series, delta)),
    ["series-1", "series-2", "series-1"],
  );
  assert.equal(seriesOf(series, null), "reseed");
});

test("sliders stop at values that a person would name", () => {
  assert.deepEqual(roundValues(0.8, 3), [0.8, 1, 1.2, 1.5, 2, 2.5, 3]);
  assert.deepEqual(roundValues(1, 12, true), [1, 2, 3, 4, 5, 6, 8, 10, 12]);
  assert.equal(roundValues(0.0005, 0.02)[0], 0.0005);
});

test("a spread shows as many digits as tell its ends apart", () => {
  assert.equal(spreadText([0.8161, 0.8224]), "81.6 – 82.2 %");
  assert.equal(spreadText([0.8161, 0.8164]), "81.61 – 81.64 %");
  assert.equal(spreadText([0.8161, 0.8161]), "81.6 %");
});

test("points have a sign, unless they are none", () => {
  assert.deepEqual(
    [0.006, -0.0123, -0.0001, NaN].map((gain) => pointsText(gain)),
    ["+0.6", "−1.2", "0.0", "–"],
  );
});

test("a race has a verdict only with an interval, and none where that holds 0", () => {
  const both = /** @type {("shift" | "reseed")[]} */ (["shift", "reseed"]);
  /** @param {number} difference @param {number} error */
  const text = (difference, error) =>
    verdictText(both, { difference, error, counts: [6, 8], held_out: true });
  assert.equal(verdictText(both, null), "No verdict before two trials are finished on either side");
  assert.equal(
    text(-0.012, 0.007),
    "Redrawn starts are better than shifted starts by 1.2 ± 0.7 points (mean of 6 and 8 trials on held-out data)",
  );
  assert.equal(
    text(0.012, 0.007),
    "Shifted starts are better than redrawn starts by 1.2 ± 0.7 points (mean of 6 and 8 trials on held-out data)",
  );
  assert.equal(
    text(0.006, 0.009),
    "No verdict: shifted starts are ahead by 0.6 ± 0.9 points, which may be nothing (mean of 6 and 8 trials on held-out data)",
  );
  assert.equal(
    text(0, 0),
    "No verdict: both are level, 0.00 ± 0.00 points (mean of 6 and 8 trials on held-out data)",
  );
  // What is read as 1.6 ± 1.6 holds 0, whatever the digits that are not read.
  assert.match(
    text(-0.0164, 0.0161),
    /^No verdict: redrawn starts are ahead by 1\.6 ± 1\.6 points, which may be nothing/,
  );
  assert.match(text(0.0166, 0.0164), /^Shifted starts are better than redrawn starts by 1\.7 ± 1\.6 points/);
  assert.match(text(0.00012, 0.0001), /by 0\.01 ± 0\.01 points, which may be nothing/);
});

test("a training is called by its shift, or redrawn", () => {
  const names = [
    { delta: 0.003, number: 2 },
    { delta: null, number: 1 },
    { delta: null, number: 0 },
  ].map(trainingName);
  assert.deepEqual(names, ["trial 2 of shift 0.003", "trial 1 of the redrawn starts", "the start"]);
});

test("one search is told as a range, and one training as none", () => {
  assert.equal(sentence([search], null), "Between 79.0 and 82.0 %, by where the training starts");
  assert.match(sentence([{ ...search, counted: 0 }], null), /^One training says nothing/);
  assert.equal(sentence([], null), "");
});

test("a plot without points is words", () => {
  const none = { start: search.start, trials: [] };
  assert.match(emptyText([], false), /^Nothing has been trained yet/);
  assert.equal(emptyText([none], true), "The start is 80.0 % accurate; no other training has finished yet.");
  assert.equal(emptyText([none, search], true), "");
});

test("what has ended a search is said, also when it may go on", () => {
  assert.equal(stateText({ ...search, stopped_by: "max_trial" }, false, true), "stopped by: most trainings");
  assert.equal(stateText({ ...search, stopped_by: "cancelled" }, false, true), "paused");
  assert.equal(stateText(search, true, false), "running");
});

test("the best of many is read on the half that has not chosen it", () => {
  const estimate = { value: 0.93, low: 0.9, high: 0.95 };
  const lane = { name: "shift", held_out: estimate, chosen: { ...estimate, value: 0.94 }, read: estimate };
  assert.deepEqual(
    optimismOf(lane).map(({ name, estimate: { value } }) => [name, value]),
    [
      ["Shifted starts: on the half that chose", 0.94],
      ["Shifted starts: on the other half", 0.93],
    ],
  );
  assert.deepEqual(optimismOf({ ...lane, chosen: null, read: null }), []);
  assert.equal(
    signedVerdict("shift - reseed, held-out: -2.59 ± 0.80"),
    "shift - reseed, held-out: −2.59 ± 0.80",
  );
});
