import assert from "node:assert/strict";
import { test } from "node:test";
import { legendOf, readChange } from "../src/widgets/contrast/colour.js";
import { missedText, sharesText } from "../src/widgets/contrast/judge.js";
import { cellsOfStroke, gridOf } from "../src/lib/mask.js";
import { windowOf } from "../src/widgets/contrast/mask.js";
import { stampText } from "../src/widgets/contrast/overall.js";

/** @param {number[]} data */
const pixel = (data) => ({ height: 1, width: 1, data: Uint8Array.from(data) });

/** From red to green, in steps of a 127th. */
const change = { height: 1, width: 1, values: Int8Array.of(-127, 127, 0), scale: 1 / 127, colours: true };

test("a change in colours is read as one map, as in Python", () => {
  /** @param {import("../src/widgets/contrast/colour.js").Channel} channel */
  const read = (channel) =>
    readChange(change, channel, pixel([255, 0, 0]), pixel([0, 255, 0])).values[0].toFixed(3);
  assert.equal(read("strongest"), "1.000");
  assert.equal(read("red"), "-1.000");
  assert.equal(read("green"), "1.000");
  assert.equal(read("blue"), "0.000");
  assert.equal(read("brightness"), (0.587 - 0.299).toFixed(3));
  assert.equal(read("hue"), (2 / 3).toFixed(3));
  assert.equal(
    readChange(change, "hue", pixel([99, 99, 99]), pixel([0, 255, 0])).values[0].toFixed(2),
    "0.00",
  );
});

test("all three colours, and grey pictures, are left as they are", () => {
  assert.equal(readChange(change, "rgb", pixel([0, 0, 0]), pixel([0, 0, 0])), change);
  const grey = { height: 1, width: 1, values: Int8Array.of(3), scale: 1 };
  assert.equal(readChange(grey, "red", pixel([0, 0, 0]), pixel([0, 0, 0])), grey);
  assert.match(legendOf("red", true), /more red/);
  assert.match(legendOf("red", false), /brighter/);
});

test("a stroke paints the cells that the brush meets, and none outside", () => {
  const grid = gridOf({ height: 64, width: 8 });
  assert.deepEqual(grid, { rows: 32, columns: 8 });
  assert.deepEqual([...cellsOfStroke([1.5, 2.5], [1.5, 4.5], 0.1, grid)], [10, 11, 12]);
  assert.deepEqual([...cellsOfStroke([0.5, 0.5], [0.5, 0.5], 1.01, grid)].sort(), [0, 1, 8]);
  assert.deepEqual(
    [...cellsOfStroke([0.5, 0.5], [0.5, 1.05], 0.1, grid)],
    [0, 1],
    "as far as the stroke goes",
  );
  assert.deepEqual([...cellsOfStroke([-3, -3], [-3, -3], 1, grid)], []);
});

test("a window is dragged from either corner, and stays inside", () => {
  const picture = { height: 8, width: 10 };
  assert.deepEqual(windowOf([1.2, 2.9], [3.1, 4.5], picture), [1, 2, 3, 3]);
  assert.deepEqual(windowOf([3.1, 4.5], [1.2, 2.9], picture), [1, 2, 3, 3]);
  assert.deepEqual(windowOf([-5, 4], [99, 99], picture), [0, 4, 8, 6]);
});

test("what a judge, a stamp and a generator say is no more than is known", () => {
  assert.equal(sharesText(undefined), "");
  assert.equal(
    sharesText({ network: 1, judge: null }),
    "gap closed with as much ink: this network 100 % / the judge no gap",
  );
  assert.equal(missedText(null), "");
  assert.equal(missedText(0.95), "");
  assert.match(missedText(1), /misses more of this picture/);
  /** @param {number} value */
  const share = (value) => ({ value, low: value - 0.05, high: value + 0.05 });
  const stamped = {
    window: /** @type {[number, number, number, number]} */ ([0, 0, 1, 1]),
    elsewhere: /** @type {[number, number, number, number]} */ ([2, 2, 1, 1]),
    before: share(0.1),
    after: share(0.7),
    control: share(0.1),
    count: 40,
    apart: true,
  };
  assert.match(stampText(stamped, "Shirt"), /^With what the window holds 70\.0 %.* The window does it\.$/);
  assert.match(stampText({ ...stamped, control: share(0.66) }, "Shirt"), /not told from doing nothing/);
});
