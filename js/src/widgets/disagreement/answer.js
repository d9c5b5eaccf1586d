import { h } from "../../ui/dom.js";
import { answerText } from "./text.js";

/** @import { DisagreementBinding } from "./types.js" */

/** @type {import("../../ui/run.js").Words} */
export const WORK = {
  work: "Progress",
  unit: "",
  partial: "what was found until then",
  start: () => "Find again",
};

/** @param {DisagreementBinding} model @param {HTMLElement} el */
export function answerView(model, el) {
  const answer = h("p.xai-answer.xai-disagreement-answer", { "data-export": "" });
  el.append(answer);
  model.watch(["images", "votes", "has_truth"], () => {
    const [images, votes, truth] = [model.get("images"), model.get("votes"), model.get("has_truth")];
    answer.textContent = answerText({ images, votes, has_truth: truth });
  });
}
