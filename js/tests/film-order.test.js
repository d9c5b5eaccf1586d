import assert from "node:assert/strict";
import { test } from "node:test";
import { FILM_ORDERS, filmOrder } from "../src/lib/film-order.js";

const pictures = ["a", "b", "c", "d", "e"].map((name) => ({ name }));
/** @param {string} label @param {number} probability */
const score = (label, probability) => ({ index: 0, label, probability, logit: 0 });
const predictions = {
  a: score("dog", 0.5),
  b: score("cat", 0.7),
  d: score("dog", 0.9),
  e: score("cat", 0.7),
};

test("pictures stand as given, or by what is said of them, the unknown last", () => {
  const found = Object.fromEntries(
    FILM_ORDERS.map(([order]) => [
      order,
      filmOrder(pictures, predictions, order)
        .map((i) => pictures[i].name)
        .join(""),
    ]),
  );
  assert.deepEqual(found, {
    given: "abcde",
    unsure: "abedc",
    sure: "dbeac",
    class: "bedac",
    chosen: "abcde",
  });
});

test("where nothing is known they stand as given", () => {
  for (const [order] of FILM_ORDERS) assert.deepEqual(filmOrder(pictures, {}, order), [0, 1, 2, 3, 4]);
});

test("the chosen stand first, the others as given", () => {
  const pictures = ["a", "b", "c", "d"].map((name) => ({ name }));
  assert.deepEqual(filmOrder(pictures, {}, "chosen", [1, 3]), [1, 3, 0, 2]);
  assert.deepEqual(filmOrder(pictures, {}, "chosen"), [0, 1, 2, 3]);
});
