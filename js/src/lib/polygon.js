/** @typedef {readonly (readonly [x: number, y: number])[]} Polygon */

/**
 * Whether a point is inside a polygon: a line from it to the right crosses the sides an odd number
 * of times.
 * @param {Polygon} polygon
 * @param {number} x
 * @param {number} y
 */
export function isInside(polygon, x, y) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [[x1, y1], [x2, y2]] = [polygon[i], polygon[j]];
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
  }
  return inside;
}
