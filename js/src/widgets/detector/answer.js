import { h } from "../../ui/dom.js";
import { DETECTOR } from "../../schema/detector/state.js";
import { freeText, FREE, ruleText, verdictText, waitingText } from "./text.js";

/** The score that needs nothing but the network's answer. */
const LARGEST = "1 - largest probability";

/** @import { DetectorBinding } from "./types.js" */

/** @type {import("../../ui/run.js").Words} */
export const WORK = {
  work: "Progress",
  unit: "",
  partial: "the answers so far",
  start: (model) => (model.view.sample ? "Score anew" : "Score"),
  watch: (model, refresh) => model.watchView(["sample"], refresh),
};

/**
 * What comes of the dial, in a sentence.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const answer = h("p.xai-answer.xai-detector-answer", { "data-export": "" });
  const free = h("p.xai-detector-free", { "data-export": "", title: FREE });
  const rule = h("p.xai-detector-rule.xai-label", { title: DETECTOR.rule.doc });
  el.append(answer, free, rule);
  model.watchView(["sample", "cut"], () => {
    const { sample, cut } = model.view;
    answer.textContent = cut ? verdictText(cut) : sample ? waitingText(sample) : "There are no scores yet.";
    free.textContent =
      sample && cut
        ? freeText(
            cut.scored,
            sample.detectors.find(({ key }) => key === LARGEST),
          )
        : "";
    free.hidden = !free.textContent;
    rule.hidden = !cut;
  });
  model.watch(["rule", "recall"], () => {
    rule.textContent = ruleText(model.get("rule"), model.get("recall"));
  });
}
