import assert from "node:assert/strict";
import { test } from "node:test";
import { commandChannel, CommandError } from "../src/ui/commands.js";

/** A model that keeps what is sent, and hands answers to whoever listens. */
function fakeModel() {
  /** @type {Set<(message: any) => void>} */
  const listeners = new Set();
  /** @type {any[]} */
  const sent = [];
  return {
    sent,
    listeners,
    answer: (/** @type {any} */ message) => [...listeners].forEach((listener) => listener(message)),
    get: () => undefined,
    set() {},
    save_changes() {},
    on: (/** @type {string} */ _name, /** @type {any} */ callback) => void listeners.add(callback),
    off: (/** @type {string} */ _name, /** @type {any} */ callback) => void listeners.delete(callback),
    send: (/** @type {any} */ content, /** @type {any} */ _callbacks, /** @type {any} */ buffers) =>
      void sent.push({ ...content, buffers }),
  };
}

test("an answer reaches the command with its id, in any order", async () => {
  const model = fakeModel();
  const channel = commandChannel(model);
  const [first, second] = [channel.send("html"), channel.send("edit", { operation: "erase" })];
  assert.equal(model.sent[1].command, "edit");
  assert.equal(model.sent[1].operation, "erase");
  assert.notEqual(model.sent[0].id, model.sent[1].id);
  model.answer({ id: model.sent[1].id, ok: true, n: 2 });
  model.answer({ id: model.sent[0].id, ok: true, n: 1 });
  assert.deepEqual([(await first).n, (await second).n], [1, 2]);
  channel.close();
});

test("bytes go beside the message", () => {
  const model = fakeModel();
  const channel = commandChannel(model);
  const { buffer } = new Uint8Array([1, 2]);
  channel.send("add", { name: "cat.png" }, [buffer]);
  assert.deepEqual([model.sent[0].name, model.sent[0].buffers], ["cat.png", [buffer]]);
  channel.close();
});

test("an error comes back with its column", async () => {
  const model = fakeModel();
  const channel = commandChannel(model);
  const asked = channel.send("ask", { text: "selct" });
  model.answer({ id: model.sent[0].id, ok: false, error: { message: "unknown word", column: 0 } });
  await assert.rejects(
    asked,
    (error) =>
      error instanceof CommandError &&
      error.message === "unknown word" &&
      error.column === 0 &&
      !error.silent,
  );
  channel.close();
});

test("no answer within the time is an error of its own kind; a late answer does no harm", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const model = fakeModel();
  const channel = commandChannel(model, { timeout: 10_000 });
  const asked = channel.send("run");
  let settled = false;
  asked.catch(() => (settled = true));
  t.mock.timers.tick(9_999);
  await Promise.resolve();
  assert.equal(settled, false);
  t.mock.timers.tick(1);
  await assert.rejects(asked, (error) => error instanceof CommandError && error.silent);
  model.answer({ id: model.sent[0].id, ok: true });
  channel.close();
});

test("two views of one model do not take each other's answers", async () => {
  const model = fakeModel();
  const [a, b] = [commandChannel(model), commandChannel(model)];
  const [fromA, fromB] = [a.send("run"), b.send("run")];
  model.answer({ id: model.sent[1].id, ok: true, n: "b" });
  model.answer({ id: model.sent[0].id, ok: true, n: "a" });
  assert.deepEqual([(await fromA).n, (await fromB).n], ["a", "b"]);
  a.close();
  assert.equal(model.listeners.size, 1);
  b.close();
});

test("messages that are no answers are left alone", () => {
  const model = fakeModel();
  const channel = commandChannel(model);
  model.answer(undefined);
  model.answer({ hello: 1 });
  channel.close();
  assert.equal(model.listeners.size, 0);
});
