import assert from "node:assert/strict";
import { test } from "node:test";
import { asideOf, fileName, plainEdit, plainRule, plainSource } from "../src/widgets/explorer/words.js";
import { answerOf } from "../src/widgets/explorer/answer-text.js";

/**
 * A map of three by three cells over a window of 30 by 30.
 * @param {number[]} values
 * @param {number} [error]
 */
const three = (values, error = 0.1) => ({
  values: Float32Array.from(values),
  errors: new Float32Array(9).fill(error),
  rows: 3,
  columns: 3,
  rowEdges: [10, 20, 30, 40],
  columnEdges: [5, 15, 25, 35],
  window: /** @type {[number, number, number, number]} */ ([10, 5, 30, 30]),
});

test("the strongest certain cells are told by their places, the strongest first", () => {
  assert.equal(answerOf(three([0, 0, 0, 0, 1, 0, 0, 0, 0]), false), "The centre speaks for it.");
  assert.equal(
    answerOf(three([1, 0, 0, 0, 0, 0, 0, 2, 0]), false),
    "The bottom and the upper left speak for it.",
  );
  assert.equal(
    answerOf(three([2, 0.9, 0, 0, 0, 0, 0, 0, -1.5]), false),
    "The upper left speaks for it; the lower right speaks against it.",
  );
  assert.equal(
    answerOf(three([-1, 0, 0, 0, 0, 0, 0, 0, 0]), true),
    "In the window, the upper left speaks against it.",
  );
});

test("many corners are told together, and never more than three places", () => {
  assert.equal(answerOf(three([1, 0, 1, 0, 0, 0, 1, 0, 0]), false), "Three corners speak for it.");
  assert.equal(
    answerOf(three([1, 0, 1, 0, 2, 0, 1, 0, 1]), false),
    "All four corners and the centre speak for it.",
  );
  assert.equal(
    answerOf(three([0, 4, 0, 3, 2.5, 2, 0, 2, 0]), false),
    "The top, the left and the centre speak for it.",
  );
});

test("what may have the other sign is not told", () => {
  assert.equal(answerOf(three([1, 0, 0, 0, 0.5, 0, 0, 0, 0], 0.6), false), "Not yet certain.");
  const map = three([3, 0, 0, 0, 1, 0, 0, 0, 0]);
  map.errors[0] = 2;
  assert.equal(answerOf(map, false), "The centre speaks for it.");
});

test("a map of nothing says so, and no map says nothing", () => {
  assert.equal(answerOf(three(Array(9).fill(0), 0), false), "No part makes a difference.");
  assert.equal(answerOf(null, false), "");
});

test("cells of a finer map share a place", () => {
  const columnEdges = [0, 8, 16, 24, 32, 40, 48];
  const values = Float32Array.from([3, 2, 0, 0, 0, 0]);
  const map = {
    values,
    errors: new Float32Array(6),
    rows: 1,
    columns: 6,
    rowEdges: [0, 48],
    columnEdges,
    window: /** @type {[number, number, number, number]} */ ([0, 0, 48, 48]),
  };
  assert.equal(answerOf(map, false), "The left speaks for it.");
});

test("a place speaks as its strongest cell does, and not both ways", () => {
  const values = Float32Array.from([3, -4, 0, 0, 0, 2]);
  const map = {
    values,
    errors: new Float32Array(6),
    rows: 1,
    columns: 6,
    rowEdges: [0, 48],
    columnEdges: [0, 8, 16, 24, 32, 40, 48],
    window: /** @type {[number, number, number, number]} */ ([0, 0, 48, 48]),
  };
  assert.equal(answerOf(map, false), "The right speaks for it; the left speaks against it.");
});

test("the question tells layer and partners", () => {
  assert.equal(asideOf({ network: "", layer: null, operator: "", partners: [] }), "");
  assert.equal(asideOf({ network: "", layer: "2.0", operator: "", partners: [] }), ", at layer 2.0");
  assert.equal(
    asideOf({ network: "", layer: null, operator: "join", partners: ["a", "b", "c"] }),
    ", and what does it share with a, b and c",
  );
  assert.equal(
    asideOf({ network: "", layer: "1", operator: "left join", partners: ["a"] }),
    ", at layer 1, and what tells it from a",
  );
  assert.equal(
    asideOf({ network: "g", layer: null, operator: "left join", partners: ["rotate(a, 15)"] }),
    ", under g, and what tells it from a, rotated by 15°",
  );
});

test("a file is named after its question", () => {
  assert.equal(fileName("Why tiger cat (38.5%)?"), "why-tiger-cat");
  assert.equal(fileName("Why Kätzchen/<b> (1.0%), at layer 2.0?"), "why-kätzchen-b-at-layer-2-0");
  assert.equal(fileName("?"), "report");
});

test("an edit is told in words", () => {
  assert.equal(plainEdit("erase [26:139, 44:135]"), "hidden: 113×91 pixels");
  assert.equal(plainEdit("paste r1 [0:4, 2:9]"), "pasted: r1 4×7 pixels");
  assert.equal(plainEdit("shift 0 16"), "shifted 16 pixels to the right");
  assert.equal(plainEdit("shift -1 -2"), "shifted 1 pixel up 2 pixels to the left");
  assert.equal(plainEdit("scale 1.25"), "scaled to 125 %");
});

test("an attack is told in words, its target by its name", () => {
  const classes = ["cat", "dog"];
  assert.equal(
    plainEdit("attack method pgd size 0.03 target 1", classes),
    "attacked (PGD) by up to 3 % to be dog",
  );
  assert.equal(plainEdit("attack method pixel size 0.03"), "attacked (one pixel)");
  assert.equal(
    plainEdit("attack method lbfgs size 0.125 window [0:9, 2:12]"),
    "attacked (L-BFGS) by up to 12.5 % in 9×10 pixels",
  );
  assert.equal(plainEdit("attack"), "attacked");
  assert.equal(plainSource('attack_g(x, method="fgsm", size=0.5)'), "x, attacked (FGSM) by up to 50 %");
});

test("a rule names rows and columns", () => {
  assert.equal(
    plainRule("if r5c1 present and r12c4 absent"),
    "if row 5, column 1 shown and row 12, column 4 hidden",
  );
});

test("a picture is called by its name, and what was done to it in words", () => {
  assert.equal(plainSource("x2"), "x2");
  assert.equal(plainSource("rotate(x2, 15)"), "x2, rotated by 15°");
  assert.equal(
    plainSource("erase(rotate(x, -15), [0:9, 2:12], blur)"),
    "x, rotated by 15° clockwise, hidden: 9×10 pixels blur",
  );
  assert.equal(plainSource("paste(x, r1, [0:4, 0:4])"), "x, pasted: r1 4×4 pixels");
  assert.equal(plainSource("blur(x, [0:4, 0:4]) under g"), "x, blurred: 4×4 pixels under g");
  assert.equal(plainSource("mirror(x)"), "x, mirror");
});

test("of a sentence the answer names words", () => {
  const map = /** @type {any} */ ({
    values: new Float32Array([0, 0.2, 2, -1]),
    errors: new Float32Array(4),
    rows: 1,
    columns: 4,
    rowEdges: [0, 1],
    columnEdges: [0, 1, 2, 3, 5],
    window: [0, 0, 1, 5],
  });
  const written = ["a", "very", "good", "old", "film"];
  assert.equal(answerOf(map, false, false, written), "“good” speaks for it; “old film” speaks against it.");
});
