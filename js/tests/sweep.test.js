import assert from "node:assert/strict";
import { test } from "node:test";
import { plotOf } from "../src/widgets/explorer/sweep.js";

/** @import { ShownSweep } from "../src/schema/explorer/output.js" */

/** @type {ShownSweep} */
const SWEEP = {
  edit: "rotate",
  values: [-90, 0, 90],
  value: 90,
  classes: [
    { index: 2, label: "cat", probability: [0.1, 0.9, 0.25] },
    { index: 0, label: "dog", probability: [0.8, 0.05, 0.5] },
  ],
};

test("a sweep is a curve for each class, the one explained solid", () => {
  const { lines, x, y, label } = plotOf(SWEEP);
  assert.deepEqual(
    lines.map(({ name, dashed }) => [name, dashed]),
    [
      ["cat", false],
      ["dog", true],
    ],
  );
  assert.deepEqual(
    [x.domain, y.domain],
    [
      [-90, 90],
      [0, 1],
    ],
  );
  assert.equal(label, "Rotation from −90 to 90. cat: 10.0 % to 90.0 %; dog: 5.0 % to 80.0 %.");
});

test("marks are where the picture is, and without an edit at the size that changes nothing", () => {
  assert.deepEqual(
    plotOf(SWEEP).markers?.map(({ x, y }) => [x, y]),
    [
      [90, 0.25],
      [90, 0.5],
    ],
  );
  assert.deepEqual(
    plotOf({ ...SWEEP, value: null }).markers?.map(({ x }) => x),
    [0, 0],
  );
  const scaled = plotOf({ ...SWEEP, edit: "scale", values: [0.5, 1, 2], value: null });
  assert.deepEqual(
    scaled.markers?.map(({ x }) => x),
    [1, 1],
  );
});
