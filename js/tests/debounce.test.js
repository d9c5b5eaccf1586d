import assert from "node:assert/strict";
import { test } from "node:test";
import { debounce } from "../src/lib/debounce.js";

test("one call follows many requests, when none has come for a while", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let calls = 0;
  const request = debounce(() => (calls += 1), 100);
  request();
  t.mock.timers.tick(60);
  request();
  t.mock.timers.tick(99);
  assert.equal(calls, 0);
  t.mock.timers.tick(1);
  assert.equal(calls, 1);
  t.mock.timers.tick(500);
  assert.equal(calls, 1);
});
