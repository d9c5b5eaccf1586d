import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { bindModel } from "../src/ui/binding.js";
import { staticModel } from "../src/ui/static-model.js";

const DONE = { state: "done", done: 9, total: 9, seconds: 1, note: "" };
const UNFINISHED = { ...DONE, state: "unfinished" };

/** @returns {Set<() => void> & {connect: (slot: () => void) => void, disconnect: (slot: () => void) => void}} */
function signalOfHost() {
  /** @type {any} */
  const slots = new Set();
  return Object.assign(slots, {
    connect: (/** @type {any} */ slot) => slots.add(slot),
    disconnect: (/** @type {any} */ slot) => slots.delete(slot),
  });
}

/** A model in a host that knows its kernel, with hands for both. @param {import("../src/ui/binding.js").IsKnown} isKnown */
function hosted(isKnown = () => false) {
  const kernel = {
    status: "idle",
    connectionStatus: "connected",
    statusChanged: signalOfHost(),
    connectionStatusChanged: signalOfHost(),
  };
  /** @type {any[]} */
  const sent = [];
  const { static: _, ...rest } = staticModel({ status: DONE, target: 1, map: "of 1", opacity: 0.5 });
  let saved = 0;
  const model = /** @type {any} */ ({
    ...rest,
    widget_manager: { kernel },
    save_changes: () => void (saved += 1),
    send: (/** @type {any} */ content) => void sent.push(content),
  });
  const controller = new AbortController();
  const binding = /** @type {any} */ (bindModel(model, controller.signal, {}, isKnown));
  /** @type {any[]} */
  const shown = [];
  binding.watch(["target", "map"], () => shown.push([binding.get("target"), binding.get("map")]));
  binding.watch(["status", "opacity"], () => binding.get("status"));
  /** @param {{status?: string, connectionStatus?: string}} changes */
  const host = (changes) => {
    Object.assign(kernel, changes);
    for (const slot of [...kernel.statusChanged, ...kernel.connectionStatusChanged]) slot();
  };
  /** What the kernel says, and time for the page to take it in. @param {Record<string, any>} values */
  const kernelSets = async (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    await Promise.resolve();
  };
  const commands = () => sent.map(({ command }) => command);
  return {
    binding,
    host,
    kernelSets,
    commands,
    shown,
    saves: () => saved,
    end: () => controller.abort(),
    kernel,
  };
}

const state = (/** @type {any} */ { binding }) => binding.view.kernel;
const now = (/** @type {any} */ { binding }) => [binding.get("target"), binding.get("map")];

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
afterEach(() => mock.timers.reset());

test("a page that was silent for long asks when somebody comes, one just heard does not", async () => {
  const page = hosted();
  await page.kernelSets({ status: { ...DONE } });
  const before = page.commands().length;
  mock.timers.tick(3_000);
  page.binding.come();
  assert.equal(page.commands().length, before);
  mock.timers.tick(6_000);
  page.binding.come();
  assert.deepEqual(page.commands().slice(before), ["ping"]);
});

test("a page that rests asks once, and never again", async () => {
  const page = hosted();
  await page.kernelSets({ status: { ...DONE } });
  mock.timers.tick(3_600_000);
  assert.deepEqual(page.commands(), ["ping"]);
  assert.equal(state(page), "alive");
  page.end();
  assert.equal(page.kernel.statusChanged.size + page.kernel.connectionStatusChanged.size, 0);
});

for (const change of [
  { status: "restarting" },
  { status: "autorestarting" },
  { status: "dead" },
  { connectionStatus: "connecting" },
]) {
  test(`a kernel that is ${Object.values(change)} is lost at once`, () => {
    const page = hosted();
    page.host(change);
    assert.equal(state(page), "gone");
    page.end();
  });
}

test("a new kernel that does not know the widget brings nothing back; one that answers does", async () => {
  const page = hosted();
  page.host({ status: "restarting" });
  page.host({ status: "idle" });
  assert.deepEqual(page.commands(), ["ping", "ping"]);
  mock.timers.tick(1500);
  assert.equal(state(page), "gone");
  await page.kernelSets({ status: { ...DONE } });
  assert.equal(state(page), "alive");
  assert.equal(page.commands().at(-1), "refresh");
  page.end();
});

test("an idle kernel that is silent for two seconds after a gesture is lost, and the gesture with it", async () => {
  const page = hosted();
  await page.kernelSets({ status: { ...DONE } });
  page.binding.set({ target: 3, opacity: 0.2 });
  assert.deepEqual(now(page), [3, "of 1"]);
  mock.timers.tick(500);
  mock.timers.tick(1499);
  assert.equal(state(page), "gone");
  assert.deepEqual(now(page), [1, "of 1"]);
  assert.deepEqual(page.shown.at(-1), [1, "of 1"]);
  assert.equal(page.binding.get("opacity"), 0.2, "what only the page takes notice of stays");
  page.end();
});

test("a kernel that runs a cell is busy, not lost, until it is idle and silent still", async () => {
  const page = hosted();
  await page.kernelSets({ status: { ...DONE } });
  page.binding.set({ target: 3 });
  page.host({ status: "busy" });
  for (let second = 0; second < 60; second++) mock.timers.tick(1000);
  assert.equal(state(page), "busy");
  assert.deepEqual(now(page), [3, "of 1"]);
  page.host({ status: "idle" });
  mock.timers.tick(1400);
  assert.equal(state(page), "gone");
  page.end();
});

test("work that dies half-way leaves the answer before it, and all of it", async () => {
  const page = hosted();
  await page.kernelSets({ status: { ...DONE } });
  page.binding.set({ target: 3 });
  await page.kernelSets({ status: UNFINISHED, map: "of 3, a preview" });
  page.host({ status: "dead" });
  assert.deepEqual(now(page), [1, "of 1"]);
  assert.equal(page.binding.get("status").state, "done");
  page.end();
});

test("an answer that came stays", async () => {
  const page = hosted();
  page.binding.set({ target: 3 });
  await page.kernelSets({ status: UNFINISHED, map: "of 3, a preview" });
  await page.kernelSets({ map: "of 3", status: { ...DONE } });
  page.host({ status: "dead" });
  assert.deepEqual(now(page), [3, "of 3"]);
  page.end();
});

test("where nobody answers nothing is taken, and the views show what stays", async () => {
  const page = hosted();
  await page.kernelSets({ status: { ...DONE } });
  page.host({ status: "dead" });
  const [sent, draws, saves] = [page.commands().length, page.shown.length, page.saves()];
  page.binding.set({ target: 3 });
  assert.deepEqual(now(page), [1, "of 1"]);
  assert.ok(page.shown.length > draws, "the control that was moved is put back");
  assert.equal(await page.binding.command("run"), null);
  page.binding.set({ opacity: 0.1 });
  assert.equal(page.binding.get("opacity"), 0.1);
  mock.timers.tick(1000);
  assert.deepEqual([page.commands().length, page.saves()], [sent, saves]);
  page.end();
});

for (const early of [true, false]) {
  const and = early ? "and stays" : "and nothing else";
  test(`what the page knows the answer to is shown without a kernel, ${and}`, async () => {
    const page = hosted((_get, name, value) => name === "target" && value === 2);
    await page.kernelSets({ status: { ...DONE } });
    if (early) page.binding.set({ target: 2 });
    page.host({ status: "dead" });
    assert.equal(state(page), "gone");
    if (!early) page.binding.set({ target: 2 });
    assert.equal(page.binding.get("target"), 2);
    page.binding.set({ target: 3 });
    assert.equal(page.binding.get("target"), 2);
  });
}
