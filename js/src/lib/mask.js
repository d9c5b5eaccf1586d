/** A picture is painted in so many cells a side, at most. */
const SIDE = 32;

/** @typedef {{rows: number, columns: number}} Grid */

/** As `mask_grid` in Python. @param {{height: number, width: number}} picture @returns {Grid} */
export const gridOf = ({ height, width }) => ({
  rows: Math.min(height, SIDE),
  columns: Math.min(width, SIDE),
});

/**
 * The cells that a brush meets between two points.
 * @param {readonly [number, number]} from row and column, in cells
 * @param {readonly [number, number]} to
 * @param {number} radius in cells
 * @param {Grid} grid
 * @returns {Set<number>} numbers of cells, row by row
 */
export function cellsOfStroke(from, to, radius, { rows, columns }) {
  const cells = /** @type {Set<number>} */ (new Set());
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - from[0], to[1] - from[1])));
  for (let step = 0; step <= steps; step += 1) {
    const [y, x] = [0, 1].map((axis) => from[axis] + (step / steps) * (to[axis] - from[axis]));
    for (let row = Math.max(0, Math.floor(y - radius)); row <= Math.min(rows - 1, y + radius); row += 1)
      for (
        let column = Math.max(0, Math.floor(x - radius));
        column <= Math.min(columns - 1, x + radius);
        column += 1
      )
        // The cell that is pointed at, and those whose middle the brush covers.
        if (
          (row === Math.floor(y) && column === Math.floor(x)) ||
          Math.hypot(row + 0.5 - y, column + 0.5 - x) <= radius
        )
          cells.add(row * columns + column);
  }
  return cells;
}
