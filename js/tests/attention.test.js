import assert from "node:assert/strict";
import { test } from "node:test";
import { askedOf, patchAt, rolloutText } from "../src/widgets/explorer/attention.js";
import { describeCell } from "../src/widgets/explorer/panel.js";
import { answerOf } from "../src/widgets/explorer/answer-text.js";

test("what is asked of attention stands in the method's text, and is read from it", () => {
  assert.deepEqual(askedOf("rollout"), {});
  for (const asked of [
    {},
    { layer: 3 },
    { head: 2 },
    { layer: 12, head: 10, patch: [2, 14] },
    { patch: [1, 1] },
  ]) {
    assert.deepEqual(askedOf(rolloutText(asked)), asked);
  }
  assert.equal(rolloutText({ layer: 3, head: 2, patch: [1, 4] }), "rollout(layer=3, head=2, patch=(1, 4))");
  assert.equal(rolloutText({ layer: 0, head: undefined }), "rollout", "all layers, all heads");
});

test("a point of the picture lies in a patch, counted from 1", () => {
  const attention = { heads: [2], rows: 4, columns: 8 };
  assert.deepEqual(patchAt({ row: 0, column: 0 }, attention, [0, 0, 32, 32]), [1, 1]);
  assert.deepEqual(patchAt({ row: 15.9, column: 31.9 }, attention, [0, 0, 32, 32]), [2, 8]);
});

test("attention speaks for no class", () => {
  const map = {
    values: Float32Array.from([0.6, 0.1, 0.1, 0.1]),
    errors: new Float32Array(4),
    rows: 2,
    columns: 2,
    rowEdges: [0, 6, 12],
    columnEdges: [0, 6, 12],
    window: /** @type {[number, number, number, number]} */ ([0, 0, 12, 12]),
  };
  assert.equal(
    answerOf(map, false, true),
    "Most attention goes to the upper left; attention is not importance.",
  );
  const attribution = /** @type {any} */ ({
    output: "attention",
    adds_up: false,
    label: "cat",
    explainer: "Attention rollout",
  });
  assert.equal(
    describeCell(map, { row: 0, column: 0 }, 1, attribution),
    "60.0 % of the attention goes to this patch",
  );
});
