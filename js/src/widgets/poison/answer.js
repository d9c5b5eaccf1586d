import { h } from "../../ui/dom.js";
import { POISON } from "../../schema/poison/state.js";
import { classChoice } from "../../ui/controls.js";
import { addSetting } from "../../ui/settings.js";
import { answerText, truthText } from "./text.js";

/** @import { PoisonBinding } from "./types.js" */

/** @type {import("../../ui/run.js").Words} */
export const WORK = {
  work: "Progress",
  unit: "",
  partial: "what is known so far",
  start: () => "Score anew",
};

/**
 * What is known, in a sentence.
 * @param {PoisonBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const answer = h("p.xai-answer.xai-poison-answer", { "data-export": "" });
  const truth = h("p.xai-poison-truth", { "data-export": "" });
  el.append(answer, truth);
  model.watch(["signature", "classes", "target", "selection", "poisoned", "clean", "poisons"], () => {
    const [signature, classes, target] = [model.get("signature"), model.get("classes"), model.get("target")];
    const [selection, poisoned, clean] = [model.get("selection"), model.get("poisoned"), model.get("clean")];
    answer.textContent = answerText({ signature, classes, target, selection, poisoned, clean });
    truth.textContent = truthText(model.get("poisons"));
    truth.hidden = !truth.textContent;
  });
}

/**
 * Whose pictures are looked at, and whether the truth is shown.
 * @param {PoisonBinding} model
 * @param {HTMLElement} el
 */
export function classView(model, el) {
  classChoice(model, el, POISON.target);
  addSetting(model, el, POISON.show_truth);
  const row = /** @type {HTMLElement} */ (el.lastElementChild);
  model.watch(["has_truth"], () => void (row.hidden = !model.get("has_truth")));
}
