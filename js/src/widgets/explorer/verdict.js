import { short } from "../../lib/numbers.js";
import { listed } from "./words.js";

/** @import { Measure, ShownCheck } from "../../schema/explorer/output.js" */

/**
 * What each check asks, in plain words: as a row, inside a sentence, and in the terms of the field.
 * @type {Record<ShownCheck["name"], {row: string, short: string, term: string}>}
 */
export const CHECKS = {
  deletion: {
    row: "hide its strongest parts first",
    short: "hiding parts",
    term: "deletion: by how much less area lies under the score's curve than with random orders",
  },
  insertion: {
    row: "show its strongest parts first",
    short: "showing parts",
    term: "insertion: by how much more area lies under the score's curve than with random orders",
  },
  fidelity: {
    row: "foretell what hiding several does",
    short: "foretelling what hiding does",
    term: "mu-fidelity: correlation, over sets of parts, of the map's sum and the change of the score; from infidelity",
  },
  exact: {
    row: "order of 3 × 3 large parts",
    short: "the order of large parts",
    term: "rank agreement (Spearman's correlation) with exact Shapley values",
  },
  inside: {
    row: "share in the true place",
    short: "pointing at the true place",
    term: "localisation: relevance mass in the window that is marked as truth",
  },
  sensitivity: {
    row: "moves when the picture hardly does",
    short: "",
    term: "sensitivity: distance of maps of the picture with noise, as a share of the map; less is steadier",
  },
};

/** @type {Record<ShownCheck["verdict"], string>} */
export const VERDICTS = {
  better: "better than chance",
  worse: "worse than chance",
  none: "no verdict",
  "": "–",
};

/** @param {Measure | null} measure @returns {string} a number, with its interval if it has one that can be seen */
export function measureText(measure) {
  if (!measure) return "constant";
  const [value, low, high] = [measure.value, measure.low, measure.high].map(short);
  return low === high ? value : `${value} (${low} to ${high})`;
}

/** @param {ShownCheck} check @returns {string} where a guess lies */
export const chanceText = ({ chance }) => (chance ? `${short(chance[0])} to ${short(chance[1])}` : "–");

/**
 * All checks in one honest sentence or two.
 * @param {readonly ShownCheck[]} checks
 */
export function verdictOf(checks) {
  const compared = checks.filter(({ verdict }) => verdict);
  if (!compared.length) return "";
  /** @param {ShownCheck[]} some */
  const names = (some) => listed(some.map(({ name }) => CHECKS[name].short));
  /** @param {ShownCheck["verdict"]} verdict */
  const of = (verdict) => compared.filter((check) => check.verdict === verdict);
  const [better, worse, none] = [of("better"), of("worse"), of("none")];
  const equal = better.filter(({ value, centre, edges }) =>
    [centre, edges].some((trivial) => trivial && trivial.value >= value.low),
  );
  const sentences = [
    better.length ? `Better than chance: ${names(better)}.` : "",
    worse.length ? `Worse than chance: ${names(worse)}.` : "",
    none.length ? `No verdict: ${names(none)}.` : "",
    equal.length ? `But a map that knows no network does as well: ${names(equal)}.` : "",
  ];
  return sentences.filter(Boolean).join(" ");
}
