import { h } from "../../ui/dom.js";
import { icon } from "../../ui/icons.js";

/** @import { IconName } from "../../ui/icons.js" */

/** @typedef {(fields: Record<string, unknown>) => void} Edit asks for an edit of the picture that is chosen */

/**
 * @param {string} name
 * @param {IconName} symbol
 * @param {() => void} onclick
 * @param {string} [word] shown beside the icon
 */
export const tool = (name, symbol, onclick, word = "") =>
  h("button.xai-button.xai-tool", { title: name, "aria-label": name, onclick }, icon(symbol), word);

/**
 * Tools that belong together, without a gap between them.
 * @param {string} name
 * @param {...HTMLElement} tools
 */
export const group = (name, ...tools) => h("div.xai-group", { role: "group", "aria-label": name }, ...tools);
