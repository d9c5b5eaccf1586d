import { h } from "./dom.js";
import { percent, short } from "../lib/numbers.js";

/** @import { Ranking, Score } from "../schema/shared.js" */

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
    h("span.xai-class-before-bar", { "aria-hidden": "true", hidden: true }),
    h("span.xai-class-name"),
    h("span.xai-class-shares", h("span.xai-class-before", { hidden: true }), h("span.xai-class-share")),
  );
  return element;
}

/**
 * @param {HTMLElement} element from predictionRow
 * @param {Score} score
 * @param {boolean} [explained] whether the map is about this class
 * @param {Ranking | null} [before] what there was before an edit
 * @param {number | null} [rank] of a score that is no probability
 */
export function fillPredictionRow(
  element,
  { index, label, probability, logit },
  explained = false,
  before = null,
  rank = null,
) {
  const [bar, mark, name, shares] = /** @type {HTMLElement[]} */ ([...element.children]);
  const [was, share] = /** @type {HTMLElement[]} */ ([...shares.children]);
  bar.style.width = widthOf(rank === null ? probability : 0);
  mark.hidden = was.hidden = !before;
  if (before) {
    const known = [...before.top, before.target].find((each) => each?.index === index);
    mark.style.width = widthOf(known?.probability ?? 0);
    // Of a class that was not among the likeliest only this is known.
    was.textContent = `${known ? percent(known.probability) : `< ${percent(before.top.at(-1)?.probability ?? 1)}`} →`;
  }
  name.textContent = rank === null ? label : `${rank}. ${label}`;
  share.textContent = rank === null ? percent(probability) : `score ${short(logit)}`;
  element.classList.toggle("xai-explained", explained);
  element.title = `${label}: ${rank === null ? percent(probability) : `rank ${rank}`}, logit ${short(logit)}`;
}

/** @param {number} share @returns {string} */
const widthOf = (share) => `${Math.max(0, Math.min(100, 100 * (share || 0)))}%`;
