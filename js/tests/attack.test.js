import assert from "node:assert/strict";
import { test } from "node:test";
import { wantedOf } from "../src/widgets/explorer/attack.js";
import { plainEdit, plainSource } from "../src/widgets/explorer/words.js";

test("the class that was clicked is wanted, unless the network sees it already", () => {
  const before = /** @type {any} */ ({ top: [{ index: 3 }, { index: 1 }] });
  assert.equal(wantedOf(1, before), 1);
  assert.equal(wantedOf(3, before), null);
  assert.equal(wantedOf(null, before), null);
  assert.equal(wantedOf(2, null), 2);
});

test("an attack is told in words", () => {
  assert.equal(
    plainEdit("attack method pgd size 0.03 window [0:9, 2:12]"),
    "attacked: method pgd size 0.03 window 9×10 pixels",
  );
  assert.equal(plainSource('attack(x, method="pgd", size=0.03)'), 'x, attacked: method="pgd" size=0.03');
});
