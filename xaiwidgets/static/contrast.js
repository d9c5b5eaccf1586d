/* xaiwidgets, built by js/build.mjs; do not edit. sources sha256: 08df2e21824dd2c35a4f822602ecb0c687da7e023563f3dddf4f5bede422f839 */

// src/lib/arrays.js
function bytesOf(source) {
	return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
function rgbaOf({ height, width, data: rgb }) {
	let rgba = new Uint8ClampedArray(height * width * 4);
	for (let pixel = 0; pixel < height * width; pixel += 1)
		rgba[4 * pixel] = rgb[3 * pixel], rgba[4 * pixel + 1] = rgb[3 * pixel + 1], rgba[4 * pixel + 2] = rgb[3 * pixel + 2], rgba[4 * pixel + 3] = 255;
	return rgba;
}
var bytesOfBase64 = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

// src/lib/commands.js
var CommandError = class extends Error {
	constructor(message, { column = null, silent = !1 } = {}) {
		super(message), this.name = "CommandError", this.column = column, this.silent = silent;
	}
};
function commandChannel(model, { timeout = 1e4 } = {}) {
	let prefix = Math.random().toString(36).slice(2, 10), waiting = /* @__PURE__ */ new Map(), count2 = 0;
	function take(id) {
		let entry = waiting.get(id);
		return entry && clearTimeout(entry.timer), waiting.delete(id), entry;
	}
	function receive(message) {
		let entry = take(message?.id);
		entry && (message.ok ? entry.resolve(message) : entry.reject(new CommandError(message.error?.message ?? "the command failed", message.error)));
	}
	function send(command, fields = {}, buffers = []) {
		count2 += 1;
		let id = `${prefix}-${count2}`;
		return new Promise((resolve, reject) => {
			let giveUp = () => take(id)?.reject(new CommandError("the kernel does not answer", { silent: !0 }));
			waiting.set(id, { resolve, reject, timer: setTimeout(giveUp, timeout) }), model.send({ ...fields, id, command }, void 0, buffers);
		});
	}
	function close() {
		model.off("msg:custom", receive);
		for (let id of [...waiting.keys()]) take(id);
	}
	return model.on("msg:custom", receive), { send, close };
}

// src/lib/throttle.js
function throttle(action, wait) {
	let timer = null, asked = !1;
	function open() {
		timer = null, asked && request();
	}
	function request() {
		if (timer !== null) {
			asked = !0;
			return;
		}
		asked = !1, timer = setTimeout(open, wait), action();
	}
	function flush() {
		timer !== null && clearTimeout(timer), timer = null, asked && (asked = !1, action());
	}
	return Object.assign(request, { flush });
}

// src/lib/wire.js
var KINDS = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };
function createDecoder() {
	let known = /* @__PURE__ */ new WeakMap();
	function decode(value) {
		return Array.isArray(value) || value !== null && typeof value == "object" && Object.getPrototypeOf(value) === Object.prototype ? (known.has(value) || known.set(value, typeof value.$array == "string" ? arrayOf(value) : inside(value)), known.get(value)) : value;
	}
	function inside(value) {
		let entries2 = Object.entries(value).map(([name, inner]) => [name, decode(inner)]);
		return entries2.every(([name, inner]) => inner === value[name]) ? value : Array.isArray(value) ? entries2.map(([, inner]) => inner) : Object.fromEntries(entries2);
	}
	return decode;
}
function arrayOf({ $array, shape, data }) {
	let Kind = KINDS[$array], bytes = bytesOf(data), aligned = bytes.byteOffset % Kind.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice(), array = new Kind(aligned.buffer, aligned.byteOffset, aligned.byteLength / Kind.BYTES_PER_ELEMENT);
	return Object.defineProperty(array, "shape", { value: shape });
}

// src/lib/binding.js
var SAVE_EVERY = 80;
function bindModel(model, signal, own) {
	let save = throttle(() => model.save_changes(), SAVE_EVERY), commands = commandChannel(model), decode = createDecoder(), local = new EventTarget(), view = { notice: "", problem: null, cancelling: !1, ...own };
	signal.addEventListener("abort", () => {
		save.flush(), commands.close();
	});
	let get = (name) => decode(model.get(name) ?? null);
	function set(values) {
		for (let [name, value] of Object.entries(values)) model.set(name, value);
		save();
	}
	function watch(names, listener) {
		let heard = () => listener();
		for (let name of names) model.on(`change:${name}`, heard);
		signal.addEventListener("abort", () => {
			for (let name of names) model.off(`change:${name}`, heard);
		}), listener();
	}
	function setView(values) {
		Object.assign(view, values);
		for (let name of Object.keys(values)) local.dispatchEvent(new Event(name));
	}
	function watchView(names, listener) {
		for (let name of names) local.addEventListener(name, () => listener(), { signal });
		listener();
	}
	async function command(name, fields, { onError, buffers } = {}) {
		save.flush(), setView({ problem: null, notice: "" });
		try {
			return await commands.send(name, fields, buffers);
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			return error.silent ? setView({ notice: error.message, cancelling: !1 }) : onError ? onError(error) : setView({ problem: { message: error.message, column: error.column } }), null;
		}
	}
	let painted = -1;
	function acknowledge(frame) {
		model.static || frame <= painted || (painted = frame, requestAnimationFrame(() => model.send({ command: "painted", frame })));
	}
	return { get, set, flush: save.flush, watch, view, setView, watchView, command, acknowledge, isStatic: model.static === !0 };
}

// src/lib/ramp.js
var RAMP = [[103, 0, 31], [126, 8, 35], [148, 17, 39], [168, 29, 45], [184, 45, 53], [198, 65, 63], [209, 87, 75], [219, 109, 89], [228, 130, 104], [236, 151, 122], [243, 170, 140], [247, 188, 160], [250, 204, 180], [251, 217, 199], [250, 228, 216], [247, 236, 229], [242, 239, 238], [233, 239, 242], [222, 235, 242], [208, 228, 239], [191, 220, 235], [173, 210, 229], [152, 199, 223], [130, 186, 216], [107, 172, 208], [86, 157, 200], [68, 142, 193], [54, 127, 184], [42, 113, 174], [32, 97, 160], [23, 81, 142], [14, 65, 120], [5, 48, 97]];

// src/lib/colour.js
var FAINTEST = 0.1, RAMP_USED = 0.84;
function colourOf(value, range, faintest = FAINTEST) {
	let share = Number.isFinite(value) ? Math.max(-1, Math.min(1, value / range)) : 0, place = (0.5 - RAMP_USED * share / 2) * (RAMP.length - 1), below = Math.floor(place), [red, green, blue] = RAMP[below].map((part, i) => Math.round(part + (place - below) * (RAMP[below + 1][i] - part)));
	return { red, green, blue, alpha: faintest + (1 - faintest) * Math.sqrt(Math.abs(share)) };
}
var cssColour = ({ red, green, blue, alpha }, opacity) => `rgba(${red}, ${green}, ${blue}, ${(alpha * opacity).toFixed(3)})`;
function automaticRange(maps) {
	let sizes = maps.flatMap((map) => Array.from(map, Math.abs)).filter(Number.isFinite);
	sizes.sort((a, b) => a - b);
	let position = 0.98 * (sizes.length - 1), below = sizes[Math.floor(position)] ?? 0, above = sizes[Math.ceil(position)] ?? 0;
	return below + (above - below) * (position - Math.floor(position)) || sizes.at(-1) || 1;
}

