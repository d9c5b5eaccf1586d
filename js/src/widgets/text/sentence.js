import { h } from "../../ui/dom.js";
import { createSentenceField } from "../../ui/sentence.js";
import { SENTENCES } from "../../ui/incoming.js";
import { uploads } from "../../ui/upload.js";

/** @import { TextBinding } from "./types.js" */

/**
 * Where a sentence is typed, or one of those that were given is chosen.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function sentenceView(model, el, signal) {
  // A command, not a setting: what cannot be read is said, and the words stay to be mended.
  const ask = (/** @type {string} */ sentence) => void model.command("ask", { sentence });
  const show = createSentenceField(el, ask);
  const choice = h("select.xai-text-choice", {
    "aria-label": "Sentences to choose from",
    onchange: () => choice.value && ask(choice.value),
  });
  const row = h("div.xai-text-given", choice);
  el.append(row);
  const onAdded = (/** @type {{index: number}} */ { index }) => ask(model.get("sentences")[index]);
  uploads(model, row, SENTENCES.title, onAdded, signal, SENTENCES);

  model.watch(["sentences", "sentence"], () => {
    const [all, sentence] = [model.get("sentences"), model.get("sentence")];
    show(sentence);
    choice.hidden = all.length < 2;
    const first = h("option", { value: "" }, `choose one of ${all.length} sentences`);
    choice.replaceChildren(first, ...all.map((value) => h("option", { value }, value)));
    choice.value = all.includes(sentence) ? sentence : "";
  });
}
