/** @import { Score } from "../schema/shared.js" */

/** @typedef {"given" | "unsure" | "sure" | "class" | "chosen"} FilmOrder */

/** @type {readonly (readonly [FilmOrder, string])[]} */
export const FILM_ORDERS = [
  ["given", "order: as given"],
  ["unsure", "order: unsurest first"],
  ["sure", "order: surest first"],
  ["class", "order: by class"],
  ["chosen", "order: the chosen first"],
];

/**
 * In which order pictures stand, by what the network says of them; those that it has not been asked about come last.
 * @param {readonly {name: string}[]} pictures
 * @param {Readonly<Record<string, Score>>} predictions by name
 * @param {FilmOrder} order
 * @param {readonly number[]} [selection] the chosen
 * @returns {number[]} the index of the first, the second, ...
 */
export function filmOrder(pictures, predictions, order, selection = []) {
  const indices = [...pictures.keys()];
  if (order === "given") return indices;
  const chosen = new Set(selection);
  if (order === "chosen") return [...selection, ...indices.filter((index) => !chosen.has(index))];
  /** @param {Score} a @param {Score} b */
  const surest = (a, b) => b.probability - a.probability;
  const compare = {
    sure: surest,
    unsure: (/** @type {Score} */ a, /** @type {Score} */ b) => surest(b, a),
    class: (/** @type {Score} */ a, /** @type {Score} */ b) => a.label.localeCompare(b.label) || surest(a, b),
  }[order];
  return indices.sort((i, j) => {
    const [a, b] = [predictions[pictures[i].name], predictions[pictures[j].name]];
    return a && b ? compare(a, b) || i - j : Number(!a) - Number(!b) || i - j;
  });
}
