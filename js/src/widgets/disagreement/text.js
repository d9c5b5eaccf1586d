import { count, percent, short } from "../../lib/numbers.js";

/** @import { ShownDisagreement, ShownScore } from "../../schema/disagreement/output.js" */
/** @import { DisagreementState } from "../../schema/disagreement/state.js" */

/** @param {Pick<DisagreementState, "images" | "votes" | "has_truth">} state */
export function answerText({ images, votes, has_truth: hasTruth }) {
  if (!votes.length) return "No disagreement is known yet.";
  const done = votes.filter(({ side }) => side).length;
  const truth = hasTruth ? "" : " There are no labels, so nobody can say who is right.";
  return (
    `The networks disagree about ${count(votes.length)} of ${count(images)} pictures; you have ` +
    `voted on ${count(done)}.${truth}`
  );
}

/** @param {ShownDisagreement} shown */
export function captionText({ arm, distance }) {
  return arm === "apart"
    ? `What tells the networks apart: red speaks for a network's class there and not in the other. Maps ` +
        `are ${short(distance)} apart.`
    : "Each network's own map: red speaks for its class.";
}

/** @type {Readonly<Record<string, "first" | "second" | "neither">>} */
const KEYS = { 1: "first", 2: "second", 0: "neither" };

/** Which network a key picks. @param {string} key */
export const sideOf = (key) => KEYS[key] ?? null;

/** @param {ShownScore} score @param {boolean} hasTruth */
export function scoreText({ share, right, count: total }, hasTruth) {
  if (!share) return "nothing judged";
  const range = `${percent(share.low, 0)} to ${percent(share.high, 0)}`;
  const many = `${count(right)} of ${count(total)}`;
  return hasTruth ? `right ${many} (${range})` : `the first ${many} (${range})`;
}

/**
 * Says no more than the intervals and the test do.
 * @param {readonly ShownScore[]} scores
 * @param {boolean} hasTruth
 * @param {number} neither
 */
export function verdictText(scores, hasTruth, neither) {
  if (!scores.length) return "";
  if (!hasTruth) return "Without labels there is no verdict on who is right.";
  const left = neither
    ? ` In ${count(neither)} ${neither === 1 ? "picture" : "pictures"} neither network is right; they do not count.`
    : "";
  const yours = scores
    .filter(({ judge, share }) => judge.startsWith("you") && share)
    .map(({ judge, share, pvalue }) => {
      const above = share && share.low > 0.5 ? "better than guessing" : "not told from guessing";
      const told = pvalue !== null && pvalue < 0.05 ? "told apart from" : "not told apart from";
      return `${judge}: ${above}, ${told} confidence (p = ${short(pvalue)})`;
    });
  return `${yours.join("; ") || "You have judged none in which a network is right"}.${left}`;
}
