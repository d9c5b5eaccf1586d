import { h, fillList } from "../lib/dom.js";
import { isUncertain } from "../lib/colour.js";
import { short, signed } from "../lib/numbers.js";
import { createFigure } from "./figure.js";
import { predictionRow, fillPredictionRow } from "./prediction.js";

/** @import { CellMap } from "../lib/maps.js" */
/** @import { ShownFigure } from "../lib/shown.js" */

const SHOWN_CLASSES = 5;

/** @typedef {ReturnType<typeof createPanel>} Panel */

/**
 * A figure with its name above and, where several are compared, its classes below.
 * @param {"before" | "after" | "other"} kind
 * @param {AbortSignal} signal
 * @param {() => void} [onPainted]
 */
export function createPanel(kind, signal, onPainted = () => {}) {
  let shown = /** @type {ShownFigure | null} */ (null);
  const figure = createFigure(() => `picture ${shown?.title ?? ""}`, signal, onPainted);
  const caption = h("figcaption");
  const classes = h("ul.xai-predictions");
  const root = h(`figure.xai-figure.xai-${kind}`, caption, figure.stage, classes);

  /**
   * @param {ShownFigure | null} next
   * @param {{range: number, opacity: number}} look
   * @param {{compared: boolean, weight?: number}} details weight: how much its map counts in a joint one
   */
  function show(next, look, { compared, weight }) {
    shown = next;
    root.hidden = !next;
    caption.hidden = classes.hidden = !compared;
    if (!next) return;
    const { title, label, picture, map, prediction, attribution } = next;
    figure.draw({ picture, map, ...look });
    if (!compared) return;
    caption.textContent = [label || title, weight !== undefined && `counts ${Math.round(100 * weight)} %`].filter(Boolean).join(" · ");
    classes.setAttribute("aria-label", `top classes, ${label || title}`);
    fillList(classes, prediction?.top.slice(0, SHOWN_CLASSES) ?? [], () => predictionRow(h("li")), (row, score) => {
      fillPredictionRow(row, score);
      row.classList.toggle("xai-explained", score.index === attribution?.target);
    });
  }

  /** @param {{row: number, column: number} | null} cell */
  function pointOut(cell) {
    figure.pointOut(cell, cell && shown?.map ? describeCell(shown.map, cell) : "");
  }
  return { root, figure, show, pointOut };
}

/** @param {CellMap} map @param {{row: number, column: number}} cell */
function describeCell(map, { row, column }) {
  if (row >= map.rows || column >= map.columns) return "";
  const at = row * map.columns + column;
  const doubt = isUncertain(map.values[at], map.errors[at]) ? ", sign not certain" : "";
  const error = map.errors[at] ? ` ± ${short(map.errors[at])}` : "";
  return `${signed(map.values[at])}${error}${doubt}`;
}
