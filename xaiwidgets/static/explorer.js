/* xaiwidgets, built by js/build.mjs; do not edit. sources sha256: d7161ac77ab283dfa310bacd923d15473761744542887a418f25e0d1ef320da7 */

// src/lib/commands.js
var CommandError = class extends Error {
  /**
   * @param {string} message
   * @param {{column?: number | null, silent?: boolean}} [details] silent: the kernel gave no answer at all
   */
  constructor(message, { column = null, silent = false } = {}) {
    super(message);
    this.name = "CommandError";
    this.column = column;
    this.silent = silent;
  }
};
function commandChannel(model, { timeout = 1e4 } = {}) {
  const prefix = Math.random().toString(36).slice(2, 10);
  const waiting = /* @__PURE__ */ new Map();
  let count2 = 0;
  function take(id) {
    const entry = waiting.get(id);
    if (entry) clearTimeout(entry.timer);
    waiting.delete(id);
    return entry;
  }
  function receive(message) {
    const entry = take(message?.id);
    if (!entry) return;
    if (message.ok) entry.resolve(message);
    else entry.reject(new CommandError(message.error?.message ?? "the command failed", message.error));
  }
  function send(command, fields = {}) {
    count2 += 1;
    const id = `${prefix}-${count2}`;
    return new Promise((resolve, reject) => {
      const giveUp = () => take(id)?.reject(new CommandError("the kernel does not answer", { silent: true }));
      waiting.set(id, { resolve, reject, timer: setTimeout(giveUp, timeout) });
      model.send({ ...fields, id, command });
    });
  }
  function close() {
    model.off("msg:custom", receive);
    for (const id of [...waiting.keys()]) take(id);
  }
  model.on("msg:custom", receive);
  return { send, close };
}

// src/lib/throttle.js
function throttle(action, wait) {
  let timer = null;
  let asked = false;
  function open() {
    timer = null;
    if (asked) request();
  }
  function request() {
    if (timer !== null) {
      asked = true;
      return;
    }
    asked = false;
    timer = setTimeout(open, wait);
    action();
  }
  function flush() {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (!asked) return;
    asked = false;
    action();
  }
  return Object.assign(request, { flush });
}

// src/lib/binding.js
var SAVE_EVERY = 80;
function bindModel(model, signal) {
  const save = throttle(() => model.save_changes(), SAVE_EVERY);
  const commands = commandChannel(model);
  const local = new EventTarget();
  const view = { notice: "", problem: null, cancelling: false, hover: null };
  signal.addEventListener("abort", () => {
    save.flush();
    commands.close();
  });
  const get = (name) => model.get(name);
  function set(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    save();
  }
  function watch(names, listener) {
    const heard = () => listener();
    for (const name of names) model.on(`change:${name}`, heard);
    signal.addEventListener("abort", () => {
      for (const name of names) model.off(`change:${name}`, heard);
    });
    listener();
  }
  function setView(values) {
    Object.assign(view, values);
    for (const name of Object.keys(values)) local.dispatchEvent(new Event(name));
  }
  function watchView(names, listener) {
    for (const name of names) local.addEventListener(name, () => listener(), { signal });
    listener();
  }
  async function command(name, fields, onError = ({ message, column }) => setView({ problem: { message, column } })) {
    save.flush();
    setView({ problem: null, notice: "" });
    try {
      return await commands.send(name, fields);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.silent) setView({ notice: error.message, cancelling: false });
      else onError(error);
      return null;
    }
  }
  const painted = (frame) => model.send({ command: "painted", frame });
  return { get, set, flush: save.flush, watch, view, setView, watchView, command, painted, isStatic: model.static === true };
}

// src/lib/dom.js
var FOCUSABLE = /* @__PURE__ */ new Set(["a", "button", "input", "select", "summary", "textarea"]);
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) element.dataset.lmSuppressShortcuts = "true";
  if (tag === "button" && !("type" in attributes)) element.setAttribute("type", "button");
  element.append(...children);
  return element;
}
function setAttribute(element, name, value) {
  if (value === false || value === null || value === void 0) element.removeAttribute(name);
  else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}
function setDisabled(element, disabled) {
  setAttribute(element, "aria-disabled", disabled ? "true" : null);
}
var isDisabled = (element) => element.getAttribute("aria-disabled") === "true";
function fillList(parent, items, create, fill) {
  while (parent.children.length > items.length) parent.lastElementChild?.remove();
  items.forEach((item, position) => {
    let element = (
      /** @type {E | undefined} */
      parent.children[position]
    );
    if (!element) {
      element = create(position);
      parent.append(element);
    }
    fill(element, item, position);
  });
}
function oncePerFrame(action) {
  let pending = false;
  return () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      action();
    });
  };
}

// src/views/breadcrumb.js
function breadcrumbView(model, el, signal) {
  const list = h("ol");
  el.append(h("nav", { class: "xai-breadcrumb", "aria-label": "Windows" }, list));
  function step(level) {
    const button = h("button", { class: "xai-link", disabled: model.isStatic });
    button.addEventListener("click", () => goTo(level), { signal });
    return h("li", {}, button);
  }
  function goTo(level) {
    const trail = model.get("trail");
    if (level < trail.length) model.set({ trail: trail.slice(0, level) });
  }
  model.watch(["trail"], () => {
    const trail = model.get("trail");
    const names = ["whole picture", ...trail.map(([, , height, width]) => `${height}×${width}`)];
    fillList(list, names, step, (item, name, level) => {
      const button = (
        /** @type {HTMLElement} */
        item.firstElementChild
      );
      button.textContent = name;
      setAttribute(button, "aria-current", level === trail.length ? "true" : null);
      if (level > 0) button.title = `rows ${trail[level - 1][0]} to ${trail[level - 1][0] + trail[level - 1][2]}, columns ${trail[level - 1][1]} to ${trail[level - 1][1] + trail[level - 1][3]}`;
    });
  });
}

// node_modules/d3-format/src/formatDecimal.js
function formatDecimal_default(x) {
  return Math.abs(x = Math.round(x)) >= 1e21 ? x.toLocaleString("en").replace(/,/g, "") : x.toString(10);
}
function formatDecimalParts(x, p) {
  if ((i = (x = p ? x.toExponential(p - 1) : x.toExponential()).indexOf("e")) < 0) return null;
  var i, coefficient = x.slice(0, i);
  return [
    coefficient.length > 1 ? coefficient[0] + coefficient.slice(2) : coefficient,
    +x.slice(i + 1)
  ];
}

// node_modules/d3-format/src/exponent.js
function exponent_default(x) {
  return x = formatDecimalParts(Math.abs(x)), x ? x[1] : NaN;
}

// node_modules/d3-format/src/formatGroup.js
function formatGroup_default(grouping, thousands) {
  return function(value, width) {
    var i = value.length, t = [], j = 0, g = grouping[0], length = 0;
    while (i > 0 && g > 0) {
      if (length + g + 1 > width) g = Math.max(1, width - length);
      t.push(value.substring(i -= g, i + g));
      if ((length += g + 1) > width) break;
      g = grouping[j = (j + 1) % grouping.length];
    }
    return t.reverse().join(thousands);
  };
}

// node_modules/d3-format/src/formatNumerals.js
function formatNumerals_default(numerals) {
  return function(value) {
    return value.replace(/[0-9]/g, function(i) {
      return numerals[+i];
    });
  };
}

