import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalOf } from "../src/ui/number-field.js";

/** @param {string} value @param {Record<string, unknown>} [field] */
const refused = (value, field = {}) =>
  refusalOf(
    /** @type {any} */ ({
      value,
      min: "2",
      max: "16",
      step: "1",
      placeholder: "",
      validity: { badInput: false },
      ...field,
    }),
  );

test("a number is taken at its bounds and between them", () => {
  for (const value of ["2", "9", "16"]) assert.equal(refused(value), "");
  assert.equal(refused("2.5", { step: "any" }), "");
});

test("what is not taken is said with what would be", () => {
  assert.equal(refused("1"), "1 is not taken: use a whole number from 2 to 16");
  assert.equal(refused("17"), "17 is not taken: use a whole number from 2 to 16");
  assert.equal(refused("2.5"), "2.5 is not taken: use a whole number from 2 to 16");
  const open = { min: String(-Number.MAX_SAFE_INTEGER), max: "1", step: "any" };
  assert.equal(refused("1.5", open), "1.5 is not taken: use a number to 1");
});

test("a field is left empty only where a placeholder says what that means, and not by what is no number", () => {
  assert.match(refused(""), /^this is not taken/);
  assert.equal(refused("", { placeholder: "automatic" }), "");
  assert.match(refused("", { placeholder: "automatic", validity: { badInput: true } }), /^this is not taken/);
});
