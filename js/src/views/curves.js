import { ticks } from "d3-array";
import { h, svg } from "../lib/dom.js";
import { short } from "../lib/numbers.js";

/** @import { Attribution, Curves } from "../lib/types.js" */

const WIDTH = 400;
const HEIGHT = 190;
const BOX = { left: 46, right: WIDTH - 18, top: 8, bottom: HEIGHT - 34 };
/** How many standard deviations a band goes to either side. */
const BAND = 2;

/**
 * How the output falls when the cells that count most go first, and rises when they come first.
 * @param {HTMLElement} el
 * @returns {(curves: Curves | null, attribution: Attribution | null) => void} draws them
 */
export function curvesView(el) {
  const legend = h("figcaption");
  const root = h("figure", { class: "xai-curves" }, legend);
  el.append(root);
  let drawn = /** @type {Curves | null} */ (null);

  return (curves, attribution) => {
    root.hidden = !curves || !attribution;
    if (!curves || !attribution || curves === drawn) return;
    drawn = curves;
    const { deletion_area: deleted, insertion_area: inserted, r2 } = curves;
    const fit = r2 === null ? "" : ` Values from a fit to the coalitions, R² ${short(r2)}.`;
    legend.replaceChildren(
      h("span", { class: "xai-insertion" }, `insertion, area ${short(inserted)}`),
      h("span", { class: "xai-deletion" }, `deletion, area ${short(deleted)}`),
      h("span", { class: "xai-label" }, `Bands: ±${BAND} standard deviations.${fit}`),
    );
    root.replaceChildren(plot(curves, attribution), legend);
  };
}

/** @param {Curves} curves @param {Attribution} attribution */
function plot({ share, deletion, insertion, deletion_error, insertion_error }, { output, label }) {
  /** @type {["insertion" | "deletion", number[], number[]][]} */
  const lines = [["insertion", insertion, insertion_error], ["deletion", deletion, deletion_error]];
  const ends = lines.flatMap(([, values, errors]) => values.flatMap((value, i) => [value - BAND * errors[i], value + BAND * errors[i]]));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  /** @param {number} part */
  const x = (part) => round(BOX.left + part * (BOX.right - BOX.left));
  /** @param {number} value */
  const y = (value) => round(BOX.bottom - ((value - low) / (high - low || 1)) * (BOX.bottom - BOX.top));
  /** @param {number[]} values */
  const points = (values) => values.map((value, i) => `${x(share[i])} ${y(value)}`);
  /** @param {number[]} values @param {number[]} errors @param {1 | -1} side */
  const edge = (values, errors, side) => points(values.map((value, i) => value + side * BAND * errors[i]));

  const name =
    `The ${output} of ${label}. Insertion: from ${short(insertion[0])} to ${short(insertion.at(-1))}; ` +
    `deletion: from ${short(deletion[0])} to ${short(deletion.at(-1))}.`;
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": name },
    ...ticks(low, high, 5).flatMap((value) => [
      svg("path", { class: "xai-grid-line", d: `M${BOX.left} ${y(value)}H${BOX.right}` }),
      svg("text", { x: BOX.left - 5, y: y(value) + 4, "text-anchor": "end" }, short(value)),
    ]),
    ...ticks(0, 1, 5).flatMap((part) => [
      svg("path", { class: "xai-grid-line", d: `M${x(part)} ${BOX.bottom}v4` }),
      svg("text", { x: x(part), y: BOX.bottom + 15, "text-anchor": "middle" }, `${Math.round(100 * part)} %`),
    ]),
    svg("text", { x: (BOX.left + BOX.right) / 2, y: HEIGHT - 5, "text-anchor": "middle" }, "share of cells inserted or deleted"),
    svg("text", { transform: `translate(10 ${(BOX.top + BOX.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, output),
    ...lines.map(([kind, values, errors]) => {
      const outline = [...edge(values, errors, 1), ...edge(values, errors, -1).reverse()];
      return svg("path", { class: `xai-band xai-${kind}`, d: `M${outline.join("L")}Z` });
    }),
    ...lines.map(([kind, values]) => svg("path", { class: `xai-line xai-${kind}`, d: `M${points(values).join("L")}` })),
  );
}

/** @param {number} value */
const round = (value) => Math.round(10 * value) / 10;
