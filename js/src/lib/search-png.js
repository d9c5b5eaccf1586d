import { drawKeys, keyWidth, plate, seen, textOf } from "./plot-png.js";
import { FONT, LINE, MARGIN, pngOf, wrap } from "./png.js";

const BIG = FONT.replace("14px", "bold 26px");
const BOLD = FONT.replace("14px", "bold 18px");
const BIG_LINE = 36;
const LEGEND = "bar: the start, triangle: the best";

/** @import { Key } from "./plot-png.js" */
/** @typedef {Awaited<ReturnType<typeof plate>>} Plate */

/**
 * What is seen of a search: the question, the cards with their ranges, the plots with their legends, the ledger.
 * @param {HTMLElement} root
 * @returns {Promise<Blob>}
 */
export async function searchPng(root) {
  const cards = await Promise.all(seen(root, ".xai-card").map(async (card) => ({
    texts: seen(card, ".xai-card-text > *").map((element) => ({ text: textOf(element), big: element.matches(".xai-spread-text") })),
    range: await plate(card),
  })));
  if (!cards.length) throw new Error("there is no training yet");
  const plots = await Promise.all(seen(root, ".xai-plots .xai-plot").map(plate));
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.font = FONT;
  const inner = Math.max(...[...plots, ...cards.map(({ range }) => range)].map((each) => each.width));
  const entries = seen(root, ".xai-ledger > div").map((entry) => [...entry.children].map(textOf).join(" "));
  const ledger = wrap(context, entries.join(", "), inner);
  const title = [textOf(seen(root, ".xai-question")[0]), textOf(seen(root, ".xai-verdict")[0])].filter(Boolean);
  /** @type {Step[]} */
  const steps = [
    ...title.map((text) => line(text, BOLD, 1.4 * LINE)),
    ...cards.flatMap(({ texts, range }) => [...texts.map(({ text, big }) => line(text, big ? BIG : FONT, big ? BIG_LINE : LINE)), picture(range, []), line(LEGEND, FONT, 2 * LINE)]),
    ...plots.map((plot) => picture(plot, rowsOfKeys(context, plot.keys, inner))),
    ...ledger.map((text) => line(text, FONT, LINE)),
  ];

  canvas.width = Math.ceil(inner + 2 * MARGIN);
  canvas.height = 2 * MARGIN + steps.reduce((sum, { height }) => sum + height, 0);
  const { backgroundColor, color } = getComputedStyle(root);
  context.fillStyle = backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  let y = MARGIN;
  for (const { height, draw } of steps) {
    context.fillStyle = color;
    draw(context, y, color);
    y += height;
  }
  return pngOf(canvas);
}

/** @typedef {{height: number, draw: (context: CanvasRenderingContext2D, top: number, ink: string) => void}} Step from top to bottom */

/** @param {string} text @param {string} font @param {number} height @returns {Step} */
function line(text, font, height) {
  return {
    height,
    draw(context, top) {
      context.font = font;
      context.fillText(text, MARGIN, top + 0.75 * height);
    },
  };
}

/** @param {Plate} plate @param {Key[][]} rows of its legend @returns {Step} */
function picture({ image, height }, rows) {
  return {
    height: height + (rows.length + 1) * LINE,
    draw(context, top, ink) {
      context.font = FONT;
      context.drawImage(image, MARGIN, top + LINE / 2);
      rows.forEach((keys, row) => drawKeys(context, keys, top + height + (row + 1.25) * LINE, ink));
    },
  };
}

/** @param {CanvasRenderingContext2D} context @param {Key[]} keys @param {number} width */
function rowsOfKeys(context, keys, width) {
  /** @type {Key[][]} */
  const rows = [];
  let used = Infinity;
  for (const key of keys) {
    const needed = keyWidth(context, key.text);
    if (used + needed > width) rows.push([]);
    used = (used + needed > width ? 0 : used) + needed;
    rows[rows.length - 1].push(key);
  }
  return rows;
}
