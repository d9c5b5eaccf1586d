import { CONTRAST } from "../../lib/schema.js";
import { createColourBar } from "../../ui/colour-bar.js";
import { settingsPanel } from "../../ui/settings.js";

/** @import { ContrastBinding } from "./types.js" */

/**
 * What is searched and shown, and what the colours mean.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function settingsView(model, el, signal) {
  const places = settingsPanel(model, el, signal, CONTRAST);
  const { root, show: showBar } = createColourBar(3);
  places.get(CONTRAST.opacity.group)?.append(root);
  function show() {
    root.hidden = !model.view.morph;
    showBar("red: brighter than the picture, blue: darker", model.view.range, model.get("opacity"));
  }
  model.watch(["opacity"], show);
  model.watchView(["morph", "range"], show);
}
