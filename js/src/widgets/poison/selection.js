/** What a picture is taken for. @typedef {"poisoned" | "clean" | ""} Mark */

/**
 * @typedef {object} Bin
 * @property {number} from
 * @property {number} to
 * @property {number} count
 * @property {number} chosen of them
 */

/**
 * @param {ArrayLike<number>} values
 * @param {(position: number) => boolean} isChosen
 * @param {number} count of bins
 * @returns {Bin[]} of one width, from the least value to the largest
 */
export function binsOf(values, isChosen, count) {
  const all = Array.from(values);
  const low = Math.min(...all);
  const width = (Math.max(...all) - low) / count || 1;
  const bins = Array.from({ length: count }, (_, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    count: 0,
    chosen: 0,
  }));
  all.forEach((value, position) => {
    const bin = bins[Math.min(count - 1, Math.floor((value - low) / width))];
    bin.count += 1;
    bin.chosen += Number(isChosen(position));
  });
  return bins;
}

/**
 * The marks when some pictures are taken for something, or for nothing again.
 * @param {{poisoned: readonly number[], clean: readonly number[]}} marks
 * @param {readonly number[]} pictures
 * @param {Mark} mark
 */
export function marked({ poisoned, clean }, pictures, mark) {
  const changed = new Set(pictures);
  const rest = (/** @type {readonly number[]} */ rows) => rows.filter((row) => !changed.has(row));
  const sorted = (/** @type {number[]} */ rows) => rows.sort((a, b) => a - b);
  return {
    poisoned: sorted([...rest(poisoned), ...(mark === "poisoned" ? changed : [])]),
    clean: sorted([...rest(clean), ...(mark === "clean" ? changed : [])]),
  };
}

/**
 * @param {{poisoned: readonly number[], clean: readonly number[]}} marks
 * @param {number} picture
 * @returns {Mark}
 */
export const markOf = ({ poisoned, clean }, picture) =>
  poisoned.includes(picture) ? "poisoned" : clean.includes(picture) ? "clean" : "";
