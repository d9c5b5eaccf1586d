import assert from "node:assert/strict";
import test from "node:test";
import { countsOf, layoutOf, leafWith, picturesOf, wayTo } from "../src/widgets/surrogate/layout.js";
import {
  chosenText,
  conditionText,
  deeperText,
  importanceText,
  leafText,
  pictureText,
  ruleText,
} from "../src/widgets/surrogate/text.js";

/** @param {number} value @param {number} low @param {number} high */
const interval = (value, low, high) => ({ value, low, high });
const LEAF = { below: -1, above: -1 };
// A question whose upper answer is a leaf, and whose lower one asks again.
const NODES = [{ below: 1, above: 2 }, LEAF, { below: 3, above: 4 }, LEAF, LEAF];

test("a tree is laid out from left to right, each question between its answers", () => {
  const { placed, columns, rows } = layoutOf(NODES);
  assert.deepEqual([columns, rows], [2, 3]);
  assert.deepEqual(
    placed.map(({ column, row }) => [column, row]),
    [
      [0, 0.75],
      [2, 0],
      [1, 1.5],
      [2, 1],
      [2, 2],
    ],
  );
  assert.deepEqual(wayTo(placed, 4), [4, 2, 0]);
  assert.deepEqual(wayTo(placed, -1), []);
  assert.deepEqual(layoutOf([]), { placed: [], columns: 0, rows: 0 });
});

test("a leaf is open where just its pictures are chosen", () => {
  const leafOf = Int32Array.of(0, 1, 1, 0, 2);
  const leaves = [{ count: 2 }, { count: 2 }, { count: 1 }];
  assert.deepEqual(picturesOf(leafOf, 1), [1, 2]);
  assert.equal(leafWith(leafOf, leaves, [1, 2]), 1);
  assert.equal(leafWith(leafOf, leaves, [1]), -1);
  assert.equal(leafWith(leafOf, leaves, [1, 3]), -1);
  assert.equal(leafWith(leafOf, leaves, []), -1);
  assert.deepEqual(countsOf(leafOf, 3, [0, 1, 2]), [1, 2, 0]);
});

test("rules are said in words", () => {
  assert.equal(conditionText("r3c4 > 0.52"), "row 3, column 4 is brighter than 0.52");
  assert.equal(conditionText("component 2 <= -1.5"), "component 2 is at most −1.5");
  assert.equal(conditionText("latent 0 > 3"), "latent 0 is above 3");
  assert.equal(ruleText({ conditions: [], label: "a" }), "Always “a”.");
  assert.equal(
    ruleText({ conditions: ["r1c1 <= 0.5", "latent 1 > 2"], label: "b" }),
    "If row 1, column 1 is at most as bright as 0.5 and latent 1 is above 2: “b”.",
  );
  assert.match(importanceText({ r1c2: 0.75, "latent 0": 0.25 }), /row 1, column 2 \(75 %\); latent 0/);
  assert.equal(importanceText({}), "");
});

test("a leaf says how often the network agrees, or that nobody knows", () => {
  const agreement = interval(0.5, 0.2, 0.8);
  assert.equal(
    leafText({ agreement, count: 12, tested: 4 }),
    "12 pictures; the network agrees in 50.0 % (20.0 % to 80.0 %) of the 4 held out.",
  );
  assert.match(leafText({ agreement: null, count: 1, tested: 0 }), /^1 picture, none of them held out/);
});

test("one question more says what it costs, and whether it brings anything", () => {
  const now = { agreement: interval(0.5, 0.4, 0.6), gain: interval(0, 0, 0), leaves: 4 };
  const next = (/** @type {[number, number, number]} */ gain) => ({
    ...now,
    gain: interval(...gain),
    leaves: 8,
  });
  assert.match(
    deeperText([now, next([0.1, 0.05, 0.15])], 1),
    /8 leaves to read instead of 4; agreement \+10/,
  );
  assert.match(deeperText([now, next([0.1, 0.05, 0.15])], 1), /more\)/);
  assert.match(deeperText([now, next([0.1, -0.05, 0.25])], 1), /\(−5 to \+25, not told from none\)/);
  assert.match(deeperText([now, next([-0.1, -0.2, -0.05])], 1), /less\)/);
  assert.match(deeperText([now], 1), /^No deeper tree/);
});

test("what is chosen elsewhere is said by where it comes", () => {
  const leaves = [{ label: "a" }, { label: "b" }, { label: "a" }];
  assert.equal(chosenText(leaves, [0, 0, 0]), "None is chosen: click a leaf.");
  assert.equal(chosenText(leaves, [1, 2, 3]), "6 chosen, in 3 leaves; the tree says “a” of 4, “b” of 2.");
  assert.equal(chosenText(leaves, [0, 1, 0]), "1 chosen, in one leaf; the tree says “b” of 1.");
  const picture = { picture: 3, isHeldOut: true, predicted: "a", said: "b" };
  assert.equal(pictureText(picture), "picture 3, held out: the network says “a”, the tree “b”");
});
