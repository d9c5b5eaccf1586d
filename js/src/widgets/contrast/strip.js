import { questionStrip } from "../../ui/question-strip.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { ShownPair } from "../../schema/contrast/output.js" */

/**
 * The pairs answered so far: a click asks one again, which costs nothing.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 */
export function stripView(model, el) {
  if (model.isStatic) return;
  const strip = questionStrip(el, {
    again: (/** @type {ShownPair} */ { index, probe }) => model.set({ index, probe }),
  });
  model.watch(["questions"], () => strip.show(model.get("questions")));
}
