/**
 * @typedef {object} Line
 * @property {string | ((index: number) => string)} name in the legend; may depend on where the cursor is (-1: nowhere)
 * @property {string} kind a class that gives its colour, --series
 * @property {ArrayLike<number>} x growing
 * @property {ArrayLike<number>} y what is not finite leaves a gap
 * @property {ArrayLike<number>} [error] how far its band goes to either side
 * @property {readonly [low: ArrayLike<number>, high: ArrayLike<number>]} [band] its ends, where they differ in that
 * @property {boolean} [dashed]
 *
 * @typedef {object} Plot
 * @property {string} label what it shows, for those who do not see it
 * @property {{name: string, domain: [number, number], format: (value: number) => string}} x
 * @property {{name: string, domain?: [number, number], format?: (value: number) => string}} y without a
 *   domain: as far as the lines go
 * @property {Line[]} lines
 *
 * @typedef {object} Marks what else may be drawn
 * @property {number[]} [levels] values of y with a line all along
 * @property {{from: number, to: number, kind?: string}[]} [stretches] of x that ask for attention
 * @property {{x: number, y: number, kind: string, shape?: "circle" | "triangle" | "cross"}[]} [markers] points
 */

/**
 * @param {[number, number]} domain
 * @param {[number, number]} range
 * @returns {(value: number) => number} to a tenth of a pixel
 */
export function linearScale([low, high], [start, end]) {
  const factor = (end - start) / (high - low || 1);
  return (value) => Math.round(10 * (start + (value - low) * factor)) / 10;
}

/**
 * The way back.
 * @param {[number, number]} domain
 * @param {[number, number]} range
 * @param {number} place
 * @returns {number} inside the domain
 */
export function valueAt([low, high], [start, end], place) {
  return Math.max(low, Math.min(high, low + ((place - start) / (end - start)) * (high - low)));
}

/**
 * From the lowest to the highest of all lines with their bands.
 * @param {readonly Pick<Line, "y" | "error" | "band">[]} lines
 * @returns {[number, number]}
 */
export function domainOf(lines) {
  let [low, high] = [Infinity, -Infinity];
  /** @param {number} value */
  const stretch = (value) => {
    if (!Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const line of lines)
    for (const values of [line.y, ...(bandOf(line) ?? [])]) Array.from(values, stretch);
  return low > high ? [0, 1] : [low, high];
}

/**
 * @param {Pick<Line, "y" | "error" | "band">} line
 * @returns {readonly [low: ArrayLike<number>, high: ArrayLike<number>] | undefined} the ends of its band, if it has one
 */
export function bandOf({ y, error, band }) {
  const side = (/** @type {number} */ sign) =>
    Array.from(y, (value, i) => value + sign * (error?.[i] ?? NaN));
  return band ?? (error && [side(-1), side(1)]);
}

/**
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 * @param {(x: number) => number} x
 * @param {(y: number) => number} y
 * @returns {string} for the d of an SVG path
 */
export function pathOf(xs, ys, x, y) {
  let path = "";
  let pen = false;
  for (let i = 0; i < ys.length; i += 1) {
    const known = Number.isFinite(xs[i]) && Number.isFinite(ys[i]);
    if (known) path += `${pen ? "L" : "M"}${x(xs[i])} ${y(ys[i])}`;
    pen = known;
  }
  return path;
}

/**
 * @param {ArrayLike<number>} xs growing
 * @param {number} value
 * @returns {number} index of the nearest; -1: there is none
 */
export function nearest(xs, value) {
  let best = xs.length - 1;
  for (let i = 0; i < xs.length; i += 1) if (Math.abs(xs[i] - value) < Math.abs(xs[best] - value)) best = i;
  return best;
}
