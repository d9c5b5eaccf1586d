import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerText,
  chosenOf,
  directionText,
  isMissed,
  leading,
  missedText,
} from "../src/widgets/generators/text.js";

/** @param {number | null} missed @param {string} [name] */
const facts = (missed, name = "VAE") => ({ name, kind: "VAE", latents: 12, error: 0.0512, missed });

test("an error is held to those of its own pictures, where they are known", () => {
  assert.equal(missedText(facts(0.42)), "of 42 % of its own pictures it misses less");
  assert.equal(missedText(facts(1)), "it misses more of this picture than of 95 % of its own");
  assert.match(missedText(facts(null)), /not known/);
  assert.deepEqual(
    [0.95, 1, null].map((share) => isMissed(facts(share))),
    [false, true, false],
  );
  assert.match(answerText(facts(0.42)), /^Of this picture, drawn again from 12 numbers, an error of 0\.051/);
  assert.equal(answerText(null), "");
});

test("the first generator is chosen until another one is", () => {
  const both = [facts(0, "a"), facts(0, "b")];
  assert.equal(chosenOf(both, ""), both[0]);
  assert.equal(chosenOf(both, "b"), both[1]);
  assert.equal(chosenOf([], ""), null);
});

test("a direction says what it does, and to which class", () => {
  const direction = /** @type {any} */ ({ pixels: 0.1, divergence: 1.5, raises: 1, by: -0.25 });
  assert.equal(
    directionText(direction, ["0", "7"]),
    "changes pixels by 0.1, lowers 7 by 0.25, says 1.5 nats",
  );
  assert.equal(directionText({ ...direction, divergence: null, raises: -1 }, []), "changes pixels by 0.1");
});

test("the classes that matter are the likeliest before or after", () => {
  assert.deepEqual(leading([0.9, 0.1, 0, 0], [0.2, 0.1, 0.7, 0], 2), [0, 2]);
});
