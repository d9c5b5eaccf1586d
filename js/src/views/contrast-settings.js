import { h } from "../lib/dom.js";
import { createColourBar } from "./colour-bar.js";
import { checkbox, choice, numberField, opacitySlider } from "./controls.js";

/** @import { ContrastBinding } from "../lib/contrast-types.js" */

const DIRECT = /** @type {const} */ ([["", "nothing"], ["gradcam", "Grad-CAM"], ["lime", "LIME"], ["lrp", "LRP"], ["pda", "PDA"]]);
const SCHEDULES = /** @type {const} */ ([["default", "default"], ["paper", "as in the paper"]]);

/**
 * What is shown beside the morph, and how it is searched.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function contrastSettings(model, el, signal) {
  const grid = h("div.xai-settings");
  el.append(h("h3", "What is shown"), grid);
  opacitySlider(model, grid, signal);
  legend(model, grid);
  if (model.isStatic) return;
  choice(model, grid, signal, "Beside it", "direct", () => DIRECT);
  const switches = h("div.xai-switches");
  grid.append(switches);
  checkbox(model, switches, signal, "xGEMs path", "xgems");
  checkbox(model, switches, signal, "All classes", "all_classes");

  const search = h("div.xai-settings");
  el.append(h("details.xai-search-settings", h("summary", "How it is searched"), search));
  numberField(model, search, signal, "Margin", "margin", 0, 100, { step: "any" });
  numberField(model, search, signal, "Tolerance", "tolerance", 1e-4, 10, { step: "any" });
  numberField(model, search, signal, "Most steps", "max_steps", 1, 1e6, { empty: "automatic" });
  numberField(model, search, signal, "Seed", "seed", 0, 2 ** 31 - 1);
  choice(model, search, signal, "Schedule", "schedule", () => SCHEDULES);
}

/** @param {ContrastBinding} model @param {HTMLElement} el */
function legend(model, el) {
  const { root, show: showBar } = createColourBar(3);
  el.append(root);
  function show() {
    root.hidden = !model.view.morph;
    showBar("red: brighter than the picture, blue: darker", model.view.range, model.get("opacity"));
  }
  model.watch(["opacity"], show);
  model.watchView(["morph", "range"], show);
}
