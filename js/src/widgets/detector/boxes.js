import { h } from "../../ui/dom.js";
import { area } from "../../ui/page.js";
import { costView } from "./cost.js";
import { detailView } from "./detail.js";
import { dialView } from "./dial.js";
import { imagesView } from "./images.js";
import { rulesView } from "./rules.js";
import { flowView } from "./sankey.js";
import { systemsView } from "./what-if-table.js";

/** @import { View } from "../../ui/page.js" */
/** @import { DetectorBinding } from "./types.js" */

/**
 * A part of the page, which waits for what it shows. The trivial scores are there before the others.
 * @param {string} name
 * @param {"sample" | "cut"} needed
 * @param {...View} parts
 * @returns {View}
 */
const box =
  (name, needed, ...parts) =>
  (/** @type {DetectorBinding} */ model, el, signal) => {
    const place = h("section.xai-box", { "aria-label": name });
    el.append(place);
    for (const part of parts) part(model, place, signal);
    model.watchView([needed], () => {
      place.hidden = !model.view[needed];
    });
  };

/** What follows from where the dial stands, and what follows from what is picked there. */
export const linkedBoxes = area("div.xai-boxes", [
  box("Dial", "sample", dialView, rulesView),
  box("Predictions", "cut", flowView),
  box("Cost", "cut", costView),
  box("What if", "cut", systemsView),
  box("Grid", "cut", imagesView),
  box("Detail", "cut", detailView),
]);
