/**
 * A slider from 0 to 100 along which a value grows by the same factor with every step.
 * @param {[low: number, high: number]} bounds both above zero
 */
export function logScale([low, high]) {
  const decades = Math.log(high / low);
  return {
    /** @param {number} value */
    position: (value) => Math.max(0, Math.min(100, (100 * Math.log(value / low)) / decades)),
    /** @param {number} position */
    value: (position) => low * Math.exp((decades * position) / 100),
  };
}
