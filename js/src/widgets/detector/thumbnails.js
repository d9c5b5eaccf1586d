/** @import { Picture } from "../../lib/types.js" */

/**
 * One of the pictures that lie behind each other.
 * @param {Picture} all
 * @param {number} index
 * @returns {Picture}
 */
export function thumbnailOf({ height, width, data }, index) {
  const size = 3 * height * width;
  return { height, width, data: data.subarray(index * size, (index + 1) * size) };
}
