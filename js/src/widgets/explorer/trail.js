import {
  cellStep,
  centredHalf,
  contains,
  drawnWindow,
  moveWindow,
  resizeWindow,
  sameWindow,
} from "./geometry.js";

/** @import { Point, WindowBox } from "../../lib/types.js" */

// A trail lists windows from the outermost to the current one; each lies in the one before it, the first in the whole
// picture.

/** @param {WindowBox[]} a @param {WindowBox[]} b */
export const sameTrail = (a, b) => a.length === b.length && a.every((window, i) => sameWindow(window, b[i]));

/**
 * @param {WindowBox[]} trail
 * @param {WindowBox} whole
 */
export const currentWindow = (trail, whole) => trail.at(-1) ?? whole;

/**
 * @param {WindowBox[]} trail
 * @param {WindowBox} whole
 */
export const parentWindow = (trail, whole) => trail.at(-2) ?? whole;

/**
 * Drawing inside the current window goes one level deeper; drawing beside it replaces it, in the deepest window
 * that holds the point where the pointer went down.
 * @param {WindowBox[]} trail
 * @param {Point} from
 * @param {Point} to
 * @param {WindowBox} whole
 * @returns {WindowBox[]}
 */
export function drawInTrail(trail, from, to, whole) {
  const outside = trail.findIndex((window) => !contains(window, from));
  const kept = outside === -1 ? trail : trail.slice(0, outside);
  const parent = currentWindow(kept, whole);
  const drawn = drawnWindow(from, to, parent);
  return sameWindow(drawn, parent) ? kept : [...kept, drawn];
}

const DIRECTIONS = new Map([
  ["ArrowUp", [-1, 0]],
  ["ArrowDown", [1, 0]],
  ["ArrowLeft", [0, -1]],
  ["ArrowRight", [0, 1]],
]);

/**
 * What a key on the picture makes of the trail.
 * @param {WindowBox[]} trail
 * @param {string} key
 * @param {boolean} shift
 * @param {number} grid
 * @param {WindowBox} whole
 * @returns {WindowBox[] | null} null when the key means nothing here
 */
export function trailAfterKey(trail, key, shift, grid, whole) {
  const last = trail.at(-1);
  if (key === "Enter") {
    const parent = currentWindow(trail, whole);
    const half = centredHalf(parent);
    return sameWindow(half, parent) ? trail : [...trail, half];
  }
  if (!last) return null;
  if (key === "Escape") return trail.slice(0, -1);
  const direction = DIRECTIONS.get(key);
  if (!direction) return null;
  const [rowStep, columnStep] = cellStep(last, grid);
  const [rows, columns] = [direction[0] * rowStep, direction[1] * columnStep];
  const parent = parentWindow(trail, whole);
  const changed = shift
    ? resizeWindow(last, "se", rows, columns, parent)
    : moveWindow(last, rows, columns, parent);
  return [...trail.slice(0, -1), changed];
}
