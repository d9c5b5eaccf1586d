import { h } from "../lib/dom.js";
import { percent } from "../lib/numbers.js";

/** @import { Binding } from "../lib/binding.js" */

/** What is multiplied and divided keeps no trace of it. */
const DIGITS = 12;

/**
 * A widget's traits whose values are of one kind.
 * @template S
 * @template T
 * @typedef {Extract<{[K in keyof S]: S[K] extends T ? K : never}[keyof S], string>} TraitOf
 */

/**
 * A row of the settings: the label names its first control.
 * @param {HTMLElement} el
 * @param {string} name
 * @param {...HTMLElement} controls
 */
export function settingRow(el, name, ...controls) {
  const [first, ...rest] = controls;
  const label = h("label.xai-setting", h("span.xai-label", name), first);
  el.append(h("div.xai-setting-row", label, ...rest));
}

/**
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @param {string} name
 * @param {TraitOf<S, string>} trait
 * @param {() => readonly (readonly [value: string, label: string])[]} options
 * @param {TraitOf<S, readonly string[]>[]} [from] traits that the options come from
 */
export function choice(model, el, signal, name, trait, options, from = []) {
  const select = h(`select.xai-${trait}`);
  settingRow(el, name, select);
  model.watch([trait, ...from], () => {
    const wanted = options();
    const shown = Array.from(select.options, ({ value }) => value);
    if (wanted.length !== shown.length || wanted.some(([value], i) => value !== shown[i])) {
      select.replaceChildren(...wanted.map(([value, label]) => h("option", { value }, label)));
    }
    select.value = String(model.get(trait));
  });
  select.addEventListener("change", () => setTrait(model, trait, select.value), { signal });
}

/**
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @param {string} name
 * @param {TraitOf<S, number | null>} trait
 * @param {number} least
 * @param {number} most
 * @param {{step?: "any" | 1, empty?: string}} [details] step 1: a whole number; empty: what null means, if it is allowed
 */
export function numberField(model, el, signal, name, trait, least, most, { step = 1, empty } = {}) {
  const input = h(`input.xai-${trait}`, { type: "number", min: least, max: most, step, placeholder: empty });
  settingRow(el, name, input);
  followNumber(model, input, trait, signal);
}

/**
 * Ties a number field to a trait; what is being typed is left alone until it is finished.
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {HTMLInputElement} input
 * @param {TraitOf<S, number | null>} trait
 * @param {AbortSignal} signal
 * @param {number} [factor] from the trait to what is shown
 */
export function followNumber(model, input, trait, signal, factor = 1) {
  const show = () => {
    const value = /** @type {number | null} */ (model.get(trait));
    input.value = value === null ? "" : String(Number((factor * value).toPrecision(DIGITS)));
  };
  model.watch([trait], () => {
    if (document.activeElement !== input) show();
  });
  input.addEventListener("change", () => {
    const value = input.step === "1" ? Math.round(input.valueAsNumber) : input.valueAsNumber;
    if (Number.isFinite(value)) setTrait(model, trait, Number((Math.max(Number(input.min), Math.min(Number(input.max), value)) / factor).toPrecision(DIGITS)));
    else if (input.placeholder && !input.validity.badInput) setTrait(model, trait, null);
    show();
  }, { signal });
  input.addEventListener("blur", show, { signal });
}

/**
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function opacitySlider(model, el, signal) {
  const slider = h("input.xai-opacity", { type: "range", min: 0, max: 1, step: 0.01 });
  const shown = h("output");
  settingRow(el, "Opacity", slider, shown);
  model.watch(["opacity"], () => {
    slider.value = String(model.get("opacity"));
    shown.textContent = percent(model.get("opacity"), 0);
  });
  slider.addEventListener("input", () => model.set({ opacity: slider.valueAsNumber }), { signal });
}

/**
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @param {string} name
 * @param {TraitOf<S, boolean>} trait
 */
export function checkbox(model, el, signal, name, trait) {
  const input = h(`input.xai-${trait}`, { type: "checkbox" });
  el.append(h("label.xai-check", input, name));
  model.watch([trait], () => {
    input.checked = Boolean(model.get(trait));
  });
  input.addEventListener("change", () => setTrait(model, trait, input.checked), { signal });
}

/**
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {Extract<keyof S, string>} trait
 * @param {string | number | boolean | null} value
 */
function setTrait(model, trait, value) {
  model.set(/** @type {Partial<S>} */ ({ [trait]: value }));
}
