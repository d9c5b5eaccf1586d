import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, cellBox, describeMap } from "../src/lib/maps.js";

/** @import { CellMap } from "../src/lib/maps.js" */

/** Two rows and three columns in a window. @type {CellMap} */
const map = {
  values: Float32Array.of(0.5, -0.25, 0, 1, -2, 0.75),
  errors: new Float32Array(6),
  rows: 2,
  columns: 3,
  rowEdges: [4, 6, 10],
  columnEdges: [1, 3, 4, 9],
  window: [4, 1, 6, 8],
};

test("a cell has its upper and left edge, not the lower and right", () => {
  assert.deepEqual(cellAt(map, { row: 4, column: 1 }), { row: 0, column: 0 });
  assert.deepEqual(cellAt(map, { row: 6, column: 3 }), { row: 1, column: 1 });
  assert.deepEqual(cellAt(map, { row: 5.99, column: 8.99 }), { row: 0, column: 2 });
  for (const [row, column] of [
    [3.9, 2],
    [10, 2],
    [5, 0.9],
    [5, 9],
  ])
    assert.equal(cellAt(map, { row, column }), null);
});

test("a cell lies between its edges", () => {
  assert.deepEqual(cellBox(map, 1, 2), [6, 4, 4, 5]);
  assert.deepEqual(cellBox(map, 0, 0), [4, 1, 2, 2]);
});

test("the strongest cell is told whatever its sign, counted from one", () => {
  assert.equal(describeMap(map), "map of 2 by 3 cells; the strongest, -2.00, is at row 2, column 2");
});