// node_modules/d3-format/src/formatSpecifier.js
var re = /^(?:(.)?([<>=^]))?([+\-( ])?([$#])?(0)?(\d+)?(,)?(\.\d+)?(~)?([a-z%])?$/i;
function formatSpecifier(specifier) {
  if (!(match = re.exec(specifier))) throw new Error("invalid format: " + specifier);
  var match;
  return new FormatSpecifier({
    fill: match[1],
    align: match[2],
    sign: match[3],
    symbol: match[4],
    zero: match[5],
    width: match[6],
    comma: match[7],
    precision: match[8] && match[8].slice(1),
    trim: match[9],
    type: match[10]
  });
}
formatSpecifier.prototype = FormatSpecifier.prototype;
function FormatSpecifier(specifier) {
  this.fill = specifier.fill === void 0 ? " " : specifier.fill + "";
  this.align = specifier.align === void 0 ? ">" : specifier.align + "";
  this.sign = specifier.sign === void 0 ? "-" : specifier.sign + "";
  this.symbol = specifier.symbol === void 0 ? "" : specifier.symbol + "";
  this.zero = !!specifier.zero;
  this.width = specifier.width === void 0 ? void 0 : +specifier.width;
  this.comma = !!specifier.comma;
  this.precision = specifier.precision === void 0 ? void 0 : +specifier.precision;
  this.trim = !!specifier.trim;
  this.type = specifier.type === void 0 ? "" : specifier.type + "";
}
FormatSpecifier.prototype.toString = function() {
  return this.fill + this.align + this.sign + this.symbol + (this.zero ? "0" : "") + (this.width === void 0 ? "" : Math.max(1, this.width | 0)) + (this.comma ? "," : "") + (this.precision === void 0 ? "" : "." + Math.max(0, this.precision | 0)) + (this.trim ? "~" : "") + this.type;
};

// node_modules/d3-format/src/formatTrim.js
function formatTrim_default(s) {
  out: for (var n = s.length, i = 1, i0 = -1, i1; i < n; ++i) {
    switch (s[i]) {
      case ".":
        i0 = i1 = i;
        break;
      case "0":
        if (i0 === 0) i0 = i;
        i1 = i;
        break;
      default:
        if (!+s[i]) break out;
        if (i0 > 0) i0 = 0;
        break;
    }
  }
  return i0 > 0 ? s.slice(0, i0) + s.slice(i1 + 1) : s;
}

// node_modules/d3-format/src/formatPrefixAuto.js
var prefixExponent;
function formatPrefixAuto_default(x, p) {
  var d = formatDecimalParts(x, p);
  if (!d) return x + "";
  var coefficient = d[0], exponent = d[1], i = exponent - (prefixExponent = Math.max(-8, Math.min(8, Math.floor(exponent / 3))) * 3) + 1, n = coefficient.length;
  return i === n ? coefficient : i > n ? coefficient + new Array(i - n + 1).join("0") : i > 0 ? coefficient.slice(0, i) + "." + coefficient.slice(i) : "0." + new Array(1 - i).join("0") + formatDecimalParts(x, Math.max(0, p + i - 1))[0];
}

// node_modules/d3-format/src/formatRounded.js
function formatRounded_default(x, p) {
  var d = formatDecimalParts(x, p);
  if (!d) return x + "";
  var coefficient = d[0], exponent = d[1];
  return exponent < 0 ? "0." + new Array(-exponent).join("0") + coefficient : coefficient.length > exponent + 1 ? coefficient.slice(0, exponent + 1) + "." + coefficient.slice(exponent + 1) : coefficient + new Array(exponent - coefficient.length + 2).join("0");
}

// node_modules/d3-format/src/formatTypes.js
var formatTypes_default = {
  "%": (x, p) => (x * 100).toFixed(p),
  "b": (x) => Math.round(x).toString(2),
  "c": (x) => x + "",
  "d": formatDecimal_default,
  "e": (x, p) => x.toExponential(p),
  "f": (x, p) => x.toFixed(p),
  "g": (x, p) => x.toPrecision(p),
  "o": (x) => Math.round(x).toString(8),
  "p": (x, p) => formatRounded_default(x * 100, p),
  "r": formatRounded_default,
  "s": formatPrefixAuto_default,
  "X": (x) => Math.round(x).toString(16).toUpperCase(),
  "x": (x) => Math.round(x).toString(16)
};

// node_modules/d3-format/src/identity.js
function identity_default(x) {
  return x;
}

// node_modules/d3-format/src/locale.js
var map = Array.prototype.map;
var prefixes = ["y", "z", "a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
function locale_default(locale2) {
  var group2 = locale2.grouping === void 0 || locale2.thousands === void 0 ? identity_default : formatGroup_default(map.call(locale2.grouping, Number), locale2.thousands + ""), currencyPrefix = locale2.currency === void 0 ? "" : locale2.currency[0] + "", currencySuffix = locale2.currency === void 0 ? "" : locale2.currency[1] + "", decimal = locale2.decimal === void 0 ? "." : locale2.decimal + "", numerals = locale2.numerals === void 0 ? identity_default : formatNumerals_default(map.call(locale2.numerals, String)), percent2 = locale2.percent === void 0 ? "%" : locale2.percent + "", minus = locale2.minus === void 0 ? "−" : locale2.minus + "", nan = locale2.nan === void 0 ? "NaN" : locale2.nan + "";
  function newFormat(specifier) {
    specifier = formatSpecifier(specifier);
    var fill = specifier.fill, align = specifier.align, sign = specifier.sign, symbol = specifier.symbol, zero = specifier.zero, width = specifier.width, comma = specifier.comma, precision = specifier.precision, trim = specifier.trim, type = specifier.type;
    if (type === "n") comma = true, type = "g";
    else if (!formatTypes_default[type]) precision === void 0 && (precision = 12), trim = true, type = "g";
    if (zero || fill === "0" && align === "=") zero = true, fill = "0", align = "=";
    var prefix = symbol === "$" ? currencyPrefix : symbol === "#" && /[boxX]/.test(type) ? "0" + type.toLowerCase() : "", suffix = symbol === "$" ? currencySuffix : /[%p]/.test(type) ? percent2 : "";
    var formatType = formatTypes_default[type], maybeSuffix = /[defgprs%]/.test(type);
    precision = precision === void 0 ? 6 : /[gprs]/.test(type) ? Math.max(1, Math.min(21, precision)) : Math.max(0, Math.min(20, precision));
    function format2(value) {
      var valuePrefix = prefix, valueSuffix = suffix, i, n, c;
      if (type === "c") {
        valueSuffix = formatType(value) + valueSuffix;
        value = "";
      } else {
        value = +value;
        var valueNegative = value < 0 || 1 / value < 0;
        value = isNaN(value) ? nan : formatType(Math.abs(value), precision);
        if (trim) value = formatTrim_default(value);
        if (valueNegative && +value === 0 && sign !== "+") valueNegative = false;
        valuePrefix = (valueNegative ? sign === "(" ? sign : minus : sign === "-" || sign === "(" ? "" : sign) + valuePrefix;
        valueSuffix = (type === "s" ? prefixes[8 + prefixExponent / 3] : "") + valueSuffix + (valueNegative && sign === "(" ? ")" : "");
        if (maybeSuffix) {
          i = -1, n = value.length;
          while (++i < n) {
            if (c = value.charCodeAt(i), 48 > c || c > 57) {
              valueSuffix = (c === 46 ? decimal + value.slice(i + 1) : value.slice(i)) + valueSuffix;
              value = value.slice(0, i);
              break;
            }
          }
        }
      }
      if (comma && !zero) value = group2(value, Infinity);
      var length = valuePrefix.length + value.length + valueSuffix.length, padding = length < width ? new Array(width - length + 1).join(fill) : "";
      if (comma && zero) value = group2(padding + value, padding.length ? width - valueSuffix.length : Infinity), padding = "";
      switch (align) {
        case "<":
          value = valuePrefix + value + valueSuffix + padding;
          break;
        case "=":
          value = valuePrefix + padding + value + valueSuffix;
          break;
        case "^":
          value = padding.slice(0, length = padding.length >> 1) + valuePrefix + value + valueSuffix + padding.slice(length);
          break;
        default:
          value = padding + valuePrefix + value + valueSuffix;
          break;
      }
      return numerals(value);
    }
    format2.toString = function() {
      return specifier + "";
    };
    return format2;
  }
  function formatPrefix2(specifier, value) {
    var f = newFormat((specifier = formatSpecifier(specifier), specifier.type = "f", specifier)), e = Math.max(-8, Math.min(8, Math.floor(exponent_default(value) / 3))) * 3, k = Math.pow(10, -e), prefix = prefixes[8 + e / 3];
    return function(value2) {
      return f(k * value2) + prefix;
    };
  }
  return {
    format: newFormat,
    formatPrefix: formatPrefix2
  };
}

// node_modules/d3-format/src/defaultLocale.js
var locale;
var format;
var formatPrefix;
defaultLocale({
  thousands: ",",
  grouping: [3],
  currency: ["$", ""]
});
function defaultLocale(definition) {
  locale = locale_default(definition);
  format = locale.format;
  formatPrefix = locale.formatPrefix;
  return locale;
}

// src/lib/numbers.js
var threeDigits = format(".3~r");
var fourDigits = format(",.4r");
var large = format(",.1f");
var tiny = format(".1e");
function short(value) {
  if (value === null || value === void 0 || !Number.isFinite(value)) return "–";
  if (value !== 0 && Math.abs(value) < 1e-4) return tiny(value);
  return Math.abs(value) >= 100 ? large(value) : threeDigits(value);
}
var exactly = (value) => value === null || value === void 0 || !Number.isFinite(value) ? "–" : fourDigits(value);
var signed = (value) => value && value > 0 ? `+${short(value)}` : short(value);
var count = format(",");
function percent(share) {
  if (!Number.isFinite(share)) return "–";
  return share > 0 && share < 5e-4 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`;
}
var duration = (seconds) => Number.isFinite(seconds) ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : "–";

// src/views/prediction.js
function predictionRow(element) {
  element.classList.add("xai-class");
  element.append(
    h("span", { class: "xai-class-bar", "aria-hidden": "true" }),
    h("span", { class: "xai-class-name" }),
    h("span", { class: "xai-class-share" })
  );
  return element;
}
function fillPredictionRow(element, { label, probability, logit }) {
  const [bar, name, share] = (
    /** @type {HTMLElement[]} */
    [...element.children]
  );
  bar.style.width = `${Math.max(0, Math.min(100, 100 * (probability || 0)))}%`;
  name.textContent = label;
  share.textContent = percent(probability);
  element.title = `${label}: ${percent(probability)}, logit ${short(logit)}`;
}

// src/lib/class-search.js
function findClasses(classes, typed, limit = 8) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return [];
  const hits = [];
  for (const [index, label] of classes.entries()) {
    const rank = rankOf(label.toLowerCase(), wanted);
    if (rank >= 0) hits.push({ index, label, rank });
  }
  hits.sort((a, b) => a.rank - b.rank || a.label.length - b.label.length || a.index - b.index);
  return hits.slice(0, limit).map(({ index, label }) => ({ index, label }));
}
function rankOf(label, wanted) {
  const at = label.indexOf(wanted);
  if (at <= 0) return at;
  for (let i = at; i !== -1; i = label.indexOf(wanted, i + 1)) if (/[\s,_/(-]/.test(label[i - 1])) return 1;
  return 2;
}

// src/views/class-search.js
function classSearch(model, el, onChoose, signal) {
  const id = `xai-${Math.random().toString(36).slice(2)}`;
  const input = h("input", {
    type: "text",
    class: "xai-search-input",
    placeholder: "search all classes",
    "aria-label": "Search all classes",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
    autocomplete: "off",
    spellcheck: "false"
  });
  const list = h("ul", { class: "xai-hits", role: "listbox", id, "aria-label": "Classes found", hidden: true });
  el.append(h("div", { class: "xai-search xai-live" }, input, list));
  let hits = [];
  let active = 0;
  function show() {
    const options = hits.map(({ label }, position) => {
      const option = h("li", { role: "option", id: `${id}-${position}`, "aria-selected": String(position === active) }, label);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(position);
      });
      return option;
    });
    if (!hits.length && input.value.trim()) options.push(h("li", { class: "xai-no-hit", role: "option", "aria-disabled": "true" }, "no such class"));
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    setAttribute(input, "aria-expanded", String(options.length > 0));
    setAttribute(input, "aria-activedescendant", hits.length ? `${id}-${active}` : null);
  }
  function close() {
    hits = [];
    input.value = "";
    show();
  }
  function choose(position) {
    const hit = hits[position];
    if (!hit) return;
    close();
    onChoose(hit.index);
  }
  input.addEventListener("input", () => {
    hits = findClasses(model.get("classes"), input.value);
    active = 0;
    show();
  }, { signal });
  input.addEventListener("blur", close, { signal });
  input.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "ArrowDown") active = (active + 1) % Math.max(1, hits.length);
      else if (event.key === "ArrowUp") active = (active + hits.length - 1) % Math.max(1, hits.length);
      else if (event.key === "Enter") return choose(active);
      else if (event.key === "Escape") return close();
      else return;
      event.preventDefault();
      show();
    },
    { signal }
  );
}

// src/views/classes.js
function classesView(model, el, signal) {
  const list = h("div", { class: "xai-classes", role: "group", "aria-label": "Class to explain" });
  const automatic = h("button", { class: "xai-automatic", disabled: model.isStatic }, "automatic (top class)");
  el.append(h("h3", {}, "Why this class?"), automatic, list);
  classSearch(model, el, (index) => model.set({ target: index }), signal);
  automatic.addEventListener("click", () => model.set({ target: null }), { signal });
  function create() {
    const row2 = predictionRow(h("button", { disabled: model.isStatic }));
    row2.addEventListener("click", () => model.set({ target: Number(row2.dataset.index) }), { signal });
    return row2;
  }
  model.watch(["prediction", "target"], () => {
    const target = model.get("target");
    const explained = target ?? model.get("prediction")?.top[0]?.index;
    setAttribute(automatic, "aria-pressed", String(target === null));
    fillList(list, shownScores(model), create, (row2, score) => {
      fillPredictionRow(row2, score);
      row2.dataset.index = String(score.index);
      setAttribute(row2, "aria-pressed", String(score.index === target));
      row2.classList.toggle("xai-explained", score.index === explained);
    });
  });
}
function shownScores(model) {
  const prediction = model.get("prediction");
  if (!prediction) return [];
  const target = model.get("target");
  const { top } = prediction;
  if (target === null || top.some(({ index }) => index === target)) return top;
  const pending = { index: target, label: model.get("classes")[target] ?? String(target), probability: NaN, logit: NaN };
  return [...top, prediction.target?.index === target ? prediction.target : pending];
}

// src/lib/arrays.js
function bytesOf(source) {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(
    /** @type {ArrayBuffer} */
    source.buffer,
    source.byteOffset,
    source.byteLength
  );
}
function float32Of(source) {
  const bytes = bytesOf(source);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 4));
}
function rgbaOf({ height, width, data }) {
  const rgb2 = bytesOf(data);
  const rgba2 = new Uint8ClampedArray(height * width * 4);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    rgba2[4 * pixel] = rgb2[3 * pixel];
    rgba2[4 * pixel + 1] = rgb2[3 * pixel + 1];
    rgba2[4 * pixel + 2] = rgb2[3 * pixel + 2];
    rgba2[4 * pixel + 3] = 255;
  }
  return rgba2;
}

// node_modules/d3-scale-chromatic/src/colors.js
function colors_default(specifier) {
  var n = specifier.length / 6 | 0, colors = new Array(n), i = 0;
  while (i < n) colors[i] = "#" + specifier.slice(i * 6, ++i * 6);
  return colors;
}

// node_modules/d3-color/src/define.js
function define_default(constructor, factory, prototype) {
  constructor.prototype = factory.prototype = prototype;
  prototype.constructor = constructor;
}
function extend(parent, definition) {
  var prototype = Object.create(parent.prototype);
  for (var key in definition) prototype[key] = definition[key];
  return prototype;
}

// node_modules/d3-color/src/color.js
function Color() {
}
var darker = 0.7;
var brighter = 1 / darker;
var reI = "\\s*([+-]?\\d+)\\s*";
var reN = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)\\s*";
var reP = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)%\\s*";
var reHex = /^#([0-9a-f]{3,8})$/;
var reRgbInteger = new RegExp(`^rgb\\(${reI},${reI},${reI}\\)$`);
var reRgbPercent = new RegExp(`^rgb\\(${reP},${reP},${reP}\\)$`);
var reRgbaInteger = new RegExp(`^rgba\\(${reI},${reI},${reI},${reN}\\)$`);
var reRgbaPercent = new RegExp(`^rgba\\(${reP},${reP},${reP},${reN}\\)$`);
var reHslPercent = new RegExp(`^hsl\\(${reN},${reP},${reP}\\)$`);
var reHslaPercent = new RegExp(`^hsla\\(${reN},${reP},${reP},${reN}\\)$`);
var named = {
  aliceblue: 15792383,
  antiquewhite: 16444375,
  aqua: 65535,
  aquamarine: 8388564,
  azure: 15794175,
  beige: 16119260,
  bisque: 16770244,
  black: 0,
  blanchedalmond: 16772045,
  blue: 255,
  blueviolet: 9055202,
  brown: 10824234,
  burlywood: 14596231,
  cadetblue: 6266528,
  chartreuse: 8388352,
  chocolate: 13789470,
  coral: 16744272,
  cornflowerblue: 6591981,
  cornsilk: 16775388,
  crimson: 14423100,
  cyan: 65535,
  darkblue: 139,
  darkcyan: 35723,
  darkgoldenrod: 12092939,
  darkgray: 11119017,
  darkgreen: 25600,
  darkgrey: 11119017,
  darkkhaki: 12433259,
  darkmagenta: 9109643,
  darkolivegreen: 5597999,
  darkorange: 16747520,
  darkorchid: 10040012,
  darkred: 9109504,
  darksalmon: 15308410,
  darkseagreen: 9419919,
  darkslateblue: 4734347,
  darkslategray: 3100495,
  darkslategrey: 3100495,
  darkturquoise: 52945,
  darkviolet: 9699539,
  deeppink: 16716947,
  deepskyblue: 49151,
  dimgray: 6908265,
  dimgrey: 6908265,
  dodgerblue: 2003199,
  firebrick: 11674146,
  floralwhite: 16775920,
  forestgreen: 2263842,
  fuchsia: 16711935,
  gainsboro: 14474460,
  ghostwhite: 16316671,
  gold: 16766720,
  goldenrod: 14329120,
  gray: 8421504,
  green: 32768,
  greenyellow: 11403055,
  grey: 8421504,
  honeydew: 15794160,
  hotpink: 16738740,
  indianred: 13458524,
  indigo: 4915330,
  ivory: 16777200,
  khaki: 15787660,
  lavender: 15132410,
  lavenderblush: 16773365,
  lawngreen: 8190976,
  lemonchiffon: 16775885,
  lightblue: 11393254,
  lightcoral: 15761536,
  lightcyan: 14745599,
  lightgoldenrodyellow: 16448210,
  lightgray: 13882323,
  lightgreen: 9498256,
  lightgrey: 13882323,
  lightpink: 16758465,
  lightsalmon: 16752762,
  lightseagreen: 2142890,
  lightskyblue: 8900346,
  lightslategray: 7833753,
  lightslategrey: 7833753,
  lightsteelblue: 11584734,
  lightyellow: 16777184,
  lime: 65280,
  limegreen: 3329330,
  linen: 16445670,
  magenta: 16711935,
  maroon: 8388608,
  mediumaquamarine: 6737322,
  mediumblue: 205,
  mediumorchid: 12211667,
  mediumpurple: 9662683,
  mediumseagreen: 3978097,
  mediumslateblue: 8087790,
  mediumspringgreen: 64154,
  mediumturquoise: 4772300,
  mediumvioletred: 13047173,
  midnightblue: 1644912,
  mintcream: 16121850,
  mistyrose: 16770273,
  moccasin: 16770229,
  navajowhite: 16768685,
  navy: 128,
  oldlace: 16643558,
  olive: 8421376,
  olivedrab: 7048739,
  orange: 16753920,
  orangered: 16729344,
  orchid: 14315734,
  palegoldenrod: 15657130,
  palegreen: 10025880,
  paleturquoise: 11529966,
  palevioletred: 14381203,
  papayawhip: 16773077,
  peachpuff: 16767673,
  peru: 13468991,
  pink: 16761035,
  plum: 14524637,
  powderblue: 11591910,
  purple: 8388736,
  rebeccapurple: 6697881,
  red: 16711680,
  rosybrown: 12357519,
  royalblue: 4286945,
  saddlebrown: 9127187,
  salmon: 16416882,
  sandybrown: 16032864,
  seagreen: 3050327,
  seashell: 16774638,
  sienna: 10506797,
  silver: 12632256,
  skyblue: 8900331,
  slateblue: 6970061,
  slategray: 7372944,
  slategrey: 7372944,
  snow: 16775930,
  springgreen: 65407,
  steelblue: 4620980,
  tan: 13808780,
  teal: 32896,
  thistle: 14204888,
  tomato: 16737095,
  turquoise: 4251856,
  violet: 15631086,
  wheat: 16113331,
  white: 16777215,
  whitesmoke: 16119285,
  yellow: 16776960,
  yellowgreen: 10145074
};
define_default(Color, color, {
  copy(channels) {
    return Object.assign(new this.constructor(), this, channels);
  },
  displayable() {
    return this.rgb().displayable();
  },
  hex: color_formatHex,
  // Deprecated! Use color.formatHex.
  formatHex: color_formatHex,
  formatHex8: color_formatHex8,
  formatHsl: color_formatHsl,
  formatRgb: color_formatRgb,
  toString: color_formatRgb
});
function color_formatHex() {
  return this.rgb().formatHex();
}
function color_formatHex8() {
  return this.rgb().formatHex8();
}
function color_formatHsl() {
  return hslConvert(this).formatHsl();
}
function color_formatRgb() {
  return this.rgb().formatRgb();
}
function color(format2) {
  var m, l;
  format2 = (format2 + "").trim().toLowerCase();
  return (m = reHex.exec(format2)) ? (l = m[1].length, m = parseInt(m[1], 16), l === 6 ? rgbn(m) : l === 3 ? new Rgb(m >> 8 & 15 | m >> 4 & 240, m >> 4 & 15 | m & 240, (m & 15) << 4 | m & 15, 1) : l === 8 ? rgba(m >> 24 & 255, m >> 16 & 255, m >> 8 & 255, (m & 255) / 255) : l === 4 ? rgba(m >> 12 & 15 | m >> 8 & 240, m >> 8 & 15 | m >> 4 & 240, m >> 4 & 15 | m & 240, ((m & 15) << 4 | m & 15) / 255) : null) : (m = reRgbInteger.exec(format2)) ? new Rgb(m[1], m[2], m[3], 1) : (m = reRgbPercent.exec(format2)) ? new Rgb(m[1] * 255 / 100, m[2] * 255 / 100, m[3] * 255 / 100, 1) : (m = reRgbaInteger.exec(format2)) ? rgba(m[1], m[2], m[3], m[4]) : (m = reRgbaPercent.exec(format2)) ? rgba(m[1] * 255 / 100, m[2] * 255 / 100, m[3] * 255 / 100, m[4]) : (m = reHslPercent.exec(format2)) ? hsla(m[1], m[2] / 100, m[3] / 100, 1) : (m = reHslaPercent.exec(format2)) ? hsla(m[1], m[2] / 100, m[3] / 100, m[4]) : named.hasOwnProperty(format2) ? rgbn(named[format2]) : format2 === "transparent" ? new Rgb(NaN, NaN, NaN, 0) : null;
}
function rgbn(n) {
  return new Rgb(n >> 16 & 255, n >> 8 & 255, n & 255, 1);
}
function rgba(r, g, b, a) {
  if (a <= 0) r = g = b = NaN;
  return new Rgb(r, g, b, a);
}
function rgbConvert(o) {
  if (!(o instanceof Color)) o = color(o);
  if (!o) return new Rgb();
  o = o.rgb();
  return new Rgb(o.r, o.g, o.b, o.opacity);
}
function rgb(r, g, b, opacity2) {
  return arguments.length === 1 ? rgbConvert(r) : new Rgb(r, g, b, opacity2 == null ? 1 : opacity2);
}
function Rgb(r, g, b, opacity2) {
  this.r = +r;
  this.g = +g;
  this.b = +b;
  this.opacity = +opacity2;
}
define_default(Rgb, rgb, extend(Color, {
  brighter(k) {
    k = k == null ? brighter : Math.pow(brighter, k);
    return new Rgb(this.r * k, this.g * k, this.b * k, this.opacity);
  },
  darker(k) {
    k = k == null ? darker : Math.pow(darker, k);
    return new Rgb(this.r * k, this.g * k, this.b * k, this.opacity);
  },
  rgb() {
    return this;
  },
  clamp() {
    return new Rgb(clampi(this.r), clampi(this.g), clampi(this.b), clampa(this.opacity));
  },
  displayable() {
    return -0.5 <= this.r && this.r < 255.5 && (-0.5 <= this.g && this.g < 255.5) && (-0.5 <= this.b && this.b < 255.5) && (0 <= this.opacity && this.opacity <= 1);
  },
  hex: rgb_formatHex,
  // Deprecated! Use color.formatHex.
  formatHex: rgb_formatHex,
  formatHex8: rgb_formatHex8,
  formatRgb: rgb_formatRgb,
  toString: rgb_formatRgb
}));
function rgb_formatHex() {
  return `#${hex(this.r)}${hex(this.g)}${hex(this.b)}`;
}
function rgb_formatHex8() {
  return `#${hex(this.r)}${hex(this.g)}${hex(this.b)}${hex((isNaN(this.opacity) ? 1 : this.opacity) * 255)}`;
}
function rgb_formatRgb() {
  const a = clampa(this.opacity);
  return `${a === 1 ? "rgb(" : "rgba("}${clampi(this.r)}, ${clampi(this.g)}, ${clampi(this.b)}${a === 1 ? ")" : `, ${a})`}`;
}
function clampa(opacity2) {
  return isNaN(opacity2) ? 1 : Math.max(0, Math.min(1, opacity2));
}
function clampi(value) {
  return Math.max(0, Math.min(255, Math.round(value) || 0));
}
function hex(value) {
  value = clampi(value);
  return (value < 16 ? "0" : "") + value.toString(16);
}
function hsla(h2, s, l, a) {
  if (a <= 0) h2 = s = l = NaN;
  else if (l <= 0 || l >= 1) h2 = s = NaN;
  else if (s <= 0) h2 = NaN;
  return new Hsl(h2, s, l, a);
}
function hslConvert(o) {
  if (o instanceof Hsl) return new Hsl(o.h, o.s, o.l, o.opacity);
  if (!(o instanceof Color)) o = color(o);
  if (!o) return new Hsl();
  if (o instanceof Hsl) return o;
  o = o.rgb();
  var r = o.r / 255, g = o.g / 255, b = o.b / 255, min = Math.min(r, g, b), max = Math.max(r, g, b), h2 = NaN, s = max - min, l = (max + min) / 2;
  if (s) {
    if (r === max) h2 = (g - b) / s + (g < b) * 6;
    else if (g === max) h2 = (b - r) / s + 2;
    else h2 = (r - g) / s + 4;
    s /= l < 0.5 ? max + min : 2 - max - min;
    h2 *= 60;
  } else {
    s = l > 0 && l < 1 ? 0 : h2;
  }
  return new Hsl(h2, s, l, o.opacity);
}
function hsl(h2, s, l, opacity2) {
  return arguments.length === 1 ? hslConvert(h2) : new Hsl(h2, s, l, opacity2 == null ? 1 : opacity2);
}
function Hsl(h2, s, l, opacity2) {
  this.h = +h2;
  this.s = +s;
  this.l = +l;
  this.opacity = +opacity2;
}
define_default(Hsl, hsl, extend(Color, {
  brighter(k) {
    k = k == null ? brighter : Math.pow(brighter, k);
    return new Hsl(this.h, this.s, this.l * k, this.opacity);
  },
  darker(k) {
    k = k == null ? darker : Math.pow(darker, k);
    return new Hsl(this.h, this.s, this.l * k, this.opacity);
  },
  rgb() {
    var h2 = this.h % 360 + (this.h < 0) * 360, s = isNaN(h2) || isNaN(this.s) ? 0 : this.s, l = this.l, m2 = l + (l < 0.5 ? l : 1 - l) * s, m1 = 2 * l - m2;
    return new Rgb(
      hsl2rgb(h2 >= 240 ? h2 - 240 : h2 + 120, m1, m2),
      hsl2rgb(h2, m1, m2),
      hsl2rgb(h2 < 120 ? h2 + 240 : h2 - 120, m1, m2),
      this.opacity
    );
  },
  clamp() {
    return new Hsl(clamph(this.h), clampt(this.s), clampt(this.l), clampa(this.opacity));
  },
  displayable() {
    return (0 <= this.s && this.s <= 1 || isNaN(this.s)) && (0 <= this.l && this.l <= 1) && (0 <= this.opacity && this.opacity <= 1);
  },
  formatHsl() {
    const a = clampa(this.opacity);
    return `${a === 1 ? "hsl(" : "hsla("}${clamph(this.h)}, ${clampt(this.s) * 100}%, ${clampt(this.l) * 100}%${a === 1 ? ")" : `, ${a})`}`;
  }
}));
function clamph(value) {
  value = (value || 0) % 360;
  return value < 0 ? value + 360 : value;
}
function clampt(value) {
  return Math.max(0, Math.min(1, value || 0));
}
function hsl2rgb(h2, m1, m2) {
  return (h2 < 60 ? m1 + (m2 - m1) * h2 / 60 : h2 < 180 ? m2 : h2 < 240 ? m1 + (m2 - m1) * (240 - h2) / 60 : m1) * 255;
}

// node_modules/d3-interpolate/src/basis.js
function basis(t1, v0, v1, v2, v3) {
  var t2 = t1 * t1, t3 = t2 * t1;
  return ((1 - 3 * t1 + 3 * t2 - t3) * v0 + (4 - 6 * t2 + 3 * t3) * v1 + (1 + 3 * t1 + 3 * t2 - 3 * t3) * v2 + t3 * v3) / 6;
}
function basis_default(values) {
  var n = values.length - 1;
  return function(t) {
    var i = t <= 0 ? t = 0 : t >= 1 ? (t = 1, n - 1) : Math.floor(t * n), v1 = values[i], v2 = values[i + 1], v0 = i > 0 ? values[i - 1] : 2 * v1 - v2, v3 = i < n - 1 ? values[i + 2] : 2 * v2 - v1;
    return basis((t - i / n) * n, v0, v1, v2, v3);
  };
}

// node_modules/d3-interpolate/src/basisClosed.js
function basisClosed_default(values) {
  var n = values.length;
  return function(t) {
    var i = Math.floor(((t %= 1) < 0 ? ++t : t) * n), v0 = values[(i + n - 1) % n], v1 = values[i % n], v2 = values[(i + 1) % n], v3 = values[(i + 2) % n];
    return basis((t - i / n) * n, v0, v1, v2, v3);
  };
}

// node_modules/d3-interpolate/src/constant.js
var constant_default = (x) => () => x;

// node_modules/d3-interpolate/src/color.js
function linear(a, d) {
  return function(t) {
    return a + t * d;
  };
}
function exponential(a, b, y) {
  return a = Math.pow(a, y), b = Math.pow(b, y) - a, y = 1 / y, function(t) {
    return Math.pow(a + t * b, y);
  };
}
function gamma(y) {
  return (y = +y) === 1 ? nogamma : function(a, b) {
    return b - a ? exponential(a, b, y) : constant_default(isNaN(a) ? b : a);
  };
}
function nogamma(a, b) {
  var d = b - a;
  return d ? linear(a, d) : constant_default(isNaN(a) ? b : a);
}

// node_modules/d3-interpolate/src/rgb.js
var rgb_default = (function rgbGamma(y) {
  var color2 = gamma(y);
  function rgb2(start, end) {
    var r = color2((start = rgb(start)).r, (end = rgb(end)).r), g = color2(start.g, end.g), b = color2(start.b, end.b), opacity2 = nogamma(start.opacity, end.opacity);
    return function(t) {
      start.r = r(t);
      start.g = g(t);
      start.b = b(t);
      start.opacity = opacity2(t);
      return start + "";
    };
  }
  rgb2.gamma = rgbGamma;
  return rgb2;
})(1);
function rgbSpline(spline) {
  return function(colors) {
    var n = colors.length, r = new Array(n), g = new Array(n), b = new Array(n), i, color2;
    for (i = 0; i < n; ++i) {
      color2 = rgb(colors[i]);
      r[i] = color2.r || 0;
      g[i] = color2.g || 0;
      b[i] = color2.b || 0;
    }
    r = spline(r);
    g = spline(g);
    b = spline(b);
    color2.opacity = 1;
    return function(t) {
      color2.r = r(t);
      color2.g = g(t);
      color2.b = b(t);
      return color2 + "";
    };
  };
}
var rgbBasis = rgbSpline(basis_default);
var rgbBasisClosed = rgbSpline(basisClosed_default);

// node_modules/d3-scale-chromatic/src/ramp.js
var ramp_default = (scheme2) => rgbBasis(scheme2[scheme2.length - 1]);

// node_modules/d3-scale-chromatic/src/diverging/RdBu.js
var scheme = new Array(3).concat(
  "ef8a62f7f7f767a9cf",
  "ca0020f4a58292c5de0571b0",
  "ca0020f4a582f7f7f792c5de0571b0",
  "b2182bef8a62fddbc7d1e5f067a9cf2166ac",
  "b2182bef8a62fddbc7f7f7f7d1e5f067a9cf2166ac",
  "b2182bd6604df4a582fddbc7d1e5f092c5de4393c32166ac",
  "b2182bd6604df4a582fddbc7f7f7f7d1e5f092c5de4393c32166ac",
  "67001fb2182bd6604df4a582fddbc7d1e5f092c5de4393c32166ac053061",
  "67001fb2182bd6604df4a582fddbc7f7f7f7d1e5f092c5de4393c32166ac053061"
).map(colors_default);
var RdBu_default = ramp_default(scheme);

// src/lib/colour.js
var CERTAIN_AT = 2;
var FAINTEST = 0.1;
var RAMP_USED = 0.84;
function colourOf(value, range2) {
  const share = Number.isFinite(value) ? Math.max(-1, Math.min(1, value / range2)) : 0;
  const [red, green, blue] = (
    /** @type {string[]} */
    RdBu_default(0.5 - RAMP_USED * share / 2).match(/\d+/g).map(Number)
  );
  return { red, green, blue, alpha: FAINTEST + (1 - FAINTEST) * Math.sqrt(Math.abs(share)) };
}
var cssColour = ({ red, green, blue, alpha }, opacity2) => `rgba(${red}, ${green}, ${blue}, ${(alpha * opacity2).toFixed(3)})`;
var isUncertain = (value, standardError) => !(Math.abs(value) >= CERTAIN_AT * standardError);
function automaticRange(maps) {
  const sizes = maps.flatMap((map2) => Array.from(map2, Math.abs)).filter(Number.isFinite);
  sizes.sort((a, b) => a - b);
  const position = 0.98 * (sizes.length - 1);
  const below = sizes[Math.floor(position)] ?? 0;
  const above = sizes[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position)) || sizes.at(-1) || 1;
}

// src/lib/maps.js
function cellMapOf(attribution) {
  if (!attribution || bytesOf(attribution.cells).byteLength === 0) return null;
  return {
    values: float32Of(attribution.cells),
    errors: float32Of(attribution.standard_error),
    rows: attribution.rows,
    columns: attribution.columns,
    rowEdges: attribution.row_edges,
    columnEdges: attribution.column_edges,
    window: attribution.window
  };
}
function automaticRangeOf(...attributions) {
  const maps = attributions.map(cellMapOf).filter((map2) => map2 !== null);
  return automaticRange(maps.map((map2) => map2.values));
}
function colourRange(model) {
  return model.get("color_range") ?? automaticRangeOf(model.get("attribution"), model.get("attribution_before"));
}
function cellAt(map2, point) {
  const row2 = map2.rowEdges.findIndex((edge, i) => point.row >= edge && point.row < map2.rowEdges[i + 1]);
  const column = map2.columnEdges.findIndex((edge, i) => point.column >= edge && point.column < map2.columnEdges[i + 1]);
  return row2 < 0 || column < 0 ? null : { row: row2, column };
}

// src/lib/paint.js
var SQUARES_FROM = 4;
var UNCERTAIN_SHARE = 0.45;
function paintPicture(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pixels = new ImageData(rgbaOf(picture), picture.width, picture.height);
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
var showsSquares = (scale) => scale >= SQUARES_FROM;
function paintMap(context, map2, scale, { range: range2, opacity: opacity2, line }) {
  const doubtful = [];
  for (let row2 = 0; row2 < map2.rows; row2 += 1) {
    for (let column = 0; column < map2.columns; column += 1) {
      const x = Math.round(map2.columnEdges[column] * scale.x);
      const y = Math.round(map2.rowEdges[row2] * scale.y);
      const width = Math.round(map2.columnEdges[column + 1] * scale.x) - x;
      const height = Math.round(map2.rowEdges[row2 + 1] * scale.y) - y;
      const at = row2 * map2.columns + column;
      const uncertain = isUncertain(map2.values[at], map2.errors[at]);
      context.fillStyle = cssColour(colourOf(map2.values[at], range2), uncertain ? opacity2 * UNCERTAIN_SHARE : opacity2);
      context.fillRect(x, y, width, height);
      if (uncertain) doubtful.push([x, y, width, height]);
    }
  }
  hatch(context, doubtful, line, opacity2);
}
function hatch(context, boxes, line, opacity2) {
  if (!boxes.length) return;
  const distance = 8 * line;
  const { width, height } = context.canvas;
  context.save();
  context.beginPath();
  for (const box of boxes) context.rect(...box);
  context.clip();
  for (
    const [shift, colour] of
    /** @type {[number, string][]} */
    [[0, "#222"], [line, "#fff"]]
  ) {
    context.beginPath();
    for (let sum = 0; sum < width + height + distance; sum += distance) {
      context.moveTo(sum + shift, 0);
      context.lineTo(sum + shift - height, height);
    }
    context.lineWidth = line;
    context.strokeStyle = colour;
    context.globalAlpha = 0.4 * opacity2;
    context.stroke();
  }
  context.restore();
}

// src/views/figure.js
var LARGEST = 448;
function createFigure(name, signal, onPainted) {
  const base = h("canvas", { class: "xai-picture", role: "img" });
  const overlay = h("canvas", { class: "xai-overlay", role: "img" });
  const shade = h("div", { class: "xai-shade" });
  const outline = h("div", { class: "xai-cell-outline" });
  const tip = h("div", { class: "xai-tip", "aria-hidden": "true" });
  const layers = h("div", { class: "xai-layers" }, base, overlay, shade, outline);
  const stage = h("div", { class: "xai-stage" }, layers, tip);
  let state = { picture: null, map: null, range: 1, opacity: 1 };
  let shown = null;
  function paintBase() {
    const { picture } = state;
    if (!picture || picture === shown) return;
    shown = picture;
    paintPicture(base, picture);
    base.setAttribute("aria-label", `${name}, ${picture.height} by ${picture.width} pixels`);
    stage.style.aspectRatio = `${picture.width} / ${picture.height}`;
    stage.style.maxWidth = `${Math.round(LARGEST * Math.min(1, picture.width / picture.height))}px`;
  }
  let painted = null;
  function paintOverlay() {
    const { picture, map: map2, range: range2 } = state;
    const density = globalThis.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(layers.clientWidth * density));
    const height = Math.max(1, Math.round(layers.clientHeight * density));
    const now = { map: map2, range: range2, width, height };
    if (painted && Object.entries(now).every(([name2, value]) => painted?.[
      /** @type {keyof typeof now} */
      name2
    ] === value)) return;
    painted = picture ? now : null;
    overlay.width = width;
    overlay.height = height;
    const context = overlay.getContext("2d");
    if (!picture || !context) return;
    base.classList.toggle("xai-squares", showsSquares(layers.clientWidth / picture.width));
    const scale = { x: width / picture.width, y: height / picture.height };
    if (map2) paintMap(context, map2, scale, { range: range2, opacity: 1, line: density });
    overlay.setAttribute("aria-label", map2 ? describeMap(map2) : "no map yet");
  }
  const paint = oncePerFrame(() => {
    if (signal.aborted) return;
    paintBase();
    paintOverlay();
    onPainted(state);
  });
  const resized = new ResizeObserver(paint);
  resized.observe(layers);
  signal.addEventListener("abort", () => resized.disconnect());
  function draw(next) {
    state = next;
    overlay.style.setProperty("--xai-map-opacity", String(state.opacity));
    paintBase();
    paint();
  }
  function place(element, [top, left, height, width]) {
    if (!state.picture) return;
    element.style.top = `${100 * top / state.picture.height}%`;
    element.style.left = `${100 * left / state.picture.width}%`;
    element.style.height = `${100 * height / state.picture.height}%`;
    element.style.width = `${100 * width / state.picture.width}%`;
  }
  function shadeOutside(window) {
    shade.hidden = !window;
    if (window) place(shade, window);
  }
  function pointOut(cell, text = "") {
    const { map: map2, picture } = state;
    const known = cell && map2 && picture && cell.row < map2.rows && cell.column < map2.columns;
    outline.hidden = !known;
    tip.hidden = !known || !text;
    if (!known) return;
    const [top, bottom] = [map2.rowEdges[cell.row], map2.rowEdges[cell.row + 1]];
    const [left, right] = [map2.columnEdges[cell.column], map2.columnEdges[cell.column + 1]];
    place(outline, [top, left, bottom - top, right - left]);
    tip.textContent = text;
    const middle = (left + right) / 2 / picture.width;
    tip.style.left = `${100 * middle}%`;
    tip.style.setProperty("--xai-tip-shift", `${-100 * middle}%`);
    const above = top > 0.12 * picture.height;
    tip.style.top = above ? `${100 * top / picture.height}%` : `${100 * bottom / picture.height}%`;
    tip.classList.toggle("xai-tip-below", !above);
  }
  function pointOf(event) {
    const box = layers.getBoundingClientRect();
    const { picture } = state;
    if (!picture || !box.width || !box.height) return null;
    return {
      row: (event.clientY - box.top) * picture.height / box.height,
      column: (event.clientX - box.left) * picture.width / box.width
    };
  }
  function cellOf(event) {
    const point = pointOf(event);
    return point && state.map && cellAt(state.map, point);
  }
  pointOut(null);
  shadeOutside(null);
  return { stage, overlay, draw, place, shadeOutside, pointOut, pointOf, cellOf };
}
function describeMap({ rows, columns, values }) {
  const strongest = values.reduce((best, value, i) => Math.abs(value) > Math.abs(values[best]) ? i : best, 0);
  const place = `row ${Math.floor(strongest / columns) + 1}, column ${strongest % columns + 1}`;
  return `map of ${rows} by ${columns} cells; the strongest, ${values[strongest]?.toPrecision(3)}, is at ${place}`;
}

// src/views/figures.js
var SHOWN_CLASSES = 5;
function figuresView(model, el, signal) {
  const before = createFigure("picture before the edits", signal, () => {
  });
  const after = createFigure("picture", signal, acknowledge(model));
  const panels = {
    before: panel("before", before),
    after: panel("after", after)
  };
  const change = h("p", { class: "xai-change" });
  const figures = h("div", { class: "xai-figures" }, panels.before.root, panels.after.root);
  el.append(figures, change);
  const maps = { before: null, after: null };
  model.watch(["picture", "original", "attribution", "attribution_before", "opacity", "color_range"], () => {
    maps.before = cellMapOf(model.get("attribution_before"));
    maps.after = cellMapOf(model.get("attribution"));
    const look = { range: colourRange(model), opacity: model.get("opacity") };
    const compared = model.get("original") !== null;
    figures.classList.toggle("xai-compared", compared);
    panels.before.root.hidden = !compared;
    panels.after.compare(compared);
    after.draw({ picture: model.get("picture"), map: maps.after, ...look });
    if (compared) before.draw({ picture: model.get("original"), map: maps.before, ...look });
    pointOut();
  });
  model.watch(["trail", "picture", "original", "attribution"], () => {
    const window = model.get("trail").at(-1) ?? null;
    after.shadeOutside(window);
    before.shadeOutside(window);
    const answered = model.get("attribution")?.window;
    const [top = 0, left = 0, height = 0, width = 0] = answered ?? [];
    const picture = model.get("picture");
    const asked = window ?? [0, 0, picture?.height ?? 0, picture?.width ?? 0];
    const stale = Boolean(answered) && ![top, left, height, width].every((value, i) => value === asked[i]);
    for (const figure of [before, after]) figure.overlay.classList.toggle("xai-stale", stale);
  });
  model.watch(["prediction", "prediction_before", "original"], () => {
    const compared = model.get("original") !== null;
    panels.before.predict(compared ? model.get("prediction_before") : null);
    panels.after.predict(compared ? model.get("prediction") : null);
    change.textContent = compared ? describeChange(model.get("prediction_before"), model.get("prediction")) : "";
    change.hidden = !change.textContent;
  });
  function pointOut() {
    const { hover } = model.view;
    after.pointOut(hover, hover && maps.after ? describeCell(maps.after, hover) : "");
    before.pointOut(hover, hover && maps.before ? describeCell(maps.before, hover) : "");
  }
  model.watchView(["hover"], pointOut);
  for (const figure of [before, after]) followPointer(model, figure, signal);
  return after;
}
function acknowledge(model) {
  let last = -1;
  return ({ map: map2 }) => {
    const frame = model.get("attribution")?.frame;
    if (model.isStatic || !map2 || frame === void 0 || frame === last) return;
    last = frame;
    requestAnimationFrame(() => model.painted(frame));
  };
}
function panel(title, figure) {
  const caption = h("figcaption", {}, title);
  const classes = h("ul", { class: "xai-predictions", "aria-label": `top classes ${title} the edits` });
  const root = h("figure", { class: `xai-figure xai-${title}` }, caption, figure.stage, classes);
  function predict(prediction) {
    const rows = prediction?.top.slice(0, SHOWN_CLASSES) ?? [];
    fillList(classes, rows, () => predictionRow(h("li")), fillPredictionRow);
    classes.hidden = rows.length === 0;
  }
  function compare(compared) {
    caption.hidden = !compared;
  }
  return { root, predict, compare };
}
function describeChange(before, after) {
  const [from, to] = [before?.target, after?.target];
  if (!from || !to || from.index !== to.index) return "";
  const points = 100 * (to.probability - from.probability);
  const sign = points > 0 ? "+" : points < 0 ? "−" : "";
  return `${to.label}: ${percent(from.probability)} → ${percent(to.probability)} (${sign}${Math.abs(points).toFixed(1)} points; logit ${short(from.logit)} → ${short(to.logit)})`;
}
function describeCell(map2, { row: row2, column }) {
  if (row2 >= map2.rows || column >= map2.columns) return "";
  const at = row2 * map2.columns + column;
  const doubt = isUncertain(map2.values[at], map2.errors[at]) ? ", sign not certain" : "";
  return `${signed(map2.values[at])} ± ${short(map2.errors[at])}${doubt}`;
}
function followPointer(model, figure, signal) {
  const setHover = (hover) => {
    const old = model.view.hover;
    if (old?.row !== hover?.row || old?.column !== hover?.column) model.setView({ hover });
  };
  figure.stage.addEventListener(
    "pointermove",
    (event) => setHover(event.buttons ? null : figure.cellOf(event)),
    { signal }
  );
  figure.stage.addEventListener("pointerleave", () => setHover(null), { signal });
}

// src/views/filmstrip.js
function filmstripView(model, el, signal) {
  const strip = h("div", { class: "xai-filmstrip xai-live", role: "group", "aria-label": "Pictures" });
  el.append(strip);
  function create(position) {
    const button = h("button", { class: "xai-thumbnail" }, h("canvas", { "aria-hidden": "true" }), h("span"));
    button.addEventListener("click", () => model.set({ index: position }), { signal });
    return button;
  }
  model.watch(["pictures"], () => {
    const pictures = model.get("pictures");
    strip.hidden = pictures.length < 2;
    fillList(strip, strip.hidden ? [] : pictures, create, (button, { name, thumbnail }) => {
      paintPicture(
        /** @type {HTMLCanvasElement} */
        button.firstElementChild,
        thumbnail
      );
      button.lastElementChild.textContent = name;
      button.title = name;
    });
  });
  model.watch(["index", "pictures"], () => {
    [...strip.children].forEach((button, position) => {
      setAttribute(button, "aria-pressed", String(position === model.get("index")));
    });
  });
}

// src/views/ledger.js
function ledgerView(model, el) {
  const list = h("dl", { class: "xai-ledger", "aria-label": "Ledger" });
  el.append(list);
  model.watch(["attribution"], () => {
    const attribution = model.get("attribution");
    list.hidden = !attribution;
    fillList(list, attribution ? entries(attribution) : [], () => h("div", {}, h("dt"), h("dd")), (item, { name, value, title }) => {
      item.children[0].textContent = name;
      item.children[1].textContent = value;
      item.title = title;
    });
  });
}
function entries(a) {
  const quality = a.exact ? "exact" : a.partial ? "partial" : "estimate";
  const amount = a.total > a.evaluations ? `${count(a.evaluations)} of ${count(a.total)}` : count(a.evaluations);
  return [
    { name: "sum of map", value: exactly(a.sum), title: "the sum of all cells" },
    { name: "f(x) − f(baseline)", value: exactly(a.difference), title: `f(x) = ${short(a.value)}, f(baseline) = ${short(a.baseline_output)}` },
    { name: "residual", value: Math.abs(a.residual) < 1e-9 ? "0" : short(a.residual), title: "what the sum of the map misses" },
    { name: "standard error", value: short(a.error), title: "root mean square over the cells" },
    { name: "evaluations", value: amount, title: "runs of the model" },
    { name: "time", value: duration(a.seconds), title: "seconds of computing" },
    { name: "seed", value: String(a.seed), title: "the same seed gives the same numbers" },
    { name: "device", value: a.device, title: "where the model ran" },
    { name: "kind", value: quality, title: "exact: all coalitions; partial: stopped before the budget was spent" }
  ];
}

// node_modules/d3-array/src/ticks.js
var e10 = Math.sqrt(50);
var e5 = Math.sqrt(10);
var e2 = Math.sqrt(2);
function tickSpec(start, stop, count2) {
  const step = (stop - start) / Math.max(0, count2), power = Math.floor(Math.log10(step)), error = step / Math.pow(10, power), factor = error >= e10 ? 10 : error >= e5 ? 5 : error >= e2 ? 2 : 1;
  let i1, i2, inc;
  if (power < 0) {
    inc = Math.pow(10, -power) / factor;
    i1 = Math.round(start * inc);
    i2 = Math.round(stop * inc);
    if (i1 / inc < start) ++i1;
    if (i2 / inc > stop) --i2;
    inc = -inc;
  } else {
    inc = Math.pow(10, power) * factor;
    i1 = Math.round(start / inc);
    i2 = Math.round(stop / inc);
    if (i1 * inc < start) ++i1;
    if (i2 * inc > stop) --i2;
  }
  if (i2 < i1 && 0.5 <= count2 && count2 < 2) return tickSpec(start, stop, count2 * 2);
  return [i1, i2, inc];
}
function ticks(start, stop, count2) {
  stop = +stop, start = +start, count2 = +count2;
  if (!(count2 > 0)) return [];
  if (start === stop) return [start];
  const reverse = stop < start, [i1, i2, inc] = reverse ? tickSpec(stop, start, count2) : tickSpec(start, stop, count2);
  if (!(i2 >= i1)) return [];
  const n = i2 - i1 + 1, ticks2 = new Array(n);
  if (reverse) {
    if (inc < 0) for (let i = 0; i < n; ++i) ticks2[i] = (i2 - i) / -inc;
    else for (let i = 0; i < n; ++i) ticks2[i] = (i2 - i) * inc;
  } else {
    if (inc < 0) for (let i = 0; i < n; ++i) ticks2[i] = (i1 + i) / -inc;
    else for (let i = 0; i < n; ++i) ticks2[i] = (i1 + i) * inc;
  }
  return ticks2;
}

// src/views/legend.js
var STEPS = 41;
function legendView(model, el) {
  const title = h("span", { class: "xai-legend-title" });
  const bar = h("div", { class: "xai-colour-bar", "aria-hidden": "true" });
  const ticks2 = h("div", { class: "xai-ticks" });
  const swatch = h("span", { class: "xai-hatched", "aria-hidden": "true" });
  const doubt = h("span", { class: "xai-doubt" }, swatch, "sign not yet certain: |value| < 2 standard errors");
  const root = h("div", { class: "xai-legend" }, title, h("div", { class: "xai-scale" }, bar, ticks2), doubt);
  el.append(root);
  model.watch(["attribution", "attribution_before", "color_range", "opacity"], () => {
    const attribution = model.get("attribution");
    root.hidden = !attribution;
    if (!attribution) return;
    const range2 = colourRange(model);
    title.textContent = `contribution to the ${attribution.output} of “${attribution.label}”`;
    bar.style.background = gradient(range2, model.get("opacity"));
    fillList(ticks2, ticks(-range2, range2, 5), () => h("span"), (tick, value) => {
      tick.textContent = signed(value);
      tick.style.left = `${50 + 50 * value / range2}%`;
    });
  });
}
function gradient(range2, opacity2) {
  const stops = Array.from({ length: STEPS }, (_, i) => {
    const share = 2 * i / (STEPS - 1) - 1;
    return `${cssColour(colourOf(share * range2, range2), opacity2)} ${100 * i / (STEPS - 1)}%`;
  });
  return `linear-gradient(to right, ${stops.join(", ")}), #fff`;
}

// src/lib/caret.js
function offsetOfColumn(text, column) {
  return Array.from(text).slice(0, Math.max(0, column)).join("").length;
}
function caretUnder(text, column, width = 48) {
  const characters = Array.from(text, (character) => /\s/.test(character) ? " " : character);
  const at = Math.max(0, Math.min(column, characters.length));
  const start = Math.max(0, Math.min(at - Math.floor(width / 2), characters.length - width));
  const stop = Math.min(characters.length, start + width);
  const before = start > 0 ? "…" : "";
  const after = stop < characters.length ? "…" : "";
  return {
    excerpt: before + characters.slice(start, stop).join("") + after,
    mark: " ".repeat(before.length + at - start) + "^"
  };
}

// src/views/query.js
function queryView(model, el, signal) {
  const input = h("input", {
    class: "xai-query-input",
    type: "text",
    "aria-label": "Query",
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    readonly: model.isStatic
  });
  const hint = h("span", { class: "xai-query-hint" }, "Enter asks, Escape restores");
  const excerpt = h("pre", { class: "xai-query-caret", "aria-hidden": "true" });
  const message = h("span", { class: "xai-query-message" });
  const trouble = h("div", { class: "xai-query-error", role: "alert" });
  const label = h("label", { class: "xai-query" }, h("span", { class: "xai-label" }, "Query"), input, hint);
  el.append(label, trouble);
  let shown = "";
  const isEdited = () => input.value !== shown;
  function markEdited() {
    label.classList.toggle("xai-edited", isEdited());
  }
  function restore() {
    shown = model.get("query");
    input.value = shown;
    markEdited();
    complain(null);
  }
  function complain(problem) {
    setAttribute(input, "aria-invalid", problem ? "true" : null);
    trouble.replaceChildren();
    if (!problem) return;
    if (problem.column !== null) {
      const { excerpt: line, mark } = caretUnder(input.value, problem.column);
      excerpt.textContent = `${line}
${mark}`;
      trouble.append(excerpt);
      const offset = offsetOfColumn(input.value, problem.column);
      if (document.activeElement === input) input.setSelectionRange(offset, offset + 1);
    }
    message.textContent = problem.message;
    trouble.append(message);
  }
  async function ask() {
    const text = input.value;
    complain(null);
    const answer = await model.command("ask", { text }, complain);
    if (!answer) return;
    if (input.value === text) restore();
  }
  model.watch(["query"], () => {
    if (isEdited()) return;
    restore();
  });
  model.watch(["error"], () => {
    const error = model.get("error");
    if (error && error.column !== null) complain(error);
  });
  input.addEventListener("input", markEdited, { signal });
  input.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" && !model.isStatic) ask();
      else if (event.key === "Escape") restore();
      else return;
      event.preventDefault();
    },
    { signal }
  );
}

