import { fillList, h } from "./dom.js";
import { count, short } from "../lib/numbers.js";
import { checkbox, choice, explainRow, slider, textField, untyped } from "./controls.js";
import { numberField } from "./number-field.js";

/**
 * A setting as it is declared in Python (`schema.setting`).
 * @typedef {object} Setting
 * @property {string} name
 * @property {string} kind "bool", "int", "float", "str", "choice" or "list" (of numbers)
 * @property {string} label
 * @property {string} group the heading under which it stands
 * @property {string} [doc] what it means, in the field's terms
 * @property {string} [unit]
 * @property {number} [least]
 * @property {number} [most]
 * @property {string[][]} [choices] values with their labels
 * @property {boolean} [optional] whether it may be null
 * @property {string} [empty] what null means
 * @property {number} [scale] from the trait to what is shown
 * @property {boolean} [pageOnly] whether it only changes how the answer is drawn
 *
 * @typedef {Readonly<Record<string, Setting>>} Settings
 *
 * @typedef {object} SettingModel a binding of any widget: the names come from its schema
 * @property {(name: any) => any} get
 * @property {(values: any) => void} set
 * @property {(names: any[], listener: () => void) => void} watch
 * @property {boolean} isStatic
 */

/**
 * The settings of a widget by group, the first group open and the others folded. A saved page lists what it cannot set.
 * @param {SettingModel} model
 * @param {HTMLElement} el
 * @param {Settings} settings
 * @returns {Map<string, HTMLElement>} where the controls of each group stand
 */
export function settingsPanel(model, el, settings) {
  /** @type {Map<string, HTMLElement>} */
  const places = new Map();
  for (const setting of Object.values(settings)) {
    const { group, kind, pageOnly } = setting;
    if (!places.has(group)) places.set(group, addGroup(el, group, places.size === 0));
    const place = /** @type {HTMLElement} */ (places.get(group));
    if (model.isStatic && !pageOnly) continue;
    const row = kind === "bool" ? switches(place) : place;
    addSetting(model, row, setting);
  }
  if (model.isStatic) settingsList(model, el, settings);
  return places;
}

/** @param {HTMLElement} el @param {string} group @param {boolean} open */
function addGroup(el, group, open) {
  const place = h("div.xai-settings");
  if (open) el.append(h("h3", group), place);
  else el.append(h("details.xai-folded", h("summary", group), place));
  return place;
}

/** Switches that follow each other share a line. @param {HTMLElement} place */
function switches(place) {
  const last = /** @type {HTMLElement | null} */ (place.lastElementChild);
  if (last?.classList.contains("xai-switches")) return last;
  const row = h("div.xai-switches");
  place.append(row);
  return row;
}

/**
 * A row for a setting that says what it means to whoever points at it.
 * @param {SettingModel} model
 * @param {HTMLElement} el
 * @param {Setting} setting
 * @param {(model: any, el: HTMLElement, setting: Setting) => void} [control] else that of its kind
 */
export function addSetting(model, el, setting, control = controlOfKind) {
  control(model, el, setting);
  explainRow(el, setting);
}

/** @param {SettingModel} model @param {HTMLElement} el @param {Setting} setting */
function controlOfKind(model, el, setting) {
  const { kind, label, name, choices, least, most, pageOnly } = setting;
  if (kind === "bool") return checkbox(untyped(model), el, label, name);
  if (kind === "choice") {
    const options = /** @type {[string, string][]} */ (choices ?? []);
    return choice(untyped(model), el, label, name, () => options);
  }
  if (kind === "str" || kind === "list") return textField(model, el, label, name, kind);
  // What is only drawn follows the hand; what starts work waits for the whole number.
  if (pageOnly && least !== undefined && most !== undefined) return slider(model, el, setting);
  return numberField(model, el, setting);
}

/**
 * Settings with their values, where they cannot be set.
 * @param {SettingModel} model
 * @param {HTMLElement} el
 * @param {Settings} settings
 */
export function settingsList(model, el, settings) {
  const shown = Object.values(settings).filter(({ pageOnly }) => !pageOnly);
  const list = factList(el, "What was set", true);
  model.watch(
    shown.map(({ name }) => name),
    () => {
      list(shown.map((setting) => [setting.label, valueText(setting, model.get(setting.name))]));
    },
  );
}

/** @param {Setting} setting @param {any} value @returns {string} */
function valueText({ kind, choices, unit, scale = 1, empty = "none" }, value) {
  if (value === null) return empty;
  if (Array.isArray(value)) return value.map((each) => short(scale * each)).join(", ");
  if (kind === "bool") return value ? "yes" : "no";
  if (kind === "choice") return choices?.find(([each]) => each === value)?.[1] ?? value;
  if (kind === "str") return value;
  return [kind === "int" ? String(value) : short(scale * value), unit].filter(Boolean).join(" ");
}

/**
 * What is known of something: a list of names and values.
 * @param {HTMLElement} el
 * @param {string} title
 * @param {boolean} open
 * @returns {(facts: (readonly [name: string, value: string])[]) => void} shows them
 */
export function factList(el, title, open) {
  const list = h("dl.xai-facts");
  el.append(h("details.xai-folded", { open }, h("summary", title), list));
  return (facts) => {
    fillList(
      list,
      [...facts],
      () => h("div", h("dt"), h("dd")),
      (item, [name, value]) => {
        item.children[0].textContent = name;
        item.children[1].textContent = value;
      },
    );
  };
}

/** @param {object | null} record @returns {[name: string, value: string][]} its parts as facts */
export function factsOf(record) {
  return Object.entries(record ?? {}).map(([name, value]) => {
    // A seed is a name more than a number.
    const number = typeof value === "number" && name !== "seed";
    const text = number ? (Number.isInteger(value) ? count(value) : short(value)) : (value ?? "none");
    return [name.replaceAll("_", " "), String(text)];
  });
}
