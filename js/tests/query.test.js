import assert from "node:assert/strict";
import { test } from "node:test";
import { caretUnder, offsetOfColumn } from "../src/widgets/explorer/caret.js";
import { findClasses } from "../src/lib/class-search.js";
import { logScale } from "../src/lib/log-scale.js";
import { duration, exactly, percent, short, signed } from "../src/lib/numbers.js";

/** @param {{excerpt: string, mark: string}} shown */
const marked = ({ excerpt, mark }) => Array.from(excerpt)[mark.length - 1];

test("the mark stands under its column", () => {
  const shown = caretUnder("select * from f(x) whre [1:2, 3:4]", 19);
  assert.equal(shown.excerpt, "select * from f(x) whre [1:2, 3:4]");
  assert.equal(marked(shown), "w");
});

test("the mark may stand behind the last character, and never further", () => {
  assert.deepEqual(caretUnder("abc", 3), { excerpt: "abc", mark: "   ^" });
  assert.deepEqual(caretUnder("abc", 99), { excerpt: "abc", mark: "   ^" });
  assert.deepEqual(caretUnder("", 0), { excerpt: "", mark: "^" });
});

test("of a long query the part around the column is shown", () => {
  const text = `${"a".repeat(100)}X${"b".repeat(100)}`;
  const shown = caretUnder(text, 100, 40);
  assert.equal(shown.excerpt.length, 42);
  assert.equal(shown.mark.length, 22, "in the middle");
  assert.equal(marked(shown), "X");
  assert.equal(marked(caretUnder(`X${"b".repeat(100)}`, 0, 40)), "X");
  assert.equal(marked(caretUnder(`${"b".repeat(100)}X`, 100, 40)), "X");
});

test("columns count code points, tabs take one place", () => {
  const text = "😀\t😀 x";
  assert.equal(marked(caretUnder(text, 4)), "x");
  assert.equal(text[offsetOfColumn(text, 4)], "x");
});

test("classes that start with what is typed come first, then words, then the rest", () => {
  const classes = ["tabby cat", "bobcat", "cat", "catamaran", "dog", "wild-cat"];
  assert.deepEqual(
    findClasses(classes, " CAT ").map(({ label }) => label),
    ["cat", "catamaran", "wild-cat", "tabby cat", "bobcat"],
  );
  assert.deepEqual(findClasses(classes, "dog"), [{ index: 4, label: "dog" }]);
  assert.deepEqual(findClasses(classes, "  "), []);
  assert.equal(findClasses(Array(50).fill("same"), "same").length, 8);
});

test("the log slider has its bounds at its ends and their mean factor in the middle", () => {
  const scale = logScale([64, 16384]);
  assert.deepEqual(
    [64, 1024, 16384, 1].map((value) => Math.round(scale.position(value))),
    [0, 50, 100, 0],
  );
  for (const value of [64, 300, 5000])
    assert.ok(Math.abs(scale.value(scale.position(value)) - value) < 1e-9 * value);
});

test("numbers are short, signed, and honest about what is no number", () => {
  assert.equal(short(1.23456), "1.23");
  assert.equal(short(-1234.56), "−1,234.6");
  assert.equal(signed(0.5), "+0.5");
  assert.equal(signed(-0.5), "−0.5");
  assert.equal(short(0), "0");
  assert.equal(short(NaN), "–");
  assert.equal(exactly(6.3), "6.300");
  assert.equal(percent(0.6213), "62.1 %");
  assert.equal(percent(0.00001), "< 0.1 %");
  assert.equal(percent(0), "0.0 %");
  assert.deepEqual([0.04, 9.94, 10, 61.6, NaN].map(duration), ["0.0 s", "9.9 s", "10 s", "62 s", "–"]);
});
