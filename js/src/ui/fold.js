import { remember, remembered } from "../lib/memory.js";
import { h } from "./dom.js";

/** @import { View } from "./page.js" */

/**
 * Views under a line that folds them out; the next page is folded as this one was left.
 * @param {string} key under which that is remembered
 * @param {string} label
 * @param {...View} parts
 * @returns {View}
 */
export const fold =
  (key, label, ...parts) =>
  (model, el, signal) => {
    const inside = h("div.xai-fold-inside");
    const root = h(
      "details.xai-fold",
      { open: remembered(key) === "open", ontoggle: () => remember(key, root.open ? "open" : "shut") },
      h("summary", label),
      inside,
    );
    el.append(root);
    for (const part of parts) part(model, inside, signal);
  };

/** Folds out whatever holds an element. @param {Element} element */
export function unfold(element) {
  const root = element.closest("details");
  if (root) root.open = true;
}
