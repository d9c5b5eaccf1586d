import assert from "node:assert/strict";
import { test } from "node:test";
import { bandPath, bandsOf, FLOW_HEIGHT } from "../src/widgets/detector/intervals.js";
import { rankOf, sampleOf } from "../src/widgets/detector/scores.js";
import {
  freeText,
  imageText,
  rankText,
  ruleText,
  scoreText,
  verdictText,
} from "../src/widgets/detector/text.js";
import { textsOf, votingText } from "../src/widgets/detector/voting.js";
import {
  PARTS,
  cutOf,
  imagesOf,
  nearestStep,
  rejectedAt,
  thresholdAt,
} from "../src/widgets/detector/cuts.js";
import { nearestOnRoc, rocOf } from "../src/widgets/detector/roc.js";
import { cheapest, costAt, costPaid, costPromised } from "../src/widgets/detector/costs.js";

/** @import { Cut } from "../src/widgets/detector/cuts.js" */
/** @import { Sample } from "../src/widgets/detector/scores.js" */

/** @template {object} A @param {A} array @returns {A & {shape: number[]}} as it is when it has been decoded */
const shaped = (array) => Object.assign(array, { shape: [6] });

const SCORES = [0.9, 0.1, 0.8, 0.5, 0.5, 0.2];
const WRONG = [1, 0, 0, 1, 0, 0];
const DETECTOR = {
  doc: "",
  lead: 0,
  lead_error: 0,
  values: shaped(new Float32Array(SCORES)),
  auroc: 0.8,
  auroc_error: 0.1,
  validation_auroc: null,
  validation: null,
  kind: /** @type {const} */ ("part"),
};

/** Six predictions, of which the first and the fourth are wrong; the fourth and the fifth have the same score. */
const sample = /** @type {Sample} */ (
  sampleOf({
    detectors: {
      both: { ...DETECTOR, name: "both", trivial: false },
    },
    wrong: shaped(new Uint8Array(WRONG)),
    labels: shaped(new Int32Array([0, 1, 0, 1, 0, 1])),
    predicted: shaped(new Int32Array([1, 1, 0, 0, 0, 1])),
    confidence: shaped(new Float32Array(6)),
    backup: { name: "big", right: shaped(new Uint8Array([1, 1, 1, 0, 0, 1])) },
  })
);
const [scored] = sample.detectors;
/** @param {number} threshold */
const at = (threshold) => /** @type {Cut} */ (cutOf(sample, "both", threshold));

test("there is no sample before there are scores", () => {
  assert.equal(
    sampleOf({ detectors: {}, wrong: null, labels: null, predicted: null, confidence: null, backup: null }),
    null,
  );
});

test("free scores keep their colours when others come before them", () => {
  const { wrong, labels, predicted, confidence } = sample;
  /** @param {Record<string, boolean>} trivial */
  const kinds = (trivial) => {
    const detectors = Object.fromEntries(
      Object.entries(trivial).map(([name, free]) => [name, { ...DETECTOR, name, trivial: free }]),
    );
    const made = sampleOf(
      /** @type {any} */ ({ detectors, wrong, labels, predicted, confidence, backup: null }),
    );
    return Object.fromEntries(made?.detectors.map(({ key, kind }) => [key, kind]) ?? []);
  };
  const [alone, beside] = [
    kinds({ sure: true, torn: true }),
    kinds({ lda: false, qda: false, sure: true, torn: true }),
  ];
  assert.deepEqual([beside.sure, beside.torn], [alone.sure, alone.torn]);
  assert.equal(new Set(Object.values(beside)).size, 4);
});

test("a method without scores makes no cut", () => {
  assert.equal(cutOf(sample, "forest", 0.5), null);
});

test("what has the threshold's score is rejected, and equal scores go together", () => {
  assert.deepEqual(
    [1, 0.9, 0.85, 0.5, 0.3, -1].map((threshold) => rejectedAt(scored, Math.fround(threshold))),
    [0, 1, 1, 4, 4, 6],
  );
  assert.deepEqual(scored.steps, [0, 1, 2, 4, 5, 6]);
});

