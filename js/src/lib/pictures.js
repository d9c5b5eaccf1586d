/** @import { Picture } from "./types.js" */

/**
 * One of several pictures that lie behind each other.
 * @param {Picture} all
 * @param {number} position
 * @returns {Picture}
 */
export function pictureOf({ height, width, data }, position) {
  const size = 3 * height * width;
  return { height, width, data: data.subarray(position * size, (position + 1) * size) };
}
