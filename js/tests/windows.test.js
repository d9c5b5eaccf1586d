import assert from "node:assert/strict";
import { test } from "node:test";
import {
  SMALLEST,
  cellStep,
  centreWindow,
  centredHalf,
  drawnWindow,
  moveWindow,
  resizeWindow,
  viewAround,
  wholePicture,
} from "../src/widgets/explorer/geometry.js";
import { drawInTrail, sameTrail, trailAfterKey } from "../src/widgets/explorer/trail.js";

/** @import { WindowBox } from "../src/lib/types.js" */

const whole = wholePicture(224, 200);
/** @param {number} row @param {number} column */
const at = (row, column) => ({ row, column });

test("a window is drawn between two points, whichever comes first", () => {
  const expected = [10, 20, 41, 31];
  assert.deepEqual(drawnWindow(at(10.4, 20.2), at(50.6, 50.1), whole), expected);
  assert.deepEqual(drawnWindow(at(50.6, 50.1), at(10.4, 20.2), whole), expected);
});

test("a drawn window stays in its parent", () => {
  assert.deepEqual(drawnWindow(at(30, 30), at(999, -50), [20, 20, 60, 40]), [30, 20, 50, 10]);
});

test("a drawn window is never smaller than the smallest, at the edge too", () => {
  assert.deepEqual(drawnWindow(at(10, 10), at(11, 11), whole), [10, 10, SMALLEST, SMALLEST]);
  assert.deepEqual(drawnWindow(at(224, 200), at(224, 200), whole), [220, 196, SMALLEST, SMALLEST]);
  assert.deepEqual(drawnWindow(at(50, 50), at(49.5, 49.5), whole), [46, 46, SMALLEST, SMALLEST]);
  assert.deepEqual(drawnWindow(at(1, 1), at(0.5, 0.5), whole), [0, 0, SMALLEST, SMALLEST]);
});

test("drawing inside the current window goes deeper", () => {
  const trail = drawInTrail([[10, 10, 100, 100]], at(20, 20), at(60, 70), whole);
  assert.deepEqual(trail, [
    [10, 10, 100, 100],
    [20, 20, 40, 50],
  ]);
});

test("drawing beside the current window replaces it, in the deepest window that holds the start", () => {
  /** @type {WindowBox[]} */
  const trail = [
    [10, 10, 100, 100],
    [20, 20, 30, 30],
  ];
  assert.deepEqual(drawInTrail(trail, at(80, 80), at(500, 95), whole), [
    [10, 10, 100, 100],
    [80, 80, 30, 15],
  ]);
  assert.deepEqual(drawInTrail(trail, at(150, 150), at(180, 170), whole), [[150, 150, 30, 20]]);
});

test("drawing all of a window adds nothing", () => {
  assert.deepEqual(drawInTrail([[10, 10, 50, 50]], at(10, 10), at(90, 90), whole), [[10, 10, 50, 50]]);
});

test("a moved window keeps its size and stays in its parent", () => {
  assert.deepEqual(moveWindow([10, 10, 50, 40], 5.4, -3.6, whole), [15, 6, 50, 40]);
  assert.deepEqual(moveWindow([10, 10, 50, 40], -99, 999, whole), [0, 160, 50, 40]);
  assert.deepEqual(moveWindow([30, 30, 10, 10], 99, -99, [20, 20, 30, 30]), [40, 20, 10, 10]);
});

test("a handle moves its own edges only", () => {
  /** @type {WindowBox} */
  const window = [50, 60, 40, 30];
  assert.deepEqual(resizeWindow(window, "n", 7, 7, whole), [57, 60, 33, 30]);
  assert.deepEqual(resizeWindow(window, "e", 7, 7, whole), [50, 60, 40, 37]);
  assert.deepEqual(resizeWindow(window, "sw", 7, 7, whole), [50, 67, 47, 23]);
  assert.deepEqual(resizeWindow(window, "nw", -7, -7, whole), [43, 53, 47, 37]);
});

test("a handle stops at the smallest size and at the parent", () => {
  /** @type {WindowBox} */
  const window = [50, 60, 40, 30];
  assert.deepEqual(resizeWindow(window, "se", -500, -500, whole), [50, 60, SMALLEST, SMALLEST]);
  assert.deepEqual(resizeWindow(window, "nw", 500, 500, whole), [86, 86, SMALLEST, SMALLEST]);
  assert.deepEqual(resizeWindow(window, "se", 500, 500, [40, 40, 60, 60]), [50, 60, 50, 40]);
  assert.deepEqual(resizeWindow(window, "nw", -500, -500, [40, 40, 60, 60]), [40, 40, 50, 50]);
});

test("a cell is a grid part of the window, at least a pixel", () => {
  assert.deepEqual(cellStep([0, 0, 70, 35], 7), [10, 5]);
  assert.deepEqual(cellStep([0, 0, 4, 5], 16), [1, 1]);
});

test("the centred half lies in the middle", () => {
  assert.deepEqual(centredHalf(whole), [56, 50, 112, 100]);
  assert.deepEqual(centredHalf([10, 10, 5, 4]), [10, 10, 4, 4]);
});

