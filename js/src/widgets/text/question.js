import { TEXTCONTRAST } from "../../schema/text/state.js";
import { h } from "../../ui/dom.js";
import { settingsPanel } from "../../ui/settings.js";

/** @import { TextBinding } from "./types.js" */

/**
 * The question as a sentence.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 */
export function questionView(model, el) {
  const [truth, probe] = [h("strong.xai-text-own-class"), h("strong.xai-text-other-class")];
  el.append(h("h2.xai-question", { "data-export": "" }, "Why ", truth, " and not ", probe, "?"));
  model.watch(["prediction"], () => {
    const prediction = model.get("prediction");
    truth.textContent = prediction?.top[0]?.label ?? "…";
    probe.textContent = prediction?.target.label ?? "…";
  });
}

/**
 * How the boundary is searched.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 */
export function searchView(model, el) {
  settingsPanel(model, el, TEXTCONTRAST);
}
