import { rgbaOf } from "./arrays.js";
import { colourOf, cssColour, isUncertain } from "./colour.js";

/** @import { Picture } from "./types.js" */
/** @import { CellMap } from "./maps.js" */

/** Below this many screen pixels a picture's pixel is smoothed; above it reads better as a square. */
const SQUARES_FROM = 4;
const UNCERTAIN_SHARE = 0.45;

/**
 * @param {HTMLCanvasElement} canvas gets one pixel for each of the picture's
 * @param {Picture} picture
 */
export function paintPicture(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pixels = new ImageData(rgbaOf(picture), picture.width, picture.height);
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

/** @param {number} scale screen pixels for one of the picture's */
export const showsSquares = (scale) => scale >= SQUARES_FROM;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {CellMap} map
 * @param {{x: number, y: number}} scale canvas pixels for one of the picture's
 * @param {{range: number, opacity: number, line: number}} look line: how many canvas pixels a thin line has
 */
export function paintMap(context, map, scale, { range, opacity, line }) {
  for (let row = 0; row < map.rows; row += 1) {
    for (let column = 0; column < map.columns; column += 1) {
      const x = Math.round(map.columnEdges[column] * scale.x);
      const y = Math.round(map.rowEdges[row] * scale.y);
      const width = Math.round(map.columnEdges[column + 1] * scale.x) - x;
      const height = Math.round(map.rowEdges[row + 1] * scale.y) - y;
      const at = row * map.columns + column;
      const uncertain = isUncertain(map.values[at], map.errors[at]);
      context.fillStyle = cssColour(colourOf(map.values[at], range), uncertain ? opacity * UNCERTAIN_SHARE : opacity);
      context.fillRect(x, y, width, height);
      if (uncertain) hatch(context, x, y, width, height, line, opacity);
    }
  }
}

/**
 * Diagonal lines at a fixed distance, in step from cell to cell.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {number} line
 * @param {number} opacity
 */
export function hatch(context, x, y, width, height, line, opacity) {
  const distance = 8 * line;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  for (const [shift, colour] of /** @type {[number, string][]} */ ([[0, "#222"], [line, "#fff"]])) {
    context.beginPath();
    const first = Math.floor((x + y) / distance) * distance;
    for (let sum = first; sum < x + width + y + height + distance; sum += distance) {
      context.moveTo(sum + shift - y, y);
      context.lineTo(sum + shift - y - height, y + height);
    }
    context.lineWidth = line;
    context.strokeStyle = colour;
    context.globalAlpha = 0.3 * Math.min(1, opacity + 0.15);
    context.stroke();
  }
  context.restore();
}