test("each number that can be rejected has a threshold between two scores", () => {
  assert.deepEqual(
    scored.steps.map((step) => rejectedAt(scored, thresholdAt(scored, step))),
    scored.steps,
  );
});

test("the four parts of every cut are counted as one would by hand", () => {
  for (const step of scored.steps) {
    const threshold = thresholdAt(scored, step);
    const { parts, rejected } = at(threshold);
    const flagged = SCORES.map((score) => score >= threshold);
    const number = (/** @type {boolean} */ flag, /** @type {number} */ bad) =>
      flagged.filter((each, i) => each === flag && WRONG[i] === bad).length;
    assert.deepEqual(parts, {
      "kept right": number(false, 0),
      "false alarm": number(true, 0),
      caught: number(true, 1),
      missed: number(false, 1),
    });
    assert.equal(rejected, flagged.filter(Boolean).length);
  }
});

test("the images of a part come with the most suspicious first", () => {
  assert.deepEqual(
    PARTS.map((part) => imagesOf(at(0.6), sample.wrong, part)),
    [[4, 5, 1], [2], [0], [3]],
  );
});

test("the corners of the curve are those of the steps, and the nearest of them is found", () => {
  const { x, y } = rocOf(scored, 6, 2);
  assert.deepEqual([x[0], y[0], x.at(-1), y.at(-1)], [0, 0, 1, 1]);
  assert.ok(x.length < scored.steps.length);
  assert.equal(nearestOnRoc(scored, 6, 2, { x: 0.01, y: 0.6 }), 1);
  assert.equal(nearestStep(scored.steps, 3), 2);
});

test("the least cost is that of checking and missing", () => {
  assert.equal(costAt(scored, 2, { cost_check: 1, cost_miss: 10 }, 1), 11 / 6);
  assert.equal(cheapest(scored, 2, { cost_check: 1, cost_miss: 0 }), 0);
  assert.equal(cheapest(scored, 2, { cost_check: 1, cost_miss: 10 }), 4);
  assert.deepEqual(Array.from(scored.saved), [0, 1, 2, 2, 2, 3, 4]);
});

test("the flow loses nobody on the way", () => {
  const { all, sides, ends } = bandsOf(at(0.6));
  const total = (/** @type {{size: number}[]} */ parts) =>
    Math.round(parts.reduce((sum, { size }) => sum + size, 0));
  assert.equal(total(ends.map(({ to }) => to)), Math.round(all.size));
  assert.equal(total([sides.right.to, sides.wrong.to]), Math.round(all.size));
  for (const { to } of ends) assert.ok(to.top >= 0 && to.top + to.size <= FLOW_HEIGHT);
  assert.equal(bandPath({ from: { top: 0, size: 0 }, to: { top: 5, size: 0 } }, 0, 10), "");
});

test("the sentence counts, also where there is but one", () => {
  const cut = /** @type {Cut} */ ({
    scored,
    threshold: 0,
    count: 2000,
    errors: 116,
    rejected: 188,
    parts: { "kept right": 1759, missed: 53, "false alarm": 125, caught: 63 },
  });
  assert.equal(
    verdictText(cut),
    "Of 2,000 predictions 1,812 are kept, 97.1 % of them right; 188 are checked, and 63 of the 116 errors are caught.",
  );
  assert.equal(
    verdictText(at(0.85)),
    "Of 6 predictions 5 are kept, 80.0 % of them right; 1 is checked, and 1 of the 2 errors are caught.",
  );
  assert.equal(
    verdictText(at(-1)),
    "Of 6 predictions 0 are kept; 6 are checked, and 2 of the 2 errors are caught.",
  );
});

