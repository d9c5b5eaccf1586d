/* xaiwidgets, built by js/build.mjs; do not edit. sources sha256: 08df2e21824dd2c35a4f822602ecb0c687da7e023563f3dddf4f5bede422f839 */

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
function setBlocked(element, reason, title) {
	setDisabled(element, !!reason), setAttribute(element, "data-blocked", reason), setAttribute(element, "title", reason || title);
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

// src/lib/maps.js
function cellMapOf(attribution) {
	if (!attribution) return null;
	let [rows, columns] = attribution.cells.shape;
	return {
		values: attribution.cells,
		errors: attribution.standard_error ?? new Float32Array(attribution.cells.length),
		rows,
		columns,
		rowEdges: attribution.row_edges,
		columnEdges: attribution.column_edges,
		window: attribution.window
	};
}
var colourRange = (model) => model.get("color_range") ?? model.view.shown.range;
function cellBox({ rowEdges, columnEdges }, row, column) {
	return [rowEdges[row], columnEdges[column], rowEdges[row + 1] - rowEdges[row], columnEdges[column + 1] - columnEdges[column]];
}
function cellAt(map, point) {
	let row = map.rowEdges.findIndex((edge, i) => point.row >= edge && point.row < map.rowEdges[i + 1]), column = map.columnEdges.findIndex((edge, i) => point.column >= edge && point.column < map.columnEdges[i + 1]);
	return row < 0 || column < 0 ? null : { row, column };
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
var exactly = (value) => value == null || !Number.isFinite(value) ? "–" : fourDigits(value), signed = (value) => value && value > 0 ? `+${short(value)}` : short(value), count = formatter({ maximumFractionDigits: 0 });
function percent(share, digits = 1) {
	return Number.isFinite(share) ? digits && share > 0 && share < 5e-4 ? "< 0.1 %" : `${(100 * share).toFixed(digits)} %` : "–";
}
var duration = (seconds) => Number.isFinite(seconds) ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : "–";

// src/lib/ramp.js
var RAMP = [[103, 0, 31], [126, 8, 35], [148, 17, 39], [168, 29, 45], [184, 45, 53], [198, 65, 63], [209, 87, 75], [219, 109, 89], [228, 130, 104], [236, 151, 122], [243, 170, 140], [247, 188, 160], [250, 204, 180], [251, 217, 199], [250, 228, 216], [247, 236, 229], [242, 239, 238], [233, 239, 242], [222, 235, 242], [208, 228, 239], [191, 220, 235], [173, 210, 229], [152, 199, 223], [130, 186, 216], [107, 172, 208], [86, 157, 200], [68, 142, 193], [54, 127, 184], [42, 113, 174], [32, 97, 160], [23, 81, 142], [14, 65, 120], [5, 48, 97]];

// src/lib/colour.js
var CERTAIN_AT = 2, FAINTEST = 0.1, RAMP_USED = 0.84;
function colourOf(value, range2, faintest = FAINTEST) {
	let share = Number.isFinite(value) ? Math.max(-1, Math.min(1, value / range2)) : 0, place = (0.5 - RAMP_USED * share / 2) * (RAMP.length - 1), below = Math.floor(place), [red, green, blue] = RAMP[below].map((part, i) => Math.round(part + (place - below) * (RAMP[below + 1][i] - part)));
	return { red, green, blue, alpha: faintest + (1 - faintest) * Math.sqrt(Math.abs(share)) };
}
var cssColour = ({ red, green, blue, alpha }, opacity) => `rgba(${red}, ${green}, ${blue}, ${(alpha * opacity).toFixed(3)})`, isUncertain = (value, standardError) => !(Math.abs(value) >= CERTAIN_AT * standardError);
function automaticRange(maps) {
	let sizes = maps.flatMap((map) => Array.from(map, Math.abs)).filter(Number.isFinite);
	sizes.sort((a, b) => a - b);
	let position = 0.98 * (sizes.length - 1), below = sizes[Math.floor(position)] ?? 0, above = sizes[Math.ceil(position)] ?? 0;
	return below + (above - below) * (position - Math.floor(position)) || sizes.at(-1) || 1;
}

// src/lib/paint.js
var SQUARES_FROM = 4, UNCERTAIN_SHARE = 0.45;
function paintPicture(canvas, picture) {
	canvas.width = picture.width, canvas.height = picture.height;
	let pixels = new ImageData(rgbaOf(picture), picture.width, picture.height);
	canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
var showsSquares = (scale) => scale >= SQUARES_FROM;
function paintMap(context, map, scale, { range: range2, opacity, line }) {
	let doubtful = [];
	for (let row = 0; row < map.rows; row += 1)
		for (let column = 0; column < map.columns; column += 1) {
			let x = Math.round(map.columnEdges[column] * scale.x), y = Math.round(map.rowEdges[row] * scale.y), width = Math.round(map.columnEdges[column + 1] * scale.x) - x, height = Math.round(map.rowEdges[row + 1] * scale.y) - y, at = row * map.columns + column, uncertain = isUncertain(map.values[at], map.errors[at]);
			context.fillStyle = cssColour(colourOf(map.values[at], range2), uncertain ? opacity * UNCERTAIN_SHARE : opacity), context.fillRect(x, y, width, height), uncertain && doubtful.push([x, y, width, height]);
		}
	hatch(context, doubtful, line, opacity);
}
function hatch(context, boxes, line, opacity) {
	if (!boxes.length) return;
	let distance = 8 * line, { width, height } = context.canvas;
	context.save(), context.beginPath();
	for (let box of boxes) context.rect(...box);
	context.clip();
	for (let [shift, colour] of [[0, "#222"], [line, "#fff"]]) {
		context.beginPath();
		for (let sum = 0; sum < width + height + distance; sum += distance)
			context.moveTo(sum + shift, 0), context.lineTo(sum + shift - height, height);
		context.lineWidth = line, context.strokeStyle = colour, context.globalAlpha = 0.4 * opacity, context.stroke();
	}
	context.restore();
}

// src/lib/png.js
var MARGIN = 20, LINE = 20, FONT = "14px system-ui, sans-serif";
function sizeOf({ height, width }, side) {
	let scale = side / Math.max(height, width);
	return { height: Math.round(height * scale), width: Math.round(width * scale) };
}
function drawPicture(context, picture, size) {
	let source = document.createElement("canvas");
	paintPicture(source, picture), drawScaled(context, source, size);
}
function drawScaled(context, source, size) {
	context.imageSmoothingEnabled = !showsSquares(size.width / source.width), context.imageSmoothingQuality = "high", context.drawImage(source, 0, 0, size.width, size.height);
}
function drawColourBar(context, x, y, width, { range: range2, opacity }) {
	for (let i = 0; i < width; i += 1)
		context.fillStyle = cssColour(colourOf((2 * i / (width - 1) - 1) * range2, range2), opacity), context.fillRect(x + i, y, 1, 12);
	context.fillStyle = "#222", context.fillText(signed(-range2), x, y + 28), context.textAlign = "center", context.fillText("0", x + width / 2, y + 28), context.textAlign = "right", context.fillText(signed(range2), x + width, y + 28), context.textAlign = "left";
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

// src/lib/explorer-png.js
var SIDE = 560;
async function explorerPng(model) {
	let plates = platesOf(model);
	if (!plates.length) throw new Error("there is no picture yet");
	let sizes = plates.map(({ picture }) => sizeOf(picture, SIDE)), top = MARGIN + (plates.length > 1 ? LINE : 0), width = Math.max(420, sizes.reduce((sum, size) => sum + size.width + MARGIN, MARGIN)), pictureBottom = top + Math.max(...sizes.map(({ height }) => height)), canvas = document.createElement("canvas"), context = canvas.getContext("2d");
	context.font = FONT;
	let caption = captionOf(model).flatMap((line) => wrap(context, line, width - 2 * MARGIN));
	canvas.width = width, canvas.height = pictureBottom + 60 + caption.length * LINE + MARGIN, context.fillStyle = "#fff", context.fillRect(0, 0, canvas.width, canvas.height), context.font = FONT;
	let look = { range: colourRange(model), opacity: model.get("opacity"), line: 1 }, x = MARGIN;
	return plates.forEach((plate, i) => {
		drawPlate(context, plate, x, top, sizes[i], look, model.get("trail").at(-1) ?? null, plates.length > 1), x += sizes[i].width + MARGIN;
	}), model.view.shown.main.attribution && drawColourBar(context, MARGIN, pictureBottom + 14, Math.min(360, width - 2 * MARGIN), look), context.fillStyle = "#222", caption.forEach((line, i) => context.fillText(line, MARGIN, pictureBottom + 76 + i * LINE)), pngOf(canvas);
}
function platesOf({ view: { shown } }) {
	return [shown.before, shown.main, ...shown.others].flatMap(
		(figure) => figure?.picture ? { title: figure.label || figure.title, picture: figure.picture, map: figure.map } : []
	);
}
function drawPlate(context, { title, picture, map }, x, y, size, look, window, titled) {
	let scale = { x: size.width / picture.width, y: size.height / picture.height };
	context.fillStyle = "#222", titled && context.fillText(title, x, y - 8), context.save(), context.translate(x, y), drawPicture(context, picture, size), map && paintMap(context, map, scale, look), window && drawWindow(context, window, scale, size), context.restore();
}
function drawWindow(context, [top, left, height, width], scale, size) {
	let box = [left * scale.x, top * scale.y, width * scale.x, height * scale.y];
	context.beginPath(), context.rect(0, 0, size.width, size.height), context.rect(...box), context.fillStyle = "rgba(0, 0, 0, 0.5)", context.fill("evenodd"), context.lineWidth = 2, context.strokeStyle = "#fff", context.strokeRect(...box);
}
function captionOf(model) {
	let { main: { attribution: a }, reading } = model.view.shown;
	return a ? [
		model.get("query"),
		...reading === "shapley" ? [] : [`Drawn: the ${reading} fit to the same coalitions. The numbers are those of the Shapley values.`],
		`${a.output} of ${a.label}: sum of map ${short(a.sum)}, f(x) − f(baseline) ${short(a.difference)}, residual ${short(a.residual)}, standard error ${short(a.error)}; ${count(a.evaluations)} evaluations, ${duration(a.seconds)}, seed ${a.seed}, ${a.device}${a.exact ? ", exact" : ""}${a.partial ? ", partial" : ""}. Hatched: sign not certain.`
	] : [model.get("query")];
}

// src/lib/shown.js
var TRAITS = [
	"picture",
	"original",
	"prediction",
	"prediction_before",
	"attribution",
	"attribution_before",
	"pictures",
	"index",
	"layer",
	"layer_maps",
	"operator",
	"others",
	"reading",
	"readings"
], NO_FIGURE = { title: "", label: "", picture: null, prediction: null, attribution: null, map: null }, NOTHING_SHOWN = { main: NO_FIGURE, before: null, others: [], reading: "shapley", readings: null, range: 1, waiting: !1 };
function followShown(model) {
	let last = null;
	model.watch([...TRAITS], () => {
		let state = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
		TRAITS.every((name) => last?.[name] === state[name]) || (last = state, model.setView({ shown: shownOf(state, model.view.shown) }));
	});
}
function shownOf(state, last) {
	let { original, others, pictures, index } = state, joined = state.operator === "join", { attributions, live, waiting } = attributionsOf(state, last), [attribution] = attributions, readings = live ? state.readings : null, plain = cellMapOf(attribution), read = readingOf(state.reading, readings, plain), title = original ? "after" : pictures[index]?.name ?? "", main = { ...NO_FIGURE, title, picture: state.picture, prediction: state.prediction, attribution, map: read ?? plain }, before = original && {
		...NO_FIGURE,
		title: "before",
		picture: original,
		prediction: state.prediction_before,
		attribution: state.attribution_before,
		map: read ? null : cellMapOf(state.attribution_before)
	}, more = others.map(({ name, label, picture, prediction }, i) => {
		let own = attributions[i + 1], map = joined ? main.map : read ? null : cellMapOf(own);
		return { title: name, label, picture, prediction, attribution: own, map };
	}), maps = [main, before, ...more].flatMap((figure) => figure?.map?.values ?? []);
	return { main, before, others: more, reading: read ? state.reading : "shapley", readings, range: automaticRange(maps), waiting };
}
function attributionsOf({ attribution, layer, layer_maps, operator, others }, last) {
	let live = (attribution?.layer ?? null) === layer, ahead = layer_maps[layer ?? ""], waiting = !live && !ahead, kept = attribution && [last.main, ...last.others].map((figure) => figure.attribution), now = [attribution, ...others.map((other) => other.attribution)], found = (live ? now : ahead ?? kept) ?? [], shared = operator === "join" ? found[0] ?? null : null;
	return { attributions: now.map((_, i) => found[i] ?? shared), live, waiting };
}
function readingOf(reading, readings, map) {
	if (reading === "shapley" || !readings || !map) return null;
	let values = readings[reading].cells;
	return values.length === map.values.length ? { ...map, values, errors: new Float32Array(values.length) } : null;
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

// src/views/attribution-ledger.js
function attributionLedger(model, el) {
	let show = createLedger(el);
	model.watchView(["shown"], () => {
		let { attribution } = model.view.shown.main;
		show(attribution ? entries(attribution) : []);
	});
}
function entries(a) {
	let quality = a.exact ? "exact" : a.partial ? "partial" : "estimate", amount = a.total > a.evaluations ? `${count(a.evaluations)} of ${count(a.total)}` : count(a.evaluations);
	return [
		{ name: "sum of map", value: exactly(a.sum), title: "the sum of all cells" },
		{ name: "f(x) − f(baseline)", value: exactly(a.difference), title: `f(x) = ${short(a.value)}, f(baseline) = ${short(a.baseline_output)}` },
		{ name: "residual", value: a.residual !== null && Math.abs(a.residual) < 1e-9 ? "0" : short(a.residual), title: "what the sum of the map misses" },
		{ name: "standard error", value: short(a.error), title: "root mean square over the cells" },
		{ name: "evaluations", value: amount, title: "runs of the model" },
		{ name: "time", value: duration(a.seconds), title: "seconds of computing" },
		{ name: "seed", value: String(a.seed ?? "–"), title: "the same seed gives the same numbers" },
		{ name: "device", value: a.device, title: "where the model ran" },
		{ name: "kind", value: quality, title: "exact: all coalitions; partial: stopped before the budget was spent" }
	];
}

// src/views/blocked.js
function blockedView(root, signal) {
	let note = h("div.xai-blocked", { role: "status", hidden: !0 });
	root.append(note);
	function show({ target, type }) {
		let control = (target instanceof Element && type !== "pointerleave" ? target.closest("[data-blocked]") : null) ?? root.querySelector("[data-blocked]:focus");
		if (note.hidden = !control, !control) return;
		note.textContent = control.getAttribute("data-blocked");
		let [box, frame] = [control.getBoundingClientRect(), root.getBoundingClientRect()];
		note.style.top = `${box.bottom - frame.top + 4}px`, note.style.left = `${Math.max(0, Math.min(box.left - frame.left, frame.width - note.offsetWidth - 8))}px`;
	}
	for (let type of ["pointerover", "pointerleave", "focusin", "focusout", "click"]) root.addEventListener(type, show, { signal });
}

// src/views/breadcrumb.js
function breadcrumbView(model, el, signal) {
	let list = h("ol");
	el.append(h("nav.xai-breadcrumb", { "aria-label": "Windows" }, list));
	function step(level) {
		let button = h("button.xai-link", { disabled: model.isStatic });
		return button.addEventListener("click", () => goTo(level), { signal }), h("li", button);
	}
	function goTo(level) {
		let trail = model.get("trail");
		level < trail.length && model.set({ trail: trail.slice(0, level) });
	}
	model.watch(["trail"], () => {
		let trail = model.get("trail"), names = ["whole picture", ...trail.map(([, , height, width]) => `${height}×${width}`)];
		fillList(list, names, step, (item, name, level) => {
			let button = item.firstElementChild;
			button.textContent = name, setAttribute(button, "aria-current", level === trail.length ? "true" : null), level > 0 && (button.title = `rows ${trail[level - 1][0]} to ${trail[level - 1][0] + trail[level - 1][2]}, columns ${trail[level - 1][1]} to ${trail[level - 1][1] + trail[level - 1][3]}`);
		});
	});
}

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

// src/lib/icons.js
var SHAPES = {
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
	let path = svg("path", { d: SHAPES[name] });
	return svg("svg", { viewBox: "0 0 16 16", class: "xai-icon", "aria-hidden": "true" }, path);
}

// src/lib/weights.js
function sharesOf(weights) {
	let shares = [1];
	return weights.forEach((weight, i) => {
		let before = weight ?? (i + 1) / (i + 2);
		shares = [...shares.map((share) => share * before), 1 - before];
	}), shares;
}

// src/views/compare.js
var NOTHING_CHOSEN = "choose a picture to compare with first";
function compareView(model, el, signal) {
	let chosen = "", candidates = h("div.xai-candidates", { role: "group", "aria-label": "Pictures to compare with" }), bar = h("div.xai-compare-bar", h("span.xai-label", { "aria-hidden": "true" }, "Compare")), root = h("section.xai-compare.xai-live", { "aria-label": "Compare" }, bar, candidates);
	el.append(root);
	function button(name, action) {
		let element = h("button.xai-button", name);
		return element.addEventListener("click", () => isDisabled(element) || action(), { signal }), bar.append(element), element;
	}
	async function compare(operator) {
		let name = chosen;
		choose(""), !await model.command("compare", { operator, name }) && !chosen && choose(name);
	}
	let randomly = (same2) => model.get("operator") || (same2 ? "join" : "left join"), random = (same2) => model.command("random", { operator: randomly(same2), same: same2 }), join = button("Join", () => compare("join")), anti = button("Anti-join", () => compare("left join")), same = button("Random: same class", () => random(!0)), another = button("Random: another class", () => random(!1));
	incoming(model, root, button, choose, signal);
	function show() {
		let blocked = model.get("blocked"), reason = chosen ? blocked[`candidate:${chosen}`] : NOTHING_CHOSEN;
		setBlocked(join, blocked.join || reason, "one map for all"), setBlocked(anti, blocked["left join"] || reason, "what tells one from the other"), setBlocked(same, blocked[randomly(!0)], `${randomly(!0)} with a random picture of the same class`), setBlocked(another, blocked[randomly(!1)], `${randomly(!1)} with a random picture of another class`), model.get("candidates").forEach(({ name, label }, i) => {
			let element = candidates.children[i];
			element && (setAttribute(element, "aria-pressed", String(name === chosen)), setBlocked(element, blocked[`candidate:${name}`], label || name));
		});
	}
	function choose(name) {
		chosen = name, show();
	}
	function create(position) {
		let element = h("button.xai-candidate", h("canvas", { "aria-hidden": "true" }), h("span"));
		return element.addEventListener("click", () => {
			let { name } = model.get("candidates")[position];
			isDisabled(element) || choose(name === chosen ? "" : name);
		}, { signal }), element;
	}
	model.watch(["candidates"], () => {
		let all = model.get("candidates");
		all.some(({ name }) => name === chosen) || (chosen = ""), fillList(candidates, all, create, (element, { name, label, thumbnail }) => {
			paintPicture(element.firstElementChild, thumbnail), element.lastElementChild.textContent = label || name;
		}), show();
	}), model.watch(["blocked", "operator"], show), partners(model, root, signal);
}
function incoming(model, root, button, onAdded, signal) {
	let field = h("input", { type: "file", accept: "image/*", multiple: !0, hidden: !0, "aria-label": "Picture file" });
	root.append(field), button("File…", () => field.click()).title = "add a picture from a file; or drop or paste one here";
	async function add(files) {
		for (let file of files) {
			let answer = await model.command("add", { name: file.name }, { buffers: [await file.arrayBuffer()] });
			answer && onAdded(answer.name);
		}
	}
	field.addEventListener("change", async () => {
		await add([...field.files ?? []]), field.value = "";
	}, { signal });
	for (let type of ["dragover", "dragleave", "drop"])
		root.addEventListener(type, (event) => {
			let { items = [], files = [] } = event.dataTransfer ?? {};
			[...items].some(({ kind }) => kind === "file") && (event.preventDefault(), event.stopPropagation(), root.classList.toggle("xai-dropping", type === "dragover"), type === "drop" && add([...files]));
		}, { signal });
	root.closest(".xai-explorer")?.addEventListener("paste", (event) => {
		let { files = [], types = [] } = event.clipboardData ?? {}, pictures = [...files].filter(({ type }) => type.startsWith("image/"));
		!pictures.length || types.includes("text/plain") || (event.preventDefault(), add(pictures));
	}, { signal });
}
function partners(model, root, signal) {
	let word = h("span.xai-label"), chips = h("ol.xai-partners", { "aria-label": "Compared with" }), slider2 = h("input.xai-weight", { type: "range", "aria-label": "Weight", min: 0, max: 1, step: 0.01 }), said = h("output"), equal = h("button.xai-link", "equal"), weight = h("div.xai-group-row", h("span.xai-label", { "aria-hidden": "true" }, "Weight"), slider2, said, equal), printed = h("input.xai-printed", { type: "checkbox" }), form = h("label.xai-check", printed, "as printed in the paper"), line = h("div.xai-group-row", word, chips, weight, form);
	root.append(line);
	function create(position) {
		let away = h("button.xai-away", icon("close"));
		return away.addEventListener("click", () => model.command("uncompare", { name: model.get("partners")[position] }), { signal }), h("li.xai-partner", h("span"), away);
	}
	function show() {
		let [names, operator, blocked] = [model.get("partners"), model.get("operator"), model.get("blocked")];
		line.hidden = !operator, word.textContent = operator === "join" ? "Joined with" : "Anti-joined with", fillList(chips, names, create, (chip, name) => {
			chip.firstElementChild.textContent = name, setAttribute(chip.lastElementChild, "aria-label", `Take ${name} away`);
		});
		let weights = model.get("weights"), shares = sharesOf(weights), title = model.get("pictures")[model.get("index")]?.name ?? "picture";
		weight.hidden = operator !== "join", said.textContent = shares.map((share, i) => `${i ? names[i - 1] : title} ${Math.round(100 * share)} %`).join(" · "), slider2.setAttribute("aria-valuetext", said.textContent), slider2.value = String(shares[0]), setBlocked(slider2, blocked.weight || (names.length > 1 ? "with more than one partner weights are set in the query" : void 0)), equal.hidden = isDisabled(slider2) || weights[0] === null, form.hidden = operator !== "left join", printed.checked = model.get("printed"), setBlocked(printed, blocked.printed);
	}
	model.watch(["partners", "operator", "weights", "printed", "blocked", "pictures", "index"], show), slider2.addEventListener("input", () => isDisabled(slider2) ? show() : model.set({ weights: [slider2.valueAsNumber] }), { signal }), equal.addEventListener("click", () => {
		model.set({ weights: [null] }), slider2.focus();
	}, { signal }), printed.addEventListener("click", (event) => isDisabled(printed) && event.preventDefault(), { signal }), printed.addEventListener("change", () => model.set({ printed: printed.checked }), { signal });
}

// src/views/stage.js
function createStage(largest) {
	let base = h("canvas.xai-picture", { role: "img" }), overlay = h("canvas.xai-overlay", { role: "img" }), layers = h("div.xai-layers", base, overlay), stage = h("div.xai-stage", layers);
	function show(picture, name) {
		paintPicture(base, picture), base.setAttribute("aria-label", `${name}, ${picture.height} by ${picture.width} pixels`), stage.style.aspectRatio = `${picture.width} / ${picture.height}`, stage.style.maxWidth = `${Math.round(largest * Math.min(1, picture.width / picture.height))}px`;
	}
	return { stage, layers, base, overlay, show };
}

// src/views/figure.js
var LARGEST = 448;
function createFigure(name, signal, onPainted) {
	let { stage, layers, base, overlay, show } = createStage(LARGEST), shade = h("div.xai-shade"), marks = h("div"), outline = h("div.xai-cell-outline"), tip = h("div.xai-tip", { "aria-hidden": "true" });
	layers.append(shade, marks, outline), stage.append(tip);
	let state = { picture: null, map: null, range: 1, opacity: 1 }, shown = null;
	function paintBase() {
		let { picture } = state;
		!picture || picture === shown || (shown = picture, show(picture, name()));
	}
	let painted = null;
	function paintOverlay() {
		let { picture, map, range: range2 } = state, density = globalThis.devicePixelRatio || 1, width = Math.max(1, Math.round(layers.clientWidth * density)), height = Math.max(1, Math.round(layers.clientHeight * density)), now = { map, range: range2, width, height };
		if (painted && Object.entries(now).every(([name2, value]) => painted?.[name2] === value)) return;
		painted = picture ? now : null, overlay.width = width, overlay.height = height;
		let context = overlay.getContext("2d");
		if (!picture || !context) return;
		base.classList.toggle("xai-squares", showsSquares(layers.clientWidth / picture.width));
		let scale = { x: width / picture.width, y: height / picture.height };
		map && paintMap(context, map, scale, { range: range2, opacity: 1, line: density }), overlay.setAttribute("aria-label", map ? describeMap(map) : "no map yet");
	}
	let paint = oncePerFrame(() => {
		signal.aborted || (paintBase(), paintOverlay(), onPainted(state));
	}), resized = new ResizeObserver(paint);
	resized.observe(layers), signal.addEventListener("abort", () => resized.disconnect());
	function draw(next) {
		state = next, overlay.style.setProperty("--xai-map-opacity", String(state.opacity)), paintBase(), paint();
	}
	function place(element, [top, left, height, width]) {
		let { picture } = state;
		if (!picture) return;
		let [down, right] = [picture.height, picture.width].map((all) => (part) => `${100 * part / all}%`);
		Object.assign(element.style, { top: down(top), left: right(left), height: down(height), width: right(width) });
	}
	function shadeOutside(window) {
		shade.hidden = !window, window && place(shade, window);
	}
	function pointOut(cell, text = "") {
		let { map, picture } = state, known = cell && map && picture && cell.row < map.rows && cell.column < map.columns;
		if (outline.hidden = !known, tip.hidden = !known || !text, !known) return;
		let box = cellBox(map, cell.row, cell.column), [top, left, height, width] = box;
		place(outline, box), tip.textContent = text;
		let middle = (left + width / 2) / picture.width;
		tip.style.left = `${100 * middle}%`, tip.style.setProperty("--xai-tip-shift", `${-100 * middle}%`);
		let above = top > 0.12 * picture.height;
		tip.style.top = `${100 * (above ? top : top + height) / picture.height}%`, tip.classList.toggle("xai-tip-below", !above);
	}
	function mark(cells) {
		let { map } = state, known = map ? cells.filter(([row, column]) => row < map.rows && column < map.columns) : [];
		fillList(marks, known, () => h("div"), (element, [row, column, present]) => {
			element.className = present ? "xai-mark" : "xai-mark xai-absent", map && place(element, cellBox(map, row, column));
		});
	}
	function ruler() {
		let { left, top, width, height } = layers.getBoundingClientRect(), { picture } = state;
		return !picture || !width || !height ? null : ({ clientX, clientY }) => ({
			row: (clientY - top) * picture.height / height,
			column: (clientX - left) * picture.width / width
		});
	}
	function cellOf(event) {
		let point = ruler()?.(event);
		return point && state.map ? cellAt(state.map, point) : null;
	}
	return pointOut(null), shadeOutside(null), { stage, overlay, draw, place, shadeOutside, pointOut, mark, ruler, cellOf };
}
function describeMap({ rows, columns, values }) {
	let strongest = values.reduce((best, value, i) => Math.abs(value) > Math.abs(values[best]) ? i : best, 0), place = `row ${Math.floor(strongest / columns) + 1}, column ${strongest % columns + 1}`;
	return `map of ${rows} by ${columns} cells; the strongest, ${values[strongest]?.toPrecision(3)}, is at ${place}`;
}

// src/views/panel.js
var SHOWN_CLASSES = 5;
function createPanel(kind, signal, onPainted = () => {
}) {
	let shown = null, figure = createFigure(() => `picture ${shown?.title ?? ""}`, signal, onPainted), caption = h("figcaption"), classes = h("ul.xai-predictions"), root = h(`figure.xai-figure.xai-${kind}`, caption, figure.stage, classes);
	function show(next, look, { compared, weight }) {
		if (shown = next, root.hidden = !next, caption.hidden = classes.hidden = !compared, !next) return;
		let { title, label, picture, map, prediction, attribution } = next;
		figure.draw({ picture, map, ...look }), compared && (caption.textContent = [label || title, weight !== void 0 && `counts ${Math.round(100 * weight)} %`].filter(Boolean).join(" · "), classes.setAttribute("aria-label", `top classes, ${label || title}`), fillList(classes, prediction?.top.slice(0, SHOWN_CLASSES) ?? [], () => predictionRow(h("li")), (row, score) => {
			fillPredictionRow(row, score), row.classList.toggle("xai-explained", score.index === attribution?.target);
		}));
	}
	function pointOut(cell) {
		figure.pointOut(cell, cell && shown?.map ? describeCell(shown.map, cell) : "");
	}
	return { root, figure, show, pointOut };
}
function describeCell(map, { row, column }) {
	if (row >= map.rows || column >= map.columns) return "";
	let at = row * map.columns + column, doubt = isUncertain(map.values[at], map.errors[at]) ? ", sign not certain" : "", error = map.errors[at] ? ` ± ${short(map.errors[at])}` : "";
	return `${signed(map.values[at])}${error}${doubt}`;
}

// src/views/figures.js
function figuresView(model, el, signal) {
	let before = createPanel("before", signal), main = createPanel("after", signal, () => {
		let attribution = model.get("attribution");
		attribution?.cells.byteLength && model.acknowledge(attribution.frame);
	}), others = [], change = h("p.xai-change"), row = h("div.xai-figures", before.root, main.root);
	el.append(row, change);
	let each = (action) => [before, main, ...others].forEach(action);
	function draw() {
		let { shown } = model.view, look = { range: colourRange(model), opacity: model.get("opacity") }, compared = !!(shown.before || shown.others.length), { weights } = shown.main.attribution ?? {};
		row.classList.toggle("xai-compared", compared), before.show(shown.before, look, { compared }), main.show(shown.main, look, { compared, weight: weights?.[0] }), shown.others.forEach((figure, i) => {
			let panel = others[i] ??= follow(createPanel("other", signal));
			panel.show(figure, look, { compared, weight: weights?.[i + 1] }), panel.root.isConnected || row.append(panel.root);
		}), others.slice(shown.others.length).forEach((panel) => panel.root.remove()), shade(), pointOut();
	}
	function shade() {
		let { picture, attribution } = model.view.shown.main, window = model.get("trail").at(-1) ?? null, asked = window ?? [0, 0, picture?.height ?? 0, picture?.width ?? 0], stale = !!attribution?.window.some((value, i) => value !== asked[i]);
		each(({ figure }) => {
			figure.shadeOutside(window), figure.overlay.classList.toggle("xai-stale", stale);
		});
	}
	function pointOut() {
		each((panel) => panel.pointOut(model.view.hover)), main.figure.mark(model.view.rule);
	}
	function follow(panel) {
		let { stage, cellOf } = panel.figure, setHover = (hover) => {
			let old = model.view.hover;
			(old?.row !== hover?.row || old?.column !== hover?.column) && model.setView({ hover });
		};
		return stage.addEventListener("pointermove", (event) => setHover(event.buttons ? null : cellOf(event)), { signal }), stage.addEventListener("pointerleave", () => setHover(null), { signal }), panel;
	}
	return each(follow), model.watchView(["shown"], () => {
		draw();
		let { before: from, main: to } = model.view.shown;
		change.textContent = from ? describeChange(from.prediction, to.prediction) : "", change.hidden = !change.textContent;
	}), model.watch(["opacity", "color_range"], draw), model.watch(["trail"], shade), model.watchView(["hover", "rule"], pointOut), main.figure;
}
function describeChange(before, after) {
	let [from, to] = [before?.target, after?.target];
	if (!from || !to || from.index !== to.index) return "";
	let points = 100 * (to.probability - from.probability), sign = points > 0 ? "+" : points < 0 ? "−" : "";
	return `${to.label}: ${percent(from.probability)} → ${percent(to.probability)} (${sign}${Math.abs(points).toFixed(1)} points; logit ${short(from.logit)} → ${short(to.logit)})`;
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

// src/views/layers.js
function layersView(model, el, signal) {
	let ticks2 = h("datalist", { id: `xai-${Math.random().toString(36).slice(2)}` }), slider2 = h("input.xai-layer-range", { type: "range", "aria-label": "Layer", list: ticks2.id, min: 0, step: 1 }), said = h("output.xai-layer-text"), hint = h("code"), copy = h("button.xai-button", "Copy"), help = h("div.xai-layer-hint", hint, copy), root = h("div.xai-layer", h("span.xai-label", { "aria-hidden": "true" }, "Layer"), slider2, ticks2, said, help);
	el.append(root);
	function show() {
		let [layers, layer] = [model.get("layers"), model.get("layer")], at = layers.findIndex(({ name }) => name === layer), position = at < 0 ? layers.length : at;
		ticks2.childElementCount !== layers.length + 1 && (ticks2.replaceChildren(...Array.from({ length: layers.length + 1 }, (_, value) => h("option", { value }))), slider2.max = String(Math.max(1, layers.length))), slider2.value = layers.length ? String(position) : slider2.max;
		let { waiting } = model.view.shown, agreement = layers[at]?.agreement ?? null, agrees = agreement === null ? "" : ` agrees with the whole network on ${percent(agreement).replace(".0", "")}`, none = "whole network; no layer is fitted yet";
		said.textContent = layers.length ? `${layer ?? "whole network"}${agrees}${waiting ? ", computing…" : ""}` : none, said.classList.toggle("xai-waiting", waiting), slider2.setAttribute("aria-valuetext", said.textContent), setBlocked(slider2, layers.length ? model.get("blocked").layer : none), hint.textContent = model.get("layer_hint"), help.hidden = layers.length > 0 || !hint.textContent, root.hidden = model.isStatic && !layers.length;
	}
	model.watch(["layers", "layer", "layer_hint", "blocked"], show), model.watchView(["shown"], show), slider2.addEventListener("input", () => {
		isDisabled(slider2) ? show() : model.set({ layer: model.get("layers")[slider2.valueAsNumber]?.name ?? null });
	}, { signal }), copy.addEventListener("click", async () => {
		await copyText(model.get("layer_hint"), root), model.setView({ notice: "Python copied", problem: null });
	}, { signal });
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

// src/views/colour-bar.js
var STEPS = 41;
function createColourBar(numbers, ...notes) {
	let title = h("span.xai-legend-title"), bar = h("div.xai-colour-bar", { "aria-hidden": "true" }), ticks2 = h("div.xai-ticks"), root = h("div.xai-legend", title, h("div.xai-scale", bar, ticks2), ...notes);
	function show(text, range2, opacity) {
		title.textContent = text, bar.style.background = gradient(range2, opacity), fillList(ticks2, ticks(-range2, range2, numbers), () => h("span"), (tick, value) => {
			tick.textContent = signed(value), tick.style.left = `${50 + 50 * value / range2}%`;
		});
	}
	return { root, show };
}
function gradient(range2, opacity) {
	return `linear-gradient(to right, ${Array.from({ length: STEPS }, (_, i) => {
		let share = 2 * i / (STEPS - 1) - 1;
		return `${cssColour(colourOf(share * range2, range2), opacity)} ${100 * i / (STEPS - 1)}%`;
	}).join(", ")}), #fff`;
}

// src/views/legend.js
var READINGS = { shapley: "contribution to", linear: "linear fit of", tree: "tree fit of" };
function legendView(model, el) {
	let swatch = h("span.xai-hatched", { "aria-hidden": "true" }), doubt = h("span.xai-doubt", swatch, "sign not yet certain: |value| < 2 standard errors"), { root, show: showBar } = createColourBar(5, doubt);
	el.append(root);
	function show() {
		let { main, others, reading } = model.view.shown;
		if (root.hidden = !main.attribution, !main.attribution) return;
		let labels = [main, ...others].flatMap(({ attribution }) => attribution ? `“${attribution.label}”` : []), title = `${READINGS[reading]} the ${main.attribution.output} of ${[...new Set(labels)].join(" / ")}`;
		showBar(title, colourRange(model), model.get("opacity")), doubt.hidden = reading !== "shapley";
	}
	model.watch(["color_range", "opacity"], show), model.watchView(["shown"], show);
}

// src/lib/caret.js
function offsetOfColumn(text, column) {
	return Array.from(text).slice(0, Math.max(0, column)).join("").length;
}
function caretUnder(text, column, width = 48) {
	let characters = Array.from(text, (character) => /\s/.test(character) ? " " : character), at = Math.max(0, Math.min(column, characters.length)), start = Math.max(0, Math.min(at - Math.floor(width / 2), characters.length - width)), stop = Math.min(characters.length, start + width), before = start > 0 ? "…" : "", after = stop < characters.length ? "…" : "";
	return {
		excerpt: before + characters.slice(start, stop).join("") + after,
		mark: " ".repeat(before.length + at - start) + "^"
	};
}

// src/lib/history.js
function recall(asked, { at, draft }, text, step) {
	at >= asked.length && (draft = text);
	for (let next = Math.min(at, asked.length) + step; next >= 0 && next <= asked.length; next += step) {
		let found = next === asked.length ? draft : asked[next];
		if (found !== text || next === asked.length) return { at: next, draft, text: found };
	}
	return null;
}

// src/lib/completion.js
var EDITS = ["erase", "blur", "paste", "shift", "rotate", "scale"], MOST = 50, WORDS = /"(?:[^"\\]|\\.)*"?|[A-Za-z_][\w.]*|[+-]?[\d.][\w.]*|\S/g, WORD = /^\w/;
function complete(text, caret, vocabulary) {
	let words = [...text.slice(0, caret).matchAll(WORDS)], last = words.at(-1), typing = last && last.index + last[0].length === caret && /^(\w|"(?:[^"\\]|\\.)*$)/.test(last[0]);
	typing && words.pop();
	let from = typing ? last.index : caret, word = text.slice(from, caret), rest = word.startsWith('"') ? /^[^"()]*"/ : /^[\w.]*/, to = typing ? caret + (rest.exec(text.slice(caret))?.[0].length ?? 0) : caret, options = optionsAt(words.map(([found]) => found), word.replace(/^"/, ""), vocabulary);
	if (options.length === 1 && options[0].text.trim() === word) return { from, to, options: [] };
	let glued = from > 0 && /[\w)\]"*]/.test(text[from - 1]);
	return { from, to, options: options.map(({ text: found, kind }) => ({ text: glued && WORD.test(found) ? ` ${found}` : found, kind })) };
}
function optionsAt(words, typed, { networks, pictures, layers, classes }) {
	let { place, stage, levels, closed } = placeAfter(words), named = (kind, names, after = "") => (typed ? findClasses(names, typed, MOST).map(({ label }) => label) : names.slice(0, MOST)).map((name) => ({ text: name + after, kind })), fixed = (kind, ...texts) => texts.filter((text) => text.toLowerCase().startsWith(typed.toLowerCase())).map((text) => ({ text, kind }));
	switch (place) {
		case "start":
			return fixed("keyword", "select ");
		case "what":
			return [...fixed("keyword", "* "), ...named("layer", layers.map((name) => quoted(name, /^from$/i)), " ")];
		case "from":
			return fixed("keyword", "from ");
		case "network":
			return named("network", networks.filter(isBare), "(");
		case "input":
			return [...named("picture", pictures.filter(isBare)), ...fixed("edit", ...EDITS.map((edit) => `${edit}(`))];
		case "argument":
			return levels.at(-1)?.opened === "paste" ? named("picture", pictures.filter(isBare)) : [];
		case "for":
			return fixed("keyword", "class ");
		case "class":
			return named("class", classes.map((name) => isBare(name) ? name : quoted(name, /^/)));
		case "left":
			return fixed("keyword", "join (");
		case "clauses":
			return fixed(
				"keyword",
				...closed === "join" ? ["weight "] : [],
				...stage < 1 ? ["where "] : [],
				...stage < 2 ? ["for class "] : [],
				"join (",
				"left join (",
				...levels.length ? [")"] : []
			);
		default:
			return [];
	}
}
function placeAfter(words) {
	let place = "start", levels = [], stage = 0, [closed, closedBefore] = ["", ""], back = "clauses", open = (opened, next) => (levels.push({ opened, stage }), next), close = () => {
		let level = levels.pop();
		return level ? (closed = level.opened, stage = closed.endsWith("join") ? 3 : level.stage, closed === "call" || closed.endsWith("join") ? "clauses" : "inside") : "lost";
	}, clause = (next, now) => stage >= now && now < 3 ? "lost" : (stage = now, next), opening = "call", after = {
		start: (word) => (stage = 0, word === "select" ? "what" : "lost"),
		what: () => "from",
		from: (word) => word === "from" ? "network" : "lost",
		network: () => "open",
		open: (word) => word === "(" ? open("call", "input") : "lost",
		input: (word) => {
			let edit = EDITS.find((name) => name === word);
			return edit && (opening = edit), edit ? "edit" : "inside";
		},
		edit: (word) => word === "(" ? open(opening, "input") : after.inside(word),
		inside: (word) => word === ")" ? close() : word === "," ? "argument" : "lost",
		argument: (word) => (back = "inside", word === "[" ? "window" : word === ")" ? close() : after.input(word)),
		window: (word) => word === "]" ? back : "window",
		clauses: (word) => word === "where" ? clause("where", 1) : word === "for" ? clause("for", 2) : word === "left" ? clause("left", 3) : word === "weight" ? closedBefore === "join" ? "weight" : "lost" : (opening = "join", word === "join" ? clause("joined", 3) : word === ")" && levels.length ? close() : "lost"),
		where: (word) => (back = "clauses", word === "[" ? "window" : "clauses"),
		for: (word) => word === "class" ? "class" : "lost",
		class: () => "clauses",
		left: (word) => (opening = "left join", word === "join" ? "joined" : "lost"),
		joined: (word) => word === "(" ? open(opening, "start") : "lost",
		weight: () => "clauses",
		lost: () => "lost"
	};
	for (let word of words)
		closedBefore = closed, closed = "", place = after[place](word.toLowerCase());
	return { place, stage, levels, closed };
}
var isBare = (name) => /^[A-Za-z_]\w*$/.test(name), quoted = (name, reserved = /^(from|\d+)$/i) => /^\w+(\.\w+)*$/.test(name) && !reserved.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;

// src/views/suggestions.js
function suggestions(model, input, onChanged, signal) {
	let { list, open: offer, close, move, choose, isOpen } = listbox(input, {
		name: "Suggestions",
		className: "xai-suggestions",
		draw: ({ text, kind }) => [h("span", text.trim()), h("span.xai-label", kind)],
		onChoose: ({ text }) => accept(text)
	}), place = { from: 0, to: 0 };
	function open() {
		let { options, ...found } = complete(input.value, input.selectionStart ?? 0, vocabularyOf(model));
		place = found, list.style.left = `${input.offsetLeft}px`, offer(options);
	}
	function accept(text) {
		let rest = input.value.slice(place.to), put = /^\s/.test(rest) ? text.trimEnd() : text;
		input.value = input.value.slice(0, place.from) + put + rest, input.setSelectionRange(place.from + put.length, place.from + put.length), onChanged(), open();
	}
	function takesKey({ key, ctrlKey, shiftKey }) {
		if (key === " " && ctrlKey) open();
		else if (isOpen()) if (key === "ArrowDown") move(1);
		else if (key === "ArrowUp") move(-1);
		else if (key === "Escape") close();
		else return (key === "Enter" || key === "Tab" && !shiftKey) && choose();
		else return !1;
		return !0;
	}
	return input.addEventListener("blur", close, { signal }), { list, open, close, takesKey };
}
function vocabularyOf(model) {
	let networks = model.get("networks"), pictures = [...model.get("pictures"), ...model.get("references"), ...model.get("candidates")].map(({ name }) => name);
	return {
		networks,
		pictures: [...new Set(pictures)].filter((name) => !networks.includes(name)),
		layers: model.get("layers").map(({ name }) => name),
		classes: model.get("classes")
	};
}

// src/views/query.js
function queryView(model, el, signal) {
	let input = h("input.xai-query-input", {
		type: "text",
		"aria-label": "Query",
		spellcheck: "false",
		autocomplete: "off",
		autocapitalize: "off",
		readonly: model.isStatic
	}), hint = h("span.xai-query-hint", "Enter asks, Escape restores"), excerpt = h("pre.xai-query-caret", { "aria-hidden": "true" }), message = h("span.xai-query-message"), trouble = h("div.xai-query-error", { role: "alert" }), label = h("label.xai-query", h("span.xai-label", "Query"), input, hint), suggested = suggestions(model, input, () => markEdited(), signal);
	el.append(label, suggested.list, trouble);
	let shown = "", place = { at: 1 / 0, draft: "" }, isEdited = () => input.value !== shown;
	function markEdited() {
		label.classList.toggle("xai-edited", isEdited());
	}
	function restore() {
		shown = model.get("query"), input.value = shown, place = { at: 1 / 0, draft: "" }, markEdited(), complain(null);
	}
	function complain(problem) {
		if (setAttribute(input, "aria-invalid", problem ? "true" : null), trouble.replaceChildren(), !!problem) {
			if (problem.column !== null) {
				let { excerpt: line, mark } = caretUnder(input.value, problem.column);
				excerpt.textContent = `${line}
${mark}`, trouble.append(excerpt);
				let offset = offsetOfColumn(input.value, problem.column);
				document.activeElement === input && input.setSelectionRange(offset, offset + 1);
			}
			message.textContent = problem.message, trouble.append(message);
		}
	}
	async function ask() {
		let text = input.value;
		complain(null), suggested.close(), await model.command("ask", { text }, { onError: complain }) && input.value === text && restore();
	}
	function goThroughHistory(step) {
		let found = recall(model.get("asked"), place, input.value, step);
		found && (place = found, input.value = found.text, markEdited());
	}
	model.watch(["query"], () => {
		isEdited() || restore();
	}), model.watch(["error"], () => {
		let error = model.get("error");
		error && error.column !== null && complain(error);
	}), !model.isStatic && (input.addEventListener("input", () => {
		place = { at: 1 / 0, draft: "" }, markEdited(), suggested.open();
	}, { signal }), input.addEventListener("keydown", (event) => {
		if (suggested.takesKey(event) && event.preventDefault(), !event.defaultPrevented) {
			if (event.key === "Enter") ask();
			else if (event.key === "Escape") restore();
			else if (event.key === "ArrowUp") goThroughHistory(-1);
			else if (event.key === "ArrowDown") goThroughHistory(1);
			else return;
			event.preventDefault();
		}
	}, { signal }));
}

// src/lib/plot.js
function linearScale([low, high], [start, end]) {
	let factor = (end - start) / (high - low || 1);
	return (value) => Math.round(10 * (start + (value - low) * factor)) / 10;
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

// src/views/curves.js
var SIZE = { width: 400, height: 190 }, BAND = 2;
function curvesView(el) {
	let legend = h("figcaption"), root = h("figure.xai-plot.xai-curves", legend);
	el.append(root);
	let drawn = null;
	return (curves, attribution) => {
		if (root.hidden = !curves || !attribution, !curves || !attribution || curves === drawn) return;
		drawn = curves;
		let { deletion_area: deleted, insertion_area: inserted, r2 } = curves, fit = r2 === null ? "" : ` Values from a fit to the coalitions, R² ${short(r2)}.`;
		legend.replaceChildren(
			h("span.xai-key.xai-insertion", `insertion, area ${short(inserted)}`),
			h("span.xai-key.xai-deletion.xai-dashed", `deletion, area ${short(deleted)}`),
			h("span.xai-label", `Bands: ±${BAND} standard deviations.${fit}`)
		), root.replaceChildren(drawPlot(plotOf(curves, attribution), SIZE).element, legend);
	};
}
function plotOf({ share, deletion, insertion, deletion_error, insertion_error }, { output, label }) {
	let band = (errors) => errors.map((error) => BAND * error);
	return {
		label: `The ${output} of ${label}. Insertion: from ${short(insertion[0])} to ${short(insertion.at(-1))}; deletion: from ${short(deletion[0])} to ${short(deletion.at(-1))}.`,
		x: { name: "share of cells inserted or deleted", domain: [0, 1], format: (part) => percent(part, 0) },
		y: { name: output },
		lines: [
			{ name: "insertion", kind: "insertion", x: share, y: insertion, error: band(insertion_error) },
			{ name: "deletion", kind: "deletion", x: share, y: deletion, error: band(deletion_error), dashed: !0 }
		]
	};
}

// src/views/readings.js
var NAMES = [["shapley", "Shapley values"], ["linear", "linear fit"], ["tree", "tree"]], PENDING = "computed once the map is done";
function readingsView(model, el, signal) {
	let choices = h("div.xai-reading-choices", { role: "radiogroup", "aria-label": "Reading" }), cost = h("p.xai-reading-cost"), rules = h("ol.xai-rules", { "aria-label": "Rules of the tree" }), plot = h("div"), summary = h("summary", "Other readings of the same coalitions"), root = h("details.xai-readings", summary, choices, cost, rules, plot);
	el.append(root);
	let curves = curvesView(plot), group2 = `xai-${Math.random().toString(36).slice(2)}`, radios = NAMES.map(([reading, name]) => {
		let radio = h("input", { type: "radio", name: group2, value: reading }), fit = h("span.xai-label");
		return radio.addEventListener("click", (event) => isDisabled(radio) && event.preventDefault(), { signal }), radio.addEventListener("change", () => model.set({ reading }), { signal }), choices.append(h("label.xai-check", radio, name, fit)), { reading, radio, fit };
	});
	function rule() {
		let item = h("li.xai-rule", { tabindex: 0 }, h("span"), h("span.xai-rule-value")), show2 = () => model.setView({ rule: shownRules()[[...rules.children].indexOf(item)]?.cells ?? [] }), hide = () => model.setView({ rule: [] });
		for (let type of ["pointerenter", "focus"]) item.addEventListener(type, show2, { signal });
		for (let type of ["pointerleave", "blur"]) item.addEventListener(type, hide, { signal });
		return item;
	}
	let shownRules = () => model.view.shown.readings?.tree.rules ?? [], last = model.view.shown.readings;
	function show() {
		let { readings, main, reading: drawn } = model.view.shown;
		readings !== last && model.view.rule.length && model.setView({ rule: [] }), last = readings;
		let blocked = model.get("blocked").readings;
		for (let { reading, radio, fit } of radios) {
			let r2 = reading === "shapley" ? null : readings?.[reading].r2 ?? null;
			fit.textContent = r2 === null ? "" : `R² ${short(r2)}`, radio.checked = reading === drawn, setBlocked(radio, reading === "shapley" ? void 0 : blocked || (readings ? void 0 : PENDING));
		}
		cost.textContent = blocked || (readings ? `0 further evaluations, from ${count(readings.evaluations)} coalitions; R² on coalitions held out` : PENDING), root.hidden = model.isStatic && !readings, rules.hidden = !shownRules().length, fillList(rules, shownRules(), rule, (item, { text, value, share }) => {
			item.children[0].textContent = text, item.children[1].textContent = `${signed(value)} · ${percent(share)} of coalitions`;
		}), curves(readings?.curves ?? null, main.attribution);
	}
	model.watch(["blocked"], show), model.watchView(["shown"], show);
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
		let text = model.view.notice || words.instead?.() || describe(model.get("status"), model.view.cancelling && stopping, words.partial);
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
function describe({ state }, stopping, partial) {
	return state === "running" ? stopping || "Running" : { idle: "Ready", done: "Done", partial: `Stopped early: ${partial}`, error: "Failed" }[state];
}

// src/lib/log-scale.js
function logScale([low, high]) {
	let decades = Math.log(high / low);
	return {
		position: (value) => Math.max(0, Math.min(100, 100 * Math.log(value / low) / decades)),
		value: (position) => low * Math.exp(decades * position / 100)
	};
}

// src/lib/schema.js
var EXPLORER = {
	baseline: { name: "baseline", kind: "str", label: "Baseline", unit: "", least: null, most: null, choices: null, group: "How it is asked and drawn", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	output: { name: "output", kind: "choice", label: "Value", unit: "", least: null, most: null, choices: [["logit", "logit"], ["probability", "probability"]], group: "How it is asked and drawn", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	budget: { name: "budget", kind: "int", label: "Budget", unit: "evaluations", least: 64, most: 16384, choices: null, group: "How it is asked and drawn", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	seed: { name: "seed", kind: "int", label: "Seed", unit: "", least: 0, most: null, choices: null, group: "How it is asked and drawn", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	grid: { name: "grid", kind: "int", label: "Cells per side", unit: "", least: 2, most: 16, choices: null, group: "How it is asked and drawn", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	opacity: { name: "opacity", kind: "float", label: "Opacity", unit: "%", least: 0, most: 1, choices: null, group: "How it is asked and drawn", optional: !1, empty: "", scale: 100, pageOnly: !0 }
};

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
function setTrait(model, trait, value) {
	model.set({ [trait]: value });
}

// src/views/explorer-settings.js
var BUDGETS = [EXPLORER.budget.least, EXPLORER.budget.most], BUDGET_STEP = 2.5, RANGE_FACTOR = 8;
function settingsView(model, el, signal) {
	let grid = h("div.xai-settings"), { baseline, output, grid: cells, seed, opacity } = EXPLORER;
	if (el.append(h("h3", opacity.group), grid), !model.isStatic) {
		choice(model, grid, signal, baseline.label, "baseline", () => model.get("baselines").map((name) => [name, name]), ["baselines"]), choice(model, grid, signal, output.label, "output", () => output.choices), budget(model, grid, signal);
		for (let setting of [cells, seed]) numberField(model, grid, signal, setting);
	}
	slider(model, grid, signal, opacity), range(model, grid, signal);
}
function budget(model, el, signal) {
	let scale = logScale(BUDGETS), knob = h("input.xai-budget", { type: "range", min: 0, max: 100, step: BUDGET_STEP }), number = h("input.xai-budget-number", { type: "number", min: BUDGETS[0], max: BUDGETS[1], step: 1, "aria-label": "Budget, number" });
	settingRow(el, EXPLORER.budget.label, knob, number), followNumber(model, number, "budget", signal), model.watch(["budget"], () => {
		let value = model.get("budget"), position = scale.position(value);
		Math.abs(knob.valueAsNumber - position) > BUDGET_STEP / 2 && (knob.value = String(position)), setAttribute(knob, "aria-valuetext", `${count(value)} evaluations`);
	}), knob.addEventListener("input", () => model.set({ budget: readable(scale.value(knob.valueAsNumber)) }), { signal });
}
function readable(value) {
	let digit = 10 ** (Math.floor(Math.log10(value)) - 1);
	return Math.max(BUDGETS[0], Math.min(BUDGETS[1], Math.round(value / digit) * digit));
}
function range(model, el, signal) {
	let knob = h("input.xai-range", { type: "range", min: 0, max: 100, step: 0.5 }), shown = h("output"), automatic = h("input.xai-range-automatic", { type: "checkbox" });
	settingRow(el, "Colour range", knob, shown, h("label.xai-check", automatic, "auto"));
	let scale = () => {
		let middle = model.view.shown.range;
		return logScale([middle / RANGE_FACTOR, middle * RANGE_FACTOR]);
	}, show = () => {
		let value = colourRange(model);
		automatic.checked = model.get("color_range") === null, (document.activeElement !== knob || automatic.checked) && (knob.value = String(scale().position(value))), shown.textContent = `±${short(value)}`, setAttribute(knob, "aria-valuetext", `plus or minus ${short(value)}`);
	};
	model.watch(["color_range"], show), model.watchView(["shown"], show), knob.addEventListener("input", () => model.set({ color_range: Number(scale().value(knob.valueAsNumber).toPrecision(3)) }), { signal }), automatic.addEventListener("change", () => model.set({ color_range: automatic.checked ? null : Number(colourRange(model).toPrecision(3)) }), { signal });
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

// src/lib/windows.js
var HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"], clamp = (value, low, high) => Math.max(low, Math.min(high, value));
var sameWindow = (a, b) => a.every((value, i) => value === b[i]), sameTrail = (a, b) => a.length === b.length && a.every((window, i) => sameWindow(window, b[i]));
function contains([top, left, height, width], { row, column }) {
	return row >= top && row < top + height && column >= left && column < left + width;
}
var currentWindow = (trail, whole) => trail.at(-1) ?? whole, parentWindow = (trail, whole) => trail.at(-2) ?? whole;
function drawnSpan(from, to, start, size) {
	let stop = start + size, low = clamp(Math.floor(Math.min(from, to)), start, stop), high = clamp(Math.ceil(Math.max(from, to)), start, stop), smallest = Math.min(4, size);
	return high - low < smallest && (to < from ? low = high - smallest : high = low + smallest, low = clamp(low, start, stop - smallest), high = low + smallest), [low, high - low];
}
function drawnWindow(from, to, parent) {
	let [top, height] = drawnSpan(from.row, to.row, parent[0], parent[2]), [left, width] = drawnSpan(from.column, to.column, parent[1], parent[3]);
	return [top, left, height, width];
}
function drawInTrail(trail, from, to, whole) {
	let outside = trail.findIndex((window) => !contains(window, from)), kept = outside === -1 ? trail : trail.slice(0, outside), parent = currentWindow(kept, whole), drawn = drawnWindow(from, to, parent);
	return sameWindow(drawn, parent) ? kept : [...kept, drawn];
}
function moveWindow([top, left, height, width], rows, columns, parent) {
	return [
		clamp(top + Math.round(rows), parent[0], parent[0] + parent[2] - height),
		clamp(left + Math.round(columns), parent[1], parent[1] + parent[3] - width),
		height,
		width
	];
}
function resizeWindow([top, left, height, width], handle, rows, columns, parent) {
	let bottom = top + height, right = left + width, least = [Math.min(4, height), Math.min(4, width)];
	return handle.includes("n") && (top = clamp(top + Math.round(rows), parent[0], bottom - least[0])), handle.includes("s") && (bottom = clamp(bottom + Math.round(rows), top + least[0], parent[0] + parent[2])), handle.includes("w") && (left = clamp(left + Math.round(columns), parent[1], right - least[1])), handle.includes("e") && (right = clamp(right + Math.round(columns), left + least[1], parent[1] + parent[3])), [top, left, bottom - top, right - left];
}
function centredHalf([top, left, height, width]) {
	let rows = Math.max(Math.min(4, height), Math.round(height / 2)), columns = Math.max(Math.min(4, width), Math.round(width / 2));
	return [top + Math.floor((height - rows) / 2), left + Math.floor((width - columns) / 2), rows, columns];
}
function cellStep([, , height, width], grid) {
	return [Math.max(1, Math.round(height / grid)), Math.max(1, Math.round(width / grid))];
}
var DIRECTIONS = /* @__PURE__ */ new Map([
	["ArrowUp", [-1, 0]],
	["ArrowDown", [1, 0]],
	["ArrowLeft", [0, -1]],
	["ArrowRight", [0, 1]]
]);
function trailAfterKey(trail, key, shift, grid, whole) {
	let last = trail.at(-1);
	if (key === "Enter") {
		let parent2 = currentWindow(trail, whole), half = centredHalf(parent2);
		return sameWindow(half, parent2) ? trail : [...trail, half];
	}
	if (!last) return null;
	if (key === "Escape") return trail.slice(0, -1);
	let direction = DIRECTIONS.get(key);
	if (!direction) return null;
	let [rowStep, columnStep] = cellStep(last, grid), [rows, columns] = [direction[0] * rowStep, direction[1] * columnStep], parent = parentWindow(trail, whole), changed = shift ? resizeWindow(last, "se", rows, columns, parent) : moveWindow(last, rows, columns, parent);
	return [...trail.slice(0, -1), changed];
}

// src/views/what-if.js
var TURN = 15, ENLARGE = 1.25, NO_WINDOW = "draw a window first";
function whatIfView(model, el, signal) {
	let reference = h("select.xai-reference", { "aria-label": "Reference to paste from" }), degrees = h("input.xai-degrees", { type: "number", "aria-label": "Degrees to rotate by", value: TURN, min: 1, max: 180, step: 1 });
	function tool(name, symbol, action, word = "") {
		let button = h("button.xai-button.xai-tool", { title: name, "aria-label": name }, icon(symbol), word);
		return button.addEventListener("click", () => isDisabled(button) || action(), { signal }), button;
	}
	let edit = (fields) => {
		model.command("edit", fields);
	}, shift = (rows, columns) => {
		let picture = model.get("picture");
		if (!picture) return;
		let step = cellStep(model.get("trail").at(-1) ?? [0, 0, picture.height, picture.width], model.get("grid"));
		edit({ operation: "shift", rows: rows * step[0], columns: columns * step[1] });
	}, rotate = (side) => edit({ operation: "rotate", degrees: side * (degrees.valueAsNumber || TURN) }), erase = tool("Erase the window", "erase", () => edit({ operation: "erase" }), "Erase"), blur = tool("Blur the window", "blur", () => edit({ operation: "blur" }), "Blur"), paste = tool("Paste the window from the reference", "paste", () => edit({ operation: "paste", reference: reference.selectedIndex }), "Paste"), undo = tool("Undo", "undo", () => {
		model.command("undo");
	}), redo = tool("Redo", "redo", () => {
		model.command("redo");
	}), pasting = group("Paste from a reference", paste, reference), applied = h("ol.xai-edits", { "aria-label": "Edits applied" });
	el.append(
		h(
			"div.xai-what-if.xai-live",
			{ role: "toolbar", "aria-label": "What if" },
			h("span.xai-label", { "aria-hidden": "true" }, "What if"),
			group("Change the window", erase, blur),
			pasting,
			group("Shift", tool("Shift left by a cell", "left", () => shift(0, -1)), tool("Shift up by a cell", "up", () => shift(-1, 0)), tool("Shift down by a cell", "down", () => shift(1, 0)), tool("Shift right by a cell", "right", () => shift(0, 1))),
			group("Rotate", tool("Rotate anticlockwise", "anticlockwise", () => rotate(1)), degrees, tool("Rotate clockwise", "clockwise", () => rotate(-1))),
			group("Scale", tool("Scale down", "smaller", () => edit({ operation: "scale", factor: 1 / ENLARGE })), tool("Scale up", "larger", () => edit({ operation: "scale", factor: ENLARGE }))),
			group("History", undo, redo)
		),
		applied
	), el.closest(".xai-explorer")?.addEventListener("keydown", (event) => {
		let name = undoKey(event);
		!name || isTyping(event.target) || (event.preventDefault(), isDisabled(name === "undo" ? undo : redo) || model.command(name));
	}, { signal }), model.watch(["references"], () => {
		let names = model.get("references").map(({ name }) => name);
		reference.replaceChildren(...names.map((name) => h("option", name))), pasting.hidden = names.length === 0;
	}), model.watch(["trail"], () => {
		let missing = model.get("trail").length === 0;
		for (let button of [erase, blur, paste]) setBlocked(button, missing ? NO_WINDOW : void 0, button.getAttribute("aria-label") ?? "");
	}), model.watch(["undoable", "redoable"], () => {
		setDisabled(undo, !model.get("undoable")), setDisabled(redo, !model.get("redoable"));
	}), model.watch(["edits"], () => {
		let edits = model.get("edits");
		applied.hidden = edits.length === 0, fillList(applied, edits, () => h("li"), (item, text) => {
			item.textContent = text;
		});
	});
}
var group = (name, ...tools) => h("div.xai-group", { role: "group", "aria-label": name }, ...tools);
function undoKey({ key, ctrlKey, metaKey, shiftKey, altKey }) {
	return !(ctrlKey || metaKey) || altKey ? null : key.toLowerCase() === "z" ? shiftKey ? "redo" : "undo" : key.toLowerCase() === "y" && !shiftKey ? "redo" : null;
}
var isTyping = (target) => target instanceof HTMLInputElement && ["text", "number", "search"].includes(target.type);

// src/views/windows.js
var DRAG_FROM = 4, SIDES = ["top", "right", "bottom", "left"];
function windowsView(model, figure, signal) {
	let outer = h("div.xai-outer-windows"), current = windowElement();
	figure.stage.append(outer, current.root);
	let whole = () => {
		let picture = model.get("picture");
		return [0, 0, picture?.height ?? 0, picture?.width ?? 0];
	};
	model.watch(["trail", "picture"], () => {
		let trail = model.get("trail"), last = trail.at(-1);
		current.root.hidden = !last, last && figure.place(current.root, last), current.root.classList.toggle("xai-at-top", !!(last && last[0] < 0.06 * whole()[2])), fillList(outer, trail.slice(0, -1), () => h("div.xai-outer-window"), figure.place), model.isStatic || figure.stage.setAttribute("aria-label", describe2(last ?? null));
	}), !model.isStatic && (figure.stage.classList.add("xai-drawable"), figure.stage.tabIndex = 0, figure.stage.dataset.lmSuppressShortcuts = "true", figure.stage.setAttribute("role", "application"), listenToPointer(model, figure, whole, signal), listenToKeys(model, figure, whole, signal));
}
function windowElement() {
	let sides = SIDES.map((side) => h(`div.xai-side.xai-side-${side}`, { "data-gesture": "move" })), handles = HANDLES.map(
		(handle) => h(`div.xai-handle.xai-handle-${handle}`, { "data-gesture": "resize", "data-handle": handle })
	), grip = h("div.xai-grip", { "data-gesture": "move", title: "drag to move the window" }, icon("grip"));
	return { root: h("div.xai-window", ...sides, ...handles, grip) };
}
function describe2(window) {
	if (!window) return "Picture, no window. Enter makes one.";
	let [top, left, height, width] = window;
	return `Picture with a window of ${height} by ${width} pixels at row ${top}, column ${left}. Arrows move it, Shift and arrows resize it, Enter goes deeper, Escape goes back.`;
}
function gestureAt(target) {
	let data = target instanceof HTMLElement ? target.dataset : {};
	return data.gesture ? (trail, from, to, whole) => {
		let last = currentWindow(trail, whole), parent = parentWindow(trail, whole), [rows, columns] = [to.row - from.row, to.column - from.column], handle = data.handle, changed = data.gesture === "move" ? moveWindow(last, rows, columns, parent) : resizeWindow(last, handle, rows, columns, parent);
		return [...trail.slice(0, -1), changed];
	} : drawInTrail;
}
function listenToPointer(model, figure, whole, signal) {
	let { stage } = figure, drag = null;
	function start(event) {
		let measure = figure.ruler();
		if (drag || !measure || event.button !== 0 || !event.isPrimary) return;
		stage.setPointerCapture(event.pointerId), stage.focus({ preventScroll: !0 }), event.preventDefault();
		let { clientX: x, clientY: y, pointerId: pointer } = event;
		drag = { measure, gesture: gestureAt(event.target), from: measure(event), x, y, trail: model.get("trail"), moved: !1, pointer };
	}
	function move(event) {
		if (!drag || event.pointerId !== drag.pointer || (drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= DRAG_FROM, !drag.moved)) return;
		stage.classList.add("xai-dragging");
		let trail = drag.gesture(drag.trail, drag.from, drag.measure(event), whole());
		sameTrail(trail, model.get("trail")) || model.set({ trail });
	}
	function end(event) {
		!drag || event.pointerId !== drag.pointer || (event.type === "pointercancel" && drag.moved && model.set({ trail: drag.trail }), drag = null, stage.classList.remove("xai-dragging"), model.flush());
	}
	stage.addEventListener("pointerdown", start, { signal }), stage.addEventListener("pointermove", move, { signal }), stage.addEventListener("pointerup", end, { signal }), stage.addEventListener("pointercancel", end, { signal });
}
function listenToKeys(model, figure, whole, signal) {
	figure.stage.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		let old = model.get("trail"), trail = trailAfterKey(old, event.key, event.shiftKey, model.get("grid"), whole());
		trail && (event.preventDefault(), sameTrail(trail, old) || model.set({ trail }));
	}, { signal });
}

// src/widgets/explorer.js
var HINT = "Drag to draw a window, inside it to go deeper; grip or border moves it, handles resize it. Keys: Enter, arrows, Shift+arrows, Escape.", WORDS2 = { work: "Model evaluations", unit: "evaluations", partial: "a partial map" };
function render({ model: widgetModel, el, signal: given }) {
	let controller = new AbortController(), { signal } = controller;
	given?.addEventListener("abort", () => controller.abort(), { signal });
	let model = bindModel(widgetModel, signal, { hover: null, rule: [], shown: NOTHING_SHOWN });
	followShown(model);
	let asking = h("div.xai-asking"), runPlace = h("div.xai-run-place"), top = h("div.xai-top", asking, runPlace), progress = h("div.xai-progress-place"), left = h("div.xai-left"), classes = h("section.xai-panel", { "aria-label": "Classes" }), settings = h("section.xai-panel", { "aria-label": "Settings" }), bottom = h("div.xai-bottom"), side = h("div.xai-side-panels", classes, settings), main = h("div.xai-main", left, side), root = h("div.xai-root.xai-explorer", { role: "region", "aria-label": "Explorer" }, top, progress, main, bottom);
	root.classList.toggle("xai-static", model.isStatic), queryView(model, asking, signal), runView(model, { button: runPlace, progress, alert: main }, WORDS2, signal), filmstripView(model, left, signal), breadcrumbView(model, left, signal), layersView(model, left, signal), windowsView(model, figuresView(model, left, signal), signal), model.isStatic || left.append(h("p.xai-hint", HINT)), legendView(model, left), classesView(model, classes, {
		title: "Why this class?",
		name: "Class to explain",
		automatic: "automatic (top class)",
		asked: () => model.get("target"),
		ask: (target) => model.set({ target }),
		answered: () => model.get("prediction")?.top[0]?.index,
		watch: (listener) => model.watch(["prediction", "target"], listener)
	}, signal), settingsView(model, settings, signal), readingsView(model, side, signal), whatIfView(model, bottom, signal), model.isStatic || compareView(model, bottom, signal), attributionLedger(model, bottom), takeAwayView(model, bottom, { file: "explanation", texts: { query: () => model.get("query"), Python: () => model.get("code") }, files: { PNG: () => explorerPng(model) } }, signal), blockedView(root, signal);
	for (let type of ["pointerdown", "keydown"])
		root.addEventListener(type, (event) => {
			"repeat" in event && event.repeat || widgetModel.set("gesture", (widgetModel.get("gesture") ?? 0) + 1);
		}, { signal, capture: !0 });
	return root.addEventListener("keydown", (event) => event.stopPropagation(), { signal }), el.append(root), () => {
		controller.abort(), root.remove();
	};
}
var explorer_default = () => ({ initialize() {
}, render });
export {
	explorer_default as default
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
