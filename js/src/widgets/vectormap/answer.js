import { h } from "../../ui/dom.js";
import { answerText } from "./text.js";

/** @import { VectorMapBinding } from "./types.js" */

/** @type {import("../../ui/run.js").Words} */
export const WORK = {
  work: "Progress",
  unit: "",
  partial: "points where they were by then",
  start: () => "Lay out",
};

/**
 * What is laid out, in a sentence.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const answer = h("p.xai-answer.xai-vectormap-answer", { "data-export": "" });
  el.append(answer);
  model.watch(["plane", "count", "selection"], () => {
    const [plane, count, selection] = [model.get("plane"), model.get("count"), model.get("selection")];
    answer.textContent = answerText({ plane, count, selection });
  });
}
