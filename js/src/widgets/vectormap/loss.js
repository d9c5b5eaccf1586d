import { h } from "../../ui/dom.js";
import { rateBar } from "../../ui/rate-bar.js";
import { agreementText, honestText, trustText } from "./text.js";

/** @import { ShownLoss } from "../../schema/vectormap/output.js" */
/** @import { VectorMapBinding } from "./types.js" */

/** How often neighbours agree, beside chance. @param {ShownLoss} loss */
export const agreementBars = ({ agree: { full, plane, chance } }) => [
  rateBar("in the layer", full),
  rateBar("on this map", plane),
  rateBar("by chance", { value: chance, low: chance, high: chance }, true),
];

/**
 * What the plane has lost of what the layer has.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 */
export function lossView(model, el) {
  const [about, told, trust] = [h("p"), h("p"), h("p.xai-label")];
  const title = h("h4", { title: "Of the 10 nearest pictures of each, the share that has its class" });
  const bars = h("div.xai-map-loss");
  const shown = h("div.xai-map-loss", { "data-export": "" }, title, bars, told, trust);
  el.append(h("div.xai-map-loss", h("h3", "How far to believe it"), about, shown));
  model.watch(["plane", "labels"], () => {
    const plane = model.get("plane");
    about.textContent = plane ? honestText(plane) : "";
    shown.hidden = !plane?.loss;
    if (!plane?.loss) return;
    title.textContent = `Neighbours have the same ${model.get("labels") ? "label" : "prediction"}`;
    bars.replaceChildren(...agreementBars(plane.loss));
    told.textContent = agreementText(plane.loss);
    trust.textContent = trustText(plane.loss);
  });
}