// src/lib/numbers.js
function formatter(options) {
	let { format } = new Intl.NumberFormat("en", options);
	return (value) => format(value || 0).replace("-", "−");
}
var threeDigits = formatter({ maximumSignificantDigits: 3 }), fourDigits = formatter({ minimumSignificantDigits: 4, maximumSignificantDigits: 4 }), large = formatter({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
function short(value) {
	return value == null || !Number.isFinite(value) ? "–" : value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(1).replace(/^-/, "−") : Math.abs(value) >= 100 ? large(value) : threeDigits(value);
}
var signed = (value) => value && value > 0 ? `+${short(value)}` : short(value), count = formatter({ maximumFractionDigits: 0 });
function percent(share, digits = 1) {
	return Number.isFinite(share) ? digits && share > 0 && share < 5e-4 ? "< 0.1 %" : `${(100 * share).toFixed(digits)} %` : "–";
}
var duration = (seconds) => Number.isFinite(seconds) ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : "–";

// src/lib/paint.js
var SQUARES_FROM = 4;
function paintPicture(canvas, picture) {
	canvas.width = picture.width, canvas.height = picture.height;
	let pixels = new ImageData(rgbaOf(picture), picture.width, picture.height);
	canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
var showsSquares = (scale) => scale >= SQUARES_FROM;
var SHADES = 255;
function paintPixels(canvas, { height, width, values, scale = 1 }, range) {
	let middle = (SHADES - 1) / 2, shades = Uint8ClampedArray.from({ length: 4 * SHADES }, (_, i) => {
		let { red, green, blue, alpha } = colourOf(Math.floor(i / 4) - middle, middle, 0);
		return [red, green, blue, 255 * alpha][i % 4];
	}), pixels = new ImageData(width, height), [from, to] = [new Uint32Array(shades.buffer), new Uint32Array(pixels.data.buffer)];
	for (let i = 0; i < to.length; i += 1)
		to[i] = from[Math.round(middle * (1 + Math.max(-1, Math.min(1, scale * values[i] / range || 0))))];
	canvas.width = width, canvas.height = height, canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

// src/lib/png.js
var MARGIN = 20, LINE = 20, FONT = "14px system-ui, sans-serif";
function drawScaled(context, source, size) {
	context.imageSmoothingEnabled = !showsSquares(size.width / source.width), context.imageSmoothingQuality = "high", context.drawImage(source, 0, 0, size.width, size.height);
}
function wrap(context, text, width) {
	let lines = [""];
	for (let word of text.split(" ")) {
		let longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
		context.measureText(longer).width <= width || !lines[lines.length - 1] ? lines[lines.length - 1] = longer : lines.push(word);
	}
	return lines;
}
function pngOf(canvas) {
	return new Promise(
		(resolve, reject) => canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("the browser made no picture")), "image/png")
	);
}

// src/lib/plot-png.js
var STYLES = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-family"], [DASH, GAP] = [22, 6], seen = (root, selector) => [...root.querySelectorAll(selector)].filter((element) => element.offsetParent), textOf = (element) => element?.textContent ?? "";
async function plate(plot) {
	let drawn = plot.querySelector("svg"), { width, height } = drawn.getBoundingClientRect(), copy = drawn.cloneNode(!0), [from, to] = [drawn, copy].map((each) => [each, ...each.querySelectorAll("*")]);
	from.forEach((element, i) => {
		let style = getComputedStyle(element);
		for (let name of STYLES) to[i].style.setProperty(name, style.getPropertyValue(name));
	}), copy.setAttribute("width", String(width)), copy.setAttribute("height", String(height));
	let image = new Image();
	image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`, await image.decode();
	let keys = seen(plot, ".xai-key").map((key) => {
		let { borderTopColor: colour, borderTopStyle: style } = getComputedStyle(key, "::before");
		return { text: [...key.children].map(textOf).join(" "), colour, dashed: style === "dashed" };
	});
	return { image, width, height, keys };
}
var keyWidth = (context, text) => DASH + GAP + context.measureText(text).width + MARGIN;
function drawKeys(context, keys, y, ink) {
	let x = MARGIN;
	for (let { text, colour, dashed } of keys)
		context.fillStyle = ink, context.fillText(text, x + DASH + GAP, y), context.beginPath(), context.moveTo(x, y - 5), context.lineTo(x + DASH, y - 5), context.setLineDash(dashed ? [6, 3] : []), context.lineWidth = 2, context.strokeStyle = colour, context.stroke(), x += keyWidth(context, text);
	context.setLineDash([]);
}

// src/lib/contrast-png.js
var PANEL = 300;
async function contrastPng(root) {
	let figures = seen(root, ".xai-figure");
	if (!figures.length) throw new Error("there is no picture yet");
	let plots = await Promise.all(seen(root, ".xai-plots .xai-plot").map(plate)), canvas = document.createElement("canvas"), context = canvas.getContext("2d");
	context.font = FONT;
	let widths = plots.flatMap((plot) => [plot.width, plot.keys.reduce((sum, { text }) => sum + keyWidth(context, text), 0)]), width = Math.ceil(2 * MARGIN + Math.max(figures.length * (PANEL + MARGIN) - MARGIN, ...widths)), entries2 = seen(root, ".xai-ledger > div").map((entry) => [...entry.children].map(textOf).join(" ")), ledger = wrap(context, entries2.join(", "), width - 2 * MARGIN), figuresTop = MARGIN + 2 * LINE, plotsTop = figuresTop + PANEL + 3 * LINE;
	canvas.width = width, canvas.height = plotsTop + plots.reduce((sum, plot) => sum + plot.height + 2 * LINE, 0) + ledger.length * LINE + MARGIN;
	let { backgroundColor, color } = getComputedStyle(root);
	context.fillStyle = backgroundColor, context.fillRect(0, 0, canvas.width, canvas.height), context.font = FONT.replace("14px", "bold 18px"), context.fillStyle = color, context.fillText(textOf(seen(root, ".xai-question")[0]), MARGIN, MARGIN + LINE / 2), context.font = FONT, figures.forEach((figure, i) => drawFigure(context, figure, MARGIN + i * (PANEL + MARGIN), figuresTop));
	let y = plotsTop;
	for (let { image, height, keys } of plots)
		context.drawImage(image, MARGIN, y), drawKeys(context, keys, y + height + 0.75 * LINE, color), y += height + 2 * LINE;
	return context.fillStyle = color, ledger.forEach((line, i) => context.fillText(line, MARGIN, y + (i + 0.5) * LINE)), pngOf(canvas);
}
function drawFigure(context, figure, x, y) {
	context.fillText(textOf(figure.querySelector("figcaption") ?? void 0), x, y, PANEL);
	let badge = figure.querySelector(".xai-badge:not([hidden])"), caption = [figure.querySelector(".xai-caption"), badge].flatMap((part) => part?.textContent || []).join("; ");
	context.fillText(caption, x, y + PANEL + 1.5 * LINE, PANEL), context.save(), context.translate(x, y + LINE / 2);
	for (let canvas of figure.querySelectorAll("canvas")) {
		if (canvas.hidden) continue;
		let scale = PANEL / Math.max(canvas.width, canvas.height);
		context.globalAlpha = Number(getComputedStyle(canvas).opacity), drawScaled(context, canvas, { height: canvas.height * scale, width: canvas.width * scale });
	}
	context.restore();
}

// src/lib/dom.js
var FOCUSABLE = /* @__PURE__ */ new Set(["a", "button", "input", "select", "summary", "textarea"]);
function h(selector, first = {}, ...children) {
	if (typeof first == "string" || first instanceof Node) return h(selector, {}, first, ...children);
	let [tag, ...classes] = selector.split("."), element = document.createElement(tag);
	classes.length && (element.className = classes.join(" "));
	for (let [name, value] of Object.entries(first)) setAttribute(element, name, value);
	return (FOCUSABLE.has(tag) || "tabindex" in first) && (element.dataset.lmSuppressShortcuts = "true"), tag === "button" && !("type" in first) && element.setAttribute("type", "button"), element.append(...children), element;
}
function setAttribute(element, name, value) {
	value === !1 || value === null || value === void 0 ? element.removeAttribute(name) : element.setAttribute(name, value === !0 && !name.startsWith("aria-") ? "" : String(value));
}
function svg(tag, attributes = {}, ...children) {
	let element = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (let [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
	return element.append(...children), element;
}
function setDisabled(element, disabled) {
	setAttribute(element, "aria-disabled", disabled ? "true" : null);
}
var isDisabled = (element) => element.getAttribute("aria-disabled") === "true";
function fillList(parent, items, create, fill) {
	for (; parent.children.length > items.length; ) parent.lastElementChild?.remove();
	items.forEach((item, position) => {
		let element = parent.children[position];
		element || (element = create(position), parent.append(element)), fill(element, item, position);
	});
}
function oncePerFrame(action) {
	let pending = !1;
	return () => {
		pending || (pending = !0, requestAnimationFrame(() => {
			pending = !1, action();
		}));
	};
}

// src/lib/morph.js
function morphOf(contrast, labels) {
	return contrast && { contrast, curves: curvesOf(contrast), labels };
}
function curvesOf({ log_likelihoods: all, true: truth, probe, gap, third, penalty }) {
	let [length, classes] = all.shape, rows = Array.from({ length }, (_, t) => all.subarray(t * classes, (t + 1) * classes)), thirdClass = rows.map((row) => largest(row, (k) => k !== truth && k !== probe)), seen2 = rows.map((row) => largest(row));
	return {
		at: rows.map((_, t) => length > 1 ? t / (length - 1) : 0),
		truth: Float32Array.from(rows, (row) => row[truth]),
		probe: Float32Array.from(rows, (row) => row[probe]),
		third: Float32Array.from(rows, (row, t) => row[thirdClass[t]] ?? NaN),
		thirdClass,
		seen: seen2,
		probability: rows.map((row, t) => Math.exp(row[seen2[t]])),
		gap,
		violation: third,
		penalty
	};
}
function largest(row, counts = () => !0) {
	let best = -1;
	for (let k = 0; k < row.length; k += 1) counts(k) && (best < 0 || row[k] > row[best]) && (best = k);
	return best;
}
function between(length, position) {
	let place = Math.max(0, Math.min(1, position)) * (length - 1), below = Math.max(0, Math.min(length - 2, Math.floor(place)));
	return { below, share: length > 1 ? place - below : 0 };
}
function blend(all, length, position) {
	let { below, share } = between(length, position), size = all.length / length, start = below * size;
	if (!share) return all.subarray(start, start + size);
	let blended = all.slice(start, start + size);
	for (let i = 0; i < size; i += 1) blended[i] = Math.round(blended[i] + share * (all[start + size + i] - blended[i]));
	return blended;
}
function pictureAt({ contrast: { frames } }, position) {
	let [length, height, width] = frames.shape;
	return { height, width, data: blend(frames, length, position) };
}
function differenceAt({ contrast: { differences, difference_scale } }, position) {
	let [length, height, width] = differences.shape;
	return { height, width, values: blend(differences, length, position), scale: difference_scale };
}
var differenceOf = ({ picture: { height, width }, difference, difference_scale }) => ({
	height,
	width,
	values: difference,
	scale: difference_scale
}), rangeOf = (differences) => automaticRange(differences.map(({ values, scale }) => Float32Array.from(values, (value) => value * scale).filter(Boolean)));
function takeovers(intruders) {
	let last = intruders.length - 1, position = (place) => Math.max(0, Math.min(1, place / (last || 1))), found = [];
	return intruders.forEach((index, t) => {
		index < 0 || (t && intruders[t - 1] === index ? found[found.length - 1].to = position(t + 0.5) : found.push({ index, from: position(t - 0.5), to: position(t + 0.5) }));
	}), found;
}

// src/lib/follow-morphs.js
function followMorphs(model) {
	let others = model.get("others");
	model.watch(["contrast", "rival", "others", "classes"], () => {
		let labels = model.get("classes"), changed = others !== model.get("others");
		others = model.get("others");
		for (let [name, contrast] of [["morph", model.get("contrast")], ["rival", model.get("rival")]]) {
			let shown = model.view[name];
			contrast === (shown?.contrast ?? null) && (!shown || labels === shown.labels) || (model.setView({ [name]: morphOf(contrast, labels) }), changed = !0);
		}
		if (!changed) return;
		let ends = [model.view.morph, model.view.rival].flatMap((morph) => morph ? differenceAt(morph, 1) : []);
		model.setView({ range: rangeOf([...ends, ...others.map(differenceOf)]) });
	});
}

// src/lib/schema.js
var CONTRAST = {
	opacity: { name: "opacity", kind: "float", label: "Opacity", unit: "%", least: 0, most: 1, choices: null, group: "What is shown", optional: !1, empty: "", scale: 100, pageOnly: !0 },
	direct: { name: "direct", kind: "choice", label: "Beside it", unit: "", least: null, most: null, choices: [["", "nothing"], ["gradcam", "Grad-CAM"], ["lime", "LIME"], ["lrp", "LRP"], ["pda", "PDA"]], group: "What is shown", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	xgems: { name: "xgems", kind: "bool", label: "xGEMs path", unit: "", least: null, most: null, choices: null, group: "What is shown", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	all_classes: { name: "all_classes", kind: "bool", label: "All classes", unit: "", least: null, most: null, choices: null, group: "What is shown", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	margin: { name: "margin", kind: "float", label: "Margin", unit: "nats", least: 0, most: 100, choices: null, group: "How it is searched", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	tolerance: { name: "tolerance", kind: "float", label: "Tolerance", unit: "nats", least: 1e-4, most: 10, choices: null, group: "How it is searched", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	max_steps: { name: "max_steps", kind: "int", label: "Most steps", unit: "", least: 1, most: null, choices: null, group: "How it is searched", optional: !0, empty: "automatic", scale: 1, pageOnly: !1 },
	seed: { name: "seed", kind: "int", label: "Seed", unit: "", least: 0, most: null, choices: null, group: "How it is searched", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	schedule: { name: "schedule", kind: "choice", label: "Schedule", unit: "", least: null, most: null, choices: [["default", "default"], ["paper", "as in the paper"]], group: "How it is searched", optional: !1, empty: "", scale: 1, pageOnly: !1 }
};

// src/views/prediction.js
function predictionRow(element) {
	return element.classList.add("xai-class"), element.append(
		h("span.xai-class-bar", { "aria-hidden": "true" }),
		h("span.xai-class-name"),
		h("span.xai-class-share")
	), element;
}
function fillPredictionRow(element, { label, probability, logit }) {
	let [bar, name, share] = [...element.children];
	bar.style.width = `${Math.max(0, Math.min(100, 100 * (probability || 0)))}%`, name.textContent = label, share.textContent = percent(probability), element.title = `${label}: ${percent(probability)}, logit ${short(logit)}`;
}

// src/lib/class-search.js
function findClasses(classes, typed, limit = 8) {
	let wanted = typed.trim().toLowerCase();
	if (!wanted) return [];
	let hits = [];
	for (let [index, label] of classes.entries()) {
		let rank = rankOf(label.toLowerCase(), wanted);
		rank >= 0 && hits.push({ index, label, rank });
	}
	return hits.sort((a, b) => a.rank - b.rank || a.label.length - b.label.length || a.index - b.index), hits.slice(0, limit).map(({ index, label }) => ({ index, label }));
}
function rankOf(label, wanted) {
	let at = label.indexOf(wanted);
	if (at <= 0) return at;
	for (let i = at; i !== -1; i = label.indexOf(wanted, i + 1)) if (/[\s,_/(-]/.test(label[i - 1])) return 1;
	return 2;
}

// src/views/listbox.js
function listbox(input, { name, className, draw, onChoose }) {
	let id = `xai-${Math.random().toString(36).slice(2)}`, list = h("ul", { class: `xai-hits ${className}`, role: "listbox", id, "aria-label": name, hidden: !0 });
	setAttribute(input, "aria-autocomplete", "list"), setAttribute(input, "aria-controls", id);
	let options = [], active = -1;
	function show(nothing = "") {
		let items = options.map((option, position) => {
			let item = h("li", { role: "option", id: `${id}-${position}`, "aria-selected": String(position === active) }, ...draw(option));
			return item.addEventListener("pointerdown", (event) => {
				event.preventDefault(), choose(position);
			}), item;
		});
		nothing && items.push(h("li.xai-no-hit", { role: "option", "aria-disabled": "true" }, nothing)), list.replaceChildren(...items), list.hidden = !items.length, input.role === "combobox" && setAttribute(input, "aria-expanded", String(!list.hidden)), setAttribute(input, "aria-activedescendant", active < 0 ? null : `${id}-${active}`), items[active]?.scrollIntoView({ block: "nearest" });
	}
	function open(next, first = -1, nothing = "") {
		options = next, active = next.length ? first : -1, show(next.length ? "" : nothing);
	}
	let close = () => open([]);
	function move(step) {
		let { length } = options;
		length && (active = active < 0 ? step > 0 ? 0 : length - 1 : (active + step + length) % length), show();
	}
	function choose(position = active) {
		let option = options[position];
		return position < 0 || option === void 0 ? !1 : (close(), onChoose(option), !0);
	}
	return { list, open, close, move, choose, isOpen: () => !list.hidden };
}

// src/views/class-search.js
function classSearch(model, el, onChoose, signal) {
	let input = h("input.xai-search-input", {
		type: "text",
		placeholder: "search all classes",
		"aria-label": "Search all classes",
		role: "combobox",
		"aria-expanded": "false",
		autocomplete: "off",
		spellcheck: "false"
	}), hits = listbox(input, {
		name: "Classes found",
		className: "",
		draw: ({ label }) => [label],
		onChoose({ index }) {
			input.value = "", onChoose(index);
		}
	});
	el.append(h("div.xai-class-search.xai-live", input, hits.list));
	function close() {
		input.value = "", hits.close();
	}
	input.addEventListener("input", () => {
		hits.open(findClasses(model.get("classes"), input.value), 0, input.value.trim() && "no such class");
	}, { signal }), input.addEventListener("blur", close, { signal }), input.addEventListener("keydown", (event) => {
		if (event.key === "ArrowDown") hits.move(1);
		else if (event.key === "ArrowUp") hits.move(-1);
		else return event.key === "Enter" ? hits.choose() : event.key === "Escape" ? close() : void 0;
		event.preventDefault();
	}, { signal });
}

// src/views/classes.js
function classesView(model, el, { title, name, automatic, asked, ask, answered, barred, watch }, signal) {
	let list = h("div.xai-classes", { role: "group", "aria-label": name }), none = h("button.xai-automatic", { disabled: model.isStatic }, automatic);
	el.append(h("h3", title), none, list), classSearch(model, el, ask, signal), none.addEventListener("click", () => ask(null), { signal });
	function create() {
		let row = predictionRow(h("button"));
		return row.addEventListener("click", () => ask(Number(row.dataset.index)), { signal }), row;
	}
	watch(() => {
		let target = asked();
		setAttribute(none, "aria-pressed", String(target === null)), fillList(list, shownScores(model, target), create, (row, score) => {
			fillPredictionRow(row, score), row.dataset.index = String(score.index), row.disabled = model.isStatic || score.index === barred?.(), setAttribute(row, "aria-pressed", String(score.index === target)), row.classList.toggle("xai-explained", score.index === (target ?? answered()));
		});
	});
}
function shownScores(model, target) {
	let prediction = model.get("prediction");
	if (!prediction) return [];
	let { top } = prediction;
	if (target === null || top.some(({ index }) => index === target)) return top;
	let pending = { index: target, label: model.get("classes")[target] ?? String(target), probability: NaN, logit: NaN };
	return [...top, prediction.target?.index === target ? prediction.target : pending];
}

// src/views/ledger.js
function createLedger(el) {
	let list = h("dl.xai-ledger", { "aria-label": "Ledger" });
	return el.append(list), (entries2) => {
		list.hidden = !entries2.length, fillList(list, entries2, () => h("div", h("dt"), h("dd")), (item, { name, value, title }) => {
			item.children[0].textContent = name, item.children[1].textContent = value, item.title = title;
		});
	};
}

// src/views/contrast-ledger.js
function contrastLedger(model, el) {
	let show = createLedger(el);
	model.watchView(["morph"], () => {
		let { morph } = model.view;
		show(morph ? entries(morph.contrast, morph.labels) : []);
	});
}
function entries(c, labels) {
	let kind = c.partial ? "partial" : c.converged ? "reached" : "not reached";
	return [
		{ name: "distance", value: short(c.distance), title: "between the latent vectors of the picture and of the end" },
		{ name: "steps", value: count(c.steps), title: "of the search" },
		{ name: "gap at the boundary", value: short(c.gap_at_end), title: "log-likelihood of the true class less that of the probe, at the end" },
		{ name: "third class", value: c.third_class < 0 ? "none" : labels[c.third_class], title: "one that beats both at the end" },
		{ name: "reconstruction error", value: short(c.reconstruction_error), title: "what the generator misses of the picture" },
		{ name: "evaluations", value: count(c.evaluations), title: "runs of the model" },
		{ name: "gradients", value: count(c.gradients), title: "runs backwards through model and generator" },
		{ name: "time", value: duration(c.seconds), title: "seconds of computing" },
		{ name: "seed", value: String(c.seed), title: "the same seed gives the same numbers" },
		{ name: "device", value: c.device, title: "where the model ran" },
		{ name: "kind", value: kind, title: "reached: the end lies on the boundary; not reached: the nearest found" }
	];
}

// src/lib/plot.js
function linearScale([low, high], [start, end]) {
	let factor = (end - start) / (high - low || 1);
	return (value) => Math.round(10 * (start + (value - low) * factor)) / 10;
}
function valueAt([low, high], [start, end], place) {
	return Math.max(low, Math.min(high, low + (place - start) / (end - start) * (high - low)));
}
function domainOf(lines) {
	let [low, high] = [1 / 0, -1 / 0], stretch = (value) => {
		Number.isFinite(value) && (low = Math.min(low, value), high = Math.max(high, value));
	};
	for (let { y, error } of lines)
		for (let i = 0; i < y.length; i += 1)
			stretch(y[i] - (error?.[i] ?? 0)), stretch(y[i] + (error?.[i] ?? 0));
	return low > high ? [0, 1] : [low, high];
}
function pathOf(xs, ys, x, y) {
	let path = "", pen = !1;
	for (let i = 0; i < ys.length; i += 1) {
		let known = Number.isFinite(xs[i]) && Number.isFinite(ys[i]);
		known && (path += `${pen ? "L" : "M"}${x(xs[i])} ${y(ys[i])}`), pen = known;
	}
	return path;
}
function nearest(xs, value) {
	let best = xs.length - 1;
	for (let i = 0; i < xs.length; i += 1) Math.abs(xs[i] - value) < Math.abs(xs[best] - value) && (best = i);
	return best;
}

// node_modules/d3-array/src/ticks.js
var e10 = Math.sqrt(50), e5 = Math.sqrt(10), e2 = Math.sqrt(2);
function tickSpec(start, stop, count2) {
	let step = (stop - start) / Math.max(0, count2), power = Math.floor(Math.log10(step)), error = step / Math.pow(10, power), factor = error >= e10 ? 10 : error >= e5 ? 5 : error >= e2 ? 2 : 1, i1, i2, inc;
	return power < 0 ? (inc = Math.pow(10, -power) / factor, i1 = Math.round(start * inc), i2 = Math.round(stop * inc), i1 / inc < start && ++i1, i2 / inc > stop && --i2, inc = -inc) : (inc = Math.pow(10, power) * factor, i1 = Math.round(start / inc), i2 = Math.round(stop / inc), i1 * inc < start && ++i1, i2 * inc > stop && --i2), i2 < i1 && 0.5 <= count2 && count2 < 2 ? tickSpec(start, stop, count2 * 2) : [i1, i2, inc];
}
function ticks(start, stop, count2) {
	if (stop = +stop, start = +start, count2 = +count2, !(count2 > 0)) return [];
	if (start === stop) return [start];
	let reverse = stop < start, [i1, i2, inc] = reverse ? tickSpec(stop, start, count2) : tickSpec(start, stop, count2);
	if (!(i2 >= i1)) return [];
	let n = i2 - i1 + 1, ticks2 = new Array(n);
	if (reverse)
		if (inc < 0) for (let i = 0; i < n; ++i) ticks2[i] = (i2 - i) / -inc;
		else for (let i = 0; i < n; ++i) ticks2[i] = (i2 - i) * inc;
	else if (inc < 0) for (let i = 0; i < n; ++i) ticks2[i] = (i1 + i) / -inc;
	else for (let i = 0; i < n; ++i) ticks2[i] = (i1 + i) * inc;
	return ticks2;
}

// src/views/plot.js
var MARGINS = { left: 46, right: 18, top: 8, bottom: 20 }, NAME = 14, TICK_DISTANCE = 32;
function drawPlot({ label, x: along, y: up, lines }, { width, height }) {
	let box = { left: MARGINS.left, right: width - MARGINS.right, top: MARGINS.top, bottom: height - MARGINS.bottom - (along.name ? NAME : 0) }, [low, high] = up.domain ?? domainOf(lines), x = linearScale(along.domain, [box.left, box.right]), y = linearScale([low, high], [box.bottom, box.top]);
	return { element: svg(
		"svg",
		{ viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
		...ticks(low, high, Math.round((box.bottom - box.top) / TICK_DISTANCE)).flatMap((value) => [
			svg("path", { class: "xai-grid-line", d: `M${box.left} ${y(value)}H${box.right}` }),
			svg("text", { x: box.left - 5, y: y(value) + 4, "text-anchor": "end" }, short(value))
		]),
		...ticks(...along.domain, 5).flatMap((value) => [
			svg("path", { class: "xai-grid-line", d: `M${x(value)} ${box.bottom}v4` }),
			svg("text", { x: x(value), y: box.bottom + 15, "text-anchor": "middle" }, along.format(value))
		]),
		svg("text", { x: (box.left + box.right) / 2, y: height - 5, "text-anchor": "middle" }, along.name),
		svg("text", { transform: `translate(10 ${(box.top + box.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, up.name),
		...lines.flatMap((line) => line.error ? svg("path", { class: `xai-band xai-${line.kind}`, d: bandOf(line, line.error, x, y) }) : []),
		...lines.map(
			({ kind, dashed, ...line }) => svg("path", { class: `xai-line xai-${kind}${dashed ? " xai-dashed" : ""}`, d: pathOf(line.x, line.y, x, y) })
		)
	), x, y, box };
}
function bandOf(line, error, x, y) {
	let xs = Array.from(line.x), [upper, lower] = [1, -1].map((side) => Array.from(line.y, (value, i) => value + side * error[i]));
	return `${pathOf([...xs, ...xs.reverse()], [...upper, ...lower.reverse()], x, y)}Z`;
}

// src/views/line-plot.js
var SHAPES = { circle: "M-4 0a4 4 0 0 1 8 0a4 4 0 0 1-8 0", triangle: "M0-6L6 5H-6Z", cross: "M-3-3L3 3M3-3L-3 3" }, FLAG_GAP = 4;
function createLinePlot(height, signal, onPick, hovers = !1) {
	let flags = h("div.xai-flags"), holder = h("div.xai-plot-area"), legend = h("figcaption.xai-plot-values"), root = h("figure.xai-plot", flags, holder, legend), cursor = svg("path", { class: "xai-cursor" }), plot = null, drawn = null, domain = [0, 1], at = null, paint = oncePerFrame(() => {
		let width = holder.clientWidth;
		signal.aborted || !plot || !width || (domain = plot.y.domain ?? domainOf([...plot.lines, { y: plot.levels ?? [] }]), drawn = drawPlot({ ...plot, y: { ...plot.y, domain } }, { width, height }), drawMarks(drawn, plot), drawn.element.append(cursor), holder.replaceChildren(drawn.element), legend.replaceChildren(...plot.lines.map(({ kind, dashed }) => h("span", { class: `xai-key xai-${kind}${dashed ? " xai-dashed" : ""}` }, h("strong"), h("span")))), placeFlags(), placeCursor());
	}), resized = new ResizeObserver(paint);
	resized.observe(holder), signal.addEventListener("abort", () => resized.disconnect());
	function placeCursor() {
		if (!drawn || !plot) return;
		let { box, x } = drawn;
		setAttribute(cursor, "d", at === null ? null : `M${x(at)} ${box.top}V${box.bottom}`), plot.lines.forEach(({ name, x: xs, y }, i) => {
			let index = at === null ? -1 : nearest(xs, at), [title, value] = legend.children[i].children;
			title.textContent = typeof name == "string" ? name : name(index), value.textContent = index < 0 ? "" : short(y[index]);
		});
	}
	function placeFlags() {
		if (!drawn) return;
		let rows = [], width = flags.clientWidth, tallest = 0;
		for (let flag of [...flags.children]) {
			let left = Math.max(0, Math.min(drawn.x(Number(flag.dataset.x)), width - flag.offsetWidth)), free = rows.findIndex((end) => end + FLAG_GAP <= left), row = free < 0 ? rows.length : free;
			rows[row] = left + flag.offsetWidth, tallest = Math.max(tallest, flag.offsetHeight + FLAG_GAP), flag.style.left = `${left}px`, flag.style.top = `${row * tallest}px`;
		}
		flags.style.height = `${rows.length * tallest}px`;
	}
	function show(next) {
		plot = next, paint();
	}
	function point(x) {
		at = x, placeCursor();
	}
	function locate(event, use) {
		if (!drawn || !plot) return;
		let { left, right, top, bottom } = drawn.box, place = holder.getBoundingClientRect();
		use(valueAt(plot.x.domain, [left, right], event.clientX - place.left), valueAt(domain, [bottom, top], event.clientY - place.top));
	}
	if (hovers && (holder.addEventListener("pointermove", (event) => locate(event, point), { signal }), holder.addEventListener("pointerleave", () => point(null), { signal })), onPick) {
		holder.classList.add("xai-pickable");
		let pick = (event) => locate(event, onPick);
		holder.addEventListener("pointerdown", (event) => {
			event.button || (holder.setPointerCapture(event.pointerId), event.preventDefault(), pick(event));
		}, { signal }), holder.addEventListener("pointermove", (event) => holder.hasPointerCapture(event.pointerId) && pick(event), { signal });
	}
	return { root, flags, show, point };
}
function drawMarks({ element, x, y, box }, { levels = [], stretches = [], markers = [] }) {
	element.prepend(
		...stretches.map(
			({ from, to, kind = "" }) => svg("path", { class: `xai-stretch ${kind}`, d: `M${x(from)} ${box.bottom}V${box.top}H${x(to)}V${box.bottom}` })
		),
		...levels.map((value) => svg("path", { class: "xai-level", d: `M${box.left} ${y(value)}H${box.right}` }))
	), element.append(...markers.map(({ shape = "circle", kind, ...at }) => {
		let look = { class: `xai-marker xai-${kind} xai-${shape}`, transform: `translate(${x(at.x)} ${y(at.y)})` };
		return svg("path", { ...look, d: SHAPES[shape] });
	}));
}

// src/lib/icons.js
var SHAPES2 = {
	erase: "M6 13h7M3.2 9.8 9 4l4 4-5 5H6z",
	blur: "M8 2.5c2.4 2.8 4 5 4 7a4 4 0 0 1-8 0c0-2 1.6-4.2 4-7z",
	paste: "M5 3.5H3.5v10h9v-10H11M6 2h4v3H6zM6 9h4M6 11.2h4",
	up: "M8 13V3M4 7l4-4 4 4",
	down: "M8 3v10M4 9l4 4 4-4",
	left: "M13 8H3M7 4 3 8l4 4",
	right: "M3 8h10M9 4l4 4-4 4",
	anticlockwise: "M3 3v3.5h3.5M3.4 6.3A5.2 5.2 0 1 1 3 9.5",
	clockwise: "M13 3v3.5H9.5M12.6 6.3A5.2 5.2 0 1 0 13 9.5",
	smaller: "M7 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM5.5 8h3M9.6 10.6 13 14",
	larger: "M7 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM5.5 8h3M7 6.5v3M9.6 10.6 13 14",
	undo: "M6.5 3 3 6.5 6.5 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
	redo: "M9.5 3 13 6.5 9.5 10M13 6.5H6.5a3.5 3.5 0 0 0 0 7H9",
	run: "M5 3.2v9.6L12.6 8z",
	pause: "M5 3.5h1.6v9H5zM9.4 3.5H11v9H9.4z",
	stop: "M4.5 4.5h7v7h-7z",
	close: "M4.5 4.5l7 7M11.5 4.5l-7 7",
	grip: "M5 6h.01M8 6h.01M11 6h.01M5 10h.01M8 10h.01M11 10h.01"
};
function icon(name) {
	let path = svg("path", { d: SHAPES2[name] });
	return svg("svg", { viewBox: "0 0 16 16", class: "xai-icon", "aria-hidden": "true" }, path);
}

// src/views/stage.js
function createStage(largest2) {
	let base = h("canvas.xai-picture", { role: "img" }), overlay = h("canvas.xai-overlay", { role: "img" }), layers = h("div.xai-layers", base, overlay), stage = h("div.xai-stage", layers);
	function show(picture, name) {
		paintPicture(base, picture), base.setAttribute("aria-label", `${name}, ${picture.height} by ${picture.width} pixels`), stage.style.aspectRatio = `${picture.width} / ${picture.height}`, stage.style.maxWidth = `${Math.round(largest2 * Math.min(1, picture.width / picture.height))}px`;
	}
	return { stage, layers, base, overlay, show };
}

// src/views/morph.js
var LARGEST = 260;
function morphView(model, el, signal) {
	let panels = {
		picture: createPanel("original", signal),
		morph: createPanel("morph", signal),
		rival: createPanel("rival", signal),
		direct: createPanel("direct", signal)
	}, row = h("div.xai-figures", ...Object.values(panels).map(({ root }) => root));
	el.append(row);
	let draw = oncePerFrame(() => {
		if (signal.aborted) return;
		let { morph, rival, range } = model.view, position = model.get("position"), picture = model.get("picture"), opacity = model.get("opacity"), direct = model.get("direct_map"), running = model.get("status").state === "running";
		panels.picture.show(picture && { title: "the picture", caption: seenFirst(model), picture }, opacity), panels.morph.show(morph && panelOf(morph, position, range, running, "on the way"), opacity), panels.rival.show(rival && panelOf(rival, position, range, running, "xGEMs"), opacity), panels.direct.show(direct && picture && directPanel(direct, picture), opacity), row.style.setProperty("--xai-figures", String(Object.values(panels).filter(({ root }) => !root.hidden).length)), morph && model.acknowledge(Math.max(morph.contrast.frame, rival?.contrast.frame ?? -1));
	});
	model.watch(["picture", "prediction", "position", "opacity", "direct_map", "status"], draw), model.watchView(["morph", "rival", "range"], draw);
}
function seenFirst(model) {
	let first = model.get("prediction")?.top[0];
	return first ? `seen as ${first.label}, ${percent(first.probability)}` : "";
}
function panelOf(morph, position, range, running, title) {
	let { converged, partial } = morph.contrast, badge = running || converged ? "" : partial ? "stopped early" : "not reached – the nearest found";
	return {
		title: `${title}, ${percent(position, 0)}`,
		caption: seenAt(morph, position),
		badge,
		picture: pictureAt(morph, position),
		difference: differenceAt(morph, position),
		range
	};
}
function seenAt({ contrast, curves, labels }, position) {
	let { below, share } = between(contrast.frames.shape[0], position), frame = share < 0.5 ? below : below + 1;
	return `seen as ${labels[curves.seen[frame]]}, ${percent(curves.probability[frame])}`;
}
function directPanel({ name, values, kept, weights, note }, picture) {
	let [height, width] = values.shape, range = automaticRange([values]), spread = weights && weights[0] !== weights[1] ? `, weights ${weights.map((weight) => weight.toPrecision(2)).join(" to ")}` : "", caption = note || `${kept} of 400 weightings work${spread}; full colour at ±${range.toPrecision(2)}`;
	return { title: name, caption, picture, difference: { height, width, values, scale: 1 }, range };
}
function createPanel(kind, signal) {
	let { stage, layers, base, overlay, show: showPicture } = createStage(LARGEST), title = h("figcaption"), caption = h("p.xai-caption"), badge = h("span.xai-badge");
	stage.append(badge);
	let root = h(`figure.xai-figure.xai-${kind}`, { hidden: !0 }, title, stage, caption), shown = null, fit = () => [base, overlay].forEach((canvas) => canvas.classList.toggle("xai-squares", showsSquares(layers.clientWidth / canvas.width))), resized = new ResizeObserver(fit);
	resized.observe(layers), signal.addEventListener("abort", () => resized.disconnect());
	function show(next, opacity) {
		if (root.hidden = !next, !next) return;
		let { picture, difference, range = 1 } = next;
		title.textContent = next.title, caption.textContent = next.caption, caption.title = next.caption, badge.textContent = next.badge ?? "", badge.hidden = !next.badge, picture !== shown?.picture && showPicture(picture, next.title), overlay.hidden = !difference, overlay.style.setProperty("--xai-map-opacity", String(opacity)), overlay.setAttribute("aria-label", difference ? `${next.title}: ${next.caption}` : ""), difference && (difference.values !== shown?.difference?.values || range !== shown.range) && paintPixels(overlay, difference, range), shown = next, fit();
	}
	return { root, show };
}

// src/views/scrubber.js
var PLAYED_IN = 2e3, STILL = 500, STILLS = 8;
function scrubberView(model, el, signal) {
	let play = h("button.xai-button.xai-play", icon("run")), slider2 = h("input.xai-position", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "Morph" }), root = h("div.xai-scrubber", play, slider2);
	el.append(root);
	let calm = matchMedia("(prefers-reduced-motion: reduce)");
	model.watch(["position"], () => {
		let position = model.get("position");
		slider2.value = String(position);
		let { morph } = model.view;
		setAttribute(slider2, "aria-valuetext", `${percent(position, 0)} of the way${morph ? `, ${seenAt(morph, position)}` : ""}`);
	}), model.watchView(["morph"], () => {
		root.hidden = !model.view.morph, root.hidden && model.setView({ playing: !1 });
	}), model.watchView(["playing"], () => {
		play.replaceChildren(icon(model.view.playing ? "pause" : "run")), setAttribute(play, "aria-label", model.view.playing ? "Pause" : "Play");
	});
	let start = { time: 0, position: 0 };
	function step(time) {
		if (signal.aborted || !model.view.playing) return;
		let duration2 = calm.matches ? STILL * STILLS : PLAYED_IN, far = Math.min(1, start.position + (time - start.time) / duration2), position = calm.matches && far < 1 ? Math.floor(far * STILLS) / STILLS : far;
		moveTo(model, Math.max(position, start.position)), far === 1 ? model.setView({ playing: !1 }) : requestAnimationFrame(step);
	}
	function toggle() {
		let playing = !model.view.playing;
		if (model.setView({ playing }), !playing) return;
		let position = model.get("position");
		start = { time: performance.now(), position: position < 1 ? position : 0 }, requestAnimationFrame(step);
	}
	play.addEventListener("click", toggle, { signal }), slider2.addEventListener("input", () => {
		model.setView({ playing: !1 }), moveTo(model, slider2.valueAsNumber);
	}, { signal }), slider2.addEventListener("keydown", (event) => {
		event.key === " " && (event.preventDefault(), toggle());
	}, { signal });
}
var moveTo = (model, position) => model.set({ position: Math.round(1e4 * position) / 1e4 });

// src/views/contrast-plots.js
var LIKELIHOOD_HEIGHT = 190, CONSTRAINTS_HEIGHT = 150;
function contrastPlots(model, el, signal) {
	let pick = (position) => {
		model.setView({ playing: !1 }), moveTo(model, position);
	}, likelihood = createLinePlot(LIKELIHOOD_HEIGHT, signal, pick), constraints = createLinePlot(CONSTRAINTS_HEIGHT, signal, pick), root = h("div.xai-plots", likelihood.root, constraints.root);
	el.append(root), model.watchView(["morph", "rival"], () => {
		let { morph, rival } = model.view;
		if (root.hidden = !morph, !morph) return;
		let intruders = takenOver(morph, rival);
		fillList(likelihood.flags, intruders, createFlag, (flag, { index, from, label, kind }) => {
			flag.textContent = `${kind ? "xGEMs: " : ""}${label} takes over`, flag.dataset.x = String(from), flag.dataset.index = String(index), flag.classList.toggle("xai-rival", !!kind), setAttribute(flag, "aria-label", `Ask about ${label}`);
		}), likelihood.show(likelihoodPlot(morph, rival, intruders)), constraints.show(constraintsPlot(morph, rival));
	}), model.watch(["position"], () => {
		likelihood.point(model.get("position")), constraints.point(model.get("position"));
	});
	function createFlag() {
		let flag = h("button.xai-button.xai-intruder", { disabled: model.isStatic });
		return flag.addEventListener("click", () => model.set({ probe: Number(flag.dataset.index) }), { signal }), flag;
	}
}
function takenOver(morph, rival) {
	let stretches = ({ contrast, labels }, kind) => takeovers(contrast.intruders).map((stretch) => ({ ...stretch, label: labels[stretch.index], kind }));
	return [...stretches(morph, ""), ...rival ? stretches(rival, "xai-rival") : []];
}
function likelihoodPlot(morph, rival, stretches) {
	let { true_label: truth, probe_label: probe } = morph.contrast, lines = ({ curves: { at, truth: own, probe: other, third, thirdClass }, labels }, suffix) => {
		let thirdName = (i) => i < 0 ? "third" : `third: ${labels[thirdClass[i]]}`;
		return [
			{ name: truth + suffix, kind: "true", x: at, y: own, dashed: !!suffix },
			{ name: probe + suffix, kind: "probe", x: at, y: other, dashed: !!suffix },
			...labels.length > 2 ? [{ name: (i) => thirdName(i) + suffix, kind: "third", x: at, y: third, dashed: !!suffix }] : []
		];
	};
	return {
		label: `Log-likelihoods along the morph of ${truth}, ${probe} and the strongest third class`,
		x: { name: "", domain: [0, 1], format: (share) => percent(share, 0) },
		y: { name: "log-likelihood" },
		lines: [...lines(morph, ""), ...rival ? lines(rival, " (xGEMs)") : []],
		levels: [0],
		stretches
	};
}
function constraintsPlot(morph, rival) {
	let lines = ({ curves: { at, gap, violation, penalty } }, suffix) => [
		{ name: `penalty${suffix}`, kind: "penalty", x: at, y: penalty, dashed: !!suffix },
		{ name: `gap${suffix}`, kind: "gap", x: at, y: gap, dashed: !!suffix },
		{ name: `third class${suffix}`, kind: "third", x: at, y: violation, dashed: !!suffix }
	].filter(({ y }) => y.some(Number.isFinite));
	return {
		label: "Residuals along the morph: the gap to the boundary, the strongest third class, and the penalty for both",
		x: { name: "from the picture to the boundary", domain: [0, 1], format: (share) => percent(share, 0) },
		y: { name: "residual" },
		lines: [...lines(morph, ""), ...rival ? lines(rival, " (xGEMs)") : []],
		levels: [0]
	};
}

// src/views/colour-bar.js
var STEPS = 41;
function createColourBar(numbers, ...notes) {
	let title = h("span.xai-legend-title"), bar = h("div.xai-colour-bar", { "aria-hidden": "true" }), ticks2 = h("div.xai-ticks"), root = h("div.xai-legend", title, h("div.xai-scale", bar, ticks2), ...notes);
	function show(text, range, opacity) {
		title.textContent = text, bar.style.background = gradient(range, opacity), fillList(ticks2, ticks(-range, range, numbers), () => h("span"), (tick, value) => {
			tick.textContent = signed(value), tick.style.left = `${50 + 50 * value / range}%`;
		});
	}
	return { root, show };
}
function gradient(range, opacity) {
	return `linear-gradient(to right, ${Array.from({ length: STEPS }, (_, i) => {
		let share = 2 * i / (STEPS - 1) - 1;
		return `${cssColour(colourOf(share * range, range), opacity)} ${100 * i / (STEPS - 1)}%`;
	}).join(", ")}), #fff`;
}

// src/views/filmstrip.js
function filmstripView(model, el, signal) {
	let strip = h("div.xai-filmstrip.xai-live", { role: "group", "aria-label": "Pictures" });
	el.append(strip);
	function create(position) {
		let button = h("button.xai-thumbnail", h("canvas", { "aria-hidden": "true" }), h("span"));
		return button.addEventListener("click", () => model.set({ index: position }), { signal }), button;
	}
	model.watch(["pictures"], () => {
		let pictures = model.get("pictures");
		strip.hidden = pictures.length < 2, fillList(strip, strip.hidden ? [] : pictures, create, (button, { name, thumbnail }) => {
			paintPicture(button.firstElementChild, thumbnail), button.lastElementChild.textContent = name, button.title = name;
		});
	}), model.watch(["index", "pictures"], () => {
		[...strip.children].forEach((button, position) => {
			setAttribute(button, "aria-pressed", String(position === model.get("index")));
		});
	});
}

// src/views/multiples.js
var SIDE = 92;
function multiplesView(model, el, signal) {
	let row = h("div.xai-multiples", { role: "group", "aria-label": "All classes" }), title = h("h3"), root = h("div.xai-all-classes", title, row);
	el.append(root);
	function create() {
		let { stage, base, overlay, show } = createStage(SIDE), [name, text, badge] = [h("strong"), h("span.xai-label"), h("span.xai-badge")];
		for (let canvas of [base, overlay]) setAttribute(canvas, "aria-hidden", "true");
		stage.append(badge);
		let tile = h("button.xai-multiple", { disabled: model.isStatic }, stage, name, text);
		return tile.addEventListener("click", () => model.set({ probe: Number(tile.dataset.probe) }), { signal }), Object.assign(tile, { parts: { base, overlay, show, name, text, badge } });
	}
	model.watch(["all_classes", "others"], draw), model.watch(["opacity"], () => row.style.setProperty("--xai-map-opacity", String(model.get("opacity")))), model.watch(["probe", "contrast", "others"], () => {
		let asked = model.get("probe") ?? model.get("contrast")?.probe;
		for (let tile of row.children) setAttribute(tile, "aria-pressed", String(Number(tile.dataset.probe) === asked));
	}), model.watchView(["range"], draw);
	function draw() {
		let others = model.get("all_classes") ? model.get("others") : [];
		root.hidden = !others.length;
		let all = model.get("classes").length - 1;
		title.textContent = others.length < all ? `${others.length} of ${count(all)} other classes, each at its boundary` : "Every other class, at its boundary", fillList(row, others, create, (tile, other) => {
			let { parts: { base, overlay, show, name, text, badge } } = tile, { probe, label, picture } = other;
			tile.dataset.probe = String(probe), tile.title = describe(other), setAttribute(tile, "aria-label", `Why not ${label}`), name.textContent = label, text.textContent = `distance ${short(other.distance)}`, badge.textContent = badgeOf(model, other), badge.hidden = !badge.textContent, show(picture, label);
			for (let canvas of [base, overlay]) canvas.classList.toggle("xai-squares", picture.width < SIDE);
			paintPixels(overlay, differenceOf(other), model.view.range);
		});
	}
}
function badgeOf(model, { converged, third_class }) {
	return third_class >= 0 ? `${model.get("classes")[third_class]} wins` : converged ? "" : "not reached";
}
function describe({ label, probability, converged, distance }) {
	return `${label}: ${percent(probability)}, ${converged ? "reached" : "not reached"} at a distance of ${short(distance)}`;
}

// src/views/question.js
function questionView(model, el) {
	let [truth, probe] = [h("strong.xai-true"), h("strong.xai-probe")], root = h("h2.xai-question", "Why ", truth, " and not ", probe, "?");
	el.append(root), model.watch(["prediction", "probe", "contrast", "classes"], () => {
		let [first, second] = model.get("prediction")?.top ?? [], contrast = model.get("contrast"), asked = model.get("probe");
		truth.textContent = first?.label ?? contrast?.true_label ?? "…", probe.textContent = (asked === null ? contrast?.probe_label ?? second?.label : model.get("classes")[asked]) ?? "…";
	});
}

// src/views/run.js
function runView(model, places, words, signal) {
	let { start = () => "Run", stop = "Cancel", stopping = "Cancelling…" } = words, word = h("span"), button = h("button.xai-button.xai-primary.xai-run.xai-live", icon("run"), word), fill = h("div.xai-progress-fill"), bar = h("div.xai-progress", { role: "progressbar", "aria-label": words.work }, fill), figures = h("span.xai-progress-text"), spoken = h("span.xai-status", { role: "status", "aria-live": "polite" });
	places.button.append(button), places.progress.append(bar, h("div.xai-progress-line", spoken, figures)), alertView(model, places.alert, signal);
	let lastDone = 0;
	model.watch(["status"], () => {
		let { state, done, total, seconds, note } = model.get("status"), running = state === "running", startedAnew = done < lastDone;
		lastDone = done, (!running || startedAnew) && model.view.cancelling && model.setView({ cancelling: !1 }), bar.classList.toggle("xai-running", running), fill.style.width = `${state === "done" ? 100 : total ? Math.min(100, 100 * done / total) : 0}%`, setAttribute(bar, "aria-valuemin", 0), setAttribute(bar, "aria-valuemax", total), setAttribute(bar, "aria-valuenow", done);
		let parts = [count(done), total && `of ${count(total)}`, words.unit], amount = done || total ? `${parts.filter(Boolean).join(" ")}, ${duration(seconds)}` : "";
		figures.textContent = [amount, note].filter(Boolean).join(" · "), showButton(), say();
	});
	function showButton() {
		let running = model.get("status").state === "running", { cancelling } = model.view;
		word.textContent = running ? cancelling ? stopping : stop : start(), button.firstElementChild?.replaceWith(icon(running ? "stop" : "run")), button.classList.toggle("xai-stopping", running), setDisabled(button, running && cancelling);
	}
	function say() {
		let text = model.view.notice || words.instead?.() || describe2(model.get("status"), model.view.cancelling && stopping, words.partial);
		spoken.textContent !== text && (spoken.textContent = text);
	}
	function refresh() {
		showButton(), say();
	}
	model.watchView(["cancelling", "notice"], refresh);
	async function cancel() {
		let answer = model.command("cancel");
		model.setView({ cancelling: !0 }), await answer || model.setView({ cancelling: !1 });
	}
	return button.addEventListener("click", () => {
		if (isDisabled(button)) return;
		model.get("status").state === "running" ? cancel() : model.command("run");
	}, { signal }), refresh;
}
function alertView(model, el, signal) {
	let message = h("span", { role: "alert" }), close = h("button.xai-away", { "aria-label": "Dismiss" }, icon("close")), root = h("div.xai-alert", message, close);
	el.append(root);
	let dismissed = null, pressing = () => model.view.problem ?? (model.get("error")?.column == null ? model.get("error") : null);
	function show() {
		let problem = pressing(), text = problem && problem !== dismissed ? problem.message : "";
		message.textContent !== text && (message.textContent = text), root.hidden = !text;
	}
	model.watch(["error"], show), model.watchView(["problem"], show), close.addEventListener("click", () => {
		dismissed = pressing(), show();
	}, { signal });
}
function describe2({ state }, stopping, partial) {
	return state === "running" ? stopping || "Running" : { idle: "Ready", done: "Done", partial: `Stopped early: ${partial}`, error: "Failed" }[state];
}

// src/views/controls.js
var DIGITS = 12, untyped = (model) => model;
function settingRow(el, name, ...controls) {
	let [first, ...rest] = controls, label = h("label.xai-setting", h("span.xai-label", name), first);
	el.append(h("div.xai-setting-row", label, ...rest));
}
function choice(model, el, signal, name, trait, options, from = []) {
	let select = h(`select.xai-${trait}`);
	settingRow(el, name, select), model.watch([trait, ...from], () => {
		let wanted = options(), shown = Array.from(select.options, ({ value }) => value);
		(wanted.length !== shown.length || wanted.some(([value], i) => value !== shown[i])) && select.replaceChildren(...wanted.map(([value, label]) => h("option", { value }, label))), select.value = String(model.get(trait));
	}), select.addEventListener("change", () => setTrait(model, trait, select.value), { signal });
}
function numberField(model, el, signal, { name, label, kind, least, most, scale, unit, optional, empty }) {
	let step = kind === "int" ? 1 : "any", [min, max] = [least ?? -Number.MAX_SAFE_INTEGER, most ?? Number.MAX_SAFE_INTEGER].map((bound) => scale * bound), input = h(`input.xai-${name}`, { type: "number", min, max, step, placeholder: optional ? empty || "none" : void 0 });
	settingRow(el, label, input, ...unit ? [h("span.xai-label", unit)] : []), followNumber(untyped(model), input, name, signal, scale);
}
function textField(model, el, signal, label, name, kind) {
	let input = h(`input.xai-${name}`, { type: "text" });
	settingRow(el, label, input);
	let show = () => {
		input.value = kind === "list" ? model.get(name).join(", ") : model.get(name);
	};
	model.watch([name], () => {
		document.activeElement !== input && show();
	}), input.addEventListener("change", () => {
		let numbers = input.value.split(/[\s,;]+/).filter(Boolean).map(Number);
		(kind === "str" || numbers.every(Number.isFinite)) && setTrait(untyped(model), name, kind === "str" ? input.value : numbers), show();
	}, { signal });
}
function followNumber(model, input, trait, signal, factor = 1) {
	let show = () => {
		let value = model.get(trait);
		input.value = value === null ? "" : String(Number((factor * value).toPrecision(DIGITS)));
	};
	model.watch([trait], () => {
		document.activeElement !== input && show();
	}), input.addEventListener("change", () => {
		let value = input.step === "1" ? Math.round(input.valueAsNumber) : input.valueAsNumber;
		Number.isFinite(value) ? setTrait(model, trait, Number((Math.max(Number(input.min), Math.min(Number(input.max), value)) / factor).toPrecision(DIGITS))) : input.placeholder && !input.validity.badInput && setTrait(model, trait, null), show();
	}, { signal }), input.addEventListener("blur", show, { signal });
}
function slider(model, el, signal, { name, label, least, most, unit, scale }) {
	let [min, max] = [least ?? 0, most ?? 1], input = h(`input.xai-${name}`, { type: "range", min, max, step: (max - min) / 100 }), shown = h("output");
	settingRow(el, label, input, shown), model.watch([name], () => {
		input.value = String(model.get(name)), shown.textContent = [short(scale * model.get(name)), unit].filter(Boolean).join(" ");
	}), input.addEventListener("input", () => setTrait(untyped(model), name, input.valueAsNumber), { signal });
}
function checkbox(model, el, signal, name, trait) {
	let input = h(`input.xai-${trait}`, { type: "checkbox" });
	el.append(h("label.xai-check", input, name)), model.watch([trait], () => {
		input.checked = !!model.get(trait);
	}), input.addEventListener("change", () => setTrait(model, trait, input.checked), { signal });
}
function setTrait(model, trait, value) {
	model.set({ [trait]: value });
}

// src/views/settings.js
function settingsPanel(model, el, signal, settings) {
	let places = /* @__PURE__ */ new Map();
	for (let setting of Object.values(settings)) {
		let { group, kind, pageOnly } = setting;
		places.has(group) || places.set(group, addGroup(el, group, places.size === 0));
		let place = places.get(group);
		model.isStatic && !pageOnly || control(model, kind === "bool" ? switches(place) : place, signal, setting);
	}
	return model.isStatic && settingsList(model, el, settings), places;
}
function addGroup(el, group, open) {
	let place = h("div.xai-settings");
	return open ? el.append(h("h3", group), place) : el.append(h("details.xai-folded", h("summary", group), place)), place;
}
function switches(place) {
	let last = place.lastElementChild;
	if (last?.classList.contains("xai-switches")) return last;
	let row = h("div.xai-switches");
	return place.append(row), row;
}
function control(model, el, signal, setting) {
	let { kind, label, name, choices, least, most, pageOnly } = setting;
	if (kind === "bool") return checkbox(untyped(model), el, signal, label, name);
	if (kind === "choice") {
		let options = choices ?? [];
		return choice(untyped(model), el, signal, label, name, () => options);
	}
	return kind === "str" || kind === "list" ? textField(model, el, signal, label, name, kind) : pageOnly && least !== null && most !== null ? slider(model, el, signal, setting) : numberField(model, el, signal, setting);
}
function settingsList(model, el, settings) {
	let shown = Object.values(settings).filter(({ pageOnly }) => !pageOnly), list = factList(el, "What was set", !0);
	model.watch(shown.map(({ name }) => name), () => {
		list(shown.map((setting) => [setting.label, valueText(setting, model.get(setting.name))]));
	});
}
function valueText({ kind, choices, unit, scale, empty }, value) {
	return value === null ? empty || "none" : Array.isArray(value) ? value.map((each) => short(scale * each)).join(", ") : kind === "bool" ? value ? "yes" : "no" : kind === "choice" ? choices?.find(([each]) => each === value)?.[1] ?? value : kind === "str" ? value : [kind === "int" ? String(value) : short(scale * value), unit].filter(Boolean).join(" ");
}
function factList(el, title, open) {
	let list = h("dl.xai-facts");
	return el.append(h("details.xai-folded", { open }, h("summary", title), list)), (facts) => {
		fillList(list, [...facts], () => h("div", h("dt"), h("dd")), (item, [name, value]) => {
			item.children[0].textContent = name, item.children[1].textContent = value;
		});
	};
}

// src/lib/take-away.js
async function copyText(text, place) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		copyBySelection(text, place);
	}
}
function copyBySelection(text, place) {
	let focused = document.activeElement, field = h("textarea.xai-hidden-field", { "aria-hidden": "true", readonly: !0 });
	field.value = text, place.append(field), field.select();
	let copied = document.execCommand("copy");
	if (field.remove(), focused instanceof HTMLElement && focused.focus({ preventScroll: !0 }), !copied) throw new Error("the browser does not allow it");
}
function saveFile(blob, name, place) {
	let address = URL.createObjectURL(blob), link = h("a", { href: address, download: name, hidden: !0 });
	place.append(link), link.click(), link.remove(), setTimeout(() => URL.revokeObjectURL(address), 1e4);
}

