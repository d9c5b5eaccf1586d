import { test } from "node:test";
import assert from "node:assert/strict";
import { givenWay, incoming, ranked, weightsAt } from "../src/widgets/text/weights.js";
import { answerText, badgeText, replacedText, unknownText } from "../src/widgets/text/words.js";

/** Two frames of two words with three candidates each. */
const contrast = /** @type {any} */ ({
  true_label: "positive",
  probe_label: "negative",
  start_label: "positive",
  positions: Float32Array.of(0, 1),
  candidates: [
    ["good", "bad", "dull"],
    ["film", "plot", "play"],
  ],
  weights: Object.assign(
    Float32Array.of(0.875, 0.0625, 0.0625, 0.75, 0.25, 0, 0.25, 0.5, 0.25, 0.75, 0.125, 0.125),
    {
      shape: [2, 2, 3],
    },
  ),
  sentence: "bad film",
  replacements: ["bad", "film"],
  changed: [true, false],
  hard_label: "negative",
  hard_probability: 0.625,
  holds: true,
  converged: true,
});
const words = [
  { text: "good", is_known: true, special: false },
  { text: "film", is_known: true, special: false },
];

test("weights between two frames are their mean", () => {
  assert.deepEqual(weightsAt(contrast, 0, 0), [0.875, 0.0625, 0.0625]);
  assert.deepEqual(weightsAt(contrast, 0, 0.5), [0.5625, 0.28125, 0.15625]);
  assert.deepEqual(weightsAt(contrast, 0, 1), [0.25, 0.5, 0.25]);
  assert.deepEqual(weightsAt(contrast, 1, 9), [0.75, 0.125, 0.125]);
});

test("a word has given way as far as it has lost weight", () => {
  assert.equal(givenWay(contrast, 0, 0), 0);
  assert.equal(givenWay(contrast, 0, 1).toFixed(3), "0.714");
  assert.equal(givenWay(contrast, 1, 1), 0);
});

test("the real word comes in, or else the one that gains most", () => {
  assert.equal(incoming(contrast, 0), "bad");
  assert.equal(incoming({ ...contrast, changed: [false, false] }, 0), "bad");
  assert.equal(incoming(contrast, 1), "play");
});

test("candidates are ranked where one looks, without the word itself", () => {
  assert.deepEqual(
    ranked(contrast, 1, 0).map(({ name }) => name),
    ["plot", "play"],
  );
  assert.deepEqual(ranked(contrast, 0, 1)[0], { name: "bad", weight: 0.5 });
  const padded = { ...contrast, candidates: [["good", "bad", ""], contrast.candidates[1]] };
  assert.equal(ranked(padded, 0, 1).length, 1);
});

test("the answer says which words give way, and what real words hold", () => {
  assert.equal(
    answerText(contrast, words),
    "Between the words there is a mixture as likely negative as positive. In real words: “bad” for “good”.",
  );
  assert.equal(badgeText(contrast), "real words: negative, 62.5 %");
  const both = { ...contrast, replacements: ["bad", "plot"], changed: [true, true] };
  assert.equal(replacedText(both, words), "“bad” for “good” and “plot” for “film”");
});

test("what does not hold, was not reached or begins elsewhere is said", () => {
  assert.equal(
    badgeText({ ...contrast, holds: false, hard_label: "positive" }),
    "real words: still positive",
  );
  assert.match(answerText({ ...contrast, converged: false }, words), /^No mixture of words was found/);
  assert.match(
    answerText({ ...contrast, converged: false }, words),
    /WordField\(keep=0\.6\), may find one\.$/,
  );
  assert.match(
    answerText({ ...contrast, converged: false }, words, words.length),
    /: all words are pinned\.$/,
  );
  assert.match(
    answerText({ ...contrast, start_label: "negative" }, words),
    /own version of the sentence is negative, and not positive/,
  );
});

test("unknown words are named", () => {
  assert.equal(unknownText(words), "");
  const strange = { text: "xylophone", is_known: false, special: false };
  assert.equal(
    unknownText([...words, strange]),
    "“xylophone” is not in the network's vocabulary, and counts as “an unknown word”.",
  );
  assert.match(unknownText([strange, strange]), /are not in .* count as/);
});
