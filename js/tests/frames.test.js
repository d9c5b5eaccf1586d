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
  /** @type {(() => void)[]} */
  const waiting = [];
  globalThis.requestAnimationFrame = (action) => waiting.push(() => action(0));
  const paint = () => waiting.splice(0).forEach((action) => action());
  const view = new AbortController();
  return { sent, paint, view, acknowledge: createAcknowledge(model, view.signal) };
}

test("a frame is told of once, and none that is older", () => {
  const { sent, paint, acknowledge } = told();
  for (const frame of [0, 2, 2, 1, 3]) acknowledge(frame);
  assert.deepEqual(sent, []);
  paint();
  assert.deepEqual(
    sent,
    [0, 2, 3].map((frame) => ({ command: "painted", frame })),
  );
});

test("a saved page tells nobody", () => {
  const { sent, paint, acknowledge } = told(true);
  acknowledge(1);
  paint();
  assert.deepEqual(sent, []);
});

test("a view that has ended meanwhile tells nobody", () => {
  const { sent, paint, view, acknowledge } = told();
  acknowledge(1);
  view.abort();
  paint();
  assert.deepEqual(sent, []);
});
