/**
 * @param {Intl.NumberFormatOptions} options
 * @returns {(value: number) => string} with a true minus sign, and none before zero
 */
function formatter(options) {
  const { format } = new Intl.NumberFormat("en", options);
  return (value) => format(value || 0).replace("-", "−");
}

const threeDigits = formatter({ maximumSignificantDigits: 3 });
const fourDigits = formatter({ minimumSignificantDigits: 4, maximumSignificantDigits: 4 });
const large = formatter({ minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** @param {number | null | undefined} value a short number with a true minus sign */
export function short(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1).replace(/^-/, "−");
  return Math.abs(value) >= 100 ? large(value) : threeDigits(value);
}

/** @param {number | null | undefined} value the same number of digits for all, so that sums can be checked by eye */
export const exactly = (value) =>
  value === null || value === undefined || !Number.isFinite(value) ? "–" : fourDigits(value);

/** @param {number | null | undefined} value */
export const signed = (value) => (value && value > 0 ? `+${short(value)}` : short(value));

/**
 * @param {number} range of all numbers
 * @returns how many decimals each of them has: of the largest three digits are told
 */
export const decimalsOf = (range) =>
  range > 0 && Number.isFinite(range) ? Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(range)))) : 2;

/** @param {number} value @param {number} decimals its size, whatever its sign */
export const sizeOf = (value, decimals) => (Number.isFinite(value) ? Math.abs(value).toFixed(decimals) : "–");

/** A bound, as it is. @type {(value: number) => string} */
export const exact = formatter({ maximumFractionDigits: 12 });

export const count = formatter({ maximumFractionDigits: 0 });

/** Of an axis of what is counted: nothing stands at its fractions. @param {number} value */
export const wholeText = (value) => (Number.isInteger(value) ? count(value) : "");

/** @param {number} share @param {number} [digits] */
export function percent(share, digits = 1) {
  if (!Number.isFinite(share)) return "–";
  return digits && share > 0 && share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(digits)} %`;
}

/** @param {number} seconds */
export const duration = (seconds) =>
  Number.isFinite(seconds) ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : "–";

/**
 * A rate with its interval, where it has one.
 * @param {{value: number, low: number, high: number}} rate
 */
export const rateText = ({ value, low, high }) =>
  low === high ? percent(value) : `${percent(value)} (${percent(low)} to ${percent(high)})`;

/** @param {number} part @param {number} whole */
export const shareOf = (part, whole) => (whole ? part / whole : 0);