test("an image says what it is taken for, and how suspicious it is", () => {
  assert.equal(imageText(sample, ["Coat", "Bag"], 0), "image 0: predicted Bag, is Coat");
  assert.equal(rankText(rankOf(scored, scored.values[0]), 6), "all");
  assert.equal(rankText(rankOf(scored, scored.values[3]), 6), "33 %");
});

test("the free score is said to do as well unless the lead is more than two errors", () => {
  const free = { key: "free", name: "how sure it is", auroc: 0.904 };
  /** @param {number} lead */
  const text = (lead) =>
    freeText({ key: "network", name: "all, by network", auroc: 0.904 + lead, lead, leadError: 0.01 }, free);
  assert.equal(
    text(-0.006),
    "The free score, how sure the network is, does as well: “all, by network” has 0.898 against 0.904, difference −0.006 ± 0.010.",
  );
  assert.match(text(0.02), /does as well: .* difference \+0\.020 ± 0\.010\.$/);
  assert.equal(
    text(0.021),
    "“all, by network” is better than the free score, how sure the network is: 0.925 against 0.904, difference +0.021 ± 0.010.",
  );
  assert.match(text(-0.021), /does better/);
  assert.match(freeText({ ...free, lead: 0, leadError: 0 }, free), /^This score is free/);
  assert.equal(freeText({ ...free, lead: 0, leadError: 0 }, undefined), "");
});

test("where the dial stands is said of every rule", () => {
  assert.match(ruleText("balanced", 0.9), /as large a share of the right is kept as of the wrong is caught/);
  assert.match(ruleText("wrong_recall", 0.95), /at least 95 % of the wrong are caught/);
  assert.match(ruleText("by_hand", 0.9), /by hand/);
});

test("a score is told beside the dial and the others", () => {
  const dial = { threshold: 0.5, count: 200 };
  assert.equal(scoreText(dial, 0.5, 0.931), "Rejected: score 0.5, more suspicious than 93 % of all");
  assert.equal(scoreText(dial, 0.49, 0.996), "Kept: score 0.49, more suspicious than all");
});

test("the cost promised on validation and the cost paid here are means with standard errors", () => {
  const costs = { cost_check: 1, cost_miss: 10 };
  const validation = {
    count: 4,
    scores: Object.assign(new Float32Array([0.8, 0.6, 0.1]), { shape: [3] }),
    rejected: Object.assign(new Int32Array([0, 1, 2, 4]), { shape: [4] }),
    missed: Object.assign(new Int32Array([2, 1, 1, 0]), { shape: [4] }),
  };
  assert.deepEqual(
    [9, 0.7, 0.6, 0].map((threshold) => costPromised(validation, threshold, costs).mean),
    [5, 11 / 4, 3, 1],
  );
  // One of four costs 1, one 10, two nothing.
  const squares = [1, 10, 0, 0].reduce((sum, cost) => sum + (cost - 11 / 4) ** 2, 0);
  assert.ok(Math.abs(costPromised(validation, 0.7, costs).error - Math.sqrt(squares / 3 / 4)) < 1e-12);
  assert.equal(costPromised(validation, 0, costs).error, 0);
  const paid = costPaid(at(0.85), costs);
  assert.equal(paid.mean, costAt(scored, 2, costs, 1));
  assert.ok(paid.error > 0);
});

test("how often copies disagree, of right and of wrong predictions", () => {
  const spread = { right_spread: 0.05, wrong_spread: 0.2 };
  assert.deepEqual(textsOf(["conv1", /** @type {any} */ ({ right: 0.1, wrong: 0.35, ...spread })]), [
    "conv1",
    "10.0 % ± 5.0 %",
    "35.0 % ± 20.0 %",
    "+25.0 points",
  ]);
  const other = textsOf(["conv1", /** @type {any} */ ({ right: 0.35, wrong: 0.1, ...spread })]);
  assert.equal(other[3], "−25.0 points");
  const votings = /** @type {any} */ ([{ pictures: 300 }, { pictures: 40 }, { pictures: 300 }]);
  assert.match(votingText(votings), /on 40 or 300 of the validation images/);
});