test("Enter makes a window, then goes deeper", () => {
  const first = trailAfterKey([], "Enter", false, 7, whole);
  assert.deepEqual(first, [[56, 50, 112, 100]]);
  assert.deepEqual(trailAfterKey(first ?? [], "Enter", false, 7, whole), [
    [56, 50, 112, 100],
    [84, 75, 56, 50],
  ]);
});

test("arrows move by a cell, Shift resizes by a cell, both inside the parent", () => {
  /** @type {WindowBox[]} */
  const trail = [[50, 50, 70, 35]];
  assert.deepEqual(trailAfterKey(trail, "ArrowUp", false, 7, whole), [[40, 50, 70, 35]]);
  assert.deepEqual(trailAfterKey(trail, "ArrowRight", false, 7, whole), [[50, 55, 70, 35]]);
  assert.deepEqual(trailAfterKey(trail, "ArrowDown", true, 7, whole), [[50, 50, 80, 35]]);
  assert.deepEqual(trailAfterKey(trail, "ArrowLeft", true, 7, whole), [[50, 50, 70, 30]]);
  assert.deepEqual(
    trailAfterKey(
      [
        [40, 40, 80, 80],
        [110, 40, 10, 10],
      ],
      "ArrowDown",
      false,
      2,
      whole,
    ),
    [
      [40, 40, 80, 80],
      [110, 40, 10, 10],
    ],
  );
});

test("Escape pops a level; keys that mean nothing here are left to others", () => {
  assert.deepEqual(
    trailAfterKey(
      [
        [0, 0, 50, 50],
        [0, 0, 9, 9],
      ],
      "Escape",
      false,
      7,
      whole,
    ),
    [[0, 0, 50, 50]],
  );
  for (const key of ["Escape", "ArrowUp", "a", "Tab"])
    assert.equal(trailAfterKey([], key, false, 7, whole), null);
  assert.equal(trailAfterKey([[0, 0, 50, 50]], "Tab", false, 7, whole), null);
});

test("whatever is done, every window lies in the one before it", () => {
  let trail = /** @type {WindowBox[]} */ ([]);
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Enter", "Escape"];
  for (let i = 0; i < 3000; i += 1) {
    const point = () => at(random() * 260 - 20, random() * 240 - 20);
    if (random() < 0.2) trail = drawInTrail(trail, at(random() * 224, random() * 200), point(), whole);
    else trail = trailAfterKey(trail, keys[Math.floor(random() * 6)], random() < 0.5, 7, whole) ?? trail;
    for (const [level, [top, left, height, width]] of trail.entries()) {
      const parent = level ? trail[level - 1] : whole;
      assert.ok(height >= SMALLEST && width >= SMALLEST);
      assert.ok(top >= parent[0] && left >= parent[1]);
      assert.ok(top + height <= parent[0] + parent[2] && left + width <= parent[1] + parent[3]);
    }
  }
});

test("trails are the same when all their windows are", () => {
  assert.ok(sameTrail([[0, 0, 5, 5]], [[0, 0, 5, 5]]));
  assert.ok(!sameTrail([[0, 0, 5, 5]], [[0, 0, 5, 6]]));
  assert.ok(!sameTrail([[0, 0, 5, 5]], []));
});

test("what one sees of a window has the picture's shape, and room around it", () => {
  const [top, left, height, width] = viewAround([100, 100, 50, 20], whole) ?? whole;
  assert.ok(Math.abs(height - 59) < 1e-9, "nine hundredths of fifty on either side");
  assert.ok(Math.abs(height / width - 224 / 200) < 1e-9);
  assert.ok(Math.abs(top + height / 2 - 125) < 1e-9 && Math.abs(left + width / 2 - 110) < 1e-9);
});

test("what one sees stays in the picture, and a window that nearly fills it is not enlarged", () => {
  const [top, left, height, width] = viewAround([0, 180, 20, 20], whole) ?? whole;
  assert.equal(top, 0);
  assert.ok(Math.abs(left + width - 200) < 1e-9 && height > 20);
  assert.equal(viewAround([0, 0, 200, 20], whole), null);
  assert.equal(viewAround(whole, whole), null);
});

test("a window moved to a point has it in its middle, inside its parent", () => {
  assert.deepEqual(centreWindow([0, 0, 20, 10], at(50, 60), whole), [40, 55, 20, 10]);
  assert.deepEqual(centreWindow([0, 0, 20, 10], at(0, 300), whole), [0, 190, 20, 10]);
});

test("of one row a window may be a single column, such as a word", () => {
  const words = wholePicture(1, 9);
  assert.deepEqual(drawnWindow({ row: 0.5, column: 2.2 }, { row: 0.5, column: 2.9 }, words), [0, 2, 1, 1]);
  assert.deepEqual(drawnWindow({ row: 0.2, column: 1.2 }, { row: 0.8, column: 2.8 }, words), [0, 1, 1, 2]);
  assert.deepEqual(resizeWindow([0, 1, 1, 2], "e", 0, -1, words), [0, 1, 1, 1]);
  assert.deepEqual(cellStep(words, 7), [1, 1]);
  assert.deepEqual(cellStep([0, 0, 1, 98], 7), [1, 2], "a sentence has as many cells as a square");
});
