import assert from "node:assert/strict";
import test from "node:test";
import { ticks } from "../src/lib/ticks.js";

test("ticks are multiples of 1, 2 or 5 times a power of ten, inside the ends", () => {
  assert.deepEqual(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks(0, 10, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(ticks(-2.3, 2.3, 4), [-2, -1, 0, 1, 2]);
  assert.deepEqual(ticks(130, 990, 2), [500]);
  assert.deepEqual(ticks(0.0123, 0.0187, 3), [0.014, 0.016, 0.018]);
});

test("a step is the nearest of its kind by ratio", () => {
  /** @param {number} high */
  const step = (high) => ticks(0, 2 * high, 2)[1];
  assert.deepEqual([1.41, 1.42, 3.16, 3.17, 7.07, 7.08].map(step), [1, 2, 2, 5, 5, 10]);
  assert.deepEqual([14.1, 14.2, 31.6, 31.7, 70.7, 70.8].map(step), [10, 20, 20, 50, 50, 100]);
});

test("ticks carry no rounding of sums, and an axis without a length has one", () => {
  assert.deepEqual(ticks(0, 0.7, 7), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual(ticks(3, 3, 5), [3]);
});
