import { format } from "d3-format";

const threeDigits = format(".3~r");
const fourDigits = format(",.4r");
const large = format(",.1f");
const tiny = format(".1e");

/** @param {number | null | undefined} value a short number with a true minus sign */
export function short(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value !== 0 && Math.abs(value) < 1e-4) return tiny(value);
  return Math.abs(value) >= 100 ? large(value) : threeDigits(value);
}

/** @param {number | null | undefined} value the same number of digits for all, so that sums can be checked by eye */
export const exactly = (value) => (value === null || value === undefined || !Number.isFinite(value) ? "–" : fourDigits(value));

/** @param {number | null | undefined} value */
export const signed = (value) => (value && value > 0 ? `+${short(value)}` : short(value));

/** @param {number} value */
export const count = format(",");

/** @param {number} share */
export function percent(share) {
  if (!Number.isFinite(share)) return "–";
  return share > 0 && share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`;
}

/** @param {number} seconds */
export const duration = (seconds) => (Number.isFinite(seconds) ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : "–");