// src/views/take-away.js
function takeAwayView(model, el, { file, texts, files }, signal) {
	let bar = h("div.xai-take-away", { role: "group", "aria-label": "Take away" });
	el.append(bar);
	function button(name, action, extra = "") {
		let element = h("button", { class: `xai-button ${extra}` }, name);
		element.addEventListener("click", async () => {
			try {
				let notice = await action();
				notice && model.setView({ notice, problem: null });
			} catch (error) {
				model.setView({ problem: { message: `${name}: ${error instanceof Error ? error.message : error}`, column: null } });
			}
		}, { signal }), bar.append(element);
	}
	for (let [name, text] of Object.entries(texts))
		button(`Copy ${name}`, async () => (await copyText(text(), bar), `${capital(name)} copied`));
	let html = async () => {
		let answer = await model.command("html");
		return answer && new Blob([answer.html], { type: "text/html" });
	};
	for (let [kind, make] of Object.entries({ ...files, HTML: html }))
		button(`Save ${kind}`, async () => {
			let blob = await make();
			return blob && saveFile(blob, blob instanceof File ? blob.name : `${file}.${kind.toLowerCase()}`, bar), blob && `${capital(kind)} saved`;
		}, kind === "PNG" ? "" : "xai-live");
}
var capital = (text) => text[0].toUpperCase() + text.slice(1);

