import { h, fillList, setAttribute } from "./dom.js";
import { predictionRow, fillPredictionRow } from "./prediction.js";
import { classSearch } from "./class-search.js";

/** @import { Reader } from "./binding.js" */
/** @import { Ranking, Score } from "../schema/shared.js" */

/** @typedef {Reader<{prediction: Ranking | null, classes: string[]}>} Model */

/**
 * @typedef {object} Ranked classes in the order of scores that are no probabilities
 * @property {string} title
 * @property {Ranking} prediction
 * @property {number} rank of its target, from 1
 *
 * @typedef {object} Question which of the classes is asked about
 * @property {() => string} title
 * @property {string} name of the list, for those who do not see it
 * @property {() => string} automatic what choosing none means
 * @property {() => number | null} asked null: left to the kernel
 * @property {(index: number | null) => void} ask
 * @property {() => number | undefined} answered the class that is explained when none was asked
 * @property {() => Ranking | null} [before] what there was before an edit
 * @property {() => number | undefined} [barred] a class that cannot be asked about
 * @property {() => Ranked | null} [ranked] what is shown instead of the prediction
 * @property {(listener: () => void) => void} watch calls it whenever one of these changes
 */

/**
 * What the network sees in the picture; a click asks about it.
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {Question} question
 */
export function classesView(
  model,
  el,
  { title, name, automatic, asked, ask, answered, before = () => null, barred, ranked, watch },
) {
  const list = h("div.xai-classes.xai-asks");
  const none = h("button.xai-automatic.xai-asks", { disabled: model.isStatic, onclick: () => ask(null) });
  const heading = h("h3");
  el.append(heading, h("div", { role: "group", "aria-label": name }, none, list));
  classSearch(model, el, ask);

  function create() {
    const row = predictionRow(h("button"));
    row.addEventListener("click", () => ask(Number(row.dataset.index)));
    return row;
  }

  watch(() => {
    const target = asked();
    const explained = target ?? answered();
    heading.textContent = title();
    none.textContent = automatic();
    setAttribute(none, "aria-pressed", String(target === null));
    const now = ranked?.() ?? null;
    if (now) heading.textContent = now.title;
    const rows = now ? rankedScores(now) : shownScores(model, explained ?? null);
    fillList(list, rows, create, (row, score, position) => {
      const rank = now && (position < now.prediction.top.length ? position + 1 : now.rank);
      fillPredictionRow(row, score, score.index === explained, now ? null : before(), rank);
      row.dataset.index = String(score.index);
      const isBarred = score.index === barred?.();
      row.disabled = model.isStatic || isBarred;
      row.classList.toggle("xai-barred", isBarred && !model.isStatic);
      setAttribute(row, "aria-pressed", String(score.index === target));
    });
  });
}

/**
 * The best classes, and the one explained when it is not among them.
 * @param {Ranked} ranked
 * @returns {Score[]}
 */
const rankedScores = ({ prediction: { top, target } }) =>
  top.some(({ index }) => index === target.index) ? top : [...top, target];

/**
 * The top classes, and the row of the one that is explained when it is not among them.
 * @param {Model} model
 * @param {number | null} target
 * @returns {Score[]}
 */
function shownScores(model, target) {
  const prediction = model.get("prediction");
  if (!prediction) return [];
  const { top } = prediction;
  if (target === null || top.some(({ index }) => index === target)) return top;
  const pending = {
    index: target,
    label: model.get("classes")[target] ?? String(target),
    probability: NaN,
    logit: NaN,
  };
  return [...top, prediction.target?.index === target ? prediction.target : pending];
}
