/* xaiwidgets, built by js/build.mjs; do not edit. sources sha256: d7161ac77ab283dfa310bacd923d15473761744542887a418f25e0d1ef320da7 */

// src/lib/static-model.js
function staticModel(state) {
  const values = new Map(Object.entries(state));
  const events = new EventTarget();
  const heard = /* @__PURE__ */ new Map();
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
    save_changes() {
    },
    send() {
    }
  };
}
function withBuffers(value) {
  if (Array.isArray(value)) return value.map(withBuffers);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$bytes === "string") {
    return new DataView(Uint8Array.from(atob(value.$bytes), (character) => character.charCodeAt(0)).buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBuffers(inner)]));
}

// src/lib/standalone.js
async function mount(widget, state, el) {
  const made = typeof widget === "function" ? await widget() : widget;
  const model = staticModel(withBuffers(state));
  made.initialize?.({ model });
  return made.render({ model, el }) ?? (() => {
  });
}
var jsonIn = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
async function boot() {
  const root = globalThis.document?.getElementById("xai-root");
  if (!root || !document.getElementById("xai-widget")) return;
  const address = URL.createObjectURL(new Blob([jsonIn("xai-widget")], { type: "text/javascript" }));
  try {
    const { default: widget } = await import(address);
    await mount(widget, jsonIn("xai-state"), root);
  } finally {
    URL.revokeObjectURL(address);
  }
}
boot();
export {
  mount
};
