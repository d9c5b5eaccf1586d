/** @import { Point, WindowBox } from "../../lib/types.js" */

// Windows that lie in others.

export const SMALLEST = 4;

/** @typedef {"n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw"} Handle */
/** @type {readonly Handle[]} */
export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/**
 * @param {number} height
 * @param {number} width
 * @returns {WindowBox}
 */
export const wholePicture = (height, width) => [0, 0, height, width];

/** @param {WindowBox} a @param {WindowBox} b */
export const sameWindow = (a, b) => a.every((value, i) => value === b[i]);

/** @param {WindowBox} window @param {Point} point */
export function contains([top, left, height, width], { row, column }) {
  return row >= top && row < top + height && column >= left && column < left + width;
}

/** Of what has one row, such as a sentence, a window may be a single column. @param {WindowBox} around */
const leastIn = ([, , height]) => (height === 1 ? 1 : SMALLEST);

/**
 * One axis of a drawn window: from where the pointer went down to where it is, in whole pixels inside the parent.
 * @param {number} from
 * @param {number} to
 * @param {number} start of the parent
 * @param {number} size of the parent
 * @param {number} least
 * @returns {[start: number, size: number]}
 */
function drawnSpan(from, to, start, size, least) {
  const stop = start + size;
  let low = clamp(Math.floor(Math.min(from, to)), start, stop);
  let high = clamp(Math.ceil(Math.max(from, to)), start, stop);
  const smallest = Math.min(least, size);
  if (high - low < smallest) {
    if (to < from) low = high - smallest;
    else high = low + smallest;
    low = clamp(low, start, stop - smallest);
    high = low + smallest;
  }
  return [low, high - low];
}

/**
 * @param {Point} from
 * @param {Point} to
 * @param {WindowBox} parent
 * @returns {WindowBox}
 */
export function drawnWindow(from, to, parent) {
  const [top, height] = drawnSpan(from.row, to.row, parent[0], parent[2], leastIn(parent));
  const [left, width] = drawnSpan(from.column, to.column, parent[1], parent[3], leastIn(parent));
  return [top, left, height, width];
}

/**
 * @param {WindowBox} window
 * @param {number} rows
 * @param {number} columns
 * @param {WindowBox} parent
 * @returns {WindowBox}
 */
export function moveWindow([top, left, height, width], rows, columns, parent) {
  return [
    clamp(top + Math.round(rows), parent[0], parent[0] + parent[2] - height),
    clamp(left + Math.round(columns), parent[1], parent[1] + parent[3] - width),
    height,
    width,
  ];
}

/**
 * @param {WindowBox} window
 * @param {Handle} handle
 * @param {number} rows
 * @param {number} columns
 * @param {WindowBox} parent
 * @returns {WindowBox}
 */
export function resizeWindow([top, left, height, width], handle, rows, columns, parent) {
  let bottom = top + height;
  let right = left + width;
  const smallest = leastIn(parent);
  const least = [Math.min(smallest, height), Math.min(smallest, width)];
  if (handle.includes("n")) top = clamp(top + Math.round(rows), parent[0], bottom - least[0]);
  if (handle.includes("s")) bottom = clamp(bottom + Math.round(rows), top + least[0], parent[0] + parent[2]);
  if (handle.includes("w")) left = clamp(left + Math.round(columns), parent[1], right - least[1]);
  if (handle.includes("e"))
    right = clamp(right + Math.round(columns), left + least[1], parent[1] + parent[3]);
  return [top, left, bottom - top, right - left];
}

/** Of a window's larger side, on either side of it: room for the handles, and a look at what is around. */
const MARGIN = 0.09;

/**
 * The part of the picture that fills the stage when one looks at a window: it has the picture's own shape.
 * @param {WindowBox} window
 * @param {WindowBox} whole
 * @returns {WindowBox | null} null: all of it
 */
export function viewAround([top, left, height, width], [, , rows, columns]) {
  const share = (1 + 2 * MARGIN) * Math.max(height / rows, width / columns);
  if (!(share < 1)) return null;
  const [high, wide] = [share * rows, share * columns];
  return [
    clamp(top + (height - high) / 2, 0, rows - high),
    clamp(left + (width - wide) / 2, 0, columns - wide),
    high,
    wide,
  ];
}

/**
 * @param {WindowBox} window
 * @param {Point} middle where it shall be
 * @param {WindowBox} parent
 * @returns {WindowBox}
 */
export const centreWindow = (window, { row, column }, parent) =>
  moveWindow(window, row - window[0] - window[2] / 2, column - window[1] - window[3] / 2, parent);

/**
 * @param {WindowBox} parent
 * @returns {WindowBox} half as high and wide, in the middle
 */
export function centredHalf([top, left, height, width]) {
  const least = leastIn([top, left, height, width]);
  const rows = Math.max(Math.min(least, height), Math.round(height / 2));
  const columns = Math.max(Math.min(least, width), Math.round(width / 2));
  return [top + Math.floor((height - rows) / 2), left + Math.floor((width - columns) / 2), rows, columns];
}

/**
 * @param {WindowBox} window
 * @param {number} grid cells per side
 * @returns {[rows: number, columns: number]} one cell of the window in pixels
 */
export function cellStep([, , height, width], grid) {
  const columns = height === 1 ? grid ** 2 : grid;
  return [Math.max(1, Math.round(height / grid)), Math.max(1, Math.round(width / columns))];
}
