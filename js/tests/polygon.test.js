import assert from "node:assert/strict";
import test from "node:test";
import { isInside } from "../src/lib/polygon.js";

test("a lasso holds what it goes around, also where it is hollow", () => {
  /** @type {[number, number][]} */
  const hook = [
    [0, 0],
    [10, 0],
    [10, 10],
    [8, 10],
    [8, 2],
    [2, 2],
    [2, 10],
    [0, 10],
  ];
  assert.ok(isInside(hook, 1, 5));
  assert.ok(isInside(hook, 5, 1));
  assert.ok(isInside(hook, 9, 9));
  assert.ok(!isInside(hook, 5, 5));
  assert.ok(!isInside(hook, 11, 1));
  assert.ok(!isInside(hook, 5, -1));
  assert.ok(!isInside([], 1, 1));
});
