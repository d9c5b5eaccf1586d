import { CONTRAST } from "../../schema/contrast/state.js";
import { createColourBar } from "../../ui/colour-bar.js";
import { isColoured } from "./frames.js";
import { legendOf } from "./colour.js";
import { settingsPanel } from "../../ui/settings.js";

/** @import { ContrastBinding } from "./types.js" */

/**
 * What is searched and shown, and what the colours mean.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 */
export function settingsView(model, el) {
  const places = settingsPanel(model, el, CONTRAST);
  const { root, show: showBar } = createColourBar(3);
  places.get(CONTRAST.opacity.group)?.append(root);
  const colours = el.querySelector("select.xai-channel")?.closest(".xai-setting-row");
  const scale = root.querySelector(".xai-colour-scale");
  /** Of grey pictures there is one thing to show; occlusion's settings are for occlusion. */
  function show() {
    const { morph } = model.view;
    const [channel, coloured] = [model.get("channel"), isColoured(morph)];
    root.hidden = !morph;
    // Of three colours at once there is no scale from blue to red.
    if (scale instanceof HTMLElement) scale.hidden = coloured && channel === "rgb";
    if (colours instanceof HTMLElement) colours.hidden = !coloured;
    showBar(legendOf(channel, coloured), model.view.range, model.get("opacity"));
  }
  model.watch(["opacity", "channel"], show);
  const windows = ["direct_fill", "direct_window"].map((name) =>
    el.querySelector(`.xai-${name}`)?.closest(".xai-setting-row"),
  );
  model.watch(["direct", "direct_two"], () => {
    const hidden = ![model.get("direct"), model.get("direct_two")].includes("occlusion");
    for (const row of windows) if (row instanceof HTMLElement) row.hidden = hidden;
  });
  model.watchView(["morph", "range"], show);
}
