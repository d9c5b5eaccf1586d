import assert from "node:assert/strict";
import { test } from "node:test";
import { bandOf, domainOf, linearScale, nearest, pathOf, valueAt } from "../src/ui/plot/scale.js";

test("a scale goes there and back, and no further than its domain", () => {
  assert.equal(linearScale([-1, 1], [100, 300])(0), 200);
  assert.equal(linearScale([0, 3], [0, 1])(2), 0.7);
  assert.equal(valueAt([-1, 1], [100, 300], 250), 0.5);
  assert.equal(valueAt([-1, 1], [100, 300], 999), 1);
  assert.equal(valueAt([0, 1], [100, 0], 75), 0.25);
});

test("a domain without extent is drawn, too", () => {
  assert.equal(linearScale([3, 3], [0, 100])(3), 0);
  assert.equal(valueAt([3, 3], [0, 100], 50), 3);
});

test("the domain holds lines and bands, and leaves out what is not finite", () => {
  assert.deepEqual(domainOf([{ y: [1, 2, -Infinity] }, { y: [0, NaN], error: [0.5, 1] }]), [-0.5, 2]);
  assert.deepEqual(domainOf([{ y: [-Infinity, -Infinity] }]), [0, 1]);
  assert.deepEqual(domainOf([{ y: [2, 2] }]), [2, 2]);
  // A value whose band is not known counts, and so do bands that reach further to one side.
  assert.deepEqual(domainOf([{ y: [3, 1], error: [NaN, 1] }]), [0, 3]);
  const band = /** @type {const} */ ([
    [0, 0.5],
    [2, 4],
  ]);
  assert.deepEqual(domainOf([{ y: [1, 1], band }]), [0, 4]);
});

test("a band has its own ends, or goes as far to both sides", () => {
  const band = /** @type {const} */ ([[0], [3]]);
  assert.deepEqual(bandOf({ y: [1], band }), [[0], [3]]);
  assert.deepEqual(bandOf({ y: [1, 2], error: [0.5, 1] }), [
    [0.5, 1],
    [1.5, 3],
  ]);
  assert.equal(bandOf({ y: [1] }), undefined);
});

test("a gap in a line is a gap in its path", () => {
  const path = pathOf(
    [0, 1, 2, 3],
    [1, NaN, 1, 1],
    (x) => x,
    (y) => y,
  );
  assert.equal(path, "M0 1M2 1L3 1");
});

test("the nearest point is found, also when there is none", () => {
  assert.equal(nearest([0, 0.5, 1], 0.7), 1);
  assert.equal(nearest([], 0.7), -1);
});
