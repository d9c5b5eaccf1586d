/** @import { Polygon } from "../../lib/polygon.js" */
import { isInside } from "../../lib/polygon.js";

/**
 * @typedef {object} Frame the part of the plane that is shown at first
 * @property {number} x its middle
 * @property {number} y
 * @property {number} half half of its height
 *
 * @typedef {object} Camera what is shown of the frame
 * @property {number} zoom
 * @property {number} x the middle, in halves of the frame's height
 * @property {number} y
 *
 * @typedef {{scale: number, left: number, top: number}} Lens from places to pixels
 * @typedef {{width: number, height: number}} Size
 */

/** Width of the map over its height. */
export const ASPECT = 1.5;
/** So much of the frame is empty at each end. */
const MARGIN = 0.06;
export const ZOOMS = /** @type {const} */ ([1, 60]);
/** @type {Camera} */
export const WHOLE = { zoom: 1, x: 0, y: 0 };

/** @param {ArrayLike<number>} points x, y, x, y, ... @returns {Frame} around all */
export function frameOf(points) {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    bottom = Math.min(bottom, points[i + 1]);
    top = Math.max(top, points[i + 1]);
  }
  const half = (1 + MARGIN) * Math.max((right - left) / 2 / ASPECT, (top - bottom) / 2);
  return { x: (left + right) / 2, y: (bottom + top) / 2, half: half || 1 };
}

/**
 * @param {ArrayLike<number>} points
 * @param {Frame} frame
 * @returns {Float32Array} the frame goes from -1 to 1, upwards
 */
export function placesOf(points, { x, y, half }) {
  const places = new Float32Array(points.length);
  for (let i = 0; i < places.length; i += 2) {
    places[i] = (points[i] - x) / half;
    places[i + 1] = (points[i + 1] - y) / half;
  }
  return places;
}

/** @param {Float32Array} from @param {Float32Array} to @param {number} share of the way */
export function between(from, to, share) {
  const places = new Float32Array(to.length);
  for (let i = 0; i < places.length; i += 1) places[i] = from[i] + share * (to[i] - from[i]);
  return places;
}

/** @param {Size} size @param {Camera} camera @returns {Lens} */
export function lensOf({ width, height }, { zoom, x, y }) {
  const scale = (zoom * height) / 2;
  return { scale, left: width / 2 - x * scale, top: height / 2 + y * scale };
}

/**
 * The camera with another zoom, under which one point of the screen stays where it is.
 * @param {Camera} camera
 * @param {number} factor
 * @param {Size} size
 * @param {{x: number, y: number}} point pixels
 * @returns {Camera}
 */
export function zoomed(camera, factor, size, point) {
  const zoom = Math.max(ZOOMS[0], Math.min(ZOOMS[1], camera.zoom * factor));
  const [before, after] = [lensOf(size, camera), lensOf(size, { ...camera, zoom })];
  const [x, y] = [(point.x - before.left) / before.scale, (before.top - point.y) / before.scale];
  const offset = {
    x: (point.x - size.width / 2) / after.scale,
    y: (size.height / 2 - point.y) / after.scale,
  };
  return held({ zoom, x: x - offset.x, y: y - offset.y });
}

/** @param {Camera} camera @param {Size} size @param {number} right pixels @param {number} down */
export function moved(camera, size, right, down) {
  const { scale } = lensOf(size, camera);
  return held({ ...camera, x: camera.x - right / scale, y: camera.y + down / scale });
}

/** What is shown stays inside the frame. @param {Camera} camera @returns {Camera} */
function held({ zoom, x, y }) {
  const room = 1 - 1 / zoom;
  const inside = (/** @type {number} */ value, /** @type {number} */ most) =>
    Math.max(-most, Math.min(most, value)) || 0;
  return { zoom, x: inside(x, ASPECT * room), y: inside(y, room) };
}

/**
 * @param {Float32Array} places
 * @param {Lens} lens
 * @param {{x: number, y: number}} point pixels
 * @param {number} reach pixels
 * @returns {number} the nearest point; -1: none is in reach
 */
export function pointAt(places, { scale, left, top }, { x, y }, reach) {
  let [best, least] = [-1, (reach / scale) ** 2];
  const [across, up] = [(x - left) / scale, (top - y) / scale];
  for (let i = 0; i < places.length; i += 2) {
    const distance = (places[i] - across) ** 2 + (places[i + 1] - up) ** 2;
    if (distance < least) [best, least] = [i / 2, distance];
  }
  return best;
}

/**
 * The nearest point to one side of another: to the right is what is more to the right than up or down.
 * @param {Float32Array} places
 * @param {number} at
 * @param {number} right 1, 0 or -1
 * @param {number} up
 * @returns {number} itself, where there is none
 */
export function neighbour(places, at, right, up) {
  let [best, least] = [at, Infinity];
  for (let i = 0; i < places.length; i += 2) {
    const [x, y] = [places[i] - places[2 * at], places[i + 1] - places[2 * at + 1]];
    const along = right * x + up * y;
    const distance = x ** 2 + y ** 2;
    if (along > 0 && Math.abs(up * x + right * y) <= along && distance < least)
      [best, least] = [i / 2, distance];
  }
  return best;
}

/**
 * @param {Float32Array} places
 * @param {Lens} lens
 * @param {Polygon} polygon pixels
 * @returns {number[]} the points inside
 */
export function pointsInside(places, { scale, left, top }, polygon) {
  const inside = [];
  for (let i = 0; i < places.length; i += 2)
    if (isInside(polygon, left + places[i] * scale, top - places[i + 1] * scale)) inside.push(i / 2);
  return inside;
}

/**
 * The next picture of the same class, or the first one of the next class.
 * @param {ArrayLike<number>} classes of each
 * @param {number} at -1: nowhere yet
 * @param {1 | -1} step
 * @param {"same" | "next"} which
 */
export function nextPicture(classes, at, step, which) {
  const { length } = classes;
  if (at < 0) return length ? 0 : -1;
  const same = classes[at];
  if (which === "same") {
    for (let i = 1; i <= length; i += 1) {
      const next = (at + step * i + i * length) % length;
      if (classes[next] === same) return next;
    }
  }
  const present = [...new Set(Array.from(classes))].sort((a, b) => a - b);
  const next = present[(present.indexOf(same) + step + present.length) % present.length];
  return Array.from(classes).indexOf(next);
}
