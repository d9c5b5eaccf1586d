/** @import { Bytes, Picture } from "./types.js" */

/**
 * A view on the same memory: a DataView from the kernel may start anywhere in a larger buffer.
 * @param {Bytes} source
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(source) {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(/** @type {ArrayBuffer} */ (source.buffer), source.byteOffset, source.byteLength);
}

/**
 * @param {Picture} picture
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA, opaque
 */
export function rgbaOf({ height, width, data: rgb }) {
  const rgba = new Uint8ClampedArray(height * width * 4);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    rgba[4 * pixel] = rgb[3 * pixel];
    rgba[4 * pixel + 1] = rgb[3 * pixel + 1];
    rgba[4 * pixel + 2] = rgb[3 * pixel + 2];
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}

/** @param {string} base64 */
export const bytesOfBase64 = (base64) =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => number} value
 * @returns {T} the first with the least
 */
export function leastBy(items, value) {
  let [best] = items;
  let lowest = Infinity;
  for (const item of items) {
    const found = value(item);
    if (found < lowest) [best, lowest] = [item, found];
  }
  return best;
}