// src/lib/icons.js
var NAMESPACE = "http://www.w3.org/2000/svg";
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
  stop: "M4.5 4.5h7v7h-7z",
  grip: "M5 6h.01M8 6h.01M11 6h.01M5 10h.01M8 10h.01M11 10h.01"
};
function icon(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "xai-icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

// src/views/run.js
function runView(model, places, signal) {
  const word = h("span");
  const button = h("button", { class: "xai-button xai-primary xai-run xai-live" }, icon("run"), word);
  const fill = h("div", { class: "xai-progress-fill" });
  const bar = h("div", { class: "xai-progress", role: "progressbar", "aria-label": "Model evaluations" }, fill);
  const figures = h("span", { class: "xai-progress-text" });
  const spoken = h("span", { class: "xai-status", role: "status", "aria-live": "polite" });
  const alert = h("div", { class: "xai-alert", role: "alert" });
  places.button.append(button);
  places.progress.append(bar, h("div", { class: "xai-progress-line" }, spoken, figures), alert);
  let lastDone = 0;
  model.watch(["status"], () => {
    const { state, done, total, seconds, note } = model.get("status");
    const running = state === "running";
    const startedAnew = done < lastDone;
    lastDone = done;
    if ((!running || startedAnew) && model.view.cancelling) model.setView({ cancelling: false });
    bar.classList.toggle("xai-running", running);
    fill.style.width = `${total > 0 ? Math.min(100, 100 * done / total) : 0}%`;
    setAttribute(bar, "aria-valuemin", 0);
    setAttribute(bar, "aria-valuemax", total);
    setAttribute(bar, "aria-valuenow", done);
    const amount = total > 0 ? `${count(done)} of ${count(total)} evaluations, ${duration(seconds)}` : "";
    figures.textContent = [amount, note].filter(Boolean).join(" · ");
    showButton();
    say();
  });
  function showButton() {
    const running = model.get("status").state === "running";
    const { cancelling } = model.view;
    word.textContent = !running ? "Run" : cancelling ? "Cancelling…" : "Cancel";
    button.firstElementChild?.replaceWith(icon(running ? "stop" : "run"));
    button.classList.toggle("xai-stopping", running);
    setDisabled(button, running && cancelling);
  }
  function say() {
    const text = model.view.notice || describe(model.get("status"), model.view.cancelling);
    if (spoken.textContent !== text) spoken.textContent = text;
  }
  model.watchView(["cancelling", "notice"], () => {
    showButton();
    say();
  });
  function complain() {
    const problem = model.view.problem ?? model.get("error");
    const text = problem && (problem.column === null || problem === model.view.problem) ? problem.message : "";
    if (alert.textContent !== text) alert.textContent = text;
    alert.hidden = !text;
  }
  model.watch(["error"], complain);
  model.watchView(["problem"], complain);
  async function cancel() {
    const answer = model.command("cancel");
    model.setView({ cancelling: true });
    if (!await answer) model.setView({ cancelling: false });
  }
  button.addEventListener(
    "click",
    () => {
      if (isDisabled(button)) return;
      const running = model.get("status").state === "running";
      if (running) cancel();
      else model.command("run");
    },
    { signal }
  );
}
function describe({ state }, cancelling) {
  if (state === "running") return cancelling ? "Cancelling…" : "Running";
  return { idle: "Ready", done: "Done", partial: "Stopped early: a partial map", error: "Failed" }[state] ?? "";
}

// src/lib/log-scale.js
function logScale([low, high]) {
  const decades = Math.log(high / low);
  return {
    /** @param {number} value */
    position: (value) => Math.max(0, Math.min(100, 100 * Math.log(value / low) / decades)),
    /** @param {number} position */
    value: (position) => low * Math.exp(decades * position / 100)
  };
}

// src/views/settings.js
var BUDGETS = [64, 16384];
var BUDGET_STEP = 2.5;
var RANGE_FACTOR = 8;
function settingsView(model, el, signal) {
  const grid = h("div", { class: "xai-settings" });
  el.append(h("h3", {}, "How it is asked and drawn"), grid);
  if (!model.isStatic) {
    choice(model, grid, signal, "Baseline", "baseline", () => model.get("baselines"));
    choice(model, grid, signal, "Value", "output", () => ["logit", "probability"]);
    budget(model, grid, signal);
    wholeNumber(model, grid, signal, "Cells per side", "grid", 2, 16);
    wholeNumber(model, grid, signal, "Seed", "seed", 0, 2 ** 31 - 1);
  }
  opacity(model, grid, signal);
  range(model, grid, signal);
}
function row(el, name, ...controls) {
  const [first, ...rest] = controls;
  const label = h("label", { class: "xai-setting" }, h("span", { class: "xai-label" }, name), first);
  el.append(h("div", { class: "xai-setting-row" }, label, ...rest));
}
function choice(model, el, signal, name, trait, options) {
  const select = h("select", { class: `xai-${trait}` });
  row(el, name, select);
  model.watch([trait, "baselines"], () => {
    const names = options();
    const shown = Array.from(select.options, ({ value }) => value);
    if (names.length !== shown.length || names.some((option, i) => option !== shown[i])) {
      select.replaceChildren(...names.map((option) => h("option", { value: option }, option)));
    }
    select.value = model.get(trait);
  });
  select.addEventListener("change", () => model.set({ [trait]: select.value }), { signal });
}
function wholeNumber(model, el, signal, name, trait, least, most) {
  const input = h("input", { type: "number", class: `xai-${trait}`, min: least, max: most, step: 1 });
  row(el, name, input);
  followNumber(model, input, trait, signal, least, most);
}
function followNumber(model, input, trait, signal, least, most) {
  const show = () => {
    input.value = String(model.get(trait));
  };
  model.watch([trait], () => {
    if (document.activeElement !== input) show();
  });
  input.addEventListener(
    "change",
    () => {
      const value = Math.round(input.valueAsNumber);
      if (Number.isFinite(value)) model.set({ [trait]: Math.max(least, Math.min(most, value)) });
      show();
    },
    { signal }
  );
  input.addEventListener("blur", show, { signal });
}
function budget(model, el, signal) {
  const scale = logScale(BUDGETS);
  const slider = h("input", { type: "range", class: "xai-budget", min: 0, max: 100, step: BUDGET_STEP });
  const number = h("input", { type: "number", class: "xai-budget-number", min: BUDGETS[0], max: BUDGETS[1], step: 1, "aria-label": "Budget, number" });
  row(el, "Budget", slider, number);
  followNumber(model, number, "budget", signal, BUDGETS[0], BUDGETS[1]);
  model.watch(["budget"], () => {
    const value = model.get("budget");
    const position = scale.position(value);
    if (Math.abs(slider.valueAsNumber - position) > BUDGET_STEP / 2) slider.value = String(position);
    setAttribute(slider, "aria-valuetext", `${count(value)} evaluations`);
  });
  slider.addEventListener("input", () => model.set({ budget: readable(scale.value(slider.valueAsNumber)) }), { signal });
}
function readable(value) {
  const digit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.max(BUDGETS[0], Math.min(BUDGETS[1], Math.round(value / digit) * digit));
}
function opacity(model, el, signal) {
  const slider = h("input", { type: "range", class: "xai-opacity", min: 0, max: 1, step: 0.01 });
  const shown = h("output");
  row(el, "Opacity", slider, shown);
  model.watch(["opacity"], () => {
    slider.value = String(model.get("opacity"));
    shown.textContent = percent(model.get("opacity")).replace(".0", "");
  });
  slider.addEventListener("input", () => model.set({ opacity: slider.valueAsNumber }), { signal });
}
function range(model, el, signal) {
  const slider = h("input", { type: "range", class: "xai-range", min: 0, max: 100, step: 0.5 });
  const shown = h("output");
  const automatic = h("input", { type: "checkbox", class: "xai-range-automatic" });
  row(el, "Colour range", slider, shown, h("label", { class: "xai-check" }, automatic, "auto"));
  const scale = () => {
    const middle = automaticRangeOf(model.get("attribution"), model.get("attribution_before"));
    return logScale([middle / RANGE_FACTOR, middle * RANGE_FACTOR]);
  };
  model.watch(["color_range", "attribution", "attribution_before"], () => {
    const value = colourRange(model);
    automatic.checked = model.get("color_range") === null;
    if (document.activeElement !== slider || automatic.checked) slider.value = String(scale().position(value));
    shown.textContent = `±${short(value)}`;
    setAttribute(slider, "aria-valuetext", `plus or minus ${short(value)}`);
  });
  slider.addEventListener(
    "input",
    () => model.set({ color_range: Number(scale().value(slider.valueAsNumber).toPrecision(3)) }),
    { signal }
  );
  automatic.addEventListener(
    "change",
    () => model.set({ color_range: automatic.checked ? null : Number(colourRange(model).toPrecision(3)) }),
    { signal }
  );
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
  const focused = document.activeElement;
  const field = h("textarea", { class: "xai-hidden-field", "aria-hidden": "true", readonly: true });
  field.value = text;
  place.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  if (!copied) throw new Error("the browser does not allow it");
}
function saveFile(blob, name, place) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name, hidden: true });
  place.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1e4);
}

