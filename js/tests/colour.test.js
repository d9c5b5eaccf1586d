import assert from "node:assert/strict";
import { test } from "node:test";
import { interpolateRdBu } from "d3-scale-chromatic";
import { automaticRange, colourOf, cssColour, isUncertain } from "../src/lib/colour.js";

test("positive is red, negative blue", () => {
  const [hot, cold] = [colourOf(1, 1), colourOf(-1, 1)];
  assert.ok(hot.red > hot.blue + 60);
  assert.ok(cold.blue > cold.red + 60);
});

test("the same size is drawn as strongly on both sides", () => {
  for (const share of [0.1, 0.4, 1]) assert.equal(colourOf(share, 1).alpha, colourOf(-share, 1).alpha);
});

test("zero is neutral and the faintest", () => {
  const { red, green, blue, alpha } = colourOf(0, 1);
  assert.ok(Math.max(red, green, blue) - Math.min(red, green, blue) < 6);
  assert.ok(red > 235);
  assert.ok(alpha < colourOf(0.01, 1).alpha);
});

test("the range is where the colour is full; beyond it nothing changes", () => {
  assert.deepEqual(colourOf(3, 2), colourOf(2, 2));
  assert.deepEqual(colourOf(1, 2), colourOf(0.5, 1));
  assert.equal(colourOf(2, 2).alpha, 1);
});

test("what is not a number is drawn as zero", () => assert.deepEqual(colourOf(NaN, 1), colourOf(0, 1)));

test("opacity scales the alpha", () => {
  assert.equal(cssColour({ red: 1, green: 2, blue: 3, alpha: 0.5 }, 0.5), "rgba(1, 2, 3, 0.250)");
});

test("a sign is certain from two standard errors on", () => {
  assert.equal(isUncertain(1.99, 1), true);
  assert.equal(isUncertain(-1.99, 1), true);
  assert.equal(isUncertain(2, 1), false);
  assert.equal(isUncertain(-2, 1), false);
  assert.equal(isUncertain(0, 0), false);
  assert.equal(isUncertain(5, NaN), true);
});

test("the automatic range is the 98th percentile of all absolute values", () => {
  const values = Array.from({ length: 101 }, (_, i) => (i % 2 ? i : -i));
  assert.equal(automaticRange([values]), 98);
  assert.equal(automaticRange([values.slice(0, 50), values.slice(50)]), 98);
});

test("the automatic range is above zero whatever comes", () => {
  assert.equal(automaticRange([]), 1);
  assert.equal(automaticRange([[0, 0]]), 1);
  assert.equal(automaticRange([[NaN, -3, Infinity]]), 3);
  const sparse = Array(100).fill(0);
  sparse[7] = 5;
  assert.equal(automaticRange([sparse]), 5);
});

test("the ramp is d3's, to the last digit but one", () => {
  for (let share = -1; share <= 1; share += 0.013) {
    const { red, green, blue } = colourOf(share, 1);
    const wanted = (interpolateRdBu(0.5 - 0.42 * share).match(/\d+/g) ?? []).map(Number);
    [red, green, blue].forEach((part, i) => assert.ok(Math.abs(part - wanted[i]) <= 1, `${share}`));
  }
});
