import assert from "node:assert/strict";
import { test } from "node:test";
import { recall } from "../src/widgets/explorer/history.js";

const fresh = { at: Infinity, draft: "" };

test("up goes back to the oldest, down forth to what was being typed", () => {
  const asked = ["a", "b"];
  const first = recall(asked, fresh, "draft", -1);
  assert.deepEqual(first, { at: 1, draft: "draft", text: "b" });
  const second = recall(asked, first ?? fresh, "b", -1);
  assert.deepEqual(second, { at: 0, draft: "draft", text: "a" });
  assert.equal(recall(asked, second ?? fresh, "a", -1), null);
  const third = recall(asked, second ?? fresh, "a", 1);
  assert.equal(third?.text, "b");
  assert.equal(recall(asked, third ?? fresh, "b", 1)?.text, "draft");
});

test("the query that stands there is not offered again", () => {
  assert.equal(recall(["a", "b", "b"], fresh, "b", -1)?.text, "a");
  assert.equal(recall(["b"], fresh, "b", -1), null);
});

test("the place behind the last query is the draft, whatever was typed there since", () => {
  assert.deepEqual(recall(["a"], { at: 1, draft: "old" }, "new", -1), { at: 0, draft: "new", text: "a" });
  assert.deepEqual(recall(["a"], { at: 0, draft: "old" }, "a", 1), { at: 1, draft: "old", text: "old" });
});

test("nothing was asked, nothing comes", () => {
  assert.equal(recall([], fresh, "x", -1), null);
  assert.equal(recall([], fresh, "x", 1), null);
  assert.equal(recall(["a"], fresh, "x", 1), null);
});