// src/lib/png.js
var SIDE = 560;
var MARGIN = 20;
var LINE = 20;
var FONT = "14px system-ui, sans-serif";
async function explorerPng(model) {
  const plates = platesOf(model);
  if (!plates.length) throw new Error("there is no picture yet");
  const sizes = plates.map(({ picture }) => sizeOf(picture));
  const top = MARGIN + (plates.length > 1 ? LINE : 0);
  const width = Math.max(420, sizes.reduce((sum, size) => sum + size.width + MARGIN, MARGIN));
  const pictureBottom = top + Math.max(...sizes.map(({ height }) => height));
  const canvas = document.createElement("canvas");
  const context = (
    /** @type {CanvasRenderingContext2D} */
    canvas.getContext("2d")
  );
  context.font = FONT;
  const caption = captionOf(model).flatMap((line) => wrap(context, line, width - 2 * MARGIN));
  canvas.width = width;
  canvas.height = pictureBottom + 60 + caption.length * LINE + MARGIN;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = FONT;
  const look = { range: colourRange(model), opacity: model.get("opacity"), line: 1 };
  let x = MARGIN;
  plates.forEach((plate, i) => {
    drawPlate(context, plate, x, top, sizes[i], look, model.get("trail").at(-1) ?? null, plates.length > 1);
    x += sizes[i].width + MARGIN;
  });
  if (model.get("attribution")) drawColourBar(context, MARGIN, pictureBottom + 14, Math.min(360, width - 2 * MARGIN), look);
  context.fillStyle = "#222";
  caption.forEach((line, i) => context.fillText(line, MARGIN, pictureBottom + 76 + i * LINE));
  return new Promise(
    (resolve, reject) => canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("the browser made no picture")), "image/png")
  );
}
function platesOf(model) {
  const [picture, original] = [model.get("picture"), model.get("original")];
  const plates = [];
  if (original) plates.push({ title: "before", picture: original, attribution: model.get("attribution_before") });
  if (picture) plates.push({ title: "after", picture, attribution: model.get("attribution") });
  return plates;
}
function sizeOf({ height, width }) {
  const scale = SIDE / Math.max(height, width);
  return { height: Math.round(height * scale), width: Math.round(width * scale) };
}
function drawPlate(context, { title, picture, attribution }, x, y, size, look, window, titled) {
  const source = document.createElement("canvas");
  paintPicture(source, picture);
  const scale = { x: size.width / picture.width, y: size.height / picture.height };
  context.fillStyle = "#222";
  if (titled) context.fillText(title, x, y - 8);
  context.save();
  context.translate(x, y);
  context.imageSmoothingEnabled = !showsSquares(scale.x);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, size.width, size.height);
  const map2 = cellMapOf(attribution);
  if (map2) paintMap(context, map2, scale, look);
  if (window) drawWindow(context, window, scale, size);
  context.restore();
}
function drawWindow(context, [top, left, height, width], scale, size) {
  const box = (
    /** @type {const} */
    [left * scale.x, top * scale.y, width * scale.x, height * scale.y]
  );
  context.beginPath();
  context.rect(0, 0, size.width, size.height);
  context.rect(...box);
  context.fillStyle = "rgba(0, 0, 0, 0.5)";
  context.fill("evenodd");
  context.lineWidth = 2;
  context.strokeStyle = "#fff";
  context.strokeRect(...box);
}
function drawColourBar(context, x, y, width, { range: range2, opacity: opacity2 }) {
  for (let i = 0; i < width; i += 1) {
    context.fillStyle = cssColour(colourOf((2 * i / (width - 1) - 1) * range2, range2), opacity2);
    context.fillRect(x + i, y, 1, 12);
  }
  context.fillStyle = "#222";
  context.fillText(signed(-range2), x, y + 28);
  context.textAlign = "center";
  context.fillText("0", x + width / 2, y + 28);
  context.textAlign = "right";
  context.fillText(signed(range2), x + width, y + 28);
  context.textAlign = "left";
}
function captionOf(model) {
  const a = model.get("attribution");
  if (!a) return [model.get("query")];
  return [
    model.get("query"),
    `${a.output} of ${a.label}: sum of map ${short(a.sum)}, f(x) − f(baseline) ${short(a.difference)}, residual ${short(a.residual)}, standard error ${short(a.error)}; ${count(a.evaluations)} evaluations, ${duration(a.seconds)}, seed ${a.seed}, ${a.device}${a.exact ? ", exact" : ""}${a.partial ? ", partial" : ""}. Hatched: sign not certain.`
  ];
}
function wrap(context, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
    if (context.measureText(longer).width <= width || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

// src/views/take-away.js
function takeAwayView(model, el, signal) {
  const bar = h("div", { class: "xai-take-away", role: "group", "aria-label": "Take away" });
  el.append(bar);
  function button(name, action, extra = "") {
    const element = h("button", { class: `xai-button ${extra}` }, name);
    element.addEventListener("click", async () => {
      try {
        const notice = await action();
        if (notice) model.setView({ notice, problem: null });
      } catch (error) {
        model.setView({ problem: { message: `${name}: ${error instanceof Error ? error.message : error}`, column: null } });
      }
    }, { signal });
    bar.append(element);
  }
  button("Copy query", async () => {
    await copyText(model.get("query"), bar);
    return "Query copied";
  });
  button("Copy Python", async () => {
    await copyText(model.get("code"), bar);
    return "Python copied";
  });
  button("Save PNG", async () => {
    saveFile(await explorerPng(model), "explanation.png", bar);
    return "PNG saved";
  });
  button("Save HTML", async () => {
    const answer = await model.command("html");
    if (!answer) return null;
    saveFile(new Blob([answer.html], { type: "text/html" }), "explanation.html", bar);
    return "HTML saved";
  }, "xai-live");
}

// src/lib/windows.js
var SMALLEST = 4;
var HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));
var sameWindow = (a, b) => a.every((value, i) => value === b[i]);
var sameTrail = (a, b) => a.length === b.length && a.every((window, i) => sameWindow(window, b[i]));
function contains([top, left, height, width], { row: row2, column }) {
  return row2 >= top && row2 < top + height && column >= left && column < left + width;
}
var currentWindow = (trail, whole) => trail.at(-1) ?? whole;
var parentWindow = (trail, whole) => trail.at(-2) ?? whole;
function drawnSpan(from, to, start, size) {
  const stop = start + size;
  let low = clamp(Math.floor(Math.min(from, to)), start, stop);
  let high = clamp(Math.ceil(Math.max(from, to)), start, stop);
  const smallest = Math.min(SMALLEST, size);
  if (high - low < smallest) {
    if (to < from) low = high - smallest;
    else high = low + smallest;
    low = clamp(low, start, stop - smallest);
    high = low + smallest;
  }
  return [low, high - low];
}
function drawnWindow(from, to, parent) {
  const [top, height] = drawnSpan(from.row, to.row, parent[0], parent[2]);
  const [left, width] = drawnSpan(from.column, to.column, parent[1], parent[3]);
  return [top, left, height, width];
}
function drawInTrail(trail, from, to, whole) {
  const outside = trail.findIndex((window) => !contains(window, from));
  const kept = outside === -1 ? trail : trail.slice(0, outside);
  const parent = currentWindow(kept, whole);
  const drawn = drawnWindow(from, to, parent);
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
  let bottom = top + height;
  let right = left + width;
  const least = [Math.min(SMALLEST, height), Math.min(SMALLEST, width)];
  if (handle.includes("n")) top = clamp(top + Math.round(rows), parent[0], bottom - least[0]);
  if (handle.includes("s")) bottom = clamp(bottom + Math.round(rows), top + least[0], parent[0] + parent[2]);
  if (handle.includes("w")) left = clamp(left + Math.round(columns), parent[1], right - least[1]);
  if (handle.includes("e")) right = clamp(right + Math.round(columns), left + least[1], parent[1] + parent[3]);
  return [top, left, bottom - top, right - left];
}
function centredHalf([top, left, height, width]) {
  const rows = Math.max(Math.min(SMALLEST, height), Math.round(height / 2));
  const columns = Math.max(Math.min(SMALLEST, width), Math.round(width / 2));
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
  const last = trail.at(-1);
  if (key === "Enter") {
    const parent2 = currentWindow(trail, whole);
    const half = centredHalf(parent2);
    return sameWindow(half, parent2) ? trail : [...trail, half];
  }
  if (!last) return null;
  if (key === "Escape") return trail.slice(0, -1);
  const direction = DIRECTIONS.get(key);
  if (!direction) return null;
  const [rowStep, columnStep] = cellStep(last, grid);
  const [rows, columns] = [direction[0] * rowStep, direction[1] * columnStep];
  const parent = parentWindow(trail, whole);
  const changed = shift ? resizeWindow(last, "se", rows, columns, parent) : moveWindow(last, rows, columns, parent);
  return [...trail.slice(0, -1), changed];
}

