import { h, setBlocked, isDisabled } from "../../ui/dom.js";
import { percent } from "../../lib/numbers.js";
import { fitLayersView } from "./fit-layers.js";
import { stagesView } from "./stages.js";

/** @import { ExplorerBinding } from "./types.js" */

/** @param {string} inputs */
const fitTitle = (inputs) =>
  `fit a probe where each stage of the network ends, on the ${inputs} that there are and parts of them`;

/**
 * The slider along the fitted layers to the whole network, and how to fit some where there are none.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function layersView(model, el) {
  const ticks = h("datalist", { id: `xai-${Math.random().toString(36).slice(2)}` });
  const slider = h("input.xai-layer-range", {
    type: "range",
    "aria-label": "Layer",
    list: ticks.id,
    min: 0,
    step: 1,
    oninput: () => {
      if (isDisabled(slider)) show();
      else model.set({ layer: model.get("layers")[slider.valueAsNumber]?.name ?? null });
    },
  });
  const said = h("output.xai-layer-text");
  const title = fitTitle(model.get("reads_text") ? "sentences" : "pictures");
  const fit = h("button.xai-button.xai-live.xai-fit", {
    title,
    onclick: () => {
      if (isFitting()) model.command("stop", { work: "fit" });
      else model.command("fit");
    },
  });
  const label = h(
    "span.xai-label",
    { "aria-hidden": "true", title: "the network truncated at a layer, with a linear probe for its classes" },
    "Layer",
  );
  const root = h("div.xai-layer-row", label, slider, ticks, fit, said);
  el.append(root);
  stagesView(model, root);
  fitLayersView(model, root);
  const isFitting = () => model.get("fitting")?.running === true;

  function show() {
    const [layers, layer] = [model.get("layers"), model.get("layer")];
    const at = layers.findIndex(({ name }) => name === layer);
    const position = at < 0 ? layers.length : at;
    if (ticks.childElementCount !== layers.length + 1) {
      ticks.replaceChildren(
        ...Array.from({ length: layers.length + 1 }, (_, value) => h("option", { value })),
      );
      slider.max = String(Math.max(1, layers.length));
    }
    // Without layers the handle stands at the right end all the same.
    slider.value = layers.length ? String(position) : slider.max;
    const { waiting } = model.view.shown;
    const agreement = layers[at]?.agreement ?? null;
    const agrees =
      agreement === null ? "" : ` agrees with the whole network on ${percent(agreement).replace(".0", "")}`;
    const none = "whole network; no layer is fitted yet";
    const now = layers.length ? `${layer ?? "whole network"}${agrees}${waiting ? ", computing…" : ""}` : none;
    slider.setAttribute("aria-valuetext", now);
    said.textContent = fitted() || now;
    said.classList.toggle("xai-waiting", waiting || isFitting());
    setBlocked(slider, layers.length ? model.get("blocked").layer : none);
    fit.hidden = layers.length > 0 && !isFitting();
    fit.textContent = isFitting() ? "Cancel" : "Fit layers";
    root.hidden = model.isStatic && !layers.length;
  }

  /** How far the fit is, or how it ended, until a layer is looked at. */
  function fitted() {
    const fitting = model.get("fitting");
    if (!fitting || model.get("layer") !== null) return "";
    const { running, done, total, note } = fitting;
    return running ? [total && percent(done / total, 0), note].filter(Boolean).join(", ") : note;
  }
  model.watch(["layers", "layer", "fitting", "blocked"], show);
  model.watchView(["shown"], show);
}
