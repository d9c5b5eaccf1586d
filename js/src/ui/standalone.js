// Boots a widget in a saved page. Python writes, in this order: <div id="xai-root">; the state (every trait, bytes as
// {"$bytes": base64}) in <script type="application/json" id="xai-state">; the text of explorer.js as one JSON string in
// <script type="application/json" id="xai-widget">, both with "<" as \u003c; this file in <script type="module">.
import { staticModel, withBuffers } from "./static-model.js";

/** @import { WidgetModel } from "../lib/types.js" */

/**
 * @typedef {{initialize?: (context: {model: WidgetModel, signal?: AbortSignal}) => void, render: (context:
 *   {model: WidgetModel, el: HTMLElement, signal?: AbortSignal}) => void | (() => void)}} Widget
 */

/**
 * @param {Widget | (() => Widget | Promise<Widget>)} widget the default export of a bundle
 * @param {Record<string, any>} state with buffers as {"$bytes": base64}
 * @param {HTMLElement} el
 * @returns {Promise<() => void>} takes the widget away again
 */
export async function mount(widget, state, el) {
  const made = typeof widget === "function" ? await widget() : widget;
  const model = staticModel(withBuffers(state));
  made.initialize?.({ model });
  return made.render({ model, el }) ?? (() => {});
}

/** @param {string} id */
const jsonIn = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

async function boot() {
  const root = globalThis.document?.getElementById("xai-root");
  if (!root || !document.getElementById("xai-widget")) return;
  // A Blob's URL can be imported from a page opened as a file, where a path beside it may not.
  const address = URL.createObjectURL(new Blob([jsonIn("xai-widget")], { type: "text/javascript" }));
  try {
    const { default: widget } = await import(address);
    await mount(widget, jsonIn("xai-state"), root);
  } finally {
    URL.revokeObjectURL(address);
  }
}

boot();