// src/widgets/contrast.js
var WORDS = { work: "Progress", unit: "", partial: "the way so far" };
function render({ model: widgetModel, el, signal: given }) {
	let controller = new AbortController(), { signal } = controller;
	given?.addEventListener("abort", () => controller.abort(), { signal });
	let model = bindModel(widgetModel, signal, { morph: null, rival: null, range: 1, playing: !1 });
	followMorphs(model);
	let top = h("div.xai-top"), progress = h("div.xai-progress-place"), left = h("div.xai-left"), classes = h("section.xai-panel", { "aria-label": "Classes" }), settings = h("section.xai-panel", { "aria-label": "Settings" }), side = h("div.xai-side-panels", classes, settings), main = h("div.xai-main", left, side), bottom = h("div.xai-bottom"), root = h("div.xai-root.xai-contrast", { role: "region", "aria-label": "Contrast" }, top, progress, main, bottom);
	root.classList.toggle("xai-static", model.isStatic), questionView(model, top), runView(model, { button: top, progress, alert: main }, WORDS, signal), filmstripView(model, left, signal), morphView(model, left, signal), scrubberView(model, left, signal), contrastPlots(model, left, signal), probesView(model, classes, signal);
	let places = settingsPanel(model, settings, signal, CONTRAST);
	return legendView(model, places.get(CONTRAST.opacity.group)), multiplesView(model, bottom, signal), contrastLedger(model, bottom), takeAway(model, bottom, root, signal), root.addEventListener("keydown", (event) => event.stopPropagation(), { signal }), el.append(root), () => {
		controller.abort(), root.remove();
	};
}
function legendView(model, el) {
	let { root, show: showBar } = createColourBar(3);
	el?.append(root);
	function show() {
		root.hidden = !model.view.morph, showBar("red: brighter than the picture, blue: darker", model.view.range, model.get("opacity"));
	}
	model.watch(["opacity"], show), model.watchView(["morph", "range"], show);
}
function probesView(model, el, signal) {
	classesView(model, el, {
		title: "Why not …?",
		name: "Class asked about",
		automatic: "runner-up (automatic)",
		asked: () => model.get("probe"),
		ask: (probe) => model.set({ probe }),
		answered: () => model.get("contrast")?.probe,
		barred: () => model.get("prediction")?.top[0]?.index,
		watch: (listener) => model.watch(["prediction", "probe", "contrast"], listener)
	}, signal);
}
function takeAway(model, el, root, signal) {
	takeAwayView(model, el, { file: "contrast", texts: { Python: () => model.get("code") }, files: { PNG: () => contrastPng(root), GIF: async () => {
		let answer = await model.command("gif");
		return answer && new Blob([bytesOfBase64(answer.gif)], { type: "image/gif" });
	} } }, signal);
}
var contrast_default = () => ({ initialize() {
}, render });
export {
	contrast_default as default
};

/* Contains parts of d3-array:

Copyright 2010-2023 Mike Bostock

Permission to use, copy, modify, and/or distribute this software for any purpose
with or without fee is hereby granted, provided that the above copyright notice
and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
*/

/* Contains parts of d3-scale-chromatic:

Copyright 2010-2024 Mike Bostock

Permission to use, copy, modify, and/or distribute this software for any purpose
with or without fee is hereby granted, provided that the above copyright notice
and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.

Apache-Style Software License for ColorBrewer software and ColorBrewer Color Schemes

Copyright 2002 Cynthia Brewer, Mark Harrower, and The Pennsylvania State University

Licensed under the Apache License, Version 2.0 (the "License"); you may not use
this file except in compliance with the License. You may obtain a copy of the
License at

http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software distributed
under the License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR
CONDITIONS OF ANY KIND, either express or implied. See the License for the
specific language governing permissions and limitations under the License.
*/
