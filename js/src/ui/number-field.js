import { h } from "./dom.js";
import { createRefusal, setTrait, settingRow, untyped } from "./controls.js";
import { exact } from "../lib/numbers.js";

/** @import { Setting, SettingModel } from "./settings.js" */
/** @import { Binding } from "./binding.js" */
/** @import { TraitOf } from "./controls.js" */

/** What is multiplied and divided keeps no trace of it. */
const DIGITS = 12;

/** Bound of a number that has none. */
const FARTHEST = Number.MAX_SAFE_INTEGER;

/**
 * @param {SettingModel} model
 * @param {HTMLElement} el
 * @param {Pick<Setting, "name" | "label" | "kind" | "least" | "most" | "scale" | "unit" | "optional" |
 *   "empty">} setting
 */
export function numberField(
  model,
  el,
  { name, label, kind, least = -FARTHEST, most = FARTHEST, scale = 1, unit, optional, empty = "none" },
) {
  const input = h(`input.xai-${name}`, {
    type: "number",
    min: scale * least,
    max: scale * most,
    step: kind === "int" ? 1 : "any",
    placeholder: optional && empty,
  });
  settingRow(el, label, input, ...(unit ? [h("span.xai-label", unit)] : [])).classList.add("xai-asks");
  followNumber(untyped(model), input, name, scale);
}

/**
 * Ties a number field to a trait; what is being typed is left alone until it is finished. A number that is not allowed
 * is refused in words beside the field.
 * @template {object} S
 * @template {object} V
 * @param {Binding<S, V>} model
 * @param {HTMLInputElement} input
 * @param {TraitOf<S, number | null>} trait
 * @param {number} [factor] from the trait to what is shown
 */
export function followNumber(model, input, trait, factor = 1) {
  const show = () => {
    const value = /** @type {number | null} */ (model.get(trait));
    input.value = value === null ? "" : String(Number((factor * value).toPrecision(DIGITS)));
  };
  model.watch([trait], () => {
    if (document.activeElement !== input) show();
  });
  const refuse = createRefusal(input);
  input.addEventListener("change", () => {
    const reason = refusalOf(input);
    refuse(reason);
    if (!reason)
      setTrait(model, trait, input.value ? Number((input.valueAsNumber / factor).toPrecision(DIGITS)) : null);
    show();
  });
  input.addEventListener("blur", show);
}

/**
 * @param {HTMLInputElement} input of a number, left empty only where it has a placeholder
 * @returns {string} why its value is not taken; nothing, if it is
 */
export function refusalOf({ value, min, max, step, placeholder, validity }) {
  const [number, least, most] = [Number(value), Number(min), Number(max)];
  const isWhole = step !== "1" || Number.isInteger(number);
  if (value ? isWhole && number >= least && number <= most : placeholder && !validity.badInput) return "";
  const kind = step === "1" ? "a whole number" : "a number";
  const from = Math.abs(least) < FARTHEST ? ` from ${exact(least)}` : "";
  const to = Math.abs(most) < FARTHEST ? ` to ${exact(most)}` : "";
  return `${value || "this"} is not taken: use ${kind}${from}${to}`;
}
