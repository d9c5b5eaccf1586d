import { h } from "../../ui/dom.js";
import { answerText } from "./text.js";

/** @import { ContrastBinding } from "./types.js" */

/**
 * The answer in a sentence.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const text = h("p.xai-answer.xai-contrast-answer", { "data-export": "", "aria-live": "polite" });
  el.append(text);
  model.watchView(["morph"], () => {
    const { morph } = model.view;
    text.textContent = morph ? answerText(morph) : "";
    text.hidden = !text.textContent;
  });
}
