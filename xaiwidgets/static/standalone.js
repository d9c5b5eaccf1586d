/* xaiwidgets, built by js/build.mjs; do not edit. sources sha256: 08df2e21824dd2c35a4f822602ecb0c687da7e023563f3dddf4f5bede422f839 */

// src/lib/arrays.js
var bytesOfBase64 = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

// src/lib/static-model.js
function staticModel(state) {
	let values = new Map(Object.entries(state)), events = new EventTarget(), heard = /* @__PURE__ */ new Map();
	return {
		static: !0,
		get: (name) => values.get(name),
		set(name, value) {
			Object.is(values.get(name), value) || (values.set(name, value), events.dispatchEvent(new Event(`change:${name}`)));
		},
		on(name, callback) {
			let listener = heard.get(callback) ?? (() => callback());
			heard.set(callback, listener), events.addEventListener(name, listener);
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
	return Array.isArray(value) ? value.map(withBuffers) : value === null || typeof value != "object" ? value : typeof value.$bytes == "string" ? new DataView(bytesOfBase64(value.$bytes).buffer) : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBuffers(inner)]));
}

// src/lib/standalone.js
async function mount(widget, state, el) {
	let made = typeof widget == "function" ? await widget() : widget, model = staticModel(withBuffers(state));
	return made.initialize?.({ model }), made.render({ model, el }) ?? (() => {
	});
}
var jsonIn = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
async function boot() {
	let root = globalThis.document?.getElementById("xai-root");
	if (!root || !document.getElementById("xai-widget")) return;
	let address = URL.createObjectURL(new Blob([jsonIn("xai-widget")], { type: "text/javascript" }));
	try {
		let { default: widget } = await import(address);
		await mount(widget, jsonIn("xai-state"), root);
	} finally {
		URL.revokeObjectURL(address);
	}
}
boot();
export {
	mount
};
