import { h, oncePerFrame, watchWidth } from "../../ui/dom.js";
import { percent, short } from "../../lib/numbers.js";
import { drawPlot } from "../../ui/plot/axes.js";
import { key, plotFigure } from "../../ui/plot/key.js";
import { plainOutput } from "./words.js";

/** @import { ShownCurves } from "../../schema/explorer/output.js" */
/** @import { ShownAttribution } from "../../schema/shared.js" */

const HEIGHT = 190;
/** How many standard deviations a band goes to either side. */
const BAND = 2;

/**
 * How the output falls when the cells that count most go first, and rises when they come first.
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @returns {(curves: ShownCurves | null, attribution: ShownAttribution | null) => void} draws them
 */
export function curvesView(el, signal) {
  const [area, legend] = [h("div"), h("figcaption")];
  const root = plotFigure(area, legend);
  root.classList.add("xai-curves");
  el.append(root);
  let shown = /** @type {[ShownCurves, ShownAttribution] | null} */ (null);

  /** As wide as there is room: a drawing that is scaled has letters that nobody can read. */
  const paint = oncePerFrame(() => {
    const width = area.clientWidth;
    if (shown && width) area.replaceChildren(drawPlot(plotOf(...shown), { width, height: HEIGHT }).element);
  });
  watchWidth(area, signal, paint);

  return (curves, attribution) => {
    root.hidden = !curves || !attribution;
    if (!curves || !attribution || curves === shown?.[0]) return;
    shown = [curves, attribution];
    const { deletion_area: deleted, insertion_area: inserted, r2 } = curves;
    const fit = r2 === null ? "" : ` Values from a fit to the trials, R² ${short(r2)}.`;
    legend.replaceChildren(
      key("insertion", false, `insertion, area ${short(inserted)}`),
      key("deletion", true, `deletion, area ${short(deleted)}`),
      h("span.xai-label", `Bands: ±${BAND} standard deviations.${fit}`),
    );
    paint();
  };
}

/**
 * @param {ShownCurves} curves
 * @param {ShownAttribution} attribution
 * @returns {import("../../ui/plot/scale.js").Plot}
 */
function plotOf({ share, deletion, insertion, deletion_error, insertion_error }, { output, label }) {
  /** @param {number[]} errors */
  const band = (errors) => errors.map((error) => BAND * error);
  return {
    label:
      `The ${plainOutput(output)} of ${label}. Insertion: from ${short(insertion[0])} to ${short(insertion.at(-1))}; ` +
      `deletion: from ${short(deletion[0])} to ${short(deletion.at(-1))}.`,
    x: { name: "share of cells inserted or deleted", domain: [0, 1], format: (part) => percent(part, 0) },
    y: { name: plainOutput(output) },
    lines: [
      { name: "insertion", kind: "insertion", x: share, y: insertion, error: band(insertion_error) },
      {
        name: "deletion",
        kind: "deletion",
        x: share,
        y: deletion,
        error: band(deletion_error),
        dashed: true,
      },
    ],
  };
}
