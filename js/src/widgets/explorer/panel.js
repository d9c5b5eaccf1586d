import { h, fillList } from "../../ui/dom.js";
import { isUncertain } from "../../lib/colour.js";
import { decimalsOf, percent, sizeOf } from "../../lib/numbers.js";
import { createFigure } from "../../ui/figure.js";
import { namedFigure } from "../../ui/stage.js";
import { predictionRow, fillPredictionRow } from "../../ui/prediction.js";

/** @import { CellMap } from "../../lib/maps.js" */
/** @import { ShownAttribution } from "../../schema/shared.js" */
/** @import { Look } from "../../ui/paint-map.js" */
/** @import { ShownFigure } from "./shown.js" */

const SHOWN_CLASSES = 5;

/** @typedef {ReturnType<typeof createPanel>} Panel */

/**
 * A figure with its name above where several are compared; what the picture is compared with has its classes below.
 * @param {"before" | "after" | "other"} kind
 * @param {AbortSignal} signal
 * @param {() => void} [onPainted]
 */
export function createPanel(kind, signal, onPainted = () => {}) {
  let shown = /** @type {ShownFigure | null} */ (null);
  let range = 1;
  const figure = createFigure(() => `picture ${shown?.title ?? ""}`, signal, onPainted);
  const classes = h("ul.xai-predictions");
  const { root, caption } = namedFigure(kind, figure.stage, classes);

  /**
   * @param {ShownFigure | null} next
   * @param {{look: Look, opacity: number}} drawing
   * @param {{compared: boolean, weight?: number}} details weight: how much its map counts in a joint one
   */
  function show(next, { look, opacity }, { compared, weight }) {
    shown = next;
    range = next?.range ?? look.range;
    root.hidden = !next;
    caption.hidden = !compared;
    classes.hidden = kind !== "other" || next?.range != null;
    if (!next) return;
    const { title, label, picture, map, prediction, attribution } = next;
    figure.draw({ picture, map, look: { ...look, range }, opacity });
    if (!compared) return;
    caption.textContent = [label || title, weight !== undefined && `counts ${Math.round(100 * weight)} %`]
      .filter(Boolean)
      .join(" · ");
    if (classes.hidden) return;
    classes.setAttribute("aria-label", `top classes, ${label || title}`);
    fillList(
      classes,
      prediction?.top.slice(0, SHOWN_CLASSES) ?? [],
      () => predictionRow(h("li")),
      (row, score) => {
        fillPredictionRow(row, score, score.index === attribution?.target);
      },
    );
  }

  /** @param {{row: number, column: number} | null} cell */
  function pointOut(cell) {
    figure.pointOut(cell, cell ? describe(cell) : "");
  }

  /** @param {{row: number, column: number}} cell */
  const describe = (cell) =>
    shown?.map ? describeCell(shown.map, cell, range, shown.attribution, shown.picture?.words) : "";
  return { root, figure, show, pointOut, describe };
}

/**
 * @param {CellMap} map
 * @param {{row: number, column: number}} cell
 * @param {number} range that of the colours, from which all cells have their decimals
 * @param {ShownAttribution | null} attribution whose class it is about
 * @param {string[]} [words] of a sentence, one for each column of its strip
 * @returns {string} in words, what a cell does to the score
 */
export function describeCell(map, { row, column }, range, attribution, words = []) {
  if (row >= map.rows || column >= map.columns) return "";
  const written = words.slice(map.columnEdges[column], map.columnEdges[column + 1]).join(" ");
  const patch = written ? `“${written}”` : "this patch";
  const at = row * map.columns + column;
  const [value, error] = [map.values[at], map.errors[at]];
  const decimals = decimalsOf(range);
  const size =
    sizeOf(value, decimals) + (error && Number.isFinite(error) ? ` ± ${sizeOf(error, decimals)}` : "");
  if (attribution?.output === "attention") return `${percent(value)} of the attention goes to ${patch}`;
  if (attribution && !attribution.adds_up) {
    const side = value < 0 ? "against" : "for";
    return value === 0
      ? `${patch} says nothing (${attribution.explainer})`
      : `${patch} speaks ${side} ${attribution.label}: ${size} (${attribution.explainer})`;
  }
  const of = attribution?.output === "probability" ? "the probability of " : "";
  const score = `${of}${attribution?.label ?? "the score"}`;
  const text = value < 0 ? `${patch} takes ${size} from ${score}` : `${patch} adds ${size} to ${score}`;
  return isUncertain(value, error) ? `${text} (not certain)` : text;
}
