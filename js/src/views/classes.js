import { h, fillList, setAttribute } from "../lib/dom.js";
import { predictionRow, fillPredictionRow } from "./prediction.js";
import { classSearch } from "./class-search.js";

/** @import { Reader } from "../lib/binding.js" */
/** @import { Ranking, Score } from "../lib/schema.js" */

/** @typedef {Reader<{prediction: Ranking | null, classes: string[]}>} Model */

/**
 * @typedef {object} Question which of the classes is asked about
 * @property {string} title
 * @property {string} name of the list, for those who do not see it
 * @property {string} automatic what choosing none means
 * @property {() => number | null} asked null: left to the kernel
 * @property {(index: number | null) => void} ask
 * @property {() => number | undefined} answered the class that is explained when none was asked
 * @property {() => number | undefined} [barred] a class that cannot be asked about
 * @property {(listener: () => void) => void} watch calls it whenever one of these changes
 */

/**
 * What the network sees in the picture; a click asks about it.
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {Question} question
 * @param {AbortSignal} signal
 */
export function classesView(model, el, { title, name, automatic, asked, ask, answered, barred, watch }, signal) {
  const list = h("div.xai-classes", { role: "group", "aria-label": name });
  const none = h("button.xai-automatic", { disabled: model.isStatic }, automatic);
  el.append(h("h3", title), none, list);
  classSearch(model, el, ask, signal);

  none.addEventListener("click", () => ask(null), { signal });

  function create() {
    const row = predictionRow(h("button"));
    row.addEventListener("click", () => ask(Number(row.dataset.index)), { signal });
    return row;
  }

  watch(() => {
    const target = asked();
    setAttribute(none, "aria-pressed", String(target === null));
    fillList(list, shownScores(model, target), create, (row, score) => {
      fillPredictionRow(row, score);
      row.dataset.index = String(score.index);
      row.disabled = model.isStatic || score.index === barred?.();
      setAttribute(row, "aria-pressed", String(score.index === target));
      row.classList.toggle("xai-explained", score.index === (target ?? answered()));
    });
  });
}

/**
 * The top classes, and the row of the one asked about when it is not among them.
 * @param {Model} model
 * @param {number | null} target
 * @returns {Score[]}
 */
function shownScores(model, target) {
  const prediction = model.get("prediction");
  if (!prediction) return [];
  const { top } = prediction;
  if (target === null || top.some(({ index }) => index === target)) return top;
  const pending = { index: target, label: model.get("classes")[target] ?? String(target), probability: NaN, logit: NaN };
  return [...top, prediction.target?.index === target ? prediction.target : pending];
}