// src/views/what-if.js
var TURN = 15;
var ENLARGE = 1.25;
var NO_WINDOW = "draw a window first";
function whatIfView(model, el, signal) {
  const reference = h("select", { class: "xai-reference", "aria-label": "Reference to paste from" });
  const degrees = h("input", { type: "number", class: "xai-degrees", "aria-label": "Degrees to rotate by", value: TURN, min: 1, max: 180, step: 1 });
  function tool(name, symbol, action, word = "") {
    const button = h("button", { class: "xai-button xai-tool", title: name, "aria-label": name }, icon(symbol), word);
    button.addEventListener("click", () => isDisabled(button) || action(), { signal });
    return button;
  }
  const edit = (fields) => void model.command("edit", fields);
  const shift = (rows, columns) => {
    const picture = model.get("picture");
    if (!picture) return;
    const step = cellStep(model.get("trail").at(-1) ?? [0, 0, picture.height, picture.width], model.get("grid"));
    edit({ operation: "shift", rows: rows * step[0], columns: columns * step[1] });
  };
  const rotate = (side) => edit({ operation: "rotate", degrees: side * (degrees.valueAsNumber || TURN) });
  const erase = tool("Erase the window", "erase", () => edit({ operation: "erase" }), "Erase");
  const blur = tool("Blur the window", "blur", () => edit({ operation: "blur" }), "Blur");
  const paste = tool("Paste the window from the reference", "paste", () => edit({ operation: "paste", reference: reference.selectedIndex }), "Paste");
  const undo = tool("Undo the last edit", "undo", () => void model.command("undo"));
  const redo = tool("Redo the edit", "redo", () => void model.command("redo"));
  const pasting = group("Paste from a reference", paste, reference);
  const applied = h("ol", { class: "xai-edits", "aria-label": "Edits applied" });
  el.append(
    h(
      "div",
      { class: "xai-what-if xai-live", role: "toolbar", "aria-label": "What if" },
      h("span", { class: "xai-label", "aria-hidden": "true" }, "What if"),
      group("Change the window", erase, blur),
      pasting,
      group("Shift", ...[
        tool("Shift left by a cell", "left", () => shift(0, -1)),
        tool("Shift up by a cell", "up", () => shift(-1, 0)),
        tool("Shift down by a cell", "down", () => shift(1, 0)),
        tool("Shift right by a cell", "right", () => shift(0, 1))
      ]),
      group("Rotate", tool("Rotate anticlockwise", "anticlockwise", () => rotate(1)), degrees, tool("Rotate clockwise", "clockwise", () => rotate(-1))),
      group("Scale", ...[
        tool("Scale down", "smaller", () => edit({ operation: "scale", factor: 1 / ENLARGE })),
        tool("Scale up", "larger", () => edit({ operation: "scale", factor: ENLARGE }))
      ]),
      group("History", undo, redo)
    ),
    applied
  );
  model.watch(["references"], () => {
    const names = model.get("references").map(({ name }) => name);
    reference.replaceChildren(...names.map((name) => h("option", {}, name)));
    pasting.hidden = names.length === 0;
  });
  model.watch(["trail"], () => {
    const missing = model.get("trail").length === 0;
    for (const button of [erase, blur, paste]) {
      setDisabled(button, missing);
      button.title = missing ? NO_WINDOW : button.getAttribute("aria-label") ?? "";
    }
  });
  model.watch(["edits", "redoable"], () => {
    const edits = model.get("edits");
    setDisabled(undo, edits.length === 0);
    setDisabled(redo, model.get("redoable") === 0);
    applied.hidden = edits.length === 0;
    fillList(applied, edits, () => h("li"), (item, text) => {
      item.textContent = text;
    });
  });
}
function group(name, ...tools) {
  const element = h("div", { class: "xai-group", role: "group" }, ...tools);
  setAttribute(element, "aria-label", name);
  return element;
}

