import { h } from "../../ui/dom.js";
import { answerText, badgeText, unknownText } from "./words.js";

/** @import { TextBinding } from "./types.js" */

/**
 * The answer in a sentence, and whether real words hold it.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const text = h("p.xai-text-answer", { "aria-live": "polite" });
  const sentence = h("q.xai-text-real");
  const badge = h("span.xai-text-badge", {
    title: "What the network says of the sentence of real words, not of a mixture",
  });
  const real = h("p.xai-text-real-line", sentence, " ", badge);
  const unknown = h("p.xai-text-unknown");
  const root = h("div.xai-text-answers", { "data-export": "" }, text, real, unknown);
  el.append(root);
  model.watch(["contrast", "words"], () => {
    const [contrast, words] = [model.get("contrast"), model.get("words")];
    unknown.textContent = unknownText(words);
    unknown.hidden = !unknown.textContent;
    text.textContent = contrast ? answerText(contrast, words, model.get("pinned").length) : "";
    real.hidden = !contrast;
    if (!contrast) return;
    sentence.textContent = contrast.sentence;
    badge.textContent = badgeText(contrast);
    badge.classList.toggle("xai-text-fails", !contrast.holds);
  });
}
