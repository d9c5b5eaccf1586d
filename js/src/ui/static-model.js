import { bytesOfBase64 } from "../lib/arrays.js";

/** @import { WidgetModel } from "../lib/types.js" */

/**
 * A model with no kernel behind it, for a page saved as a file.
 * @param {Record<string, any>} state
 * @returns {WidgetModel}
 */
export function staticModel(state) {
  const values = new Map(Object.entries(state));
  const events = new EventTarget();
  /** @type {Map<Function, EventListener>} */
  const heard = new Map();
  return {
    static: true,
    get: (name) => values.get(name),
    set(name, value) {
      if (Object.is(values.get(name), value)) return;
      values.set(name, value);
      events.dispatchEvent(new Event(`change:${name}`));
    },
    on(name, callback) {
      const listener = heard.get(callback) ?? (() => callback());
      heard.set(callback, listener);
      events.addEventListener(name, listener);
    },
    off(name, callback) {
      events.removeEventListener(name, heard.get(callback) ?? null);
    },
    save_changes() {},
    send() {},
  };
}

/**
 * State as JSON carries it, with its buffers: {"$bytes": base64} becomes a DataView.
 * @param {any} value
 * @returns {any}
 */
export function withBuffers(value) {
  if (Array.isArray(value)) return value.map(withBuffers);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$bytes === "string") {
    return new DataView(bytesOfBase64(value.$bytes).buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBuffers(inner)]));
}
