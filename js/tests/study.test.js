import assert from "node:assert/strict";
import test from "node:test";
import { createClock } from "../src/lib/clock.js";
import { wholeText } from "../src/lib/numbers.js";
import { scoreText, sideOf, verdictText } from "../src/widgets/disagreement/text.js";
import { answerText, chanceText, powerText, secondsText, shareText } from "../src/widgets/report/text.js";
import { answerOf, endText, keysText, outcomeText, progressText } from "../src/widgets/room/text.js";
import { frameAt } from "../src/widgets/room/views.js";

test("a clock stands still while any reason holds it", () => {
  let now = 1000;
  const clock = createClock(() => now);
  clock.hold("hidden");
  clock.start();
  now += 500;
  clock.release("hidden");
  now += 2000;
  assert.deepEqual(clock.read(), { seconds: 2, away: 0.5 });
  clock.hold("paused");
  clock.hold("hidden");
  now += 4000;
  clock.release("paused");
  now += 1000;
  assert.deepEqual(clock.read(), { seconds: 2, away: 5.5 });
  clock.release("hidden");
  clock.release("hidden");
  now += 250;
  assert.deepEqual(clock.read(), { seconds: 2.25, away: 5.5 });
  clock.start();
  assert.deepEqual(clock.read(), { seconds: 0, away: 0 });
});

test("a key gives an answer, and no other key does", () => {
  const answers = ["0", "1", "2", "3", "a", "Enter"].map((key) => answerOf(key, 2, true));
  assert.deepEqual(answers, [-1, 0, 1, null, null, null]);
  assert.equal(answerOf("0", 2, false), null);
  assert.deepEqual(
    ["1", "2", "0", "3"].map((key) => sideOf(key)),
    ["first", "second", "neither", null],
  );
});

test("a morph plays forth and back, and rests at its ends", () => {
  const frames = Array.from({ length: 10 }, (_, tick) => frameAt(tick, 4, 2));
  assert.deepEqual(frames, [0, 1, 2, 3, 3, 3, 2, 1, 0, 0]);
  assert.equal(frameAt(10, 4, 2), 0);
  assert.equal(frameAt(7, 1, 2), 0);
});

test("what a person is told", () => {
  assert.equal(progressText("item", 3, 20), "Question 3 of 20");
  assert.equal(progressText("done", 20, 20), "Thank you");
  assert.equal(outcomeText({ right: true, answer: "Peat", truth: "Peat" }), "Right: Peat.");
  assert.equal(
    outcomeText({ right: false, answer: "Ternal", truth: "Peat" }),
    "Not right: it is Peat, and not Ternal.",
  );
  assert.equal(outcomeText({ right: false, answer: "", truth: "Peat" }), "It is Peat.");
  assert.match(endText(14, 20, 2), /14 of your 20 answers are right; by guessing it would be 10\.$/);
  assert.match(endText(1, 5, 2), /1 of your 5 answers is right; by guessing it would be 2\.5\.$/);
  assert.equal(endText(null, 20, 2), "All is answered and kept.");
  assert.match(keysText(["yes", "no"], true), /: 1 for “yes”, 2 for “no”, 0 if you cannot tell\. P pauses/);
  assert.match(keysText(["yes", "no"], false), /2 for “no”\. P pauses/);
  assert.deepEqual([0, 0.5, 1].map(wholeText), ["0", "", "1"]);
});

const estimate = (/** @type {number} */ value, /** @type {any} */ low, /** @type {any} */ high) => ({
  value,
  low,
  high,
});

test("numbers come with their intervals, or say that they have none", () => {
  assert.equal(shareText(estimate(0.5, 0.4, 0.6)), "50 % (40 % to 60 %)");
  assert.equal(shareText(estimate(1, null, null)), "100 % (no interval)");
  assert.equal(shareText(null), "none");
  assert.equal(secondsText(estimate(2.5, 2, 3)), "2.5 s (2 to 3)");
  assert.equal(secondsText(null), "not known");
  const arm = /** @type {any} */ ({ arm: "map", count: 20, accuracy: estimate(0.5, 0.4, 0.6) });
  assert.equal(
    answerText(/** @type {any} */ ({ people: 1, answers: 20, arms: [arm], chance: 0.5 })),
    "1 person, 20 answers. Right: map 50 % (40 % to 60 %) of 20. By guessing it would be 50 %.",
  );
  assert.equal(
    chanceText({ ...arm, above_chance: null }),
    "map: no verdict, too few people or none who differ",
  );
  assert.equal(chanceText({ ...arm, above_chance: 0.3 }), "map: not told from guessing (p = 0.3)");
  assert.equal(chanceText({ ...arm, above_chance: 0.01 }), "map: above chance (p = 0.01)");
  assert.equal(powerText(null), "");
  assert.match(powerText({ arm: "b", other: "a", needed: null }), /^b is not ahead of a/);
  assert.match(powerText({ arm: "b", other: "a", needed: 314 }), /314 people in each/);
});

test("the desk says no more than its intervals and tests do", () => {
  const score = (/** @type {object} */ more) =>
    /** @type {any} */ ({
      judge: "you, by each map alone",
      right: 3,
      count: 4,
      share: estimate(0.75, 0.3, 0.95),
      seconds: null,
      pvalue: 1,
      ...more,
    });
  assert.equal(scoreText(score({}), true), "right 3 of 4 (30 % to 95 %)");
  assert.equal(scoreText(score({ share: null }), true), "nothing judged");
  assert.match(verdictText([score({})], true, 0), /not told from guessing, not told apart from confidence/);
  const sure = score({ share: estimate(0.9, 0.7, 0.97), pvalue: 0.01 });
  assert.match(verdictText([sure], true, 1), /better than guessing, told apart from .* neither network/);
  assert.equal(verdictText([score({})], false, 0), "Without labels there is no verdict on who is right.");
  assert.equal(verdictText([], true, 0), "");
});
