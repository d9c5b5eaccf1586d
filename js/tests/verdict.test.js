import assert from "node:assert/strict";
import { test } from "node:test";
import { CHECKS, chanceText, measureText, verdictOf } from "../src/widgets/explorer/verdict.js";

/** @import { ShownCheck } from "../src/schema/explorer/output.js" */

const measure = (/** @type {number} */ value, low = value, high = value) => ({ value, low, high });
/** @param {Partial<ShownCheck>} changes @returns {ShownCheck} */
const check = (changes) => ({
  name: "deletion",
  value: measure(0.8, 0.7, 0.9),
  centre: measure(0.1),
  edges: null,
  chance: [-0.2, 0.2],
  verdict: "better",
  basis: "9 parts",
  ...changes,
});

test("better, worse and no verdict are told apart", () => {
  const checks = [
    check({}),
    check({ name: "insertion" }),
    check({ name: "exact", verdict: "none" }),
    check({ name: "fidelity", verdict: "worse" }),
  ];
  assert.equal(
    verdictOf(checks),
    "Better than chance: hiding parts and showing parts. Worse than chance: foretelling what hiding does. No verdict: the order of large parts.",
  );
});

test("what has no chance to be compared with is in no sentence", () => {
  assert.equal(verdictOf([]), "");
  assert.equal(verdictOf([check({ name: "sensitivity", chance: null, verdict: "" })]), "");
  assert.equal(verdictOf([check({ verdict: "none" })]), "No verdict: hiding parts.");
});

test("a map that knows no network and does as well is told of", () => {
  const equal =
    "Better than chance: hiding parts. But a map that knows no network does as well: hiding parts.";
  assert.equal(verdictOf([check({ centre: measure(0.7) })]), equal);
  assert.equal(verdictOf([check({ edges: measure(0.9) })]), equal);
  assert.equal(
    verdictOf([check({ centre: measure(0.69), edges: measure(0.69) })]),
    "Better than chance: hiding parts.",
  );
  assert.equal(verdictOf([check({ centre: measure(0.9), verdict: "none" })]), "No verdict: hiding parts.");
});

test("a number has its interval, if it has one", () => {
  assert.equal(measureText(measure(0.5, -0.25, 0.75)), "0.5 (−0.25 to 0.75)");
  assert.equal(measureText(measure(0.5)), "0.5");
  assert.equal(measureText(measure(1, 0.99999, 1)), "1");
  assert.equal(measureText(null), "constant");
  assert.equal(chanceText(check({})), "−0.2 to 0.2");
  assert.equal(chanceText(check({ chance: null })), "–");
});

test("every check that is compared has a name in a sentence", () => {
  for (const [name, { row, short, term }] of Object.entries(CHECKS)) {
    assert.ok(row && term);
    assert.equal(Boolean(short), name !== "sensitivity");
  }
});
