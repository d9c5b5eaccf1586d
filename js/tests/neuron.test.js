import assert from "node:assert/strict";
import { test } from "node:test";
import { pictureOf } from "../src/lib/pictures.js";
import {
  answerText,
  conceptText,
  dissectionText,
  favouriteText,
  maximisedText,
  medianOf,
  mostCovering,
  moveText,
  profileText,
  spanOf,
  specificText,
  stepText,
  watchedText,
} from "../src/widgets/neuron/text.js";

/** @param {number} index @param {string} label @param {number} probability @param {number} logit */
const score = (index, label, probability, logit) => ({ index, label, probability, logit });
/** @param {number} value @param {number} low @param {number} high */
const interval = (value, low, high) => ({ value, low, high });

test("a picture is cut out of those behind each other", () => {
  const data = Uint8Array.from({ length: 2 * 3 * 2 }, (_, i) => i);
  assert.deepEqual([...pictureOf({ height: 1, width: 2, data }, 1).data], [6, 7, 8, 9, 10, 11]);
});

test("favourites are said by the commonest class", () => {
  assert.equal(favouriteText(["9", "9"]), "The network sees “9” in all 2 of its favourites.");
  assert.equal(favouriteText(["4", "9", "9"]), "The network sees “9” in 2 of 3 of its favourites.");
});

test("what is looked at is a sentence only once it is known", () => {
  assert.equal(
    answerText({ units: null, favourites: null, layer: "", unit: 0, count: 0 }),
    "No picture has been looked at yet.",
  );
  const units = { values: new Float32Array(16) };
  const text = answerText({ units, favourites: { labels: ["a"] }, layer: "conv1", unit: 3, count: 1200 });
  assert.match(text, /^Unit 3 of 16 in layer conv1, among 1,200 pictures\. /);
});

test("silencing says whether the picture is seen otherwise, and how many others are", () => {
  const before = [score(1, "dog", 0.9, 4), score(0, "cat", 0.1, 2)];
  assert.equal(watchedText({ before, after: null, changed: null }, 20, 0), "Seen as “dog” (90.0 %).");
  const after = [score(1, "dog", 0.2, 1), score(0, "cat", 0.8, 3)];
  assert.equal(
    watchedText({ before, after, changed: 1 }, 20, 1),
    "Without the unit now seen as “cat” (80.0 %); 1 of 20 pictures is seen otherwise.",
  );
  assert.equal(
    watchedText({ before, after: before, changed: 0 }, 20, 2),
    "Without 2 units still seen as “dog” (90.0 %); 0 of 20 pictures are seen otherwise.",
  );
});

test("a picture that was made says who sees what in it", () => {
  const made = { by_generator: false, value: 4.25, label: "3", judged: "5" };
  assert.equal(maximisedText(made), "Pixel by pixel: answer 4.25, seen as “3”, by the judge as “5”.");
  const drawn = { by_generator: true, value: 2, label: "3", judged: null };
  assert.equal(maximisedText(drawn), "Drawn by the generator: answer 2, seen as “3”.");
});

test("a concept gives a verdict only beyond its controls", () => {
  const concept = {
    examples: 9,
    label: "b",
    accuracy: interval(0.9, 0.6, 0.98),
    slope: interval(1.5, 1.25, 1.75),
    random_slopes: [-0.5, 0.25],
    verdict: "beyond all 2 random sets: -0.5 to 0.25",
  };
  const text = conceptText(concept);
  assert.match(text, /the 9 examples from the others in 90\.0 % of held-out pictures \(60\.0 % to 98\.0 %/);
  assert.match(text, /“b” rises by 1\.5 \(1\.25 to 1\.75\); along 2 lines .* by −0\.5 to 0\.25\./);
  assert.match(text, /More than along any of them\.$/);
  const none = conceptText({ ...concept, verdict: "no verdict: random sets do as much" });
  assert.match(none, /No verdict\.$/);
});

/** @param {number[]} values @param {number[]} shape */
const shaped = (values, ...shape) => Object.assign(Float32Array.from(values), { shape });

test("a moved picture says what the network sees on the way, and how far the score has come", () => {
  const moved = {
    label: "dog",
    logits: shaped([1, 1.5, 3], 3),
    probabilities: shaped([0.9, 0.1, 0.75, 0.25, 0.25, 0.75], 3, 2),
  };
  assert.equal(
    stepText(moved, 0, ["cat", "dog"]),
    "As the generator draws it: seen as “cat” (90.0 %); score of “dog” 1.",
  );
  assert.equal(
    stepText(moved, 2, ["cat", "dog"]),
    "Step 2: seen as “dog” (75.0 %); score of “dog” 3, 2 more than at first.",
  );
  assert.match(stepText({ ...moved, logits: shaped([3, 2, 1], 3) }, 2, ["cat", "dog"]), /2 less than/);
});

test("a move is told from random directions only where it is beyond all of them", () => {
  const moved = { label: "dog", logits: shaped([1, 3], 2), random_logits: shaped([1, 0.5, 1, 2.5], 2, 2) };
  const text = moveText({ ...moved, judged: "wolf", is_beyond: true });
  assert.match(text, /has changed by 2; along 2 random directions, in as many steps, by −0.5 to 1.5\./);
  assert.match(text, /beyond all of them, for this picture\. At the end the judge sees “wolf”\./);
  assert.match(moveText({ ...moved, judged: null, is_beyond: false }), /No verdict: they do as much\.$/);
});

test("a dissection is told from chance only by its interval", () => {
  const known = {
    ...{ unit: 1, pictures: 8, quantile: 0.005, iou: shaped([0.1, 0.5, 0.2], 3), best: 1 },
    ...{ estimate: interval(0.5, 0.4, 0.6), chance: /** @type {number | null} */ (0.1) },
    ...{ best_estimate: interval(0.5, 0.4, 0.6), best_chance: 0.1 },
  };
  assert.match(dissectionText(known), /^Painted on 8 pictures;.*the 0.5 % of places/);
  assert.match(dissectionText(known), /Unit 1 covers it more than .* It is the best of 3:/);
  assert.match(dissectionText({ ...known, chance: 0.45 }), /No verdict: unit 1 covers the masks of other/);
  const few = { ...known, pictures: 1, chance: null, best: 0 };
  assert.match(dissectionText(few), /^Painted on 1 picture;.*No verdict from fewer than six pictures\.$/);
  assert.deepEqual(mostCovering(known.iou, 2), [1, 2]);
  assert.equal(medianOf([3, 1, 2]), 2);
  assert.equal(medianOf([4, 1, 2, 3]), 2.5);
});

test("conductances stand on a scale with 0, and without ends where there are none", () => {
  assert.deepEqual(spanOf([interval(1, 0.5, 2), interval(3, -Infinity, Infinity)]), [0, 3]);
  assert.deepEqual(spanOf([interval(-1, -2, -0.5)]), [-2, 0]);
  assert.match(profileText({ unit: 4, pictures: 1200 }), /unit 4.*of 1,200 pictures/);
  const specific = { unit: 3, inside: interval(1, 0.5, 1.5), outside: interval(0, -0.1, 0.1) };
  assert.equal(specificText(specific), "Unit 3: 1 (0.5 to 1.5), elsewhere 0 (−0.1 to 0.1)");
  assert.equal(
    specificText({ ...specific, inside: interval(1, -Infinity, Infinity), outside: null }),
    "Unit 3: 1",
  );
});
