import { count, percent, short } from "../../lib/numbers.js";

/** @import { ShownLoss, ShownPlane } from "../../schema/vectormap/output.js" */
/** @import { VectorMapState } from "../../schema/vectormap/state.js" */

export const METHODS = /** @type {Record<string, string>} */ ({ pca: "PCA", tsne: "t-SNE" });

/**
 * @typedef {object} Told what is told of pictures
 * @property {readonly string[]} classes
 * @property {ArrayLike<number> | null} labels
 * @property {ArrayLike<number> | null} predicted
 * @property {Readonly<Record<string, ArrayLike<number>>>} scores
 */

/** @param {Pick<VectorMapState, "plane" | "count" | "selection">} state */
export function answerText({ plane, count: all, selection }) {
  if (!plane) return `${count(all)} pictures, not laid out yet.`;
  const where =
    `${count(all)} pictures by what layer “${plane.layer}” has of them, laid out by ` +
    `${METHODS[plane.method]}`;
  return `${where}; ${count(selection.length)} ${selection.length === 1 ? "is" : "are"} chosen.`;
}

/** @param {Told} state @param {number} picture */
export function pictureText({ classes, labels, predicted, scores }, picture) {
  const name = (/** @type {ArrayLike<number>} */ of) => `“${classes[of[picture]] ?? of[picture]}”`;
  const facts = [
    labels && `label ${name(labels)}`,
    predicted && `predicted ${name(predicted)}`,
    ...Object.entries(scores).map(([title, column]) => `${title} ${short(column[picture])}`),
  ];
  return `picture ${picture}: ${facts.filter(Boolean).join(", ")}`;
}

/** What a plane says, and what it does not. @param {ShownPlane} plane */
export function honestText({ method, loss }) {
  if (method === "tsne")
    return (
      "t-SNE keeps neighbours together, and nothing else: how large a group is and how far from " +
      "others means nothing. It makes groups of pure noise, too."
    );
  const shown = loss?.variance == null ? "" : ` ${percent(loss.variance)} of the variance is shown here.`;
  return `What is far apart here is far apart in the layer, too; what is near here need not be.${shown}`;
}

/** Whether the map mixes groups, or makes them. @param {ShownLoss} loss */
export function agreementText({ agree: { full, plane } }) {
  if (plane.high < full.low) return "The map mixes what the layer keeps apart.";
  if (plane.low > full.high) return "The map shows groups that are purer than in the layer.";
  return "Map and layer are not told apart by that.";
}

/** @param {ShownLoss} loss */
export function trustText({ trustworthiness }) {
  return (
    `Trustworthiness ${trustworthiness.toFixed(2)}: how few neighbours here are far apart in the ` +
    `layer; 1 is best, points at random have 0.50.`
  );
}

/** What noise shows. @param {ShownPlane} noise */
export function noiseText({ method, loss }) {
  if (!loss) return "Noise is being laid out.";
  const { plane, chance } = loss.agree;
  const told = plane.low > chance ? "more often than by chance" : "no more often than by chance";
  const groups = method === "tsne" ? " All groups that you see here are t-SNE’s own." : "";
  return (
    `Noise: the same numbers of each unit, dealt to other pictures. Neighbours have one class ` +
    `${told} (${percent(plane.value)}; chance ${percent(chance)}).${groups}`
  );
}

/**
 * How many of the chosen are of each class, the most first.
 * @param {readonly number[]} selection
 * @param {ArrayLike<number> | null} classes
 * @returns {[number: number, count: number][]}
 */
export function countsOf(selection, classes) {
  if (!classes) return [];
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const picture of selection) counts.set(classes[picture], (counts.get(classes[picture]) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a - b);
}

/** @param {Told & {selection: readonly number[]}} state */
export function chosenText({ selection, labels, predicted, classes }) {
  if (!selection.length) return "None is chosen: draw around some points, or press Space on one.";
  const counts = countsOf(selection, labels ?? predicted).map(
    ([number, amount]) => `${classes[number] ?? number}: ${count(amount)}`,
  );
  const wrong =
    labels && predicted ? selection.filter((picture) => labels[picture] !== predicted[picture]).length : null;
  const by = labels ? "By label" : "By prediction";
  return `${by} ${counts.join(" · ")}.${wrong === null ? "" : ` ${count(wrong)} predicted wrong.`}`;
}
