/**
 * The window between two points of a picture.
 * @param {readonly [number, number]} from row and column of pixels
 * @param {readonly [number, number]} to
 * @param {{height: number, width: number}} picture
 * @returns {[top: number, left: number, height: number, width: number]} of at least one pixel, inside
 */
export function windowOf(from, to, { height, width }) {
  /** @param {0 | 1} axis @param {number} length */
  const span = (axis, length) => {
    const inside = [from[axis], to[axis]].map((value) =>
      Math.max(0, Math.min(length - 1, Math.floor(value))),
    );
    return [Math.min(...inside), Math.max(...inside) + 1];
  };
  const [[top, bottom], [left, right]] = [span(0, height), span(1, width)];
  return [top, left, bottom - top, right - left];
}
