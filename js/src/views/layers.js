import { h, setBlocked, isDisabled } from "../lib/dom.js";
import { percent } from "../lib/numbers.js";
import { copyText } from "../lib/take-away.js";

/** @import { ExplorerBinding } from "../lib/explorer-types.js" */

/**
 * The slider along the fitted layers to the whole network, and how to fit some where there are none.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function layersView(model, el, signal) {
  const ticks = h("datalist", { id: `xai-${Math.random().toString(36).slice(2)}` });
  const slider = h("input.xai-layer-range", { type: "range", "aria-label": "Layer", list: ticks.id, min: 0, step: 1 });
  const said = h("output.xai-layer-text");
  const hint = h("code");
  const copy = h("button.xai-button", "Copy");
  const help = h("div.xai-layer-hint", hint, copy);
  const root = h("div.xai-layer", h("span.xai-label", { "aria-hidden": "true" }, "Layer"), slider, ticks, said, help);
  el.append(root);

  function show() {
    const [layers, layer] = [model.get("layers"), model.get("layer")];
    const at = layers.findIndex(({ name }) => name === layer);
    const position = at < 0 ? layers.length : at;
    if (ticks.childElementCount !== layers.length + 1) {
      ticks.replaceChildren(...Array.from({ length: layers.length + 1 }, (_, value) => h("option", { value })));
      slider.max = String(Math.max(1, layers.length));
    }
    // Without layers the handle stands at the right end all the same.
    slider.value = layers.length ? String(position) : slider.max;
    const { waiting } = model.view.shown;
    const agreement = layers[at]?.agreement ?? null;
    const agrees = agreement === null ? "" : ` agrees with the whole network on ${percent(agreement).replace(".0", "")}`;
    const none = "whole network; no layer is fitted yet";
    said.textContent = layers.length ? `${layer ?? "whole network"}${agrees}${waiting ? ", computing…" : ""}` : none;
    said.classList.toggle("xai-waiting", waiting);
    slider.setAttribute("aria-valuetext", said.textContent);
    setBlocked(slider, layers.length ? model.get("blocked").layer : none);
    hint.textContent = model.get("layer_hint");
    help.hidden = layers.length > 0 || !hint.textContent;
    root.hidden = model.isStatic && !layers.length;
  }
  model.watch(["layers", "layer", "layer_hint", "blocked"], show);
  model.watchView(["shown"], show);

  slider.addEventListener("input", () => {
    if (isDisabled(slider)) show();
    else model.set({ layer: model.get("layers")[slider.valueAsNumber]?.name ?? null });
  }, { signal });
  copy.addEventListener("click", async () => {
    await copyText(model.get("layer_hint"), root);
    model.setView({ notice: "Python copied", problem: null });
  }, { signal });
}
