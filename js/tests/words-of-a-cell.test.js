import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalsOf, sizeOf } from "../src/lib/numbers.js";
import { agreementText } from "../src/widgets/explorer/explainer.js";
import { nameOf } from "../src/widgets/explorer/words.js";
import { describeCell } from "../src/widgets/explorer/panel.js";

/** @import { ShownAttribution } from "../src/schema/shared.js" */

const map = {
  values: new Float32Array([1.0412, -0.3, 0.1, 0]),
  errors: new Float32Array([0.2631, 0.1, 0.2, 0]),
  rows: 2,
  columns: 2,
  rowEdges: [0, 2, 4],
  columnEdges: [0, 2, 4],
  window: /** @type {[number, number, number, number]} */ ([0, 0, 4, 4]),
};
/** @param {string} output */
const cat = (output) =>
  /** @type {ShownAttribution} */ (
    /** @type {unknown} */ ({ label: "tiger cat", output, adds_up: true, explainer: "Grad-CAM" })
  );
/** @param {number} row @param {number} column @param {string} [output] */
const words = (row, column, output = "logit") => describeCell(map, { row, column }, 1.04, cat(output));

test("a cell says what it adds or takes, and whether that is certain", () => {
  assert.equal(words(0, 0), "this patch adds 1.04 ± 0.26 to tiger cat");
  assert.equal(words(0, 1), "this patch takes 0.30 ± 0.10 from tiger cat");
  assert.equal(words(1, 0), "this patch adds 0.10 ± 0.20 to tiger cat (not certain)");
  assert.equal(words(1, 1), "this patch adds 0.00 to tiger cat");
  assert.equal(words(0, 0, "probability"), "this patch adds 1.04 ± 0.26 to the probability of tiger cat");
  assert.equal(words(2, 0), "");
  const unknown = { ...map, errors: new Float32Array(4).fill(Infinity) };
  assert.equal(
    describeCell(unknown, { row: 0, column: 0 }, 1, cat("logit")),
    "this patch adds 1.04 to tiger cat (not certain)",
  );
});

test("what is no share of the score is not said to add to it", () => {
  const plain = { ...map, values: new Float32Array([0.5, -0.25, 0, 0]), errors: new Float32Array(4) };
  /** @param {number} row @param {number} column */
  const at = (row, column) =>
    describeCell(plain, { row, column }, 1, { ...cat("activation"), adds_up: false });
  assert.equal(at(0, 0), "this patch speaks for tiger cat: 0.50 (Grad-CAM)");
  assert.equal(at(0, 1), "this patch speaks against tiger cat: 0.25 (Grad-CAM)");
  assert.equal(at(1, 0), "this patch says nothing (Grad-CAM)");
});

test("agreement of two maps is a number with its words", () => {
  assert.equal(agreementText(null), "");
  assert.match(
    agreementText({ correlation: 0.7, parts: 49 }),
    /maps agree in the order of the 49 parts \(rank correlation 0\.7/,
  );
  assert.match(agreementText({ correlation: 0.69, parts: 49 }), /agree only partly/);
  assert.match(agreementText({ correlation: 0, parts: 49 }), /do not agree/);
  assert.match(agreementText({ correlation: null, parts: 49 }), /no order to compare/);
  assert.equal(nameOf('gradcam(layer="conv2")'), "gradcam");
});

test("all numbers of a map have the decimals of its range", () => {
  assert.deepEqual([0.0123, 0.5, 1, 9.99, 10, 250, 12345].map(decimalsOf), [4, 3, 2, 2, 1, 0, 0]);
  assert.deepEqual([0, NaN, Infinity].map(decimalsOf), [2, 2, 2]);
  assert.equal(sizeOf(-0.0336, 2), "0.03");
  assert.equal(sizeOf(Infinity, 2), "–");
});

test("of a sentence a cell is called by its words", () => {
  const sentence = { ...map, rows: 1, values: new Float32Array([2, -0.25]), columnEdges: [0, 1, 3] };
  /** @param {number} column */
  const at = (column) => describeCell(sentence, { row: 0, column }, 1, cat("logit"), ["good", "old", "film"]);
  assert.equal(at(0), "“good” adds 2.00 ± 0.26 to tiger cat");
  assert.equal(at(1), "“old film” takes 0.25 ± 0.10 from tiger cat");
});
