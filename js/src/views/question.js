import { h } from "../lib/dom.js";

/** @import { ContrastBinding } from "../lib/contrast-types.js" */

/**
 * The question as a sentence.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 */
export function questionView(model, el) {
  const [truth, probe] = [h("strong.xai-true"), h("strong.xai-probe")];
  const root = h("h2.xai-question", "Why ", truth, " and not ", probe, "?");
  el.append(root);
  model.watch(["prediction", "probe", "contrast", "classes"], () => {
    const [first, second] = model.get("prediction")?.top ?? [];
    const contrast = model.get("contrast");
    const asked = model.get("probe");
    truth.textContent = first?.label ?? contrast?.true_label ?? "…";
    probe.textContent = (asked === null ? (contrast?.probe_label ?? second?.label) : model.get("classes")[asked]) ?? "…";
  });
}
