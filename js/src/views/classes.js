import { h, fillList, setAttribute } from "../lib/dom.js";
import { predictionRow, fillPredictionRow } from "./prediction.js";
import { classSearch } from "./class-search.js";

/** @import { Binding } from "../lib/binding.js" */
/** @import { ClassScore } from "../lib/types.js" */

/**
 * What the network sees in the picture; a click asks why.
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function classesView(model, el, signal) {
  const list = h("div", { class: "xai-classes", role: "group", "aria-label": "Class to explain" });
  const automatic = h("button", { class: "xai-automatic", disabled: model.isStatic }, "automatic (top class)");
  el.append(h("h3", {}, "Why this class?"), automatic, list);
  classSearch(model, el, (index) => model.set({ target: index }), signal);

  automatic.addEventListener("click", () => model.set({ target: null }), { signal });

  function create() {
    const row = predictionRow(h("button", { disabled: model.isStatic }));
    row.addEventListener("click", () => model.set({ target: Number(row.dataset.index) }), { signal });
    return row;
  }

  model.watch(["prediction", "target"], () => {
    const target = model.get("target");
    const explained = target ?? model.get("prediction")?.top[0]?.index;
    setAttribute(automatic, "aria-pressed", String(target === null));
    fillList(list, shownScores(model), create, (row, score) => {
      fillPredictionRow(row, score);
      row.dataset.index = String(score.index);
      setAttribute(row, "aria-pressed", String(score.index === target));
      row.classList.toggle("xai-explained", score.index === explained);
    });
  });
}

/**
 * The top classes, and the target's row when it is not among them.
 * @param {Binding} model
 * @returns {ClassScore[]}
 */
function shownScores(model) {
  const prediction = model.get("prediction");
  if (!prediction) return [];
  const target = model.get("target");
  const { top } = prediction;
  if (target === null || top.some(({ index }) => index === target)) return top;
  const pending = { index: target, label: model.get("classes")[target] ?? String(target), probability: NaN, logit: NaN };
  return [...top, prediction.target?.index === target ? prediction.target : pending];
}
