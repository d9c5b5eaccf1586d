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
		return new Promise((resolve, reject2) => {
			let giveUp = () => take(id)?.reject(new CommandError("the kernel does not answer", { silent: !0 }));
			waiting.set(id, { resolve, reject: reject2, timer: setTimeout(giveUp, timeout) }), model.send({ ...fields, id, command }, void 0, buffers);
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

// src/lib/numbers.js
function formatter(options) {
	let { format } = new Intl.NumberFormat("en", options);
	return (value) => format(value || 0).replace("-", "−");
}
var threeDigits = formatter({ maximumSignificantDigits: 3 }), fourDigits = formatter({ minimumSignificantDigits: 4, maximumSignificantDigits: 4 }), large = formatter({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
function short(value) {
	return value == null || !Number.isFinite(value) ? "–" : value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(1).replace(/^-/, "−") : Math.abs(value) >= 100 ? large(value) : threeDigits(value);
}
var count = formatter({ maximumFractionDigits: 0 });
function percent(share2, digits = 1) {
	return Number.isFinite(share2) ? digits && share2 > 0 && share2 < 5e-4 ? "< 0.1 %" : `${(100 * share2).toFixed(digits)} %` : "–";
}
var duration = (seconds) => Number.isFinite(seconds) ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : "–";

// src/lib/paint.js
function paintPicture(canvas, picture) {
	canvas.width = picture.width, canvas.height = picture.height;
	let pixels = new ImageData(rgbaOf(picture), picture.width, picture.height);
	canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

// src/lib/png.js
var MARGIN = 20, LINE = 20, FONT = "14px system-ui, sans-serif";
function wrap(context, text2, width) {
	let lines = [""];
	for (let word of text2.split(" ")) {
		let longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
		context.measureText(longer).width <= width || !lines[lines.length - 1] ? lines[lines.length - 1] = longer : lines.push(word);
	}
	return lines;
}
function pngOf(canvas) {
	return new Promise(
		(resolve, reject2) => canvas.toBlob((blob) => blob ? resolve(blob) : reject2(new Error("the browser made no picture")), "image/png")
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
var keyWidth = (context, text2) => DASH + GAP + context.measureText(text2).width + MARGIN;
function drawKeys(context, keys, y, ink) {
	let x = MARGIN;
	for (let { text: text2, colour, dashed } of keys)
		context.fillStyle = ink, context.fillText(text2, x + DASH + GAP, y), context.beginPath(), context.moveTo(x, y - 5), context.lineTo(x + DASH, y - 5), context.setLineDash(dashed ? [6, 3] : []), context.lineWidth = 2, context.strokeStyle = colour, context.stroke(), x += keyWidth(context, text2);
	context.setLineDash([]);
}

// src/lib/sheet-png.js
function sheetPng(root, plates, arrange) {
	let canvas = document.createElement("canvas"), context = canvas.getContext("2d");
	context.font = FONT;
	let inner = Math.max(...plates.map(({ width }) => width)), steps = arrange(context, inner);
	canvas.width = Math.ceil(inner + 2 * MARGIN), canvas.height = 2 * MARGIN + steps.reduce((sum, { height }) => sum + height, 0);
	let { backgroundColor, color } = getComputedStyle(root);
	context.fillStyle = backgroundColor, context.fillRect(0, 0, canvas.width, canvas.height);
	let y = MARGIN;
	for (let { height, draw } of steps)
		context.fillStyle = color, draw(context, y, color), y += height;
	return pngOf(canvas);
}
function textStep(text2, font, height) {
	return {
		height,
		draw(context, top) {
			context.font = font, context.fillText(text2, MARGIN, top + 0.75 * height);
		}
	};
}
function plateStep({ image, height }, rows = []) {
	return {
		height: height + (rows.length + 1) * LINE,
		draw(context, top, ink) {
			context.font = FONT, context.drawImage(image, MARGIN, top + LINE / 2), rows.forEach((keys, row) => drawKeys(context, keys, top + height + (row + 1.25) * LINE, ink));
		}
	};
}
function rowsOfKeys(context, keys, width) {
	let rows = [], used = 1 / 0;
	for (let key of keys) {
		let needed = keyWidth(context, key.text);
		used + needed > width && rows.push([]), used = (used + needed > width ? 0 : used) + needed, rows[rows.length - 1].push(key);
	}
	return rows;
}

// src/lib/detector-png.js
var BOLD = FONT.replace("14px", "bold 18px");
async function detectorPng(root) {
	let plots = await Promise.all(seen(root, ":is(.xai-roc, .xai-flow, .xai-cost-plot)").map(plate));
	if (!plots.length) throw new Error("there are no scores yet");
	let rows = (selector, between) => seen(root, selector).map((row) => [...row.children].map(textOf).join(between)), title = seen(root, ":is(.xai-question, .xai-detector-answer)").map(textOf);
	return sheetPng(root, plots, (context, inner) => {
		let wrapped = (text2, font, height) => (context.font = font, wrap(context, text2, inner).map((line) => textStep(line, font, height)));
		return [
			...title.flatMap((text2) => wrapped(text2, BOLD, 1.4 * LINE)),
			...plots.map((plot) => plateStep(plot, rowsOfKeys(context, plot.keys, inner))),
			...rows(".xai-systems tr", " · ").flatMap((text2) => wrapped(text2, FONT, LINE)),
			...wrapped("", FONT, LINE),
			...wrapped(rows(".xai-ledger > div", " ").join(", "), FONT, LINE)
		];
	});
}

// src/lib/detector.js
var PARTS = ["kept right", "false alarm", "caught", "missed"];
function sampleOf(state) {
	let { wrong, labels, predicted, confidence } = state;
	if (!wrong || !labels || !predicted || !confidence || !Object.keys(state.detectors ?? {}).length) return null;
	let backup = state.backup?.right ?? null, all = Object.entries(state.detectors), { length: fitted } = all.filter(([, { trivial }]) => !trivial), colours = all.map(([, { trivial }], i) => trivial ? 8 - (i - fitted) : i % 8 + 1);
	return {
		detectors: all.map(([key, wire], i) => scoredOf(key, wire, `series-${colours[i]}`, wrong, backup)),
		count: wrong.length,
		errors: wrong.reduce((sum, each) => sum + each, 0),
		wrong,
		labels,
		predicted,
		confidence
	};
}
function scoredOf(key, { name, auroc, auroc_error: error, validation_auroc: validation, trivial, values }, kind, wrong, backup) {
	let order = Int32Array.from(values.keys()).sort((a, b) => values[b] - values[a]), caught = sums(order, (image) => wrong[image]), saved = sums(order, (image) => backup?.[image] ?? 0), steps = [0];
	return order.forEach((image, i) => {
		(i + 1 === order.length || values[image] !== values[order[i + 1]]) && steps.push(i + 1);
	}), { key, name, auroc, error, validation, trivial, kind, values, order, caught, saved, steps };
}
function sums(order, value) {
	let result = new Int32Array(order.length + 1);
	return order.forEach((image, i) => {
		result[i + 1] = result[i] + value(image);
	}), result;
}
var share = (part, whole) => whole ? part / whole : 0;
function rejectedAt({ values, order }, threshold) {
	let [low, high] = [0, order.length];
	for (; low < high; ) {
		let middle = low + high >> 1;
		values[order[middle]] >= threshold ? low = middle + 1 : high = middle;
	}
	return low;
}
function thresholdAt({ values, order }, rejected) {
	let above = values[order[rejected - 1]], below = values[order[rejected]];
	return rejected <= 0 ? below + 1 : rejected >= order.length ? above - 1 : (above + below) / 2;
}
function cutOf({ detectors, count: count2, errors }, method, threshold) {
	let scored = detectors.find(({ key }) => key === method);
	if (!scored) return null;
	let rejected = rejectedAt(scored, threshold), caught = scored.caught[rejected], missed = errors - caught, parts = { "kept right": count2 - rejected - missed, "false alarm": rejected - caught, caught, missed };
	return { scored, threshold, count: count2, errors, rejected, parts };
}
function imagesOf({ scored, rejected }, wrong, part) {
	let kept = part === "kept right" || part === "missed", bad = part === "missed" || part === "caught", images = kept ? scored.order.subarray(rejected) : scored.order.subarray(0, rejected);
	return Array.from(images).filter((image) => !!wrong[image] === bad);
}
function rocPoint({ caught }, count2, errors, rejected) {
	return { x: share(rejected - caught[rejected], count2 - errors), y: share(caught[rejected], errors) };
}
function rocOf(scored, count2, errors) {
	let points = scored.steps.map((rejected) => rocPoint(scored, count2, errors, rejected)), corners = points.filter((point, i) => {
		let [before, after] = [points[i - 1], points[i + 1]];
		return !before || !after ? !0 : Math.abs((point.x - before.x) * (after.y - point.y) - (point.y - before.y) * (after.x - point.x)) > 1e-12;
	});
	return { x: corners.map(({ x }) => x), y: corners.map(({ y }) => y) };
}
function nearestOnRoc(scored, count2, errors, at) {
	return least(scored.steps, (rejected) => {
		let { x, y } = rocPoint(scored, count2, errors, rejected);
		return (x - at.x) ** 2 + (y - at.y) ** 2;
	});
}
var nearestStep = (steps, rejected) => least(steps, (step) => Math.abs(step - rejected));
function costAt({ caught, order }, errors, { cost_check, cost_miss }, rejected) {
	return share(cost_check * rejected + cost_miss * (errors - caught[rejected]), order.length);
}
var cheapest = (scored, errors, costs) => least(scored.steps, (rejected) => costAt(scored, errors, costs, rejected)), rankOf = ({ values }, score) => share(values.reduce((sum, value) => sum + +(value < score), 0), values.length);
function least(steps, value) {
	let best = steps[0], lowest = 1 / 0;
	for (let step of steps) {
		let found = value(step);
		found < lowest && ([best, lowest] = [step, found]);
	}
	return best;
}

// src/lib/detector-words.js
var MEANINGS = {
	"kept right": "right, and kept",
	"false alarm": "right, but rejected",
	caught: "wrong, and rejected",
	missed: "wrong, but kept"
}, partKind = (part) => `xai-${part.replace(" ", "-")}`, keptOf = (cut) => cut.count - cut.rejected;
function verdictText(cut) {
	let { count: all, errors, rejected, parts } = cut, kept = keptOf(cut), right = kept ? `, ${percent(share(parts["kept right"], kept))} of them right` : "", [are, errs] = [rejected === 1 ? "is" : "are", errors === 1 ? "error" : "errors"];
	return `Of ${count(all)} predictions ${count(kept)} ${kept === 1 ? "is" : "are"} kept${right}; ${count(rejected)} ${are} checked, and ${count(parts.caught)} of the ${count(errors)} ${errs} ${errors === 1 ? "is" : "are"} caught.`;
}
function rankText(rank, all) {
	return rank >= (all - 1) / all ? "all" : `${Math.floor(100 * rank + 1e-9)} %`;
}
var waitingText = ({ count: all, errors }) => `Of ${count(all)} predictions ${count(errors)} are wrong; the detector has not yet said which.`, classText = (classes, index) => classes[index] ?? String(index);
function imageText({ predicted, labels }, classes, image) {
	return `image ${image}: predicted ${classText(classes, predicted[image])}, is ${classText(classes, labels[image])}`;
}

// src/lib/dial.js
var PATIENCE = 250, SCORES = ["detectors", "wrong", "labels", "predicted", "confidence", "backup"];
function followDial(model, signal) {
	let last = null, timer;
	signal.addEventListener("abort", () => clearTimeout(timer));
	function cut() {
		clearTimeout(timer);
		let { sample } = model.view;
		model.setView({ cut: sample && cutOf(sample, model.get("method"), model.get("threshold")) });
	}
	model.watch([...SCORES], () => {
		let state = Object.fromEntries(SCORES.map((name) => [name, model.get(name)]));
		SCORES.every((name) => last?.[name] === state[name]) || (last = state, model.setView({ sample: sampleOf(state) }), cut());
	}), model.watch(["threshold"], cut), model.watch(["method"], () => {
		clearTimeout(timer), timer = setTimeout(cut, model.isStatic ? 0 : PATIENCE);
	});
}
function reject(model, rejected) {
	let { cut } = model.view;
	!cut || rejected === cut.rejected || model.set({ threshold: thresholdAt(cut.scored, rejected), rule: "by_hand" });
}
function chooseRule(model, rule) {
	let { cut } = model.view;
	model.set(cut && rule === "cost" ? { rule, threshold: cheapestOf(cut, model) } : { rule });
}
function chooseMethod(model, method) {
	let { sample, cut } = model.view;
	if (method === model.get("method")) return;
	let other = model.isStatic && sample && cutOf(sample, method, 1 / 0);
	if (!other || !cut) return model.set({ method });
	if (model.get("rule") === "cost") return model.set({ method, threshold: cheapestOf(other, model) });
	model.set({ method, rule: "by_hand", threshold: thresholdAt(other.scored, nearestStep(other.scored.steps, cut.rejected)) });
}
var cheapestOf = ({ scored, errors }, model) => thresholdAt(scored, cheapest(scored, errors, costsOf(model))), costsOf = (model) => ({ cost_check: model.get("cost_check"), cost_miss: model.get("cost_miss") });

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

// src/lib/schema.js
var DETECTOR = {
	rule: { name: "rule", kind: "choice", label: "Threshold by", unit: "", least: null, most: null, choices: [["balanced", "Balanced"], ["correct_recall", "Recall of right"], ["wrong_recall", "Recall of wrong"], ["cost", "Cheapest"], ["by_hand", "By hand"]], group: "", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	recall: { name: "recall", kind: "float", label: "Wanted recall in percent", unit: "", least: 0, most: 1, choices: null, group: "", optional: !1, empty: "", scale: 100, pageOnly: !1 },
	cost_check: { name: "cost_check", kind: "float", label: "One check", unit: "", least: 0, most: null, choices: null, group: "", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	cost_miss: { name: "cost_miss", kind: "float", label: "One miss", unit: "", least: 0, most: null, choices: null, group: "", optional: !1, empty: "", scale: 1, pageOnly: !1 }
};

// src/views/controls.js
var DIGITS = 12, untyped = (model) => model;
function settingRow(el, name, ...controls) {
	let [first, ...rest] = controls, label = h("label.xai-setting", h("span.xai-label", name), first);
	el.append(h("div.xai-setting-row", label, ...rest));
}
function numberField(model, el, signal, { name, label, kind, least: least2, most, scale, unit, optional, empty }) {
	let step = kind === "int" ? 1 : "any", [min, max] = [least2 ?? -Number.MAX_SAFE_INTEGER, most ?? Number.MAX_SAFE_INTEGER].map((bound) => scale * bound), input = h(`input.xai-${name}`, { type: "number", min, max, step, placeholder: optional ? empty || "none" : void 0 });
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
function setTrait(model, trait, value) {
	model.set({ [trait]: value });
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

// src/views/detector-cost.js
var HEIGHT = 170, CORNERS = 400;
function costView(model, el, signal) {
	let plot = createLinePlot(HEIGHT, signal, (x) => {
		let { cut } = model.view;
		cut && reject(model, nearestStep(cut.scored.steps, Math.round(x * cut.count)));
	});
	plot.root.classList.add("xai-cost-plot");
	let fields = h("div.xai-costs");
	for (let setting of [DETECTOR.cost_check, DETECTOR.cost_miss]) numberField(model, fields, signal, setting);
	let best = h("span"), go = h("button.xai-button.xai-go-there", "Go there");
	el.append(h("h3", "What a prediction costs"), fields, plot.root, h("div.xai-cost-best", best, go)), fields.addEventListener("change", () => model.get("rule") === "cost" && chooseRule(model, "cost"), { signal }), go.addEventListener("click", () => isDisabled(go) || chooseRule(model, "cost"), { signal });
	function draw() {
		let { cut } = model.view;
		if (!cut) return;
		let costs = costsOf(model), rejected = cheapest(cut.scored, cut.errors, costs);
		plot.show(costPlot(cut, costs, rejected)), plot.point(share(cut.rejected, cut.count));
		let now = costAt(cut.scored, cut.errors, costs, cut.rejected);
		best.textContent = `now ${short(now)} · best: reject ${percent(share(rejected, cut.count))}, ${short(costAt(cut.scored, cut.errors, costs, rejected))}`, setDisabled(go, rejected === cut.rejected && model.get("rule") === "cost");
	}
	model.watchView(["cut"], draw), model.watch(["cost_check", "cost_miss", "rule"], draw);
}
function costPlot({ scored, errors, count: count2, rejected }, costs, best) {
	let every = Math.ceil(scored.steps.length / CORNERS), steps = scored.steps.filter((step, i) => i % every === 0 || step === best || step === count2), at = (step) => ({ x: share(step, count2), y: costAt(scored, errors, costs, step) }), points = steps.map(at), top = Math.max(...points.map(({ y }) => y));
	return {
		label: `Cost per prediction, by the share rejected; least where ${percent(share(best, count2))} are`,
		x: { name: "predictions rejected", domain: [0, 1], format: (value) => percent(value, 0) },
		y: { name: "cost each", domain: [0, 1.08 * top || 1] },
		lines: [{ name: scored.name, kind: scored.kind, x: points.map(({ x }) => x), y: points.map(({ y }) => y) }],
		markers: [{ ...at(best), kind: scored.kind, shape: "triangle" }, { ...at(rejected), kind: `${scored.kind} xai-dial-point` }]
	};
}

// src/lib/detail.js
function detailOf(model) {
	let detail = model.get("detail");
	return detail && detail.index === model.get("picked") ? detail : null;
}

// src/lib/thumbnails.js
function thumbnailOf({ height, width, data }, index) {
	let size = 3 * height * width;
	return { height, width, data: data.subarray(index * size, (index + 1) * size) };
}

// src/lib/pattern.js
function readPattern(pattern) {
	let [values, profile, low, high] = [pattern.values, pattern.profile, pattern.low, pattern.high], [specific, silent, loud] = [pattern.specific, pattern.silent, pattern.loud].map((each) => new Set(each)), maps = Array.from(values, (value, index) => ({
		index,
		value,
		profile: profile[index],
		low: low[index],
		high: high[index],
		specific: specific.has(index),
		odd: silent.has(index) ? "silent" : loud.has(index) ? "loud" : ""
	})), shown = [...maps.filter(({ specific: own, odd }) => own || odd)].sort((a, b) => +!a.odd - +!b.odd || b.profile - a.profile || a.index - b.index).slice(0, 16), all = [0, ...values, ...profile, ...low, ...high].filter(Number.isFinite);
	return { maps, shown: shown.sort((a, b) => a.index - b.index), least: Math.min(...all), most: Math.max(...all) };
}
function oddText({ maps }, say) {
	return ["silent", "loud"].flatMap((kind) => {
		let indices = maps.filter(({ odd }) => odd === kind).map(({ index }) => index);
		return indices.length ? `${say(kind)} ${indices.join(", ")}` : [];
	}).join("; ");
}

// src/views/pattern.js
var STRIP = 36;
function patternView(model, el) {
	let title = h("h4"), list = h("ol.xai-maps", { "aria-label": "Feature maps" }), strip = svg("svg", { class: "xai-strip", role: "img", preserveAspectRatio: "none" }), note = h("p.xai-pattern-note"), keys = h("p.xai-pattern-keys.xai-label", h("span.xai-range-key", "usual range"), h("span.xai-mean-key", "mean"), h("span.xai-silent-key", "silent"), h("span.xai-loud-key", "loud")), root = h("section.xai-pattern", { "aria-label": "Pattern" }, title, note, list, strip, keys);
	el.append(root);
	let shown = null;
	model.watch(["detail", "picked"], () => {
		let pattern = detailOf(model)?.pattern ?? null;
		if (root.hidden = !pattern, !pattern || pattern === shown) return;
		shown = pattern;
		let read = readPattern(pattern);
		title.textContent = `Feature maps of ${pattern.layer}, beside right predictions of ${pattern.label}`, note.textContent = oddText(read, (kind) => `${kind}: map`) || "all as usual", fillList(list, read.shown, createMap, (row, map) => fillMap(row, map, read)), drawStrip(strip, read), setAttribute(strip, "aria-label", `Conductance of all ${read.maps.length} maps; ${note.textContent}`);
	});
}
function createMap() {
	let track = h("span.xai-map-track", h("span.xai-map-range"), h("span.xai-map-bar"), h("span.xai-map-mean"));
	return h("li", h("span.xai-map-name"), track);
}
function fillMap(row, { index, value, profile, low, high, specific, odd }, { least: least2, most }) {
	let [name, track] = [...row.children], [range, bar, mean] = [...track.children], place = (element, from, to) => {
		let [start, end] = [from, to].map((each) => 100 * (each - least2) / (most - least2 || 1));
		element.style.left = `${Math.min(start, end)}%`, element.style.width = `${Math.abs(end - start)}%`;
	};
	row.className = `xai-feature-map ${odd ? `xai-${odd}-map` : ""}`, name.textContent = `map ${index}`, place(range, low, high), place(bar, 0, value), place(mean, profile, profile);
	let about = [specific ? "specific to the class" : "", odd].filter(Boolean).join(", ");
	row.title = `map ${index}: ${short(value)}, usually ${short(low)} to ${short(high)}${about ? `; ${about}` : ""}`;
}
function drawStrip(strip, { maps, least: least2, most }) {
	let y = (value) => STRIP * (most - value) / (most - least2 || 1);
	setAttribute(strip, "viewBox", `0 0 ${maps.length} ${STRIP}`);
	let bars = (kind, ends) => svg("path", {
		class: kind,
		d: maps.flatMap((map) => {
			let between = ends(map);
			return between ? `M${map.index + 0.15} ${y(between[0]).toFixed(2)}h.7V${y(between[1]).toFixed(2)}h-.7Z` : [];
		}).join("")
	});
	strip.replaceChildren(
		bars("xai-strip-range", ({ low, high }) => [low, high]),
		bars("xai-strip-bars", ({ value, odd }) => odd ? null : [0, value]),
		bars("xai-strip-loud", ({ value, odd }) => odd === "loud" ? [0, value] : null),
		// What is silent has no height of its own: its range is what shows it.
		bars("xai-strip-silent", ({ odd }) => odd === "silent" ? [least2, most] : null)
	);
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
	let [bar, name, share2] = [...element.children];
	bar.style.width = `${Math.max(0, Math.min(100, 100 * (probability || 0)))}%`, name.textContent = label, share2.textContent = percent(probability), element.title = `${label}: ${percent(probability)}, logit ${short(logit)}`;
}

// src/views/wall.js
function wallView(model, el) {
	let title = h("h4", "What mutants of the network say"), tiles = h("div.xai-tiles", { role: "img" }), text2 = h("p.xai-wall-text"), others = h("p.xai-wall-others.xai-label"), keys = h("p.xai-wall-keys.xai-label", h("span.xai-keep-key", "the same"), h("span.xai-change-key", "another class"), h("span.xai-wait-key", "not yet asked")), root = h("section.xai-wall", { "aria-label": "Votes" }, title, h("div.xai-wall-row", tiles, h("div.xai-wall-words", text2, others, keys)));
	el.append(root), model.watch(["detail", "picked", "classes"], () => {
		let votes = detailOf(model)?.votes, own = model.view.sample?.predicted[model.get("picked") ?? -1];
		if (root.hidden = !votes, !votes) return;
		let names = model.get("classes"), said = Array.from(votes.classes);
		tiles.style.setProperty("--xai-tiles", String(Math.ceil(Math.sqrt(votes.count)))), fillList(tiles, said, () => h("span"), (tile, vote) => {
			let kind = vote < 0 ? "xai-wait" : vote === own ? "xai-keep" : "xai-changed", name = vote < 0 ? "not yet asked" : classText(names, vote);
			tile.className !== kind && (tile.className = kind), tile.title !== name && (tile.title = name);
		}), text2.textContent = wallText(votes), others.textContent = othersText(said, own, names), setAttribute(tiles, "aria-label", text2.textContent);
	});
}
function wallText({ count: all, done, changed }) {
	if (!done) return `${count(all)} mutants are asked`;
	let soFar = done < all ? " so far" : "";
	return `${count(Math.round(changed * done))} of ${count(done)} mutants change their mind${soFar}: ${percent(changed, 0)}`;
}
function othersText(said, own, names) {
	let votes = /* @__PURE__ */ new Map();
	for (let vote of said) vote >= 0 && vote !== own && votes.set(vote, (votes.get(vote) ?? 0) + 1);
	let most = [...votes].sort((a, b) => b[1] - a[1]).slice(0, 3);
	return most.length ? `instead: ${most.map(([vote, number]) => `${classText(names, vote)} (${number})`).join(", ")}` : "";
}

// src/views/detector-detail.js
var CLASSES = 4, OPENING = "Opening…";
function detailView(model, el, signal) {
	let title = h("h3"), canvas = h("canvas.xai-detail-picture", { role: "img" }), answer = h("p.xai-detail-answer"), verdict = h("p.xai-detail-verdict"), classes = h("ul.xai-detail-classes", { "aria-label": "Top classes" }), scores = h("ul.xai-scores", { "aria-label": "Scores" }), body = h("div.xai-detail-body", h("div.xai-detail-head", canvas, h("div.xai-detail-facts", answer, verdict, classes)), scores), hint = h("p.xai-label", "Pick an image to see why its prediction is suspicious.");
	el.append(title, hint, body), patternView(model, body), wallView(model, body), openButtons(model, body, signal);
	function draw() {
		let { sample, cut } = model.view, image = imageOf(model), known = sample !== null && cut !== null && image !== null && image < sample.count;
		if (title.textContent = known ? `Image ${image}` : "An image", body.hidden = !known, hint.hidden = known, !known) return;
		let names = model.get("classes"), right = !sample.wrong[image], predicted = classText(names, sample.predicted[image]);
		answer.replaceChildren(h("strong", predicted), right ? ", which is right" : `, but it is ${classText(names, sample.labels[image])}`), answer.classList.toggle("xai-error-text", !right), verdict.textContent = verdictOf(cut, image), fillList(classes, topOf(model, sample, image), () => predictionRow(h("li")), fillPredictionRow), fillList(scores, sample.detectors, createScore, (row, scored) => fillScore(row, scored, cut, image)), setAttribute(canvas, "aria-label", `image ${image}`);
	}
	function paint() {
		let image = imageOf(model), thumbnails = model.get("thumbnails");
		image === null || !thumbnails?.data.byteLength || paintPicture(canvas, detailOf(model)?.picture ?? thumbnailOf(thumbnails, image));
	}
	model.watchView(["cut"], draw), model.watch(["picked", "detail", "classes"], draw), model.watch(["picked", "detail", "thumbnails"], paint);
}
var imageOf = (model) => model.get("picked");
function topOf(model, sample, image) {
	let top = detailOf(model)?.top;
	if (top?.length) return top.slice(0, CLASSES);
	let index = sample.predicted[image];
	return [{ index, label: classText(model.get("classes"), index), probability: sample.confidence[image], logit: NaN }];
}
function verdictOf({ scored, threshold, count: count2 }, image) {
	let score = scored.values[image];
	return `${score >= threshold ? "Rejected" : "Kept"}: score ${short(score)}, more suspicious than ${rankText(rankOf(scored, score), count2).replace("%", "% of all")}`;
}
function createScore() {
	let bar = h("span.xai-score-bar", h("span.xai-score-place"), h("span.xai-score-edge"));
	return h("li", h("span.xai-score-name"), bar, h("span.xai-score-text"));
}
function fillScore(row, scored, cut, image) {
	let [name, bar, text2] = [...row.children], [place, edge] = [...bar.children], rank = rankOf(scored, scored.values[image]), driving = scored === cut.scored;
	row.className = `xai-score xai-${scored.kind}`, row.classList.toggle("xai-driving-score", driving), name.textContent = scored.name, place.style.width = `${100 * rank}%`, edge.hidden = !driving, edge.style.left = `${100 * (1 - cut.rejected / cut.count)}%`, text2.textContent = `above ${rankText(rank, cut.count)}`, row.title = `${scored.name}: ${short(scored.values[image])}`;
}
function openButtons(model, el, signal) {
	let explorer = h("button.xai-button", "Open in the Explorer"), contrast = h("button.xai-button", "Why not …?");
	el.append(h("div.xai-open.xai-live", explorer, contrast));
	function settle() {
		model.view.notice === OPENING && model.setView({ notice: "" });
	}
	let open = async (what) => {
		let answer = model.command("open", { what });
		model.setView({ notice: OPENING }), await answer || settle();
	};
	explorer.addEventListener("click", () => open("explorer"), { signal }), contrast.addEventListener("click", () => open("contrast"), { signal }), model.watch(["opened", "error"], settle), model.watch(["explorers"], () => {
		explorer.hidden = !model.get("explorers")?.explorer, contrast.hidden = !model.get("explorers")?.contrast;
	});
}

// src/views/detector-dial.js
var HEIGHT2 = 270, CHANCE = { name: "chance", kind: "chance", x: [0, 1], y: [0, 1], dashed: !0 };
function dialView(model, el, signal) {
	let legend = h("div.xai-methods", { role: "group", "aria-label": "Detector" }), plot = createLinePlot(HEIGHT2, signal, (x, y) => {
		let { cut } = model.view;
		cut && reject(model, nearestOnRoc(cut.scored, cut.count, cut.errors, { x, y }));
	});
	plot.root.classList.add("xai-roc"), plot.root.append(legend), el.append(h("h3", "What each detector catches"), plot.root), thresholdSlider(model, el, signal);
	let curves = null;
	function linesOf(sample) {
		return curves?.sample !== sample && (curves = { sample, lines: new Map(sample.detectors.map((scored) => [scored.key, lineOf(scored, sample)])) }), curves.lines;
	}
	model.watchView(["sample", "cut"], () => {
		let { sample, cut } = model.view;
		if (!sample) return;
		plot.show(rocPlot(linesOf(sample), cut));
		let { activeElement: focused } = document, key = focused instanceof HTMLElement && legend.contains(focused) ? focused.dataset.key : void 0;
		fillList(legend, sample.detectors, () => methodButton(model, signal), (button, scored) => fillMethod(button, scored, cut)), key !== void 0 && [...legend.querySelectorAll("button")].find((button) => button.dataset.key === key)?.focus();
	});
}
var lineOf = (scored, { count: count2, errors }) => ({ name: scored.name, kind: scored.kind, dashed: scored.trivial, ...rocOf(scored, count2, errors) });
function rocPlot(lines, cut) {
	let driving = cut && lines.get(cut.scored.key), others = [...lines.values()].filter((line) => line !== driving), place = cut && rocPoint(cut.scored, cut.count, cut.errors, cut.rejected);
	return {
		label: `ROC curves${(place && `; ${cut.scored.name} catches ${percent(place.y)} of the errors at ${percent(place.x)} false alarms`) ?? ""}`,
		x: { name: "false alarms: right predictions that are rejected", domain: [0, 1], format: short },
		y: { name: "errors caught", domain: [0, 1] },
		lines: [CHANCE, ...others, ...driving ? [{ ...driving, kind: `${driving.kind} xai-driving` }] : []],
		markers: place ? [{ ...place, kind: `${cut.scored.kind} xai-dial-point` }] : []
	};
}
function methodButton(model, signal) {
	let button = h("button.xai-key.xai-method", h("strong"), h("span"));
	return button.addEventListener("click", () => chooseMethod(model, button.dataset.key ?? ""), { signal }), button;
}
function fillMethod(button, { key, name, kind, trivial, auroc, error, validation }, cut) {
	button.className = `xai-key xai-method xai-${kind}${trivial ? " xai-dashed" : ""}`, button.dataset.key = key, button.children[0].textContent = name, button.children[1].textContent = `${auroc.toFixed(3)} ± ${error.toFixed(3)}`;
	let earlier = validation === null ? "" : `; ${validation.toFixed(3)} on the images it was fitted with`;
	button.title = `Area under the curve of ${name}${earlier}`, setAttribute(button, "aria-pressed", String(key === cut?.scored.key));
}
function thresholdSlider(model, el, signal) {
	let slider = h("input.xai-threshold", { type: "range", min: 0, step: 1, "aria-label": "Threshold" }), shown = h("output");
	el.append(h("div.xai-threshold-row", h("span.xai-label", "check none"), slider, h("span.xai-label", "check all")), h("div.xai-threshold-text", shown)), slider.addEventListener("input", () => {
		let { cut } = model.view;
		cut && reject(model, cut.scored.steps[slider.valueAsNumber]);
	}, { signal }), model.watchView(["cut"], () => {
		let { cut } = model.view;
		if (!cut) return;
		let { steps } = cut.scored;
		slider.max = String(steps.length - 1), slider.value = String(steps.indexOf(cut.rejected)), shown.textContent = `threshold ${short(cut.threshold)}: ${percent(cut.rejected / cut.count)} rejected`, setAttribute(slider, "aria-valuetext", `${short(cut.threshold)}. ${verdictText(cut)}`);
	});
}

// src/views/detector-images.js
var SHOWN = 120;
function imagesView(model, el, signal) {
	let tabs = partTabs(model, signal), grid = h("div.xai-images", { role: "group", "aria-label": "Images" }), pager = createPager(model, signal);
	el.append(h("h3", "The images, the most suspicious first"), tabs, grid, pager.root), rove(grid, signal);
	let painted = /* @__PURE__ */ new WeakMap();
	function create() {
		let button = h("button.xai-image", h("canvas", { "aria-hidden": "true" }));
		return button.addEventListener("click", () => model.set({ picked: Number(button.dataset.image) }), { signal }), button;
	}
	function fill(button, image) {
		let thumbnails = model.get("thumbnails");
		(button.dataset.image !== String(image) || painted.get(button) !== thumbnails) && (paintPicture(button.firstElementChild, thumbnailOf(thumbnails, image)), painted.set(button, thumbnails), button.dataset.image = String(image));
		let { sample } = model.view, name = sample ? imageText(sample, model.get("classes"), image) : "";
		button.title !== name && (button.title = name), setAttribute(button, "aria-label", name), setAttribute(button, "aria-pressed", String(image === model.get("picked")));
	}
	let draw = oncePerFrame(() => {
		let { cut, sample } = model.view;
		if (signal.aborted || !cut || !sample || !model.get("thumbnails")?.data.byteLength) return;
		let images = imagesOf(cut, sample.wrong, model.get("part")), from = Math.min(model.view.from, Math.floor(Math.max(0, images.length - 1) / SHOWN) * SHOWN);
		fillList(grid, images.slice(from, from + SHOWN), create, fill), pager.show(from, images.length), keepOneStop(grid);
	});
	model.watchView(["cut", "from"], draw), model.watch(["part"], () => model.setView({ from: 0 })), model.watch(["picked", "thumbnails", "classes"], draw);
}
function partTabs(model, signal) {
	let buttons = new Map(PARTS.map((part) => {
		let button = h(`button.xai-part.${partKind(part)}`, { title: MEANINGS[part] }, h("span"), h("span"));
		return button.addEventListener("click", () => model.set({ part }), { signal }), [part, button];
	}));
	function draw() {
		for (let [part, button] of buttons)
			button.children[0].textContent = `${part} `, button.children[1].textContent = count(model.view.cut?.parts[part] ?? 0), setAttribute(button, "aria-pressed", String(part === model.get("part")));
	}
	return model.watchView(["cut"], draw), model.watch(["part"], draw), h("div.xai-parts", { role: "group", "aria-label": "Part" }, ...buttons.values());
}
function createPager(model, signal) {
	let back = h("button.xai-button", "Back"), more = h("button.xai-button", "More"), text2 = h("span.xai-label"), root = h("div.xai-pager", back, more, text2), shown = 0;
	for (let [button, step] of [[back, -SHOWN], [more, SHOWN]])
		button.addEventListener("click", () => isDisabled(button) || model.setView({ from: shown + step }), { signal });
	function show(from, all) {
		shown = from;
		let to = Math.min(all, from + SHOWN);
		text2.textContent = all ? `${count(from + 1)} to ${count(to)} of ${count(all)}` : "none at this threshold", back.hidden = more.hidden = all <= SHOWN, setDisabled(back, from === 0), setDisabled(more, to === all);
	}
	return { root, show };
}
function rove(grid, signal) {
	grid.addEventListener("keydown", (event) => {
		let buttons = [...grid.children], at = buttons.findIndex((button) => button === document.activeElement), row = buttons.filter(({ offsetTop }) => offsetTop === buttons[0].offsetTop).length, last = buttons.length - 1, next = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + row, ArrowUp: at - row, Home: 0, End: last }[event.key];
		at < 0 || next === void 0 || (event.preventDefault(), buttons[next]?.focus());
	}, { signal }), grid.addEventListener("focusin", () => keepOneStop(grid), { signal });
}
function keepOneStop(grid) {
	let buttons = [...grid.children], stop = buttons.find((button) => button === document.activeElement) ?? grid.querySelector('[aria-pressed="true"]') ?? buttons[0];
	for (let button of buttons) setAttribute(button, "tabindex", button === stop ? 0 : -1);
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

// src/views/detector-ledger.js
function detectorLedger(model, el) {
	let show = createLedger(el), draw = () => show(model.view.cut ? entries(model, model.view.cut) : []);
	model.watchView(["cut"], draw), model.watch(["status", "cost_check", "cost_miss", "network", "layer"], draw);
}
function entries(model, cut) {
	let { scored, errors, count: all, rejected, parts, threshold } = cut, { seconds, note } = model.get("status");
	return [
		{ name: "network", value: model.get("network"), title: "whose predictions these are" },
		{ name: "layer", value: model.get("layer"), title: "whose feature maps the detector looks at" },
		{ name: "images", value: count(all), title: "that were predicted" },
		{ name: "errors", value: count(errors), title: "predictions that are wrong" },
		{ name: "accuracy", value: percent(share(all - errors, all)), title: "of the network alone" },
		{ name: "method", value: scored.name, title: "whose score drives the dial" },
		{ name: "AUROC", value: `${scored.auroc.toFixed(3)} ± ${scored.error.toFixed(3)}`, title: "area under its curve, with its standard error" },
		{ name: "threshold", value: short(threshold), title: "scores from here on are rejected" },
		{ name: "kept", value: `${count(keptOf(cut))} (${percent(share(keptOf(cut), all))})`, title: "not rejected" },
		{ name: "accuracy of kept", value: keptOf(cut) ? percent(parts["kept right"] / keptOf(cut)) : "–", title: "of what is not rejected" },
		{ name: "caught", value: `${count(parts.caught)} (${percent(share(parts.caught, errors))})`, title: "errors that are rejected" },
		{ name: "false alarms", value: `${count(parts["false alarm"])} (${percent(share(parts["false alarm"], all - errors))})`, title: "right predictions that are rejected" },
		{ name: "cost per prediction", value: short(costAt(scored, errors, costsOf(model), rejected)), title: "checks and misses" },
		{ name: "time", value: duration(seconds), title: `of computing${note ? `; ${note}` : ""}` }
	].filter(({ value }) => value);
}

// src/views/detector-rules.js
var ASKED = { correct_recall: "% of the right are kept", wrong_recall: "% of the wrong are caught" }, ORIGIN = "Balance and recall are those of the images that the detector was validated with, not of these";
function rulesView(model, el, signal) {
	let unanswered = (rule) => model.isStatic && rule !== "cost" && rule !== "by_hand", options = DETECTOR.rule.choices.map(([value, label]) => h("option", { value, disabled: unanswered(value) }, label)), { least: least2, most, scale, label: recallLabel } = DETECTOR.recall, select = h("select.xai-rule-choice", { title: ORIGIN }, ...options), recall = h("input.xai-recall", { type: "number", min: scale * least2, max: scale * most, step: "any", disabled: model.isStatic, "aria-label": recallLabel }), unit = h("span"), wanted = h("span.xai-recall-wanted", "at least", recall, unit), row = h("div.xai-rule-row");
	settingRow(row, DETECTOR.rule.label, select), row.append(wanted), el.append(row), select.addEventListener("change", () => chooseRule(model, select.value), { signal }), model.watch(["rule"], () => {
		select.value = model.get("rule"), unit.textContent = ASKED[model.get("rule")] ?? "", wanted.hidden = !unit.textContent;
	}), followNumber(model, recall, "recall", signal, scale);
}

// src/lib/bands.js
var [WHOLE, SLOT, GAP2] = [190, 38, 44], FLOW_HEIGHT = WHOLE + 3 * SLOT + 14;
function bandsOf({ count: count2, errors, parts }) {
	let sized = (number) => WHOLE * share(number, count2), sizes = PARTS.map((part) => sized(parts[part])), slots = sizes.map((size) => Math.max(SLOT, size)), spare = (FLOW_HEIGHT - slots.reduce((sum, slot) => sum + slot, 0)) / PARTS.length, top = 0, ends = PARTS.map((part, i) => {
		let place = top + spare / 2;
		return top += slots[i] + spare, { part, middle: place + slots[i] / 2, to: { top: place + (slots[i] - sizes[i]) / 2, size: sizes[i] } };
	}), all = { top: (FLOW_HEIGHT - WHOLE) / 2, size: WHOLE }, right = { top: (FLOW_HEIGHT - WHOLE - GAP2) / 2, size: sized(count2 - errors) }, wrong = { top: right.top + right.size + GAP2, size: sized(errors) }, sides = {
		right: { from: { top: all.top, size: right.size }, to: right },
		wrong: { from: { top: all.top + right.size, size: wrong.size }, to: wrong }
	}, [keptRight, , caught] = sizes, starts = [right.top, right.top + keptRight, wrong.top, wrong.top + caught];
	return { all, sides, ends: ends.map((end, i) => ({ ...end, from: { top: starts[i], size: sizes[i] } })) };
}
function bandPath({ from, to }, left, right) {
	if (!from.size) return "";
	let middle = (left + right) / 2, [a, b, c, d] = [from.top, to.top, to.top + to.size, from.top + from.size].map((value) => value.toFixed(1));
	return `M${left} ${a}C${middle} ${a} ${middle} ${b} ${right} ${b}V${c}C${middle} ${c} ${middle} ${d} ${left} ${d}Z`;
}

// src/views/flow.js
var [BAR, TEXT, SPACE] = [8, 116, 10], LINE2 = 15;
function flowView(model, el, signal) {
	let drawing = svg("svg", { role: "img" }), buttons = new Map(PARTS.map((part) => [part, endButton(model, part, signal)])), place = h("div.xai-flow", { role: "group", "aria-label": "Flow" }, ...buttons.values());
	place.prepend(drawing), place.style.height = `${FLOW_HEIGHT}px`, el.append(h("h3", "Where the predictions go"), place);
	let paint = oncePerFrame(() => {
		let { cut } = model.view, width = place.clientWidth;
		if (signal.aborted || !cut || !width) return;
		let bands = bandsOf(cut);
		drawFlow(drawing, cut, bands, width);
		for (let { part, middle } of bands.ends) {
			let button = buttons.get(part);
			button.style.top = `${middle}px`, setAttribute(button, "aria-label", `${part}: ${count(cut.parts[part])}, ${percent(share(cut.parts[part], cut.count))}`);
		}
	}), resized = new ResizeObserver(paint);
	resized.observe(place), signal.addEventListener("abort", () => resized.disconnect()), model.watchView(["cut"], paint), model.watch(["part"], () => {
		for (let [part, button] of buttons) setAttribute(button, "aria-pressed", String(part === model.get("part")));
	});
}
function endButton(model, part, signal) {
	let button = h("button.xai-flow-end", { title: MEANINGS[part] });
	return button.style.width = `${TEXT}px`, button.addEventListener("click", () => model.set({ part }), { signal }), button;
}
function drawFlow(drawing, cut, { all, sides, ends }, width) {
	let last = width - TEXT - BAR, middle = Math.round((last - BAR) * 0.48);
	setAttribute(drawing, "viewBox", `0 0 ${width} ${FLOW_HEIGHT}`), setAttribute(drawing, "aria-label", ends.map(({ part }) => `${part} ${count(cut.parts[part])}`).join(", "));
	let { right, wrong } = sides, bar = (kind, x, { top, size }) => svg("rect", { class: `xai-flow-bar ${kind}`, x, y: top, width: BAR, height: size }), accuracy = share(cut.count - cut.errors, cut.count);
	drawing.replaceChildren(
		svg("path", { class: "xai-flow-band xai-right", d: bandPath(right, BAR, middle) }),
		svg("path", { class: "xai-flow-band xai-wrong", d: bandPath(wrong, BAR, middle) }),
		...ends.map((end) => svg("path", { class: `xai-flow-band ${partKind(end.part)}`, d: bandPath(end, middle + BAR, last) })),
		bar("xai-all", 0, all),
		bar("xai-right", middle, right.to),
		bar("xai-wrong", middle, wrong.to),
		...ends.map(({ part, to }) => bar(partKind(part), last, to)),
		text(0, all.top - 2 * LINE2 + 3, ["predictions", count(cut.count)]),
		text(middle, right.to.top - 2 * LINE2 + 3, ["right", `${count(cut.count - cut.errors)} · ${percent(accuracy)}`]),
		text(middle, wrong.to.top + wrong.to.size + LINE2, ["wrong", `${count(cut.errors)} · ${percent(1 - accuracy)}`]),
		...ends.map(({ part, middle: y }) => text(last + BAR + SPACE, y - 3, [part, `${count(cut.parts[part])} · ${percent(share(cut.parts[part], cut.count))}`]))
	);
}
function text(x, y, [name, number]) {
	return svg("text", { y }, svg("tspan", { x, class: "xai-flow-name" }, name), svg("tspan", { x, dy: LINE2 }, number));
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

// src/views/opened.js
var REFERENCE = "IPY_MODEL_";
function openedView(model, manager, signal) {
	let close = h("button.xai-button.xai-close-opened", icon("close"), "Close"), place = h("div"), root = h("section.xai-root.xai-opened", { "aria-label": "Opened", hidden: !0 }, h("div.xai-opened-head", h("strong", "About the picked image"), close), place), shown = null, wanted = "";
	function drop() {
		shown?.remove(), shown = null, place.replaceChildren(), root.hidden = !0;
	}
	async function open(id) {
		let child = await manager?.get_model(id);
		if (!child || id !== wanted || signal.aborted) return;
		let view = await manager?.create_view(child);
		if (!view || id !== wanted || signal.aborted) return view?.remove();
		drop(), shown = view, root.hidden = !1, place.append(view.el), view.trigger?.("displayed"), root.scrollIntoView({ block: "nearest" });
	}
	return model.watch(["opened"], () => {
		let id = (model.get("opened") ?? "").replace(REFERENCE, "");
		if (id !== wanted) {
			if (wanted = id, !id || model.isStatic) return drop();
			open(id).catch(drop);
		}
	}), close.addEventListener("click", () => model.command("close"), { signal }), root.addEventListener("keydown", (event) => event.stopPropagation(), { signal }), signal.addEventListener("abort", drop), root;
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
		let text2 = model.view.notice || words.instead?.() || describe(model.get("status"), model.view.cancelling && stopping, words.partial);
		spoken.textContent !== text2 && (spoken.textContent = text2);
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
		let problem = pressing(), text2 = problem && problem !== dismissed ? problem.message : "";
		message.textContent !== text2 && (message.textContent = text2), root.hidden = !text2;
	}
	model.watch(["error"], show), model.watchView(["problem"], show), close.addEventListener("click", () => {
		dismissed = pressing(), show();
	}, { signal });
}
function describe({ state }, stopping, partial) {
	return state === "running" ? stopping || "Running" : { idle: "Ready", done: "Done", partial: `Stopped early: ${partial}`, error: "Failed" }[state];
}

// src/views/systems.js
function systemsView(model, el, signal) {
	let slider = h("input.xai-specialist", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "How often the specialist is right" }), often = h("output"), body = h("tbody"), head = ["What if", "right", "answered", "checks"].map((name) => h("th", { scope: "col" }, name));
	el.append(
		h("h3", "What if …"),
		h("table.xai-systems", { "aria-label": "What if" }, h("thead", h("tr", ...head)), body),
		h("label.xai-specialist-row", h("span.xai-label", "The specialist is right in"), slider, often)
	);
	function draw() {
		let { cut } = model.view;
		if (!cut) return;
		let systems = systemsOf(cut, model.get("specialist"), model.get("backup")?.name);
		fillList(body, systems, () => h("tr", h("th", { scope: "row" }), h("td"), h("td"), h("td")), (row, { name, accuracy, coverage, checks }) => {
			[name, percent(accuracy), percent(coverage), count(checks)].forEach((text2, i) => {
				row.children[i].textContent = text2;
			}), row.classList.toggle("xai-best-system", accuracy === Math.max(...systems.map((system) => system.accuracy)));
		});
	}
	model.watchView(["cut"], draw), model.watch(["specialist", "backup"], () => {
		slider.value = String(model.get("specialist")), often.textContent = percent(model.get("specialist"), 0), draw();
	}), slider.addEventListener("input", () => model.set({ specialist: slider.valueAsNumber }), { signal });
}
function systemsOf(cut, specialist, backup) {
	let { count: all, errors, rejected, parts, scored } = cut, kept = parts["kept right"], answered = (name, right) => ({ name, accuracy: share(kept + right, all), coverage: 1, checks: rejected });
	return [
		{ name: "as it is", accuracy: share(all - errors, all), coverage: 1, checks: 0 },
		{ name: "rejected are thrown away", accuracy: keptOf(cut) ? kept / keptOf(cut) : NaN, coverage: share(keptOf(cut), all), checks: 0 },
		answered("a specialist checks them", specialist * rejected),
		...backup ? [answered(`${backup} answers them`, scored.saved[rejected])] : []
	];
}

// src/lib/take-away.js
async function copyText(text2, place) {
	try {
		await navigator.clipboard.writeText(text2);
	} catch {
		copyBySelection(text2, place);
	}
}
function copyBySelection(text2, place) {
	let focused = document.activeElement, field = h("textarea.xai-hidden-field", { "aria-hidden": "true", readonly: !0 });
	field.value = text2, place.append(field), field.select();
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
	for (let [name, text2] of Object.entries(texts))
		button(`Copy ${name}`, async () => (await copyText(text2(), bar), `${capital(name)} copied`));
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
var capital = (text2) => text2[0].toUpperCase() + text2.slice(1);

// src/widgets/detector.js
function render({ model: widgetModel, el, signal: given }) {
	let controller = new AbortController(), { signal } = controller;
	given?.addEventListener("abort", () => controller.abort(), { signal });
	let model = bindModel(widgetModel, signal, { sample: null, cut: null, from: 0 });
	followDial(model, signal);
	let top = h("div.xai-top", h("h2.xai-question", "Can I trust this prediction?")), progress = h("div.xai-progress-place"), answer = h("p.xai-detector-answer"), part = (name, i = 0) => h(`section.xai-box${i ? "" : ".xai-dial"}`, { "aria-label": name }), [dial, flow, cost, systems, images, detail] = ["Dial", "Predictions", "Cost", "What if", "Grid", "Detail"].map(part), main = h("div.xai-main", dial, flow, cost, systems, images, detail), bottom = h("div.xai-bottom"), root = h("div.xai-root.xai-detector", { role: "region", "aria-label": "Error detector" }, top, progress, answer, main, bottom);
	root.classList.toggle("xai-static", model.isStatic), answerView(model, answer, main), runner(model, { button: top, progress, alert: main }, signal), dialView(model, dial, signal), rulesView(model, dial, signal), flowView(model, flow, signal), costView(model, cost, signal), systemsView(model, systems, signal), imagesView(model, images, signal), detailView(model, detail, signal), detectorLedger(model, bottom), takeAwayView(model, bottom, { file: "error-detector", texts: { Python: () => model.get("code") }, files: { PNG: () => detectorPng(root) } }, signal);
	let opened = openedView(model, widgetModel.widget_manager, signal);
	return root.addEventListener("keydown", (event) => event.stopPropagation(), { signal }), el.append(root, opened), () => {
		controller.abort(), root.remove(), opened.remove();
	};
}
function answerView(model, answer, main) {
	model.watchView(["sample", "cut"], () => {
		let { sample, cut } = model.view;
		answer.textContent = cut ? verdictText(cut) : sample ? waitingText(sample) : "There are no scores yet.", main.classList.toggle("xai-unscored", !cut), main.classList.toggle("xai-unseen", !sample);
	});
}
function runner(model, places, signal) {
	let refresh = runView(model, places, { work: "Progress", unit: "", partial: "the answers so far", start: () => model.view.sample ? "Score anew" : "Score" }, signal);
	model.watchView(["sample"], refresh);
}
var detector_default = () => ({ initialize() {
}, render });
export {
	detector_default as default
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
