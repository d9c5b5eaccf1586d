import assert from "node:assert/strict";
import { test } from "node:test";
import { undoKey } from "../src/widgets/explorer/undo.js";

/** @param {string} keys such as "Ctrl+Shift+Z" */
function pressed(keys) {
  const [key, ...held] = keys.split("+").reverse();
  const [ctrlKey, metaKey, shiftKey, altKey] = ["Ctrl", "Meta", "Shift", "Alt"].map((name) =>
    held.includes(name),
  );
  return undoKey({ key, ctrlKey, metaKey, shiftKey, altKey });
}

test("keys go a step back", () => {
  for (const keys of ["Ctrl+z", "Ctrl+Z", "Meta+z"]) assert.equal(pressed(keys), "undo", keys);
});

test("keys go a step forth", () => {
  for (const keys of ["Ctrl+Shift+Z", "Meta+Shift+z", "Ctrl+y", "Meta+Y"])
    assert.equal(pressed(keys), "redo", keys);
});

test("all other keys mean nothing", () => {
  for (const keys of ["z", "Shift+Z", "y", "Ctrl+x", "Ctrl+Alt+z", "Ctrl+Shift+Y", "Alt+z"])
    assert.equal(pressed(keys), null, keys);
});
