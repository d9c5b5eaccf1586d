import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { bindModel } from "../src/ui/binding.js";
import { staticModel } from "../src/ui/static-model.js";

const UNFINISHED = { state: "unfinished", done: 3, total: 9, seconds: 1, note: "" };

/** A model whose kernel answers when it is let. */
function liveModel() {
  /** @type {any[]} */
  const sent = [];
  const { static: _, ...model } = staticModel({ status: UNFINISHED });
  return { ...model, sent, send: (/** @type {any} */ content) => void sent.push(content) };
}

/** @param {import("../src/lib/types.js").WidgetModel} model */
function watched(model) {
  const controller = new AbortController();
  const binding = /** @type {import("../src/ui/binding.js").Binding} */ (
    bindModel(model, controller.signal, {})
  );
  /** @type {string[]} */
  const states = [];
  binding.watch(["status"], () => states.push(binding.get("status").state));
  return { states, end: () => controller.abort() };
}

test("work under way is not finished in a page that was saved", () => {
  const { states } = watched(staticModel({ status: UNFINISHED }));
  assert.deepEqual(states, ["unfinished"]);
});

test("work is under way until the kernel keeps silent, and again when it is heard", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const model = liveModel();
    const { states, end } = watched(model);
    assert.deepEqual(
      model.sent.map(({ command }) => command),
      ["ping"],
    );
    assert.deepEqual(states, ["running"]);
    mock.timers.tick(4001);
    assert.deepEqual([...new Set(states)], ["running", "unfinished"]);
    model.set("status", { ...UNFINISHED, done: 4 });
    assert.equal(states.at(-1), "running");
    assert.deepEqual(
      model.sent.map(({ command }) => command),
      ["ping", "refresh"],
      "what was missed is asked for",
    );
    end();
  } finally {
    mock.timers.reset();
  }
});

test("a kernel that is heard in time is never called gone", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const model = liveModel();
    const { states, end } = watched(model);
    model.set("status", { ...UNFINISHED, done: 4 });
    mock.timers.tick(5000);
    assert.ok(states.every((state) => state === "running"));
    model.set("status", { ...UNFINISHED, state: "done" });
    assert.equal(states.at(-1), "done");
    end();
  } finally {
    mock.timers.reset();
  }
});
