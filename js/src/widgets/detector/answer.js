import { h } from "../../ui/dom.js";
import { DETECTOR } from "../../schema/detector/state.js";
import { area } from "../../ui/page.js";
import { freeText, FREE, ruleText, verdictText, waitingText } from "./text.js";

/** The score that needs nothing but the network's answer. */
const LARGEST = "1 - largest probability";

/** @import { View } from "../../ui/page.js" */
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
  const answer = h("p.xai-detector-answer", { "data-export": "" });
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

/** What belongs to the answer, box by box. @param {...View} parts */
export const boxes = (...parts) => area("div.xai-boxes", parts);

/**
 * A part of the page, which waits for what it shows. The trivial scores are there before the others.
 * @param {string} name
 * @param {"sample" | "cut"} needed
 * @param {...View} parts
 * @returns {View}
 */
export const box =
  (name, needed, ...parts) =>
  (/** @type {DetectorBinding} */ model, el, signal) => {
    const place = h("section.xai-box", { "aria-label": name });
    el.append(place);
    for (const part of parts) part(model, place, signal);
    model.watchView([needed], () => {
      place.hidden = !model.view[needed];
    });
  };
