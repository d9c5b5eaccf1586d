import { h } from "../lib/dom.js";
import { colourRange } from "../lib/maps.js";
import { createColourBar } from "./colour-bar.js";

/** @import { ExplorerBinding } from "../lib/explorer-types.js" */

const READINGS = { shapley: "contribution to", linear: "linear fit of", tree: "tree fit of" };

/**
 * The colour bar with its numbers, and what hatching means.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function legendView(model, el) {
  const swatch = h("span.xai-hatched", { "aria-hidden": "true" });
  const doubt = h("span.xai-doubt", swatch, "sign not yet certain: |value| < 2 standard errors");
  const { root, show: showBar } = createColourBar(5, doubt);
  el.append(root);

  function show() {
    const { main, others, reading } = model.view.shown;
    root.hidden = !main.attribution;
    if (!main.attribution) return;
    const labels = [main, ...others].flatMap(({ attribution }) => (attribution ? `“${attribution.label}”` : []));
    const title = `${READINGS[reading]} the ${main.attribution.output} of ${[...new Set(labels)].join(" / ")}`;
    showBar(title, colourRange(model), model.get("opacity"));
    doubt.hidden = reading !== "shapley";
  }
  model.watch(["color_range", "opacity"], show);
  model.watchView(["shown"], show);
}
