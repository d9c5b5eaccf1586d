import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../src/widgets/explorer/stages.js";
import { rankedAt } from "../src/widgets/explorer/targets.js";

/** @import { ShownStage } from "../src/schema/explorer/output.js" */
/** @import { Score } from "../src/schema/shared.js" */

/** @param {number} index @param {number} logit @param {number} probability @returns {Score} */
const score = (index, logit, probability) => ({ index, label: `class ${index}`, probability, logit });
/** @param {string | null} layer @param {number} rank @param {...Score} top @returns {ShownStage} */
const stage = (layer, rank, ...top) => ({ layer, prediction: { top, target: score(1, 2.5, 0.9) }, rank });
const STAGES = [
  stage("conv1", 2, score(0, 3.25, 0.6), score(1, 2.5, 0.3)),
  stage("conv2", 1, score(1, 7, 0.8)),
  stage(null, 1, score(1, 2.5, 0.9)),
];

test("a layer that says another class than the whole network is marked, and no other", () => {
  assert.deepEqual(
    columnsOf(STAGES).map(({ differs }) => differs),
    [true, false, false],
  );
  assert.deepEqual(
    columnsOf(STAGES).map(({ label }) => label),
    ["class 0", "class 1", "class 1"],
  );
});

test("only the whole network has probabilities", () => {
  assert.deepEqual(
    columnsOf(STAGES).map(({ score: text }) => text),
    ["score 3.25", "score 7", "90.0 %"],
  );
  assert.deepEqual(columnsOf([]), []);
});

test("at a layer its own ranks are shown, and the prediction of the whole network at none", () => {
  assert.deepEqual(rankedAt(STAGES, "conv1"), {
    title: "Ranks at layer conv1",
    prediction: STAGES[0].prediction,
    rank: 2,
  });
  assert.equal(rankedAt(STAGES, null), null);
  assert.equal(rankedAt(STAGES, "conv9"), null);
});
