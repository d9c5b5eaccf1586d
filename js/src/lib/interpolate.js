/** What an error counts as where too little is known: finite, since a sum with infinity would be everywhere. */
const UNKNOWN = 3.4e32;

/**
 * Values between the middles of cells on a line, as `Attribution.plot(look="smooth")` has them; constant beyond.
 * @param {ArrayLike<number>} cells row by row
 * @param {number} rows
 * @param {number} columns
 * @param {number} height of the answer
 * @param {number} width
 * @returns {Float32Array} row by row
 */
export function interpolated(cells, rows, columns, height, width) {
  const finite = Float32Array.from(cells, (value) => (value === Infinity ? UNKNOWN : value || 0));
  const [down, across] = [places(rows, height), places(columns, width)];
  const values = new Float32Array(height * width);
  down.forEach(({ below: top, above: bottom, part: low }, row) => {
    across.forEach(({ below: left, above: right, part }, column) => {
      const upper = finite[top * columns + left] * (1 - part) + finite[top * columns + right] * part;
      const lower = finite[bottom * columns + left] * (1 - part) + finite[bottom * columns + right] * part;
      values[row * width + column] = upper * (1 - low) + lower * low;
    });
  });
  return values;
}

/**
 * @param {number} cells
 * @param {number} count
 * @returns between which middles each pixel lies, and how near the second
 */
function places(cells, count) {
  return Array.from({ length: count }, (_, i) => {
    const place = Math.max(0, Math.min(cells - 1, ((i + 0.5) * cells) / count - 0.5));
    const below = Math.floor(place);
    return { below, above: Math.min(below + 1, cells - 1), part: place - below };
  });
}
