import { plate, seen, textOf } from "./plot-png.js";
import { FONT, LINE, wrap } from "./png.js";
import { plateStep, rowsOfKeys, sheetPng, textStep } from "./sheet-png.js";

const BOLD = FONT.replace("14px", "bold 18px");

/**
 * What is seen of the dial: the question and its answer, the curves, the flow, the costs, the table, the ledger.
 * @param {HTMLElement} root
 * @returns {Promise<Blob>}
 */
export async function detectorPng(root) {
  const plots = await Promise.all(seen(root, ":is(.xai-roc, .xai-flow, .xai-cost-plot)").map(plate));
  if (!plots.length) throw new Error("there are no scores yet");
  /** @param {string} selector @param {string} between */
  const rows = (selector, between) => seen(root, selector).map((row) => [...row.children].map(textOf).join(between));
  const title = seen(root, ":is(.xai-question, .xai-detector-answer)").map(textOf);
  return sheetPng(root, plots, (context, inner) => {
    /** @param {string} text @param {string} font @param {number} height */
    const wrapped = (text, font, height) => {
      context.font = font;
      return wrap(context, text, inner).map((line) => textStep(line, font, height));
    };
    return [
      ...title.flatMap((text) => wrapped(text, BOLD, 1.4 * LINE)),
      ...plots.map((plot) => plateStep(plot, rowsOfKeys(context, plot.keys, inner))),
      ...rows(".xai-systems tr", " · ").flatMap((text) => wrapped(text, FONT, LINE)),
      ...wrapped("", FONT, LINE),
      ...wrapped(rows(".xai-ledger > div", " ").join(", "), FONT, LINE),
    ];
  });
}
