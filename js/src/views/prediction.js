import { h } from "../lib/dom.js";
import { percent, short } from "../lib/numbers.js";

/** @import { Score } from "../lib/schema.js" */

/**
 * Puts name, bar and number of a class into an element.
 * @template {HTMLElement} E
 * @param {E} element
 * @returns {E}
 */
export function predictionRow(element) {
  element.classList.add("xai-class");
  element.append(
    h("span.xai-class-bar", { "aria-hidden": "true" }),
    h("span.xai-class-name"),
    h("span.xai-class-share"),
  );
  return element;
}

/**
 * @param {HTMLElement} element from predictionRow
 * @param {Score} score
 */
export function fillPredictionRow(element, { label, probability, logit }) {
  const [bar, name, share] = /** @type {HTMLElement[]} */ ([...element.children]);
  bar.style.width = `${Math.max(0, Math.min(100, 100 * (probability || 0)))}%`;
  name.textContent = label;
  share.textContent = percent(probability);
  element.title = `${label}: ${percent(probability)}, logit ${short(logit)}`;
}