// src/views/windows.js
var DRAG_FROM = 4;
var SIDES = ["top", "right", "bottom", "left"];
function windowsView(model, figure, signal) {
  const outer = h("div", { class: "xai-outer-windows" });
  const current = windowElement();
  figure.stage.append(outer, current.root);
  const whole = () => {
    const picture = model.get("picture");
    return [0, 0, picture?.height ?? 0, picture?.width ?? 0];
  };
  model.watch(["trail", "picture"], () => {
    const trail = model.get("trail");
    const last = trail.at(-1);
    current.root.hidden = !last;
    if (last) figure.place(current.root, last);
    current.root.classList.toggle("xai-at-top", Boolean(last && last[0] < 0.06 * whole()[2]));
    fillList(outer, trail.slice(0, -1), () => h("div", { class: "xai-outer-window" }), figure.place);
    if (!model.isStatic) figure.stage.setAttribute("aria-label", describe2(last ?? null));
  });
  if (model.isStatic) return;
  figure.stage.classList.add("xai-drawable");
  figure.stage.tabIndex = 0;
  figure.stage.dataset.lmSuppressShortcuts = "true";
  figure.stage.setAttribute("role", "application");
  listenToPointer(model, figure, whole, signal);
  listenToKeys(model, figure, whole, signal);
}
function windowElement() {
  const sides = SIDES.map((side) => h("div", { class: `xai-side xai-side-${side}`, "data-gesture": "move" }));
  const handles = HANDLES.map(
    (handle) => h("div", { class: `xai-handle xai-handle-${handle}`, "data-gesture": "resize", "data-handle": handle })
  );
  const grip = h("div", { class: "xai-grip", "data-gesture": "move", title: "drag to move the window" }, icon("grip"));
  return { root: h("div", { class: "xai-window" }, ...sides, ...handles, grip) };
}
function describe2(window) {
  if (!window) return "Picture, no window. Enter makes one.";
  const [top, left, height, width] = window;
  return `Picture with a window of ${height} by ${width} pixels at row ${top}, column ${left}. Arrows move it, Shift and arrows resize it, Enter goes deeper, Escape goes back.`;
}
function gestureAt(target) {
  const data = target instanceof HTMLElement ? target.dataset : {};
  if (!data.gesture) return drawInTrail;
  return (trail, from, to, whole) => {
    const last = currentWindow(trail, whole);
    const parent = parentWindow(trail, whole);
    const [rows, columns] = [to.row - from.row, to.column - from.column];
    const handle = (
      /** @type {geometry.Handle} */
      data.handle
    );
    const changed = data.gesture === "move" ? moveWindow(last, rows, columns, parent) : resizeWindow(last, handle, rows, columns, parent);
    return [...trail.slice(0, -1), changed];
  };
}
function listenToPointer(model, figure, whole, signal) {
  const { stage } = figure;
  let drag = null;
  function start(event) {
    const from = figure.pointOf(event);
    if (drag || !from || event.button !== 0 || !event.isPrimary) return;
    stage.setPointerCapture(event.pointerId);
    stage.focus({ preventScroll: true });
    event.preventDefault();
    const gesture = gestureAt(event.target);
    drag = { gesture, from, x: event.clientX, y: event.clientY, trail: model.get("trail"), moved: false, pointer: event.pointerId };
  }
  function move(event) {
    const to = figure.pointOf(event);
    if (!drag || event.pointerId !== drag.pointer || !to) return;
    drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= DRAG_FROM;
    if (!drag.moved) return;
    stage.classList.add("xai-dragging");
    const trail = drag.gesture(drag.trail, drag.from, to, whole());
    if (!sameTrail(trail, model.get("trail"))) model.set({ trail });
  }
  function end(event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    if (event.type === "pointercancel" && drag.moved) model.set({ trail: drag.trail });
    drag = null;
    stage.classList.remove("xai-dragging");
    model.flush();
  }
  stage.addEventListener("pointerdown", start, { signal });
  stage.addEventListener("pointermove", move, { signal });
  stage.addEventListener("pointerup", end, { signal });
  stage.addEventListener("pointercancel", end, { signal });
}
function listenToKeys(model, figure, whole, signal) {
  figure.stage.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const old = model.get("trail");
      const trail = trailAfterKey(old, event.key, event.shiftKey, model.get("grid"), whole());
      if (!trail) return;
      event.preventDefault();
      if (!sameTrail(trail, old)) model.set({ trail });
    },
    { signal }
  );
}

