import { h, setAttribute } from "./dom.js";
import { short } from "../lib/numbers.js";

/** @import { Binding } from "./binding.js" */
/** @import { Setting, SettingModel } from "./settings.js" */

/**
 * A widget's traits whose values are of one kind.
 * @template S
 * @template T
 * @typedef {Extract<{[K in keyof S]: S[K] extends T ? K : never}[keyof S], string>} TraitOf
 */

/** @param {SettingModel} model @returns {Binding<any, any>} one whose traits a schema names */
export const untyped = (model) => /** @type {Binding<any, any>} */ (model);

/**
 * A row of the settings: the label names its first control.
 * @param {HTMLElement} el
 * @param {string} name
 * @param {...HTMLElement} controls
 * @returns {HTMLElement}
 */
export function settingRow(el, name, ...controls) {
  const [first, ...rest] = controls;
  const label = h("label.xai-setting", h("span.xai-label", name), first);
  const row = h("div.xai-setting-row", label, ...rest);
  el.append(row);
  return row;
}

/**
 * Says what a slider is at, beside it and to those who do not see it.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} output
 * @param {string} text
 */
export function showValue(input, output, text) {
  output.textContent = text;
  setAttribute(input, "aria-valuetext", text);
}

/**
 * Where it is said, beside a field, why what was typed is not taken.
 * @param {HTMLElement} input
 * @returns {(reason: string) => void}
 */
export function createRefusal(input) {
  const refusal = h("span.xai-refusal", { role: "alert", hidden: true });
  input.after(refusal);
  return (reason) => {
    refusal.textContent = reason;
    refusal.hidden = !reason;
  };
}

/**
 * Says to whoever points at the last row what its setting means, in the field's terms.
 * @param {HTMLElement} el
 * @param {Pick<Setting, "doc">} setting
 */
export function explainRow(el, { doc }) {
  const row = /** @type {HTMLElement | null} */ (el.lastElementChild);
  if (row && doc) row.title = doc;
}

/**
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {HTMLElement} el
 * @param {string} name
 * @param {TraitOf<S, string>} trait
 * @param {() => readonly (readonly [value: string, label: string])[]} options
 * @param {TraitOf<S, readonly string[]>[]} [from] traits that the options come from
 */
export function choice(model, el, name, trait, options, from = []) {
  const select = h(`select.xai-${trait}`, { onchange: () => setTrait(model, trait, select.value) });
  settingRow(el, name, select).classList.add("xai-asks");
  model.watch([trait, ...from], () => {
    const wanted = options();
    const shown = Array.from(select.options, ({ value }) => value);
    if (wanted.length !== shown.length || wanted.some(([value], i) => value !== shown[i])) {
      select.replaceChildren(...wanted.map(([value, label]) => h("option", { value }, label)));
    }
    select.value = String(model.get(trait));
  });
}

/**
 * The classes to choose one from, by name; the setting is its number.
 * @param {SettingModel} settingModel with `classes`
 * @param {HTMLElement} el
 * @param {Pick<Setting, "name" | "label" | "doc">} setting
 */
export function classChoice(settingModel, el, { name, label, doc }) {
  const model = untyped(settingModel);
  const select = h(`select.xai-${name}`, {
    title: doc,
    onchange: () => model.set({ [name]: Number(select.value) }),
  });
  settingRow(el, label, select);
  model.watch(["classes", name], () => {
    const classes = /** @type {readonly string[]} */ (model.get("classes"));
    if (select.options.length !== classes.length)
      select.replaceChildren(...classes.map((each, i) => h("option", { value: i }, each)));
    select.value = String(model.get(name));
  });
}

/**
 * @param {SettingModel} model
 * @param {HTMLElement} el
 * @param {string} label
 * @param {string} name
 * @param {"str" | "list"} kind a list is of numbers, with anything between them
 */
export function textField(model, el, label, name, kind) {
  const input = h(`input.xai-${name}`, {
    type: "text",
    onchange: () => {
      const numbers = input.value
        .split(/[\s,;]+/)
        .filter(Boolean)
        .map(Number);
      if (kind === "str" || numbers.every(Number.isFinite))
        setTrait(untyped(model), name, kind === "str" ? input.value : numbers);
      show();
    },
  });
  settingRow(el, label, input).classList.add("xai-asks");
  const show = () => {
    input.value = kind === "list" ? model.get(name).join(", ") : model.get(name);
  };
  model.watch([name], () => {
    if (document.activeElement !== input) show();
  });
}

/**
 * @param {SettingModel} model
 * @param {HTMLElement} el
 * @param {Pick<Setting, "name" | "label" | "least" | "most" | "unit" | "scale">} setting
 */
export function slider(model, el, { name, label, least = 0, most = 1, unit, scale = 1 }) {
  const input = h(`input.xai-${name}`, {
    type: "range",
    min: least,
    max: most,
    step: (most - least) / 100,
    oninput: () => setTrait(untyped(model), name, input.valueAsNumber),
  });
  const shown = h("output");
  settingRow(el, label, input, shown);
  model.watch([name], () => {
    input.value = String(model.get(name));
    shown.textContent = [short(scale * model.get(name)), unit].filter(Boolean).join(" ");
  });
}

/**
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {HTMLElement} el
 * @param {string} name
 * @param {TraitOf<S, boolean>} trait
 */
export function checkbox(model, el, name, trait) {
  const input = h(`input.xai-${trait}`, {
    type: "checkbox",
    onchange: () => setTrait(model, trait, input.checked),
  });
  el.append(h("label.xai-check.xai-asks", input, name));
  model.watch([trait], () => {
    input.checked = Boolean(model.get(trait));
  });
}

/**
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {Extract<keyof S, string>} trait
 * @param {string | number | boolean | number[] | null} value
 */
export function setTrait(model, trait, value) {
  model.set(/** @type {Partial<S>} */ ({ [trait]: value }));
}
