/** @import { ShownNode } from "../../schema/surrogate/output.js" */

/**
 * @typedef {object} Placed a node in the drawing
 * @property {number} column how many questions come before it; leaves all stand in the last one
 * @property {number} row of leaves, from above; a question stands in the middle of its two nodes
 * @property {number} parent -1: it is the root
 */

/**
 * Where the nodes of a tree are drawn: the root at the left, its leaves at the right.
 * @param {readonly Pick<ShownNode, "below" | "above">[]} nodes the root first
 * @returns {{placed: Placed[], columns: number, rows: number}} columns of questions, rows of leaves
 */
export function layoutOf(nodes) {
  const placed = nodes.map(() => ({ column: 0, row: 0, parent: -1 }));
  let [rows, columns] = [0, 0];
  /** @param {number} node @param {number} column @param {number} parent */
  function place(node, column, parent) {
    const { below, above } = nodes[node];
    Object.assign(placed[node], { column, parent });
    columns = Math.max(columns, column);
    if (below < 0) {
      placed[node].row = rows;
      rows += 1;
      return;
    }
    place(below, column + 1, node);
    place(above, column + 1, node);
    placed[node].row = (placed[below].row + placed[above].row) / 2;
  }
  if (nodes.length) place(0, 0, -1);
  nodes.forEach(({ below }, node) => below < 0 && (placed[node].column = columns));
  return { placed, columns, rows };
}

/** The nodes on the way to one, itself first. @param {readonly Placed[]} placed @param {number} node */
export function wayTo(placed, node) {
  const way = [];
  for (let at = node; at >= 0; at = placed[at].parent) way.push(at);
  return way;
}

/**
 * How many of some pictures come to each leaf.
 * @param {ArrayLike<number>} leafOf of each picture
 * @param {number} leaves
 * @param {readonly number[]} pictures
 */
export function countsOf(leafOf, leaves, pictures) {
  const counts = Array.from({ length: leaves }, () => 0);
  for (const picture of pictures) counts[leafOf[picture]] += 1;
  return counts;
}

/** @param {ArrayLike<number>} leafOf @param {number} leaf @returns {number[]} its pictures */
export const picturesOf = (leafOf, leaf) =>
  Array.from(leafOf, (of, picture) => (of === leaf ? picture : -1)).filter((picture) => picture >= 0);

/**
 * The leaf that has just these pictures; -1: none has.
 * @param {ArrayLike<number>} leafOf
 * @param {readonly {count: number}[]} leaves
 * @param {readonly number[]} pictures
 */
export function leafWith(leafOf, leaves, pictures) {
  const leaf = pictures.length ? leafOf[pictures[0]] : -1;
  const same = leaf >= 0 && leaves[leaf].count === pictures.length;
  return same && pictures.every((picture) => leafOf[picture] === leaf) ? leaf : -1;
}
