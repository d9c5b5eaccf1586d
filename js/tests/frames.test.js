import assert from "node:assert/strict";
import { test } from "node:test";
import { createAcknowledge } from "../src/ui/frames.js";

/** @param {boolean} [isStatic] */
function told(isStatic = false) {
  const sent = /** @type {unknown[]} */ ([]);
  const model = /** @type {any} */ ({
    static: isStatic,
    send: (/** @type {unknown} */ message) => sent.push(message),
  });
  globalThis.requestAnimationFrame = (action) => (action(0), 0);
  return { sent, acknowledge: createAcknowledge(model) };
}

test("a frame is told of once, and none that is older", () => {
  const { sent, acknowledge } = told();
  for (const frame of [0, 2, 2, 1, 3]) acknowledge(frame);
  assert.deepEqual(
    sent,
    [0, 2, 3].map((frame) => ({ command: "painted", frame })),
  );
});

test("a saved page tells nobody", () => {
  const { sent, acknowledge } = told(true);
  acknowledge(1);
  assert.deepEqual(sent, []);
});
