import { fillList, h } from "./dom.js";
import { paintPicture } from "./paint.js";

/** @import { Picture } from "../lib/types.js" */

/**
 * @template {{title: string, thumbnail: Picture}} Q
 * @typedef {object} Items
 * @property {(question: Q) => void} again what a click does
 * @property {(questionOf: () => Q) => HTMLElement[]} [beside] what stands beside a question
 * @property {(item: HTMLElement, question: Q) => void} [fill] puts the question into that
 * @property {HTMLElement[]} [end] what stands behind them all
 */

/**
 * The questions answered so far, the latest first: a click asks one again.
 * @template {{title: string, thumbnail: Picture}} Q
 * @param {HTMLElement} el
 * @param {Items<Q>} items
 * @returns {{root: HTMLElement, show: (questions: readonly Q[]) => void}}
 */
export function questionStrip(el, { again, beside = () => [], fill, end = [] }) {
  const list = h("ol.xai-questions", { "aria-label": "Asked so far" });
  const group = h("div", { role: "group", "aria-label": "Ask again" }, list);
  const root = h("section.xai-question-strip.xai-live", h("h3", "Asked so far"), group, ...end);
  el.append(root);
  /** @type {readonly Q[]} */
  let latestFirst = [];

  /** @param {number} position */
  function create(position) {
    const button = h(
      "button.xai-selectable.xai-again",
      { onclick: () => again(latestFirst[position]) },
      h("canvas", { "aria-hidden": "true" }),
      h("span"),
    );
    return h("li", button, ...beside(() => latestFirst[position]));
  }

  /** @param {readonly Q[]} questions the latest last */
  function show(questions) {
    latestFirst = [...questions].reverse();
    root.hidden = !questions.length;
    fillList(list, latestFirst, create, (item, question) => {
      const [canvas, name] = /** @type {[HTMLCanvasElement, HTMLElement]} */ (
        /** @type {unknown} */ ([...item.children[0].children])
      );
      paintPicture(canvas, question.thumbnail);
      name.textContent = question.title;
      fill?.(item, question);
    });
  }
  return { root, show };
}
