/** @import { ShownPattern } from "../../schema/detector/output.js" */

/** More than this nobody reads. */
const MOST = 16;

/**
 * @typedef {object} FeatureMap
 * @property {number} index
 * @property {number} value
 * @property {number} profile
 * @property {number} low
 * @property {number} high
 * @property {boolean} specific
 * @property {"silent" | "loud" | ""} odd
 *
 * @typedef {{maps: FeatureMap[], shown: FeatureMap[], least: number, most: number}} ReadPattern
 */

/**
 * All maps, and those worth a row: the odd ones, then those that the class lives on.
 * @param {ShownPattern} pattern
 * @returns {ReadPattern}
 */
export function readPattern(pattern) {
  const [values, profile, low, high] = [pattern.values, pattern.profile, pattern.low, pattern.high];
  const [specific, silent, loud] = [pattern.specific, pattern.silent, pattern.loud].map(
    (each) => new Set(each),
  );
  const maps = Array.from(values, (value, index) => ({
    index,
    value,
    profile: profile[index],
    low: low[index],
    high: high[index],
    specific: specific.has(index),
    odd: /** @type {FeatureMap["odd"]} */ (silent.has(index) ? "silent" : loud.has(index) ? "loud" : ""),
  }));
  const worth = maps.filter(({ specific: own, odd }) => own || odd);
  const shown = [...worth]
    .sort((a, b) => Number(!a.odd) - Number(!b.odd) || b.profile - a.profile || a.index - b.index)
    .slice(0, MOST);
  const all = [0, ...values, ...profile, ...low, ...high].filter(Number.isFinite);
  return {
    maps,
    shown: shown.sort((a, b) => a.index - b.index),
    least: Math.min(...all),
    most: Math.max(...all),
  };
}

/** @param {ReadPattern} pattern @param {(kind: FeatureMap["odd"]) => string} say @returns {string} */
export function oddText({ maps }, say) {
  return /** @type {const} */ (["silent", "loud"])
    .flatMap((kind) => {
      const indices = maps.filter(({ odd }) => odd === kind).map(({ index }) => index);
      return indices.length ? `${say(kind)} ${indices.join(", ")}` : [];
    })
    .join("; ");
}