// src/widgets/explorer.js
var HINT = "Drag to draw a window, inside it to go deeper; grip or border moves it, handles resize it. Keys: Enter, arrows, Shift+arrows, Escape.";
function render({ model: widgetModel, el, signal: given }) {
  const controller = new AbortController();
  const { signal } = controller;
  given?.addEventListener("abort", () => controller.abort(), { signal });
  const model = bindModel(widgetModel, signal);
  const top = h("div", { class: "xai-top" });
  const asking = h("div", { class: "xai-asking" });
  const runPlace = h("div", { class: "xai-run-place" });
  const progress = h("div", { class: "xai-progress-place" });
  const left = h("div", { class: "xai-left" });
  const classes = h("section", { class: "xai-panel", "aria-label": "Classes" });
  const settings = h("section", { class: "xai-panel", "aria-label": "Settings" });
  const bottom = h("div", { class: "xai-bottom" });
  const main = h("div", { class: "xai-main" }, left, h("div", { class: "xai-side-panels" }, classes, settings));
  const root = h("div", { class: "xai-explorer", role: "region", "aria-label": "Explorer" }, top, progress, main, bottom);
  root.classList.toggle("xai-static", model.isStatic);
  top.append(asking, runPlace);
  queryView(model, asking, signal);
  runView(model, { button: runPlace, progress }, signal);
  filmstripView(model, left, signal);
  breadcrumbView(model, left, signal);
  windowsView(model, figuresView(model, left, signal), signal);
  if (!model.isStatic) left.append(h("p", { class: "xai-hint" }, HINT));
  legendView(model, left);
  classesView(model, classes, signal);
  settingsView(model, settings, signal);
  whatIfView(model, bottom, signal);
  ledgerView(model, bottom);
  takeAwayView(model, bottom, signal);
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  el.append(root);
  return () => {
    controller.abort();
    root.remove();
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

/* Contains parts of d3-color:

Copyright 2010-2022 Mike Bostock

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

/* Contains parts of d3-format:

Copyright 2010-2021 Mike Bostock

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

/* Contains parts of d3-interpolate:

Copyright 2010-2021 Mike Bostock

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
