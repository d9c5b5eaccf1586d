import { drawKeys, keyWidth } from "./plot-png.js";
import { FONT, LINE, MARGIN, pngOf } from "./png.js";

/** @import { Key, plate } from "./plot-png.js" */
/** @typedef {Awaited<ReturnType<typeof plate>>} Plate */

/** @typedef {{height: number, draw: (context: CanvasRenderingContext2D, top: number, ink: string) => void}} Step from top to bottom */

/**
 * A sheet as wide as the widest that is on it.
 * @param {HTMLElement} root gives the colours
 * @param {readonly Plate[]} plates
 * @param {(context: CanvasRenderingContext2D, inner: number) => Step[]} arrange
 * @returns {Promise<Blob>}
 */
export function sheetPng(root, plates, arrange) {
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.font = FONT;
  const inner = Math.max(...plates.map(({ width }) => width));
  const steps = arrange(context, inner);
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

/** @param {string} text @param {string} font @param {number} height @returns {Step} */
export function textStep(text, font, height) {
  return {
    height,
    draw(context, top) {
      context.font = font;
      context.fillText(text, MARGIN, top + 0.75 * height);
    },
  };
}

/** @param {Plate} plate @param {Key[][]} [rows] of its legend @returns {Step} */
export function plateStep({ image, height }, rows = []) {
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
export function rowsOfKeys(context, keys, width) {
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
