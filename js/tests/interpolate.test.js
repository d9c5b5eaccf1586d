import assert from "node:assert/strict";
import { test } from "node:test";
import { interpolated } from "../src/lib/interpolate.js";

test("between the middles of cells values are on a line, and beyond them constant", () => {
  assert.deepEqual([...interpolated([0, 4], 1, 2, 1, 8)], [0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4]);
  assert.deepEqual([...interpolated([0, 4], 2, 1, 8, 1)], [0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4]);
});

test("of four cells the middle has a quarter each", () => {
  assert.equal(interpolated([0, 4, 8, 20], 2, 2, 3, 3)[4], 8);
});

test("as many pixels as cells leave them as they are", () => {
  const cells = [1, -2, 3, 4, 5, -6];
  assert.deepEqual([...interpolated(cells, 2, 3, 2, 3)], cells);
});

test("an error that is not known stays large between cells, and reaches no further", () => {
  const errors = interpolated([0, Infinity], 1, 2, 1, 8);
  assert.equal(errors[1], 0);
  assert.ok(errors.slice(2).every((error) => error > 1e20 && Number.isFinite(error)));
  assert.deepEqual([...interpolated([NaN, 0], 1, 2, 1, 2)], [0, 0]);
});
