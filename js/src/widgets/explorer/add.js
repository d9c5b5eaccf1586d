import { createSentenceField } from "../../ui/sentence.js";
import { SENTENCES } from "../../ui/incoming.js";
import { uploads, uploadView } from "../../ui/upload.js";

/** @import { ExplorerBinding } from "./types.js" */

/**
 * One's own picture; of a network that reads text, a file of sentences.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function addView(model, el, signal) {
  if (!model.get("reads_text")) uploadView(model, el, signal);
  else uploads(model, el, SENTENCES.title, ({ index }) => model.set({ index }), signal, SENTENCES);
}

/**
 * Where a sentence is typed, for networks that read text.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function sentenceView(model, el) {
  if (!model.get("reads_text")) return;
  createSentenceField(el, async (sentence) => {
    const buffers = [new TextEncoder().encode(sentence).buffer];
    const added = await model.command("add", { name: "what was typed" }, { buffers });
    if (added) model.set({ index: added.index });
  });
}
