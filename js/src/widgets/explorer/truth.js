import { h } from "../../ui/dom.js";

/** @import { Figure } from "../../ui/figure.js" */
/** @import { ExplorerBinding } from "./types.js" */

/**
 * The place that a person says is the right one, outlined on the picture.
 * @param {ExplorerBinding} model
 * @param {Figure} figure
 */
export function truthView(model, figure) {
  const outline = h("div.xai-true-place", { title: "the true place, marked by hand" });
  figure.layers.append(outline);
  function show() {
    const truth = model.get("truth");
    outline.hidden = !truth;
    if (truth) figure.place(outline, truth);
  }
  model.watch(["truth", "picture"], show);
  model.watchView(["part"], show);
}
