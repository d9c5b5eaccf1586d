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
  /** @type {[number, number, number, number][]} */
  const doubtful = [];
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
      if (uncertain) doubtful.push([x, y, width, height]);
    }
  }
  hatch(context, doubtful, line, opacity);
}

/**
 * Diagonal lines at a fixed distance through all boxes, drawn at once.
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number, number, number][]} boxes x, y, width and height of each
 * @param {number} line how many canvas pixels a thin line has
 * @param {number} opacity
 */
function hatch(context, boxes, line, opacity) {
  if (!boxes.length) return;
  const distance = 8 * line;
  const { width, height } = context.canvas;
  context.save();
  context.beginPath();
  for (const box of boxes) context.rect(...box);
  context.clip();
  for (const [shift, colour] of /** @type {[number, string][]} */ ([[0, "#222"], [line, "#fff"]])) {
    context.beginPath();
    for (let sum = 0; sum < width + height + distance; sum += distance) {
      context.moveTo(sum + shift, 0);
      context.lineTo(sum + shift - height, height);
    }
    context.lineWidth = line;
    context.strokeStyle = colour;
    context.globalAlpha = 0.4 * opacity;
    context.stroke();
  }
  context.restore();
}

/** So many colours from the bluest to the reddest. */
const SHADES = 255;

/**
 * A map with a value for each pixel of the picture, which is left as it is where the value is zero.
 * @param {HTMLCanvasElement} canvas gets one pixel for each value
 * @param {{height: number, width: number, values: ArrayLike<number>, scale?: number}} map scale: of one unit of its values
 * @param {number} range
 */
export function paintPixels(canvas, { height, width, values, scale = 1 }, range) {
  const middle = (SHADES - 1) / 2;
  const shades = Uint8ClampedArray.from({ length: 4 * SHADES }, (_, i) => {
    const { red, green, blue, alpha } = colourOf(Math.floor(i / 4) - middle, middle, 0);
    return [red, green, blue, 255 * alpha][i % 4];
  });
  const pixels = new ImageData(width, height);
  // Pixels are copied whole: this runs sixty times a second while a morph plays.
  const [from, to] = [new Uint32Array(shades.buffer), new Uint32Array(pixels.data.buffer)];
  for (let i = 0; i < to.length; i += 1) {
    to[i] = from[Math.round(middle * (1 + Math.max(-1, Math.min(1, (scale * values[i]) / range || 0))))];
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
