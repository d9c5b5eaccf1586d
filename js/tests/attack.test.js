import assert from "node:assert/strict";
import { test } from "node:test";
import { wantedOf } from "../src/widgets/explorer/attack.js";

test("the class that was clicked is wanted, unless the network sees it already", () => {
  const before = /** @type {any} */ ({ top: [{ index: 3 }, { index: 1 }] });
  assert.equal(wantedOf(1, before), 1);
  assert.equal(wantedOf(3, before), null);
  assert.equal(wantedOf(null, before), null);
  assert.equal(wantedOf(2, null), 2);
});
