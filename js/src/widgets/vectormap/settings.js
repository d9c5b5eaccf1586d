import { h, setAttribute } from "../../ui/dom.js";
import { settingRow } from "../../ui/controls.js";
import { VECTORMAP } from "../../schema/vectormap/state.js";
import { settingsPanel } from "../../ui/settings.js";

/** @import { VectorMapBinding } from "./types.js" */

/**
 * Which layer, by a slider along the network, and how its vectors are laid out.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 */
export function settingsView(model, el) {
  const place = h("div");
  el.append(place);
  settingsPanel(model, place, VECTORMAP);
  const input = h("input.xai-at-layer", {
    type: "range",
    min: 0,
    step: 1,
    title: "From the picture to the prediction: whose answers represent a picture",
    oninput: () => model.set({ layer: model.get("layers")[input.valueAsNumber] }),
  });
  const name = h("output");
  const row = h("div.xai-settings.xai-live");
  settingRow(row, "Layer", input, name);
  place.querySelector("h3")?.after(row);
  model.watch(["layers", "layer"], () => {
    const layers = model.get("layers");
    input.max = String(layers.length - 1);
    input.value = String(layers.indexOf(model.get("layer")));
    name.textContent = model.get("layer");
    setAttribute(input, "aria-valuetext", model.get("layer"));
  });
}
