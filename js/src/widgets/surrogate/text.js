import { count, percent, rateText, short } from "../../lib/numbers.js";

/** @import { ShownDepth, ShownLeaf, ShownTree } from "../../schema/surrogate/output.js" */

/** @type {Readonly<Record<string, string>>} */
export const FEATURES = {
  cells: "brightness of cells",
  latents: "latents of the generator",
  pca: "principal components",
  own: "your own function",
};

/** The row and column of a cell, from 1, as `surrogate` names it. @param {string} feature */
export function cellOf(feature) {
  const parts = /^r(\d+)c(\d+)$/.exec(feature);
  return parts ? /** @type {const} */ ([Number(parts[1]), Number(parts[2])]) : null;
}

/** @param {string} feature */
export function featureText(feature) {
  const cell = cellOf(feature);
  return cell ? `row ${cell[0]}, column ${cell[1]}` : feature;
}

/** @param {string} condition such as "r3c4 > 0.52" */
export function conditionText(condition) {
  const [, feature, sign, bound] = /^(.*) (<=|>) (\S+)$/.exec(condition) ?? [];
  if (!feature) return condition;
  const number = bound.replace("-", "−");
  if (!cellOf(feature)) return `${feature} is ${sign === ">" ? "above" : "at most"} ${number}`;
  return `${featureText(feature)} is ${sign === ">" ? "brighter than" : "at most as bright as"} ${number}`;
}

/** @param {Pick<ShownLeaf, "conditions" | "label">} leaf */
export function ruleText({ conditions, label }) {
  return conditions.length
    ? `If ${conditions.map(conditionText).join(" and ")}: “${label}”.`
    : `Always “${label}”.`;
}

/** @param {Pick<ShownLeaf, "agreement" | "count" | "tested">} leaf */
export function leafText({ agreement, count: all, tested }) {
  const many = `${count(all)} ${all === 1 ? "picture" : "pictures"}`;
  if (!agreement) return `${many}, none of them held out: nobody knows how often the network agrees.`;
  return `${many}; the network agrees in ${rateText(agreement)} of the ${count(tested)} held out.`;
}

/** @param {{tree: ShownTree | null, count: number}} state */
export function answerText({ tree, count: pictures }) {
  if (!tree) return `${count(pictures)} pictures, no tree yet.`;
  const { agreement, majority, leaves, depth, features, grid } = tree;
  const asks = features === "cells" ? `${FEATURES.cells} (${grid} × ${grid})` : FEATURES[features];
  const many = leaves.length === 1 ? "1 leaf" : `${leaves.length} leaves`;
  const tested = tree.held_out.reduce((sum, each) => sum + each, 0);
  const told =
    agreement.low > majority.high ? "" : " The two are not told apart: it says nothing about the network.";
  return (
    `A tree of depth ${depth} with ${many}, which asks about ${asks}, says what the network says of ` +
    `${rateText(agreement)} of ${count(tested)} held-out pictures. Always saying the commonest class does of ` +
    `${rateText(majority)}.${told}`
  );
}

/** What one question more would cost, and bring. @param {readonly ShownDepth[]} depths @param {number} depth */
export function deeperText(depths, depth) {
  const next = depths[depth];
  if (!next) return "No deeper tree is fitted: one with more questions is hardly read.";
  const now = depths[depth - 1];
  const points = (/** @type {number} */ share) => `${share > 0 ? "+" : ""}${short(100 * share)}`;
  const { value, low, high } = next.gain;
  const told = low > 0 ? "more" : high < 0 ? "less" : "not told from none";
  return (
    `One question more: ${count(next.leaves)} leaves to read instead of ${count(now.leaves)}; agreement ` +
    `${points(value)} points (${points(low)} to ${points(high)}, ${told}).`
  );
}

/**
 * Where in the tree the chosen pictures come.
 * @param {readonly Pick<ShownLeaf, "label">[]} leaves
 * @param {readonly number[]} counts of the chosen, by leaf
 */
export function chosenText(leaves, counts) {
  const all = counts.reduce((sum, each) => sum + each, 0);
  if (!all) return "None is chosen: click a leaf.";
  const places = counts.filter(Boolean).length;
  /** @type {Map<string, number>} */
  const said = new Map();
  leaves.forEach(({ label }, i) => counts[i] && said.set(label, (said.get(label) ?? 0) + counts[i]));
  const most = [...said].sort(([, a], [, b]) => b - a).slice(0, 4);
  const says = most.map(([label, amount]) => `“${label}” of ${count(amount)}`).join(", ");
  const where = places === 1 ? "in one leaf" : `in ${count(places)} leaves`;
  return `${count(all)} chosen, ${where}; the tree says ${says}.`;
}

/** @param {{predicted: string, said: string, picture: number, isHeldOut: boolean}} picture */
export function pictureText({ predicted, said, picture, isHeldOut }) {
  const tree = predicted === said ? "and so does the tree" : `the tree “${said}”`;
  return `picture ${picture}${isHeldOut ? ", held out" : ""}: the network says “${predicted}”, ${tree}`;
}

/** @param {Readonly<Record<string, number>>} importance */
export function importanceText(importance) {
  const most = Object.entries(importance).slice(0, 3);
  if (!most.length) return "";
  const parts = most.map(([feature, share]) => `${featureText(feature)} (${percent(share, 0)})`);
  return `It asks most about ${parts.join("; ")}.`;
}
