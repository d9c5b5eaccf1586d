import assert from "node:assert/strict";
import { test } from "node:test";
import { throttle } from "../src/lib/throttle.js";

/** @param {import("node:test").TestContext} t */
function counted(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const state = { calls: 0 };
  return {
    state,
    save: throttle(() => (state.calls += 1), 80),
    tick: (/** @type {number} */ ms) => t.mock.timers.tick(ms),
  };
}

test("the first request acts at once, the rest wait for one trailing call", (t) => {
  const { state, save, tick } = counted(t);
  save();
  save();
  save();
  assert.equal(state.calls, 1);
  tick(79);
  assert.equal(state.calls, 1);
  tick(1);
  assert.equal(state.calls, 2);
  tick(500);
  assert.equal(state.calls, 2);
});

test("a second of moves at 60 a second is saved at most 14 times, the last one included", (t) => {
  const { state, save, tick } = counted(t);
  for (let i = 0; i < 60; i += 1) {
    save();
    tick(17);
  }
  assert.ok(state.calls >= 10 && state.calls <= 14, `${state.calls}`);
  const before = state.calls;
  save();
  save();
  tick(200);
  assert.ok(state.calls > before);
});

test("flush brings what waits, once", (t) => {
  const { state, save, tick } = counted(t);
  save.flush();
  assert.equal(state.calls, 0);
  save();
  save();
  save.flush();
  assert.equal(state.calls, 2);
  tick(500);
  assert.equal(state.calls, 2);
});
