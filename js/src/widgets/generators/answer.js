import { h } from "../../ui/dom.js";
import { answerText, chosenOf } from "./text.js";

/** @import { GeneratorLabBinding } from "./types.js" */

/**
 * The answer in a sentence.
 * @param {GeneratorLabBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const text = h("p.xai-answer.xai-lab-answer", { "data-export": "", "aria-live": "polite" });
  el.append(text);
  model.watch(["generators", "generator"], () => {
    text.textContent = answerText(chosenOf(model.get("generators"), model.get("generator")));
    text.hidden = !text.textContent;
  });
}
