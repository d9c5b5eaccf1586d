/** Steps between ticks, in powers of ten, and up to which step that one would like they are taken: geometric means. */
const STEPS = [1, 2, 5, 10].map((step, i) => ({ step, up: Math.sqrt([2, 10, 50, 1000][i]) }));
/** 0.7 is a hair less than seven tenths, and a tick all the same. */
const ROUNDING = 1e-9;

/**
 * Round numbers for an axis.
 * @param {number} low
 * @param {number} high
 * @param {number} count about so many
 * @returns {number[]} multiples of 1, 2 or 5 times a power of ten, from low to high
 */
export function ticks(low, high, count) {
  if (!(high > low)) return [low];
  const wanted = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const { step } = STEPS.find(({ up }) => wanted / power < up) ?? STEPS[3];
  const [first, last] = [low, high].map((end) => end / (step * power));
  const length = Math.floor(last + ROUNDING) - Math.ceil(first - ROUNDING) + 1;
  // A sum of steps would carry its rounding on; a tick is as round as it is written.
  return Array.from({ length }, (_, i) =>
    Number(((Math.ceil(first - ROUNDING) + i) * step * power).toPrecision(12)),
  );
}
