import assert from "node:assert/strict";
import test from "node:test";
import { binsOf, marked, markOf } from "../src/widgets/poison/selection.js";
import { rateText } from "../src/lib/numbers.js";
import { answerText, cleansingText, truthText } from "../src/widgets/poison/text.js";

/** @param {number} value @param {number} [low] @param {number} [high] */
const rate = (value, low = value, high = value) => ({ value, low, high });

test("bins have one width, hold all values, and count the chosen apart", () => {
  const bins = binsOf(Float32Array.of(0, 0.5, 1, 4), (i) => i > 1, 4);
  assert.deepEqual(
    bins.map(({ from, to }) => [from, to]),
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ],
  );
  assert.deepEqual(
    bins.map(({ count }) => count),
    [2, 1, 0, 1],
  );
  assert.deepEqual(
    bins.map(({ chosen }) => chosen),
    [0, 1, 0, 1],
  );
});

test("values that are all alike stand in one bin", () => {
  const bins = binsOf([2, 2], () => true, 3);
  assert.deepEqual(
    bins.map(({ count }) => count),
    [2, 0, 0],
  );
  assert.ok(bins.every(({ from, to }) => to > from));
});

test("a picture is marked as one thing, and marks are in order", () => {
  const marks = { poisoned: [5], clean: [2, 9] };
  assert.deepEqual(marked(marks, [9, 1], "poisoned"), { poisoned: [1, 5, 9], clean: [2] });
  assert.deepEqual(marked(marks, [5], "clean"), { poisoned: [], clean: [2, 5, 9] });
  assert.deepEqual(marked(marks, [5, 2], ""), { poisoned: [], clean: [9] });
  assert.deepEqual(marks, { poisoned: [5], clean: [2, 9] });
  assert.deepEqual(
    [5, 2, 1].map((picture) => markOf(marks, picture)),
    ["poisoned", "clean", ""],
  );
});

test("the answer counts what is chosen and marked", () => {
  const signature = /** @type {any} */ ({ indices: new Int32Array(4) });
  const state = {
    signature,
    classes: ["cat", "dog"],
    target: 1,
    selection: [1, 2],
    poisoned: [1],
    clean: [],
  };
  assert.equal(
    answerText(state),
    "4 pictures are labelled “dog”; 2 are chosen, 1 marked as poisoned, 0 as clean.",
  );
  assert.equal(answerText({ ...state, signature: null }), "There is no signature yet.");
});

test("the truth is told with areas and their intervals", () => {
  const poisons = /** @type {any} */ ({
    poisoned: Uint8Array.of(1, 0, 1),
    areas: { signature: rate(0.5, 0.25, 0.75) },
  });
  assert.equal(
    truthText(poisons),
    "Of this class 2 of 3 are poisoned. Areas under the ROC curve, 0.5 by chance: signature 0.500 (0.250 to 0.750).",
  );
  assert.equal(truthText({ ...poisons, areas: {} }), "Of this class 2 of 3 are poisoned.");
  assert.equal(truthText(null), "");
});

test("that the marked have taught the trigger is said only where intervals are apart", () => {
  const cleansing = {
    removed: 2,
    before: rate(0.9, 0.8, 0.95),
    after: rate(0, 0, 0.1),
    control: rate(0.9, 0.8, 0.95),
    accuracy_before: null,
    accuracy_after: null,
  };
  assert.match(cleansingText(cleansing), /Without 2 pictures .* The marked have taught it the trigger\.$/);
  assert.match(
    cleansingText({ ...cleansing, after: rate(0.5, 0.3, 0.85) }),
    /That is not told from what it was\.$/,
  );
  assert.match(
    cleansingText({ ...cleansing, control: rate(0.05, 0, 0.2) }),
    /That is not told from what it was\.$/,
  );
  assert.match(
    cleansingText({ ...cleansing, removed: 1, control: null }),
    /Without 1 picture the trigger succeeds on 0\.0 % .*instead of 90\.0 % .* The marked/,
  );
  assert.match(
    cleansingText({ ...cleansing, after: null }),
    /^The trigger succeeds on 90\.0 %.*training again without 2 pictures\.$/,
  );
  assert.equal(cleansingText(null), "");
  assert.equal(rateText(rate(0.5, 0.25, 1)), "50.0 % (25.0 % to 100.0 %)");
});
