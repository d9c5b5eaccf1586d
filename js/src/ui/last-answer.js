import { listen } from "./listen.js";

/** @import { WidgetModel } from "../lib/types.js" */

/**
 * What a page showed when its last answer was whole, so that it can show that again when the next will never come.
 * A setting is shown before the kernel has heard of it, and the parts of an answer come one after the other.
 * @param {WidgetModel} model
 * @param {AbortSignal} signal
 * @param {ReadonlySet<string>} own traits that only the page takes notice of, which stay as they are
 */
export function lastAnswer(model, signal, own) {
  /** @type {Map<string, any>} */
  const kept = new Map();
  /** @type {Set<string>} */
  const names = new Set();
  /** Whether something was asked that the kernel has said nothing about. */
  let ahead = false;
  let due = false;

  function keep() {
    due = false;
    if (ahead || model.get("status")?.state === "unfinished") return;
    for (const name of names) kept.set(name, model.get(name));
  }

  /** All traits of a message are there before the first is told of, and views may ask for more. */
  function soon() {
    if (due) return;
    due = true;
    queueMicrotask(keep);
  }

  /** @param {string} name a trait that is shown */
  function show(name) {
    if (names.has(name) || own.has(name)) return;
    names.add(name);
    listen(model, [`change:${name}`], soon, signal);
    soon();
  }

  function leave() {
    if (!ahead) keep();
    ahead = true;
  }

  function hear() {
    ahead = false;
    soon();
  }

  /** @param {(name: string) => boolean} stays whether a trait is as it should be, for all that the kernel may say */
  function restore(stays) {
    ahead = false;
    for (const [name, value] of kept) if (model.get(name) !== value && !stays(name)) model.set(name, value);
  }
  return { show, leave, hear, restore };
}
