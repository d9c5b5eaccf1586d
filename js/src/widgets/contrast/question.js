import { h } from "../../ui/dom.js";

/** @import { ContrastBinding } from "./types.js" */

/**
 * The question as a sentence.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 */
export function questionView(model, el) {
  const [truth, probe] = [h("strong.xai-true.xai-truth"), h("strong.xai-probe.xai-asked")];
  const root = h("h2.xai-question", { "data-export": "" }, "Why ", truth, " and not ", probe, "?");
  el.append(root);
  model.watch(["prediction", "probe", "contrast", "classes"], () => {
    const [first, second] = model.get("prediction")?.top ?? [];
    const contrast = model.get("contrast");
    const asked = model.get("probe");
    truth.textContent = first?.label ?? contrast?.true_label ?? "…";
    probe.textContent =
      (asked === null ? (contrast?.probe_label ?? second?.label) : model.get("classes")[asked]) ?? "…";
  });
}
