/* xaiwidgets, built by js/build.mjs; do not edit. sources sha256: 08df2e21824dd2c35a4f822602ecb0c687da7e023563f3dddf4f5bede422f839 */

// src/lib/arrays.js
function bytesOf(source) {
	return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
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
var ACCURACY = {
	deltas: { name: "deltas", kind: "tuple", label: "Deltas", unit: "", least: null, most: null, choices: null, group: "Where a training starts", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	max_time: { name: "max_time", kind: "float", label: "Time", unit: "seconds", least: 0, most: null, choices: null, group: "Stop the search after", optional: !0, empty: "no limit", scale: 1, pageOnly: !1 },
	max_trial: { name: "max_trial", kind: "int", label: "Trials per delta", unit: "trials", least: 0, most: null, choices: null, group: "Stop the search after", optional: !0, empty: "no limit", scale: 1, pageOnly: !1 },
	max_gain: { name: "max_gain", kind: "float", label: "Gain", unit: "points", least: 0, most: 1, choices: null, group: "Stop the search after", optional: !0, empty: "no limit", scale: 100, pageOnly: !1 },
	strategy: { name: "strategy", kind: "choice", label: "Strategy", unit: "", least: null, most: null, choices: [["shift", "Shift: moved by number × delta"], ["reseed", "Reseed: drawn anew each time"]], group: "Where a training starts", optional: !1, empty: "", scale: 1, pageOnly: !1 },
	race: { name: "race", kind: "bool", label: "Race: both, taking turns", unit: "", least: null, most: null, choices: null, group: "Where a training starts", optional: !1, empty: "", scale: 1, pageOnly: !1 }
};

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
function percent(share, digits = 1) {
	return Number.isFinite(share) ? digits && share > 0 && share < 5e-4 ? "< 0.1 %" : `${(100 * share).toFixed(digits)} %` : "–";
}
var duration = (seconds) => Number.isFinite(seconds) ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : "–";

// src/lib/png.js
var MARGIN = 20, LINE = 20, FONT = "14px system-ui, sans-serif";
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
function textStep(text, font, height) {
	return {
		height,
		draw(context, top) {
			context.font = font, context.fillText(text, MARGIN, top + 0.75 * height);
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

// src/lib/search-png.js
var BIG = FONT.replace("14px", "bold 26px"), BOLD = FONT.replace("14px", "bold 18px"), BIG_LINE = 36, LEGEND = "bar: the start, triangle: the best";
async function searchPng(root) {
	let cards = await Promise.all(seen(root, ".xai-card").map(async (card) => ({
		texts: seen(card, ".xai-card-text > *").map((element) => ({ text: textOf(element), big: element.matches(".xai-spread-text") })),
		range: await plate(card)
	})));
	if (!cards.length) throw new Error("there is no training yet");
	let plots = await Promise.all(seen(root, ".xai-plots .xai-plot").map(plate)), entries2 = seen(root, ".xai-ledger > div").map((entry) => [...entry.children].map(textOf).join(" ")), title = [textOf(seen(root, ".xai-question")[0]), textOf(seen(root, ".xai-verdict")[0])].filter(Boolean);
	return sheetPng(root, [...plots, ...cards.map(({ range }) => range)], (context, inner) => [
		...title.map((text) => textStep(text, BOLD, 1.4 * LINE)),
		...cards.flatMap(({ texts, range }) => [
			...texts.map(({ text, big }) => textStep(text, big ? BIG : FONT, big ? BIG_LINE : LINE)),
			plateStep(range),
			textStep(LEGEND, FONT, 2 * LINE)
		]),
		...plots.map((plot) => plateStep(plot, rowsOfKeys(context, plot.keys, inner))),
		...wrap(context, entries2.join(", "), inner).map((text) => textStep(text, FONT, LINE))
	]);
}

// src/lib/trials.js
var readable = (delta) => Number.isFinite(delta) ? Number(delta.toPrecision(6)) : null;
function readSearch(wire) {
	let { strategy, baseline } = wire, { delta, accuracy, held_out_accuracy: heldOut, gain, loss, took, finished, number, diverged } = wire, trials = Array.from({ length: wire.count }, (_, i) => {
		let known = (value) => diverged[i] ? NaN : value;
		return {
			strategy,
			delta: readable(delta[i]),
			number: number[i],
			accuracy: known(accuracy[i]),
			heldOut: known(heldOut[i]),
			gain: known(gain[i]),
			loss: loss[i],
			took: took[i],
			finished: finished[i],
			diverged: !!diverged[i],
			counted: i < wire.counted
		};
	}), failed = baseline.loss === null, start = {
		strategy,
		delta: null,
		number: 0,
		accuracy: failed ? NaN : baseline.accuracy,
		heldOut: failed ? NaN : baseline.held_out_accuracy ?? NaN,
		gain: 0,
		loss: baseline.loss ?? NaN,
		took: NaN,
		finished: NaN,
		diverged: failed,
		counted: !0
	};
	return { ...wire, trials, start };
}
function isBest({ strategy, delta, number }, { strategy: searched, best }) {
	return strategy === searched && number === best.number && (!number || delta === readable(best.delta ?? NaN));
}
function byDelta(trials) {
	let groups = /* @__PURE__ */ new Map();
	for (let trial of trials) {
		let group = groups.get(trial.delta);
		group ? group.push(trial) : groups.set(trial.delta, [trial]);
	}
	return Array.from(groups, ([delta, group]) => ({ delta, trials: group.sort((a, b) => a.number - b.number) })).sort((a, b) => (a.delta ?? 0) - (b.delta ?? 0));
}
function mostGained(trials) {
	let most;
	for (let trial of trials) Number.isFinite(trial.gain) && !(most && most.gain >= trial.gain) && (most = trial);
	return most;
}
function bestSoFar({ trials }, until) {
	let [x, y] = [[0], [0]], best = 0;
	for (let { counted, finished, gain } of [...trials].sort((a, b) => a.finished - b.finished))
		!counted || !(gain > best) || (x.push(finished, finished), y.push(best, gain), best = gain);
	return x.push(Math.max(until, x[x.length - 1])), y.push(best), { x, y };
}
function sorted(trials, { key, down }) {
	let side = down ? -1 : 1;
	return [...trials].sort((a, b) => {
		let [one, other] = [a[key] ?? NaN, b[key] ?? NaN];
		return Number.isNaN(one) || Number.isNaN(other) ? Number(Number.isNaN(one)) - Number(Number.isNaN(other)) : side * (one - other);
	});
}
function seriesOf(series, delta) {
	return delta === null ? "reseed" : (series.has(delta) || series.set(delta, series.size % 8 + 1), `series-${series.get(delta)}`);
}
function roundValues(low, high, whole = !1) {
	let values = [];
	for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1)
		for (let digits of [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]) values.push(+`${digits}e${power}`);
	return values.filter((value) => value >= low && value <= high && !(whole && value % 1));
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

// src/views/controls.js
var DIGITS = 12;
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
function checkbox(model, el, signal, name, trait) {
	let input = h(`input.xai-${trait}`, { type: "checkbox" });
	el.append(h("label.xai-check", input, name)), model.watch([trait], () => {
		input.checked = !!model.get(trait);
	}), input.addEventListener("change", () => setTrait(model, trait, input.checked), { signal });
}
function setTrait(model, trait, value) {
	model.set({ [trait]: value });
}

// src/views/budgets.js
var BUDGETS = [
	{ trait: "max_time", slider: [1, 3e3], usual: 60 },
	{ trait: "max_trial", slider: [1, 1e3], usual: 50 },
	{ trait: "max_gain", slider: [0.05, 20], usual: 1 }
];
function budgetsView(model, el, signal) {
	el.append(h("h3", ACCURACY.max_time.group));
	for (let budget of BUDGETS) budgetRow(model, el, budget, signal);
}
function budgetRow(model, el, { trait, slider: [low, high], usual }, signal) {
	let { label: name, unit, scale: factor, kind, least, most, empty } = ACCURACY[trait], whole = kind === "int", values = roundValues(low, high, whole), slider2 = h("input.xai-limit", { type: "range", min: 0, max: values.length - 1, step: 1, "aria-label": name }), number = h("input.xai-limit-number", { type: "number", min: factor * (least ?? 0), max: factor * (most ?? Number.MAX_SAFE_INTEGER), step: whole ? 1 : "any", "aria-label": `${name}, ${unit}` }), unlimited = h("input.xai-no-limit", { type: "checkbox", "aria-label": `${name}: ${empty}` }), stopper = h("span.xai-stopper", "ended it"), head = h("div.xai-budget-head", h("span.xai-budget-name", name, stopper), number, h("span.xai-label", unit)), row = h("div.xai-budget-row", { role: "group", "aria-label": name }, head, h("div.xai-budget-line", slider2, h("label.xai-check", unlimited, empty)));
	el.append(row), followNumber(model, number, trait, signal, factor);
	let last = usual, held = !1;
	function show() {
		let value = model.get(trait);
		value !== null && (last = factor * value), row.classList.toggle("xai-unlimited", value === null), unlimited.checked = value === null, held || (slider2.value = String(nearest(values, last))), setAttribute(slider2, "aria-valuetext", value === null ? empty : `${whole ? count(last) : short(last)} ${unit}`);
	}
	model.watch([trait], show), model.watchView(["searches"], () => {
		let ended = model.view.searches.some(({ stopped_by }) => stopped_by === trait);
		row.classList.toggle("xai-ended", ended), stopper.hidden = !ended;
	});
	let set = (shown) => model.set({ [trait]: shown === null ? null : Number((shown / factor).toPrecision(12)) });
	slider2.addEventListener("input", () => set(values[slider2.valueAsNumber]), { signal }), slider2.addEventListener("pointerdown", () => {
		held = !0;
	}, { signal });
	for (let type of ["pointerup", "pointercancel", "change"])
		slider2.addEventListener(type, () => {
			held = !1;
		}, { signal });
	unlimited.addEventListener("change", () => {
		let others = BUDGETS.some((other) => other.trait !== trait && model.get(other.trait) !== null);
		unlimited.checked && !others ? model.setView({ problem: { message: "One limit has to stay, or the search would not end", column: null } }) : set(unlimited.checked ? null : last), show();
	}, { signal });
}

// src/lib/search-words.js
var STRATEGIES = { shift: "Shift", reseed: "Reseed" }, STOPPED = {
	"": "",
	max_time: "stopped by: time",
	max_trial: "stopped by: most trials",
	max_gain: "stopped by: gain",
	completed: "nothing left to try",
	cancelled: "stopped by hand"
};
function stateText({ stopped_by }, running, paused) {
	return stopped_by && stopped_by !== "cancelled" ? STOPPED[stopped_by] : paused ? "paused" : running ? "running" : STOPPED[stopped_by];
}
var digitsOf = (share, digits) => (100 * share).toFixed(digits);
function spreadText([least, most]) {
	let digits = most > least && most - least < 2e-3 ? 2 : 1, [from, to] = [digitsOf(least, digits), digitsOf(most, digits)];
	return from === to ? `${to} %` : `${from} – ${to} %`;
}
function pointsText(gain, digits = 1) {
	if (!Number.isFinite(gain)) return "–";
	let text = digitsOf(Math.abs(gain), digits);
	return Number(text) ? `${gain < 0 ? "−" : "+"}${text}` : text;
}
var deltaText = (delta) => delta === null ? "re-drawn" : String(delta);
function raceText(searches) {
	let [one, other] = searches;
	if (!one || !other) return "";
	let ahead = digitsOf(Math.abs(one.best.accuracy - other.best.accuracy), 1);
	return Number(ahead) ? `${STRATEGIES[(one.best.accuracy > other.best.accuracy ? one : other).strategy]} is ahead by ${ahead} points` : "No difference";
}

// src/views/deltas.js
var MOST = 8, VALUES = roundValues(5e-4, 0.02), FIRST = 4e-3;
function deltasView(model, el, signal) {
	let chips = h("div.xai-deltas", { role: "group", "aria-label": "Deltas" }), slider2 = h("input.xai-delta-slider", { type: "range", min: 0, max: VALUES.length - 1, step: 1, "aria-label": "New delta, slider" }), number = h("input.xai-delta-number", { type: "number", min: 0, max: 1, step: "any", "aria-label": "New delta" }), add = h("button.xai-button.xai-add-delta", "Add"), root = h("div", h("h3", "Deltas"), chips, h("div.xai-new-delta", slider2, number, add));
	el.append(root), number.value = String(FIRST), slider2.value = String(nearest(VALUES, FIRST));
	function create() {
		let remove = h("button.xai-remove-delta", "×");
		return remove.addEventListener("click", () => {
			if (isDisabled(remove)) return;
			let left = model.get("deltas").filter((delta) => String(delta) !== remove.dataset.delta);
			model.set({ deltas: left }), remove.isConnected || number.focus();
		}, { signal }), h("span.xai-delta", h("span.xai-dot"), h("span"), remove);
	}
	function show() {
		let deltas = model.get("deltas");
		fillList(chips, deltas, create, (chip, delta) => {
			let [, text, remove] = [...chip.children];
			chip.className = `xai-delta xai-${seriesOf(model.view.series, delta)}`, text.textContent = deltaText(delta), remove.dataset.delta = String(delta), setAttribute(remove, "aria-label", `Remove delta ${deltaText(delta)}`), setDisabled(remove, deltas.length < 2);
		}), setDisabled(add, deltas.length >= MOST), setAttribute(add, "title", deltas.length >= MOST ? `${MOST} at most` : null);
	}
	model.watch(["deltas"], show), model.watch(["strategy", "race"], () => {
		root.hidden = model.get("strategy") === "reseed" && !model.get("race");
	}), slider2.addEventListener("input", () => {
		number.value = String(VALUES[slider2.valueAsNumber]);
	}, { signal }), number.addEventListener("input", () => {
		number.valueAsNumber > 0 && (slider2.value = String(nearest(VALUES, number.valueAsNumber)));
	}, { signal });
	function enter() {
		let delta = number.valueAsNumber, deltas = model.get("deltas");
		if (!(delta > 0 && delta < 1) || isDisabled(add)) return;
		let known = deltas.includes(delta);
		model.setView({ notice: known ? `Delta ${deltaText(delta)} is there already` : "" }), known || model.set({ deltas: [...deltas, delta] });
	}
	add.addEventListener("click", enter, { signal }), number.addEventListener("keydown", ({ key }) => {
		key === "Enter" && enter();
	}, { signal });
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

// src/views/search-range.js
var NAME = 64, ROW = 34, BAND = 18, AXIS = 20, RIGHT = 22, TICK_DISTANCE = 90;
function createRange(signal) {
	let root = h("div.xai-accuracies"), shown = null, paint = oncePerFrame(() => {
		let width = root.clientWidth;
		if (signal.aborted || !shown || !width) return;
		let { rows, domain, label } = shown, height = rows.length * ROW + AXIS, x = linearScale(domain, [NAME, width - RIGHT]), digits = domain[1] - domain[0] < 4e-3 ? 2 : domain[1] - domain[0] < 0.04 ? 1 : 0, axis = ticks(...domain, Math.max(2, Math.floor((width - NAME) / TICK_DISTANCE))).flatMap((value) => [
			svg("path", { class: "xai-grid-line", d: `M${x(value)} 0V${height - AXIS + 4}` }),
			svg("text", { x: x(value), y: height - 4, "text-anchor": "middle" }, percent(value, digits))
		]), drawn = rows.flatMap((row, i) => drawRow(row, x, i * ROW + (ROW - BAND) / 2));
		root.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...axis, ...drawn));
	}), resized = new ResizeObserver(paint);
	resized.observe(root), signal.addEventListener("abort", () => resized.disconnect());
	function show(rows, domain, label) {
		shown = { rows, domain, label }, paint();
	}
	return { root, show };
}
function drawRow({ name, spread: [least, most], all, start, best }, x, top) {
	let bottom = top + BAND, middle = (top + bottom) / 2, left = x(least), known = (value, mark) => Number.isFinite(value) ? [mark] : [];
	return [
		svg("text", { x: 0, y: middle + 4 }, name),
		svg("rect", { class: "xai-spread", x: left - 1, y: top, width: Math.max(0, x(most) - left) + 2, height: BAND, rx: 2 }),
		svg("path", { class: "xai-hairs", d: all.filter(Number.isFinite).map((value) => `M${x(value)} ${top}v${BAND}`).join("") }),
		...known(start, svg("path", { class: "xai-start", d: `M${x(start)} ${top - 4}V${bottom + 4}` })),
		svg("path", { class: "xai-best-mark", d: "M0-7L7 6H-7Z", transform: `translate(${x(best)} ${middle})` })
	];
}

// src/views/search-cards.js
var MARGIN2 = 0.06;
function searchCards(model, el, signal) {
	let verdict = h("p.xai-verdict"), cards = h("div.xai-cards"), nothing = h("div.xai-card.xai-nothing", h("p.xai-spread-text", "? – ? %"), h("p", "The network is trained as it is, then again and again from starts that differ a little: how far apart do they end?"));
	el.append(verdict, cards, nothing);
	let made = [];
	model.watchView(["searches"], () => {
		let { searches } = model.view;
		nothing.hidden = searches.length > 0;
		let domain = domainOfAll(searches);
		fillList(cards, searches, (position) => (made[position] = createCard(signal), made[position].root), (_card, search, position) => made[position].fill(search, domain)), say();
	}), model.watch(["status", "paused"], say);
	function say() {
		let { searches } = model.view, running = model.get("status").state === "running";
		verdict.hidden = searches.length < 2, verdict.textContent = raceText(searches) + (running ? " so far" : ""), searches.forEach((search, position) => {
			made[position].state.textContent = stateText(search, running, model.get("paused"));
		});
	}
}
function createCard(signal) {
	let name = h("h3"), spread = h("p.xai-spread-text"), over = h("p"), best = h("p"), heldOut = h("p"), state = h("p.xai-search-state"), range = createRange(signal), legend = h("p.xai-range-legend", h("span.xai-start-key", "the start"), " ", h("span.xai-best-key", "the best")), text = h("div.xai-card-text", name, spread, over, best, heldOut, state), root = h("section.xai-card", text, h("div.xai-card-range", range.root, legend));
	function fill(search, domain) {
		root.setAttribute("aria-label", STRATEGIES[search.strategy]), root.className = `xai-card xai-${search.strategy}`;
		let diverged = search.trials.filter((trial) => trial.counted && trial.diverged).length, others = search.count - search.counted;
		name.textContent = STRATEGIES[search.strategy], spread.textContent = spreadText(search.spread), over.textContent = `over ${trainings(search.counted + 1)}${diverged ? `, ${count(diverged)} diverged` : ""}${others ? `; ${count(others)} more not counted` : ""}`, best.textContent = `best: ${search.best.name}${search.best.number ? `, ${pointsText(search.best.gain)} points` : ""}`, heldOut.textContent = search.best.held_out_accuracy === null ? "" : `held-out ${percent(search.best.held_out_accuracy)}`, heldOut.hidden = !heldOut.textContent, range.show(rowsOf(search), domain, search.card);
	}
	return { root, state, fill };
}
var trainings = (amount) => `${count(amount)} training${amount === 1 ? "" : "s"}`;
function rowsOf({ spread, held_out_spread, start, best, ...search }) {
	let trials = search.trials.filter(({ counted }) => counted), training = { name: "training", spread, all: trials.map(({ accuracy }) => accuracy), start: start.accuracy, best: best.accuracy };
	if (!held_out_spread || best.held_out_accuracy === null) return [training];
	let all = trials.map((trial) => trial.heldOut);
	return [training, { name: "held-out", spread: held_out_spread, all, start: start.heldOut, best: best.held_out_accuracy }];
}
function domainOfAll(searches) {
	let [low, high] = domainOf(searches.flatMap(rowsOf).map((row) => ({ y: row.spread }))), room = MARGIN2 * (high - low) || 5e-3;
	return [Math.max(0, low - room), Math.min(1, high + room)];
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

// src/views/search-ledger.js
function searchLedger(model, el) {
	let show = createLedger(el), draw = () => show(model.view.searches.length ? entries(model) : []);
	model.watchView(["searches"], draw), model.watch(["status", "paused", "settings"], draw);
}
function entries(model) {
	let { searches } = model.view, running = model.get("status").state === "running", { seed, device, workers } = model.get("settings"), each = (value) => searches.map(value).join(" | "), title = (text) => text + (searches.length > 1 ? `; ${searches.map(({ strategy }) => strategy).join(" | ")}` : "");
	return [
		{ name: "trainings", value: each((search) => count(search.count + 1)), title: title("the start among them") },
		{ name: "best", value: each((search) => search.best.name), title: title("the most accurate on the training data") },
		{ name: "gain", value: each((search) => `${pointsText(Math.max(0, search.best.gain), 2)} points`), title: title("of the best over the start") },
		{ name: "spread", value: each((search) => spreadText(search.spread)), title: title("from the least to the most accurate, on the training data") },
		{ name: "stopped by", value: each((search) => stateText(search, running, model.get("paused")).replace("stopped by: ", "")), title: title("what has ended the search") },
		{ name: "time", value: each((search) => duration(search.seconds)), title: title("from the start of the search") },
		{ name: "seed", value: String(seed), title: "the same seed gives the same numbers" },
		{ name: "device", value: device, title: "where the networks were trained" },
		...workers ? [{ name: "workers", value: workers, title: "who trained at the same time" }] : []
	];
}

// src/views/search-pause.js
function pauseView(model, el, signal) {
	let word = h("span"), button = h("button.xai-button.xai-pause.xai-live", icon("pause"), word);
	el.append(button);
	let asked = !1;
	function show() {
		let paused = model.get("paused"), running = model.get("status").state === "running";
		(paused || !running) && (asked = !1);
		let focused = document.activeElement === button;
		button.hidden = !paused && !running, button.hidden && focused && el.querySelector(".xai-run")?.focus(), button.firstElementChild?.replaceWith(icon(paused ? "run" : "pause")), word.textContent = paused ? "Resume" : asked ? "Pausing…" : "Pause", setDisabled(button, asked);
	}
	model.watch(["paused", "status"], show), button.addEventListener("click", async () => {
		if (!isDisabled(button)) {
			if (model.get("paused")) return model.command("resume");
			asked = !0, show(), !await model.command("pause") && (asked = !1, show());
		}
	}, { signal });
}

// src/views/plot.js
var MARGINS = { left: 46, right: 18, top: 8, bottom: 20 }, NAME2 = 14, TICK_DISTANCE2 = 32;
function drawPlot({ label, x: along, y: up, lines }, { width, height }) {
	let box = { left: MARGINS.left, right: width - MARGINS.right, top: MARGINS.top, bottom: height - MARGINS.bottom - (along.name ? NAME2 : 0) }, [low, high] = up.domain ?? domainOf(lines), x = linearScale(along.domain, [box.left, box.right]), y = linearScale([low, high], [box.bottom, box.top]);
	return { element: svg(
		"svg",
		{ viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
		...ticks(low, high, Math.round((box.bottom - box.top) / TICK_DISTANCE2)).flatMap((value) => [
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
var SHAPES2 = { circle: "M-4 0a4 4 0 0 1 8 0a4 4 0 0 1-8 0", triangle: "M0-6L6 5H-6Z", cross: "M-3-3L3 3M3-3L-3 3" }, FLAG_GAP = 4;
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
		return svg("path", { ...look, d: SHAPES2[shape] });
	}));
}

// src/views/search-plots.js
var GAIN_HEIGHT = 270, ACCURACY_HEIGHT = 170, FEWEST = 5, MARGIN3 = 0.09, START = { x: 0, y: 0, kind: "start" };
function searchPlots(model, el, signal) {
	let along = h("select.xai-along", { "aria-label": "Along" }, h("option", { value: "trial" }, "per trial"), h("option", { value: "time" }, "over time")), heldOut = h("input.xai-held-out", { type: "checkbox" }), heldOutLabel = h("label.xai-check", heldOut, "Held-out accuracy"), gain = createLinePlot(GAIN_HEIGHT, signal, void 0, !0), accuracy = createLinePlot(ACCURACY_HEIGHT, signal, void 0, !0), title = h("h3"), root = h("section.xai-plots", { "aria-label": "Gain" }, h("div.xai-plots-head", title, along, heldOutLabel), gain.root, accuracy.root);
	el.append(root), along.addEventListener("change", () => model.setView({ along: along.value === "time" ? "time" : "trial" }), { signal }), heldOut.addEventListener("change", () => model.setView({ heldOut: heldOut.checked }), { signal }), model.watchView(["searches", "along", "heldOut"], () => {
		let { view } = model, known = view.searches.some(({ baseline }) => baseline.held_out_accuracy !== null);
		title.textContent = view.along === "time" ? "Best gain so far" : "Gain over the start", along.value = view.along, heldOut.checked = view.heldOut, heldOutLabel.hidden = !known, accuracy.root.hidden = !known || !view.heldOut, gain.show(view.along === "time" ? timePlot(view) : gainPlot(view)), accuracy.root.hidden || accuracy.show(accuracyPlot(view)), model.acknowledge(Math.max(-1, ...view.searches.map(({ frame }) => frame)));
	});
}
function groupsOf({ searches, series }) {
	return searches.flatMap(({ trials }) => byDelta(trials)).map(({ delta, trials }) => ({
		delta,
		name: delta === null ? "reseed" : `delta ${deltaText(delta)}`,
		kind: seriesOf(series, delta),
		numbers: trials.map(({ number }) => number),
		trials
	}));
}
function trialAxis(groups) {
	return { name: "trial", domain: [0, Math.max(FEWEST, ...groups.flatMap(({ numbers }) => numbers.at(-1) ?? 0))], format: String };
}
function roomy(lines, least) {
	let [low, high] = domainOf(lines), room = Math.max(MARGIN3 * (high - low), least);
	return [low - room, high + room];
}
var inPoints = (share) => 100 * share;
function gainPlot(view) {
	let groups = groupsOf(view), lines = groups.map(({ name, kind, numbers, trials }) => ({ name, kind, x: numbers, y: trials.map((trial) => inPoints(trial.gain)) })), domain = roomy([...lines, { y: [0] }], 0.05), floor = domain[0] + 0.3 * MARGIN3 * (domain[1] - domain[0]), tops = groups.flatMap(({ kind, trials }) => {
		let top = mostGained(trials);
		return top ? [{ x: top.number, y: inPoints(top.gain), kind, shape: "triangle" }] : [];
	}), crosses = groups.flatMap(
		({ kind, trials }) => trials.filter(({ diverged }) => diverged).map(({ number }) => ({ x: number, y: floor, kind, shape: "cross" }))
	), best = Math.max(0, ...tops.map(({ y }) => y));
	return {
		label: `What each trial gains over the start, in points of accuracy; at most ${pointsText(best / 100, 2)}. The table has the numbers.`,
		x: trialAxis(groups),
		y: { name: "gain, points", domain },
		lines,
		levels: [0],
		markers: [START, ...crosses, ...tops]
	};
}
function timePlot({ searches }) {
	let last = Math.max(0, ...searches.map(({ seconds, trials }) => Math.max(seconds, ...trials.map(({ finished }) => finished)))), lines = searches.map((search) => {
		let { x, y } = bestSoFar(search, last);
		return { name: search.strategy, kind: search.strategy, x, y: y.map(inPoints) };
	});
	return {
		label: `The best gain so far over time: ${searches.map(({ strategy, best }) => `${strategy} ${pointsText(Math.max(0, best.gain), 2)} points`).join(", ")}`,
		x: { name: "seconds", domain: [0, last || 1], format: String },
		y: { name: "best gain, points", domain: roomy([...lines, { y: [0] }], 0.05) },
		lines,
		levels: [0],
		markers: [START]
	};
}
function accuracyPlot(view) {
	let groups = groupsOf(view), lines = groups.flatMap(({ delta, kind, numbers, trials }) => [
		{ name: `${deltaText(delta)} training`, kind, x: numbers, y: trials.map((trial) => inPoints(trial.accuracy)) },
		{ name: `${deltaText(delta)} held-out`, kind, x: numbers, y: trials.map((trial) => inPoints(trial.heldOut)), dashed: !0 }
	]), starts = view.searches.slice(0, 1).flatMap(({ start }) => [start.accuracy, start.heldOut]).map(inPoints);
	return {
		label: "Accuracy of each trial on the training data (solid) and on what is held out (dashed), in percent",
		x: trialAxis(groups),
		y: { name: "accuracy, %", domain: roomy([...lines, { y: starts }], 0.05) },
		lines,
		markers: starts.map((y) => ({ x: 0, y, kind: "start" }))
	};
}

// src/views/settings.js
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
function factsOf(record) {
	return Object.entries(record ?? {}).map(([name, value]) => {
		let text = typeof value == "number" && name !== "seed" ? Number.isInteger(value) ? count(value) : short(value) : value ?? "none";
		return [name.replaceAll("_", " "), String(text)];
	});
}

// src/views/strategy.js
var CHOICES = ACCURACY.strategy.choices;
function strategyView(model, el, signal) {
	let name = `xai-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`, inputs = CHOICES.map(([value]) => h(`input.xai-strategy-${value}`, { type: "radio", name, value })), choices = h("fieldset.xai-strategy", h("legend", ACCURACY.strategy.group), ...CHOICES.map(([, label], i) => h("label.xai-check", inputs[i], label))), root = h("div", choices);
	el.append(root), checkbox(model, root, signal, ACCURACY.race.label, "race"), model.watch(["strategy", "race"], () => {
		for (let input of inputs) input.checked = input.value === model.get("strategy");
		choices.disabled = model.get("race");
	}), CHOICES.forEach(([strategy], i) => inputs[i].addEventListener("change", () => model.set({ strategy }), { signal }));
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

// src/views/trials-table.js
var PAGE = 100, COLUMNS = [
	{ key: "delta", name: "delta", down: !1, text: ({ delta, number }) => number ? deltaText(delta) : "–" },
	{ key: "number", name: "trial", down: !1, text: ({ number }) => number ? count(number) : "the start" },
	{ key: "accuracy", name: "training", down: !0, text: ({ accuracy, diverged }) => diverged ? "diverged" : percent(accuracy, 2) },
	{ key: "heldOut", name: "held-out", down: !0, text: ({ heldOut }) => percent(heldOut, 2) },
	{ key: "gain", name: "gain", down: !0, text: ({ gain }) => pointsText(gain, 2) },
	{ key: "loss", name: "loss", down: !1, text: ({ loss }) => Number.isFinite(loss) ? loss.toFixed(4) : "–" },
	{ key: "took", name: "took", down: !0, text: ({ took }) => Number.isFinite(took) ? `${short(took)} s` : "–" },
	{ key: "finished", name: "finished", down: !0, text: ({ finished }) => duration(finished) }
];
function trialsTable(model, el, signal) {
	let heads = COLUMNS.map(({ key, name, down }) => {
		let button = h("button.xai-sort", name);
		return button.addEventListener("click", () => {
			let { sorting } = model.view;
			model.setView({ sorting: { key, down: sorting.key === key ? !sorting.down : down } });
		}, { signal }), h("th", { scope: "col" }, button);
	}), body = h("tbody"), table = h("table.xai-trials", { "aria-label": "Trials" }, h("thead", h("tr", ...heads)), body), scroll = h("div.xai-trials-scroll", { tabindex: 0, role: "group", "aria-label": "Table of trials" }, table), more = h("button.xai-button.xai-more"), root = h("section.xai-trainings", { "aria-label": "All trainings" }, h("h3", "All trainings"), scroll, more);
	el.append(root);
	let shown = PAGE, paint = oncePerFrame(() => {
		if (signal.aborted) return;
		let { searches, sorting } = model.view, trials = sorted(searches.flatMap((search) => [...search.trials, search.start]), sorting);
		root.hidden = !trials.length, heads.forEach((head, i) => setAttribute(head, "aria-sort", COLUMNS[i].key === sorting.key ? sorting.down ? "descending" : "ascending" : null));
		let unknown = COLUMNS.map(({ key }) => key !== "delta" && !trials.some((trial) => Number.isFinite(trial[key])));
		heads.forEach((head, i) => setAttribute(head, "hidden", unknown[i])), fillList(body, trials.slice(0, shown), createRow, (row, trial) => {
			let best = searches.some((search) => isBest(trial, search));
			row.className = `xai-${trial.number ? seriesOf(model.view.series, trial.delta) : "start"}${best ? " xai-best" : ""}${trial.diverged ? " xai-diverged" : ""}`, setAttribute(row, "aria-current", best || null), COLUMNS.forEach(({ text }, i) => {
				setAttribute(row.children[i], "hidden", unknown[i]), write(row.children[i], text(trial));
			});
		});
		let left = trials.length - shown;
		more.hidden = left <= 0, more.textContent = left > PAGE ? `${count(PAGE)} more of ${count(left)}` : `${count(left)} more`;
	});
	model.watchView(["searches", "sorting"], paint), more.addEventListener("click", () => {
		shown += PAGE, paint();
	}, { signal });
}
var createRow = () => h("tr", ...COLUMNS.map(() => h("td")));
function write(cell, text) {
	cell.textContent !== text && (cell.textContent = text);
}

// src/widgets/search.js
function render({ model: widgetModel, el, signal: given }) {
	let controller = new AbortController(), { signal } = controller;
	given?.addEventListener("abort", () => controller.abort(), { signal });
	let model = bindModel(widgetModel, signal, { searches: [], series: /* @__PURE__ */ new Map(), along: "trial", heldOut: !1, sorting: { key: "finished", down: !0 } }), top = h("div.xai-top", h("h2.xai-question", "How accurate is this network, really?")), progress = h("div.xai-progress-place"), answer = h("div.xai-answer"), left = h("div.xai-left"), side = h("div.xai-side-panels"), main = h("div.xai-main", left, side), bottom = h("div.xai-bottom"), root = h("div.xai-root.xai-search", { role: "region", "aria-label": "Accuracy search" }, top, progress, answer, main, bottom);
	return root.classList.toggle("xai-static", model.isStatic), controls(model, side, signal), model.watch(["searches"], () => model.setView({ searches: model.get("searches").map(readSearch) })), pauseView(model, top, signal), runner(model, { button: top, progress, alert: answer }, signal), searchCards(model, answer, signal), searchPlots(model, left, signal), trialsTable(model, left, signal), searchLedger(model, bottom), takeAway(model, bottom, root, signal), root.addEventListener("keydown", (event) => event.stopPropagation(), { signal }), el.append(root), () => {
		controller.abort(), root.remove();
	};
}
function runner(model, places, signal) {
	let refresh = runView(model, places, {
		work: "Progress",
		unit: "trainings",
		partial: "the trainings so far",
		start: () => model.get("searches").length ? "Start anew" : "Start",
		stop: "Stop",
		stopping: "Stopping…",
		// A search that has ended by itself can be resumed, too, once a setting gives it more to do.
		instead: () => model.get("paused") && model.get("status").state !== "done" ? "Paused" : ""
	}, signal);
	model.watch(["paused", "searches"], refresh);
}
function controls(model, side, signal) {
	let settings = h("section.xai-panel", { "aria-label": "Settings" });
	if (!model.isStatic) {
		let budgets = h("section.xai-panel", { "aria-label": "Budgets" }), starts = h("section.xai-panel.xai-starts", { "aria-label": "Starts" });
		side.append(budgets, starts), budgetsView(model, budgets, signal), strategyView(model, starts, signal), deltasView(model, starts, signal);
	}
	side.append(settings);
	let showRecipe = factList(settings, "How it is trained", model.isStatic);
	model.watch(["settings"], () => showRecipe(factsOf(model.get("settings")))), model.isStatic && settingsList(model, settings, ACCURACY);
}
function takeAway(model, el, root, signal) {
	takeAwayView(model, el, { file: "accuracy", texts: { Python: () => model.get("code") }, files: { PNG: () => searchPng(root), network: async () => {
		let answer = await model.command("network");
		return answer && new File([bytesOfBase64(answer.safetensors)], answer.name, { type: "application/octet-stream" });
	} } }, signal);
}
var search_default = () => ({ initialize() {
}, render });
export {
	search_default as default
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
