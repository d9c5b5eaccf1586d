import { colourOf, cssColour, isUncertain } from "../lib/colour.js";
import { interpolated } from "../lib/interpolate.js";
import { h } from "./dom.js";

/** @import { WindowBox } from "../lib/types.js" */
/** @import { CellMap } from "../lib/maps.js" */

/**
 * @typedef {object} Look
 * @property {number} range the absolute value at full colour
 * @property {"cells" | "smooth"} look the cells as they are, or values interpolated between their middles
 * @property {boolean} hatching of cells whose sign is uncertain
 */

const UNCERTAIN_SHARE = 0.45;
const HATCHING = 0.5;
/** Of one hatched line to the next, in thin lines. */
const DISTANCE = 8;
/** Points of a smooth map along its longer side: between them the browser interpolates. */
const POINTS = 256;
/** So many shades on either side of zero. */
const SHADES = 127;

/**
 * @param {CanvasRenderingContext2D} context of a canvas that shows a part of the picture
 * @param {CellMap} map
 * @param {WindowBox} view that part
 * @param {Look} look
 * @param {number} line how many canvas pixels a thin line has
 */
export function paintMap(context, map, view, look, line) {
  const [top, left, height, width] = view;
  const scale = { x: context.canvas.width / width, y: context.canvas.height / height };
  /** @param {number} column */
  const x = (column) => Math.round((column - left) * scale.x);
  /** @param {number} row */
  const y = (row) => Math.round((row - top) * scale.y);
  if (look.look === "smooth") {
    const [from, start, rows, columns] = map.window;
    context.drawImage(
      smoothed(map, look.range),
      x(start),
      y(from),
      x(start + columns) - x(start),
      y(from + rows) - y(from),
    );
    return;
  }
  /** @type {[number, number, number, number][]} */
  const uncertain = [];
  for (let row = 0; row < map.rows; row += 1) {
    for (let column = 0; column < map.columns; column += 1) {
      const [x0, y0] = [x(map.columnEdges[column]), y(map.rowEdges[row])];
      const [w, h0] = [x(map.columnEdges[column + 1]) - x0, y(map.rowEdges[row + 1]) - y0];
      const at = row * map.columns + column;
      const doubt = isUncertain(map.values[at], map.errors[at]);
      context.fillStyle = cssColour(colourOf(map.values[at], look.range), doubt ? UNCERTAIN_SHARE : 1);
      context.fillRect(x0, y0, w, h0);
      if (doubt) uncertain.push([x0, y0, w, h0]);
    }
  }
  if (look.hatching) hatch(context, uncertain, line);
}

/**
 * @param {CellMap} map
 * @param {number} range
 * @returns {HTMLCanvasElement} its window, with values and standard errors interpolated: a smooth map must
 *   not look surer
 */
function smoothed({ values, errors, rows, columns, window: [, , height, width] }, range) {
  const share = POINTS / Math.max(height, width);
  const [down, across] = [height, width].map((side) => Math.max(1, Math.round(share * side)));
  const fine = interpolated(values, rows, columns, down, across);
  const doubts = interpolated(errors, rows, columns, down, across);
  const shades = Array.from({ length: 2 * SHADES + 1 }, (_, i) => colourOf(i - SHADES, SHADES));
  const pixels = new ImageData(across, down);
  const { data } = pixels;
  // One by one: an array for each pixel took twice as long as all else.
  fine.forEach((value, i) => {
    const shade = shades[SHADES + Math.round(SHADES * Math.max(-1, Math.min(1, value / range)))];
    data[4 * i] = shade.red;
    data[4 * i + 1] = shade.green;
    data[4 * i + 2] = shade.blue;
    data[4 * i + 3] = 255 * shade.alpha * (isUncertain(value, doubts[i]) ? UNCERTAIN_SHARE : 1);
  });
  const canvas = h("canvas", { width: across, height: down });
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  return canvas;
}

/**
 * Diagonal lines at a fixed distance through all boxes.
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number, number, number][]} boxes x, y, width and height of each
 * @param {number} line how many canvas pixels a thin line has
 */
function hatch(context, boxes, line) {
  // As a tile: stroked through so many boxes, lines took longer than all else of a map.
  context.fillStyle = context.createPattern(hatchedTile(line), "repeat") ?? "";
  for (const box of boxes) context.fillRect(...box);
}

/** @param {number} line @returns {HTMLCanvasElement} dark beside light, so that it is seen on any picture */
function hatchedTile(line) {
  const side = Math.round(DISTANCE * line);
  const tile = h("canvas", { width: side, height: side });
  const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  context.lineWidth = line;
  context.globalAlpha = HATCHING;
  for (const [shift, colour] of /** @type {[number, string][]} */ ([
    [0, "#000"],
    [line, "#fff"],
  ])) {
    context.strokeStyle = colour;
    context.beginPath();
    // The diagonal, and what comes in at the corners of those of the tiles around.
    for (const sum of [0, side, 2 * side]) {
      context.moveTo(sum + shift + side, -side);
      context.lineTo(sum + shift - 2 * side, 2 * side);
    }
    context.stroke();
  }
  return tile;
}
